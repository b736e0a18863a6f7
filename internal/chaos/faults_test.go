//go:build faults

package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/lab"
)

// newStart is the body of a start.
func (r *rig) newStart() fields {
	return fields{"obs_unit_id": r.plan.units[0], "start_time": night.Format(time.RFC3339Nano)}
}

// startAt records a start at a site that accepts it, and returns the id.
func (r *rig) startAt(s *station, body fields) string {
	r.t.Helper()
	a, err := s.must(r.t, http.StatusCreated, post("/executed_obs_units/start", body)).object()
	r.must(err)
	r.must(r.answers.note(answered{text(a, "transaction_id"), []change{
		{Table: executions, ID: text(a, "id"), Set: with(body, fields{"status": "running"})},
	}}))
	return text(a, "id")
}

// finishAt records a finish at a site that accepts it.
func (r *rig) finishAt(s *station, execution string, body fields) {
	r.t.Helper()
	a, err := s.must(r.t, http.StatusOK, put("/executed_obs_units/"+execution+"/finish", body)).object()
	r.must(err)
	r.must(r.answers.note(answered{text(a, "transaction_id"), []change{{Table: executions, ID: execution, Set: body}}}))
}

func completed(at time.Time) fields {
	return fields{"status": "completed", "end_time": at.Format(time.RFC3339Nano)}
}

// postponed checks an answer that asks the client to come back.
func postponed(t *testing.T, a answer, slug string) {
	t.Helper()
	if a.header.Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %s", a.text)
	}
	if !a.problem(slug) {
		t.Errorf("not the problem %s: %s", slug, a.text)
	}
}

func testRedisDown(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	site := r.at(observatory)
	id := r.startAt(site, r.newStart())
	r.mustSettle()
	r.must(r.PowerOff(siteRedis))
	postponed(t, site.must(t, http.StatusServiceUnavailable, post("/executed_obs_units/start", r.newStart())), "buffer-unavailable")
	postponed(t, site.must(t, http.StatusServiceUnavailable, put("/executed_obs_units/"+id+"/finish", completed(night.Add(time.Hour)))), "buffer-unavailable")
	if a := site.must(t, http.StatusOK, get(pathOf(executions, id))); a.header.Get("Ops-Degraded") == "" {
		t.Error("an answer without the overlay does not say so")
	}
	site.must(t, http.StatusServiceUnavailable, get("/health/ready"))
	r.must(r.BringUp(ctx, siteRedis))
	_, err := site.await(ctx, http.StatusOK, get("/health/ready"))
	r.must(err)
	r.finishAt(site, id, completed(night.Add(time.Hour)))
	r.mustSettle()
	r.check().whole(t)
}

func testReplicaDown(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	site := r.at(observatory)
	known := r.startAt(site, r.newStart()) // so is the token
	r.mustSettle()
	r.must(r.PowerOff(replica))
	_, err := site.await(ctx, http.StatusServiceUnavailable, get(pathOf(executions, known)))
	r.must(err)
	end := completed(night.Add(time.Hour))
	a, err := site.must(t, http.StatusOK, put("/executed_obs_units/"+known+"/finish", end)).object()
	r.must(err)
	if a["references"] != "unverified" {
		t.Errorf("references that cannot be looked up are %v", a["references"])
	}
	r.must(r.answers.note(answered{text(a, "transaction_id"), []change{{Table: executions, ID: known, Set: end}}}))
	r.finishAt(site, r.startAt(site, r.newStart()), end)
	r.must(r.BringUp(ctx, replica))
	r.mustSettle()
	r.check().whole(t)
}

func testMainDown(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	here, there := r.at(observatory), r.at(cologne)
	id := r.startAt(here, r.newStart())
	r.mustSettle()
	there.must(t, http.StatusOK, get("/executed_obs_units/")) // the token is known there
	r.must(r.PowerOff(mainDatabase))
	_, err := there.await(ctx, http.StatusServiceUnavailable, get("/health/ready"))
	r.must(err)
	postponed(t, there.must(t, http.StatusServiceUnavailable, post("/executed_obs_units/start", r.newStart())), "main-unreachable")

	r.finishAt(here, id, completed(night.Add(time.Hour)))
	another := r.startAt(here, r.newStart())
	v := newVerdict()
	r.visible(v, here)
	v.whole(t)
	here.must(t, http.StatusOK, get("/executed_obs_units/?limit=5"))
	here.must(t, http.StatusOK, get(pathOf(executions, another)))
	r.awaitStale(here)
	if h, err := here.health(ctx); err != nil || h.Status != "degraded" {
		t.Errorf("the site is %s, %v", h.Status, err)
	}
	r.must(r.BringUp(ctx, mainDatabase))
	r.awaitReady()
	r.mustSettle()
	r.check().whole(t)
}

// testWrongClocks lets clients whose clocks are ten minutes off record observations.
func testWrongClocks(t *testing.T, shared *rig) {
	r := shared.begin(t)
	site := r.at(observatory)
	for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		now := time.Now().Add(off).UTC().Truncate(time.Microsecond)
		start := with(r.newStart(), fields{"start_time": now.Format(time.RFC3339Nano)})
		r.finishAt(site, r.startAt(site, start), completed(now.Add(time.Second)))
		// The end is the site's to say here: it is refused when it is before the start, and nothing is parked.
		id := r.startAt(site, start)
		end := fields{"status": "completed"}
		if off > 0 {
			site.must(t, http.StatusUnprocessableEntity, put("/executed_obs_units/"+id+"/finish", end))
			end = completed(now)
		}
		r.finishAt(site, id, end)
	}
	r.mustSettle()
	r.check().whole(t)
}

