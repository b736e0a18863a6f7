package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/serve"
)

const tokenHelp = `
Usage: opsdb token create --user NAME [--role ROLE] [--name TEXT] [--scope ACTION:RESOURCE]... [--expires 90d] [--json]
       opsdb token list [--all] [--json]
       opsdb token revoke ID...

API tokens let scripts and programs in. They are made and revoked in the main database (MAIN_DB_…) and reach the other
sites by replication; a revoked one is refused a few seconds after that. Lists come from the database of this site
(LOCAL_DB_…).

SECRET_KEY must be that of all sites.`

func tokenCommand(ctx context.Context, p program) error {
	commands := map[string]func(context.Context, program) error{
		"create": createToken, "list": listTokens, "revoke": revokeTokens,
	}
	if len(p.args) == 0 {
		return p.misused("%s", strings.TrimSpace(tokenHelp))
	}
	command, ok := commands[p.args[0]]
	if !ok {
		if _, err := p.arguments(p.flags("token", tokenHelp)); err != nil {
			return err
		}
		return p.misused("there is no command %q of opsdb token: it is create, list or revoke", p.args[0])
	}
	p.args = p.args[1:]
	return command(ctx, p)
}

const createTokenHelp = `
Usage: opsdb token create --user NAME [flags]

Makes an API token and prints it, once: only a keyed hash of it is stored. A user who does not exist yet is made.`

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
	flags.StringVar(&grant.Role, "role", "", "`role` the user gets if he does not have it: admin, observer, viewer or service")
	flags.StringVar(&grant.Name, "name", "made by opsdb token create", "what the token is for")
	flags.Var((*scopes)(&grant.Scopes), "scope", "limits the token to a permission such as read:* or write:observations; may be repeated")
	expires := flags.String("expires", "", "`time` until the token expires, such as 90d or 12h; none: never")
	asJSON := flags.Bool("json", false, "print one line of JSON")
	if err := p.parse(flags); err != nil {
		return err
	}
	if grant.User == "" {
		return p.misused("--user is needed")
	}
	if *expires != "" {
		d, err := config.ParseDuration(*expires)
		if err != nil {
			return p.misused("--expires %s: %v", *expires, err)
		}
		at := time.Now().Add(d).UTC().Truncate(time.Second)
		grant.Expires = &at
	}
	issued, err := p.issue(ctx, grant)
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(p.out).Encode(issued)
	}
	fmt.Fprintf(p.err, "token %s of %s, %s; it is not shown again:\n", issued.ID, issued.User, expiry(issued.ExpiresAt))
	_, err = fmt.Fprintln(p.out, issued.Token)
	return err
}

func (p program) issue(ctx context.Context, grant auth.Grant) (issued auth.Issued, err error) {
	c, err := p.settings(config.Config.Validate)
	if err != nil {
		return issued, err
	}
	keys, err := auth.NewKeys(c.Access.SecretKey.Reveal(), c.Access.SecretKeyPrevious.Reveal())
	if err != nil {
		return issued, err
	}
	err = p.inMain(ctx, c, func(db *maindb.Queries) error {
		issued, err = auth.Issue(ctx, db, keys, grant)
		return err
	})
	return issued, err
}

// inMain runs f in a transaction on the main database.
func (p program) inMain(ctx context.Context, c config.Config, f func(*maindb.Queries) error) error {
	main, err := postgres.NewMain(ctx, serve.Address(c.Main), "opsdb token", c.Buffer.MainWriteTimeout.Duration())
	if err != nil {
		return err
	}
	defer main.Close()
	_, err = main.InTx(ctx, f)
	return err
}

func expiry(at *time.Time) string {
	if at == nil {
		return "never expires"
	}
	return "expires " + at.UTC().Format(time.RFC3339)
}

const listTokensHelp = `
Usage: opsdb token list [--all] [--json]

Lists the API tokens as the database of this site knows them.`

func listTokens(ctx context.Context, p program) error {
	flags := p.flags("token list", listTokensHelp)
	all := flags.Bool("all", false, "also those that were revoked")
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	if err := p.parse(flags); err != nil {
		return err
	}
	c, err := p.settings(config.Config.Validate)
	if err != nil {
		return err
	}
	replica, err := postgres.NewReplica(ctx, serve.Address(c.Local), "opsdb token")
	if err != nil {
		return err
	}
	defer replica.Close()
	tokens, err := replica.ListAPITokens(ctx, replicadb.ListAPITokensParams{IncludeRevoked: *all})
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(p.out)
		for _, token := range tokens {
			if err := encoder.Encode(token); err != nil {
				return err
			}
		}
		return nil
	}
	return p.tableOf(tokens)
}

func (p program) tableOf(tokens []replicadb.ListAPITokensRow) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tUSER\tNAME\tTOKEN\tSCOPES\tCREATED\tSTATE")
	for _, t := range tokens {
		state := expiry(t.ExpiresAt)
		if t.RevokedAt != nil {
			state = "revoked " + t.RevokedAt.UTC().Format(time.RFC3339)
		}
		limits := "all of the user's"
		if len(t.Scopes) > 0 {
			limits = strings.Join(t.Scopes, " ")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s…\t%s\t%s\t%s\n", t.ID, t.UserName, t.Name, t.TokenPrefix, limits, t.CreatedAt.UTC().Format(time.DateOnly), state)
	}
	return table.Flush()
}

const revokeTokensHelp = `
Usage: opsdb token revoke ID...

Ends API tokens; "opsdb token list" shows their ids. It is no error to revoke a token again.`

func revokeTokens(ctx context.Context, p program) error {
	flags := p.flags("token revoke", revokeTokensHelp)
	ids, err := p.ids(flags)
	if err != nil {
		return err
	}
	c, err := p.settings(config.Config.ValidateMain)
	if err != nil {
		return err
	}
	var revoked []auth.Revoked
	err = p.inMain(ctx, c, func(db *maindb.Queries) error {
		for _, id := range ids {
			r, err := auth.Revoke(ctx, db, id)
			if err != nil {
				return err
			}
			revoked = append(revoked, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range revoked {
		if _, err := fmt.Fprintf(p.out, "token %s (%s) of %s revoked at %s\n", r.ID, r.Name, r.User, r.RevokedAt.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}

// ids reads a command line that consists of at least one id.
func (p program) ids(flags *flag.FlagSet) ([]uuid.UUID, error) {
	arguments, err := p.arguments(flags)
	if err != nil {
		return nil, err
	}
	if len(arguments) == 0 {
		return nil, p.misused("the id of a token is needed")
	}
	ids := make([]uuid.UUID, len(arguments))
	for i, argument := range arguments {
		if ids[i], err = uuid.Parse(argument); err != nil {
			return nil, p.misused("%q is not the id of a token", argument)
		}
	}
	return ids, nil
}
