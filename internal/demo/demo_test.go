package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// The whole night, faster: link cut, executor killed, link healed; and then somebody tampers with the databases.
func TestANightThroughAnOutage(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 2, RestartAfter: 100 * time.Millisecond, Transfers: &moving})
	ctx := labtest.Context(t)
	var shown strings.Builder
	options := Options{Length: 5 * time.Second, Dir: t.TempDir(), Out: &shown, Getenv: func(string) string { return "" }}
	screen := newScreen(options.Out, options.Plain, options.Getenv)
	report, err := play(ctx, l, options, screen, time.Now())
	must(t, err)
	must(t, report.failure())

	night, err := ReadNight()
	must(t, err)
	if report.Acknowledged != night.writes() || report.Committed != night.writes() || report.Replicated != night.writes() {
		t.Errorf("%+v: want %d writes everywhere", report, night.writes())
	}
	if report.Outage <= 0 || report.Drain <= 0 || report.AckP50 <= 0 || report.AckP99 < report.AckP50 {
		t.Errorf("%+v: want times", report)
	}
	if report.Known == 0 || report.SentAgain < report.Known {
		t.Errorf("%d sent again, %d known: want answers that were lost", report.SentAgain, report.Known)
	}
	written := readReport(t, options.Dir)
	if diff := cmp.Diff(report, written, cmp.AllowUnexported(Report{})); diff != "" {
		t.Errorf("%s differs:\n%s", reportName, diff)
	}
	for _, text := range []string{"the link is cut", "is killed", "is back", "whole again", "is replicated", "Orion A, scan 6", "Jupiter, scan 4", "packages", "archived", "0 lost, 0 doubled"} {
		if !strings.Contains(shown.String(), text) {
			t.Errorf("%q is not shown in:\n%s", text, shown.String())
		}
	}
	tampered(t, l, options.Dir)
}

func readReport(t *testing.T, dir string) (r Report) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, reportName))
	must(t, err)
	must(t, json.Unmarshal(text, &r))
	return r
}

// tampered changes the main database behind everybody's back and expects the comparison to notice.
func tampered(t *testing.T, l *lab.Lab, dir string) {
	ctx := labtest.Context(t)
	acks, err := readAcks(filepath.Join(dir, acksName))
	must(t, err)
	main, err := openDatabase(ctx, l.Superuser(lab.MainSite))
	must(t, err)
	defer func() { must(t, main.close()) }()
	for _, sql := range []string{
		`update executed_obs_unit set end_time = end_time + interval '1 microsecond' where comment like 'Orion A, scan 3%'`,
		`update raw_data_package set checksum = 'f' || checksum where name = 'primecam_f350_1790835180.tar'`,
		`with copies as (delete from physical_copy c using raw_data_file f where f.id = c.raw_data_file_id and f.name = 'r00d1_1790835180_000.g3')
			delete from raw_data_file where name = 'r00d1_1790835180_000.g3'`,
		`insert into raw_data_package select gen_random_uuid(), executed_obs_unit_id, instrument_module_id, name, relative_path, status,
			state, size_bytes, checksum, checksum_algorithm, created_at, finalized_at from raw_data_package where name = 'chai_lfa_1790829000.tar'`,
	} {
		tag, err := main.conn.Exec(ctx, sql)
		must(t, err)
		if tag.RowsAffected() != 1 {
			t.Fatalf("%d rows changed by %s", tag.RowsAffected(), sql)
		}
	}
	found, err := main.rows(ctx)
	must(t, err)
	c := compare(acks, found)
	kinds := make([]string, len(c.Lost))
	for i, lost := range c.Lost {
		kinds[i], _, _ = strings.Cut(lost, " ")
	}
	slices.Sort(kinds)
	// The missing file was registered by one write and packaged by another.
	want := []string{"createRawDataFile", "createRawDataPackage", "finalizeRawDataPackage", "finishExecutedObsUnit"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("lost:\n%s\n%s", diff, strings.Join(c.Lost, "\n"))
	}
	if len(c.Doubled) != 1 {
		t.Errorf("doubled: %q, want the package", c.Doubled)
	}
	if c.Present != len(acks)-4 {
		t.Errorf("%d of %d are there", c.Present, len(acks))
	}
}
