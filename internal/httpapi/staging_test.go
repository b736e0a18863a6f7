package httpapi_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/site"
)

// toStage returns a body that asks for all packages.
func (s *station) toStage(changes map[string]any) map[string]any {
	s.t.Helper()
	ids := one[[]string](s.world, "select array_agg(id::text order by id) from raw_data_package")
	body := s.example("createStagingJob", map[string]any{"raw_data_package_ids": ids})
	maps.Copy(body, changes)
	return body
}

func (s *station) stagingJob(id string) api.StagingJobDetail {
	s.t.Helper()
	return decode[api.StagingJobDetail](s.do(call{op: "getStagingJob", id: id}).want(http.StatusOK))
}

func TestStaging(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(2)
	p.steps(20)
	rehearsed := decode[api.StagingJob](s.do(call{op: "createStagingJob", query: "dry_run=true", body: s.toStage(nil)}).want(http.StatusOK))
	if rehearsed.Packages != 2 || rehearsed.Bytes != 8<<30 || rehearsed.RequestedBy == "" || one[int64](w, "select count(*) from staging_job") != 0 {
		t.Errorf("rehearsed: %+v", rehearsed)
	}
	c := call{op: "createStagingJob", body: s.toStage(nil), key: "orion"}
	first := s.do(c).want(http.StatusCreated)
	made := decode[api.StagingJob](first)
	id := made.ID.String()
	if made.Packages != 2 || made.Bytes != 8<<30 || made.Status != api.StagingStatusPending || first.header.Get("Location") != "/staging/"+id {
		t.Errorf("made: %v %+v", first.header, made)
	}
	p.steps(3)
	again := s.do(c).want(http.StatusCreated)
	if now := decode[api.StagingJob](again); now.ID != made.ID || now.PackagesStaged != 1 || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("said again: %v %+v", again.header, now)
	}
	if job := s.stagingJob(id); job.Status != api.StagingStatusInProgress || job.PackagesStaged != 1 || job.BytesStaged != 4<<30 || len(job.RawDataPackages) != 2 {
		t.Errorf("half way: %+v", job)
	}
	if o := s.overview(); o.Stages[6].InProgress != 1 || o.Stages[6].Completed != 1 || o.TotalPackages != 2 {
		t.Errorf("overview: %+v", o.Stages[6])
	}
	if page := decode[api.StagingJobPage](s.do(call{op: "listStagingJobs", query: "mine=true"}).want(http.StatusOK)); len(page.Items) != 1 {
		t.Errorf("mine: %+v", page)
	}
	if page := decode[api.StagingJobPage](s.do(call{op: "listStagingJobs", query: "mine=true", token: w.issue("observer")}).want(http.StatusOK)); len(page.Items) != 0 {
		t.Errorf("of somebody else: %+v", page)
	}
	for pack, want := range map[string]int{s.stagingJob(id).RawDataPackages[1].RawDataPackageID.String(): 1, someID: 0} {
		if page := decode[api.StagingJobPage](s.do(call{op: "listStagingJobs", query: "raw_data_package_id=" + pack}).want(http.StatusOK)); len(page.Items) != want {
			t.Errorf("of package %s: %+v, want %d", pack, page, want)
		}
	}
	p.steps(2)
	if job := s.stagingJob(id); job.Status != api.StagingStatusCompleted || job.PackagesStaged != 2 || job.FinishedAt.IsNull() {
		t.Errorf("in the end: %+v", job)
	}
	refused := s.do(call{op: "cancelStagingJob", id: id}).problem(http.StatusConflict, "transition-forbidden")
	if !strings.Contains(*refused.Detail, "completed") {
		t.Errorf("refused: %s", *refused.Detail)
	}
}

func TestStagingIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(2)
	p.steps(20)
	id := decode[api.StagingJob](s.do(call{op: "createStagingJob", body: s.toStage(nil)}).want(http.StatusCreated)).ID.String()
	p.steps(3)
	c := call{op: "cancelStagingJob", id: id, key: "enough"}
	for range 2 {
		if job := decode[api.StagingJob](s.do(c).want(http.StatusOK)); job.Status != api.StagingStatusCancelled || job.CancelledBy.IsNull() {
			t.Errorf("cancelled: %+v", job)
		}
	}
	p.steps(5)
	if job := s.stagingJob(id); job.Status != api.StagingStatusCancelled || job.PackagesStaged != 1 {
		t.Errorf("it went on: %+v", job)
	}
	c.key = ""
	s.do(c).problem(http.StatusConflict, "transition-forbidden")
	c.id = someID
	s.do(c).problem(http.StatusNotFound, "not-found")
}

func TestAFailedStagingJobIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	tries := 0
	p := w.pipeline(transfers.Options{Choose: func(a transfers.Attempt) transfers.Fate {
		if a.Stage == 6 && a.Retry == 0 {
			if tries++; tries == 2 {
				return transfers.Fails // the second package of the job
			}
		}
		return transfers.Succeeds
	}})
	p.file(2)
	p.steps(20)
	id := decode[api.StagingJob](s.do(call{op: "createStagingJob", body: s.toStage(nil)}).want(http.StatusCreated)).ID.String()
	c := call{op: "resetStagingJob", id: id}
	refused := s.do(c).problem(http.StatusConflict, "transition-forbidden")
	if !strings.Contains(*refused.Detail, "scheduled") {
		t.Errorf("the refusal does not name what is allowed: %s", *refused.Detail)
	}
	p.steps(8)
	if job := s.stagingJob(id); job.Status != api.StagingStatusFailed || job.PackagesStaged != 1 || job.Failure.IsNull() {
		t.Fatalf("it did not fail half way: %+v", job)
	}
	c.key = "again"
	for range 2 {
		job := decode[api.StagingJob](s.do(c).want(http.StatusOK))
		if job.Status != api.StagingStatusPending || job.RetryCount != 1 || job.PackagesStaged != 1 || !job.Failure.IsNull() || !job.StartedAt.IsNull() {
			t.Errorf("reset: %+v", job)
		}
	}
	if again := s.stagingJob(id); again.Status != api.StagingStatusPending || again.RetryCount != 1 {
		t.Errorf("said twice: %+v", again)
	}
	p.steps(8)
	if job := s.stagingJob(id); job.Status != api.StagingStatusCompleted || job.PackagesStaged != 2 || job.RetryCount != 1 {
		t.Errorf("in the end: %+v", job)
	}
	c.key = ""
	s.do(c).problem(http.StatusConflict, "transition-forbidden")
	c.id = someID
	s.do(c).problem(http.StatusNotFound, "not-found")
}

// What cannot be staged is refused with the places in the request, and by the main database when the site is behind.
func TestStagingRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(1)
	p.steps(5)
	pointer := func(slug string, body map[string]any) string {
		t.Helper()
		problem := s.do(call{op: "createStagingJob", body: body}).problem(http.StatusUnprocessableEntity, slug)
		if len(problem.Errors) == 0 {
			t.Fatalf("no part is named: %+v", problem)
		}
		return problem.Errors[0].Pointer
	}
	if got := pointer("invalid", s.toStage(nil)); got != "/raw_data_package_ids/0" {
		t.Errorf("not archived: %s", got)
	}
	p.steps(15)
	pack := one[string](w, "select id::text from raw_data_package")
	for what, test := range map[string]struct {
		slug, pointer string
		changes       map[string]any
	}{
		"an unknown package":  {"reference-unknown", "/raw_data_package_ids/0", map[string]any{"raw_data_package_ids": []string{someID}}},
		"one in two writings": {"invalid", "/raw_data_package_ids/1", map[string]any{"raw_data_package_ids": []string{pack, strings.ToUpper(pack)}}},
		"an archive":          {"invalid", "/destination_location_id", map[string]any{"destination_location_id": 6}},
		"an unknown location": {"reference-unknown", "/destination_location_id", map[string]any{"destination_location_id": 999}},
	} {
		if got := pointer(test.slug, s.toStage(test.changes)); got != test.pointer {
			t.Errorf("%s: %s", what, got)
		}
	}
	w.execute("update data_location set active = false where location_type = 'processing'")
	if got := pointer("invalid", s.toStage(nil)); got != "/destination_location_id" {
		t.Errorf("a location that is not active: %s", got)
	}
	w.execute("update data_location set active = true")
	// A job that brings its own id can be asked for again, but not with other packages.
	own := map[string]any{"id": someID}
	for range 2 {
		s.do(call{op: "createStagingJob", body: s.toStage(own)}).want(http.StatusCreated)
	}
	p.file(1)
	p.steps(20)
	s.do(call{op: "createStagingJob", body: s.toStage(own)}).problem(http.StatusConflict, "record-differs")
	if got := one[int64](w, "select count(*) from staging_job_package"); got != 1 {
		t.Errorf("%d packages in the job, want 1", got)
	}
}
