package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/serve"
)

const userHelp = `
Usage: opsdb user list [--role ROLE] [--disabled] [--json]
       opsdb user show NAME [--json]
       opsdb user create NAME [--full-name TEXT] [--email ADDRESS] [--github-login ACCOUNT] [--role ROLE]...
       opsdb user change NAME [--full-name TEXT] [--email ADDRESS] [--github-login ACCOUNT]
       opsdb user roles NAME ROLE...
       opsdb user disable NAME
       opsdb user enable NAME
       opsdb user sign-out NAME
       opsdb user audit [--user NAME] [--limit N] [--json]
       opsdb user break-glass create|list|remove

Users, and what they may do. All of it is read and written in the main database (MAIN_DB_…), whichever site this is, and
reaches the other sites by replication. Each change is in the audit trail.`

type subcommand = func(context.Context, program) error

func userCommand(ctx context.Context, p program) error {
	commands := map[string]subcommand{
		"list": listUsers, "show": showUser, "create": createUser, "change": changeUser, "roles": giveRoles, "audit": auditUsers, "break-glass": breakGlassCommand,
		"disable": changeCommand("disable", "user.updated", "Lets a user in no more, neither by sessions nor by tokens.",
			func(u *replicadb.UserAccount, now time.Time) {
				if u.DisabledAt == nil {
					u.DisabledAt = &now
				}
			}),
		"enable": changeCommand("enable", "user.updated", "Lets a user in again who was disabled.",
			func(u *replicadb.UserAccount, _ time.Time) { u.DisabledAt = nil }),
		"sign-out": changeCommand("sign-out", "user.signed_out", "Ends all sessions of a user, at every site. His API tokens stay good.",
			func(u *replicadb.UserAccount, now time.Time) { u.SignedOutAt = &now }),
	}
	if len(p.args) == 0 {
		return p.misused("%s", strings.TrimSpace(userHelp))
	}
	command, ok := commands[p.args[0]]
	if !ok {
		if _, err := p.arguments(p.flags("user", userHelp)); err != nil {
			return err
		}
		return p.misused("there is no command %q of opsdb user: it is list, show, create, change, roles, disable, enable, sign-out or audit", p.args[0])
	}
	p.args = p.args[1:]
	return command(ctx, p)
}

// name reads a command line that begins with the login name of a user, and returns what stands behind the flags.
func (p program) name(flags *flag.FlagSet) (name string, rest []string, err error) {
	if len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		name, p.args = p.args[0], p.args[1:]
	}
	rest, err = p.arguments(flags)
	if err == nil && name == "" {
		if len(rest) == 0 {
			return "", nil, p.misused("the login name of a user is needed")
		}
		name, rest = rest[0], rest[1:]
	}
	return name, rest, err
}

// only is name for a command line on which nothing else may stand.
func (p program) only(flags *flag.FlagSet) (string, error) {
	name, rest, err := p.name(flags)
	if err == nil && len(rest) > 0 {
		return "", p.misused("unexpected %q", rest[0])
	}
	return name, err
}

// people reads and writes users in the main database.
type people struct {
	config config.Config
	main   *postgres.Main
	read   *postgres.Replica
	actor  string // in the audit trail
}

// withPeople runs f with the main database at hand.
func (p program) withPeople(ctx context.Context, f func(people) error) error {
	c, err := p.settings(config.Config.ValidateMain)
	if err != nil {
		return err
	}
	main, err := postgres.NewMain(ctx, serve.Address(c.Main), "opsdb user", c.Buffer.MainWriteTimeout.Duration())
	if err != nil {
		return err
	}
	defer main.Close()
	read, err := postgres.NewReplica(ctx, serve.Address(c.Main), "opsdb user")
	if err != nil {
		return err
	}
	defer read.Close()
	actor := "opsdb"
	if u, err := user.Current(); err == nil {
		actor += ":" + u.Username
	}
	return f(people{config: c, main: main, read: read, actor: actor})
}

