package httpapi_test

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/site"
)

// itemPage is any page, with what it is ordered by.
type itemPage struct {
	Items []struct {
		ID        string `json:"id"`
		CreatedAt string `json:"created_at"`
		At        string `json:"at"`
	} `json:"items"`
	NextCursor nullable.Nullable[string] `json:"next_cursor"`
}

// walk reads a list to its end and returns the ids; it fails when the order is wrong or a page is not full.
func (s *station) walk(c call, limit int, ascending bool) (ids []string) {
	s.t.Helper()
	query, last := c.query, ""
	for cursor := ""; ; {
		c.query = fmt.Sprintf("%s&limit=%d", query, limit)
		if cursor != "" {
			c.query += "&cursor=" + cursor
		}
		page := decode[itemPage](s.do(c).want(http.StatusOK))
		for _, item := range page.Items {
			// Times of the same zone whose fractions have the same length compare as texts.
			at := fmt.Sprintf("%-30s", strings.TrimSuffix(cmp.Or(item.CreatedAt, item.At), "Z"))
			if last != "" && at != last && (at > last) != ascending {
				s.t.Fatalf("%s: %s after %s", c.op, at, last)
			}
			last, ids = at, append(ids, item.ID)
		}
		if page.NextCursor.IsNull() {
			return ids
		}
		if len(page.Items) != limit {
			s.t.Fatalf("%s: %d items on a page of %d that is not the last", c.op, len(page.Items), limit)
		}
		cursor = page.NextCursor.MustGet()
	}
}

