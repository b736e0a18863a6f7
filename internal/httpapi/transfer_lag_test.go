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