// find returns the user of a name. It fails with errs.NotFound.
func (d people) find(ctx context.Context, name string) (replicadb.UserAccount, error) {
	rows, err := d.read.FindUsersByName(ctx, replicadb.FindUsersByNameParams{Name: name})
	if err != nil {
		return replicadb.UserAccount{}, err
	}
	if len(rows) == 0 {
		return replicadb.UserAccount{}, errs.New(errs.NotFound, "there is no user %s", name)
	}
	return rows[0], nil
}

// known fails with errs.NotFound when one of the roles does not exist.
func (d people) known(ctx context.Context, roles []string) error {
	rows, err := d.read.ListRoles(ctx)
	if err != nil {
		return err
	}
	for _, role := range roles {
		if !slices.ContainsFunc(rows, func(r replicadb.ListRolesRow) bool { return r.Name == role }) {
			return errs.New(errs.NotFound, "there is no role %s", role)
		}
	}
	return nil
}

// write executes steps and their entry in the audit trail in one transaction.
func (d people) write(ctx context.Context, steps []buffer.Step, action string, user uuid.UUID, detail map[string]any) error {
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	steps = append(steps, ops.CreateAccessEvent.With(maindb.CreateAccessEventParams{
		ID: uuid.Must(uuid.NewV7()), At: now(), Site: d.config.Site.Name, Actor: d.actor, Action: action, UserID: &user, Detail: text,
	}))
	_, err = d.main.InTx(ctx, func(ctx context.Context, db *maindb.Queries) error {
		for _, step := range steps {
			if err := ops.Registry.Run(ctx, db, step); err != nil {
				return err
			}
		}
		return nil
	})
	return auth.UserRefused(err)
}

// change makes a user what edit makes of him; again when somebody else has changed him meanwhile.
func (d people) change(ctx context.Context, name, action string, edit func(*replicadb.UserAccount)) (u replicadb.UserAccount, err error) {
	const tries = 4
	for range tries {
		was, err := d.find(ctx, name)
		if err != nil {
			return was, err
		}
		u = was
		edit(&u)
		steps, detail := auth.ChangeUser(was, u)
		if len(steps) == 0 {
			return u, nil
		}
		err = d.write(ctx, steps, action, u.ID, detail)
		if postgres.SQLState(err) != auth.VersionDiffers {
			return u, err
		}
	}
	return u, errs.New(errs.Conflict, "user %s is being changed by others", name)
}

// now is the time as the database keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// seenName refuses a name by which somebody could look like another. Its error is errs.Invalid.
func seenName(full string) error {
	if auth.Deceptive(full) {
		return errs.New(errs.Invalid, "a full name has only characters that can be seen")
	}
	return nil
}

const createUserHelp = `
Usage: opsdb user create NAME [flags]

Makes a user: for a system of the observatory, or for a person whose roles are to be there before he signs in.`

func createUser(ctx context.Context, p program) error {
	flags := p.flags("user create", createUserHelp)
	var roles scopes
	u := replicadb.UserAccount{ID: uuid.Must(uuid.NewV7()), CreatedAt: now()}
	flags.StringVar(&u.FullName, "full-name", "", "what people call him")
	flags.StringVar(&u.Email, "email", "", "`address`")
	login := flags.String("github-login", "", "GitHub `account` that may sign in as this user")
	flags.Var(&roles, "role", "`role` the user gets: admin, observer, viewer or service; may be repeated")
	var err error
	if u.Name, err = p.only(flags); err != nil {
		return err
	}
	if err := seenName(u.FullName); err != nil {
		return err
	}
	if *login != "" {
		u.GitHubLogin = login
	}
	u.GrantedRoles = distinct(roles)
	return p.withPeople(ctx, func(d people) error {
		if err := d.known(ctx, u.GrantedRoles); err != nil {
			return err
		}
		steps, detail := auth.CreateUser(u)
		if err := d.write(ctx, steps, "user.created", u.ID, detail); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.out, "user %s created, roles: %s\n", u.Name, listing(u.GrantedRoles))
		return err
	})
}

// distinct returns roles in order, each once; none are an empty list, as the database has it.
func distinct(roles []string) []string {
	return append([]string{}, slices.Compact(slices.Sorted(slices.Values(roles)))...)
}

