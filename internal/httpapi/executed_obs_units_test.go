package httpapi_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

// sites are the two kinds of sites; at both the same requests get the same answers.
var sites = map[string]setup{"main": {kind: site.Main}, "secondary": {kind: site.Secondary}}

func TestAnObservationFromStartToFinish(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			begun := s.do(call{op: "startExecutedObsUnit", body: s.exampleOf("startExecutedObsUnit")}).want(http.StatusCreated)
			receipt := decode[api.WriteReceipt](begun)
			if want := "/executed_obs_units/executions/" + receipt.ID.String(); begun.header.Get("Location") != want {
				t.Errorf("Location %q, want %q", begun.header.Get("Location"), want)
			}
			if begun.header.Get("Ops-Position") == "" || begun.header.Get("Ops-Pending") == "" {
				t.Errorf("headers %v", begun.header)
			}
			running := decode[api.ExecutedObsUnitDetail](s.do(call{op: "getExecutedObsUnit", id: receipt.ID.String()}).want(http.StatusOK))
			if running.Status != api.ObservationStatusRunning || running.Comment != "Orion A, scan 1" || !running.EndTime.IsNull() {
				t.Errorf("after its start: %+v", running)
			}
			s.do(call{op: "finishExecutedObsUnit", id: receipt.ID.String(), body: s.exampleOf("finishExecutedObsUnit")}).want(http.StatusOK)
			finished := decode[api.ExecutedObsUnitDetail](s.do(call{op: "getExecutedObsUnit", id: receipt.ID.String()}).want(http.StatusOK))
			if finished.Status != api.ObservationStatusCompleted || finished.Observer != "night-shift" || finished.Comment != "Orion A, scan 1, clear sky" {
				t.Errorf("after its finish: %+v", finished)
			}
			if string(finished.Conditions) == "{}" {
				t.Error("the conditions of the start are gone")
			}
		})
	}
}

func TestFinishingTwice(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			id := s.start(nil).ID.String()
			answer := decode[api.WriteReceipt](s.do(call{op: "finishExecutedObsUnit", id: id}).want(http.StatusOK))
			first := s.do(call{op: "getExecutedObsUnit", id: id}).want(http.StatusOK)
			// Without an end time a repetition means the end that is known.
			repeated := decode[api.WriteReceipt](s.do(call{op: "finishExecutedObsUnit", id: id}).want(http.StatusOK))
			if repeated.TransactionID != answer.TransactionID || !repeated.AcceptedAt.Equal(answer.AcceptedAt) {
				t.Errorf("the same finish got two answers: %+v, %+v", answer, repeated)
			}
			s.do(call{op: "finishExecutedObsUnit", id: id, body: `{"status":"completed"}`}).want(http.StatusOK)
			again := s.do(call{op: "getExecutedObsUnit", id: id}).want(http.StatusOK)
			if a, b := decode[api.ExecutedObsUnitDetail](first), decode[api.ExecutedObsUnitDetail](again); a.EndTime.MustGet() != b.EndTime.MustGet() {
				t.Errorf("the end moved from %v to %v", a.EndTime, b.EndTime)
			}
			p := s.do(call{op: "finishExecutedObsUnit", id: id, body: `{"status":"aborted"}`}).problem(http.StatusConflict, "record-differs")
			if p.Recorded == nil || p.Requested == nil {
				t.Errorf("a conflict without both versions: %+v", p)
			}
		})
	}
}

func TestStartingTwiceWithOneID(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			body := map[string]any{"id": uuid.Must(uuid.NewV7()), "obs_unit_id": 2}
			first := decode[api.WriteReceipt](s.do(call{op: "startExecutedObsUnit", body: body}).want(http.StatusCreated))
			again := decode[api.WriteReceipt](s.do(call{op: "startExecutedObsUnit", body: body}).want(http.StatusCreated))
			if first.ID != again.ID {
				t.Errorf("ids %v and %v", first.ID, again.ID)
			}
			// What a start means anyway can be said.
			body["status"] = "running"
			said := decode[api.WriteReceipt](s.do(call{op: "startExecutedObsUnit", body: body}).want(http.StatusCreated))
			if said.ID != first.ID {
				t.Errorf("ids %v and %v", first.ID, said.ID)
			}
			body["comment"] = "another"
			s.do(call{op: "startExecutedObsUnit", body: body}).problem(http.StatusConflict, "record-differs")
		})
	}
}

