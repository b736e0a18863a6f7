package ops_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

var update = flag.Bool("update", false, "write the golden files of kinds that have none")

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var (
	id     = uuid.MustParse("0198f2c4-6a00-7cc3-98c4-dc0c0c07398f")
	other  = uuid.MustParse("0198f2c4-6a00-7cc3-98c4-dc0c0c073990")
	parent = uuid.MustParse("0198f2c4-6a00-7cc3-98c4-dc0c0c073991")
	at     = time.Date(2026, 7, 15, 11, 20, 0, 123456000, time.UTC)
)

// samples is one step of every kind.
func samples() []buffer.Step {
	return slices.Concat(recordSamples(), accessSamples(), tokenSamples(), sourceSamples(), planSamples(), transferSamples())
}

func recordSamples() []buffer.Step {
	comment, conditions := "done", json.RawMessage(`{}`)
	size, checksum, algorithm := int64(1<<53+1), "d41d8cd98f00b204e9800998ecf8427e", maindb.ChecksumAlgorithmMd5
	return []buffer.Step{
		ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
			ID: id, ObsUnitID: 1, Site: "observatory", StartTime: at, Observer: "night-shift", Comment: "Orion A, scan 1",
			Conditions: json.RawMessage(`{"pwv_mm":0.41}`), RecordedAt: at,
		}),
		ops.Finish(nil, maindb.FinishExecutedObsUnitParams{
			ID: id, Status: maindb.ObservationStatusCompleted, EndTime: at.Add(9 * time.Minute), Comment: &comment,
			Conditions: &conditions, FinishedBy: "scheduler",
		}),
		ops.CreatePackage.With(maindb.CreateRawDataPackageParams{
			ID: id, ExecutedObsUnitID: parent, InstrumentModuleID: 1, Name: "level0_1784114400", RelativePath: "17841/level0_1784114400.tar", CreatedAt: at,
		}),
		ops.Finalize(nil, maindb.FinalizeRawDataPackageParams{
			ID: id, SizeBytes: &size, Checksum: &checksum, ChecksumAlgorithm: &algorithm, FinalizedAt: at,
		}),
		ops.RegisterFiles.With(maindb.CreateRawDataFilesParams{
			IDs: []uuid.UUID{id, other}, ExecutedObsUnitIDs: []uuid.UUID{parent, parent}, RawDataPackageIDs: []uuid.UUID{uuid.Nil, other},
			InstrumentModuleIDs: []int32{1, 2}, Names: []string{"a.g3", "b.g3"}, RelativePaths: []string{"17841/a.g3", "17841/b.g3"},
			FileTypes: []string{"g3", ""}, SizesBytes: []int64{0, size}, Checksums: []string{checksum, checksum},
			ChecksumAlgorithms: []string{"md5", "md5"}, RecordedAts: []time.Time{at, at},
		}),
		ops.Assign(nil, maindb.AssignRawDataFilesParams{IDs: []uuid.UUID{id, other}, RawDataPackageID: parent}),
		ops.WithdrawFile.With(maindb.DeleteRawDataFileParams{ID: id, Checksum: checksum, SizeBytes: size}),
	}
}

// accessSamples is one step of every kind that is about who may do what, but for tokens.
func accessSamples() []buffer.Step {
	number, login, when := int64(1<<40), "night-shift", at
	seen := replicadb.UserAccount{ID: id, Name: "night-shift"}
	return []buffer.Step{
		ops.RequireAccess.With(maindb.RequireAccessParams{UserID: id, TokenID: &other, SessionStarted: &when, Roles: []string{"observer"}}),
		ops.CreateUser.With(maindb.CreateUserParams{
			ID: id, Name: "night-shift", FullName: "Night shift", Email: "night@ops.example", GitHubID: &number, GitHubLogin: &login, CreatedAt: at,
		}),
		ops.ChangeUser(seen, maindb.UpdateUserParams{
			ID: id, FullName: "Night shift", Email: "night@ops.example", GitHubID: &number, GitHubLogin: &login,
			DisabledAt: &when, SignedOutAt: &when, Version: 3,
		}),
		ops.GiveRoles(id, "night-shift", maindb.RoleSourceGranted, []string{"observer", "viewer"}),
		ops.CreateAccessEvent.With(maindb.CreateAccessEventParams{
			ID: id, At: at, Site: "observatory", Actor: "admin", Address: "203.0.113.7", Action: "user.updated", UserID: &other, TokenID: &parent,
			Detail: json.RawMessage(`{"name":"night-shift"}`),
		}),
		ops.PutPreferences.With(maindb.PutUserPreferencesParams{
			UserID: id, Document: json.RawMessage(`{"theme":"dark"}`), UpdatedAt: at.Add(time.Hour), Expected: &when,
		}),
	}
}

