package auth

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// Who has not come by since his rights changed is known as he is now when the replica goes away.
func TestCopiesFollowChangesWithoutTheirOwners(t *testing.T) {
	w := newWorld(t)
	renamed, demoted, disabled := w.issue(Grant{User: "renamed"}), w.issue(Grant{User: "demoted"}), w.issue(Grant{User: "disabled"})
	strange := w.issue(Grant{User: "renamed"})
	v := w.verifier(w.address)
	tokens := []string{renamed.Token, demoted.Token, disabled.Token}
	for _, name := range []string{"renamed", "demoted", "disabled"} {
		_, _, access := w.signIn(v.sessions, w.user(name))
		tokens = append(tokens, access)
	}
	for _, token := range tokens {
		w.accepts(v, token)
	}
	w.execute(`update "user" set full_name = 'Another', changed_at = clock_timestamp(), version = version + 1 where name = 'renamed'`)
	w.execute(`update "user" set changed_at = clock_timestamp(), version = version + 1 where name = 'demoted'`)
	w.execute(`delete from user_role where user_id = (select id from "user" where name = 'demoted')`)
	w.disable("disabled")
	w.sweeps(w.verifier(w.address))

	offline := w.verifier(w.away())
	for _, token := range []string{tokens[0], tokens[3]} {
		if p := w.accepts(offline, token); p.FullName != "Another" || !p.Can("write:observations") {
			t.Errorf("%+v", p)
		}
	}
	for _, token := range []string{tokens[1], tokens[4]} {
		if p := w.accepts(offline, token); len(p.Permissions) > 0 {
			t.Errorf("who has lost all roles may %v", p.Permissions)
		}
	}
	w.refuses(offline, tokens[2], errs.Unavailable, "token-unverifiable")
	w.refuses(offline, tokens[5], errs.Unauthenticated, "user-disabled")
	// Of what nobody has used here no copy is made.
	w.refuses(offline, strange.Token, errs.Unavailable, "token-unverifiable")
}

// The grace of a token that was replaced ends, too, while the replica is away.
func TestCopiesOfReplacedTokensExpire(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	w.accepts(w.verifier(w.address), issued.Token)
	if _, err := Rotate(t.Context(), w.db, w.keys, issued.ID, time.Hour, 0, "test"); err != nil {
		t.Fatal(err)
	}
	w.sweeps(w.verifier(w.address))
	offline := w.verifier(w.away())
	w.accepts(offline, issued.Token)
	pass(offline, 2*time.Hour)
	w.refuses(offline, issued.Token, errs.Unauthenticated, "token-expired")
}

// Rights that change while a sweep is under way may have been swept by another process already: what this one writes
// later must not stay.
func TestASweepThatWasOvertakenLeavesNoCopy(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	w.accepts(v, issued.Token)
	version, err := v.directory.replica.AccessVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.disable("observer-on-duty")
	if err := v.sweep(t.Context(), version-1); err != nil {
		t.Fatal(err)
	}
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
	w.sweeps(v)
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}

// More copies than one sweep makes anew are removed: none stays as it was.
func TestASweepOfManyIsBounded(t *testing.T) {
	w := newWorld(t)
	first := w.issue(Grant{})
	v := w.verifier(w.address)
	w.accepts(v, first.Token)
	user := w.user("observer-on-duty")
	var keys []string
	for range maxRefreshed + slice + 1 {
		_, p := w.keys.Mint(maindb.CreateAPITokenParams{UserID: user.ID, Name: "many", CreatedAt: time.Now(), CreatedBy: "test", Scopes: []string{}})
		if err := w.db.CreateAPIToken(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		key := v.copies.keys.Token(p.ID.String())
		if err := v.copies.set(t.Context(), key, "old", nil); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	w.execute(`update "user" set changed_at = clock_timestamp(), version = version + 1`)
	w.sweeps(v)
	refreshed := 0
	for _, key := range keys {
		text, err := v.copies.get(t.Context(), key)
		if err != nil || text == "old" {
			t.Fatalf("%q, %v", text, err)
		}
		if text != "" {
			refreshed++
		}
	}
	if refreshed > maxRefreshed || refreshed < maxRefreshed-1 {
		t.Errorf("%d copies were made anew", refreshed)
	}
}
