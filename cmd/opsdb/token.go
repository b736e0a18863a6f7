package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/errs"
)

const tokenHelp = `
Usage: opsdb token create --user NAME [--create-user] [--role ROLE] [--name TEXT] [--scope ACTION:RESOURCE]... [--expires 90d|never] [--by NAME] [--json]
       opsdb token list [--all] [--json]
       opsdb token show ID [--json]
       opsdb token rotate ID [--grace 24h] [--json]
       opsdb token revoke ID... [--keep-successors]
       opsdb token history [ID] [--limit N] [--json]
       opsdb token scopes

API tokens let scripts and programs in. All of it is read and written in the main database (MAIN_DB_…), whichever site this
is, and reaches the other sites by replication; a revoked token is refused there as soon as it has arrived. Each change is
in the audit trail.

SECRET_KEY must be that of all sites.`

func tokenCommand(ctx context.Context, p program) error {
	commands := map[string]subcommand{
		"create": createToken, "list": listTokens, "show": showToken, "rotate": rotateToken, "revoke": revokeTokens,
		"history": tokenHistory, "scopes": listScopes,
	}
	if len(p.args) == 0 {
		return p.misused("%s", strings.TrimSpace(tokenHelp))
	}
	command, ok := commands[p.args[0]]
	if !ok {
		if _, err := p.arguments(p.flags("token", tokenHelp)); err != nil {
			return err
		}
		return p.misused("there is no command %q of opsdb token: it is create, list, show, rotate, revoke, history or scopes", p.args[0])
	}
	p.args = p.args[1:]
	return command(ctx, p)
}

const createTokenHelp = `
Usage: opsdb token create --user NAME [flags]

Makes an API token and prints it, once: only a keyed hash of it is stored.`

// scopes collects the values of a flag that may be given many times.
type scopes []string

// String implements flag.Value.
func (s *scopes) String() string { return strings.Join(*s, " ") }

// Set implements flag.Value.
func (s *scopes) Set(value string) error {
	*s = append(*s, value)
	return nil
}

func createToken(ctx context.Context, p program) error {
	flags := p.flags("token create", createTokenHelp)
	var grant auth.Grant
	flags.StringVar(&grant.User, "user", "", "login `name` of the user the token acts for")
	createUser := flags.Bool("create-user", false, "make the user if there is none of this name")
	flags.StringVar(&grant.Role, "role", "", "`role` the user gets if he does not have it: admin, observer, viewer or service")
	flags.StringVar(&grant.Name, "name", "made by opsdb token create", "what the token is for")
	flags.Var((*scopes)(&grant.Scopes), "scope", "limits the token to a permission such as read:* or write:observations; may be repeated")
	flags.StringVar(&grant.By, "by", "", "`name` of who makes it, for the list; without it, who is logged in here")
	expires := flags.String("expires", "", "`time` until the token expires, such as 90d or 12h, or never; without it, TOKEN_LIFETIME")
	asJSON := flags.Bool("json", false, "print one line of JSON")
	if err := p.parse(flags); err != nil {
		return err
	}
	if grant.User == "" {
		return p.misused("--user is needed")
	}
	lifetime, err := p.lifetime(*expires)
	if err != nil {
		return err
	}
	var issued auth.Issued
	err = p.withPeople(ctx, func(d people) error {
		if *expires == "" {
			lifetime = d.config.Access.TokenLifetime.Duration()
		}
		if lifetime > 0 {
			grant.Expires = new(now().Add(lifetime).Truncate(time.Second))
		}
		grant.Most = d.config.Access.TokensPerUser
		if grant.By == "" {
			grant.By = d.actor
		}
		issued, err = d.issue(ctx, grant, *createUser)
		return err
	})
	if err != nil {
		return err
	}
	return p.show(issued, *asJSON)
}