// Every list shows each record once, whatever the size of its pages, and with each filter what the database would find.
func TestListsOfTransfers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{Seed: 5, Bundle: 2, Failures: transfers.Failures{Transfer: 0.2, Unpack: 0.2, Archive: 0.2}})
	for range 4 {
		p.file(5)
		p.steps(5)
	}
	w.execute(`insert into staging_job (id, destination_location_id, requested_by, created_at)
		select gen_random_uuid(), 9, case when n % 2 = 0 then 'x' else 'y' end, now() + n * interval '1 second' from generate_series(1, 9) n`)
	transfer, bundle := one[string](w, "select id::text from data_transfer where status = 'completed' limit 1"), one[string](w, "select id::text from data_transfer_package limit 1")
	w.execute("insert into data_transfer_log (id, data_transfer_id, at, path) select gen_random_uuid(), $1, now() + n * interval '1 second', '/x' from generate_series(1, 7) n", transfer)
	execution, pack := one[string](w, "select id::text from executed_obs_unit limit 1"), one[string](w, "select raw_data_package_id::text from long_term_archive_transfer limit 1")
	half := one[string](w, `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from raw_data_package order by created_at offset 10 limit 1`)
	// Between two times that a database tells apart, a bound is the later.
	between := strings.TrimSuffix(half, "Z") + "5Z"
	program := one[int](w, "select u.observing_program_id from executed_obs_unit e join obs_unit u on u.id = e.obs_unit_id limit 1")
	for _, test := range []struct{ op, id, query, sql string }{
		{"listTransferRawPackages", "", "", "raw_data_package"},
		{"listTransferRawPackages", "", "sort=created_at", "raw_data_package"},
		{"listTransferRawPackages", "", "state=archived", "raw_data_package where state = 'archived'"},
		{"listTransferRawPackages", "", "state=transferring&sort=created_at", "raw_data_package where state = 'transferring'"},
		{"listTransferRawPackages", "", "status=building", "raw_data_package where status = 'building'"},
		{"listTransferRawPackages", "", "stage=0", "raw_data_package where status = 'building'"},
		{"listTransferRawPackages", "", "stage=3", "raw_data_package_pipeline where stage = 3"},
		{"listTransferRawPackages", "", "stage=5&sort=created_at", "raw_data_package_pipeline where stage = 5"},
		{"listTransferRawPackages", "", "stage_status=failed", "raw_data_package_pipeline where stage_status = 'failed'"},
		{"listTransferRawPackages", "", "stage_status=completed&sort=created_at", "raw_data_package where state = 'archived'"},
		{"listTransferRawPackages", "", "stage=4&stage_status=failed", "raw_data_package_pipeline where stage = 4 and stage_status = 'failed'"},
		{"listTransferRawPackages", "", "stage=4&stage_status=completed", "raw_data_package where false"},
		{"listTransferRawPackages", "", "stage=3&state=archived", "raw_data_package where false"},
		{"listTransferRawPackages", "", "instrument_module_id=1", "raw_data_package where instrument_module_id = 1"},
		{"listTransferRawPackages", "", "instrument_module_id=2", "raw_data_package where instrument_module_id = 2"},
		{"listTransferRawPackages", "", "executed_obs_unit_id=" + execution, "raw_data_package where executed_obs_unit_id = '" + execution + "'"},
		{"listTransferRawPackages", "", "data_transfer_package_id=" + bundle, "raw_data_package where data_transfer_package_id = '" + bundle + "'"},
		{"listTransferRawPackages", "", fmt.Sprint("observing_program_id=", program), "raw_data_package"},
		{"listTransferRawPackages", "", "observing_program_id=9999", "raw_data_package where false"},
		{"listTransferRawPackages", "", "created_from=" + half, "raw_data_package where created_at >= '" + half + "'"},
		{"listTransferRawPackages", "", "created_before=" + half, "raw_data_package where created_at < '" + half + "'"},
		{"listTransferRawPackages", "", "sort=created_at&created_from=" + half, "raw_data_package where created_at >= '" + half + "'"},
		{"listTransferRawPackages", "", "sort=created_at&created_before=" + half, "raw_data_package where created_at < '" + half + "'"},
		{"listTransferRawPackages", "", "created_from=" + between, "raw_data_package where created_at > '" + half + "'"},
		{"listTransferRawPackages", "", "created_before=" + between, "raw_data_package where created_at <= '" + half + "'"},
		{"listTransferRawPackages", "", "sort=created_at&created_from=" + between, "raw_data_package where created_at > '" + half + "'"},
		{"listTransferRawPackages", "", "sort=created_at&created_before=" + between, "raw_data_package where created_at <= '" + half + "'"},
		{"listTransferPackages", "", "", "data_transfer_package"},
		{"listTransferPackages", "", "status=completed", "data_transfer_package where status = 'completed'"},
		{"listTransferPackages", "", "origin_site_id=2", "data_transfer_package where origin_site_id = 2"},
		{"listTransferPackages", "", "created_before=" + half, "data_transfer_package where created_at < '" + half + "'"},
		{"listTransfers", "", "", "data_transfer"},
		{"listTransfers", "", "status=failed", "data_transfer where status = 'failed'"},
		{"listTransfers", "", "unpack_status=completed", "data_transfer where unpack_status = 'completed'"},
		{"listTransfers", "", "route_id=2", "data_transfer where data_transfer_route_id = 2"},
		{"listTransfers", "", "origin_location_id=4&destination_location_id=5", "data_transfer where destination_location_id = 5"},
		{"listTransfers", "", "data_transfer_package_id=" + bundle, "data_transfer where data_transfer_package_id = '" + bundle + "'"},
		{"listTransferLogs", transfer, "", "data_transfer_log where data_transfer_id = '" + transfer + "'"},
		{"listArchiveTransfers", "", "", "long_term_archive_transfer"},
		{"listArchiveTransfers", "", "status=completed&destination_location_id=6", "long_term_archive_transfer where status = 'completed' and destination_location_id = 6"},
		{"listArchiveTransfers", "", "raw_data_package_id=" + pack, "long_term_archive_transfer where raw_data_package_id = '" + pack + "'"},
		{"listPhysicalCopies", "", "", "physical_copy"},
		{"listPhysicalCopies", "", "location_id=3", "physical_copy where data_location_id = 3"},
		{"listPhysicalCopies", "", "kind=raw_data_package&status=present", "physical_copy where kind = 'raw_data_package' and status = 'present'"},
		{"listStagingJobs", "", "", "staging_job"},
		{"listStagingJobs", "", "mine=true", "staging_job where requested_by = 'nobody'"},
		{"listStagingJobs", "", "status=pending&location_id=9", "staging_job where status = 'pending'"},
	} {
		t.Run(test.op+" "+test.query, func(t *testing.T) {
			rows, err := w.db.Query(t.Context(), "select id::text from "+test.sql)
			if err != nil {
				t.Fatal(err)
			}
			want := collect[string](t, rows)
			slices.Sort(want)
			for _, limit := range []int{1, 3, 1000} {
				if limit == 1 && len(want) > 40 {
					continue
				}
				ids := s.walk(call{op: test.op, id: test.id, query: test.query}, limit, strings.Contains(test.query, "sort=created_at") || test.op == "listTransferLogs")
				slices.Sort(ids)
				if !slices.Equal(ids, want) {
					t.Errorf("pages of %d show %d records, want %d", limit, len(ids), len(want))
				}
			}
		})
	}
	cursor := decode[itemPage](s.do(call{op: "listTransfers", query: "limit=1"}).want(http.StatusOK)).NextCursor.MustGet()
	for _, op := range []string{"listTransferRawPackages", "listTransferPackages", "listArchiveTransfers", "listPhysicalCopies", "listStagingJobs"} {
		s.do(call{op: op, query: "cursor=" + cursor}).problem(http.StatusUnprocessableEntity, "invalid")
	}
}

