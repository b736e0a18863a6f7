package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// tokenRow is a token as lists show it: without its hash.
type tokenRow struct {
	ID           uuid.UUID  `json:"id"`
	UserID       uuid.UUID  `json:"user_id"`
	User         string     `json:"user"`
	Name         string     `json:"name"`
	Prefix       string     `json:"prefix"`
	KeyID        string     `json:"key_id"` // which SECRET_KEY its hash is made with
	Scopes       []string   `json:"scopes"`
	CreatedAt    time.Time  `json:"created_at"`
	CreatedBy    string     `json:"created_by"`
	ExpiresAt    *time.Time `json:"expires_at"`
	RotatedFrom  *uuid.UUID `json:"rotated_from"`
	RevokedAt    *time.Time `json:"revoked_at"`
	UsageCount   int64      `json:"usage_count"`
	LastUsedAt   *time.Time `json:"last_used_at"`
	LastUsedFrom *string    `json:"last_used_from"`
	LastUsedSite *string    `json:"last_used_site"`
}

func (t tokenRow) limits() string {
	if len(t.Scopes) == 0 {
		return "all of the user's"
	}
	return strings.Join(t.Scopes, " ")
}

func (t tokenRow) state() string {
	if t.RevokedAt != nil {
		return "revoked " + t.RevokedAt.UTC().Format(time.RFC3339)
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(time.Now()) {
		return "expired " + t.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return expiry(t.ExpiresAt)
}

func (t tokenRow) used() string {
	if t.LastUsedAt == nil {
		return "never used"
	}
	from := ""
	if t.LastUsedFrom != nil && *t.LastUsedFrom != "" {
		from = " from " + *t.LastUsedFrom
	}
	return fmt.Sprintf("%d times, last at %s%s, site %s", t.UsageCount, t.LastUsedAt.UTC().Format(time.RFC3339), from, *t.LastUsedSite)
}

// withUsers adds the names of their users to tokens.
func (d people) withUsers(ctx context.Context, tokens []replicadb.APITokenAccount) ([]tokenRow, error) {
	var ids []uuid.UUID
	for _, t := range tokens {
		ids = append(ids, t.UserID)
	}
	users, err := d.read.GetUsers(ctx, replicadb.GetUsersParams{IDs: ids})
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	rows := make([]tokenRow, len(tokens))
	for i, t := range tokens {
		rows[i] = tokenRow{
			ID: t.ID, UserID: t.UserID, User: names[t.UserID], Name: t.Name, Prefix: t.TokenPrefix, KeyID: t.KeyID, Scopes: t.Scopes, CreatedAt: t.CreatedAt,
			CreatedBy: t.CreatedBy, ExpiresAt: t.ExpiresAt, RotatedFrom: t.RotatedFrom, RevokedAt: t.RevokedAt, UsageCount: t.UsageCount,
			LastUsedAt: t.LastUsedAt, LastUsedFrom: t.LastUsedFrom, LastUsedSite: t.LastUsedSite,
		}
	}
	return rows, nil
}

// endOfTime is later than anything in the database.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const listTokensHelp = `
Usage: opsdb token list [--all] [--json]

Lists the API tokens, the newest first.`

func listTokens(ctx context.Context, p program) error {
	flags := p.flags("token list", listTokensHelp)
	all := flags.Bool("all", false, "also those that were revoked or have expired")
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	if err := p.parse(flags); err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	show := func(t tokenRow) error {
		_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s…\t%s\t%s\t%s\t%s\t%s\n",
			t.ID, t.User, t.Name, t.Prefix, t.KeyID, t.limits(), t.CreatedAt.UTC().Format(time.DateOnly), t.state(), t.used())
		return err
	}
	if *asJSON {
		show = func(t tokenRow) error { return json.NewEncoder(p.out).Encode(t) }
	} else {
		fmt.Fprintln(table, "ID\tUSER\tNAME\tTOKEN\tKEY\tSCOPES\tCREATED\tSTATE\tUSED")
	}
	return p.withPeople(ctx, func(d people) error {
		filter := replicadb.ListAPITokensParams{BeforeCreated: endOfTime, IncludeEnded: *all, Now: time.Now(), RowLimit: pageSize}
		for {
			tokens, err := d.read.ListAPITokens(ctx, filter)
			if err != nil {
				return err
			}
			rows, err := d.withUsers(ctx, tokens)
			if err != nil {
				return err
			}
			for _, t := range rows {
				if err := show(t); err != nil {
					return err
				}
				filter.BeforeCreated, filter.BeforeID = t.CreatedAt, t.ID
			}
			if len(rows) < pageSize {
				return table.Flush()
			}
		}
	})
}

const showTokenHelp = `
Usage: opsdb token show ID [--json]

Shows one API token, and how often it was used. Uses are added up about once a minute.`

func showToken(ctx context.Context, p program) error {
	flags := p.flags("token show", showTokenHelp)
	asJSON := flags.Bool("json", false, "print one line of JSON")
	id, err := p.id(flags)
	if err != nil {
		return err
	}
	return p.withPeople(ctx, func(d people) error {
		tokens, err := d.read.GetAPITokens(ctx, replicadb.GetAPITokensParams{IDs: []uuid.UUID{id}})
		if err != nil {
			return err
		}
		if len(tokens) == 0 {
			return errs.New(errs.NotFound, "there is no token %s", id)
		}
		rows, err := d.withUsers(ctx, tokens)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.out).Encode(rows[0])
		}
		return p.describe(rows[0])
	})
}

func (p program) describe(t tokenRow) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "id\t%s\nuser\t%s\nname\t%s\ntoken\t%s…\nscopes\t%s\ncreated\t%s by %s\nstate\t%s\nused\t%s\n",
		t.ID, t.User, t.Name, t.Prefix, t.limits(), t.CreatedAt.UTC().Format(time.RFC3339), t.CreatedBy, t.state(), t.used())
	if t.RotatedFrom != nil {
		fmt.Fprintf(table, "in place of\t%s\n", t.RotatedFrom)
	}
	return table.Flush()
}

const tokenHistoryHelp = `
Usage: opsdb token history [ID] [--limit N] [--json]

Shows what happened to API tokens, or to one of them, the newest first.`

func tokenHistory(ctx context.Context, p program) error {
	flags := p.flags("token history", tokenHistoryHelp)
	limit := flags.Int("limit", 50, "how many events")
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	filter := replicadb.ListAccessEventsParams{BeforeAt: endOfTime, OfTokens: true}
	if len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		id, err := uuid.Parse(p.args[0])
		if err != nil {
			return p.misused("%q is not the id of a token", p.args[0])
		}
		filter.TokenID, p.args = &id, p.args[1:]
	}
	if err := p.parse(flags); err != nil {
		return err
	}
	if *limit < 1 || *limit > 10_000 {
		return p.misused("--limit is from 1 to 10000")
	}
	filter.RowLimit = int32(*limit)
	return p.withPeople(ctx, func(d people) error {
		events, err := d.read.ListAccessEvents(ctx, filter)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		if !*asJSON {
			fmt.Fprintln(table, "AT\tSITE\tWHO\tFROM\tWHAT\tTOKEN\tDETAIL")
		}
		for _, e := range events {
			if *asJSON {
				err = json.NewEncoder(p.out).Encode(e)
			} else {
				_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.At.UTC().Format(time.RFC3339), e.Site, e.Actor, e.Address, e.Action, e.TokenID, e.Detail)
			}
			if err != nil {
				return err
			}
		}
		return table.Flush()
	})
}

const listScopesHelp = `
Usage: opsdb token scopes

Lists the permissions that a token can be limited to. An * may stand for the action or the resource.`

func listScopes(ctx context.Context, p program) error {
	if err := p.parse(p.flags("token scopes", listScopesHelp)); err != nil {
		return err
	}
	return p.withPeople(ctx, func(d people) error {
		rows, err := d.read.ListPermissions(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			fmt.Fprintf(table, "%s\t%s\n", row.Name, row.Description)
		}
		return table.Flush()
	})
}
