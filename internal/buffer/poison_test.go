package buffer_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

func (f *fixture) register(p maindb.CreateRawDataFilesParams) buffer.Receipt {
	f.t.Helper()
	r, err := f.Write(f.ctx(), buffer.Request{Operation: "createRawDataFiles", Principal: "test", Critical: true, Bulk: true, Fingerprint: "f"},
		func(_ context.Context, t *buffer.Transaction) error {
			t.Add(ops.RegisterFiles.With(p))
			return nil
		})
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// What the server cannot take however often it is sent is the fault of what was written: it must not hold up the rest.
func TestWhatIsTooLargeForAnIndexParks(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	p := f.fileParams(execution, 1)
	var path strings.Builder
	for range 1000 {
		path.WriteRune(rune(0x4e00 + rand.IntN(20000)))
	}
	p.RelativePaths[0] = path.String()
	poison := f.register(p)
	_, healthy := f.start(f.unit(), night.Add(time.Hour))
	f.run(f.Buffer)
	f.await(healthy.Transaction, buffer.Replicated)
	if parked := f.await(poison.Transaction, buffer.Parked); parked.Failure.SQLState != "54000" {
		t.Errorf("parked with %+v", parked.Failure)
	}
}

// What parked because it can never be sent can still be given up, for good.
func TestWhatCanNeverBeSentCanBeDiscarded(t *testing.T) {
	f := newFixture(t)
	_, old := f.start(f.unit(), night)
	request := buffer.Request{Operation: "startExecutedObsUnit", Principal: "script", Key: "night-1", Fingerprint: "a", Critical: true}
	_, reused := f.startAs(request, f.unit(), night)
	request.Key = "night-2"
	_, elsewhere := f.startAs(request, f.unit(), night)
	if _, err := f.db.Exec(f.ctx(), `insert into buffered_transaction (id, site, operation, principal, fingerprint, outcome, accepted_at)
		values ($1, 'institute', 'startExecutedObsUnit', 'script', 'b', 'applied', now()),
			($2, 'institute', 'startExecutedObsUnit', 'script', 'a', 'discarded', now())`, reused.Transaction, elsewhere.Transaction); err != nil {
		t.Fatal(err)
	}
	stop := f.run(f.Buffer)
	f.await(reused.Transaction, buffer.Parked)
	f.await(elsewhere.Transaction, buffer.Parked)
	f.await(old.Transaction, buffer.Replicated)
	stop()

	_, ancient := f.start(f.unit(), night)
	_, undecodable := f.start(f.unit(), night)
	f.store(undecodable.Transaction, `{"version":`)
	f.settings.LedgerKeep = time.Nanosecond
	f.run(f.open(f.settings))
	parked := []uuid.UUID{ancient.Transaction, undecodable.Transaction, reused.Transaction, elsewhere.Transaction}
	for _, id := range parked {
		f.await(id, buffer.Parked)
		if _, err := f.Discard(f.ctx(), id, "operator", "given up", false); err != nil {
			t.Fatal(err)
		}
	}
	f.eventually("nothing left", func() bool { return f.held() == 0 })
	if n := f.count("select count(*) from buffered_transaction where outcome = 'discarded' and id = any($1)", parked); n != 3 {
		t.Errorf("%d of them discarded in the ledger, want 3", n)
	}
}

// store replaces what Redis holds of a transaction.
func (f *fixture) store(id uuid.UUID, payload string) {
	f.t.Helper()
	f.command(func(c rueidis.Client) rueidis.Completed {
		return c.B().Hset().Key("site:observatory:transaction:"+id.String()).FieldValue().FieldValue("payload", payload).Build()
	})
}

// A field that only a newer release writes is no more poison than its kinds are.
func TestUnknownFieldIsLeftToANewerRelease(t *testing.T) {
	f := newFixture(t)
	_, receipt := f.start(f.unit(), night)
	accepted, err := time.Now().UTC().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	f.store(receipt.Transaction, `{"version":1,"id":"`+receipt.Transaction.String()+`","accepted_at":"`+string(accepted)+
		`","steps":[{"kind":"executed_obs_unit.create","params":{"unheard_of":1}}]}`)
	f.run(f.Buffer)
	f.eventually("an alarm", func() bool { return f.Stats(f.ctx()).Alarm != "" })
	if s, err := f.Transaction(f.ctx(), receipt.Transaction); err != nil || s.State != buffer.Buffered || s.Attempts != 0 {
		t.Errorf("state %s after %d attempts, %v", s.State, s.Attempts, err)
	}
}

// The id map of a bulk that takes the place of another one lasts as long as the bulk.
func TestIDMapOfAnEditedBulkLasts(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	p := f.fileParams(execution, 450)
	for i := range p.IDs {
		p.InstrumentModuleIDs[i] = 999_999
	}
	poison := f.register(p)
	f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	other := ops.RegisterFiles.With(f.fileParams(execution, 450))
	if _, err := f.Edit(f.ctx(), poison.Transaction, "operator", "module", []buffer.Step{other}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("files that were acknowledged are dropped: %v, want invalid", err)
	}
	partial := buffer.Step{Kind: ops.RegisterFiles.Kind(), Params: json.RawMessage(`{"ids":[]}`)}
	if _, err := f.Edit(f.ctx(), poison.Transaction, "operator", "module", []buffer.Step{partial}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("columns that are missing: %v, want invalid", err)
	}
	mended := f.fileParams(execution, 450)
	mended.IDs = p.IDs
	mended.Names = mended.Names[1:]
	if _, err := f.Edit(f.ctx(), poison.Transaction, "operator", "module", []buffer.Step{ops.RegisterFiles.With(mended)}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("columns of two lengths: %v, want invalid", err)
	}
	for i := range mended.IDs {
		mended.InstrumentModuleIDs[i] = 999_998
	}
	mended.Names = p.Names
	receipt, err := f.Edit(f.ctx(), poison.Transaction, "operator", "module", []buffer.Step{ops.RegisterFiles.With(mended)})
	if err != nil {
		t.Fatal(err)
	}
	f.await(receipt.Transaction, buffer.Parked)
	f.command(func(c rueidis.Client) rueidis.Completed {
		// Nobody takes these rows for those of a bulk that never came.
		return c.B().Eval().Script(`if redis.call('EXISTS', 'site:observatory:prepared') == 1 then return redis.error_reply('still prepared') end return 1`).Numkeys(0).Build()
	})
}

// A recovery that is interrupted begins again: what was lost with another life of the batch numbers comes back.
func TestInterruptedRecovery(t *testing.T) {
	f := newFixture(t)
	stop := f.run(f.Buffer)
	_, first := f.start(f.unit(), night)
	f.await(first.Transaction, buffer.Replicated)
	stop()
	for _, statement := range []string{
		"truncate executed_obs_unit, buffered_transaction cascade",
		"update site_progress set batch = 1000, incarnation = gen_random_uuid()",
		"alter table buffered_transaction rename to away",
	} {
		if _, err := f.db.Exec(f.ctx(), statement); err != nil {
			t.Fatal(err)
		}
	}
	b := f.open(f.settings)
	f.run(b)
	f.eventually("an alarm", func() bool { return b.Glance().Alarm != "" })
	if _, err := f.db.Exec(f.ctx(), "alter table away rename to buffered_transaction"); err != nil {
		t.Fatal(err)
	}
	f.eventually("executed again", func() bool { return f.count("select count(*) from executed_obs_unit") == 1 })
	f.eventually("replicated again, and the loss is told", func() bool {
		return f.held() == 0 && strings.Contains(b.Glance().Alarm, "had lost 1") && !strings.Contains(b.Glance().Alarm, "refuses")
	})
}

// A direct write that was lost with a tail of the main database is executed again, though no batch was lost.
func TestLostDirectWriteIsExecutedAgain(t *testing.T) {
	f := newFixture(t)
	stop := f.run(f.Buffer)
	_, before := f.start(f.unit(), night)
	f.await(before.Transaction, buffer.Replicated)
	stop()
	p := f.params(f.unit())
	receipt, err := submit(f.ctx(), f.Buffer, uncritical, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"delete from executed_obs_unit where id = $1", "delete from buffered_transaction where id = $2"} {
		if _, err := f.db.Exec(f.ctx(), statement+" or $1 = $2", p.ID, receipt.Transaction); err != nil {
			t.Fatal(err)
		}
	}
	f.run(f.open(f.settings))
	f.await(receipt.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from executed_obs_unit where id = $1", p.ID); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// Between finding a transaction replicated and cleaning it, the main database can turn out to have lost it: then it is
// in the buffer again, and keeps what it is executed from.
func TestCleaningSparesWhatWasPutBack(t *testing.T) {
	f := newFixture(t)
	_, receipt := f.start(f.unit(), night)
	for _, incarnation := range []string{"", uuid.NewString()} {
		if n, err := f.Clean(f.ctx(), incarnation, receipt.Transaction); err != nil || n != 0 {
			t.Errorf("cleaned %d, %v", n, err)
		}
	}
	f.run(f.Buffer)
	f.await(receipt.Transaction, buffer.Replicated)
	if n := f.count("select count(*) from executed_obs_unit"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}
