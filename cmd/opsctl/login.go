package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/clients/go/profile"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) login() *cobra.Command {
	var (
		address string
		gitHub  bool
		expires lifetime
		like    client.TokenCreate
	)
	c := a.command("login [flags]", "Get in, and make a profile of a site",
		`Asks for an API token, which is not shown, or reads it from the standard input; asks the site whose it is; and keeps it in the
profile --site in ~/.config/opsdb/config.toml, which nobody else can read. The first profile is the default.

With --github a person signs in by GitHub instead: a code is shown, to be entered in a browser anywhere, and the site makes an
API token for this machine, which "opsctl token list" shows and "opsctl token revoke" ends.`,
		`  opsctl login --site observatory --url https://ops.example.org --github
  opsctl login --site observatory < token`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			if !gitHub && (expires.d > 0 || len(like.Scopes) > 0) {
				return misused("--expires and --scope are for --github")
			}
			s, err := a.entrance(ctx, address)
			if err != nil {
				return err
			}
			if gitHub {
				like.Name = tokenName()
				if expires.d > 0 {
					like.ExpiresAt = new(time.Now().Add(expires.d).UTC().Truncate(time.Second))
				}
				s.Token, err = a.signedIn(ctx, s, like)
			} else {
				s.Token, err = a.pasted(ctx, s.URL)
			}
			if err != nil {
				return err
			}
			return a.enter(ctx, s)
		})
	c.Flags().StringVar(&address, "url", "", "the `ADDRESS` of the site; without it, that of the profile")
	c.Flags().BoolVar(&gitHub, "github", false, "sign in by GitHub")
	c.Flags().Var(&expires, "expires", "with --github: after how long the token expires, such as 30d; without it, the site decides")
	c.Flags().StringArrayVar(&like.Scopes, "scope", nil, "with --github: `ACTION:RESOURCE` that the token is limited to; may be repeated")
	return c
}

// entrance returns the profile that is to be made or changed, without a token.
func (a *app) entrance(ctx context.Context, address string) (profile.Site, error) {
	f, err := profile.Load(a.getenv)
	if err != nil {
		return profile.Site{}, err
	}
	s := profile.Site{Name: a.site, URL: address}
	if s.Name == "" && address == "" {
		s.Name = a.getenv("OPS_SITE")
		if s.Name == "" {
			s.Name = f.Default
		}
	}
	if s.URL == "" {
		s.URL = f.Sites[s.Name].URL
	}
	if s.URL == "" {
		return s, misused("which site? --url ADDRESS, and --site NAME for its profile")
	}
	api, err := a.apiOf(s)
	if err != nil {
		return s, err
	}
	defer api.Close()
	info, err := opsdb.Value[client.SiteInfo](api.GetSiteInfoWithResponse(ctx))
	if err != nil {
		return s, err
	}
	if s.Name == "" {
		s.Name = info.SiteName
	}
	if !profile.ValidName(s.Name) {
		return s, misused("--site %q: letters, digits, - and _", s.Name)
	}
	return s, nil
}

// pasted reads a token from a person, without showing it, or from the standard input.
func (a *app) pasted(ctx context.Context, address string) (string, error) {
	type reading struct {
		text string
		err  error
	}
	done := make(chan reading, 1)
	keyboard, ok := a.in.(*os.File)
	if columns, _ := a.size(a.in); ok && columns > 0 {
		fd := int(keyboard.Fd()) //nolint:gosec // a descriptor is a small number
		before, err := term.GetState(fd)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(a.err, "API token for %s (it is not shown): ", plain(address))
		go func() {
			text, err := term.ReadPassword(fd)
			done <- reading{string(text), err}
		}()
		defer fmt.Fprintln(a.err)
		select {
		case <-ctx.Done():
			return "", errors.Join(context.Cause(ctx), term.Restore(fd, before))
		case r := <-done:
			return tokenOf(r.text, r.err)
		}
	}
	text, err := bufio.NewReader(io.LimitReader(a.in, 1<<16)).ReadString('\n')
	return tokenOf(text, err)
}

// tokenOf returns what was read, as a token.
func tokenOf(text string, err error) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return "", err
	case text == "":
		return "", misused("there is no token")
	}
	return text, nil
}

// enter asks whose a token is and keeps it.
func (a *app) enter(ctx context.Context, s profile.Site) error {
	api, err := a.apiOf(s)
	if err != nil {
		return err
	}
	defer api.Close()
	me, err := opsdb.Value[client.Me](api.GetMeWithResponse(ctx))
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if err := profile.Save(a.getenv, s); err != nil {
		return err
	}
	for _, name := range []string{"OPS_API_URL", "OPS_API_TOKEN"} {
		if a.getenv(name) != "" {
			a.say("%s is set and is stronger than the profile, unless --site is given", name)
		}
	}
	return a.show(entered{Site: s.Name, URL: s.URL, Me: me}, func(w io.Writer) {
		until := ""
		if end := orZero(me.ExpiresAt); !end.IsZero() {
			until = ", until " + clock(end)
		}
		fmt.Fprintf(w, "%s at %s%s\n", plain(me.Name), s.Name, until)
	})
}

// entered says who got in where.
type entered struct {
	Site string    `json:"site"`
	URL  string    `json:"url"`
	Me   client.Me `json:"me"`
}
