package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

// parked brings a site into the state that a person has to resolve: the start of an execution of a unit that does not
// exist is parked, and its finish waits behind it.
func parked(t *testing.T, s *station) (start, finish api.WriteReceipt) {
	t.Helper()
	s.knowToken(t)
	start = s.start(map[string]any{"obs_unit_id": 99999})
	finish = decode[api.WriteReceipt](s.do(call{op: "finishExecutedObsUnit", id: start.ID.String()}).want(http.StatusOK))
	eventually(t, "the start is parked and its finish blocked", func() bool {
		return s.state(start.TransactionID) == api.TransactionStateParked && s.state(finish.TransactionID) == api.TransactionStateBlocked
	})
	return start, finish
}

func (s *station) transaction(id uuid.UUID) api.Transaction {
	s.t.Helper()
	return decode[api.Transaction](s.do(call{op: "getTransaction", id: id.String()}).want(http.StatusOK))
}

func (s *station) state(id uuid.UUID) api.TransactionState { return s.transaction(id).State }

// unsure is a site that cannot say that a unit does not exist: it cannot read its copy.
var unsure = setup{kind: site.Secondary, replicaAway: true}

func TestAParkedWriteIsShown(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(unsure)
	start, finish := parked(t, s)
	tx := s.transaction(start.TransactionID)
	if tx.Failure == nil || tx.Failure.SQLState != "23503" || len(tx.Steps) != 1 || len(tx.Records) != 1 || tx.Operation != "startExecutedObsUnit" {
		t.Errorf("the parked write: %+v", tx)
	}
	if behind := s.transaction(finish.TransactionID); len(behind.BlockedBy) != 1 || behind.BlockedBy[0] != start.TransactionID {
		t.Errorf("the blocked write: %+v", behind)
	}
	for query, want := range map[string]int{
		"": 2, "state=parked": 1, "state=parked&state=blocked": 2, "state=committed": 0, "sqlstate=23503": 1, "sqlstate=22001": 0, "limit=1": 1,
	} {
		page := decode[api.TransactionPage](s.do(call{op: "listTransactions", query: query}).want(http.StatusOK))
		if len(page.Items) != want {
			t.Errorf("%q lists %d, want %d", query, len(page.Items), want)
		}
		if more := !page.NextCursor.IsNull(); more != (query == "limit=1") {
			t.Errorf("%q: another page %v", query, more)
		}
	}
	s.do(call{op: "retryTransaction", id: finish.TransactionID.String()}).problem(http.StatusConflict, "blocked")
	first := decode[api.TransactionPage](s.do(call{op: "listTransactions", query: "limit=1"}).want(http.StatusOK))
	rest := decode[api.TransactionPage](s.do(call{op: "listTransactions", query: "limit=1&cursor=" + first.NextCursor.MustGet()}).want(http.StatusOK))
	if len(rest.Items) != 1 || rest.Items[0].ID == first.Items[0].ID {
		t.Errorf("first page %+v, second %+v", first, rest)
	}
	h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}))
	if h.TransactionBuffer.Failed != 1 || h.TransactionBuffer.Blocked != 1 || h.Status != api.HealthStatusDegraded {
		t.Errorf("health: %+v", h)
	}
	// Waiting for what cannot come by itself ends at once.
	for _, stopped := range first.Items {
		s.do(call{op: "getTransaction", id: stopped.ID.String(), query: "wait=replicated&timeout=60"}).want(http.StatusOK)
	}
	for _, stopped := range rest.Items {
		s.do(call{op: "getTransaction", id: stopped.ID.String(), query: "wait=replicated&timeout=60"}).want(http.StatusOK)
	}
	s.do(call{op: "getTransaction", id: someID}).want(http.StatusServiceUnavailable)
}

