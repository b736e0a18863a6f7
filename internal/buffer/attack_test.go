package buffer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/redisclient"
)

// loseTail puts the main database back to where it was at that batch, as the promotion of a lagging standby does.
func (f *fixture) loseTail(batch int) {
	f.t.Helper()
	for _, statement := range []string{
		"delete from executed_obs_unit where id in (select e.id from executed_obs_unit e where e.recorded_at >= '2026-07-16')",
		fmt.Sprintf("delete from buffered_transaction where batch > %d", batch),
		fmt.Sprintf("update site_progress set batch = %d, fence = fence - 1", batch),
		"select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'opsdb/%/executor'",
	} {
		if _, err := f.db.Exec(f.ctx(), statement); err != nil {
			f.t.Fatal(err)
		}
	}
}

// What the site has seen replicated, and has cleaned, comes back when the main database turns out to have lost it.
func TestLostTailIsExecutedAgain(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	_, kept := f.start(f.unit(), night)
	f.await(kept.Transaction, buffer.Replicated)
	batch := f.count("select batch from site_progress")
	var ids []uuid.UUID
	var receipts []buffer.Receipt
	for i := range 20 {
		id, r := f.start(f.unit(), night.Add(24*time.Hour+time.Duration(i)*time.Minute))
		ids, receipts = append(ids, id), append(receipts, r)
		if i%2 == 0 {
			receipts = append(receipts, f.finish(id, night.Add(48*time.Hour), maindb.ObservationStatusCompleted))
		}
	}
	for _, r := range receipts {
		f.await(r.Transaction, buffer.Replicated)
	}
	f.loseTail(batch)
	f.eventually("every lost row again, once, finished as before", func() bool {
		return f.count("select count(*) from executed_obs_unit where id = any($1)", ids) == 20 &&
			f.count("select count(*) from executed_obs_unit where id = any($1) and status = 'completed'", ids) == 10
	})
	f.eventually("replicated again", func() bool {
		s := f.Stats(f.ctx())
		return s.Buffered+s.Unreplicated+s.Parked+s.Blocked+s.Retrying == 0
	})
}

// What was edited and then lost is known again as what it was: who waits for the old write is led on to the new one.
func TestALostEditIsKnownAgain(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	_, kept := f.start(f.unit(), night)
	f.await(kept.Transaction, buffer.Replicated)
	late := night.Add(48 * time.Hour)
	batch := f.count("select batch from site_progress")
	bad, poison := f.start(unknownUnit, late)
	f.await(poison.Transaction, buffer.Parked)
	mended, err := f.Edit(f.ctx(), poison.Transaction, "operator", "unit", []buffer.Step{ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
		ID: bad, ObsUnitID: f.unit(), Site: "observatory", StartTime: late, Conditions: json.RawMessage("{}"), RecordedAt: late,
	})})
	if err != nil {
		t.Fatal(err)
	}
	replaced := func() int {
		return f.count("select count(*) from buffered_transaction where id = $1 and outcome = 'replaced'", poison.Transaction)
	}
	f.eventually("both are replicated", func() bool { return replaced() == 1 && f.held() == 0 })
	f.await(mended.Transaction, buffer.Replicated)
	f.loseTail(batch)
	f.eventually("it is replaced once more", func() bool { return replaced() == 1 && f.held() == 0 })
	f.eventually("the ledger leads on", func() bool {
		s, err := f.Transaction(f.ctx(), poison.Transaction)
		return err == nil && s.ReplacedBy != nil && *s.ReplacedBy == mended.Transaction && len(s.Audit) == 1 && s.Audit[0].Reason == "unit"
	})
}

// Batch numbers of a time line that was lost must not prove the replication of later writes.
func TestOldTimeLineProvesNothing(t *testing.T) {
	f := newFixture(t)
	stop := f.run(f.Buffer)
	for i := range 3 {
		_, r := f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
		f.await(r.Transaction, buffer.Replicated)
	}
	stop()
	var before, after string
	if err := f.db.QueryRow(f.ctx(), "select incarnation::text from site_progress").Scan(&before); err != nil {
		t.Fatal(err)
	}
	f.loseTail(1)
	f.run(f.open(f.settings))
	f.eventually("all three again", func() bool { return f.count("select count(*) from buffered_transaction") == 3 })
	if err := f.db.QueryRow(f.ctx(), "select incarnation::text from site_progress").Scan(&after); err != nil {
		t.Fatal(err)
	}
	if before == after {
		t.Error("the batch numbers still count in the incarnation of the lost time line")
	}
}