func listing(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

const changeUserHelp = `
Usage: opsdb user change NAME [--full-name TEXT] [--email ADDRESS] [--github-login ACCOUNT]

Changes what is given; "" empties it. With another GitHub account somebody else signs in as this user.`

func changeUser(ctx context.Context, p program) error {
	flags := p.flags("user change", changeUserHelp)
	fullName := flags.String("full-name", "", "what people call him")
	email := flags.String("email", "", "`address`")
	login := flags.String("github-login", "", "GitHub `account` that may sign in as this user")
	name, err := p.only(flags)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if len(given) == 0 {
		return p.misused("what to change is needed")
	}
	if err := seenName(*fullName); err != nil {
		return err
	}
	return p.withPeople(ctx, func(d people) error {
		u, err := d.change(ctx, name, "user.updated", func(u *replicadb.UserAccount) {
			if given["full-name"] {
				u.FullName = *fullName
			}
			if given["email"] {
				u.Email = *email
			}
			if given["github-login"] && (u.GitHubLogin == nil || *u.GitHubLogin != *login) {
				// The number is that of the account before.
				if u.GitHubLogin, u.GitHubID = nil, nil; *login != "" {
					u.GitHubLogin = login
				}
			}
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "user %s changed\n", u.Name)
		return err
	})
}

const giveRolesHelp = `
Usage: opsdb user roles NAME ROLE...

Gives a user exactly these roles: admin, observer, viewer, service; or "none". What he has by his GitHub teams stays.`

func giveRoles(ctx context.Context, p program) error {
	name, roles, err := p.name(p.flags("user roles", giveRolesHelp))
	if err != nil {
		return err
	}
	if len(roles) == 0 {
		return p.misused("the roles are needed, or none")
	}
	if slices.Equal(roles, []string{"none"}) {
		roles = nil
	}
	return p.withPeople(ctx, func(d people) error {
		if err := d.known(ctx, roles); err != nil {
			return err
		}
		u, err := d.change(ctx, name, "user.updated", func(u *replicadb.UserAccount) { u.GrantedRoles = distinct(roles) })
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "roles of %s: %s\n", u.Name, listing(u.GrantedRoles))
		return err
	})
}

// changeCommand is a command that needs nothing but the name of a user.
func changeCommand(name, action, help string, edit func(u *replicadb.UserAccount, now time.Time)) subcommand {
	return func(ctx context.Context, p program) error {
		login, err := p.only(p.flags("user "+name, "Usage: opsdb user "+name+" NAME\n\n"+help))
		if err != nil {
			return err
		}
		return p.withPeople(ctx, func(d people) error {
			u, err := d.change(ctx, login, action, func(u *replicadb.UserAccount) { edit(u, now()) })
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "user %s: %s\n", u.Name, stateOf(u))
			return err
		})
	}
}

func stateOf(u replicadb.UserAccount) string {
	switch {
	case u.DisabledAt != nil:
		return "disabled since " + u.DisabledAt.UTC().Format(time.RFC3339)
	case u.SignedOutAt != nil:
		return "let in, signed out at " + u.SignedOutAt.UTC().Format(time.RFC3339)
	default:
		return "let in"
	}
}

const showUserHelp = `
Usage: opsdb user show NAME [--json]

Shows one user.`

func showUser(ctx context.Context, p program) error {
	flags := p.flags("user show", showUserHelp)
	asJSON := flags.Bool("json", false, "print one line of JSON")
	name, err := p.only(flags)
	if err != nil {
		return err
	}
	return p.withPeople(ctx, func(d people) error {
		u, err := d.find(ctx, name)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.out).Encode(u)
		}
		login := "none"
		if u.GitHubLogin != nil {
			login = *u.GitHubLogin
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		for _, line := range [][2]string{
			{"id", u.ID.String()},
			{"name", u.Name},
			{"full name", u.FullName},
			{"email", u.Email},
			{"GitHub account", login},
			{"roles", listing(u.GrantedRoles)},
			{"roles by GitHub teams", listing(u.GitHubRoles)},
			{"created", u.CreatedAt.UTC().Format(time.RFC3339)},
			{"state", stateOf(u)},
		} {
			fmt.Fprintf(table, "%s\t%s\n", line[0], line[1])
		}
		return table.Flush()
	})
}
