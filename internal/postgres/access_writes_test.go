package postgres_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func TestWritesOfUsersKnowWhatTheyChange(t *testing.T) {
	ctx := t.Context()
	q := newMain(t, pgtest.New(t), time.Minute)
	user := maindb.CreateUserParams{ID: uuid.New(), Name: "crew", FullName: "Night crew", CreatedAt: night}
	expectState(t, "create", q.CreateUser(ctx, user), "")
	user.CreatedAt = night.Add(time.Hour)
	expectState(t, "create again", q.CreateUser(ctx, user), "")
	user.Email = "crew@ops.example"
	expectState(t, "create with other content", q.CreateUser(ctx, user), "23000")
	user.ID = uuid.New()
	expectState(t, "create another of the name", q.CreateUser(ctx, user), "23505")

	known, nobody := knownUser(t, q.Queries, "crew"), uuid.New()
	change := maindb.UpdateUserParams{ID: known, FullName: "Day crew", Version: 1}
	expectState(t, "change", q.UpdateUser(ctx, change), "")
	// What a second writer of the same version changes may lie in the roles alone.
	expectState(t, "change again from the same version", q.UpdateUser(ctx, change), "23000")
	expectState(t, "change nobody", q.UpdateUser(ctx, maindb.UpdateUserParams{ID: nobody, Version: 1}), "P0002")

	roles := maindb.SetUserRolesParams{UserID: known, Source: maindb.RoleSourceGranted, Roles: []string{"observer", "viewer"}}
	for range 2 {
		expectState(t, "roles", q.SetUserRoles(ctx, roles), "")
	}
	roles.Roles = nil
	expectState(t, "no roles, as NULL", q.SetUserRoles(ctx, roles), "")
	roles.Roles = []string{"astronaut"}
	expectState(t, "an unknown role", q.SetUserRoles(ctx, roles), "P0002")
	expectState(t, "roles of nobody", q.SetUserRoles(ctx, maindb.SetUserRolesParams{UserID: nobody, Source: maindb.RoleSourceGranted}), "P0002")

	event := maindb.CreateAccessEventParams{ID: uuid.New(), At: night, Actor: "chief", Action: "user.updated", UserID: &known, Detail: json.RawMessage(`{}`)}
	for range 2 {
		expectState(t, "event", q.CreateAccessEvent(ctx, event), "")
	}
	event.Actor = "somebody else"
	expectState(t, "an event that was another", q.CreateAccessEvent(ctx, event), "P0002")
}

func TestPreferencesFollowTheVersionThatWasSeen(t *testing.T) {
	ctx := t.Context()
	q := newMain(t, pgtest.New(t), time.Minute)
	expectState(t, "create", q.CreateUser(ctx, maindb.CreateUserParams{ID: uuid.New(), Name: "crew", CreatedAt: night}), "")
	p := maindb.PutUserPreferencesParams{UserID: knownUser(t, q.Queries, "crew"), Document: json.RawMessage(`{}`), UpdatedAt: night, Expected: new(time.Time)}
	expectState(t, "the first", q.PutUserPreferences(ctx, p), "")
	p.UpdatedAt = night.Add(time.Second)
	expectState(t, "the first, once more", q.PutUserPreferences(ctx, p), "23000")
	p.Expected = &night
	expectState(t, "over what was seen", q.PutUserPreferences(ctx, p), "")
	p.UpdatedAt, p.Expected = night.Add(time.Minute), nil
	expectState(t, "over whatever there is", q.PutUserPreferences(ctx, p), "")
	p.UserID = uuid.New()
	expectState(t, "of nobody", q.PutUserPreferences(ctx, p), "P0002")
}

func knownUser(t *testing.T, q *maindb.Queries, name string) uuid.UUID {
	t.Helper()
	row, err := q.EnsureUser(t.Context(), maindb.EnsureUserParams{ID: uuid.New(), Name: name})
	check(t, err)
	return row.ID
}
