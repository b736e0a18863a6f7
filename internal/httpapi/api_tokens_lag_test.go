package httpapi_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/site"
)

// What a secondary site does to tokens goes to the main site and is in force here at once, though the replica lags.
func TestASecondarySiteChangesTokensAtOnce(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	sites.lag(t, true)
	token := far.made("", map[string]any{"scopes": []string{"read:observations"}})
	if token.Sync != api.SyncStateCommitted || far.reads(token.Token) != 200 || near.reads(token.Token) != 200 {
		t.Errorf("%+v", token)
	}
	second := decode[api.IssuedToken](far.do(call{op: "rotateToken", id: token.ID.String(), body: `{"grace_seconds":0}`}).want(http.StatusCreated))
	if far.reads(token.Token) != 401 || far.reads(second.Token) != 200 {
		t.Error("a rotation is not in force where it was made")
	}
	if got := far.tokens("", "&ended=true", 1); len(got) != 3 || got[0].ID != second.ID || got[1].RevokedAt.IsNull() {
		t.Errorf("%+v", got)
	}
	if got := decode[api.AccessEventPage](far.do(call{op: "listTokenHistory"}).want(http.StatusOK)); len(got.Items) != 2 || got.Items[0].Site != "observatory" {
		t.Errorf("%+v", got)
	}
	// A token that was revoked elsewhere has no successor, even where nobody knows of it yet.
	near.do(call{op: "revokeToken", id: second.ID.String()}).want(http.StatusOK)
	far.do(call{op: "rotateToken", id: second.ID.String(), body: "{}"}).problem(http.StatusConflict, "token-ended")
	sites.lag(t, false)
	eventually(t, "the revocation is in force", func() bool { return far.reads(second.Token) == 401 })
}

// Without the link tokens cannot be changed, and the answer says so; they stay readable, and their uses are counted.
func TestWithoutTheLinkTokensAreCountedOnly(t *testing.T) {
	w := newWorld(t)
	near := w.open(setup{kind: site.Main})
	token := near.made("", map[string]any{})
	var usage *auth.Usage
	s := w.open(setup{kind: site.Secondary, mainAway: true, idle: true, change: func(d *httpapi.Deps) { usage = d.Access.Usage }})
	s.make("", map[string]any{}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "revokeToken", id: token.ID.String()}).problem(http.StatusServiceUnavailable, "main-unreachable")
	s.do(call{op: "rotateToken", id: token.ID.String(), body: "{}"}).problem(http.StatusServiceUnavailable, "main-unreachable")
	if s.getToken(token.ID).RevokedAt.IsNull() != true || s.reads(token.Token) != 200 {
		t.Error("what failed has changed something")
	}
	if err := usage.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	// Another process of the site finds the link mended, and the uses in the buffer.
	s.process(setup{kind: site.Secondary})
	eventually(t, "the uses have arrived", func() bool { return near.getToken(token.ID).UsageCount == 1 })
}

// Walks page by page while a lagging site makes, rotates and revokes tokens, many of them made at the same moment: each
// shows once, in the order of the database, at both sites.
func TestPagesOfTokensShowEachOnce(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	moment := time.Now().UTC().Truncate(time.Second)
	for range 12 {
		if _, err := near.db.Exec(t.Context(), `
			insert into api_token (id, user_id, name, token_hash, key_id, token_prefix, created_at, created_by)
			select $1::uuid, user_id, 'tie', replace($1::text, '-', '') || replace($1::text, '-', ''), 'k', 'p', $2, 'test' from api_token limit 1`,
			uuid.New(), moment); err != nil {
			t.Fatal(err)
		}
	}
	sites.replicated(t)
	held := false
	for range 25 {
		live := far.tokens("", "", 100)
		one := live[random.IntN(len(live))]
		switch n := random.IntN(10); {
		case n < 4:
			far.made("", map[string]any{})
		case n < 6 && one.Name != "test":
			far.do(call{op: "rotateToken", id: one.ID.String(), body: map[string]any{"grace_seconds": random.IntN(2) * 3600}})
		case n < 8 && one.Name != "test":
			far.do(call{op: "revokeToken", id: one.ID.String()}).want(http.StatusOK)
		default:
			held = !held
			sites.lag(t, held)
		}
		limit := 1 + random.IntN(7)
		for _, s := range []*station{far, near} {
			s.compareTokens("&ended=true", "true", limit)
			s.compareTokens("", "revoked_at is null and (expires_at is null or expires_at > clock_timestamp())", limit)
		}
	}
	sites.lag(t, false)
}

func (s *station) compareTokens(filter, condition string, limit int) {
	s.t.Helper()
	rows, err := s.db.Query(s.t.Context(), "select id::text from api_token where "+condition+" order by created_at desc, id desc")
	if err != nil {
		s.t.Fatal(err)
	}
	want := collect[string](s.t, rows)
	var got []string
	for _, token := range s.tokens("", filter, limit) {
		got = append(got, token.ID.String())
	}
	if !slices.Equal(want, got) {
		s.t.Fatalf("%s, %d a page:\nwant %s\ngot  %s", filter, limit, fmt.Sprint(want), fmt.Sprint(got))
	}
}