func TestWhatCannotBe(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	p := s.do(call{op: "startExecutedObsUnit", body: `{"obs_unit_id":99999}`}).problem(http.StatusUnprocessableEntity, "reference-unknown")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/obs_unit_id" {
		t.Errorf("it points at %v", p.Errors)
	}
	s.do(call{op: "finishExecutedObsUnit", id: someID}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "getExecutedObsUnit", id: someID}).problem(http.StatusNotFound, "not-found")
	id := s.start(nil).ID.String()
	p = s.do(call{op: "finishExecutedObsUnit", id: id, body: `{"end_time":"2026-07-15T11:19:59Z"}`}).problem(http.StatusUnprocessableEntity, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/end_time" {
		t.Errorf("it points at %v", p.Errors)
	}
	// A number that fits the document but is not written as an integer.
	p = s.do(call{op: "startExecutedObsUnit", body: `{"obs_unit_id":1e0}`}).problem(http.StatusUnprocessableEntity, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/obs_unit_id" || p.Errors[0].Detail != "must be written in digits alone, without a point or an exponent" {
		t.Errorf("it says %v", p.Errors)
	}
	p = s.do(call{op: "createSource", body: `{"name":"a","solar_system":{"class":"asteroid","naif_id":1e3}}`}).problem(http.StatusUnprocessableEntity, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/solar_system/naif_id" {
		t.Errorf("it points at %v", p.Errors)
	}
	empty := s.do(call{op: "listExecutionsOfObsUnit", id: "99999"}).want(http.StatusOK)
	if string(empty.text) != "[]\n" {
		t.Errorf("no executions are %q", empty.text)
	}
}

// Two processes of one site decide about the same execution at the same moment.
func TestRacingFinishes(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true})
	for range 10 {
		id := s.start(nil).ID.String()
		var (
			wait     sync.WaitGroup
			statuses = make([]int, 2)
		)
		for i, status := range []string{"completed", "aborted"} {
			wait.Go(func() {
				statuses[i] = s.do(call{op: "finishExecutedObsUnit", id: id, body: map[string]any{"status": status}}).status
			})
		}
		wait.Wait()
		slices.Sort(statuses)
		if !slices.Equal(statuses, []int{http.StatusOK, http.StatusConflict}) {
			t.Errorf("both were answered %v", statuses)
		}
	}
}

func TestListsOfExecutions(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			for _, at := range []string{"2026-07-15T11:20:00Z", "2026-07-15T11:30:00Z", "2026-07-15T11:40:00Z"} {
				s.start(map[string]any{"start_time": at})
			}
			last := s.start(map[string]any{"obs_unit_id": 2, "start_time": "2026-07-15T11:50:00+00:00"})
			for query, want := range map[string]int{
				"": 4, "obs_unit_id=2": 1, "status=running": 4, "status=completed": 0, "start_from=2026-07-15T11:30:00Z": 3,
				"start_before=2026-07-15T11:30:00Z": 1, "observing_program_id=99": 0, "instrument_module_id=1&limit=1000": -1,
			} {
				page := decode[api.ExecutedObsUnitPage](s.do(call{op: "listExecutedObsUnits", query: query}).want(http.StatusOK))
				if want >= 0 && len(page.Items) != want {
					t.Errorf("%q: %d executions, want %d", query, len(page.Items), want)
				}
			}
			var seen []uuid.UUID
			for cursor := ""; ; {
				query := "limit=1"
				if cursor != "" {
					query += "&cursor=" + cursor
				}
				page := decode[api.ExecutedObsUnitPage](s.do(call{op: "listExecutedObsUnits", query: query}).want(http.StatusOK))
				for _, item := range page.Items {
					seen = append(seen, item.ID)
				}
				if page.NextCursor.IsNull() {
					break
				}
				cursor = page.NextCursor.MustGet()
			}
			if len(seen) != 4 || seen[0] != last.ID {
				t.Errorf("a walk met %v", seen)
			}
			nested := decode[[]api.ExecutedObsUnitDetail](s.do(call{op: "listExecutionsOfObsUnit", id: "2"}).want(http.StatusOK))
			if len(nested) != 1 || nested[0].RawDataFiles == nil || nested[0].RawDataPackages == nil {
				t.Errorf("the executions of a unit: %+v", nested)
			}
		})
	}
}
