package buffer_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
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

// submit sends one start as it is given.
func submit(ctx context.Context, b *buffer.Buffer, r buffer.Request, p maindb.CreateExecutedObsUnitParams) (buffer.Receipt, error) {
	return b.Write(ctx, r, func(_ context.Context, t *buffer.Transaction) error {
		p.ID = t.RecordID(&p.ID)
		t.Add(ops.StartObservation.With(p))
		return nil
	})
}

func (f *fixture) params(unit int32) maindb.CreateExecutedObsUnitParams {
	return maindb.CreateExecutedObsUnitParams{
		ID: uuid.Must(uuid.NewV7()), ObsUnitID: unit, Site: "observatory", StartTime: night, Conditions: json.RawMessage("{}"), RecordedAt: night,
	}
}

var uncritical = buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Fingerprint: "f"}

var critical = buffer.Request{Operation: "startExecutedObsUnit", Principal: "test", Critical: true, Fingerprint: "f"}

// A write past the buffer is in the ledger, visible at once, and gone from the overlay when it is replicated.
func TestDirectWriteAtASecondarySite(t *testing.T) {
	f := newFixture(t)
	p := f.params(f.unit())
	receipt, err := submit(f.ctx(), f.Buffer, uncritical, p)
	if err != nil {
		t.Fatal(err)
	}
	if receipt.State != buffer.Committed {
		t.Errorf("state %s, want committed", receipt.State)
	}
	look, err := f.Look(f.ctx(), buffer.Query{Records: []buffer.Record{{Table: ops.TableExecution, ID: p.ID.String()}}})
	if err != nil || len(look.Transactions) != 1 {
		t.Errorf("the overlay holds %d transactions, %v", len(look.Transactions), err)
	}
	if n := f.count("select count(*) from buffered_transaction where id = $1 and batch is null", receipt.Transaction); n != 1 {
		t.Errorf("%d ledger rows", n)
	}
	f.run(f.Buffer)
	f.await(receipt.Transaction, buffer.Replicated)
	f.eventually("an empty overlay", func() bool {
		look, err := f.Look(f.ctx(), buffer.Query{Records: []buffer.Record{{Table: ops.TableExecution, ID: p.ID.String()}}})
		return err == nil && len(look.Transactions) == 0
	})
}

func TestDirectWriteNeverOvertakes(t *testing.T) {
	f := newFixture(t)
	f.settings.DirectTimeout = 300 * time.Millisecond
	id, started := f.start(f.unit(), night)
	end := func(b *buffer.Buffer) error {
		_, err := b.Write(f.ctx(), uncritical, func(_ context.Context, t *buffer.Transaction) error {
			t.Add(ops.Finish(nil, maindb.FinishExecutedObsUnitParams{ID: id, Status: "completed", EndTime: night.Add(time.Minute)}))
			return nil
		})
		return err
	}
	if err := end(f.open(f.settings)); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("with the start still buffered: %v, want unavailable", err)
	}
	f.run(f.Buffer)
	f.await(started.Transaction, buffer.Replicated)
	if err := end(f.Buffer); err != nil {
		t.Errorf("with the start executed: %v", err)
	}
}

func TestDirectRefusals(t *testing.T) {
	f := newFixture(t)
	if _, err := submit(f.ctx(), f.Buffer, uncritical, f.params(unknownUnit)); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an unknown unit: %v, want invalid", err)
	}
	p := f.params(f.unit())
	if _, err := submit(f.ctx(), f.Buffer, uncritical, p); err != nil {
		t.Fatal(err)
	}
	p.Comment = "another content"
	if _, err := submit(f.ctx(), f.Buffer, uncritical, p); errs.KindOf(err) != errs.Conflict {
		t.Errorf("the same id with other content: %v, want a conflict", err)
	}
	keyed := uncritical
	keyed.Key = "k"
	p = f.params(f.unit())
	first, err := submit(f.ctx(), f.Buffer, keyed, p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := submit(f.ctx(), f.Buffer, keyed, p)
	if err != nil || !again.Replayed || again.Transaction != first.Transaction {
		t.Errorf("the same key: %+v, %v", again, err)
	}
	keyed.Fingerprint = "other"
	if _, err := submit(f.ctx(), f.Buffer, keyed, p); errs.KindOf(err) != errs.Invalid {
		t.Errorf("the key with another request: %v, want invalid", err)
	}
}

