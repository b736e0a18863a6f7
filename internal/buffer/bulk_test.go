package buffer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// fileParams are n files of an execution.
func (f *fixture) fileParams(execution uuid.UUID, n int) maindb.CreateRawDataFilesParams {
	f.t.Helper()
	p := maindb.CreateRawDataFilesParams{}
	module := int32(f.count("select min(id) from instrument_module"))
	for i := range n {
		p.IDs = append(p.IDs, uuid.Must(uuid.NewV7()))
		p.ExecutedObsUnitIDs = append(p.ExecutedObsUnitIDs, execution)
		p.RawDataPackageIDs = append(p.RawDataPackageIDs, uuid.Nil)
		p.InstrumentModuleIDs = append(p.InstrumentModuleIDs, module)
		p.Names = append(p.Names, fmt.Sprintf("r01d1_%d.g3", i))
		p.RelativePaths = append(p.RelativePaths, fmt.Sprintf("%s/r01d1_%d.g3", execution, i))
		p.FileTypes = append(p.FileTypes, "g3")
		p.SizesBytes = append(p.SizesBytes, 1<<53+1)
		p.Checksums = append(p.Checksums, "d41d8cd98f00b204e9800998ecf8427e")
		p.ChecksumAlgorithms = append(p.ChecksumAlgorithms, "md5")
		p.RecordedAts = append(p.RecordedAts, night)
	}
	return p
}

// lookedBulk registers files whose writer has looked at every id, as one with ids of its own does. between is called
// after each look with the number of looks so far.
func (f *fixture) lookedBulk(p maindb.CreateRawDataFilesParams, between func(looks int)) error {
	f.t.Helper()
	var records []buffer.Record
	for _, id := range p.IDs {
		records = append(records, buffer.Record{Table: ops.TableFile, ID: id.String()})
	}
	looks := 0
	_, err := f.Write(f.ctx(), buffer.Request{Operation: "createRawDataFiles", Principal: "a", Critical: true, Bulk: true, Fingerprint: "f"},
		func(ctx context.Context, tx *buffer.Transaction) error {
			looks++
			look, err := f.Look(ctx, buffer.Query{Records: records})
			if err != nil {
				return err
			}
			tx.Saw(look)
			between(looks)
			if len(look.Transactions) > 0 {
				return errs.New(errs.Conflict, "registered already")
			}
			tx.Add(ops.RegisterFiles.With(p))
			return nil
		})
	return err
}

// The id map that a large bulk prepares ahead is not another writer of its records.
func TestALargeBulkDoesNotMoveItsOwnRecords(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	looks := 0
	if err := f.lookedBulk(f.fileParams(execution, 1000), func(n int) { looks = n }); err != nil || looks != 1 {
		t.Errorf("%v after %d looks, want none after 1", err, looks)
	}
}

// A record anywhere in a large bulk that gets another writer after the look is seen.
func TestALargeBulkSeesAnotherWriter(t *testing.T) {
	for _, at := range []int{0, 250, 999} {
		f := newFixture(t)
		execution, _ := f.start(f.unit(), night)
		p := f.fileParams(execution, 1000)
		err := f.lookedBulk(p, func(looks int) {
			if looks > 1 {
				return
			}
			other := f.fileParams(execution, 1)
			other.IDs = []uuid.UUID{p.IDs[at]}
			if err := f.lookedBulk(other, func(int) {}); err != nil {
				t.Fatal(err)
			}
		})
		if errs.KindOf(err) != errs.Conflict {
			t.Errorf("file %d: %v, want a conflict", at, err)
		}
	}
}

