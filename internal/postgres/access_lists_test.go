package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// crowded returns a database with 20,000 users, of whom three are administrators and twenty disabled, and 100,000 events,
// of which hardly any is about a token.
func crowded(t *testing.T) postgres.Address {
	t.Helper()
	a := pgtest.New(t)
	execute(t, pgtest.Connect(t, a), `
		insert into "user" (id, name, disabled_at)
		select gen_random_uuid(), 'user-' || lpad(n::text, 5, '0'), case when n % 1000 = 0 then now() end from generate_series(1, 20000) n;
		insert into user_role (user_id, role_id)
		select u.id, r.id from "user" u join role r on r.name = case when u.name in ('user-00017', 'user-10000', 'user-19999') then 'admin' else 'viewer' end;
		insert into access_event (id, at, site, actor, address, action, user_id, token_id)
		select gen_random_uuid(), '2026-07-15'::timestamptz + n * interval '1 second', 'cologne', 'x', '',
		       case when n % 5000 = 0 then 'user.updated' else 'session.started' end, u.ids[1 + n % 20000],
		       case when n % 4000 = 0 then gen_random_uuid() end
		from generate_series(1, 100000) n, (select array_agg(id order by name) as ids from "user") u;
		analyze`)
	return a
}

func TestFiltersOfUsersAndEventsUseIndexes(t *testing.T) {
	a := crowded(t)
	conn := pgtest.Connect(t, a)
	var user, token uuid.UUID
	check(t, conn.QueryRow(t.Context(), `select id from "user" where name = 'user-12345'`).Scan(&user))
	check(t, conn.QueryRow(t.Context(), `select token_id from access_event where token_id is not null limit 1`).Scan(&token))
	plans := &explained{DBTX: newReplica(t, a).Any(), t: t}
	q := replicadb.New(plans)
	many := make([]uuid.UUID, 3)
	for _, after := range []string{"", "user-10000"} {
		for _, role := range []*string{nil, new("admin"), new("viewer"), new("service")} {
			for _, disabled := range []*bool{nil, new(true), new(false)} {
				rows, err := q.ListUsers(t.Context(), replicadb.ListUsersParams{AfterName: after, Role: role, Disabled: disabled, Without: many, RowLimit: 101})
				check(t, err)
				for i := 1; i < len(rows); i++ {
					if rows[i-1].Name >= rows[i].Name {
						t.Fatalf("%s before %s", rows[i-1].Name, rows[i].Name)
					}
				}
			}
		}
	}
	for _, before := range []time.Time{always, night.Add(time.Hour)} {
		for _, p := range []replicadb.ListAccessEventsParams{
			{},
			{UserID: &user},
			{TokenID: &token},
			{Action: new("user.updated")},
			{Action: new("session.started")},
			{Action: new("token.created")},
			{OfTokens: true},
			{OfTokens: true, UserID: &user},
			{OfTokens: true, TokenID: &token},
			{Action: new("user.updated"), UserID: &user},
		} {
			p.BeforeAt, p.Without, p.RowLimit = before, many, 101
			_, err := q.ListAccessEvents(t.Context(), p)
			check(t, err)
		}
	}
	for _, plan := range plans.seen {
		for _, table := range []string{`"user"`, "user_role", "access_event"} {
			if strings.Contains(plan, "Seq Scan on "+table) {
				t.Errorf("a whole table is read:\n%s", plan)
			}
		}
	}
}

func TestFiltersOfUsersAndEvents(t *testing.T) {
	a := crowded(t)
	r := newReplica(t, a)
	execute(t, pgtest.Connect(t, a), `insert into user_role (user_id, role_id, source)
		select u.id, r.id, 'github' from "user" u, role r where r.name = 'admin' and u.name in ('user-00017', 'user-00018')`)
	for _, test := range []struct {
		p    replicadb.ListUsersParams
		want int
	}{
		{replicadb.ListUsersParams{}, 20_000},
		{replicadb.ListUsersParams{Role: new("admin")}, 4},
		{replicadb.ListUsersParams{Role: new("astronaut")}, 0},
		{replicadb.ListUsersParams{Disabled: new(true)}, 20},
		{replicadb.ListUsersParams{Disabled: new(false), AfterName: "user-19000"}, 999},
		{replicadb.ListUsersParams{Role: new("admin"), Disabled: new(true)}, 1},
		{replicadb.ListUsersParams{AfterName: "user-19998"}, 2},
	} {
		test.p.RowLimit = 100_000
		rows, err := r.ListUsers(t.Context(), test.p)
		check(t, err)
		if len(rows) != test.want {
			t.Errorf("%+v: %d users, want %d", test.p, len(rows), test.want)
		}
	}
	for what, test := range map[string]struct {
		p    replicadb.ListAccessEventsParams
		want int
	}{
		"all":          {replicadb.ListAccessEventsParams{}, 100_000},
		"action":       {replicadb.ListAccessEventsParams{Action: new("user.updated")}, 20},
		"tokens":       {replicadb.ListAccessEventsParams{OfTokens: true}, 25},
		"before":       {replicadb.ListAccessEventsParams{BeforeAt: time.Date(2026, 7, 15, 0, 1, 0, 0, time.UTC)}, 59},
		"unknown user": {replicadb.ListAccessEventsParams{UserID: new(uuid.New())}, 0},
	} {
		t.Run(fmt.Sprint("events: ", what), func(t *testing.T) {
			if test.p.BeforeAt.IsZero() {
				test.p.BeforeAt = always
			}
			test.p.RowLimit = 1_000_000
			rows, err := r.ListAccessEvents(t.Context(), test.p)
			check(t, err)
			if len(rows) != test.want {
				t.Errorf("%d events, want %d", len(rows), test.want)
			}
		})
	}
}
