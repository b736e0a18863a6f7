package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// start starts an observation and returns its id.
func (s *shell) start(args ...string) string {
	s.t.Helper()
	return s.ok(append([]string{"obs", "start", "1"}, args...)...)
}

func TestObservation(t *testing.T) {
	s := at(t, observatory)
	id := s.start("--observer", "night\x1b[2Jshift", "--condition", "pwv_mm=0.41", "--condition", "sky=clear", "--wait", "replicated")
	if _, err := parseID(id); err != nil {
		t.Fatalf("what is printed is not the id alone: %q", id)
	}
	u := decode[client.ExecutedObsUnitDetail](t, s.ok("obs", "show", id, "--json"))
	if u.Sync != client.SyncStateReplicated || len(decode[map[string]any](t, string(u.Conditions))) != 2 {
		t.Errorf("%+v", u)
	}
	s.run("obs", "show", id).exits(exitDone).says(`night\x1b[2Jshift`)
	s.ok("obs", "finish", id, "--status", "aborted", "--comment", "clouds", "--end", "2100-01-01T00:00:00Z")
	s.ok("obs", "finish", id, "--status", "aborted", "--comment", "clouds", "--end", "2100-01-01T00:00:00Z")
	s.run("obs", "finish", id).exits(exitFailed).says("record-differs")
	if list := lines[client.ExecutedObsUnit](t, s.ok("obs", "list", "--status", "aborted", "--unit", "1", "--json")); len(list) != 1 || list[0].ID.String() != id {
		t.Errorf("%+v", list)
	}
	if table := s.ok("obs", "list", "--limit", "1"); strings.Count(table, "\n") != 1 || !strings.Contains(table, "SYNC") {
		t.Error(table)
	}
	if empty := s.ok("obs", "list", "--night", "2001-01-01"); empty != "" {
		t.Error(empty)
	}
}

// The same key gives the same execution, whichever process sends it, at whichever site.
func TestKey(t *testing.T) {
	s := at(t, observatory)
	id := s.start("--key", "night-1-unit-1", "--start", "2026-07-15T11:20:00Z")
	if again := s.start("--key", "night-1-unit-1", "--start", "2026-07-15T11:20:00Z"); again != id {
		t.Errorf("%s and %s", id, again)
	}
	s.run("obs", "start", "2", "--key", "night-1-unit-1", "--start", "2026-07-15T11:20:00Z").exits(exitFailed).says("idempotency-key-reused")
}

func TestErrorsInJSON(t *testing.T) {
	s := at(t, observatory)
	none := "0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"
	f := decode[failure](t, s.run("obs", "show", none, "--json").exits(exitFailed).err)
	if f.Exit != exitFailed || f.Problem == nil || f.Problem.Type != "not-found" || f.Problem.Status != 404 || f.Problem.RequestID == "" {
		t.Errorf("%+v", f)
	}
	if f := decode[failure](t, s.run("obs", "show", "x", "--json").exits(exitUsage).err); f.Exit != exitUsage || f.Error == "" {
		t.Errorf("%+v", f)
	}
}

// What a script records while the site is cut off succeeds, and it can see how far it has come.
func TestCutOff(t *testing.T) {
	s := at(t, observatory)
	heal := cutLink(t, lab.Swallow)
	receipt := decode[client.WriteReceipt](t, s.start("--json"))
	if receipt.Status != client.TransactionStateBuffered {
		t.Errorf("%+v", receipt)
	}
	s.run("tx", "wait", receipt.TransactionID.String(), "--for", "committed", "--timeout", "300ms").exits(exitTimeout).says("and not committed after 300ms")
	waited := s.run("obs", "finish", receipt.ID.String(), "--wait", "replicated", "--timeout", "300ms").exits(exitTimeout)
	if strings.TrimSpace(waited.out) != receipt.ID.String() {
		t.Errorf("what was accepted is not shown: %s", waited.out)
	}
	labtest.Eventually(t, "the lag shows", func(context.Context) error {
		if r := decode[lagReport](t, s.ok("lag", "--json")); r.MainReachable || r.MainUnreachableSince == nil || r.Fresh || r.Unapplied < 2 || *r.OldestUnappliedSeconds <= 0 {
			return fmt.Errorf("%+v", r)
		}
		return nil
	})
	s.run("lag").exits(exitDone).says("unreachable since")
	s.run("buffer").exits(exitDone).says("pending")
	s.run("doctor").exits(exitDone).says("site-degraded")
	s.run("token", "create", "x", "--timeout", "5s").exits(exitFailed).says("main-unreachable")
	heal()
	s.ok("tx", "wait", receipt.TransactionID.String())
	if u := decode[client.ExecutedObsUnitDetail](t, s.ok("obs", "show", receipt.ID.String(), "--json")); u.Status != client.ObservationStatusCompleted {
		t.Errorf("%+v", u)
	}
}

