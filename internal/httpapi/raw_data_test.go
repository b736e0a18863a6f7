package httpapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestFilesAndPackages(t *testing.T) {
	for name, kind := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			execution := s.start(nil).ID
			const large = 1<<53 - 1
			created := s.do(call{op: "createRawDataFile", body: s.example("createRawDataFile", map[string]any{
				"executed_obs_unit_id": execution, "size_bytes": large, "checksum": strings.Repeat("AB", 16),
			})}).want(http.StatusCreated)
			file := decode[api.WriteReceipt](created)
			if want := "/raw_data_files/" + file.ID.String(); created.header.Get("Location") != want {
				t.Errorf("Location %q, want %q", created.header.Get("Location"), want)
			}
			read := decode[api.RawDataFile](s.do(call{op: "getRawDataFile", id: file.ID.String()}).want(http.StatusOK))
			if read.SizeBytes != large || read.Checksum != strings.Repeat("ab", 16) {
				t.Errorf("the file is %+v", read)
			}
			pack := decode[api.WriteReceipt](s.do(call{op: "createRawDataPackage", body: s.example("createRawDataPackage", map[string]any{
				"executed_obs_unit_id": execution, "raw_data_file_ids": []uuid.UUID{file.ID},
			})}).want(http.StatusCreated))
			bulk := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 3, map[string]any{"raw_data_package_id": pack.ID})}).want(http.StatusCreated))
			if bulk.Count != 3 || len(bulk.IDs) != 3 {
				t.Errorf("the bulk is %+v", bulk)
			}
			whole := decode[api.RawDataPackageDetail](s.do(call{op: "getRawDataPackage", id: pack.ID.String()}).want(http.StatusOK))
			if len(whole.RawDataFiles) != 4 || whole.Status != api.PackageStatusBuilding {
				t.Errorf("the package is %+v", whole)
			}
			s.do(call{op: "finalizeRawDataPackage", id: pack.ID.String(), body: s.exampleOf("finalizeRawDataPackage")}).want(http.StatusOK)
			s.do(call{op: "finalizeRawDataPackage", id: pack.ID.String(), body: s.exampleOf("finalizeRawDataPackage")}).want(http.StatusOK)
			s.do(call{op: "finalizeRawDataPackage", id: pack.ID.String(), body: `{"size_bytes":1}`}).problem(http.StatusConflict, "record-differs")
			s.do(call{op: "withdrawRawDataFile", id: bulk.IDs[0].String()}).want(http.StatusOK)
			s.do(call{op: "getRawDataFile", id: bulk.IDs[0].String()}).problem(http.StatusNotFound, "not-found")
			detail := decode[api.ExecutedObsUnitDetail](s.do(call{op: "getExecutedObsUnit", id: execution.String()}).want(http.StatusOK))
			if len(detail.RawDataFiles) != 3 || len(detail.RawDataPackages) != 1 || detail.RawDataPackages[0].Status != api.PackageStatusComplete {
				t.Errorf("the execution is %+v", detail)
			}
		})
	}
}

// bulkOf makes a bulk of files of one execution.
func bulkOf(execution uuid.UUID, n int, changes map[string]any) []map[string]any {
	files := make([]map[string]any, n)
	for i := range files {
		files[i] = map[string]any{
			"executed_obs_unit_id": execution, "instrument_module_id": 1, "name": fmt.Sprintf("f%d.g3", i),
			"relative_path": fmt.Sprintf("17841/%s/f%d.g3", execution, i), "size_bytes": i, "checksum": strings.Repeat("0", 16), "checksum_algorithm": "xxh3",
		}
		maps.Copy(files[i], changes)
	}
	return files
}

