package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) token() *cobra.Command {
	return a.group("token", "Make, list and revoke API tokens",
		`Makes, lists and revokes API tokens. They are changed in the main database: without the link a remote site answers that it
cannot.`,
		a.tokenList(), a.tokenCreate(), a.tokenShow(), a.tokenRotate(), a.tokenRevoke())
}

func (a *app) tokenList() *cobra.Command {
	var (
		user  idFlag
		ended bool
		most  int
	)
	c := a.command("list [flags]", "List API tokens", "Lists one's API tokens, the newest first; administrators see everybody's.", `  opsctl token list
  opsctl token list --all --json`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			p := client.ListTokensParams{UserID: user.id, Ended: &ended, Limit: pageSize(most)}
			items := opsdb.All(func(cursor *string) ([]client.Token, nullable.Nullable[string], error) {
				p.Cursor = cursor
				page, err := opsdb.Value[client.TokenPage](api.ListTokensWithResponse(ctx, &p))
				return page.Items, page.NextCursor, err
			})
			return list(a, items, most, []string{"ID", "USER", "NAME", "PREFIX", "SCOPES", "EXPIRES", "LAST USED"}, func(t client.Token) []string {
				return []string{t.ID.String(), t.User, t.Name, t.Prefix, scopes(t.Scopes), tokenEnd(t), clock(orZero(t.LastUsedAt))}
			})
		})
	c.Flags().Var(&user, "user", "only those of this user")
	c.Flags().BoolVar(&ended, "all", false, "also those that are revoked or have expired")
	mostFlag(c, &most)
	return c
}

func scopes(list []client.Scope) string {
	if len(list) == 0 {
		return "everything"
	}
	return strings.Join(list, " ")
}

func tokenEnd(t client.Token) string {
	if revoked := orZero(t.RevokedAt); !revoked.IsZero() {
		return "revoked " + clock(revoked)
	}
	if expires := orZero(t.ExpiresAt); !expires.IsZero() {
		return clock(expires)
	}
	return "never"
}

func (a *app) tokenCreate() *cobra.Command {
	var (
		body    client.TokenCreate
		user    idFlag
		expires lifetime
	)
	c := a.command("create NAME [flags]", "Make an API token",
		`Makes an API token and prints it, once, alone on the standard output. It may do what --scope says, or without it whatever its
owner may.`,
		`  opsctl token create "pointing script" --scope 'read:*' --scope write:observations --expires 90d`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			body.Name, body.UserID = args[0], user.id
			if expires.d > 0 {
				body.ExpiresAt = new(time.Now().Add(expires.d).UTC().Truncate(time.Second))
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			t, err := opsdb.Value[client.IssuedToken](api.CreateTokenWithResponse(ctx, body))
			if err != nil {
				return err
			}
			return a.issued(t)
		})
	c.Flags().StringArrayVar(&body.Scopes, "scope", nil, "`ACTION:RESOURCE` that it is limited to; may be repeated")
	c.Flags().Var(&expires, "expires", "after how long it expires, such as 12h or 90d; without it, the site decides")
	c.Flags().Var(&user, "user", "for whom, by administrators; without it, for oneself")
	return c
}

// issued shows a new token, alone on the standard output.
func (a *app) issued(t client.IssuedToken) error {
	return a.show(t, func(w io.Writer) {
		until := "never expires"
		if end := orZero(t.ExpiresAt); !end.IsZero() {
			until = "expires " + clock(end)
		}
		a.say("token %s of %s, %s; it is not shown again:", t.ID, plain(t.User), until)
		fmt.Fprintln(w, t.Token)
	})
}

func (a *app) tokenShow() *cobra.Command {
	return a.command("show ID", "Show an API token", "Shows everything about an API token but itself.", `  opsctl token show "$token"`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return show(ctx, a, args[0], func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.Token, error) {
				return opsdb.Value[client.Token](api.GetTokenWithResponse(ctx, id, nil))
			}, showToken)
		})
}

func showToken(w io.Writer, t client.Token) {
	facts(w, "id", t.ID.String(), "user", t.User, "name", t.Name, "prefix", t.Prefix, "may", scopes(t.Scopes), "created", clock(t.CreatedAt)+" by "+t.CreatedBy,
		"ends", tokenEnd(t), "used", number(t.UsageCount)+" times", "last used", strings.TrimSpace(clock(orZero(t.LastUsedAt))+" "+orZero(t.LastUsedFrom)+" "+orZero(t.LastUsedSite)), "sync", string(t.Sync))
}

func (a *app) tokenRotate() *cobra.Command {
	grace := lifetime{d: 24 * time.Hour}
	c := a.command("rotate ID [flags]", "Replace an API token by a new one",
		"Makes a token with the name, the scopes and the lifetime of another and prints it, once. The old one stays good for the grace period.",
		`  opsctl token rotate "$token" --grace 7d`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			t, err := opsdb.Value[client.IssuedToken](api.RotateTokenWithResponse(ctx, id, client.TokenRotate{GraceSeconds: new(int32(grace.d.Seconds()))}))
			if err != nil {
				return err
			}
			return a.issued(t)
		})
	c.Flags().Var(&grace, "grace", "how long the old one stays good; 0 revokes it at once")
	return c
}

func (a *app) tokenRevoke() *cobra.Command {
	keep := false
	c := a.command("revoke ID... [flags]", "Revoke API tokens", "Revokes API tokens and all that came from them by rotation: at this site at once, elsewhere as soon as it is replicated.", `  opsctl token revoke "$token"`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			for _, text := range args {
				err := show(ctx, a, text, func(ctx context.Context, api *opsdb.Client, id uuid.UUID) (client.Token, error) {
					return opsdb.Value[client.Token](api.RevokeTokenWithResponse(ctx, id, &client.RevokeTokenParams{KeepSuccessors: &keep}))
				}, func(w io.Writer, t client.Token) { fmt.Fprintln(w, t.ID, "revoked") })
				if err != nil {
					return err
				}
			}
			return nil
		})
	c.Flags().BoolVar(&keep, "keep-successors", false, "let tokens live that came from these by rotation")
	return c
}

// lifetime is a duration that may have days.
type lifetime struct{ d time.Duration }

// String implements pflag.Value.
func (l *lifetime) String() string {
	if l.d == 0 {
		return ""
	}
	return l.d.String()
}

// Set implements pflag.Value.
func (l *lifetime) Set(text string) error {
	const most = 100 * 365 * 24 * time.Hour
	var d time.Duration
	days, isDays := strings.CutSuffix(text, "d")
	n, err := strconv.ParseFloat(days, 64)
	if isDays && err == nil {
		d = time.Duration(n * float64(24*time.Hour))
	} else {
		d, err = time.ParseDuration(text)
	}
	if err != nil || d < 0 || d > most {
		return fmt.Errorf("%q is no time such as 12h or 90d", text)
	}
	l.d = d
	return nil
}

// Type implements pflag.Value.
func (*lifetime) Type() string { return "time" }
