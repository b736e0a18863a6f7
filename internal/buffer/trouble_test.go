package buffer_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// unknownUnit is planned nowhere: an execution of it violates a foreign key.
const unknownUnit = 999_999

func TestPoisonParksAndOnlyItsDependentsWait(t *testing.T) {
	f := newFixture(t)
	bad, poison := f.start(unknownUnit, night)
	end := f.finish(bad, night.Add(time.Minute), maindb.ObservationStatusFailed)
	_, healthy := f.start(f.unit(), night.Add(time.Hour))
	f.run(f.Buffer)

	f.await(healthy.Transaction, buffer.Replicated)
	parked := f.await(poison.Transaction, buffer.Parked)
	if parked.Failure == nil || parked.Failure.SQLState != "23503" {
		t.Errorf("failure %+v, want SQLSTATE 23503", parked.Failure)
	}
	if parked.Attempts != f.settings.RetryAttempts {
		t.Errorf("%d attempts, want %d", parked.Attempts, f.settings.RetryAttempts)
	}
	if parked.RetryAt == nil {
		t.Error("a missing row may still come, but no time to try again is set")
	}
	blocked := f.await(end.Transaction, buffer.Blocked)
	if !slices.Contains(blocked.BlockedBy, poison.Transaction) {
		t.Errorf("blocked by %v, want %s", blocked.BlockedBy, poison.Transaction)
	}

	// A parked insert shows, a blocked patch does not.
	look, err := f.Look(f.ctx(), buffer.Query{Ranges: []buffer.Range{
		{Table: ops.TableExecution, Lists: ops.ExecutionLists(unknownUnit, "running"), Limit: 10},
		{Table: ops.TableExecution, Lists: ops.ExecutionLists(unknownUnit, "failed"), Limit: 10},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(look.Ranges[0]) != 1 || len(look.Ranges[1]) != 0 {
		t.Errorf("lists show %v, want the execution as running", look.Ranges)
	}

	f.plan(unknownUnit)
	if _, err := f.Retry(f.ctx(), poison.Transaction, "operator"); err != nil {
		t.Fatal(err)
	}
	f.await(poison.Transaction, buffer.Replicated)
	f.await(end.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from executed_obs_unit where id = $1 and status = 'failed'", bad); n != 1 {
		t.Errorf("%d finished rows, want 1", n)
	}
}

func TestRetryingItselfWhenTheMissingRowComes(t *testing.T) {
	f := newFixture(t)
	_, early := f.start(unknownUnit, night)
	f.run(f.Buffer)
	f.eventually("a first attempt", func() bool {
		s, err := f.Transaction(f.ctx(), early.Transaction)
		return err == nil && s.Attempts > 0
	})
	f.plan(unknownUnit)
	f.await(early.Transaction, buffer.Replicated)
}

func TestDiscard(t *testing.T) {
	f := newFixture(t)
	bad, poison := f.start(unknownUnit, night)
	end := f.finish(bad, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	stop := f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	f.await(end.Transaction, buffer.Blocked)

	if _, err := f.Discard(f.ctx(), poison.Transaction, "operator", "wrong unit", false); errs.KindOf(err) != errs.Conflict {
		t.Fatalf("discarding what others wait for: %v, want a conflict", err)
	}
	s, err := f.Discard(f.ctx(), poison.Transaction, "operator", "wrong unit", true)
	if err != nil {
		t.Fatal(err)
	}
	if s.State != buffer.Discarded || len(s.Audit) != 1 || s.Audit[0].Reason != "wrong unit" {
		t.Errorf("state %s, audit %+v", s.State, s.Audit)
	}
	f.eventually("both in the ledger", func() bool {
		return f.count("select count(*) from buffered_transaction where outcome = 'discarded' and id = any($1)",
			[]uuid.UUID{poison.Transaction, end.Transaction}) == 2
	})
	if n := f.count("select count(*) from executed_obs_unit where id = $1", bad); n != 0 {
		t.Errorf("%d rows of a discarded write", n)
	}
	f.eventually("nothing left in Redis", func() bool {
		s := f.Stats(f.ctx())
		return s.Buffered+s.Parked+s.Blocked+s.Retrying+s.Unreplicated == 0
	})
	stop()
	// The ledger remembers who and why.
	s, err = f.Transaction(f.ctx(), poison.Transaction)
	if err != nil || s.State != buffer.Discarded || len(s.Audit) != 1 || s.Audit[0].By != "operator" {
		t.Errorf("the ledger says %+v, %v", s, err)
	}
}

func TestEditTakesThePlaceOfTheOld(t *testing.T) {
	f := newFixture(t)
	bad, poison := f.start(unknownUnit, night)
	end := f.finish(bad, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	f.run(f.Buffer)
	f.await(end.Transaction, buffer.Blocked)
	f.await(poison.Transaction, buffer.Parked)
	mended := ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
		ID: bad, ObsUnitID: f.unit(), Site: "observatory", StartTime: night, Conditions: json.RawMessage("{}"), RecordedAt: night,
	})
	receipt, err := f.Edit(f.ctx(), poison.Transaction, "operator", "typing error", []buffer.Step{mended})
	if err != nil {
		t.Fatal(err)
	}
	f.await(receipt.Transaction, buffer.Replicated)
	f.await(end.Transaction, buffer.Replicated)
	old := f.await(poison.Transaction, buffer.Discarded)
	if old.Audit[0].Action != "edit" {
		t.Errorf("audit %+v, want an edit", old.Audit)
	}
	if n := f.count("select count(*) from executed_obs_unit where id = $1 and status = 'completed'", bad); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if n := f.count("select count(*) from buffered_transaction where id = $1 and outcome = 'replaced'", poison.Transaction); n != 1 {
		t.Error("the ledger does not know that the old one was replaced")
	}
	// Who asks where nobody remembers it, or later, learns of it from the ledger.
	settings := f.settings
	settings.Site.Name = "institute"
	elsewhere := f.open(settings)
	old, err = elsewhere.Transaction(f.ctx(), poison.Transaction)
	if err != nil || old.ReplacedBy == nil || *old.ReplacedBy != receipt.Transaction || old.Audit[0].By != "operator" || old.Audit[0].Reason != "typing error" {
		t.Errorf("the ledger says %+v, %v", old, err)
	}
	mendedOne, err := elsewhere.Transaction(f.ctx(), receipt.Transaction)
	if err != nil || mendedOne.State != buffer.Replicated || mendedOne.ReplacedBy != nil || *mendedOne.Replaces != poison.Transaction {
		t.Errorf("the ledger says %+v of the new one, %v", mendedOne, err)
	}
}

// An edit of an edit leads on to what was executed, one by one.
func TestEditsAreFollowedInTheLedger(t *testing.T) {
	f := newFixture(t)
	bad, poison := f.start(unknownUnit, night)
	f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	line := []uuid.UUID{poison.Transaction}
	for _, unit := range []int32{unknownUnit + 1, f.unit()} {
		step := ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
			ID: bad, ObsUnitID: unit, Site: "observatory", StartTime: night, Conditions: json.RawMessage("{}"), RecordedAt: night,
		})
		receipt, err := f.Edit(f.ctx(), line[len(line)-1], "operator", "unit", []buffer.Step{step})
		if err != nil {
			t.Fatal(err)
		}
		line = append(line, receipt.Transaction)
		if unit > unknownUnit {
			f.await(receipt.Transaction, buffer.Parked)
		}
	}
	f.await(line[2], buffer.Replicated)
	settings := f.settings
	settings.Site.Name = "institute"
	elsewhere := f.open(settings)
	for i, id := range line[:2] {
		f.eventually("the ledger has it", func() bool {
			s, err := elsewhere.Transaction(f.ctx(), id)
			return err == nil && s.ReplacedBy != nil && *s.ReplacedBy == line[i+1]
		})
	}
}

// Who waits for a write is told at once that it waits for a person, itself or behind another one.
func TestWaitingEndsWhereAPersonHasToDecide(t *testing.T) {
	f := newFixture(t)
	bad, poison := f.start(unknownUnit, night)
	end := f.finish(bad, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	waited := make(chan buffer.Status, 2)
	for _, id := range []uuid.UUID{poison.Transaction, end.Transaction} {
		go func() {
			s, err := f.Wait(f.ctx(), id, buffer.Replicated, time.Minute)
			if err != nil {
				t.Error(err)
			}
			waited <- s
		}()
	}
	f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	parked := time.Now()
	for range 2 {
		if s := <-waited; s.State != buffer.Parked && s.State != buffer.Blocked {
			t.Errorf("%+v", s)
		}
	}
	if took := time.Since(parked); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What is only tried again soon is waited for.
func TestWaitingGoesOnBehindAnotherAttempt(t *testing.T) {
	f := newFixture(t)
	f.settings.RetryAttempts, f.settings.RetryDelay = 3, time.Second
	early, _ := f.start(unknownUnit, night)
	end := f.finish(early, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	f.run(f.open(f.settings))
	f.await(end.Transaction, buffer.Blocked)
	waited := make(chan buffer.Status, 1)
	go func() {
		s, err := f.Wait(f.ctx(), end.Transaction, buffer.Replicated, time.Minute)
		if err != nil {
			t.Error(err)
		}
		waited <- s
	}()
	f.plan(unknownUnit)
	if s := <-waited; s.State != buffer.Replicated {
		t.Errorf("%+v", s)
	}
}

// Three different transactions that would park in a row for one reason are no longer the transactions' fault.
func TestSystemFaultStopsParking(t *testing.T) {
	f := newFixture(t)
	if _, err := f.db.Exec(f.ctx(), "alter table executed_obs_unit add constraint broken check (site <> 'observatory')"); err != nil {
		t.Fatal(err)
	}
	var last buffer.Receipt
	for i := range 5 {
		_, last = f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
	}
	f.run(f.Buffer)
	f.eventually("an alarm", func() bool { return f.Stats(f.ctx()).Alarm != "" })
	if s := f.Stats(f.ctx()); s.Parked > 2 {
		t.Errorf("%d parked, want at most 2", s.Parked)
	}
	if _, err := f.db.Exec(f.ctx(), "alter table executed_obs_unit drop constraint broken"); err != nil {
		t.Fatal(err)
	}
	f.await(last.Transaction, buffer.Replicated)
	if _, err := f.RetryAll(f.ctx(), "23514", "operator"); err != nil {
		t.Fatal(err)
	}
	f.eventually("all executed", func() bool { return f.count("select count(*) from executed_obs_unit") == 5 })
}

// What is to be tried again waits, and has an age, though the buffer is empty.
func TestWhatIsToBeTriedAgainHasAnAge(t *testing.T) {
	f := newFixture(t)
	f.settings.RetryDelay = time.Hour
	_, receipt := f.start(unknownUnit, night)
	f.run(f.open(f.settings))
	f.eventually("it has failed once", func() bool { return f.Stats(f.ctx()).Retrying == 1 })
	if s := f.Stats(f.ctx()); s.Buffered != 0 || s.OldestUnapplied == nil || !s.OldestUnapplied.Equal(receipt.AcceptedAt) {
		t.Errorf("%d buffered, the oldest of %v; want none, of %v", s.Buffered, s.OldestUnapplied, receipt.AcceptedAt)
	}
}

// A record with other content is the fault of the one transaction, however many have it in a row: somebody may register
// a directory of changed files once more.
func TestConflictsInARowPark(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	var ids []uuid.UUID
	for i := range 5 {
		id, receipt := f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
		f.await(receipt.Transaction, buffer.Replicated)
		ids = append(ids, id)
	}
	for _, id := range ids {
		receipt, err := f.Write(f.ctx(), buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"},
			func(_ context.Context, tx *buffer.Transaction) error {
				tx.Add(ops.StartObservation.With(maindb.CreateExecutedObsUnitParams{
					ID: tx.RecordID(&id), ObsUnitID: f.unit(), Site: "observatory", StartTime: night, Observer: "another",
					Conditions: json.RawMessage("{}"), RecordedAt: night,
				}))
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
		if s := f.await(receipt.Transaction, buffer.Parked); s.Failure == nil || s.Failure.SQLState != "23000" {
			t.Errorf("failure %+v, want SQLSTATE 23000", s.Failure)
		}
	}
	if s := f.Stats(f.ctx()); s.Alarm != "" {
		t.Errorf("alarm %q", s.Alarm)
	}
}

// What is the system's fault costs no attempt, however often it happens.
func TestOutageCostsNoAttempts(t *testing.T) {
	f := newFixture(t)
	if _, err := f.db.Exec(f.ctx(), "alter function advance(text, bigint, bigint) rename to advance_away"); err != nil {
		t.Fatal(err)
	}
	_, receipt := f.start(f.unit(), night)
	f.run(f.Buffer)
	f.eventually("an alarm", func() bool { return f.Stats(f.ctx()).Alarm != "" })
	s, err := f.Transaction(f.ctx(), receipt.Transaction)
	if err != nil || s.Attempts != 0 {
		t.Errorf("%d attempts, %v", s.Attempts, err)
	}
	if _, err := f.db.Exec(f.ctx(), "alter function advance_away(text, bigint, bigint) rename to advance"); err != nil {
		t.Fatal(err)
	}
	f.await(receipt.Transaction, buffer.Replicated)
	f.eventually("the alarm to pass", func() bool { return f.Stats(f.ctx()).Alarm == "" })
}

func TestSameKeySameTransaction(t *testing.T) {
	f := newFixture(t)
	r := buffer.Request{Operation: "startExecutedObsUnit", Principal: "script", Key: "night-1", Fingerprint: "a", Critical: true}
	id, first := f.startAs(r, f.unit(), night)
	again, second := f.startAs(r, f.unit(), night)
	if first.Transaction != second.Transaction || id != again || !second.Replayed || first.Replayed {
		t.Errorf("first %+v %s, second %+v %s", first, id, second, again)
	}
	other := r
	other.Fingerprint = "b"
	_, err := f.Write(f.ctx(), other, func(context.Context, *buffer.Transaction) error { return nil })
	if errs.KindOf(err) != errs.Invalid {
		t.Errorf("the key with another request: %v, want invalid", err)
	}
	f.run(f.Buffer)
	f.await(first.Transaction, buffer.Replicated)
	// Redis has forgotten it by now; the ledger has not.
	if _, third := f.startAs(r, f.unit(), night); !third.Replayed || third.State != buffer.Replicated {
		t.Errorf("after replication: %+v", third)
	}
	if n := f.count("select count(*) from executed_obs_unit"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// Two processes that decide on the same record at the same moment: the second one decides again.
func TestDecisionOnAMovedRecordIsMadeAgain(t *testing.T) {
	f := newFixture(t)
	id, _ := f.start(f.unit(), night)
	builds := 0
	record := buffer.Record{Table: ops.TableExecution, ID: id.String()}
	_, err := f.Write(f.ctx(), buffer.Request{Operation: "finishExecutedObsUnit", Principal: "a", Critical: true, Fingerprint: "f"},
		func(ctx context.Context, tx *buffer.Transaction) error {
			builds++
			look, err := f.Look(ctx, buffer.Query{Records: []buffer.Record{record}})
			if err != nil {
				return err
			}
			tx.Saw(look)
			if builds == 1 {
				f.finish(id, night.Add(time.Minute), maindb.ObservationStatusAborted)
			}
			if len(look.Transactions) > 1 {
				return errs.New(errs.Conflict, "finished already")
			}
			tx.Add(ops.Finish(nil, maindb.FinishExecutedObsUnitParams{ID: id, Status: "completed", EndTime: night}))
			return nil
		})
	if errs.KindOf(err) != errs.Conflict || builds != 2 {
		t.Errorf("%v after %d builds, want a conflict after 2", err, builds)
	}
}

// What could not be looked up is neither refused nor accepted: Redis may be back by the time of the submission.
func TestNothingIsDecidedBlindly(t *testing.T) {
	f := newFixture(t)
	id, _ := f.start(f.unit(), night)
	for _, decision := range []error{nil, errs.New(errs.NotFound, "there is no such execution")} {
		_, err := f.Write(f.ctx(), buffer.Request{Operation: "finishExecutedObsUnit", Principal: "a", Critical: true, Fingerprint: "f"},
			func(_ context.Context, tx *buffer.Transaction) error {
				tx.Saw(buffer.Blind(buffer.Query{}))
				tx.Add(ops.Finish(nil, maindb.FinishExecutedObsUnitParams{ID: id, Status: "completed", EndTime: night}))
				return decision
			})
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("decided %v: %v, want unavailable", decision, err)
		}
	}
}

// plan gives the main database a unit under that id.
func (f *fixture) plan(id int) {
	f.t.Helper()
	tx, err := f.db.Begin(f.ctx())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, statement := range []string{
		"create temporary table planned on commit drop as select * from obs_unit order by id limit 1",
		"update planned set id = $1, name = name || ' again'",
		"insert into obs_unit select * from planned",
	} {
		args := []any{}
		if statement[0] == 'u' {
			args = append(args, id)
		}
		if _, err := tx.Exec(f.ctx(), statement, args...); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := tx.Commit(f.ctx()); err != nil {
		f.t.Fatal(err)
	}
}
