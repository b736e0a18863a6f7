package httpapi_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
	"github.com/ccatobs/opsdb/internal/site"
)

// A package that was complete when a file was registered was copied without the file, whatever the registration says.
func TestAFileThatComesAfterItsPackageIsNotSafeToDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.open(setup{kind: site.Main})
	p := w.pipeline(transfers.Options{})
	p.file(1)
	safe := func(file string) api.SafeToDelete {
		s.t.Helper()
		return decode[api.SafeToDelete](s.do(call{op: "getSafeToDelete", id: file}).want(http.StatusOK))
	}
	inTime := one[string](w, "select id::text from raw_data_file order by relative_path limit 1")
	for range 60 {
		if safe(inTime).Safe {
			break
		}
		p.steps(1)
	}
	if got := safe(inTime); !got.Safe {
		t.Fatalf("never safe: %+v", got)
	}
	body := s.example("createRawDataFile", map[string]any{
		"executed_obs_unit_id": one[uuid.UUID](w, "select executed_obs_unit_id from raw_data_package"),
		"raw_data_package_id":  one[uuid.UUID](w, "select id from raw_data_package"),
	})
	late := decode[api.WriteReceipt](s.do(call{op: "createRawDataFile", body: body}).want(http.StatusCreated)).ID.String()
	got := safe(late)
	if got.Safe || got.VerifiedCopies != 0 || got.InLongTermArchive || got.Archived || !slices.Contains(got.Reasons, api.SafeToDeleteReasonsInNoPackage) {
		t.Errorf("what came later: %+v", got)
	}
	// Nor is a file that took the place of one that was copied.
	place := one[string](w, "select relative_path from raw_data_file where id = $1", inTime)
	body["relative_path"], body["instrument_module_id"] = place, one[int32](w, "select instrument_module_id from raw_data_file where id = $1", inTime)
	w.execute("delete from physical_copy where raw_data_file_id = $1", inTime)
	s.do(call{op: "withdrawRawDataFile", id: inTime}).want(http.StatusOK)
	instead := decode[api.WriteReceipt](s.do(call{op: "createRawDataFile", body: body}).want(http.StatusCreated)).ID.String()
	if got := safe(instead); got.Safe || got.VerifiedCopies != 0 {
		t.Errorf("what took the place of another: %+v", got)
	}
}

// What is in a complete package stays as it is.
func TestACompletePackageTakesNoMoreFiles(t *testing.T) {
	for name, kind := range map[string]setup{"main": {kind: site.Main}, "secondary": {kind: site.Secondary}, "cut off": {kind: site.Secondary, idle: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			execution := s.start(nil).ID
			files := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 2, nil)}).want(http.StatusCreated)).IDs
			id := uuid.Must(uuid.NewV7())
			with := func(key string, files ...uuid.UUID) call {
				body := s.example("createRawDataPackage", map[string]any{"id": id, "executed_obs_unit_id": execution, "raw_data_file_ids": files})
				return call{op: "createRawDataPackage", key: key, body: body}
			}
			s.do(with("", files[0])).want(http.StatusCreated)
			s.do(call{op: "finalizeRawDataPackage", id: id.String(), body: `{"size_bytes": 1}`}).want(http.StatusOK)
			p := s.do(with("", files...)).problem(http.StatusUnprocessableEntity, "invalid")
			if len(p.Errors) != 1 || p.Errors[0].Pointer != "/raw_data_file_ids/1" {
				t.Errorf("it points at %+v", p.Errors)
			}
			// What was said before is said again.
			s.do(with("another-key", files[0])).want(http.StatusCreated)
			got := decode[api.RawDataPackageDetail](s.do(call{op: "getRawDataPackage", id: id.String()}).want(http.StatusOK))
			if len(got.RawDataFiles) != 1 || got.RawDataFiles[0].ID != files[0] {
				t.Errorf("the package is %+v", got)
			}
		})
	}
}