// tokenSamples is one step of every kind that is about tokens.
func tokenSamples() []buffer.Step {
	expires, seen := at.Add(time.Hour), replicadb.APITokenAccount{ID: id, CreatedAt: at}
	hash := strings.Repeat("0123456789abcdef", 4)
	return []buffer.Step{
		ops.CreateToken.With(maindb.CreateAPITokenParams{
			ID: id, UserID: other, Name: "pointing script", TokenHash: hash, KeyID: "0f1e2d3c", TokenPrefix: "ops_api_token_4fG7",
			Scopes: []string{"read:*", "write:observations"}, CreatedAt: at, CreatedBy: "night-shift", ExpiresAt: &expires, RotatedFrom: &parent,
		}),
		ops.Revoke(seen, at),
		ops.RevokeLine(seen, at),
		ops.RequireTokenRoom.With(maindb.RequireAPITokenRoomParams{UserID: other, Most: 100, Replaced: &parent}),
		ops.Retire(seen, at),
		ops.CountTokenUses.With(maindb.CountAPITokenUsesParams{
			IDs: []uuid.UUID{id, other}, Counts: []int64{1 << 40, 1}, LastUsedAts: []time.Time{at, at}, LastUsedFroms: []string{"203.0.113.7", ""},
			Hashes: []string{hash, ""}, KeyIDs: []string{"0f1e2d3c", ""}, Site: "observatory",
		}),
	}
}

func TestEveryKindHasASample(t *testing.T) {
	var kinds []string
	for _, s := range samples() {
		kinds = append(kinds, s.Kind)
	}
	slices.Sort(kinds)
	if diff := cmp.Diff(ops.Registry.Kinds(), kinds); diff != "" {
		t.Errorf("-registered +sampled:\n%s", diff)
	}
}

// The JSON of a kind may lie in a buffer or a journal for as long as the ledger remembers: no release may change it. A
// golden file is never rewritten; a changed meaning gets a new kind.
func TestStoredFormIsPinned(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.Kind, func(t *testing.T) {
			path := filepath.Join("testdata", s.Kind+".json")
			want, err := os.ReadFile(path)
			if os.IsNotExist(err) && *update {
				if err := os.WriteFile(path, append(s.Params, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(s.Params)); diff != "" {
				t.Errorf("-stored +now:\n%s", diff)
			}
			pinned := buffer.Step{Kind: s.Kind, Params: json.RawMessage(want)}
			if _, err := ops.Registry.Effect(pinned); err != nil {
				t.Errorf("the pinned form is not read: %v", err)
			}
		})
	}
}

// COMMIT travels with the statements, so each of them has to fail by itself when it does not find what it needs.
func TestNoOpSucceedsOnEmptyTables(t *testing.T) {
	address := pgtest.New(t)
	for _, s := range samples() {
		t.Run(s.Kind, func(t *testing.T) {
			db := pgtest.Connect(t, address)
			tx, err := db.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := tx.Rollback(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
			if _, err := tx.Exec(t.Context(), "truncate obs_unit, instrument_module cascade"); err != nil {
				t.Fatal(err)
			}
			effect, err := ops.Registry.Effect(s)
			if err != nil {
				t.Fatal(err)
			}
			err = ops.Registry.Run(t.Context(), maindb.New(tx), s)
			if len(effect.Writes) > 0 && effect.Writes[0].Action == buffer.Insert && len(effect.Needs) == 0 {
				if err != nil {
					t.Errorf("what needs nothing fails: %v", err)
				}
				return
			}
			if code := postgres.SQLState(err); code != "P0002" && code != "23503" {
				t.Errorf("SQLSTATE %q (%v), want P0002 or 23503", code, err)
			}
		})
	}
}

// What an op needs is what the foreign keys of the tables that it inserts into demand.
func TestNeedsAreTheForeignKeys(t *testing.T) {
	db := pgtest.Connect(t, pgtest.New(t))
	rows, err := db.Query(t.Context(), `
		select c.relname, f.relname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
		where k.contype = 'f'
		  and k.conname <> 'raw_data_package_data_transfer_package_id_fkey' -- what a package travels in is set later, by others`)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ From, To string }])
	if err != nil {
		t.Fatal(err)
	}
	demanded := map[string][]string{}
	for _, k := range keys {
		demanded[k.From] = append(demanded[k.From], k.To)
	}
	for _, s := range samples() {
		effect, err := ops.Registry.Effect(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(effect.Writes) == 0 || effect.Writes[0].Action != buffer.Insert && effect.Writes[0].Action != buffer.Bulk {
			continue
		}
		var needed []string
		for _, r := range effect.Needs {
			if !slices.Contains(needed, r.Table) {
				needed = append(needed, r.Table)
			}
		}
		want := slices.Clone(demanded[effect.Writes[0].Record.Table])
		slices.Sort(needed)
		slices.Sort(want)
		if diff := cmp.Diff(want, needed); diff != "" {
			t.Errorf("%s: -foreign keys +needs:\n%s", s.Kind, diff)
		}
	}
}

