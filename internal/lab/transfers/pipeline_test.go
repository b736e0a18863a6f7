package transfers_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// play is a pipeline whose clock is its own.
type play struct {
	*transfers.Pipeline
	t   *testing.T
	db  *pgx.Conn
	now time.Time
}

func newPlay(t *testing.T, o transfers.Options) *play {
	t.Helper()
	p := &play{t: t, db: pgtest.Connect(t, pgtest.New(t)), now: time.Date(2026, 7, 15, 5, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return p.now }
	p.Pipeline = transfers.New(p.db, o)
	return p
}

func (p *play) file(packages int, size int64) {
	p.t.Helper()
	if err := p.File(p.t.Context(), packages, size); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) step(elapsed time.Duration) {
	p.t.Helper()
	p.now = p.now.Add(elapsed)
	if err := p.Step(p.t.Context(), elapsed); err != nil {
		p.t.Fatal(err)
	}
}

// stages counts the packages at each stage as the overview does.
func (p *play) stages() map[string]int {
	p.t.Helper()
	return p.counts("select stage || ' ' || stage_status, count(*)::integer from raw_data_package_pipeline group by 1")
}

func (p *play) counts(sql string) map[string]int {
	p.t.Helper()
	rows, err := p.db.Query(p.t.Context(), sql)
	if err != nil {
		p.t.Fatal(err)
	}
	counts := map[string]int{}
	var (
		name  string
		count int
	)
	if _, err := pgx.ForEachRow(rows, []any{&name, &count}, func() error { counts[name] = count; return nil }); err != nil {
		p.t.Fatal(err)
	}
	return counts
}

const gigabyte = 1 << 30

// until steps until a number of packages is at a stage.
func (p *play) until(stage string, packages int) {
	p.t.Helper()
	for range 200 {
		if p.stages()[stage] == packages {
			return
		}
		p.step(10 * time.Second)
	}
	p.t.Fatalf("never at %q: %v", stage, p.stages())
}

func TestPackagesGoThroughAllStagesInOrder(t *testing.T) {
	p := newPlay(t, transfers.Options{Bandwidth: gigabyte / 20})
	p.file(3, gigabyte)
	var seen []string
	for range 60 {
		for stage, n := range p.stages() {
			if n != 3 {
				t.Fatalf("%d of 3 packages at %s", n, stage)
			}
			if len(seen) == 0 || seen[len(seen)-1] != stage {
				seen = append(seen, stage)
			}
		}
		p.step(10 * time.Second)
	}
	want := []string{
		"0 in_progress", "1 pending", "2 pending", "2 in_progress", "3 pending", "3 scheduled", "3 in_progress",
		"4 pending", "4 in_progress", "5 pending", "5 in_progress", "5 completed",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("-want +seen:\n%s", diff)
	}
	got := p.counts(`select l.name || ' ' || s.short_name || ' ' || c.kind || ' ' || c.status, count(*)::integer
		from physical_copy c join data_location l on l.id = c.data_location_id join site s on s.id = l.site_id group by 1`)
	if diff := cmp.Diff(map[string]int{
		"telescope_computer ccat raw_data_file deleted": 12, "telescope_computer ccat raw_data_package deleted": 3,
		"output_buffer ccat raw_data_package deleted": 3, "output_buffer ccat data_transfer_package deleted": 1,
		"input_buffer cologne data_transfer_package deleted": 1, "input_buffer cologne raw_data_package present": 3,
		"long_term_archive cologne raw_data_package present": 3,
	}, got); diff != "" {
		t.Errorf("what lies where: -want +got:\n%s", diff)
	}
}

func TestTransfersGoToTheArchivesInTurn(t *testing.T) {
	p := newPlay(t, transfers.Options{Bundle: 1})
	p.file(4, 1)
	p.until("5 completed", 4)
	if diff := cmp.Diff(map[string]int{"cologne": 2, "us": 2}, p.counts(`select s.short_name, count(*)::integer from long_term_archive_transfer a
		join data_location l on l.id = a.destination_location_id join site s on s.id = l.site_id group by 1`)); diff != "" {
		t.Error(diff)
	}
}

func TestNothingBeginsOnAPausedRoute(t *testing.T) {
	p := newPlay(t, transfers.Options{})
	if _, err := p.db.Exec(t.Context(), "update data_transfer_route set active = false"); err != nil {
		t.Fatal(err)
	}
	p.file(2, 1)
	for range 20 {
		p.step(time.Second)
	}
	if diff := cmp.Diff(map[string]int{"2 in_progress": 2}, p.stages()); diff != "" {
		t.Error(diff)
	}
	if _, err := p.db.Exec(t.Context(), "update data_transfer_route set active = true"); err != nil {
		t.Fatal(err)
	}
	p.until("5 completed", 2)
}

func TestWhatFailsWaitsOrIsTriedAgain(t *testing.T) {
	for stage, want := range map[int]string{3: "3 failed", 4: "4 failed", 5: "5 failed"} {
		t.Run(fmt.Sprint(stage), func(t *testing.T) {
			first := func(a transfers.Attempt) transfers.Fate {
				if a.Stage == stage && a.Retry < 2 {
					return transfers.Fails
				}
				return transfers.Succeeds
			}
			waits := newPlay(t, transfers.Options{Choose: first})
			waits.file(2, gigabyte)
			waits.until(want, 2)
			for range 10 {
				waits.step(time.Minute)
			}
			if waits.stages()[want] != 2 {
				t.Errorf("did not wait: %v", waits.stages())
			}
			again := newPlay(t, transfers.Options{Choose: first, Retries: 2})
			again.file(2, gigabyte)
			again.until("5 completed", 2)
			given := newPlay(t, transfers.Options{Choose: first, Retries: 1})
			given.file(2, gigabyte)
			given.until(want, 2)
			for range 5 {
				given.step(time.Minute)
			}
			if n := given.counts("select state::text, count(*)::integer from raw_data_package group by 1"); n["failed"] != 2 {
				t.Errorf("after all attempts: %v", n)
			}
		})
	}
}

func TestAStalledTransferIsGivenUp(t *testing.T) {
	p := newPlay(t, transfers.Options{StallFor: time.Minute, Choose: func(a transfers.Attempt) transfers.Fate {
		if a.Retry == 0 {
			return transfers.Stalls
		}
		return transfers.Succeeds
	}, Retries: 1})
	p.file(1, gigabyte)
	p.until("3 in_progress", 1)
	moved := func() map[string]int {
		return p.counts("select 'bytes', (transferred_bytes / 1024 / 1024)::integer from data_transfer")
	}
	p.step(10 * time.Second)
	for range 5 {
		p.step(10 * time.Second)
		if moved()["bytes"] != 512 {
			t.Fatalf("moved %v MB, want half", moved())
		}
	}
	p.until("5 completed", 1)
}

// The same seed makes the same night.
func TestTheSeedChooses(t *testing.T) {
	night := func(seed uint64) map[string]int {
		p := newPlay(t, transfers.Options{Seed: seed, Bundle: 1, Failures: transfers.Failures{Transfer: 0.2, Stall: 0.2, Unpack: 0.2, Archive: 0.2}})
		p.file(40, gigabyte)
		for range 40 {
			p.step(10 * time.Second)
		}
		return p.counts("select p.name || ' ' || stage || ' ' || stage_status, 1 from raw_data_package_pipeline p")
	}
	first := night(7)
	if diff := cmp.Diff(first, night(7)); diff != "" {
		t.Errorf("the same seed:\n%s", diff)
	}
	if cmp.Equal(first, night(8)) {
		t.Error("another seed makes no difference")
	}
	ends := map[string]int{}
	for name := range first {
		ends[name[len("simulated-000001.tar "):]]++
	}
	if len(ends) < 5 || ends["5 completed"] < 10 {
		t.Errorf("ends: %v", ends)
	}
}

func TestStagingBringsOnePackageAfterTheOther(t *testing.T) {
	p := newPlay(t, transfers.Options{})
	p.file(2, 1)
	p.until("5 completed", 2)
	if _, err := p.db.Exec(t.Context(), `
		with j as (insert into staging_job (id, destination_location_id, requested_by, created_at)
		  select gen_random_uuid(), id, 'x', now() from data_location where location_type = 'processing' returning id)
		insert into staging_job_package (staging_job_id, raw_data_package_id) select j.id, p.id from j, raw_data_package p`); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for range 8 {
		p.step(time.Second)
		for status, staged := range p.counts("select status::text, (select count(*) from staging_job_package where staged_at is not null)::integer from staging_job") {
			seen = append(seen, fmt.Sprint(status, " ", staged))
		}
	}
	if diff := cmp.Diff([]string{"scheduled 0", "in_progress 0", "in_progress 1", "in_progress 2", "completed 2"}, seen[:5]); diff != "" {
		t.Error(diff)
	}
}