func TestAParkedWriteIsEdited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(unsure)
	start, finish := parked(t, s)
	steps := s.transaction(start.TransactionID).Steps
	edit := map[string]any{"reason": "wrong unit", "steps": []map[string]any{{"kind": "unheard.of", "params": map[string]any{}}}}
	s.do(call{op: "editTransaction", id: start.TransactionID.String(), body: edit}).problem(http.StatusUnprocessableEntity, "steps-invalid")
	params := decode[map[string]any](answer{t: t, text: steps[0].Params})
	params["obs_unit_id"] = 1
	edit["steps"] = []map[string]any{{"kind": steps[0].Kind, "params": params}}
	receipt := decode[api.EditReceipt](s.do(call{op: "editTransaction", id: start.TransactionID.String(), body: edit}).want(http.StatusOK))
	if receipt.Replaces != start.TransactionID || receipt.TransactionID == start.TransactionID {
		t.Errorf("the edit: %+v", receipt)
	}
	eventually(t, "both writes are executed", func() bool {
		return s.state(receipt.TransactionID) == api.TransactionStateCommitted && s.state(finish.TransactionID) == api.TransactionStateCommitted
	})
	s.do(call{op: "editTransaction", id: finish.TransactionID.String(), body: edit}).problem(http.StatusConflict, "not-stopped")
	// A site that knows the old one from the ledger only says the same.
	eventually(t, "the old one is in the ledger", func() bool { return s.state(start.TransactionID) == api.TransactionStateDiscarded })
	other := w.open(setup{kind: site.Main})
	eventually(t, "another site tells what replaced it", func() bool {
		a := other.do(call{op: "getTransaction", id: start.TransactionID.String()})
		if a.status != http.StatusOK {
			return false
		}
		old := decode[api.Transaction](a)
		return old.ReplacedBy != nil && *old.ReplacedBy == receipt.TransactionID && old.Audit[0].Reason == "wrong unit" && old.Audit[0].By == "admin-on-duty"
	})
}

func TestAParkedWriteIsRetriedOrDiscarded(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(unsure)
	start, finish := parked(t, s)
	s.do(call{op: "retryTransaction", id: start.TransactionID.String()}).want(http.StatusOK)
	eventually(t, "it is parked again", func() bool { return s.state(start.TransactionID) == api.TransactionStateParked })
	if audit := s.transaction(start.TransactionID).Audit; len(audit) == 0 || audit[0].Action != "retry" || audit[0].By != "admin-on-duty" {
		t.Errorf("the audit trail: %+v", audit)
	}
	result := decode[api.RetryAllResult](s.do(call{op: "retryTransactions", body: `{"sqlstate":"23503"}`}).want(http.StatusOK))
	if result.Retried != 1 {
		t.Errorf("%d were retried", result.Retried)
	}
	eventually(t, "it is parked once more, with its finish", func() bool {
		return s.state(start.TransactionID) == api.TransactionStateParked && s.state(finish.TransactionID) == api.TransactionStateBlocked
	})
	discard := map[string]any{"reason": "never planned"}
	s.do(call{op: "discardTransaction", id: start.TransactionID.String(), body: discard}).problem(http.StatusConflict, "others-wait-behind")
	discard["cascade"] = true
	gone := decode[api.Transaction](s.do(call{op: "discardTransaction", id: start.TransactionID.String(), body: discard}).want(http.StatusOK))
	if gone.State != api.TransactionStateDiscarded || s.state(finish.TransactionID) != api.TransactionStateDiscarded {
		t.Errorf("after the discard: %+v", gone)
	}
	s.do(call{op: "getExecutedObsUnit", id: start.ID.String()}).want(http.StatusServiceUnavailable)
}

func TestWaitingForReplication(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary})
	receipt := s.start(nil)
	s.replicated(receipt.TransactionID.String())
	item := decode[api.ExecutedObsUnitDetail](s.do(call{op: "getExecutedObsUnit", id: receipt.ID.String()}).want(http.StatusOK))
	if item.Sync != api.SyncStateReplicated {
		t.Errorf("it is %s", item.Sync)
	}
	s.do(call{op: "getTransaction", id: someID}).problem(http.StatusNotFound, "transaction-unknown")
	idle := newWorld(t).open(setup{kind: site.Secondary, idle: true})
	waiting := idle.start(nil)
	a := idle.do(call{op: "getTransaction", id: waiting.TransactionID.String(), query: "wait=committed&timeout=0.05"}).want(http.StatusOK)
	if tx := decode[api.Transaction](a); tx.State != api.TransactionStateBuffered {
		t.Errorf("it is %s", tx.State)
	}
}