// testContradiction lets two APIs finish the same observation differently at the same moment.
func testContradiction(t *testing.T, shared *rig) {
	const times = 20
	r := shared.begin(t)
	ctx := r.context()
	site := r.at(observatory)
	type outcome struct {
		api int
		answer
		err error
	}
	for range times {
		id := r.startAt(site, r.newStart())
		ends := []fields{completed(night.Add(time.Minute)), with(completed(night.Add(2*time.Minute)), fields{"status": "aborted"})}
		outcomes := make(chan outcome, len(ends))
		for api, end := range ends {
			go func() {
				a, err := site.send(ctx, api, put("/executed_obs_units/"+id+"/finish", end))
				outcomes <- outcome{api, a, err}
			}()
		}
		won, lost := 0, 0
		for range ends {
			o := <-outcomes
			r.must(o.err)
			switch o.status {
			case http.StatusOK:
				won++
				f, err := o.object()
				r.must(err)
				r.must(r.answers.note(answered{text(f, "transaction_id"), []change{{Table: executions, ID: id, Set: ends[o.api]}}}))
			case http.StatusConflict:
				lost++
			default:
				t.Errorf("%d %s", o.status, o.text)
			}
		}
		if won != 1 || lost != 1 {
			t.Errorf("%d finishes accepted and %d refused, want one each", won, lost)
		}
	}
	r.mustSettle()
	r.check().whole(t)
}

// testRepeatedStart repeats the start of an observation that was finished and replicated long ago.
func testRepeatedStart(t *testing.T, shared *rig) {
	r := shared.begin(t)
	site := r.at(observatory)
	body := with(r.newStart(), fields{"id": uuid.NewString()})
	id := r.startAt(site, body)
	r.finishAt(site, id, completed(night.Add(time.Hour)))
	r.mustSettle()
	r.must(r.Link(observatory).Cut(lab.Refuse, lab.Both))
	site.must(t, http.StatusCreated, post("/executed_obs_units/start", body))
	v := newVerdict()
	r.visible(v, site)
	v.whole(t)
	for status, want := range map[string]int{"running": 0, "completed": 1} {
		page, err := site.must(t, http.StatusOK, get("/executed_obs_units/?limit=100&start_from=2026-07-15T23:00:00Z&start_before=2026-07-15T23:00:01Z&status="+status)).object()
		r.must(err)
		listed := slices.DeleteFunc(list(page, "items"), func(item fields) bool { return item["id"] != id })
		if len(listed) != want {
			t.Errorf("it is among the %s ones %d times", status, len(listed))
		}
	}
	site.must(t, http.StatusConflict, put("/executed_obs_units/"+id+"/finish", completed(night.Add(2*time.Hour))))
	r.must(r.Link(observatory).Heal())
	r.mustSettle()
	r.check().whole(t)
}

// testReboot reboots the whole site while its link and its replica are down: it accepts writes within a second of its
// Redis, from whom it knew before.
func testReboot(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	c := r.crew("reboot", 1, 1)
	site := r.at(observatory)
	r.must(c.observe(ctx, 1))
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	r.must(c.observe(ctx, 1))
	r.must(r.PowerOff(append(r.apis(), siteRedis, replica)...))

	up := make(chan error, 1)
	go func() { up <- r.BringUp(ctx, r.apis()...) }() // they are ready when Redis is
	_, err := site.await(ctx, http.StatusOK, get("/health/live"))
	r.must(err)
	r.must(r.BringUp(ctx, siteRedis))
	began := time.Now()
	body := r.newStart()
	first, err := site.await(r.within(time.Second), http.StatusCreated, post("/executed_obs_units/start", body))
	r.must(err)
	t.Logf("the first write was accepted %v after Redis was up", time.Since(began).Round(time.Millisecond))
	f, err := first.object()
	r.must(err)
	r.must(r.answers.note(answered{text(f, "transaction_id"), []change{{Table: executions, ID: text(f, "id"), Set: with(body, fields{"status": "running"})}}}))
	r.must(<-up)
	r.must(r.BringUp(ctx, replica))
	r.must(r.Link(observatory).Heal())
	r.mustSettle()
	r.check(c).whole(t)
}

// testRedisHangs stops Redis where it is: writes are refused and reads answered all the same, in bounded time.
func testRedisHangs(t *testing.T, shared *rig) {
	r := shared.begin(t)
	ctx := r.context()
	site := r.at(observatory)
	id := r.startAt(site, r.newStart())
	r.mustSettle()
	r.must(r.Pause(siteRedis))
	site.http.Timeout = 3 * requestTimeout
	// Whether this one is accepted nobody can know before Redis goes on; repeated, it is.
	body := with(r.newStart(), fields{"id": uuid.NewString()})
	postponed(t, site.must(t, http.StatusServiceUnavailable, post("/executed_obs_units/start", body)), "buffer-unavailable")
	if a := site.must(t, http.StatusOK, get(pathOf(executions, id))); a.header.Get("Ops-Degraded") == "" {
		t.Error("an answer without the overlay does not say so")
	}
	r.must(r.Continue(siteRedis))
	r.until(ctx, "the site accepts writes again", func(ctx context.Context) error {
		a, err := site.send(ctx, 0, get("/health/ready"))
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("%s", a.text)
		}
		return err
	})
	r.startAt(site, body)
	r.finishAt(site, id, completed(night.Add(time.Hour)))
	r.mustSettle()
	r.check().whole(t)
}