// The same request accepted at two sites is executed once, and both sites see it replicated.
func TestSameKeyAtTwoSites(t *testing.T) {
	f := newFixture(t)
	request := buffer.Request{Operation: "startExecutedObsUnit", Principal: "script", Key: "night-1", Fingerprint: "a", Critical: true}
	p := f.params(f.unit())
	here, err := submit(f.ctx(), f.Buffer, request, p)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := f.settings
	elsewhere.Site.Name = "institute"
	second := f.open(elsewhere)
	there, err := submit(f.ctx(), second, request, p)
	if err != nil {
		t.Fatal(err)
	}
	if here.Transaction != there.Transaction {
		t.Errorf("transactions %s and %s", here.Transaction, there.Transaction)
	}
	f.run(f.Buffer)
	f.await(here.Transaction, buffer.Replicated)
	f.run(second)
	f.eventually("the second site sees it, too", func() bool {
		s := second.Stats(f.ctx())
		return s.Buffered+s.Unreplicated+s.Parked == 0 && s.RedisReachable
	})
	if n := f.count("select count(*) from executed_obs_unit"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestATransactionOlderThanTheLedgerParks(t *testing.T) {
	f := newFixture(t)
	_, receipt := f.start(f.unit(), night)
	f.settings.LedgerKeep = time.Nanosecond
	f.run(f.open(f.settings))
	f.await(receipt.Transaction, buffer.Parked)
	if n := f.count("select count(*) from executed_obs_unit"); n != 0 {
		t.Error("it was executed")
	}
}

// When memory runs short bulks are refused, single critical writes are not, and what can be given up goes.
func TestMemoryRunsShort(t *testing.T) {
	f := newFixture(t)
	f.run(f.Buffer)
	execution, started := f.start(f.unit(), night)
	f.await(started.Transaction, buffer.Replicated)
	const filler = 20 << 20
	f.command(func(c rueidis.Client) rueidis.Completed {
		return c.B().Set().Key("filler").Value(strings.Repeat("x", filler)).Build()
	})
	f.eventually("the memory measured", func() bool { return f.Glance().RedisUsed > filler })
	f.eventually("short of memory", func() bool {
		// Redis gives back some of what it took for so large a command.
		f.configure("maxmemory", strconv.FormatInt(f.Glance().RedisUsed*100/90, 10))
		return f.Glance().MemoryShort
	})
	bulk := buffer.Request{Operation: "createRawDataFiles", Principal: "test", Critical: true, Bulk: true, Fingerprint: "f"}
	_, err := f.Write(f.ctx(), bulk, func(_ context.Context, tx *buffer.Transaction) error {
		tx.Add(ops.RegisterFiles.With(maindb.CreateRawDataFilesParams{
			IDs: []uuid.UUID{tx.RecordID(nil)}, ExecutedObsUnitIDs: []uuid.UUID{execution}, RawDataPackageIDs: []uuid.UUID{uuid.Nil},
			InstrumentModuleIDs: []int32{1}, Names: []string{"a"}, RelativePaths: []string{"a"}, FileTypes: []string{""}, SizesBytes: []int64{1},
			Checksums: []string{"d41d8cd98f00b204e9800998ecf8427e"}, ChecksumAlgorithms: []string{"md5"}, RecordedAts: []time.Time{night},
		}))
		return nil
	})
	if errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a bulk: %v, want unavailable", err)
	}
	_, single := f.start(f.unit(), night.Add(time.Hour))
	f.await(single.Transaction, buffer.Replicated)
}

func TestTransactionsAreListedOnceEach(t *testing.T) {
	f := newFixture(t)
	for i := range 5 {
		f.start(unknownUnit, night.Add(time.Duration(i)*time.Minute))
	}
	stop := f.run(f.Buffer)
	f.eventually("some parked", func() bool { return f.Stats(f.ctx()).Parked >= 2 })
	stop()
	for i := range 250 {
		f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
	}
	seen := map[uuid.UUID]bool{}
	cursor := ""
	for {
		page, next, err := f.Transactions(f.ctx(), buffer.ListFilter{After: cursor, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page {
			if seen[s.ID] {
				t.Errorf("%s twice", s.ID)
			}
			seen[s.ID] = true
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(seen) != 255 {
		t.Errorf("%d transactions, want 255", len(seen))
	}
	for _, broken := range []string{"x", "parked", "parked.1", "parked.a.1", "nowhere.1.1", "parked.1.-1"} {
		if _, _, err := f.Transactions(f.ctx(), buffer.ListFilter{After: broken, Limit: 7}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("cursor %q: %v, want invalid", broken, err)
		}
	}
}

// Whoever walks through the list while others leave it meets all who stay, also those of one batch.
func TestTransactionsAreListedWhileOthersLeave(t *testing.T) {
	f := newFixture(t)
	const all = 250
	for i := range all {
		f.start(f.unit(), night.Add(time.Duration(i)*time.Minute))
	}
	f.command(func(c rueidis.Client) rueidis.Completed { // all land in one flight
		return c.B().Eval().Script(`local prefix = 'site:observatory:'
			for _, id in ipairs(redis.call('LRANGE', prefix .. 'transaction_buffer', 0, -1)) do
				redis.call('HSET', prefix .. 'transaction:' .. id, 'state', 'committed', 'batch', 7)
				redis.call('ZADD', prefix .. 'committed', 7, id)
			end
			redis.call('DEL', prefix .. 'transaction_buffer')
			return 1`).Numkeys(0).Build()
	})
	leave := func(whole bool, id string) {
		f.command(func(c rueidis.Client) rueidis.Completed {
			return c.B().Del().Key("site:observatory:transaction:" + id).Build()
		})
		if whole {
			f.command(func(c rueidis.Client) rueidis.Completed {
				return c.B().Zrem().Key("site:observatory:committed").Member(id).Build()
			})
		}
	}
	client, err := redisclient.New(redisclient.Options{Address: f.redis.Address()}).Get()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ids, err := client.Do(f.ctx(), client.B().Zrange().Key("site:observatory:committed").Min("0").Max("-1").Build()).AsStrSlice()
	if err != nil || len(ids) != all {
		t.Fatal(len(ids), err)
	}
	leave(false, ids[3]) // between the reading of its place and of itself
	seen := map[string]bool{}
	for cursor := ""; ; {
		page, next, err := f.Transactions(f.ctx(), buffer.ListFilter{After: cursor, Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page {
			if seen[s.ID.String()] {
				t.Errorf("%s twice", s.ID)
			}
			seen[s.ID.String()] = true
		}
		if cursor = next; cursor == "" {
			break
		}
		leave(true, page[0].ID.String())
		leave(true, page[len(page)-1].ID.String())
	}
	if len(seen) != all-1 {
		t.Errorf("%d transactions, want %d", len(seen), all-1)
	}
}

func TestWaitPosition(t *testing.T) {
	f := newFixture(t)
	_, receipt := f.start(f.unit(), night)
	if err := f.WaitPosition(f.ctx(), receipt.Position); err != nil {
		t.Errorf("at the site of the write: %v", err)
	}
	elsewhere := f.settings
	elsewhere.Site.Name = "institute"
	second := f.open(elsewhere)
	short, cancel := context.WithTimeout(f.ctx(), 50*time.Millisecond)
	defer cancel()
	if err := second.WaitPosition(short, receipt.Position); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("elsewhere, before it is executed: %v, want unavailable", err)
	}
	f.run(f.Buffer)
	if err := second.WaitPosition(f.ctx(), receipt.Position); err != nil {
		t.Errorf("elsewhere, afterwards: %v", err)
	}
	if err := second.WaitPosition(f.ctx(), "nonsense"); errs.KindOf(err) != errs.Invalid {
		t.Errorf("nonsense: %v, want invalid", err)
	}
}