// park parks a write of a unit that does not exist, and returns it.
func (s *shell) park() client.WriteReceipt {
	s.t.Helper()
	heal := cutLink(s.t, lab.Refuse)
	labtest.Eventually(s.t, "the observatory knows no more than it has", func(context.Context) error {
		if r := decode[lagReport](s.t, s.ok("lag", "--json")); r.Fresh {
			return errors.New("it is fresh")
		}
		return nil
	})
	receipt := decode[client.WriteReceipt](s.t, s.ok("obs", "start", "999999", "--json"))
	heal()
	return receipt
}

func TestParked(t *testing.T) {
	s := at(t, observatory)
	receipt := s.park()
	id := receipt.TransactionID.String()
	s.run("tx", "wait", id).exits(exitParked).says("is parked")
	// Who waits for what he finishes now learns that it is stopped behind the other.
	s.run("obs", "finish", receipt.ID.String(), "--wait", "committed").exits(exitParked).says("blocked")
	if list := lines[client.Transaction](t, s.ok("tx", "list", "--state", "parked", "--json")); len(list) != 1 || list[0].ID != receipt.TransactionID {
		t.Errorf("%+v", list)
	}
	s.run("tx", "list", "--state", "parked", "--state", "blocked").exits(exitDone).says("23503").says("behind " + id)
	s.run("tx", "show", id).exits(exitDone).says("executed_obs_unit.create")
	s.run("doctor").exits(exitDone).says("[parked]")
	s.ok("tx", "retry", id)
	s.run("tx", "wait", id).exits(exitParked)
	if r := decode[client.RetryAllResult](t, s.ok("tx", "retry", "--sqlstate", "23503", "--json")); r.Retried < 1 {
		t.Errorf("%+v", r)
	}
	s.run("tx", "wait", id).exits(exitParked)
	s.run("tx", "discard", id, "--reason", "a test").exits(exitFailed).says("others-wait-behind")
	s.ok("tx", "discard", id, "--reason", "a test", "--cascade")
	s.run("tx", "wait", id).exits(exitParked).says("discarded")
}

func TestEdit(t *testing.T) {
	s := at(t, observatory)
	receipt := s.park()
	id := receipt.TransactionID.String()
	s.run("tx", "wait", id).exits(exitParked)
	s.run("tx", "edit", id, "--reason", "typo").exits(exitUsage).says("EDITOR")
	s.environ["EDITOR"] = "false"
	s.run("tx", "edit", id, "--reason", "typo").exits(exitFailed).says("the editor failed")
	s.environ["EDITOR"] = "true"
	s.run("tx", "edit", id, "--reason", "typo").exits(exitFailed).says("nothing was changed")
	s.environ["EDITOR"] = "sed -i s/obs_unit_id/unit/"
	s.run("tx", "edit", id, "--reason", "typo").exits(exitFailed).says("the steps are kept for --file in")
	s.in = strings.NewReader("{}")
	s.run("tx", "edit", id, "--reason", "typo", "--file", "-").exits(exitFailed).says("no JSON array")
	heal := cutLink(t, lab.Refuse)
	s.environ["EDITOR"] = "sed -i s/999999/2/"
	next := s.ok("tx", "edit", id, "--reason", "typo")
	if next == id {
		t.Error("no other transaction")
	}
	// Who waits for the old one is led to the one that replaces it.
	s.run("tx", "wait", id, "--timeout", "300ms").exits(exitTimeout).says(next)
	heal()
	s.ok("tx", "wait", next)
	if u := decode[client.ExecutedObsUnitDetail](t, s.ok("obs", "show", receipt.ID.String(), "--json")); u.ObsUnitID != 2 {
		t.Errorf("%+v", u)
	}
	s.run("tx", "edit", id, "--reason", "again").exits(exitFailed).says("only a parked one")
}

