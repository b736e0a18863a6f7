package httpapi_test

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/site"
)

// pipeline is what moves the data of a test.
type pipeline struct {
	*transfers.Pipeline
	t testing.TB
}

func (w *world) pipeline(o transfers.Options) pipeline {
	return pipeline{transfers.New(pgtest.Connect(w.t, w.address), o), w.t}
}

func (p pipeline) file(packages int) {
	p.t.Helper()
	if err := p.File(p.t.Context(), packages, 4<<30); err != nil {
		p.t.Fatal(err)
	}
}

func (p pipeline) steps(n int) {
	p.t.Helper()
	for range n {
		if err := p.Step(p.t.Context(), time.Minute); err != nil {
			p.t.Fatal(err)
		}
	}
}

// one returns the only value that a query finds.
func one[T any](w *world, sql string, args ...any) T {
	w.t.Helper()
	var v T
	if err := w.db.QueryRow(w.t.Context(), sql, args...).Scan(&v); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func (s *station) overview() api.TransferOverview {
	s.t.Helper()
	return decode[api.TransferOverview](s.do(call{op: "getTransferOverview"}).want(http.StatusOK))
}

// addUp checks that all packages are somewhere, and no more.
func addUp(t *testing.T, o api.TransferOverview, packages int64) {
	t.Helper()
	sum := int64(0)
	for _, stage := range o.Stages {
		if got := stage.Pending + stage.Scheduled + stage.InProgress + stage.Completed + stage.Failed; got != stage.Packages {
			t.Errorf("stage %d: %d packages, by status %d", stage.Stage, stage.Packages, got)
		}
		if stage.Stage <= 5 {
			sum += stage.Packages
		}
	}
	if sum != packages || o.TotalPackages != packages {
		t.Errorf("the stages add up to %d of %d packages, total %d: %+v", sum, packages, o.TotalPackages, o.Stages)
	}
}

// Whatever happens meanwhile, each package is at one stage.
func TestTheOverviewAddsUpAtEveryMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	addUp(t, s.overview(), 0)
	p := w.pipeline(transfers.Options{Seed: 3, Bundle: 3, Failures: transfers.Failures{Transfer: 0.1, Stall: 0.1, Unpack: 0.1, Archive: 0.1}})
	p.file(40)
	addUp(t, s.overview(), 40)
	done := make(chan error, 1)
	go func() {
		for range 30 {
			if err := p.Step(context.WithoutCancel(t.Context()), time.Minute); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	seen := map[int32]bool{}
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		default:
		}
		o := s.overview()
		addUp(t, o, 40)
		for _, stage := range o.Stages {
			seen[stage.Stage] = seen[stage.Stage] || stage.Packages > 0
		}
	}
	o := s.overview()
	if o.TotalBytes != 40*4<<30 || o.Failures.Transfers+o.Failures.Unpackings+o.Failures.ArchiveTransfers == 0 || o.Stages[5].Completed == 0 {
		t.Errorf("in the end: %+v", o)
	}
	if !seen[3] || !seen[7] {
		t.Errorf("stages seen: %v", seen)
	}
	if one[int64](w, "select sum(packages)::bigint from archived_packages") != one[int64](w, "select count(*) from raw_data_package where state = 'archived'") {
		t.Error("what is archived is not counted right")
	}
	if o.OldestUnarchived.IsNull() || o.OldestUnarchivedSeconds.MustGet() < 0 {
		t.Errorf("the oldest that is not archived: %+v", o)
	}
}

// handMade makes a transfer of 4,000 MB that began 100 s ago and has moved 1,000 MB, the last of them so long ago.
func (w *world) handMade(ago time.Duration) (id string) {
	w.t.Helper()
	return one[string](w, `
		with d as (insert into data_transfer_package (id, name, origin_site_id, size_bytes) values (gen_random_uuid(), gen_random_uuid()::text, 1, 4e9) returning id)
		insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, status, size_bytes,
		  transferred_bytes, started_at, progress_at)
		select gen_random_uuid(), d.id, 1, 4, 5, 'in_progress', 4e9, 1e9, clock_timestamp() - interval '100 seconds', clock_timestamp() - $1::interval from d
		returning id::text`, ago)
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > want/20 {
		t.Errorf("%s: %g, want %g", what, got, want)
	}
}

