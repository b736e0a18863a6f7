package httpapi_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/site"
)

// Whoever may put a parked write right must not become an administrator by it, nor write anything else.
func TestAnEditDoesNothingBeside(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, replicaAway: true, change: withOperators})
	start, _ := parked(t, s)
	own := s.transaction(start.TransactionID).Steps[0]
	params := decode[map[string]any](answer{t: t, text: own.Params})
	params["obs_unit_id"] = 1
	right := map[string]any{"kind": own.Kind, "params": params}
	other := maps.Clone(params)
	other["id"] = someID
	// Each is complete, and would be executed if it were let through.
	beside := []any{
		map[string]any{"kind": own.Kind, "params": other},
		map[string]any{"kind": ops.SetUserRoles.Kind(), "params": map[string]any{"user_id": someID, "source": "granted", "roles": []string{"admin"}}},
		map[string]any{"kind": ops.RevokeToken.Kind(), "params": map[string]any{"id": someID, "revoked_at": "2026-07-15T11:20:00Z"}},
		map[string]any{"kind": ops.WithdrawFile.Kind(), "params": map[string]any{"id": someID, "checksum": "d41d8cd98f00b204e9800998ecf8427e", "size_bytes": 0}},
	}
	operator := s.session("break-glass:night", auth.ByBreakGlass)
	for _, step := range beside {
		edit := map[string]any{"reason": "beside", "steps": []any{right, step}}
		s.do(call{op: "editTransaction", id: start.TransactionID.String(), body: edit, token: operator}).problem(http.StatusUnprocessableEntity, "steps-invalid")
	}
	edit := map[string]any{"reason": "the right unit", "steps": []any{right}}
	s.do(call{op: "editTransaction", id: start.TransactionID.String(), body: edit, token: operator}).want(http.StatusOK)
}

// What is on its way about users and tokens is for those who manage users, and for who did it; hashes are for nobody.
func TestTransactionsTellNothingOfOthersRights(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, idle: true, change: withOperators})
	made := s.do(call{op: "createToken", body: map[string]any{"name": "on its way"}}).want(http.StatusCreated)
	id := made.header.Get("Ops-Position")
	mine := s.do(call{op: "getTransaction", id: id}).want(http.StatusOK)
	if strings.Contains(string(mine.text), "token_hash") {
		t.Errorf("the hash is shown: %s", mine.text)
	}
	if n := len(decode[api.TransactionPage](s.do(call{op: "listTransactions"}).want(http.StatusOK)).Items); n != 1 {
		t.Errorf("the administrator sees %d transactions, want 1", n)
	}
	for name, token := range map[string]string{"viewer": s.issue("viewer"), "operator": s.session("break-glass:night", auth.ByBreakGlass)} {
		s.do(call{op: "getTransaction", id: id, token: token}).problem(http.StatusNotFound, "transaction-unknown")
		if page := decode[api.TransactionPage](s.do(call{op: "listTransactions", token: token}).want(http.StatusOK)); len(page.Items) != 0 {
			t.Errorf("a %s sees %+v", name, page.Items)
		}
	}
	operator := s.session("break-glass:night", auth.ByBreakGlass)
	s.do(call{op: "retryTransaction", id: id, token: operator}).problem(http.StatusNotFound, "transaction-unknown")
	s.do(call{op: "discardTransaction", id: id, token: operator, body: map[string]any{"reason": "hide it"}}).problem(http.StatusNotFound, "transaction-unknown")
	// A viewer sees what he did himself.
	viewer := s.issue("viewer")
	own := s.do(call{op: "createToken", token: viewer, body: map[string]any{"name": "his own"}}).want(http.StatusCreated).header.Get("Ops-Position")
	s.do(call{op: "getTransaction", id: own, token: viewer}).want(http.StatusOK)
}
