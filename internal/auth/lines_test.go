package auth

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// A rotation that has begun when a token before it in the line is revoked is waited for, and ends with it.
func TestARevocationWaitsForARotationFurtherDown(t *testing.T) {
	w := newWorld(t)
	first := w.issue(Grant{})
	second, err := Rotate(t.Context(), w.db, w.keys, first.ID, time.Hour, 0, "crew")
	if err != nil {
		t.Fatal(err)
	}
	rotating, revoking := pgtest.Connect(t, w.address), pgtest.Connect(t, w.address)
	tx, err := rotating.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "select from api_token where id = $1 for update", second.ID); err != nil {
		t.Fatal(err)
	}
	revoked := make(chan error, 1)
	go func() {
		revoked <- maindb.New(revoking).RevokeAPITokenLine(t.Context(), maindb.RevokeAPITokenLineParams{ID: first.ID, RevokedAt: time.Now()})
	}()
	w.soon("the revocation waits", 10*time.Second, func() bool {
		var waits bool
		if err := rotating.QueryRow(t.Context(), "select cardinality(pg_blocking_pids($1)) > 0", revoking.PgConn().PID()).Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return waits
	})
	third, err := Rotate(t.Context(), maindb.New(rotating), w.keys, second.ID, time.Hour, 0, "thief")
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-revoked; err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{first.ID, second.ID, third.ID} {
		var live bool
		if err := rotating.QueryRow(t.Context(), "select revoked_at is null from api_token where id = $1", id).Scan(&live); err != nil || live {
			t.Errorf("%s lives, %v", id, err)
		}
	}
}