func TestBandwidthAndETA(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	if o := s.overview(); !o.OldestUnarchived.IsNull() || o.ETASeconds.IsNull() || o.ETASeconds.MustGet() != 0 {
		t.Errorf("nothing moves: %+v", o)
	}
	moves, stalled := w.handMade(time.Second), w.handMade(70*time.Second)
	waits := w.handMade(0)
	w.execute("update data_transfer set status = 'failed', failure = 'x' where id = $1", waits)
	w.execute("update data_transfer set status = 'pending', transferred_bytes = 0 where id = $1", waits)
	o := s.overview()
	if o.ActiveTransfers != 2 || o.StalledTransfers != 1 || o.RemainingBytes != 10e9 || len(o.Transfers) != 2 {
		t.Errorf("overview: %+v", o)
	}
	near(t, "bandwidth", o.BandwidthBytesS, 10e6) // the stalled one has none
	near(t, "ETA of all", o.ETASeconds.MustGet(), 1000)
	read := func(id string) api.Transfer {
		return decode[api.Transfer](s.do(call{op: "getTransfer", id: id}).want(http.StatusOK))
	}
	m := read(moves)
	near(t, "bandwidth of the transfer", m.BandwidthBytesS.MustGet(), 10e6)
	near(t, "its ETA", m.ETASeconds.MustGet(), 300)
	if m.Stalled {
		t.Error("a transfer that moves has stalled")
	}
	if still := read(stalled); !still.Stalled || !still.ETASeconds.IsNull() {
		t.Errorf("a stalled transfer: %+v", still)
	}
	for query, want := range map[string][]string{
		"stalled=true": {stalled}, "stalled=false": {waits, moves}, "stalled=true&status=failed": nil, "stalled=false&status=in_progress": {moves},
	} {
		if got := s.walk(call{op: "listTransfers", query: query}, 1, false); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	w.execute("update data_transfer set status = 'completed', transferred_bytes = 4e9, finished_at = started_at + interval '200 seconds' where id = $1", moves)
	near(t, "average", read(moves).BandwidthBytesS.MustGet(), 20e6)
	if o := s.overview(); o.TransferredBytesDay != 4e9 || !o.ETASeconds.IsNull() {
		t.Errorf("one has ended, one has stalled: %+v", o)
	}
}

func TestAStallIsSeenInTime(t *testing.T) {
	t.Parallel()
	const limit = 2 * time.Second
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, change: func(d *httpapi.Deps) { d.Stalled = limit }})
	w.handMade(0)
	last := time.Now()
	if s.overview().StalledTransfers != 0 {
		t.Fatal("stalled at once")
	}
	eventually(t, "it has stalled", func() bool { return s.overview().StalledTransfers == 1 })
	if took := time.Since(last); took < limit-100*time.Millisecond || took > limit+time.Second {
		t.Errorf("seen after %v, the limit is %v", took, limit)
	}
}

// A failed part goes back to pending; anything else is refused with what is allowed.
func TestResets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	for stage, part := range map[int]string{3: "transfer", 4: "unpack", 5: ""} {
		t.Run("stage "+strconv.Itoa(stage), func(t *testing.T) {
			w, s := *w, *s
			w.t, s.t, s.world = t, t, &w
			p := w.pipeline(transfers.Options{Seed: uint64(stage), Choose: func(a transfers.Attempt) transfers.Fate {
				if a.Stage == stage && a.Retry == 0 {
					return transfers.Fails
				}
				return transfers.Succeeds
			}})
			before := one[int64](&w, "select count(*) from raw_data_package where state = 'archived'")
			p.file(1)
			p.steps(20)
			c := call{op: "resetTransfer", body: map[string]any{"part": part}}
			table, column := "data_transfer", "status"
			switch stage {
			case 4:
				column = "unpack_status"
			case 5:
				c, table = call{op: "resetArchiveTransfer"}, "long_term_archive_transfer"
			}
			c.id, c.key = one[string](&w, "select id::text from "+table+" where "+column+" = 'failed'"), "again-"+part
			if part == "transfer" {
				c.body = nil // which is meant then
			}
			w.execute("update raw_data_package set state = 'failed' where state = 'transferring'")
			done := s.do(c).want(http.StatusOK)
			if again := s.do(c).want(http.StatusOK); again.header.Get("Idempotency-Replayed") != "true" || done.header.Get("Ops-Position") == "" {
				t.Errorf("said again: %v", again.header)
			}
			var state struct {
				status  string
				retries int
				failed  bool
				by      string
			}
			row := w.db.QueryRow(t.Context(), "select "+column+"::text, retry_count, failure is not null, (select principal from buffered_transaction order by executed_at desc limit 1) from "+table+" where id = $1", c.id)
			if err := row.Scan(&state.status, &state.retries, &state.failed, &state.by); err != nil {
				t.Fatal(err)
			}
			if state.status != "pending" || state.retries != 1 || state.failed || state.by == "" {
				t.Errorf("after the reset: %+v", state)
			}
			if one[int64](&w, "select count(*) from raw_data_package where state = 'failed'") != 0 {
				t.Error("the package does not go on")
			}
			c.key = ""
			refused := s.do(c).problem(http.StatusConflict, "transition-forbidden")
			if !strings.Contains(*refused.Detail, "pending") || !strings.Contains(*refused.Detail, "in_progress, scheduled") && !strings.Contains(*refused.Detail, "scheduled") {
				t.Errorf("the refusal does not name what is allowed: %s", *refused.Detail)
			}
			p.steps(20)
			if got := one[int64](&w, "select count(*) from raw_data_package where state = 'archived'"); got != before+1 {
				t.Errorf("%d archived, want %d", got, before+1)
			}
			if done := s.do(c).problem(http.StatusConflict, "transition-forbidden"); !strings.Contains(*done.Detail, "is completed and cannot go to pending, and stays so") {
				t.Errorf("the refusal of what is over: %s", *done.Detail)
			}
			c.id = someID
			s.do(c).problem(http.StatusNotFound, "not-found")
		})
	}
}

