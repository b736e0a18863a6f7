package postgres_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/sky"
)

// A cone search reads the sources around a place and no others, also across right ascension 0 and at a pole.
func TestConesUseTheIndex(t *testing.T) {
	a := pgtest.New(t)
	db := pgtest.Connect(t, a)
	execute(t, db, `
		with made as (
		  insert into source (kind, name) select 'fixed', 'S' || n from generate_series(1, 100000) n returning id)
		insert into fixed_source (id, ra_deg, dec_deg)
		select id, random() * 360, degrees(asin(random() * 2 - 1)) from made`)
	execute(t, db, "analyze source; analyze fixed_source")
	plans := &explained{DBTX: newReplica(t, a).Any(), t: t}
	q := replicadb.New(plans)
	for _, middle := range []sky.Equatorial{{RA: 84, Dec: -6}, {RA: 0.1, Dec: 40}, {RA: 359.9, Dec: -80}, {RA: 10, Dec: 90}, {RA: 200, Dec: -89.9}} {
		box, radius := sky.Cone(middle, 1), 1.0
		best, found := time.Hour, 0
		for range 5 {
			began := time.Now()
			rows, err := q.ListSourcesInCone(t.Context(), replicadb.ListSourcesInConeParams{
				Ra: middle.RA, Dec: middle.Dec, Radius: radius, DecFrom: box.DecFrom, DecTo: box.DecTo, RaFromA: box.RA[0].From, RaToA: box.RA[0].To,
				RaFromB: box.RA[1].From, RaToB: box.RA[1].To, ByDistance: true, AfterRank: -1, RowLimit: 101,
			})
			check(t, err)
			best, found = min(best, time.Since(began)), len(rows)
			for i, row := range rows {
				want := middle.Separation(sky.Equatorial{RA: *row.AnySource.RaDeg, Dec: *row.AnySource.DecDeg})
				if math.Abs(row.Distance-want) > 1e-9 || row.Distance > radius || i > 0 && row.Distance < rows[i-1].Distance {
					t.Errorf("%v: %v is %v away, want %v", middle, row.AnySource.Name, row.Distance, want)
				}
			}
		}
		// A cone of a degree has 7.6 of 100,000 sources.
		t.Logf("%v: %d sources in %v", middle, found, best)
		if found == 0 || found > 30 {
			t.Errorf("%v: %d sources", middle, found)
		}
	}
	for _, plan := range plans.seen {
		if !strings.Contains(plan, "fixed_source_place") || strings.Contains(plan, "Seq Scan") {
			t.Fatalf("a cone does not use its index:\n%s", plan)
		}
	}
}

// The lists of sources follow an index; the name that people write finds its source by one.
func TestSourcesAreFoundByIndex(t *testing.T) {
	a := pgtest.New(t)
	db := pgtest.Connect(t, a)
	execute(t, db, "insert into source (kind, name) select 'constant_elevation', 'S ' || n from generate_series(1, 50000) n")
	execute(t, db, "insert into constant_elevation_source (id, elevation_deg, azimuth_min_deg, azimuth_max_deg) select id, 40, 0, 360 from source where name like 'S %'")
	execute(t, db, "analyze source; analyze constant_elevation_source; analyze fixed_source; analyze solar_system_object")
	plans := &explained{DBTX: newReplica(t, a).Any(), t: t}
	q := replicadb.New(plans)
	kind, part := replicadb.SourceKindConstantElevation, "9999"
	for _, p := range []replicadb.ListSourcesParams{
		{RowLimit: 101}, {AfterName: "S 25", RowLimit: 101}, {Kind: &kind, RowLimit: 101}, {Part: &part, RowLimit: 101}, {Kind: &kind, Part: &part, RowLimit: 3},
	} {
		began := time.Now()
		_, err := q.ListSources(t.Context(), p)
		check(t, err)
		t.Logf("%+v: %v", p, time.Since(began))
	}
	rows, err := q.FindSource(t.Context(), replicadb.FindSourceParams{Name: "s4 2"})
	check(t, err)
	if len(rows) != 1 || rows[0].Name != "S 42" {
		t.Errorf("%+v", rows)
	}
	for _, plan := range plans.seen {
		if strings.Contains(plan, "Seq Scan on source ") {
			t.Errorf("no index is used:\n%s", plan)
		}
	}
}

// The program and the database have the same observing days.
func TestObservingDaysAreTheSame(t *testing.T) {
	db := pgtest.Connect(t, pgtest.New(t))
	for _, at := range []time.Time{night, night.Add(16*time.Hour + 31*time.Minute), night.Add(16*time.Hour + 30*time.Minute + 59*time.Second), night.AddDate(0, 0, 200)} {
		var day, begin time.Time
		check(t, db.QueryRow(t.Context(), "select day_obs($1), day_obs_begin(day_obs($1))", at).Scan(&day, &begin))
		if !sky.DayOf(at).Equal(day) || !sky.DayBegin(day).Equal(begin) {
			t.Errorf("%v: day %v from %v, but %v from %v", at, sky.DayOf(at), sky.DayBegin(day), day, begin)
		}
	}
}
