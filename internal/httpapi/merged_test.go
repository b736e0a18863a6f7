package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/site"
)

// observatory is a secondary site in this process, on a real standby that lags when it is told to.
type observatory struct {
	t       *testing.T
	ctx     context.Context
	rand    *rand.Rand
	server  *Server
	buffer  *buffer.Buffer
	main    *pgx.Conn
	standby *pgx.Conn
	halt    func()
	paused  bool
	units   []plannedUnit
	model   map[uuid.UUID]*expected
	order   []uuid.UUID
	module  int32
}

type plannedUnit struct {
	ID      int32
	Program int32
	Modules []int32
}

// expected is what the site must show of an execution: the oracle executes every accepted write at once.
type expected struct {
	row      seenExecution
	unit     plannedUnit
	files    map[uuid.UUID]string // id to package
	packages map[uuid.UUID]string // id to status
	touched  int                  // step of the last change
	poison   bool
}

// seenExecution is the part of an execution that is compared.
type seenExecution struct {
	ID      uuid.UUID
	Unit    int32
	Status  string
	Start   time.Time
	End     time.Time
	Comment string
}

func newObservatory(t *testing.T, seed uint64) *observatory {
	t.Helper()
	l := labtest.Start(t, lab.Options{NoFsync: true})
	here := l.Site("observatory")
	o := &observatory{
		t: t, rand: rand.New(rand.NewPCG(seed, 0)), model: make(map[uuid.UUID]*expected),
		ctx: withExchange(labtest.Context(t), &exchange{header: http.Header{}, operation: &operation{}}),
	}
	mainPool, err := postgres.NewMain(t.Context(), address(t, here.Main), "merged-test", 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mainPool.Close)
	replica, err := postgres.NewReplica(t.Context(), address(t, here.Database), "merged-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(replica.Close)
	redis, err := url.Parse(here.Redis)
	if err != nil {
		t.Fatal(err)
	}
	client := redisclient.New(redisclient.Options{Address: redis.Host})
	t.Cleanup(client.Close)
	where := site.Site{Name: "observatory", Type: site.Secondary, BufferCritical: true}
	o.buffer = buffer.New(buffer.Config{
		Site: where, RetryAttempts: 1, RetryDelay: time.Millisecond, Interval: 20 * time.Millisecond, LSNTracking: true,
		LSNCheckInterval: 5 * time.Millisecond, LSNTimeout: 30 * time.Second, ReferenceFreshness: 10 * time.Second,
		JournalKeep: time.Hour, JournalMaxBytes: 16 << 20, LedgerKeep: 9600 * time.Hour, DirectTimeout: 5 * time.Second,
	}, client, mainPool, replica, &ops.Registry, slog.New(slog.DiscardHandler))
	o.server = &Server{site: where, buffer: o.buffer, replica: replica, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	o.main, o.standby = connect(t, l.Superuser("cologne")), connect(t, l.Superuser("observatory"))
	o.plan()
	t.Cleanup(o.stop)
	return o
}

func address(t *testing.T, text string) postgres.Address {
	t.Helper()
	config, err := pgx.ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	return postgres.Address{Host: config.Host, Port: int(config.Port), User: config.User, Password: config.Password, Name: config.Database}
}

func connect(t *testing.T, text string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Log(err)
		}
	})
	return conn
}

func (o *observatory) exec(conn *pgx.Conn, statement string, args ...any) {
	o.t.Helper()
	if _, err := conn.Exec(o.ctx, statement, args...); err != nil {
		o.t.Fatalf("%s: %v", statement, err)
	}
}

// plan reads the planned units of the seed data.
func (o *observatory) plan() {
	o.t.Helper()
	rows, err := o.main.Query(o.ctx, `
		select u.id, u.observing_program_id, coalesce(array_agg(distinct m.instrument_module_id) filter (where m.id is not null), '{}')
		from obs_unit u
		left join obs_unit_module_configuration c on c.obs_unit_id = u.id
		left join instrument_module_configuration m on m.id = c.instrument_module_configuration_id
		group by u.id order by u.id limit 6`)
	if err != nil {
		o.t.Fatal(err)
	}
	o.units, err = pgx.CollectRows(rows, pgx.RowToStructByPos[plannedUnit])
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.main.QueryRow(o.ctx, "select min(id) from instrument_module").Scan(&o.module); err != nil {
		o.t.Fatal(err)
	}
}

