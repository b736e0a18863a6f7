package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// randomQuery returns a page query and the condition that it stands for.
func (o *observatory) randomQuery() (executionQuery, func(*expected) bool) {
	q := executionQuery{from: firstStart, before: lastStart, descending: o.rand.IntN(2) == 0, limit: 1 + o.rand.IntN(3)}
	unit := o.units[o.rand.IntN(len(o.units))]
	if o.rand.IntN(3) == 0 {
		q.status = []string{"running", "completed", "aborted", "failed"}[o.rand.IntN(4)]
	}
	if o.rand.IntN(3) == 0 {
		q.unit = unit.ID
	}
	if o.rand.IntN(3) == 0 {
		q.program = &unit.Program
	}
	if o.rand.IntN(3) == 0 && len(unit.Modules) > 0 {
		q.module = &unit.Modules[0]
	}
	if o.rand.IntN(3) == 0 {
		q.from = epoch.Add(time.Duration(o.rand.IntN(8)) * time.Minute)
	}
	if o.rand.IntN(3) == 0 {
		q.before = epoch.Add(time.Duration(o.rand.IntN(8)) * time.Minute)
	}
	return q, func(e *expected) bool {
		return (q.status == "" || e.row.Status == q.status) && (q.unit == 0 || e.row.Unit == q.unit) &&
			(q.program == nil || e.unit.Program == *q.program) && (q.module == nil || slices.Contains(e.unit.Modules, *q.module)) &&
			!e.row.Start.Before(q.from) && e.row.Start.Before(q.before)
	}
}

// walk reads a whole list page by page while things go on, and compares it with the oracle: what did not change during
// the walk appears exactly once, as it is, in order; what does not fit before nor after does not appear.
func (o *observatory) walk(step *int) {
	o.t.Helper()
	q, fits := o.randomQuery()
	began := *step
	fitted := map[uuid.UUID]bool{}
	for id, e := range o.model {
		fitted[id] = fits(e)
	}
	var got []seenExecution
	for {
		page, err := o.server.listExecutions(o.ctx, q)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, item := range page.items {
			got = append(got, seen(item.Row))
		}
		if page.next == nil {
			break
		}
		q.after = page.next
		for range o.rand.IntN(3) {
			*step++
			o.act(*step)
		}
	}
	var want []seenExecution
	for _, e := range o.model {
		if e.touched <= began && fits(e) {
			want = append(want, e.row)
		}
	}
	sortExecutions(want, q.descending)
	got = slices.DeleteFunc(got, func(s seenExecution) bool {
		e := o.model[s.ID]
		if e == nil {
			o.t.Fatalf("execution %s appears from nowhere", s.ID)
		}
		return e.touched > began && (fits(e) || fitted[s.ID] || e.touched > began)
	})
	if diff := gocmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		o.t.Fatalf("step %d: %+v\n-want +got:\n%s", *step, q, diff)
	}
}

func sortExecutions(list []seenExecution, descending bool) {
	slices.SortFunc(list, func(a, b seenExecution) int {
		order := cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID.String(), b.ID.String()))
		if descending {
			return -order
		}
		return order
	})
}

func seen(row replicadb.ExecutedObsUnit) seenExecution {
	s := seenExecution{ID: row.ID, Unit: row.ObsUnitID, Status: string(row.Status), Start: row.StartTime.UTC(), Comment: row.Comment}
	if row.EndTime != nil {
		s.End = row.EndTime.UTC()
	}
	return s
}

// inspect compares one execution with all that hangs below it.
func (o *observatory) inspect(step int) {
	o.t.Helper()
	if len(o.order) == 0 {
		return
	}
	e := o.model[o.order[o.rand.IntN(len(o.order))]]
	known, err := o.server.lookExecution(o.ctx, e.row.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	if !known.Found {
		o.t.Fatalf("step %d: execution %s is not found", step, e.row.ID)
	}
	if diff := gocmp.Diff(e.row, seen(known.Row)); diff != "" {
		o.t.Fatalf("step %d: -want +got:\n%s", step, diff)
	}
	details, err := o.server.details(o.ctx, []Merged[replicadb.ExecutedObsUnit]{known})
	if err != nil {
		o.t.Fatal(err)
	}
	files, packages := map[uuid.UUID]string{}, map[uuid.UUID]string{}
	for _, f := range details[0].RawDataFiles {
		in, err := f.RawDataPackageID.Get()
		if err != nil {
			files[f.ID] = ""
			continue
		}
		files[f.ID] = in.String()
	}
	for _, p := range details[0].RawDataPackages {
		packages[p.ID] = string(p.Status)
	}
	if diff := gocmp.Diff(e.files, files); diff != "" {
		o.t.Fatalf("step %d: files of %s: -want +got:\n%s", step, e.row.ID, diff)
	}
	if diff := gocmp.Diff(e.packages, packages); diff != "" {
		o.t.Fatalf("step %d: packages of %s: -want +got:\n%s", step, e.row.ID, diff)
	}
	for id := range e.packages {
		o.inspectPackage(step, e, id)
	}
}

// inspectPackage compares the files of a package of an execution.
func (o *observatory) inspectPackage(step int, e *expected, id uuid.UUID) {
	o.t.Helper()
	children, err := o.server.below(o.ctx, nil, []uuid.UUID{id})
	if err != nil {
		o.t.Fatal(err)
	}
	want, got := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for file, in := range e.files {
		if in == id.String() {
			want[file] = true
		}
	}
	for _, f := range children.files[id] {
		got[f.ID] = true
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		o.t.Fatalf("step %d: files of the package %s: -want +got:\n%s", step, id, diff)
	}
}

// Whatever is executed, replayed or cleaned in between, the site shows the state after all accepted writes.
func TestMergedReadsEqualTheOracle(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SEED=%d", seed)
	o := newObservatory(t, seed)
	o.start()
	for step := 0; step < 400; step++ {
		o.act(step)
		o.inspect(step)
		if o.rand.IntN(2) == 0 {
			o.walk(&step)
		}
	}
	if o.paused {
		o.exec(o.standby, "select pg_wal_replay_resume()")
	}
	o.start()
	labtest.Eventually(t, "everything that can be is replicated", func(ctx context.Context) error {
		s := o.buffer.Stats(ctx)
		if n := s.Buffered + s.Unreplicated; n > 0 {
			return fmt.Errorf("%d are on their way", n)
		}
		return nil
	})
	step := 1 << 30
	for range 20 {
		o.walk(&step)
	}
	for range 50 {
		o.inspect(step)
	}
}
