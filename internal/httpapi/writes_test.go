package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestOneKeyIsOneWrite(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s := w.open(kind)
			attempt := call{op: "startExecutedObsUnit", key: "scan-1", body: `{"obs_unit_id":1, "comment":"a"}`}
			first := decode[api.WriteReceipt](s.do(attempt).want(http.StatusCreated))
			attempt.body = `{"comment": "a","obs_unit_id":1}`
			a := s.do(attempt).want(http.StatusCreated)
			again := decode[api.WriteReceipt](a)
			if first.ID != again.ID || first.TransactionID != again.TransactionID || a.header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("first %+v, again %+v, headers %v", first, again, a.header)
			}
			attempt.body = `{"comment":"b","obs_unit_id":1}`
			s.do(attempt).problem(http.StatusUnprocessableEntity, "idempotency-key-reused")
			// Another person's key of the same name is another key.
			attempt.token = w.issue("observer")
			if other := decode[api.WriteReceipt](s.do(attempt).want(http.StatusCreated)); other.ID == first.ID {
				t.Error("two people share a key")
			}
			for _, key := range []string{"two words", "ü", strings.Repeat("k", 256)} {
				attempt.key = key
				s.do(attempt).problem(http.StatusUnprocessableEntity, "invalid")
			}
		})
	}
}

func TestOneKeyAtTheSameTime(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A copy that is replicated and cleaned up between the look and the entry of another is accepted anew, and
			// settled by the ledger.
			kind.idle = true
			s := newWorld(t).open(kind)
			var (
				wait     sync.WaitGroup
				ids      = make([]uuid.UUID, 30)
				accepted = make([]time.Time, len(ids))
			)
			for i := range ids {
				wait.Go(func() {
					a := s.do(call{op: "startExecutedObsUnit", key: "once", body: `{"obs_unit_id":1}`})
					if a.status != http.StatusCreated {
						t.Errorf("answered %d: %s", a.status, a.text)
						return
					}
					receipt := decode[api.WriteReceipt](a)
					ids[i], accepted[i] = receipt.ID, receipt.AcceptedAt
				})
			}
			wait.Wait()
			for i, id := range ids {
				if id != ids[0] {
					t.Fatalf("ids %v", ids)
				}
				if accepted[i] != accepted[0] {
					t.Fatalf("accepted at %v", accepted)
				}
			}
			if page := decode[api.ExecutedObsUnitPage](s.do(call{op: "listExecutedObsUnits"})); len(page.Items) != 1 {
				t.Errorf("%d executions", len(page.Items))
			}
		})
	}
}

// Two that register one path with other content at the same moment: one does, and the other is told of it.
func TestOnePathAtTheSameTime(t *testing.T) {
	s := newWorld(t).open(sites["main"])
	execution := s.start(nil)
	for round := range 20 {
		var (
			wait     sync.WaitGroup
			statuses [2]int
		)
		for i := range statuses {
			body := s.example("createRawDataFile", map[string]any{
				"executed_obs_unit_id": execution.ID, "relative_path": fmt.Sprintf("race/%d", round), "size_bytes": i,
			})
			wait.Go(func() { statuses[i] = s.do(call{op: "createRawDataFile", body: body}).status })
		}
		wait.Wait()
		if slices.Sort(statuses[:]); statuses != [2]int{http.StatusCreated, http.StatusConflict} {
			t.Fatalf("round %d: answered %v", round, statuses)
		}
	}
}