// Two processes that both believe to be the executor: the one with the older fence writes nothing.
func TestStaleExecutorIsFenced(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	_, first := f.start(f.unit(), night)
	f.await(first.Transaction, buffer.Replicated)
	fence := f.count("select fence from site_progress")
	// A usurper takes the fence without the lease.
	if _, err := f.db.Exec(f.ctx(), "select take_over('observatory', incarnation) from site_progress"); err != nil {
		t.Fatal(err)
	}
	_, second := f.start(f.unit(), night.Add(time.Hour))
	f.await(second.Transaction, buffer.Replicated)
	if now := f.count("select fence from site_progress"); now < fence+2 {
		t.Errorf("fence %d after %d: the executor went on without taking over again", now, fence)
	}
	if n := f.count("select count(*) from executed_obs_unit"); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestAnotherProcessTakesOver(t *testing.T) {
	f := newFixture(t)
	stop := f.run(f.Buffer)
	_, first := f.start(f.unit(), night)
	f.await(first.Transaction, buffer.Replicated)
	f.run(f.open(f.settings))
	stop()
	_, second := f.start(f.unit(), night.Add(time.Hour))
	f.await(second.Transaction, buffer.Replicated)
}

// files buffers the registration of n files of an execution.
func (f *fixture) files(execution uuid.UUID, n int) ([]uuid.UUID, buffer.Receipt) {
	f.t.Helper()
	p := f.fileParams(execution, n)
	r, err := f.Write(f.ctx(), buffer.Request{Operation: "createRawDataFiles", Principal: "test", Critical: true, Bulk: true, Fingerprint: "f"},
		func(_ context.Context, t *buffer.Transaction) error {
			t.Add(ops.RegisterFiles.With(p))
			return nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
	return p.IDs, r
}

func TestBulkIsOneEntryAndEveryRowIsFound(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	ids, bulk := f.files(execution, 1000)
	view := func() (ops.View[replicaFile], *buffer.Pending) {
		look, err := f.Look(f.ctx(), buffer.Query{
			Records: []buffer.Record{{Table: ops.TableFile, ID: ids[0].String()}, {Table: ops.TableFile, ID: ids[999].String()}},
			Ranges:  []buffer.Range{{Table: ops.TableFile, Lists: []string{ops.OfExecution(execution)}, Limit: 10}},
		})
		if err != nil {
			t.Fatal(err)
		}
		files, err := ops.Files(look)
		if err != nil {
			t.Fatal(err)
		}
		return files, look
	}
	files, look := view()
	if len(files) != 1000 || len(look.Transactions) != 1 {
		t.Fatalf("%d files in %d transactions, want 1000 in 1", len(files), len(look.Transactions))
	}
	if size := files[ids[7]][0].Insert.SizeBytes; size != 1<<53+1 {
		t.Errorf("size %d, want 2^53+1", size)
	}
	f.run(f.Buffer)
	f.await(bulk.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from raw_data_file where size_bytes = 9007199254740993"); n != 1000 {
		t.Errorf("%d rows, want 1000", n)
	}
	if files, _ := view(); len(files) != 0 {
		t.Errorf("the overlay still shows %d files", len(files))
	}
}

// Redis dies between the acceptance and everything else: what was acknowledged is there when it is back.
func TestRedisKilled(t *testing.T) {
	f := newFixture(t)
	var receipts []buffer.Receipt
	for i := range 10 {
		_, r := f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
		receipts = append(receipts, r)
	}
	f.run(f.Buffer)
	f.redis.Restart()
	for _, r := range receipts {
		f.await(r.Transaction, buffer.Replicated)
	}
	if n := f.count("select count(*) from executed_obs_unit"); n != 10 {
		t.Errorf("%d rows, want 10", n)
	}
}

// A transaction that a newer release wrote is not poison: the older executor gives the lease up and touches nothing.
func TestUnknownKindIsLeftToANewerRelease(t *testing.T) {
	f := newFixture(t)
	var newer buffer.Registry
	op := buffer.Register(&newer, "executed_obs_unit.create.v9", (*maindb.Queries).CreateExecutedObsUnit,
		func(maindb.CreateExecutedObsUnitParams) buffer.Effect { return buffer.Effect{} })
	later := f.openWith(f.settings, &newer)
	receipt, err := later.Write(f.ctx(), buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"},
		func(_ context.Context, tx *buffer.Transaction) error {
			tx.Add(op.With(maindb.CreateExecutedObsUnitParams{
				ID: tx.RecordID(nil), ObsUnitID: f.unit(), Site: "observatory", StartTime: night, Conditions: json.RawMessage("{}"), RecordedAt: night,
			}))
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	stop := f.run(f.Buffer)
	f.eventually("an alarm", func() bool { return f.Stats(f.ctx()).Alarm != "" })
	if s, err := f.Transaction(f.ctx(), receipt.Transaction); err != nil || s.State != buffer.Buffered || s.Attempts != 0 {
		t.Errorf("state %s after %d attempts, %v", s.State, s.Attempts, err)
	}
	stop()
	f.run(later)
	f.await(receipt.Transaction, buffer.Replicated)
}

// Redis that stops to keep what it acknowledges, while it runs, is trusted no longer.
func TestRedisThatForgetsIsNotTrusted(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	f.start(f.unit(), night)
	f.configure("appendfsync", "everysec")
	f.eventually("a refusal", func() bool {
		_, err := f.Write(f.ctx(), buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"},
			func(_ context.Context, tx *buffer.Transaction) error {
				tx.Add(ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
					ID: tx.RecordID(nil), ObsUnitID: f.unit(), Site: "observatory", StartTime: night, Conditions: json.RawMessage("{}"), RecordedAt: night,
				}))
				return nil
			})
		return errs.KindOf(err) == errs.Unavailable && err != nil
	})
	f.configure("appendfsync", "always")
	f.start(f.unit(), night)
}

// configure changes a setting of Redis.
func (f *fixture) configure(setting, value string) {
	f.t.Helper()
	f.command(func(c rueidis.Client) rueidis.Completed {
		return c.B().ConfigSet().ParameterValue().ParameterValue(setting, value).Build()
	})
}

// command sends one command to Redis.
func (f *fixture) command(build func(rueidis.Client) rueidis.Completed) {
	f.t.Helper()
	c, err := redisclient.New(redisclient.Options{Address: f.redis.Address()}).Get()
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	if err := c.Do(f.ctx(), build(c)).Error(); err != nil {
		f.t.Fatal(err)
	}
}
