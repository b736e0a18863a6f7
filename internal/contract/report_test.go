package contract_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// report is what a run of Schemathesis sent, and what it found.
type report struct {
	requests int
	phases   map[string]int          // requests of each phase
	statuses map[string]map[int]int  // of each operation, such as "GET /health"
	wrong    map[string][]occurrence // by check and operation
	errors   []string
}

// occurrence is a request whose answer a check objects to.
type occurrence struct{ message, request string }

// scenario is the event of the report that matters: what was sent together, and what the checks said.
type scenario struct {
	Phase    string
	Recorder struct {
		Cases map[string]struct {
			Value json.RawMessage
		}
		Checks       map[string][]check
		Interactions map[string]struct {
			Response *struct {
				Status int `json:"status_code"`
			}
		}
	}
}

type check struct {
	Name        string
	Status      string
	FailureInfo struct{ Failure struct{ Message string } } `json:"failure_info"`
}

func newReport() *report {
	return &report{phases: map[string]int{}, statuses: map[string]map[int]int{}, wrong: map[string][]occurrence{}}
}

// read adds what a run has written.
func (r *report) read(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	for events := json.NewDecoder(file); ; {
		var event struct {
			ScenarioFinished          *scenario
			NonFatalError, FatalError json.RawMessage
		}
		if err := events.Decode(&event); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		for _, e := range []json.RawMessage{event.NonFatalError, event.FatalError} {
			if e != nil {
				r.errors = append(r.errors, string(e))
			}
		}
		if event.ScenarioFinished != nil {
			r.add(t, *event.ScenarioFinished)
		}
	}
}

func (r *report) add(t *testing.T, s scenario) {
	t.Helper()
	for id, sent := range s.Recorder.Cases {
		var request struct{ Method, Path string }
		if err := json.Unmarshal(sent.Value, &request); err != nil {
			t.Fatal(err)
		}
		operation := request.Method + " " + request.Path
		if answer := s.Recorder.Interactions[id].Response; answer != nil {
			r.requests++
			r.phases[s.Phase]++
			if r.statuses[operation] == nil {
				r.statuses[operation] = map[int]int{}
			}
			r.statuses[operation][answer.Status]++
		}
		for _, c := range s.Recorder.Checks[id] {
			if c.Status == "failure" {
				key := c.Name + ": " + operation
				r.wrong[key] = append(r.wrong[key], occurrence{c.FailureInfo.Failure.Message, string(sent.Value)})
			}
		}
	}
}

// findings returns one text for each kind of finding.
func (r *report) findings() []string {
	all := slices.Clone(r.errors)
	for _, kind := range slices.Sorted(maps.Keys(r.wrong)) {
		first := r.wrong[kind][0]
		all = append(all, fmt.Sprintf("%s, %d times:\n%.1500s\n%.1500s", kind, len(r.wrong[kind]), first.message, first.request))
	}
	return all
}

// everything checks that each operation has done what it is there for at least once, or found a record that contradicts: a
// run of other refusals proves little. At a site that is cut off that goes for what must do without the network.
func (r *report) everything(t *testing.T, cut bool) {
	t.Helper()
	for _, o := range operationsOf(load(t)) {
		succeeded := false
		for status := range r.statuses[o.name] {
			succeeded = succeeded || status < 400 || status == http.StatusConflict
		}
		if r.statuses[o.name] == nil {
			t.Errorf("%s was never asked", o.name)
		} else if _, known := hardToPlease[o.id]; !succeeded && !known && (!cut || o.critical || strings.HasPrefix(o.name, "GET ")) {
			t.Errorf("%s was never done: %v", o.name, r.statuses[o.name])
		}
	}
}

// hardToPlease are the operations that nothing made up succeeds with, and why.
var hardToPlease = map[string]string{
	"followTransfer": "no WebSocket is opened", "followBuffer": "no WebSocket is opened", "followHealth": "no WebSocket is opened",
	"followObservations": "no WebSocket is opened",
	"finishGitHubSignIn": "needs GitHub's code", "signInBreakGlass": "needs an operator's password", "refreshSession": "needs a session's cookie", "finishGitHubDeviceSignIn": "needs GitHub's code",
	"endSession": "tokens have no session", "introspectToken": "no administrator may",
	"resetTransfer": "needs one that has failed", "resetStagingJob": "needs one that has failed", "resetArchiveTransfer": "needs one that has failed",
	"editTransaction": "nothing is parked", "retryTransaction": "nothing is parked", "discardTransaction": "nothing is parked",
}
