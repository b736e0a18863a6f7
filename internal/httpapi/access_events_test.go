package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

// entry is the part of an event that a test knows beforehand.
type entry struct {
	Action api.AccessAction
	User   string
	Detail string
}

func entries(events []api.AccessEvent) []entry {
	list := make([]entry, len(events))
	for i, e := range events {
		list[i] = entry{Action: e.Action, Detail: string(e.Detail)}
		if id, err := e.UserID.Get(); err == nil {
			list[i].User = id.String()
		}
	}
	slices.Reverse(list)
	return list
}

// The audit trail says what was changed, from what to what, and of what was read, refused or the same as before nothing.
func TestTheAuditTrailHasEachChangeAndNothingElse(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	user := s.createUser(nil)
	id := user.ID.String()
	s.change(user.ID, map[string]any{"full_name": user.FullName, "roles": []string{"service"}, "disabled": false}).want(http.StatusOK)
	s.change(user.ID, map[string]any{"roles": []string{"viewer", "observer"}, "email": "a@b"}).want(http.StatusOK)
	s.change(user.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	s.change(user.ID, map[string]any{"disabled": true}).want(http.StatusOK)
	s.change(user.ID, map[string]any{"roles": []string{"astronaut"}}).want(http.StatusUnprocessableEntity)
	s.do(call{op: "createUser", body: map[string]any{"name": user.Name}}).want(http.StatusConflict)
	s.change(s.admin().ID, map[string]any{"disabled": true}).want(http.StatusConflict)
	s.put(`{"theme":"dark"}`, "", "").want(http.StatusOK)
	s.start(nil)
	s.getUser(user.ID)

	want := []entry{
		{"user.created", id, `{"disabled":false,"email":"","full_name":"Prime-Cam data recording","github_login":"","name":"prime-cam-drs","roles":["service"]}`},
		{"user.updated", id, `{"after":{"email":"a@b","roles":["observer","viewer"]},"before":{"email":"","roles":["service"]},"name":"prime-cam-drs"}`},
		{"user.updated", id, `{"after":{"disabled":true},"before":{"disabled":false},"name":"prime-cam-drs"}`},
	}
	got := s.audited("", 2)
	for i := range got {
		var detail map[string]any
		if err := json.Unmarshal(got[i].Detail, &detail); err != nil {
			t.Fatal(err)
		}
		sorted, err := json.Marshal(detail)
		if err != nil {
			t.Fatal(err)
		}
		got[i].Detail = sorted
	}
	if diff := gocmp.Diff(want, entries(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, e := range got {
		if e.Actor != "admin-on-duty" || e.Site != "cologne" || e.Address != "127.0.0.1" || e.Sync != api.SyncStateReplicated {
			t.Errorf("%+v", e)
		}
	}
	s.do(call{op: "signOutUser", id: id}).want(http.StatusOK)
	last := s.audited("&action=user.signed_out&user_id="+id, 10)
	if len(last) != 1 || !strings.Contains(string(last[0].Detail), `"signed_out_at"`) {
		t.Errorf("%+v", last)
	}
}