// What the simulator has done can be read one by one, and where everything is.
func TestReadsOfTransfers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(2)
	p.steps(8)
	file, pack := one[string](w, "select id::text from raw_data_file limit 1"), one[string](w, "select raw_data_package_id::text from raw_data_file order by id limit 1")
	bundle := one[string](w, "select id::text from data_transfer_package")
	detail := decode[api.TransferPackageDetail](s.do(call{op: "getTransferPackage", id: bundle}).want(http.StatusOK))
	if detail.RawPackages != 2 || len(detail.RawDataPackages) != 2 || len(detail.Transfers) != 1 || detail.RawDataPackages[0].Stage < 3 {
		t.Errorf("a transfer package: %+v", detail)
	}
	p.steps(10)
	for _, reading := range []struct {
		op, id string
		least  int
	}{
		{"listFileCopies", file, 5}, {"listRawPackageCopies", pack, 4}, {"listTransferPackageCopies", bundle, 2},
	} {
		list := decode[api.CopyList](s.do(call{op: reading.op, id: reading.id}).want(http.StatusOK))
		if len(list.Items) < reading.least {
			t.Errorf("%s: %d copies, want %d", reading.op, len(list.Items), reading.least)
		}
		s.do(call{op: reading.op, id: someID}).problem(http.StatusNotFound, "not-found")
	}
	if got := decode[api.PipelinePackage](s.do(call{op: "getTransferRawPackage", id: pack}).want(http.StatusOK)); got.State != api.PackageStateArchived || got.Stage != 5 {
		t.Errorf("an archived package: %+v", got)
	}
	s.do(call{op: "getArchiveTransfer", id: one[string](w, "select id::text from long_term_archive_transfer limit 1")}).want(http.StatusOK)
	for _, op := range []string{"getTransferRawPackage", "getTransferPackage", "getTransfer", "getArchiveTransfer", "listTransferLogs", "getPackageMetadata", "getStagingJob"} {
		s.do(call{op: op, id: someID}).problem(http.StatusNotFound, "not-found")
	}
	for _, op := range []string{"listSites", "listLocations", "listRoutes"} {
		first := s.do(call{op: op}).want(http.StatusOK)
		if len(decode[struct{ Items []any }](first).Items) < 3 {
			t.Errorf("%s: %s", op, first.text)
		}
		s.do(call{op: op, header: map[string]string{"If-None-Match": first.header.Get("ETag")}}).want(http.StatusNotModified)
	}
}

func TestARouteIsPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	first := s.do(call{op: "getRoute", id: "1"}).want(http.StatusOK).header.Get("ETag")
	paused := s.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": false}, header: map[string]string{"If-Match": first}}).want(http.StatusOK)
	if decode[api.Route](paused).Active || paused.header.Get("ETag") == first || paused.header.Get("Ops-Position") == "" {
		t.Errorf("paused: %v %s", paused.header, paused.text)
	}
	s.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": true}, header: map[string]string{"If-Match": first}}).
		problem(http.StatusPreconditionFailed, "precondition-failed")
	same := s.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": false}}).want(http.StatusOK)
	if same.header.Get("ETag") != paused.header.Get("ETag") {
		t.Error("what changes nothing made a version")
	}
	p := w.pipeline(transfers.Options{})
	p.file(1)
	p.steps(12)
	if one[int](w, "select coalesce(min(data_transfer_route_id), 0) from data_transfer") == 1 {
		t.Error("a transfer began on a paused route")
	}
	s.do(call{op: "updateRoute", id: "99", body: map[string]any{"active": false}}).problem(http.StatusNotFound, "not-found")
}

func TestPackageMetadata(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(1)
	id := one[string](w, "select id::text from raw_data_package")
	body := s.example("putPackageMetadata", nil)
	s.do(call{op: "getPackageMetadata", id: id}).problem(http.StatusNotFound, "not-found")
	over := call{op: "putPackageMetadata", id: id, body: body, header: map[string]string{"If-Match": "*"}}
	s.do(over).problem(http.StatusPreconditionFailed, "precondition-failed")
	made := s.do(call{op: "putPackageMetadata", id: id, body: body}).want(http.StatusOK).header.Get("ETag")
	read := s.do(call{op: "getPackageMetadata", id: id}).want(http.StatusOK)
	if !ofVersion(read, made) || !strings.Contains(string(read.text), "pwv_mm") {
		t.Errorf("read: %v %s", read.header, read.text)
	}
	s.do(call{op: "putPackageMetadata", id: id, body: body, header: map[string]string{"If-Match": read.header.Get("ETag")}}).want(http.StatusOK)
	s.do(call{op: "putPackageMetadata", id: id, body: body, header: map[string]string{"If-Match": made}}).problem(http.StatusPreconditionFailed, "precondition-failed")
	s.do(over).want(http.StatusOK)
	s.do(call{op: "putPackageMetadata", id: someID, body: body}).problem(http.StatusNotFound, "not-found")
}