func TestFilesThatCannotBe(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	execution, other := s.start(nil).ID, s.start(nil).ID
	pack := decode[api.WriteReceipt](s.do(call{op: "createRawDataPackage", body: s.example("createRawDataPackage", map[string]any{"executed_obs_unit_id": execution})}).want(http.StatusCreated))
	file := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 1, map[string]any{"raw_data_package_id": pack.ID})}).want(http.StatusCreated)).IDs[0]
	many := bulkOf(execution, 101, nil)
	for i := range many {
		many[i]["executed_obs_unit_id"] = uuid.New()
	}
	same := bulkOf(execution, 2, map[string]any{"relative_path": "17841/same.g3"})
	unknown := bulkOf(execution, 2, nil)
	unknown[1]["executed_obs_unit_id"], unknown[1]["instrument_module_id"] = someID, 999
	long := bulkOf(execution, 1, map[string]any{"checksum": strings.Repeat("0", 17)})
	foreign := bulkOf(other, 1, map[string]any{"raw_data_package_id": pack.ID})
	for name, test := range map[string]struct {
		op       string
		id       string
		body     any
		slug     string
		pointers []string
	}{
		"of 101 executions":   {"createRawDataFiles", "", many, "invalid", []string{""}},
		"twice in one bulk":   {"createRawDataFiles", "", same, "invalid", []string{"/1/relative_path"}},
		"of nothing":          {"createRawDataFiles", "", unknown, "reference-unknown", []string{"/1/instrument_module_id", "/1/executed_obs_unit_id"}},
		"wrong checksum":      {"createRawDataFiles", "", long, "invalid", []string{"/0/checksum"}},
		"package of another":  {"createRawDataFiles", "", foreign, "invalid", []string{"/0/raw_data_package_id"}},
		"checksum without":    {"finalizeRawDataPackage", pack.ID.String(), `{"checksum":"00000000000000000000000000000000"}`, "invalid", []string{"/checksum"}},
		"files of another":    {"createRawDataPackage", "", s.example("createRawDataPackage", map[string]any{"executed_obs_unit_id": other, "raw_data_file_ids": []uuid.UUID{file}}), "invalid", []string{"/raw_data_file_ids/0", "/raw_data_file_ids/0"}},
		"files that are none": {"createRawDataPackage", "", s.example("createRawDataPackage", map[string]any{"executed_obs_unit_id": other, "raw_data_file_ids": []string{someID}}), "reference-unknown", []string{"/raw_data_file_ids/0"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := s.do(call{op: test.op, id: test.id, body: test.body}).problem(http.StatusUnprocessableEntity, test.slug)
			var pointers []string
			for _, e := range p.Errors {
				pointers = append(pointers, e.Pointer)
			}
			if fmt.Sprint(pointers) != fmt.Sprint(test.pointers) {
				t.Errorf("it points at %v, want %v", p.Errors, test.pointers)
			}
		})
	}
	s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 1001, nil)}).problem(http.StatusRequestEntityTooLarge, "too-large")
	s.do(call{op: "createRawDataFiles", body: `["` + strings.Repeat("x", 1<<20) + `"]`}).problem(http.StatusRequestEntityTooLarge, "too-large")
	s.do(call{op: "withdrawRawDataFile", id: someID}).problem(http.StatusNotFound, "not-found")
	s.do(call{op: "finalizeRawDataPackage", id: someID}).problem(http.StatusNotFound, "not-found")
}

// The same content registered again keeps its first id; both lead to the file.
func TestRegisteringTwice(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Main})
	execution := s.start(nil).ID
	files := bulkOf(execution, 1, nil)
	first := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: files}).want(http.StatusCreated)).IDs[0]
	again := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: files}).want(http.StatusCreated)).IDs[0]
	for _, id := range []uuid.UUID{first, again} {
		if f := decode[api.RawDataFile](s.do(call{op: "getRawDataFile", id: id.String()}).want(http.StatusOK)); f.ID != first {
			t.Errorf("%v leads to %v, want %v", id, f.ID, first)
		}
	}
	pack := s.example("createRawDataPackage", map[string]any{"executed_obs_unit_id": execution, "raw_data_file_ids": []uuid.UUID{again}})
	packed := decode[api.WriteReceipt](s.do(call{op: "createRawDataPackage", body: pack}).want(http.StatusCreated))
	if whole := decode[api.RawDataPackageDetail](s.do(call{op: "getRawDataPackage", id: packed.ID.String()}).want(http.StatusOK)); len(whole.RawDataFiles) != 1 {
		t.Errorf("the package is %+v", whole)
	}
	execution = s.start(nil).ID
	s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 3, nil)}).want(http.StatusCreated)
	others := bulkOf(execution, 3, nil)
	others[0]["size_bytes"], others[2]["size_bytes"] = 77, 77
	p := s.do(call{op: "createRawDataFiles", body: others}).problem(http.StatusConflict, "record-differs")
	if p.Recorded == nil || p.Requested == nil {
		t.Errorf("the conflict does not show both versions: %+v", p)
	}
	if len(p.Errors) != 2 || p.Errors[0].Pointer != "/0" || p.Errors[1].Pointer != "/2" {
		t.Errorf("it points at %+v", p.Errors)
	}
}

