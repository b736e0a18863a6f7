package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/serve"
)

const breakGlassHelp = `
Usage: opsdb user break-glass create NAME [--expires 30d]
       opsdb user break-glass list [--json]
       opsdb user break-glass remove NAME

Operators for emergencies can sign in at this site while GitHub and the main site are out of reach. They are kept in the
Redis of this site (REDIS_…) and nowhere else, and can sign in only while its setting BREAK_GLASS is true. Each change
and each sign-in is in the audit trail.`

func breakGlassCommand(ctx context.Context, p program) error {
	commands := map[string]func(context.Context, program) error{
		"create": createOperator, "list": listOperators, "remove": removeOperator,
	}
	if len(p.args) == 0 {
		return p.misused("%s", strings.TrimSpace(breakGlassHelp))
	}
	command, ok := commands[p.args[0]]
	if !ok {
		if _, err := p.arguments(p.flags("user break-glass", breakGlassHelp)); err != nil {
			return err
		}
		return p.misused("there is no command %q of opsdb user break-glass: it is create, list or remove", p.args[0])
	}
	p.args = p.args[1:]
	return command(ctx, p)
}

const createOperatorHelp = `
Usage: opsdb user break-glass create NAME [flags]

Makes an operator for emergencies of this site and prints the password, once. Write it down and lock it away.`

func createOperator(ctx context.Context, p program) error {
	flags := p.flags("user break-glass create", createOperatorHelp)
	lasts := flags.String("expires", "", "`time` until the operator can sign in no more, such as 90d; none: never")
	name, rest, err := p.name(flags)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return p.misused("unexpected %q", rest[0])
	}
	var expires *time.Time
	if *lasts != "" {
		d, err := config.ParseDuration(*lasts)
		if err != nil || d <= 0 {
			return p.misused("--expires %s is no time to come", *lasts)
		}
		expires = new(time.Now().Add(d).UTC().Truncate(time.Second))
	}
	return p.withOperators(ctx, func(o operatorDesk) error {
		operator, password, err := o.operators.Create(ctx, name, o.actor, expires)
		if err != nil {
			return err
		}
		o.note(ctx, "break_glass.created", name)
		fmt.Fprintf(p.err, "operator %s of %s, %s; the password is not shown again:\n", operator.Name, o.config.Site.Name, expiry(operator.Expires))
		if !o.config.Access.BreakGlass {
			fmt.Fprintln(p.err, "warning: BREAK_GLASS is not true here, so nobody can sign in with it yet")
		}
		_, err = fmt.Fprintln(p.out, password)
		return err
	})
}

const listOperatorsHelp = `
Usage: opsdb user break-glass list [--json]

Lists the operators for emergencies of this site. Whose password is not kept by the present SECRET_KEY is moved to it
when he signs in, and is refused when that key is not accepted any more.`

func listOperators(ctx context.Context, p program) error {
	flags := p.flags("user break-glass list", listOperatorsHelp)
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	if err := p.parse(flags); err != nil {
		return err
	}
	return p.withOperators(ctx, func(o operatorDesk) error {
		operators, err := o.operators.List(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		if !*asJSON {
			fmt.Fprintln(table, "NAME\tCREATED\tBY\tKEY\tSTATE")
		}
		for _, operator := range operators {
			if *asJSON {
				line := map[string]any{
					"name": operator.Name, "created_at": operator.CreatedAt, "created_by": operator.CreatedBy, "expires_at": operator.Expires,
					"key_id": operator.KeyID, "present_key": o.operators.OnPresentKey(operator),
				}
				if err := json.NewEncoder(p.out).Encode(line); err != nil {
					return err
				}
				continue
			}
			key := "present"
			if !o.operators.OnPresentKey(operator) {
				key = "not the present one"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", operator.Name, operator.CreatedAt.Format(time.DateOnly), operator.CreatedBy, key, expiry(operator.Expires))
		}
		return table.Flush()
	})
}

const removeOperatorHelp = `
Usage: opsdb user break-glass remove NAME

Takes an operator for emergencies away and ends his sessions.`

func removeOperator(ctx context.Context, p program) error {
	name, rest, err := p.name(p.flags("user break-glass remove", removeOperatorHelp))
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return p.misused("unexpected %q", rest[0])
	}
	return p.withOperators(ctx, func(o operatorDesk) error {
		ended, err := o.operators.Remove(ctx, name)
		if err != nil {
			return err
		}
		o.note(ctx, "break_glass.removed", name)
		_, err = fmt.Fprintf(p.out, "operator %s removed, %d sessions ended\n", name, len(ended))
		return err
	})
}

// operatorDesk is what the commands about operators work with.
type operatorDesk struct {
	program   program
	config    config.Config
	operators *auth.Operators
	buffer    *buffer.Buffer
	actor     string // in the audit trail
}

func (p program) withOperators(ctx context.Context, f func(operatorDesk) error) error {
	c, err := p.settings(config.Config.Validate)
	if err != nil {
		return err
	}
	desk := operatorDesk{program: p, config: c, actor: "opsdb"}
	if u, err := user.Current(); err == nil {
		desk.actor += ":" + u.Username
	}
	keys, err := auth.NewKeys(c.Access.SecretKey.Reveal(), c.Access.SecretKeyPrevious.Reveal())
	if err != nil {
		return err
	}
	redis := serve.Redis(c.Redis)
	defer redis.Close()
	sessions, err := auth.NewSessions(keys, c.Site.Name, redis, c.Access.SessionLifetime.Duration())
	if err != nil {
		return err
	}
	var closeBuffer func()
	if desk.buffer, closeBuffer, err = serve.Buffer(ctx, c, redis); err != nil {
		return err
	}
	defer closeBuffer()
	desk.operators = auth.NewOperators(sessions)
	return f(desk)
}

// note enters in the audit trail what was done. At a site that buffers it needs Redis alone. When it cannot be entered,
// the operator is there, or gone, all the same: whoever did it is told, and nobody else will be.
func (o operatorDesk) note(ctx context.Context, action, name string) {
	detail, err := json.Marshal(map[string]string{"name": name})
	if err == nil {
		_, err = o.buffer.Write(ctx, buffer.Request{Operation: "audit", Principal: o.actor, Critical: true},
			func(_ context.Context, tx *buffer.Transaction) error {
				tx.Add(ops.CreateAccessEvent.With(maindb.CreateAccessEventParams{
					ID: tx.RecordID(nil), At: time.Now().UTC().Truncate(time.Microsecond), Site: o.config.Site.Name, Actor: o.actor,
					Action: action, Detail: detail,
				}))
				return nil
			})
	}
	if err != nil {
		fmt.Fprintf(o.program.err, "warning: this is done, but the audit trail lacks it (%s %s by %s): %v\n", action, name, o.actor, err)
	}
}
