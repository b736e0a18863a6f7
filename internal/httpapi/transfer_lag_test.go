package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

// What a secondary site has just changed of a route or of metadata, it can change again while its replica does not know of
// the first change: nothing is taken for done that is not, and nothing for changed by others.
func TestASecondarySiteChangesTransfersOverItsOwnChanges(t *testing.T) {
	sites := newTwoSites(t)
	far, near := sites.observatory, sites.cologne
	p := far.pipeline(transfers.Options{})
	p.file(1)
	sites.replicated(t)
	sites.lag(t, true)

	first := far.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": false}}).want(http.StatusOK)
	second := far.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": true}, header: ifMatch(first.header.Get("ETag"))}).want(http.StatusOK)
	if now := near.do(call{op: "getRoute", id: "1"}).want(http.StatusOK); !decode[api.Route](now).Active || !ofVersion(now, second.header.Get("ETag")) {
		t.Errorf("the main site has %s %s, the secondary one said %s %s", now.header.Get("ETag"), now.text, second.header.Get("ETag"), second.text)
	}
	far.do(call{op: "updateRoute", id: "1", body: map[string]any{"active": false}, header: ifMatch(first.header.Get("ETag"))}).
		problem(http.StatusPreconditionFailed, "precondition-failed")

	id := one[string](far.world, "select id::text from raw_data_package")
	body := far.example("putPackageMetadata", nil)
	first = far.do(call{op: "putPackageMetadata", id: id, body: body}).want(http.StatusOK)
	far.do(call{op: "putPackageMetadata", id: id, body: body, header: ifMatch(first.header.Get("ETag"))}).want(http.StatusOK)
	second = far.do(call{op: "putPackageMetadata", id: id, body: body}).want(http.StatusOK)
	if now := near.do(call{op: "getPackageMetadata", id: id}).want(http.StatusOK); !ofVersion(now, second.header.Get("ETag")) {
		t.Errorf("the main site has %s, the secondary one said %s", now.header.Get("ETag"), second.header.Get("ETag"))
	}
}

// Who sends a request again is never told of a state from before it: the answer waits for the replica, or says that it is
// not there yet.
func TestWhatIsSentAgainIsNotAnsweredFromBefore(t *testing.T) {
	sites := newTwoSites(t)
	far := sites.observatory
	// Of three packages the first to be transferred fails there, and the first to be archived fails there.
	failing := map[int]string{}
	p := far.pipeline(transfers.Options{Choose: func(a transfers.Attempt) transfers.Fate {
		if _, chosen := failing[a.Stage]; !chosen && (a.Stage == 3 || a.Stage == 5) {
			failing[a.Stage] = a.Name
		}
		if failing[a.Stage] == a.Name {
			return transfers.Fails
		}
		return transfers.Succeeds
	}})
	for range 3 {
		p.file(1)
		p.steps(20)
	}
	sites.replicated(t)
	staged := call{op: "createStagingJob", body: far.toStage(map[string]any{
		"id": someID, "raw_data_package_ids": one[[]string](far.world, "select array_agg(id::text) from raw_data_package where state = 'archived'"),
	})}
	job := decode[api.StagingJob](far.do(staged).want(http.StatusCreated))
	sites.replicated(t)
	calls := []call{
		{op: "cancelStagingJob", id: job.ID.String(), key: "cancel"},
		{op: "resetTransfer", id: one[string](far.world, "select id::text from data_transfer where status = 'failed'"), key: "reset"},
		{op: "resetArchiveTransfer", id: one[string](far.world, "select id::text from long_term_archive_transfer where status = 'failed'"), key: "reset-archive"},
	}
	sites.lag(t, true)
	statuses := make([]string, len(calls))
	for i, c := range calls {
		statuses[i] = decode[struct{ Status string }](far.do(c).want(http.StatusOK)).Status
	}
	again := make(chan answer, len(calls))
	for _, c := range calls {
		go func() { again <- far.do(c) }()
	}
	early := <-again
	early.problem(http.StatusServiceUnavailable, "position-not-reached")
	for range calls[1:] {
		(<-again).problem(http.StatusServiceUnavailable, "position-not-reached")
	}
	sites.lag(t, false)
	for i, c := range calls {
		a := far.do(c).want(http.StatusOK)
		if now := decode[struct{ Status string }](a); now.Status != statuses[i] || a.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %s at first, then %s %v", c.op, statuses[i], a.text, a.header)
		}
	}
	if now := decode[api.StagingJob](far.do(staged).want(http.StatusCreated)); now.Status != api.StagingStatusCancelled || !now.CreatedAt.Equal(job.CreatedAt) {
		t.Errorf("%+v, at first %+v", now, job)
	}
}