// start lets the executor, the tracker and the cleanup work; stop ends them.
func (o *observatory) start() {
	if o.halt != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(o.ctx))
	done := make(chan error, 1)
	go func() { done <- o.buffer.Run(ctx) }()
	o.halt = func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("Run: %v", err)
		}
	}
}

func (o *observatory) stop() {
	if o.halt != nil {
		o.halt()
		o.halt = nil
	}
}

func (o *observatory) write(build func(context.Context, *buffer.Transaction) error) {
	o.t.Helper()
	_, err := o.buffer.Write(o.ctx, buffer.Request{Operation: "test", Principal: "test", Critical: true, Fingerprint: "f"}, build)
	if err != nil {
		o.t.Fatal(err)
	}
}

// act does one random thing: a write, or something that moves writes along or holds them up.
func (o *observatory) act(step int) {
	o.t.Helper()
	switch n := o.rand.IntN(20); {
	case n < 6:
		o.startOne(step)
	case n < 10:
		o.finishOne(step)
	case n < 13:
		o.registerFiles(step)
	case n < 15:
		o.packFiles(step)
	case n == 15:
		o.withdrawOne(step)
	case n == 16:
		o.stop()
	case n == 17:
		o.start()
	case n == 18 && !o.paused:
		o.exec(o.standby, "select pg_wal_replay_pause()")
		o.paused = true
	case o.paused:
		o.exec(o.standby, "select pg_wal_replay_resume()")
		o.paused = false
	}
}

var epoch = time.Date(2026, 7, 15, 23, 0, 0, 0, time.UTC)

// poisonUnit is planned nowhere: what refers to it parks.
var poisonUnit = plannedUnit{ID: 999_999}

func (o *observatory) startOne(step int) {
	unit := o.units[o.rand.IntN(len(o.units))]
	poison := o.rand.IntN(12) == 0
	if poison {
		unit = poisonUnit
	}
	// Few different starts: ties are the hard part of paging.
	at := epoch.Add(time.Duration(o.rand.IntN(8)) * time.Minute)
	var id uuid.UUID
	o.write(func(_ context.Context, tx *buffer.Transaction) error {
		id = tx.RecordID(nil)
		tx.Add(ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
			ID: id, ObsUnitID: unit.ID, Site: "observatory", StartTime: at, Comment: "begun", Conditions: json.RawMessage("{}"), RecordedAt: at,
		}))
		return nil
	})
	o.order = append(o.order, id)
	o.model[id] = &expected{
		row: seenExecution{ID: id, Unit: unit.ID, Status: "running", Start: at, Comment: "begun"}, unit: unit,
		files: map[uuid.UUID]string{}, packages: map[uuid.UUID]string{}, touched: step, poison: poison,
	}
}

// pick returns a random execution that is not poisoned and fits; nil when there is none.
func (o *observatory) pick(fits func(*expected) bool) *expected {
	candidates := slices.DeleteFunc(slices.Clone(o.order), func(id uuid.UUID) bool { return o.model[id].poison || !fits(o.model[id]) })
	if len(candidates) == 0 {
		return nil
	}
	return o.model[candidates[o.rand.IntN(len(candidates))]]
}

func (o *observatory) finishOne(step int) {
	e := o.pick(func(e *expected) bool { return e.row.Status == "running" })
	if e == nil {
		return
	}
	status := []maindb.ObservationStatus{"completed", "aborted", "failed"}[o.rand.IntN(3)]
	end := e.row.Start.Add(9 * time.Minute)
	var comment *string
	if done := "done"; o.rand.IntN(2) == 0 {
		comment = &done
	}
	o.write(func(ctx context.Context, tx *buffer.Transaction) error {
		known, err := o.server.lookExecution(ctx, e.row.ID)
		if err != nil {
			return err
		}
		tx.Saw(known.Look)
		tx.Add(ops.Finish(known.seen(), maindb.FinishExecutedObsUnitParams{
			ID: e.row.ID, Status: status, EndTime: end, Comment: comment, FinishedBy: "test",
		}))
		return nil
	})
	e.row.Status, e.row.End, e.touched = string(status), end, step
	if comment != nil {
		e.row.Comment = *comment
	}
}