// Whatever id of a file its package is made with, the file shows in it at once, and once.
func TestAPackageIsMadeWithAnotherIDOfAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, away := w.open(setup{kind: site.Main}), w.open(setup{kind: site.Secondary, idle: true})
	execution := main.start(nil).ID
	files := bulkOf(execution, 1, nil)
	first := decode[api.BulkReceipt](main.do(call{op: "createRawDataFiles", body: files}).want(http.StatusCreated)).IDs[0]
	again := decode[api.BulkReceipt](main.do(call{op: "createRawDataFiles", body: files}).want(http.StatusCreated)).IDs[0]
	pack := decode[api.WriteReceipt](away.do(call{op: "createRawDataPackage", body: away.example("createRawDataPackage", map[string]any{
		"executed_obs_unit_id": execution, "raw_data_file_ids": []uuid.UUID{again, first},
	})}).want(http.StatusCreated))
	whole := decode[api.RawDataPackageDetail](away.do(call{op: "getRawDataPackage", id: pack.ID.String()}).want(http.StatusOK))
	if len(whole.RawDataFiles) != 1 || whole.RawDataFiles[0].ID != first {
		t.Errorf("the package is %+v", whole)
	}
	for _, id := range []uuid.UUID{first, again} {
		if f := decode[api.RawDataFile](away.do(call{op: "getRawDataFile", id: id.String()}).want(http.StatusOK)); f.RawDataPackageID.IsNull() {
			t.Errorf("%s is %+v", id, f)
		}
	}
	away.do(call{op: "withdrawRawDataFile", id: first.String()}).want(http.StatusOK)
	away.do(call{op: "getRawDataFile", id: again.String()}).problem(http.StatusNotFound, "not-found")
}

// What brings its own id and is known under it must be the same, whether it has been executed or not.
func TestOwnIDs(t *testing.T) {
	for name, kind := range map[string]setup{"main": {kind: site.Main}, "secondary": {kind: site.Secondary}, "cut off": {kind: site.Secondary, idle: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWorld(t).open(kind)
			execution := s.start(nil).ID
			file := s.example("createRawDataFile", map[string]any{"executed_obs_unit_id": execution, "id": uuid.Must(uuid.NewV7())})
			pack := s.example("createRawDataPackage", map[string]any{"executed_obs_unit_id": execution, "id": uuid.Must(uuid.NewV7())})
			for op, body := range map[string]map[string]any{"createRawDataFile": file, "createRawDataPackage": pack} {
				for range 2 {
					receipt := decode[api.WriteReceipt](s.do(call{op: op, body: body}).want(http.StatusCreated))
					if receipt.ID != body["id"] {
						t.Errorf("%s: id %v, want %v", op, receipt.ID, body["id"])
					}
				}
				body["name"] = "another"
				p := s.do(call{op: op, body: body}).problem(http.StatusConflict, "record-differs")
				if p.Recorded == nil || p.Requested == nil {
					t.Errorf("%s: a version is missing: %+v", op, p)
				}
			}
		})
	}
}

// A site that is cut off says at once that it sees no such file, and does not put the script off.
func TestWithdrawingWhatIsNotSeen(t *testing.T) {
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true, idle: true})
	s.do(call{op: "withdrawRawDataFile", id: someID}).problem(http.StatusNotFound, "not-found")
}

// A path that is taken is refused at once, and free again for another registration while it is being withdrawn.
func TestAPathThatIsTaken(t *testing.T) {
	w := newWorld(t)
	w.open(setup{kind: site.Main}) // its heartbeat makes the other site fresh
	s := w.open(setup{kind: site.Secondary})
	eventually(t, "the site is fresh", func() bool {
		return decode[api.Health](s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK)).Replica.Fresh
	})
	execution := s.start(nil).ID
	first := decode[api.BulkReceipt](s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 1, nil)}).want(http.StatusCreated))
	s.replicated(first.TransactionID.String())
	other := bulkOf(execution, 1, map[string]any{"size_bytes": 7})
	s.do(call{op: "createRawDataFiles", body: other}).problem(http.StatusConflict, "record-differs")
	s.do(call{op: "createRawDataFiles", body: bulkOf(execution, 1, nil)}).want(http.StatusCreated)
	s.do(call{op: "withdrawRawDataFile", id: first.IDs[0].String()}).want(http.StatusOK)
	s.do(call{op: "createRawDataFiles", body: other}).want(http.StatusCreated)
}