// A write of the UI at a secondary site goes over the link; without it the answer says so, and nothing is kept.
func TestResetsNeedTheLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.handMade(0)
	w.execute("update data_transfer set status = 'failed', failure = 'x' where id = $1", id)
	cut := w.open(setup{kind: site.Secondary, mainAway: true})
	cut.do(call{op: "resetTransfer", id: id}).problem(http.StatusServiceUnavailable, "main-unreachable")
	there := w.open(setup{kind: site.Secondary})
	answer := there.do(call{op: "resetTransfer", id: id}).want(http.StatusOK)
	read := there.do(call{op: "getTransfer", id: id, header: map[string]string{"Ops-Position": answer.header.Get("Ops-Position")}}).want(http.StatusOK)
	if got := decode[api.Transfer](read); got.Status != api.TransferStatusPending || got.RetryCount != 1 || !got.Failure.IsNull() {
		t.Errorf("read after the write: %+v", got)
	}
}

func TestAFileIsSafeToDeleteOnlyWithTwoVerifiedCopiesElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(1)
	file := one[string](w, "select id::text from raw_data_file limit 1")
	safe := func(query string) api.SafeToDelete {
		s.t.Helper()
		return decode[api.SafeToDelete](s.do(call{op: "getSafeToDelete", id: file, query: query}).want(http.StatusOK))
	}
	seen := 0
	for !safe("").Safe {
		counted := one[int](w, `select count(*) from physical_copy c join data_location l on l.id = c.data_location_id
			where c.kind = 'raw_data_package' and c.status = 'present' and c.verified_at is not null and l.location_type <> 'source'`)
		got := safe("")
		if int(got.VerifiedCopies) != counted || len(got.Reasons) == 0 {
			t.Fatalf("%+v with %d copies", got, counted)
		}
		if seen++; seen > 60 {
			t.Fatalf("never safe: %+v", got)
		}
		p.steps(1)
	}
	if got := safe(""); !got.Archived || !got.InLongTermArchive || got.VerifiedCopies < 2 || len(got.Reasons) != 0 {
		t.Errorf("safe: %+v", got)
	}
	if one[int64](w, "select count(*) from physical_copy where kind = 'raw_data_file' and status <> 'present'") != 0 {
		t.Error("the pipeline has deleted before it was safe")
	}
	if got := safe("min_copies=5"); got.Safe || !slices.Equal(got.Reasons, []api.SafeToDeleteReasons{api.SafeToDeleteReasonsTooFewCopies}) {
		t.Errorf("five copies: %+v", got)
	}
	// What nobody has verified, or what is to be deleted, is no copy.
	for _, spoil := range []string{
		"update physical_copy set verified_at = null where data_location_id in (select id from data_location where location_type <> 'source')",
		"update physical_copy set verified_at = now(); update physical_copy set status = 'deletion_scheduled' where kind = 'raw_data_package'",
	} {
		w.execute(spoil)
		if got := safe(""); got.Safe || got.VerifiedCopies != 0 || got.InLongTermArchive {
			t.Errorf("after %s: %+v", spoil, got)
		}
	}
	s.do(call{op: "getSafeToDelete", id: someID}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "getSafeToDelete", id: file, query: "min_copies=0"}).problem(http.StatusUnprocessableEntity, "invalid")
}
