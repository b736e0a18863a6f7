package schema_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func execute(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	check(t, err)
}

// twoAdmins makes two administrators, one and two.
const twoAdmins = `
	insert into "user" (id, name) values (gen_random_uuid(), 'one'), (gen_random_uuid(), 'two');
	insert into user_role (user_id, role_id) select u.id, r.id from "user" u, role r where r.name = 'admin'`

func lastAdmin(err error) bool {
	database, ok := errors.AsType[*pgconn.PgError](err)
	return ok && database.Code == "23514" && database.ConstraintName == "last_admin"
}

// Whatever takes an administrator away, one who is let in stays.
func TestTheLastAdministratorStays(t *testing.T) {
	for what, sql := range map[string]string{
		"both disabled":             `update "user" set disabled_at = now()`,
		"both without the role":     "delete from user_role",
		"both deleted":              `delete from "user"`,
		"one disabled, one without": `update "user" set disabled_at = now() where name = 'one'; delete from user_role`,
	} {
		t.Run(what, func(t *testing.T) {
			conn := pgtest.Connect(t, pgtest.New(t))
			execute(t, conn, twoAdmins)
			if _, err := conn.Exec(t.Context(), sql); !lastAdmin(err) {
				t.Errorf("got %v", err)
			}
			execute(t, conn, "delete from user_role where user_id = (select id from \"user\" where name = 'one')")
		})
	}
}

// A database that never had an administrator can still be filled.
func TestWithoutAnAdministratorOthersChange(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	execute(t, conn, `insert into "user" (id, name) values (gen_random_uuid(), 'one');
		insert into user_role (user_id, role_id) select u.id, r.id from "user" u, role r where r.name = 'viewer'`)
	execute(t, conn, `update "user" set disabled_at = now(); delete from user_role; delete from "user"`)
}

// The second waits for the first and then counts what is left.
func TestTwoAdministratorsAreNotTakenAwayAtTheSameTime(t *testing.T) {
	a := pgtest.New(t)
	first, second := pgtest.Connect(t, a), pgtest.Connect(t, a)
	execute(t, first, twoAdmins)
	begun, err := first.Begin(t.Context())
	check(t, err)
	_, err = begun.Exec(t.Context(), "delete from user_role where user_id = (select id from \"user\" where name = 'one')")
	check(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := second.Exec(context.WithoutCancel(t.Context()), `update "user" set disabled_at = now() where name = 'two'`)
		done <- err
	}()
	check(t, begun.Commit(t.Context()))
	if err := <-done; !lastAdmin(err) {
		t.Errorf("got %v", err)
	}
}

func TestEachChangeOfRightsMovesTheVersion(t *testing.T) {
	conn := pgtest.Connect(t, pgtest.New(t))
	version := func() int64 { return collect[int64](t, conn, "select version from access_version")[0] }
	before := version()
	for _, sql := range []string{
		twoAdmins,
		`update "user" set disabled_at = now() where name = 'two'`,
		token("repeat('0', 64)", "null"),
		"update api_token set revoked_at = now()",
		"delete from api_token",
		"delete from user_role where user_id = (select id from \"user\" where name = 'two')",
		"delete from role_permission where role_id = (select id from role where name = 'viewer')",
		`delete from "user" where name = 'two'`,
	} {
		execute(t, conn, sql)
		after := version()
		if after == before {
			t.Errorf("%s: the version has stayed", sql)
		}
		before = after
	}
	execute(t, conn, "insert into access_event (id, at, site, actor, address, action) values (gen_random_uuid(), now(), '', '', '', 'a.b')")
	if version() != before {
		t.Error("an event is no change of rights")
	}
}