// A bulk that has to be decided again is the same bulk: nothing is left of what was prepared for it first.
func TestABulkThatIsBuiltAgainKeepsItsIDs(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	p := f.fileParams(execution, 450)
	parent := buffer.Record{Table: ops.TableExecution, ID: execution.String()}
	var built [][]uuid.UUID
	_, err := f.Write(f.ctx(), buffer.Request{Operation: "createRawDataFiles", Principal: "a", Critical: true, Bulk: true, Fingerprint: "f"},
		func(ctx context.Context, tx *buffer.Transaction) error {
			look, err := f.Look(ctx, buffer.Query{Records: []buffer.Record{parent}})
			if err != nil {
				return err
			}
			tx.Saw(look)
			if len(built) == 0 {
				f.finish(execution, night.Add(time.Minute), maindb.ObservationStatusCompleted)
			}
			p.IDs = make([]uuid.UUID, len(p.Names))
			for i := range p.IDs {
				p.IDs[i] = tx.RecordID(nil)
			}
			built = append(built, p.IDs)
			tx.Add(ops.RegisterFiles.With(p))
			return nil
		})
	if err != nil || len(built) != 2 || !slices.Equal(built[0], built[1]) {
		t.Fatalf("%v after %d builds, want two with the same ids", err, len(built))
	}
	f.command(func(c rueidis.Client) rueidis.Completed {
		return c.B().Eval().Script(`if redis.call('HLEN', KEYS[1]) ~= 451 then return redis.error_reply(redis.call('HLEN', KEYS[1]) .. ' records') end return 1`).
			Numkeys(1).Key("site:observatory:overlay:" + ops.TableFile).Build()
	})
}

// The janitor takes the id map of a bulk that never came, and not that of one that comes while he looks, or again.
func TestTheIDMapOfABulkThatComesIsNotSwept(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	p := f.fileParams(execution, 450)
	receipt := f.register(p)
	last := buffer.Record{Table: ops.TableFile, ID: p.IDs[len(p.IDs)-1].String()}
	later := time.Now().Add(time.Hour)
	if err := f.Sweep(f.ctx(), receipt.Transaction, later, []buffer.Record{last}); err != nil {
		t.Fatal(err)
	}
	look, err := f.Look(f.ctx(), buffer.Query{Records: []buffer.Record{last}})
	if err != nil {
		t.Fatal(err)
	}
	if len(look.Transactions) != 1 {
		t.Error("a file of a bulk that has come is not found any more")
	}

	step := ops.RegisterFiles.With(f.fileParams(execution, 450))
	for name, c := range map[string]struct {
		before time.Time
		want   string
	}{"swept meanwhile": {later, "moved"}, "too young": {time.Now().Add(-time.Hour), "new"}} {
		answer, err := f.Prepared(f.ctx(), step, func(id uuid.UUID, rows []buffer.Record) error {
			return f.Sweep(f.ctx(), id, c.before, rows[:1])
		})
		if err != nil || answer != c.want {
			t.Errorf("%s: %q, %v, want %q", name, answer, err, c.want)
		}
	}
}

// Of a bulk that was discarded nothing shows, also where its rows are mapped yet.
func TestADiscardedBulkDoesNotShow(t *testing.T) {
	f := newFixture(t)
	execution, _ := f.start(f.unit(), night)
	p := f.fileParams(execution, 3)
	for i := range p.IDs {
		p.InstrumentModuleIDs[i] = 999_999
	}
	poison := f.register(p)
	stop := f.run(f.Buffer)
	f.await(poison.Transaction, buffer.Parked)
	stop()
	if _, err := f.Discard(f.ctx(), poison.Transaction, "operator", "wrong module", false); err != nil {
		t.Fatal(err)
	}
	row := buffer.Record{Table: ops.TableFile, ID: p.IDs[0].String()}
	f.command(func(c rueidis.Client) rueidis.Completed { // as if whoever discards it died before he has swept
		return c.B().Hset().Key("site:observatory:overlay:"+row.Table).FieldValue().FieldValue(row.ID, "1|"+poison.Transaction.String()).Build()
	})
	look, err := f.Look(f.ctx(), buffer.Query{Records: []buffer.Record{row}})
	if err != nil || len(look.Transactions) != 0 {
		t.Errorf("%d transactions, %v", len(look.Transactions), err)
	}
}
