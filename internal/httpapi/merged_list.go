package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// The span of start times that the document allows.
var (
	firstStart = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	lastStart  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// executionQuery is a page of executions: filters, order and position.
type executionQuery struct {
	status     string // empty: any
	unit       int32  // 0: any
	program    *int32
	module     *int32
	from       time.Time // inclusive
	before     time.Time // exclusive
	descending bool
	after      *timeKey // nil: from the start
	limit      int
}

// timeKey is the place of a record in a list that is ordered by a time. It never changes, so a walk meets each record once.
type timeKey struct {
	at time.Time
	id uuid.UUID
}

func keyOf(e replicadb.ExecutedObsUnit) timeKey { return timeKey{e.StartTime, e.ID} }

func (k timeKey) compare(other timeKey) int {
	return cmp.Or(k.at.Compare(other.at), bytes.Compare(k.id[:], other.id[:]))
}

func (k timeKey) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(k.at.UnixMicro(), 10) + "/" + k.id.String()))
}

func parseTimeKey(cursor string) (*timeKey, error) {
	wrong := errs.New(errs.Invalid, "This cursor does not come from this list.").At("query:cursor", "is not a cursor of this list")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, wrong
	}
	micros, id, _ := strings.Cut(string(text), "/")
	n, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return nil, wrong
	}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, wrong
	}
	return &timeKey{time.UnixMicro(n).UTC(), parsed}, nil
}

func (q executionQuery) compare(a, b replicadb.ExecutedObsUnit) int {
	order := keyOf(a).compare(keyOf(b))
	if q.descending {
		return -order
	}
	return order
}

// keep tells whether a merged execution is on the page or behind it. units are those of program and module, nil for all.
func (q executionQuery) keep(e replicadb.ExecutedObsUnit, units map[int32]bool) bool {
	if q.after != nil {
		order := keyOf(e).compare(*q.after)
		if (q.descending && order >= 0) || (!q.descending && order <= 0) {
			return false
		}
	}
	return (q.status == "" || string(e.Status) == q.status) && (q.unit == 0 || e.ObsUnitID == q.unit) &&
		(units == nil || units[e.ObsUnitID]) && !e.StartTime.Before(q.from) && e.StartTime.Before(q.before)
}

// bounds returns the part of the pending lists that the page can come from.
func (q executionQuery) bounds() (above, below string) {
	above, below = ops.ExecutionSort(q.from), ops.ExecutionSort(q.before)
	if q.after != nil {
		at := ops.ExecutionSort(q.after.at) + q.after.id.String()
		if q.descending {
			below = min(below, at)
		} else {
			above = max(above, at)
		}
	}
	return above, below
}

// listing tells how to read the page of executions that a query asks for. units are those of program and module.
func (q executionQuery) listing(units []int32) listing[replicadb.ExecutedObsUnit] {
	above, below := q.bounds()
	fit := setOf(units)
	return listing[replicadb.ExecutedObsUnit]{
		many: manyExecutions, lists: executionLists(q, units), above: above, below: below, descending: q.descending, limit: q.limit,
		keep:    func(e replicadb.ExecutedObsUnit) bool { return q.keep(e, fit) },
		compare: q.compare,
		page:    q.rows,
		steady: func(ctx context.Context, db *replicadb.Queries) (bool, error) {
			now, err := unitsIn(ctx, db, q)
			return slices.Equal(now, units), err
		},
	}
}

// executionPage is a merged page of executions.
type executionPage struct {
	items []Merged[replicadb.ExecutedObsUnit]
	next  *timeKey // nil: the end
}

func (s *Server) listExecutions(ctx context.Context, q executionQuery) (executionPage, error) {
	read, err := readPage(ctx, s, func(ctx context.Context) (listing[replicadb.ExecutedObsUnit], error) {
		units, err := s.plannedUnits(ctx, q)
		return q.listing(units), err
	})
	p := executionPage{items: read.items}
	if read.more {
		last := keyOf(read.items[len(read.items)-1].Row)
		p.next = &last
	}
	return p, err
}

// executionLists names the pending lists that hold exactly what the filters let through; none when no unit fits.
func executionLists(q executionQuery, units []int32) []string {
	if q.program == nil && q.module == nil {
		return ops.ExecutionLists(q.unit, q.status)
	}
	var lists []string
	for _, unit := range units {
		if q.unit == 0 || q.unit == unit {
			lists = append(lists, ops.ExecutionLists(unit, q.status)...)
		}
	}
	return lists
}

