package auth

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
)

func TestIssueRefuses(t *testing.T) {
	w := newWorld(t)
	past := time.Now().Add(-time.Second)
	w.issue(Grant{User: "former-member"})
	w.disable("former-member")
	for _, tc := range []struct {
		name  string
		grant Grant
		want  errs.Kind
	}{
		{"no user", Grant{Name: "x"}, errs.Invalid},
		{"no name", Grant{User: "x"}, errs.Invalid},
		{"blank name", Grant{User: "x", Name: " "}, errs.Invalid},
		{"a name that turns", Grant{User: "x", Name: "a\u202eb"}, errs.Invalid},
		{"scope", Grant{User: "x", Name: "x", Scopes: []string{"everything"}}, errs.Invalid},
		{"expired", Grant{User: "x", Name: "x", Expires: &past}, errs.Invalid},
		{"role", Grant{User: "x", Name: "x", Role: "astronaut"}, errs.NotFound},
		{"disabled", Grant{User: "former-member", Name: "x"}, errs.Forbidden},
	} {
		if _, err := Issue(t.Context(), w.db, w.keys, tc.grant); errs.KindOf(err) != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestRevokeTwiceKeepsTheFirstTime(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{Name: "scheduler"})
	first, err := Revoke(t.Context(), w.db, issued.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Revoke(t.Context(), w.db, issued.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	if !second.Before || first.Before {
		t.Error("it does not say which was the second time")
	}
	second.Before = false
	if diff := cmp.Diff(first, second); diff != "" || first.Name != "scheduler" {
		t.Errorf("%+v %s", first, diff)
	}
	if _, err := Revoke(t.Context(), w.db, uuid.New(), false); errs.KindOf(err) != errs.NotFound {
		t.Errorf("unknown token: %v", err)
	}
}

func TestTheDatabaseHasNoUsableToken(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	w.execute(`do $$ begin
		if exists (select from api_token where token_hash || token_prefix like '%` + issued.Token[len(tokenPrefix)+shownRandom:] + `%') then
			raise 'a token is stored';
		end if;
	end $$`)
}