// Every critical operation succeeds at a site that can reach neither the main database nor its own.
func TestCriticalWritesNeedNoDatabase(t *testing.T) {
	for name, away := range map[string]setup{
		"main away":      {kind: site.Secondary, mainAway: true},
		"both away":      {kind: site.Secondary, mainAway: true, replicaAway: true},
		"only the copy":  {kind: site.Secondary, replicaAway: true},
		"nothing drains": {kind: site.Secondary, idle: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s := w.open(away)
			if away.replicaAway {
				s.knowToken(t)
			}
			execution := s.start(nil)
			if want := api.ReferencesUnverified; away.replicaAway && execution.References != want {
				t.Errorf("references %s, want %s", execution.References, want)
			}
			file := decode[api.WriteReceipt](s.do(call{op: "createRawDataFile", body: s.example("createRawDataFile", map[string]any{"executed_obs_unit_id": execution.ID})}).want(http.StatusCreated))
			bulk := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: bulkOf(execution.ID, 500, nil)}).want(http.StatusCreated))
			pack := decode[api.WriteReceipt](s.do(call{op: "createRawDataPackage", body: s.example("createRawDataPackage", map[string]any{
				"executed_obs_unit_id": execution.ID, "raw_data_file_ids": []uuid.UUID{file.ID},
			})}).want(http.StatusCreated))
			done := map[string]bool{"startExecutedObsUnit": true, "createRawDataFile": true, "createRawDataFiles": true, "createRawDataPackage": true}
			for op, id := range map[string]uuid.UUID{
				"finishExecutedObsUnit": execution.ID, "finalizeRawDataPackage": pack.ID, "withdrawRawDataFile": bulk.IDs[0],
			} {
				s.do(call{op: op, id: id.String()}).want(http.StatusOK)
				done[op] = true
			}
			for _, item := range s.doc.Paths.Map() {
				for _, o := range item.Operations() {
					if o.Extensions["x-critical"] == true && !done[o.OperationID] {
						t.Errorf("%s was not tried", o.OperationID)
					}
				}
			}
		})
	}
}

// knowToken makes the token known to the site's Redis, as if it had been used here before the replica went away.
func (s *station) knowToken(t *testing.T) {
	t.Helper()
	before := &station{world: s.world, redis: s.redis, doc: s.doc}
	before.url = s.process(setup{kind: site.Secondary, idle: true})
	before.do(call{op: "listTransactions"}).want(http.StatusOK)
}

func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Secondary})
	execution := s.start(nil)
	s.replicated(execution.TransactionID.String())
	s.redis.Kill()
	a := s.do(call{op: "startExecutedObsUnit", body: `{"obs_unit_id":1}`})
	a.problem(http.StatusServiceUnavailable, "buffer-unavailable")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	// Whether an execution that the replica does not have is in the buffer cannot be told now.
	s.do(call{op: "finishExecutedObsUnit", id: uuid.NewString(), body: `{}`}).problem(http.StatusServiceUnavailable, "buffer-unavailable")
	read := s.do(call{op: "getExecutedObsUnit", id: execution.ID.String()}).want(http.StatusOK)
	if read.header.Get("Ops-Degraded") == "" {
		t.Error("the answer does not say that a part is missing")
	}
	s.do(call{op: "getReadiness", token: "-"}).problem(http.StatusServiceUnavailable, "unavailable")
	h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK))
	if h.Status != api.HealthStatusUnhealthy || h.Redis != api.ComponentDisconnected || len(h.Remarks) == 0 {
		t.Errorf("health: %+v", h)
	}
	s.do(call{op: "getLiveness", token: "-"}).want(http.StatusOK)
	s.redis.Start()
	eventually(t, "writes are accepted again", func() bool {
		return s.do(call{op: "startExecutedObsUnit", body: `{"obs_unit_id":1}`}).status == http.StatusCreated
	})
}

func TestReadsWithoutTheReplica(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, replicaAway: true, mainAway: true})
	s.knowToken(t)
	a := s.do(call{op: "listExecutedObsUnits"})
	a.problem(http.StatusServiceUnavailable, "replica-unreachable")
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.do(call{op: "getReadiness", token: "-"}).want(http.StatusOK)
}

// A read can ask to see a write that was made elsewhere.
func TestPositions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	there, here := w.open(setup{kind: site.Main}), w.open(setup{kind: site.Secondary})
	a := there.do(call{op: "startExecutedObsUnit", body: `{"obs_unit_id":1}`}).want(http.StatusCreated)
	id := decode[api.WriteReceipt](a).ID.String()
	here.do(call{op: "getExecutedObsUnit", id: id, header: map[string]string{"Ops-Position": a.header.Get("Ops-Position")}}).want(http.StatusOK)
	here.do(call{op: "getExecutedObsUnit", id: id, header: map[string]string{"Ops-Position": "yesterday"}}).problem(http.StatusUnprocessableEntity, "invalid")
	here.do(call{op: "getExecutedObsUnit", id: id, header: map[string]string{"Ops-Position": someID}}).problem(http.StatusServiceUnavailable, "position-not-reached")
}