func TestUnreachable(t *testing.T) {
	s := at(t, observatory)
	receipt := decode[client.WriteReceipt](t, s.start("--json"))
	// Nothing listens.
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	must(t, free.Close())
	s.environ["OPS_API_URL"] = "http://" + free.Addr().String()
	for _, args := range []string{"obs start 1", "obs list", "lag", "doctor", "tx wait " + receipt.TransactionID.String()} {
		s.run(append(strings.Fields(args), "--timeout", "200ms")...).exits(exitUnreachable)
	}
	s.run("doctor", "--timeout", "200ms").says("nothing listens")
	// Somebody listens and says nothing.
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { must(t, silent.Close()) }()
	s.environ["OPS_API_URL"] = "http://" + silent.Addr().String()
	s.run("obs", "start", "1", "--timeout", "200ms").exits(exitUnreachable)
	s.run("tx", "wait", receipt.TransactionID.String(), "--timeout", "200ms").exits(exitUnreachable)
	// There is no such host, and no site.
	s.environ["OPS_API_URL"] = "http://nowhere.invalid"
	s.run("doctor", "--timeout", "1s").exits(exitUnreachable)
	s.environ["OPS_API_URL"] = world.GitHub().URL()
	s.run("lag").exits(exitFailed)
}

// A site that is being restarted is waited for.
func TestRestart(t *testing.T) {
	s := at(t, observatory)
	must(t, world.Kill(observatory+"/api-1"))
	id := s.start("--key", "while-it-starts")
	must(t, world.PowerOff(observatory+"/api-1"))
	s.run("obs", "show", id, "--timeout", "200ms").exits(exitUnreachable)
	must(t, world.BringUp(labtest.Context(t), observatory+"/api-1"))
	s.ok("obs", "show", id)
}

func TestInterrupted(t *testing.T) {
	s := at(t, observatory)
	heal := cutLink(t, lab.Refuse)
	defer heal()
	receipt := decode[client.WriteReceipt](t, s.start("--json"))
	ctx, cancel := context.WithCancel(s.ctx)
	stop := time.AfterFunc(300*time.Millisecond, cancel)
	defer stop.Stop()
	s.ctx = ctx
	s.run("tx", "wait", receipt.TransactionID.String()).exits(exitInterrupted)
}

func TestDoctor(t *testing.T) {
	s := at(t, observatory)
	e := decode[examination](t, s.ok("doctor", "--json"))
	codes := map[string]bool{}
	for _, f := range e.Findings {
		codes[f.Code] = true
		if f.Severity != good && f.Remedy == "" && f.Code != "site-remark" {
			t.Errorf("no remedy: %+v", f)
		}
	}
	if !e.Healthy || !codes["site"] || !codes["clock"] || !codes["token"] {
		t.Errorf("%+v", e)
	}
	s.environ["OPS_API_TOKEN"] += "x"
	s.run("doctor").exits(exitFailed).says("opsctl login")
	s.environ["OPS_API_TOKEN"] = ""
	s.run("doctor").exits(exitFailed).says("[no-token]")
	s.environ["OPS_API_URL"] = ""
	s.run("doctor").exits(exitFailed).says("[no-site]")
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 15, 11, 20, 0, 0, time.UTC)
	for off, want := range map[time.Duration]string{
		0: "good", time.Second: "good", -time.Second: "good", 10 * time.Second: "slow", -10 * time.Second: "fast",
	} {
		var e examination
		e.examineClock(now.Add(off), now, now.Add(50*time.Millisecond))
		if f := e.Findings[0]; want == "good" && f.Severity != good || want != "good" && !strings.Contains(f.Detail, want) {
			t.Errorf("%s: %+v", off, f)
		}
	}
}

func TestTokens(t *testing.T) {
	s := at(t, lab.MainSite)
	issued := decode[client.IssuedToken](t, s.ok("token", "create", "a script", "--scope", "read:*", "--expires", "2d", "--json"))
	script := at(t, lab.MainSite)
	script.environ["OPS_API_TOKEN"] = issued.Token
	script.run("doctor").exits(exitDone).says("[token-ends-soon]")
	script.run("obs", "start", "1").exits(exitFailed).says("write:observations")
	id := issued.ID.String()
	s.run("token", "show", id).exits(exitDone).says("read:*")
	next := s.run("token", "rotate", id, "--grace", "0s").exits(exitDone)
	if token := strings.TrimSpace(next.out); !strings.HasPrefix(token, "ops_api_token_") || strings.Contains(next.err, token) {
		t.Errorf("%s %s", next.out, next.err)
	}
	script.run("obs", "list").exits(exitFailed).says("opsctl login")
	if list := lines[client.Token](t, s.ok("token", "list", "--json", "--limit", "1")); len(list) != 1 || list[0].Name != "a script" {
		t.Errorf("%+v", list)
	} else {
		s.run("token", "revoke", list[0].ID.String()).exits(exitDone).says("revoked")
	}
	if text, err := json.Marshal(lines[client.Token](t, s.ok("token", "list", "--all", "--json"))); err != nil || strings.Contains(string(text), issued.Token) {
		t.Error("a token is shown again")
	}
}