// plannedUnits returns the units of the program and the module asked for, nil when neither is.
func (s *Server) plannedUnits(ctx context.Context, q executionQuery) ([]int32, error) {
	if q.program == nil && q.module == nil {
		return nil, nil
	}
	var units []int32
	err := s.replica.Snapshot(ctx, func(ctx context.Context, db *replicadb.Queries) (err error) {
		units, err = unitsIn(ctx, db, q)
		return err
	})
	return units, err
}

func unitsIn(ctx context.Context, db *replicadb.Queries, q executionQuery) ([]int32, error) {
	if q.program == nil && q.module == nil {
		return nil, nil
	}
	units, err := db.PlannedObsUnits(ctx, replicadb.PlannedObsUnitsParams{ObservingProgramID: q.program, InstrumentModuleID: q.module})
	slices.Sort(units)
	return units, err
}

func setOf(units []int32) map[int32]bool {
	if units == nil {
		return nil
	}
	set := make(map[int32]bool, len(units))
	for _, unit := range units {
		set[unit] = true
	}
	return set
}

// position is where the page begins: the replica's rows behind it are on it.
func (q executionQuery) position() timeKey {
	edge := timeKey{at: q.from}
	if q.descending {
		edge.at = q.before
	}
	if q.after != nil && q.descending == (q.after.compare(edge) < 0) {
		return *q.after
	}
	return edge
}

// rows reads a page from the replica, without the executions that are merged one by one.
func (q executionQuery) rows(ctx context.Context, db *replicadb.Queries, without []uuid.UUID, limit int) ([]replicadb.ExecutedObsUnit, error) {
	var (
		status *replicadb.ObservationStatus
		unit   *int32
	)
	if q.status != "" {
		status = new(replicadb.ObservationStatus(q.status))
	}
	if q.unit != 0 {
		unit = &q.unit
	}
	after := q.position()
	if q.descending {
		return db.ListExecutedObsUnitsDescending(ctx, replicadb.ListExecutedObsUnitsDescendingParams{
			Status: status, ObsUnitID: unit, ObservingProgramID: q.program, InstrumentModuleID: q.module, StartFrom: q.from,
			AfterStart: after.at, AfterID: after.id, Without: without, RowLimit: int32(limit),
		})
	}
	return db.ListExecutedObsUnitsAscending(ctx, replicadb.ListExecutedObsUnitsAscendingParams{
		Status: status, ObsUnitID: unit, ObservingProgramID: q.program, InstrumentModuleID: q.module, StartBefore: q.before,
		AfterStart: after.at, AfterID: after.id, Without: without, RowLimit: int32(limit),
	})
}

// ListExecutedObsUnits lists executions, pending writes of this site included.
func (s *Server) ListExecutedObsUnits(ctx context.Context, r api.ListExecutedObsUnitsRequestObject) (api.ListExecutedObsUnitsResponseObject, error) {
	q := executionQuery{
		status: string(value(r.Params.Status)), unit: value(r.Params.ObsUnitID), program: r.Params.ObservingProgramID,
		module: r.Params.InstrumentModuleID, from: firstStart, before: lastStart,
		descending: r.Params.Order == nil || *r.Params.Order == api.OrderNewest, limit: int(value(r.Params.Limit)),
	}
	if r.Params.StartFrom != nil {
		q.from = microsecondUp(*r.Params.StartFrom)
	}
	if r.Params.StartBefore != nil {
		q.before = microsecondUp(*r.Params.StartBefore)
	}
	days, err := span{from: q.from, before: q.before}.within(r.Params.DayObs, r.Params.DayObsFrom, r.Params.DayObsTo)
	if err != nil {
		return nil, err
	}
	q.from, q.before = days.from, days.before
	if r.Params.Cursor != nil {
		if q.after, err = parseTimeKey(*r.Params.Cursor); err != nil {
			return nil, err
		}
	}
	page, err := s.listExecutions(ctx, q)
	if err != nil {
		return nil, err
	}
	body := api.ExecutedObsUnitPage{Items: make([]api.ExecutedObsUnit, len(page.items)), NextCursor: nullableOf[string](nil)}
	for i, item := range page.items {
		body.Items[i] = executionOf(item)
	}
	if page.next != nil {
		cursor := page.next.cursor()
		body.NextCursor = nullableOf(&cursor)
	}
	return api.ListExecutedObsUnits200JSONResponse{Body: body}, nil
}

// microsecondUp rounds a bound up to what the database keeps: an instant between two microseconds bounds at the later.
func microsecondUp(t time.Time) time.Time {
	cut := t.UTC().Truncate(time.Microsecond)
	if cut.Before(t) {
		cut = cut.Add(time.Microsecond)
	}
	return cut
}
