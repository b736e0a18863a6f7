package buffer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

type replicaFile = replicadb.RawDataFile

// fixture is a secondary site whose replica is the main database itself: whatever is committed is replayed at once.
type fixture struct {
	*buffer.Buffer
	t        *testing.T
	address  postgres.Address
	db       *pgx.Conn
	redis    *redistest.Redis
	settings buffer.Config
}

func settings() buffer.Config {
	return buffer.Config{
		Site:       site.Site{Name: "observatory", Type: site.Secondary, BufferCritical: true},
		BufferSize: 1000, RetryAttempts: 2, RetryDelay: 50 * time.Millisecond, Interval: 100 * time.Millisecond,
		LSNTracking: true, LSNCheckInterval: 10 * time.Millisecond, LSNTimeout: 30 * time.Second, ReferenceFreshness: 10 * time.Second,
		JournalKeep: time.Hour, JournalMaxBytes: 64 << 20, LedgerKeep: 9600 * time.Hour, DirectTimeout: 5 * time.Second,
	}
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, address: pgtest.New(t), redis: redistest.New(t), settings: settings()}
	f.db = pgtest.Connect(t, f.address)
	f.Buffer = f.open(f.settings)
	return f
}

// open makes another process of the same site.
func (f *fixture) open(cfg buffer.Config) *buffer.Buffer { return f.openWith(cfg, &ops.Registry) }

// openWith makes a process of another release.
func (f *fixture) openWith(cfg buffer.Config, registry *buffer.Registry) *buffer.Buffer {
	f.t.Helper()
	return f.process(cfg, registry, f.address)
}

// process makes a process that reaches the main database at that address.
func (f *fixture) process(cfg buffer.Config, registry *buffer.Registry, mainAddress postgres.Address) *buffer.Buffer {
	f.t.Helper()
	main, err := postgres.NewMain(f.t.Context(), mainAddress, "test", cfg.DirectTimeout)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(main.Close)
	replica, err := postgres.NewReplica(f.t.Context(), f.address, "test")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(replica.Close)
	client := redisclient.New(redisclient.Options{Address: f.redis.Address()})
	f.t.Cleanup(client.Close)
	return buffer.New(cfg, client, main, replica, registry, slog.New(slog.NewTextHandler(f.t.Output(), nil)))
}

// run lets a process execute until stop is called.
func (f *fixture) run(b *buffer.Buffer) (stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("Run: %v", err)
		}
	}
	f.t.Cleanup(stop)
	return stop
}

func (f *fixture) ctx() context.Context { return f.t.Context() }

// start buffers the start of an execution of the unit and returns its id.
func (f *fixture) start(unit int32, at time.Time) (uuid.UUID, buffer.Receipt) {
	f.t.Helper()
	return f.startAs(buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"}, unit, at)
}

func (f *fixture) startAs(r buffer.Request, unit int32, at time.Time) (uuid.UUID, buffer.Receipt) {
	f.t.Helper()
	var id uuid.UUID
	receipt, err := f.Write(f.ctx(), r, func(_ context.Context, t *buffer.Transaction) error {
		id = t.RecordID(nil)
		t.Add(ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
			ID: id, ObsUnitID: unit, Site: "observatory", StartTime: at, Conditions: json.RawMessage("{}"), RecordedAt: at,
		}))
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return id, receipt
}

// finish buffers the end of an execution as any client would: it looks first.
func (f *fixture) finish(id uuid.UUID, end time.Time, status maindb.ObservationStatus) buffer.Receipt {
	f.t.Helper()
	receipt, err := f.Write(f.ctx(), buffer.Request{Operation: "finishExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"},
		func(ctx context.Context, t *buffer.Transaction) error {
			look, err := f.Look(ctx, buffer.Query{Records: []buffer.Record{{Table: ops.TableExecution, ID: id.String()}}})
			if err != nil {
				return err
			}
			t.Saw(look)
			view, err := ops.Executions(look)
			if err != nil {
				return err
			}
			p := maindb.FinishExecutedObsUnitParams{ID: id, Status: status, EndTime: end, FinishedBy: "test"}
			for _, pending := range view[id] {
				if pending.Insert != nil {
					t.Add(ops.Finish(pending.Insert, p))
					return nil
				}
			}
			t.Add(ops.Finish(nil, p))
			return nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
	return receipt
}

// await waits until a transaction has that state.
func (f *fixture) await(id uuid.UUID, want buffer.State) buffer.Status {
	f.t.Helper()
	var last buffer.Status
	f.eventually("transaction "+id.String()+" "+string(want), func() bool {
		s, err := f.Transaction(f.ctx(), id)
		if err != nil {
			f.t.Fatal(err)
		}
		last = s
		return s.State == want
	})
	return last
}

// eventually polls a condition that other goroutines bring about.
func (f *fixture) eventually(what string, condition func() bool) {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			f.t.Fatalf("never: %s", what)
		}
	}
}

// count returns a number that a query selects in the main database.
func (f *fixture) count(query string, args ...any) int {
	f.t.Helper()
	var n int
	if err := f.db.QueryRow(f.ctx(), query, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// unit returns a planned unit of the seed data.
func (f *fixture) unit() int32 {
	f.t.Helper()
	return int32(f.count("select min(id) from obs_unit"))
}

var night = time.Date(2026, 7, 15, 23, 0, 0, 0, time.UTC)

// held is how many transactions the site holds, wherever they wait.
func (f *fixture) held() int {
	f.t.Helper()
	s := f.Stats(f.ctx())
	if !s.RedisReachable {
		return -1
	}
	return s.Buffered + s.Unreplicated + s.Parked + s.Blocked + s.Retrying
}