func (o *observatory) registerFiles(step int) {
	e := o.pick(func(*expected) bool { return true })
	if e == nil {
		return
	}
	p := maindb.CreateRawDataFilesParams{}
	for i := range 1 + o.rand.IntN(4) {
		id := uuid.Must(uuid.NewV7())
		p.IDs = append(p.IDs, id)
		p.ExecutedObsUnitIDs = append(p.ExecutedObsUnitIDs, e.row.ID)
		p.RawDataPackageIDs = append(p.RawDataPackageIDs, uuid.Nil)
		p.InstrumentModuleIDs = append(p.InstrumentModuleIDs, o.module)
		p.Names = append(p.Names, "r01d1.g3")
		p.RelativePaths = append(p.RelativePaths, fmt.Sprintf("%s/%d/%d", e.row.ID, step, i))
		p.FileTypes = append(p.FileTypes, "g3")
		p.SizesBytes = append(p.SizesBytes, 1<<53+1)
		p.Checksums = append(p.Checksums, "d41d8cd98f00b204e9800998ecf8427e")
		p.ChecksumAlgorithms = append(p.ChecksumAlgorithms, "md5")
		p.RecordedAts = append(p.RecordedAts, epoch)
		e.files[id] = ""
	}
	o.write(func(_ context.Context, tx *buffer.Transaction) error {
		tx.Add(ops.RegisterFiles.With(p))
		return nil
	})
	e.touched = step
}

// packFiles creates a package and puts the loose files of an execution into it, and sometimes closes it at once.
func (o *observatory) packFiles(step int) {
	e := o.pick(func(e *expected) bool { return len(e.files) > 0 })
	if e == nil {
		return
	}
	var loose []uuid.UUID
	for id, in := range e.files {
		if in == "" {
			loose = append(loose, id)
		}
	}
	slices.SortFunc(loose, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	id := uuid.Must(uuid.NewV7())
	o.write(func(ctx context.Context, tx *buffer.Transaction) error {
		tx.Add(ops.CreatePackage.With(maindb.CreateRawDataPackageParams{
			ID: id, ExecutedObsUnitID: e.row.ID, InstrumentModuleID: o.module, Name: "p", RelativePath: "p", CreatedAt: epoch,
		}))
		var files []replicadb.RawDataFile
		for _, one := range loose {
			known, err := o.server.lookFile(ctx, one)
			if err != nil {
				return err
			}
			tx.Saw(known.Look)
			files = append(files, known.Row)
		}
		if len(loose) > 0 {
			tx.Add(ops.Assign(files, maindb.AssignRawDataFilesParams{IDs: loose, RawDataPackageID: id}))
		}
		return nil
	})
	for _, one := range loose {
		e.files[one] = id.String()
	}
	e.packages[id] = "building"
	e.touched = step
	if o.rand.IntN(2) == 0 {
		return
	}
	o.write(func(ctx context.Context, tx *buffer.Transaction) error {
		known, err := o.server.lookPackage(ctx, id)
		if err != nil {
			return err
		}
		tx.Saw(known.Look)
		tx.Add(ops.Finalize(known.seen(), maindb.FinalizeRawDataPackageParams{ID: id, FinalizedAt: epoch}))
		return nil
	})
	e.packages[id] = "complete"
}

func (o *observatory) withdrawOne(step int) {
	e := o.pick(func(e *expected) bool { return len(e.files) > 0 })
	if e == nil {
		return
	}
	ids := make([]uuid.UUID, 0, len(e.files))
	for id := range e.files {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	id := ids[o.rand.IntN(len(ids))]
	o.write(func(ctx context.Context, tx *buffer.Transaction) error {
		known, err := o.server.lookFile(ctx, id)
		if err != nil {
			return err
		}
		tx.Saw(known.Look)
		tx.Add(ops.Withdraw(known.Row))
		return nil
	})
	delete(e.files, id)
	e.touched = step
}
