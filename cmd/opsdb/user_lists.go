package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

// pageSize is how many rows of a list are fetched at once.
const pageSize = 500

const listUsersHelp = `
Usage: opsdb user list [--role ROLE] [--disabled] [--json]

Lists the users in order of their names.`

func listUsers(ctx context.Context, p program) error {
	flags := p.flags("user list", listUsersHelp)
	role := flags.String("role", "", "only users who have this `role`")
	disabled := flags.Bool("disabled", false, "only users who are disabled")
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	if err := p.parse(flags); err != nil {
		return err
	}
	filter := replicadb.ListUsersParams{RowLimit: pageSize}
	if *role != "" {
		filter.Role = role
	}
	if *disabled {
		filter.Disabled = disabled
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	show := func(u replicadb.UserAccount) error {
		_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", u.Name, u.FullName, listing(u.GrantedRoles), listing(u.GitHubRoles), stateOf(u))
		return err
	}
	if *asJSON {
		show = func(u replicadb.UserAccount) error { return json.NewEncoder(p.out).Encode(u) }
	} else {
		fmt.Fprintln(table, "NAME\tFULL NAME\tROLES\tBY GITHUB TEAMS\tSTATE")
	}
	return p.withPeople(ctx, func(d people) error {
		for {
			rows, err := d.read.ListUsers(ctx, filter)
			if err != nil {
				return err
			}
			for _, u := range rows {
				if err := show(u); err != nil {
					return err
				}
				filter.AfterName = u.Name
			}
			if len(rows) < pageSize {
				return table.Flush()
			}
		}
	})
}

const auditUsersHelp = `
Usage: opsdb user audit [--user NAME] [--limit N] [--json]

Shows what was done to users, roles and tokens, and who signed in, the newest first.`

func auditUsers(ctx context.Context, p program) error {
	flags := p.flags("user audit", auditUsersHelp)
	name := flags.String("user", "", "only what concerns the user of this `name`")
	limit := flags.Int("limit", 50, "how many events")
	asJSON := flags.Bool("json", false, "print one line of JSON for each")
	if err := p.parse(flags); err != nil {
		return err
	}
	if *limit < 1 || *limit > 10_000 {
		return p.misused("--limit %d: it is 1 to 10000", *limit)
	}
	return p.withPeople(ctx, func(d people) error {
		filter := replicadb.ListAccessEventsParams{BeforeAt: now().AddDate(1, 0, 0), BeforeID: uuid.Max, RowLimit: int32(*limit)}
		if *name != "" {
			u, err := d.find(ctx, *name)
			if err != nil {
				return err
			}
			filter.UserID = &u.ID
		}
		events, err := d.read.ListAccessEvents(ctx, filter)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		if !*asJSON {
			fmt.Fprintln(table, "TIME\tSITE\tACTOR\tADDRESS\tACTION\tDETAIL")
		}
		for _, e := range events {
			if *asJSON {
				err = json.NewEncoder(p.out).Encode(e)
			} else {
				_, err = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", e.At.UTC().Format(time.RFC3339), e.Site, e.Actor, e.Address, e.Action, e.Detail)
			}
			if err != nil {
				return err
			}
		}
		return table.Flush()
	})
}
