package httpapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

// newPlanner is that of another process of a main site.
func newPlanner(t testing.TB, redis string) *visibility.Planner {
	t.Helper()
	client := redisclient.New(redisclient.Options{Address: redis})
	t.Cleanup(client.Close)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return visibility.New(sky.FYST, cache.New(client, "cologne", log), cache.NewBoard(client, "cologne"), log)
}

func (s *station) job(id string) api.VisibilityJob {
	s.t.Helper()
	return decode[api.VisibilityJob](s.do(call{op: "getVisibilityJob", id: id}).want(http.StatusOK))
}

// A site that is cut off computes ahead; afterwards the heat map is answered at once, by all its processes.
func TestVisibilityIsComputedAhead(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true})
	a := s.do(call{op: "precalculateVisibility", body: s.exampleOf("precalculateVisibility")}).want(http.StatusAccepted)
	began := decode[api.VisibilityJob](a)
	if began.State != api.VisibilityJobStateRunning || began.Total != 21 || a.header.Get("Location") != "/visibility/jobs/"+began.ID.String() {
		t.Errorf("%s %v", a.text, a.header)
	}
	eventually(t, "the job has ended", func() bool { return s.job(began.ID.String()).State != api.VisibilityJobStateRunning })
	ended := s.job(began.ID.String())
	if ended.State != api.VisibilityJobStateSucceeded || ended.Done != ended.Total || ended.EndedAt.IsNull() || ended.Detail != "" {
		t.Errorf("%+v", ended)
	}
	s.url = s.process(setup{kind: site.Secondary, mainAway: true, idle: true})
	start := time.Now()
	s.do(call{op: "getVisibilityHeatmap", query: "from=2026-07-01&to=2026-07-31&min_elevation=30"}).want(http.StatusOK)
	t.Logf("the heat map took %v", time.Since(start))
	list := decode[api.VisibilityJobList](s.do(call{op: "listVisibilityJobs"}).want(http.StatusOK))
	if len(list.Items) != 1 || list.Items[0].ID != began.ID {
		t.Errorf("%+v", list)
	}
	// Cancelled too late.
	if late := decode[api.VisibilityJob](s.do(call{op: "cancelVisibilityJob", id: began.ID.String()}).want(http.StatusAccepted)); late.State != api.VisibilityJobStateSucceeded {
		t.Errorf("%+v", late)
	}
}

func TestJobsAreOneAtATimeAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	w.scatter(dice(t), 300)
	year := map[string]any{"from": "2026-01-01", "to": "2026-12-31"}
	job := decode[api.VisibilityJob](s.do(call{op: "precalculateVisibility", body: year}).want(http.StatusAccepted))
	other := s.process(setup{kind: site.Main, idle: true})
	here := s.url
	s.url = other
	s.do(call{op: "precalculateVisibility", body: year}).problem(http.StatusConflict, "job-running")
	eventually(t, "it comes on", func() bool { return s.job(job.ID.String()).Done > 0 })
	s.do(call{op: "cancelVisibilityJob", id: job.ID.String()}).want(http.StatusAccepted)
	eventually(t, "it is cancelled", func() bool { return s.job(job.ID.String()).State == api.VisibilityJobStateCancelled })
	if ended := s.job(job.ID.String()); ended.Done >= ended.Total || ended.EndedAt.IsNull() || ended.Detail == "" {
		t.Errorf("%+v", ended)
	}
	s.url = here
	s.do(call{op: "precalculateVisibility", body: year, token: s.issue("observer")}).problem(http.StatusForbidden, "forbidden")
	s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-02", "to": "2026-01-01"}}).problem(http.StatusUnprocessableEntity, "invalid")
	s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-02", "to": "2029-01-01"}}).problem(http.StatusUnprocessableEntity, "invalid")
	upside := s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-01", "to": "2026-01-02", "min_elevation_deg": 50, "max_elevation_deg": 30}}).
		problem(http.StatusUnprocessableEntity, "invalid")
	if len(upside.Errors) != 1 || upside.Errors[0].Pointer != "/min_elevation_deg" {
		t.Errorf("%+v", upside.Errors)
	}
	s.do(call{op: "getVisibilityJob", id: someID}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "cancelVisibilityJob", id: someID}).problem(http.StatusNotFound, "not-found")
	s.redis.Kill()
	for _, c := range []call{{op: "listVisibilityJobs"}, {op: "precalculateVisibility", body: year}} {
		s.do(c).problem(http.StatusServiceUnavailable, "unavailable")
	}
}

// A job ends with its process, and says so.
func TestJobsEndWithTheirProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main, idle: true})
	w.scatter(dice(t), 300)
	running, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	watched := s.url
	s.url = s.process(setup{kind: site.Main, idle: true, change: func(d *httpapi.Deps) {
		d.Sky = newPlanner(t, s.redis.Address())
		go func() { ended <- d.Sky.Run(running) }()
	}})
	job := decode[api.VisibilityJob](s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-01", "to": "2026-12-31"}}).want(http.StatusAccepted))
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	s.url = watched
	if lost := s.job(job.ID.String()); lost.State != api.VisibilityJobStateLost || lost.EndedAt.IsNull() || lost.Detail == "" {
		t.Errorf("%+v", lost)
	}
	// The next one can begin, and takes over what was done.
	s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-01", "to": "2026-01-02"}}).want(http.StatusAccepted)
}

// A job that Redis has left says so as soon as Redis is back, and the next one need not wait until it is taken for lost.
func TestJobsSayThatRedisHasLeftThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log lockedBuffer
	s := w.open(setup{kind: site.Main, idle: true, log: slog.New(slog.NewTextHandler(&log, nil))})
	w.scatter(dice(t), 300)
	year := map[string]any{"from": "2026-01-01", "to": "2026-12-31"}
	job := decode[api.VisibilityJob](s.do(call{op: "precalculateVisibility", body: year}).want(http.StatusAccepted))
	eventually(t, "it comes on", func() bool { return s.job(job.ID.String()).Done > 0 })
	s.redis.Kill()
	eventually(t, "it has failed", func() bool { return strings.Contains(log.String(), "the visibility is not computed ahead") })
	s.redis.Start()
	eventually(t, "it says so", func() bool {
		a := s.do(call{op: "getVisibilityJob", id: job.ID.String()})
		return a.status == http.StatusOK && decode[api.VisibilityJob](a).State != api.VisibilityJobStateRunning
	})
	if ended := s.job(job.ID.String()); ended.State != api.VisibilityJobStateFailed || ended.EndedAt.IsNull() {
		t.Errorf("%+v", ended)
	}
	s.do(call{op: "precalculateVisibility", body: map[string]any{"from": "2026-01-01", "to": "2026-01-02"}}).want(http.StatusAccepted)
}
