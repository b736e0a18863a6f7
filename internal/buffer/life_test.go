package buffer_test

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

func TestLifeOfAWrite(t *testing.T) {
	f := newFixture(t)
	id, started := f.start(f.unit(), night)
	if started.State != buffer.Buffered {
		t.Fatalf("state %s, want buffered", started.State)
	}
	finished := f.finish(id, night.Add(9*time.Minute), maindb.ObservationStatusCompleted)
	look, err := f.Look(f.ctx(), buffer.Query{Ranges: []buffer.Range{
		{Table: ops.TableExecution, Lists: ops.ExecutionLists(0, ""), Limit: 10},
		{Table: ops.TableExecution, Lists: ops.ExecutionLists(f.unit(), "completed"), Limit: 10},
		{Table: ops.TableExecution, Lists: ops.ExecutionLists(0, "running"), Limit: 10},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 1, 0} {
		if got := len(look.Ranges[i]); got != want {
			t.Errorf("list %d shows %d executions, want %d", i, got, want)
		}
	}
	f.run(f.Buffer)
	f.await(started.Transaction, buffer.Replicated)
	f.await(finished.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from executed_obs_unit where id = $1 and status = 'completed'", id); n != 1 {
		t.Errorf("%d rows in the main database, want 1", n)
	}
	if n := f.count("select count(*) from buffered_transaction where site = 'observatory' and outcome = 'applied'"); n != 2 {
		t.Errorf("%d ledger rows, want 2", n)
	}
	look, err = f.Look(f.ctx(), buffer.Query{
		Records: []buffer.Record{{Table: ops.TableExecution, ID: id.String()}},
		Ranges:  []buffer.Range{{Table: ops.TableExecution, Lists: ops.ExecutionLists(0, ""), Limit: 10}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if look.Count != 0 || len(look.Transactions) != 0 || len(look.Ranges[0]) != 0 {
		t.Errorf("the overlay still holds %d transactions", look.Count)
	}
}

// Every process of a site says the same of the one that executes; that one, too.
func TestTheExecutorIsKnown(t *testing.T) {
	f := newFixture(t)
	other := f.open(f.settings)
	f.run(f.Buffer)
	f.eventually("the process that holds the lease says so", func() bool { return f.Stats(f.ctx()).Holder != "" })
	f.run(other)
	_, started := f.start(f.unit(), night)
	f.await(started.Transaction, buffer.Replicated)
	if f.Stats(f.ctx()).Rate == 0 {
		t.Error("the executor does not know its own rate")
	}
	f.eventually("the other says the same", func() bool {
		own, others := f.Stats(f.ctx()), other.Stats(f.ctx())
		return others.Executor == "idle" && others.Holder == own.Holder && others.Rate > 0
	})
}

// A finish that does not speak of the comment, sent while nobody could look at the start, does not wipe it.
func TestFinishKeepsWhatItDoesNotMention(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	p := f.params(f.unit())
	p.Comment = "Orion A, scan 1"
	started, err := submit(f.ctx(), f.Buffer, buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"}, p)
	if err != nil {
		t.Fatal(err)
	}
	f.await(started.Transaction, buffer.Replicated)
	finished := f.finish(p.ID, night.Add(time.Minute), maindb.ObservationStatusCompleted)
	f.await(finished.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from executed_obs_unit where id = $1 and status = 'completed' and comment = 'Orion A, scan 1'", p.ID); n != 1 {
		t.Error("the comment of the start is gone")
	}
}