// lifetime reads how long a token shall live; 0 for ever.
func (p program) lifetime(text string) (time.Duration, error) {
	if text == "" || text == "never" {
		return 0, nil
	}
	d, err := config.ParseDuration(text)
	if err == nil && d <= 0 {
		err = errors.New("must be longer than nothing")
	}
	if err != nil {
		return 0, p.misused("--expires %s: %v", text, err)
	}
	return d, nil
}

// show prints a new token, alone on the standard output.
func (p program) show(issued auth.Issued, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.out).Encode(issued)
	}
	fmt.Fprintf(p.err, "token %s of %s, %s; it is not shown again:\n", issued.ID, issued.User, expiry(issued.ExpiresAt))
	_, err := fmt.Fprintln(p.out, issued.Token)
	return err
}

func expiry(at *time.Time) string {
	if at == nil {
		return "never expires"
	}
	return "expires " + at.UTC().Format(time.RFC3339)
}

// keys returns the keys of all sites.
func (d people) keys() (auth.Keys, error) {
	if err := d.config.Validate(); err != nil {
		return auth.Keys{}, err
	}
	return auth.NewKeys(d.config.Access.SecretKey.Reveal(), d.config.Access.SecretKeyPrevious.Reveal())
}

// noted runs f and enters in the audit trail what it says it has done, all in one transaction.
func (d people) noted(ctx context.Context, f func(db *maindb.Queries) ([]auth.Event, error)) error {
	_, err := d.main.InTx(ctx, func(ctx context.Context, db *maindb.Queries) error {
		events, err := f(db)
		if err != nil {
			return err
		}
		for _, e := range events {
			e.Site, e.Actor = d.config.Site.Name, d.actor
			if err := e.Note(ctx, db); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// issue makes a token. It fails with errs.NotFound for a user who does not exist and is not to be made.
func (d people) issue(ctx context.Context, grant auth.Grant, createUser bool) (issued auth.Issued, err error) {
	keys, err := d.keys()
	if err != nil {
		return issued, err
	}
	user, err := d.find(ctx, grant.User)
	isNew := errs.KindOf(err) == errs.NotFound
	switch {
	case isNew && !createUser:
		return issued, errs.New(errs.NotFound, "there is no user %s; --create-user makes one", grant.User)
	case err != nil && !isNew:
		return issued, err
	}
	err = d.noted(ctx, func(db *maindb.Queries) ([]auth.Event, error) {
		if issued, err = auth.Issue(ctx, db, keys, grant); err != nil {
			return nil, err
		}
		detail := describeIssued(issued)
		if grant.Role != "" {
			detail["role"] = grant.Role
		}
		events := []auth.Event{{Action: "token.created", User: issued.UserID, Token: issued.ID, Detail: detail}}
		return append(describeOwner(user, issued, grant.Role), events...), nil
	})
	return issued, auth.UserRefused(err)
}

// describeOwner is what the audit trail says of the user of a new token: that he was made by it, or got a role.
func describeOwner(was replicadb.UserAccount, t auth.Issued, role string) []auth.Event {
	roles := append([]string{}, was.GrantedRoles...)
	if role != "" {
		roles = distinct(append(roles, role))
	}
	switch {
	case was.ID != t.UserID:
		return []auth.Event{{Action: "user.created", User: t.UserID, Detail: map[string]any{"name": t.User, "roles": roles}}}
	case len(roles) > len(was.GrantedRoles):
		return []auth.Event{{Action: "user.updated", User: t.UserID, Detail: map[string]any{
			"name": t.User, "before": map[string]any{"roles": was.GrantedRoles}, "after": map[string]any{"roles": roles},
		}}}
	default:
		return nil
	}
}

// describeIssued is what the audit trail says of a new token.
func describeIssued(t auth.Issued) map[string]any {
	return map[string]any{"name": t.Name, "scopes": t.Scopes, "expires_at": t.ExpiresAt}
}

const rotateTokenHelp = `
Usage: opsdb token rotate ID [--grace 24h] [--json]

Makes a token with the name, the scopes and the lifetime of another, and prints it, once. The old one stays good for the
grace period.`

func rotateToken(ctx context.Context, p program) error {
	flags := p.flags("token rotate", rotateTokenHelp)
	grace := flags.String("grace", "24h", "`time` the old token stays good; 0 revokes it at once")
	asJSON := flags.Bool("json", false, "print one line of JSON")
	id, err := p.id(flags)
	if err != nil {
		return err
	}
	stays, err := config.ParseDuration(*grace)
	if err != nil || stays < 0 {
		return p.misused("--grace %s: is no time such as 24h or 7d", *grace)
	}
	var rotated auth.Rotated
	err = p.withPeople(ctx, func(d people) error {
		keys, err := d.keys()
		if err != nil {
			return err
		}
		return d.noted(ctx, func(db *maindb.Queries) ([]auth.Event, error) {
			if rotated, err = auth.Rotate(ctx, db, keys, id, stays, d.config.Access.TokensPerUser, d.actor); err != nil {
				return nil, err
			}
			detail := describeIssued(rotated.Issued)
			detail["rotated_from"] = id
			return []auth.Event{{Action: "token.rotated", User: rotated.UserID, Token: rotated.ID, Detail: detail}}, nil
		})
	})
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(p.out).Encode(rotated)
	}
	return p.show(rotated.Issued, false)
}

const revokeTokensHelp = `
Usage: opsdb token revoke ID... [--keep-successors]

Ends API tokens and all that came from them by rotation: whoever has stolen one may have rotated it. "opsdb token list" shows
their ids. It is no error to revoke a token again.`

func revokeTokens(ctx context.Context, p program) error {
	flags := p.flags("token revoke", revokeTokensHelp)
	keep := flags.Bool("keep-successors", false, "let tokens live that came from these by rotation")
	ids, err := p.ids(flags)
	if err != nil {
		return err
	}
	var revoked []auth.Revoked
	err = p.withPeople(ctx, func(d people) error {
		return d.noted(ctx, func(db *maindb.Queries) (events []auth.Event, err error) {
			for _, id := range ids {
				r, err := auth.Revoke(ctx, db, id, *keep)
				if err != nil {
					return nil, err
				}
				revoked = append(revoked, r)
				for _, successor := range r.Successors {
					events = append(events, auth.Event{Action: "token.revoked", User: r.UserID, Token: successor, Detail: map[string]any{"name": r.Name, "rotated_from": id}})
				}
				if !r.Before {
					events = append(events, auth.Event{Action: "token.revoked", User: r.UserID, Token: id, Detail: map[string]any{"name": r.Name}})
				}
			}
			return events, nil
		})
	})
	if err != nil {
		return err
	}
	for _, r := range revoked {
		if _, err := fmt.Fprintf(p.out, "token %s (%s) of %s revoked at %s%s\n", r.ID, r.Name, r.User, r.RevokedAt.UTC().Format(time.RFC3339), beside(r.Successors)); err != nil {
			return err
		}
	}
	return nil
}

// beside says how many tokens were revoked along with one.
func beside(successors []uuid.UUID) string {
	if len(successors) == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d that came from it by rotation", len(successors))
}

// id reads a command line that begins or ends with one id.
func (p program) id(flags *flag.FlagSet) (uuid.UUID, error) {
	ids, err := p.ids(flags)
	if err == nil && len(ids) > 1 {
		return uuid.Nil, p.misused("unexpected %q", ids[1])
	}
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// ids reads a command line with at least one id, before or after the flags.
func (p program) ids(flags *flag.FlagSet) ([]uuid.UUID, error) {
	var texts []string
	for len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		texts, p.args = append(texts, p.args[0]), p.args[1:]
	}
	rest, err := p.arguments(flags)
	if err != nil {
		return nil, err
	}
	texts = append(texts, rest...)
	if len(texts) == 0 {
		return nil, p.misused("the id of a token is needed")
	}
	ids := make([]uuid.UUID, len(texts))
	for i, text := range texts {
		if ids[i], err = uuid.Parse(text); err != nil {
			return nil, p.misused("%q is not the id of a token", text)
		}
	}
	return ids, nil
}
