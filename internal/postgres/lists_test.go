package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// night is when the first of the observations of observed begins.
var night = time.Date(2026, 7, 15, 0, 0, 0, 0, time.UTC)

var always = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)

// observed returns a database with so many observations, one each minute, of all planned units in turn. Each hundredth
// is running.
func observed(t *testing.T, count int) postgres.Address {
	t.Helper()
	a := justObserved(t, count)
	execute(t, pgtest.Connect(t, a), "analyze executed_obs_unit")
	return a
}

// justObserved is as observed, but PostgreSQL has no statistics of it, as after a large backlog.
func justObserved(t *testing.T, count int) postgres.Address {
	t.Helper()
	a := pgtest.New(t)
	execute(t, pgtest.Connect(t, a), `
		insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at, status, end_time)
		select gen_random_uuid(), u.ids[1 + n % cardinality(u.ids)], 'observatory', $1::timestamptz + n * interval '1 minute', now(),
		       (case when n % 100 = 0 then 'running' else 'completed' end)::observation_status,
		       case when n % 100 <> 0 then '2027-01-01'::timestamptz end
		from generate_series(0, $2::integer - 1) n, (select array_agg(id order by id) as ids from obs_unit) u`, night, count)
	return a
}

func TestListsUseAnIndexInItsOrder(t *testing.T) {
	plans := &explained{DBTX: newReplica(t, observed(t, 20_000)).Any(), t: t}
	q := replicadb.New(plans)
	running := replicadb.ObservationStatusRunning
	for range 10 { // from the sixth execution on PostgreSQL may keep a plan for all parameters
		_, err := q.ListExecutedObsUnitsAscending(t.Context(), replicadb.ListExecutedObsUnitsAscendingParams{
			Status: &running, StartBefore: always, RowLimit: 50,
		})
		check(t, err)
		_, err = q.ListExecutedObsUnitsDescending(t.Context(), replicadb.ListExecutedObsUnitsDescendingParams{
			AfterStart: always, Without: make([]uuid.UUID, 10_000), RowLimit: 50,
		})
		check(t, err)
	}
	plans.follow("_start on executed_obs_unit")
}

// Until PostgreSQL has looked at what a large backlog brought, it knows nothing of the rows.
func TestListsUseAnIndexBeforeTheFirstStatistics(t *testing.T) {
	plans := &explained{DBTX: newReplica(t, justObserved(t, 20_000)).Any(), t: t}
	q := replicadb.New(plans)
	for _, after := range []time.Time{always, night.AddDate(0, 0, 7)} {
		_, err := q.ListExecutedObsUnitsDescending(t.Context(), replicadb.ListExecutedObsUnitsDescendingParams{AfterStart: after, RowLimit: 101})
		check(t, err)
	}
	plans.follow("executed_obs_unit_start on executed_obs_unit")
}

// explained notes how each query is executed.
type explained struct {
	replicadb.DBTX
	t    *testing.T
	seen []string
}

func (e *explained) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := e.DBTX.Query(ctx, "explain "+sql, args...)
	check(e.t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(e.t, err)
	e.seen = append(e.seen, strings.Join(lines, "\n"))
	return e.DBTX.Query(ctx, sql, args...)
}

// follow fails unless all queries read an index in its order.
func (e *explained) follow(index string) {
	e.t.Helper()
	for _, plan := range e.seen {
		if strings.Contains(plan, "Sort") || strings.Contains(plan, "Seq Scan on executed_obs_unit") || !strings.Contains(plan, index) {
			e.t.Fatalf("a list does not follow its index:\n%s", plan)
		}
	}
}

func TestPagesShowEachRowOnce(t *testing.T) {
	r := newReplica(t, observed(t, 250))
	before := night.Add(200 * time.Minute)
	up := replicadb.ListExecutedObsUnitsAscendingParams{AfterStart: night, StartBefore: before, RowLimit: 7}
	down := replicadb.ListExecutedObsUnitsDescendingParams{StartFrom: night, AfterStart: before, RowLimit: 7}
	var ascending, descending []uuid.UUID
	for {
		page, err := r.ListExecutedObsUnitsAscending(t.Context(), up)
		check(t, err)
		if len(page) == 0 {
			break
		}
		for _, row := range page {
			ascending = append(ascending, row.ID)
		}
		up.AfterStart, up.AfterID = page[len(page)-1].StartTime, page[len(page)-1].ID
	}
	for {
		page, err := r.ListExecutedObsUnitsDescending(t.Context(), down)
		check(t, err)
		if len(page) == 0 {
			break
		}
		for _, row := range page {
			descending = append([]uuid.UUID{row.ID}, descending...)
		}
		down.AfterStart, down.AfterID = page[len(page)-1].StartTime, page[len(page)-1].ID
	}
	if len(ascending) != 200 {
		t.Errorf("%d rows in a range of 200 that excludes its end", len(ascending))
	}
	if diff := cmp.Diff(ascending, descending); diff != "" {
		t.Errorf("the two orders differ:\n%s", diff)
	}
}

func TestListFilters(t *testing.T) {
	a := observed(t, 210) // of 21 units
	r, conn := newReplica(t, a), pgtest.Connect(t, a)
	id := func(sql string) *int32 {
		var id int32
		check(t, conn.QueryRow(t.Context(), sql).Scan(&id))
		return &id
	}
	running := replicadb.ObservationStatusRunning
	everything, err := r.ListExecutedObsUnitsAscending(t.Context(), replicadb.ListExecutedObsUnitsAscendingParams{StartBefore: always, RowLimit: 1000})
	check(t, err)
	for _, test := range []struct {
		name string
		p    replicadb.ListExecutedObsUnitsAscendingParams
		want int
	}{
		{"all", replicadb.ListExecutedObsUnitsAscendingParams{}, 210},
		{"status", replicadb.ListExecutedObsUnitsAscendingParams{Status: &running}, 3},
		{"unit", replicadb.ListExecutedObsUnitsAscendingParams{ObsUnitID: id("select id from obs_unit where name = 'Orion A'")}, 10},
		{"program", replicadb.ListExecutedObsUnitsAscendingParams{ObservingProgramID: id("select id from observing_program where short_name = 'GEco'")}, 50},
		{"module", replicadb.ListExecutedObsUnitsAscendingParams{InstrumentModuleID: id("select id from instrument_module where name = 'EoR-Spec'")}, 30},
		{"without", replicadb.ListExecutedObsUnitsAscendingParams{Without: []uuid.UUID{everything[0].ID, everything[7].ID}}, 208},
		{"nothing", replicadb.ListExecutedObsUnitsAscendingParams{InstrumentModuleID: new(int32)}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.p.StartBefore, test.p.RowLimit = always, 1000
			got, err := r.ListExecutedObsUnitsAscending(t.Context(), test.p)
			check(t, err)
			if len(got) != test.want {
				t.Errorf("%d rows, want %d", len(got), test.want)
			}
		})
	}
}
