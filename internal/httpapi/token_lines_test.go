package httpapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

// rotated replaces a token.
func (s *station) rotated(as string, id api.UUID, grace string) api.IssuedToken {
	s.t.Helper()
	return decode[api.IssuedToken](s.do(call{op: "rotateToken", id: id.String(), body: `{"grace_seconds":` + grace + `}`, token: as}).want(http.StatusCreated))
}

// A thief who rotates a token does not outlive its revocation, whichever token of the line is revoked.
func TestARevocationEndsWhatCameFromTheToken(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	crew := w.issue("observer")
	first := s.made(crew, map[string]any{})
	second := s.rotated(crew, first.ID, "3600")
	third := s.rotated(crew, second.ID, "0")
	other := s.made(crew, map[string]any{})
	for range 2 {
		s.do(call{op: "revokeToken", id: first.ID.String(), token: crew}).want(http.StatusOK)
		for _, token := range []api.IssuedToken{first, second, third} {
			if s.reads(token.Token) != http.StatusUnauthorized || s.getToken(token.ID).RevokedAt.IsNull() {
				t.Errorf("%s lives", token.ID)
			}
		}
	}
	if s.reads(other.Token) != http.StatusOK {
		t.Error("another token was revoked, too")
	}
	// The second had ended by its rotation.
	if events := s.audited("&action=token.revoked", 10); len(events) != 2 {
		t.Errorf("%+v", events)
	}

	first = s.made(crew, map[string]any{})
	second = s.rotated(crew, first.ID, "0")
	s.do(call{op: "revokeToken", id: first.ID.String(), token: crew}).want(http.StatusOK)
	if s.reads(second.Token) != http.StatusUnauthorized {
		t.Error("what came from a token that was revoked before lives")
	}

	first = s.made(crew, map[string]any{})
	second = s.rotated(crew, first.ID, "3600")
	s.do(call{op: "revokeToken", id: first.ID.String(), query: "keep_successors=true", token: crew}).want(http.StatusOK)
	if s.reads(first.Token) != http.StatusUnauthorized || s.reads(second.Token) != http.StatusOK {
		t.Error("the successor is to be kept, and not the token")
	}
}

// A rotation and the revocation of what is rotated meet: whatever comes first, nothing is good afterwards.
func TestARotationDoesNotEscapeARevocation(t *testing.T) {
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	for range 10 {
		token := s.made("", map[string]any{})
		var both sync.WaitGroup
		both.Go(func() {
			if a := s.do(call{op: "rotateToken", id: token.ID.String(), body: `{"grace_seconds":60}`}); a.status != http.StatusCreated {
				a.problem(http.StatusConflict, "token-ended")
			}
		})
		both.Go(func() { s.do(call{op: "revokeToken", id: token.ID.String()}).want(http.StatusOK) })
		both.Wait()
		var live int
		if err := w.db.QueryRow(t.Context(), "select count(*) from api_token where revoked_at is null and $1 in (id, rotated_from)", token.ID).Scan(&live); err != nil {
			t.Fatal(err)
		}
		if live != 0 {
			t.Errorf("%d tokens live", live)
		}
	}
}

func TestTokensOfOneUserAreLimited(t *testing.T) {
	w := newWorld(t)
	few := func(d *httpapi.Deps) { d.Access.TokensPerUser = 3 }
	s := w.open(setup{kind: site.Main, change: few})
	crew, other := w.issue("observer"), w.issue("viewer")
	first, second := s.made(crew, map[string]any{}), s.made(crew, map[string]any{})
	if p := s.make(crew, map[string]any{}).problem(http.StatusConflict, "too-many-tokens"); !strings.Contains(*p.Detail, "has 3 ") {
		t.Errorf("%+v", p)
	}
	s.make("", map[string]any{"user_id": first.UserID.String()}).problem(http.StatusConflict, "too-many-tokens")
	s.made(other, map[string]any{})
	// One may be rotated and live on for a while, others without.
	third := s.rotated(crew, first.ID, "3600")
	s.do(call{op: "rotateToken", id: second.ID.String(), body: `{"grace_seconds":3600}`, token: crew}).problem(http.StatusConflict, "too-many-tokens")
	s.rotated(crew, second.ID, "0")
	s.make(crew, map[string]any{}).problem(http.StatusConflict, "too-many-tokens")
	s.do(call{op: "revokeToken", id: third.ID.String(), token: crew}).want(http.StatusOK)
	s.make(crew, map[string]any{}).problem(http.StatusConflict, "too-many-tokens")
	s.do(call{op: "revokeToken", id: first.ID.String(), token: crew}).want(http.StatusOK)
	s.made(crew, map[string]any{})
}

func TestTwoSitesAtOnceDoNotExceedTheLimitOfTokens(t *testing.T) {
	w := newWorld(t)
	few := func(d *httpapi.Deps) { d.Access.TokensPerUser = 4 }
	s := w.open(setup{kind: site.Main, change: few})
	far := &station{world: w, redis: s.redis, doc: s.doc, url: s.process(setup{kind: site.Secondary, change: few})}
	crew := w.issue("observer")
	answers := make([]answer, 12)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = []*station{s, far}[i%2].make(crew, map[string]any{}) })
	}
	all.Wait()
	made := 0
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made++
		} else {
			a.problem(http.StatusConflict, "too-many-tokens")
		}
	}
	if made != 3 {
		t.Errorf("%d were made beside the first, want 3", made)
	}
}

// What came from a token is refused with it where the rotation is not replicated yet.
func TestALaggingSiteRevokesWhatCameFromTheToken(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	sites.lag(t, true)
	first := far.made("", map[string]any{})
	second := far.rotated("", first.ID, "3600")
	third := far.rotated("", second.ID, "3600")
	unseen := near.rotated("", third.ID, "3600")
	if far.reads(third.Token) != http.StatusOK || near.reads(unseen.Token) != http.StatusOK {
		t.Error("the line is not good")
	}
	far.do(call{op: "revokeToken", id: first.ID.String()}).want(http.StatusOK)
	for _, token := range []api.IssuedToken{first, second, third} {
		if far.reads(token.Token) != http.StatusUnauthorized {
			t.Errorf("%s is let in where it was revoked", token.ID)
		}
	}
	// What is refused is not sent again: it counts as guessing.
	for _, token := range []api.IssuedToken{first, second, third, unseen} {
		eventually(t, "the main site refuses it", func() bool { return near.reads(token.Token) == http.StatusUnauthorized })
	}
	sites.lag(t, false)
	eventually(t, "so does the other", func() bool { return !far.getToken(unseen.ID).RevokedAt.IsNull() && far.reads(unseen.Token) == 401 })
}

// Who has kept the successors and thinks better of it ends them also where none of them is known yet.
func TestALaggingSiteRevokesWhatItDoesNotKnow(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	first := far.made("", map[string]any{})
	sites.replicated(t)
	sites.lag(t, true)
	unseen := near.rotated("", first.ID, "3600")
	far.do(call{op: "revokeToken", id: first.ID.String(), query: "keep_successors=true"}).want(http.StatusOK)
	if near.reads(unseen.Token) != http.StatusOK {
		t.Error("the successor is to be kept")
	}
	far.do(call{op: "revokeToken", id: first.ID.String()}).want(http.StatusOK)
	if near.getToken(unseen.ID).RevokedAt.IsNull() {
		t.Error("it lives")
	}
}