// A state without its list would hide pending executions from whoever asks for any state.
func TestListsCoverEveryState(t *testing.T) {
	var states []string
	if err := pgtest.Connect(t, pgtest.New(t)).QueryRow(t.Context(), "select enum_range(null::observation_status)::text[]").Scan(&states); err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, state := range states {
		lists = append(lists, ops.ExecutionLists(7, state)...)
	}
	if diff := cmp.Diff(lists, ops.ExecutionLists(7, "")); diff != "" {
		t.Error(diff)
	}
}

// What a site that was cut off could not see is seen when it is executed: a package has files of its own execution only.
func TestNoFileGoesIntoAPackageOfAnotherExecution(t *testing.T) {
	db := pgtest.Connect(t, pgtest.New(t))
	var unit, module int32
	if err := db.QueryRow(t.Context(), "select (select min(id) from obs_unit), (select min(id) from instrument_module)").Scan(&unit, &module); err != nil {
		t.Fatal(err)
	}
	start := func(id uuid.UUID) buffer.Step {
		return ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{ID: id, ObsUnitID: unit, Site: "observatory", StartTime: at, Conditions: []byte("{}"), RecordedAt: at})
	}
	file := func(id, pack uuid.UUID) buffer.Step {
		return ops.RegisterFiles.With(maindb.CreateRawDataFilesParams{
			IDs: []uuid.UUID{id}, ExecutedObsUnitIDs: []uuid.UUID{other}, RawDataPackageIDs: []uuid.UUID{pack}, InstrumentModuleIDs: []int32{module},
			Names: []string{"a"}, RelativePaths: []string{"a"}, FileTypes: []string{""}, SizesBytes: []int64{1}, Checksums: []string{"0123456789abcdef"},
			ChecksumAlgorithms: []string{"xxh3"}, RecordedAts: []time.Time{at},
		})
	}
	run := func(step buffer.Step) error { return ops.Registry.Run(t.Context(), maindb.New(db), step) }
	lone := uuid.New()
	for _, step := range []buffer.Step{
		start(id), start(other),
		ops.CreatePackage.With(maindb.CreateRawDataPackageParams{ID: parent, ExecutedObsUnitID: id, InstrumentModuleID: module, Name: "a", RelativePath: "a", CreatedAt: at}),
	} {
		if err := run(step); err != nil {
			t.Fatal(step.Kind, err)
		}
	}
	refused := func(step buffer.Step, detail string) {
		t.Helper()
		var database *pgconn.PgError
		if err := run(step); !errors.As(err, &database) || database.Code != "23000" || !strings.Contains(database.Detail, detail) {
			t.Errorf("%s: %v", step.Kind, err)
		}
	}
	refused(file(lone, parent), parent.String())
	if err := run(file(lone, uuid.Nil)); err != nil {
		t.Fatal(err)
	}
	refused(ops.Assign(nil, maindb.AssignRawDataFilesParams{IDs: []uuid.UUID{lone}, RawDataPackageID: parent}), lone.String())
	var packed int
	if err := db.QueryRow(t.Context(), "select count(*) from raw_data_file where raw_data_package_id is not null").Scan(&packed); err != nil || packed != 0 {
		t.Errorf("%d files are in the package: %v", packed, err)
	}
}
