package buffer

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// fly sends the transactions in one flight and records that it landed. When one of them fails, the flight is undone; the
// result then is what is to be sent again at once, without the culprit and what depends on it.
func (x *executor) fly(ctx context.Context, ready []*stored) (again []*stored, err error) {
	flight, sent, starts, err := x.load(ctx, ready)
	if err != nil || len(sent) == 0 {
		return nil, err
	}
	if err := x.mark(ctx, sent); err != nil {
		return nil, err
	}
	arrival, err := x.session.Send(ctx, flight, flightStall)
	x.settleAhead()
	if failed, ok := errors.AsType[*postgres.FlightError](err); ok {
		return x.culprit(ctx, sent, starts, failed)
	}
	if err != nil {
		x.size = max(x.size/2, 1)
		return nil, err
	}
	faults.Point(faults.NotRecorded)
	x.batch++
	x.unnoted = &landed{sent: sent, batch: x.batch, position: arrival.LSN.String()}
	x.b.monitor.executed(len(sent), arrival.Elapsed)
	x.b.monitor.setMainPosition(arrival.LSN, arrival.At, x.trip)
	x.streak = streak{}
	for _, passed := range []alarm{alarmRefused, alarmStreak, alarmNewer} {
		x.b.monitor.setAlarm(passed, "")
	}
	x.resize(len(sent), arrival.Elapsed)
	if x.next != nil && len(x.next.oldest) > 0 {
		return nil, nil // it is noted while the next one is under way
	}
	return nil, x.note(ctx)
}

// load fills a flight: the fence, the ledger, every step. The ledger comes before the steps: when another site executes
// the same request at this moment, its row is waited for, and no step is compared with one that is half done. starts
// holds where the ledger and then each transaction's statements begin.
func (x *executor) load(ctx context.Context, ready []*stored) (*postgres.Flight, []*stored, []int, error) {
	flight := postgres.NewFlight()
	if err := flight.Advance(ctx, maindb.AdvanceParams{Site: x.b.cfg.Site.Name, Fence: x.fence, Batch: x.batch + 1}); err != nil {
		return nil, nil, nil, err
	}
	ledger := flight.Len()
	var (
		sent   []*stored
		starts = []int{ledger}
		rows   []ledgerRow
	)
	for _, t := range ready {
		start := flight.Len()
		row, err := x.queue(ctx, flight, t)
		if errors.Is(err, errUnknownKind) && len(sent) > 0 {
			flight.Cut(start)
			// What was read ahead comes after what now stays behind.
			if err := x.dropAhead(); err != nil {
				return nil, nil, nil, err
			}
			break
		}
		if err != nil {
			flight.Cut(start)
			if err := x.unsendable(ctx, t, err); err != nil {
				return nil, nil, nil, err
			}
			continue
		}
		sent, starts, rows = append(sent, t), append(starts, start), append(rows, row)
	}
	if len(sent) == 0 || faults.Off(faults.Ledger) {
		return flight, sent, starts, nil
	}
	if err := flight.RecordTransactions(ctx, ledgerRows(x.b.cfg.Site.Name, x.batch+1, rows)); err != nil {
		return nil, nil, nil, err
	}
	flight.Lift(ledger)
	for i := range sent {
		starts[i+1]++
	}
	return flight, sent, starts, nil
}

// queue puts the steps of a transaction in line. A discarded one has none: only its ledger row is written.
func (x *executor) queue(ctx context.Context, flight *postgres.Flight, t *stored) (ledgerRow, error) {
	row := ledgerRow{payload: t.payload, outcome: "applied", audit: t.audit}
	row.payload.Fingerprint = t.fingerprint
	if t.state == Discarded {
		row.outcome = t.outcome
		return row, nil
	}
	for _, step := range t.payload.Steps {
		if err := x.b.registry.Run(ctx, flight.Queries, step); err != nil {
			return row, err
		}
	}
	return row, nil
}

// mark notes which transactions are under way, for whoever must find out what became of them.
func (x *executor) mark(ctx context.Context, sent []*stored) error {
	if x.next != nil && x.next.noting != nil {
		sent = slices.Concat(x.next.noting.sent, sent)
	}
	low, high := sent[0].sequence, sent[0].sequence
	for _, t := range sent {
		low, high = min(low, t.sequence), max(high, t.sequence)
	}
	return x.b.note(ctx, x.b.keys.Flight(),
		"low", strconv.FormatInt(low, 10), "high", strconv.FormatInt(high, 10),
		"fence", strconv.FormatInt(x.fence, 10), "batch", strconv.FormatInt(x.batch+1, 10))
}

// resize aims at flights whose upload takes flightTime at the rate that the last one reached.
func (x *executor) resize(sent int, elapsed time.Duration) {
	x.trip = min(x.trip, elapsed)
	upload := max(elapsed-x.trip, time.Millisecond)
	fitting := int(float64(sent) * float64(flightTime) / float64(upload))
	x.size = max(min(fitting, flightGrowth*x.size, flightMax), x.size/2, 1)
}

// record notes in Redis that a flight has landed. Until it is noted, the ledger knows.
func (b *Buffer) record(ctx context.Context, sent []*stored, incarnation uuid.UUID, fence, batch int64, position string) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	keys := []string{b.keys.Buffer(), b.keys.Lease(), b.keys.Progress()}
	head := []string{
		b.keys.Prefix(), b.holder, incarnation.String(), strconv.FormatInt(fence, 10), strconv.FormatInt(batch, 10), position,
		millis(time.Now()),
	}
	// One slice after the other: what clients write comes between them.
	for slice := range slices.Chunk(sent, sliceSize) {
		args := slices.Clone(head)
		for _, t := range slice {
			args = append(args, t.id.String())
		}
		n, err := commitScript.Exec(ctx, c, keys, args).AsInt64()
		if err != nil {
			return err
		}
		if n == 0 {
			return errLease
		}
	}
	b.moved.notify()
	return nil
}

// culprit handles a failed statement. An error that is not the transaction's own is returned and costs no attempt.
func (x *executor) culprit(ctx context.Context, sent []*stored, starts []int, failed *postgres.FlightError) ([]*stored, error) {
	index := len(sent)
	for index > 0 && starts[index] > failed.Statement {
		index--
	}
	switch {
	case failed.Statement < starts[0]:
		// The fence: somebody else has taken over, or the main database is an older one than it was.
		return nil, failed
	case index == 0 && postgres.SQLState(failed) == "23505":
		return x.alreadyKnown(ctx, sent)
	case index == 0 || !postgres.Permanent(failed):
		return nil, failed
	}
	index--
	bad := sent[index]
	if err := x.fail(ctx, bad, failed.Err); err != nil {
		return nil, err
	}
	rest := slices.Delete(slices.Clone(sent), index, index+1)
	again := rest[:0]
	for _, t := range rest {
		if err := x.b.understand(t); err != nil {
			return nil, err
		}
		if behind := x.stopped.behind(t); len(behind) > 0 {
			if err := x.block(ctx, t, behind); err != nil {
				return nil, err
			}
			continue
		}
		again = append(again, t)
	}
	return again, nil
}

// alreadyKnown settles a flight of which the ledger holds a part: executed before an answer was lost, or the same request
// executed from another site.
func (x *executor) alreadyKnown(ctx context.Context, sent []*stored) ([]*stored, error) {
	known, err := x.askLedger(ctx, idsOf(sent))
	if err != nil {
		return nil, err
	}
	return x.settle(ctx, sent, known)
}

// settle records what the ledger knows, parks what has another content under the same id, and returns the rest.
func (x *executor) settle(ctx context.Context, asked []*stored, known map[uuid.UUID]maindb.KnownTransactionsRow) ([]*stored, error) {
	var missing []*stored
	byBatch := make(map[int64][]*stored)
	for _, t := range asked {
		row, ok := known[t.id]
		switch {
		case !ok:
			missing = append(missing, t)
		case t.state != Discarded && x.contradicts(row, t) != "":
			failure := &Failure{SQLState: "23505", Message: x.contradicts(row, t), At: time.Now().UTC()}
			if err := x.stop(ctx, t, "parked", failure, nil, time.Time{}); err != nil {
				return nil, err
			}
		case row.Site == x.b.cfg.Site.Name:
			byBatch[row.Batch] = append(byBatch[row.Batch], t)
		default:
			// Another site's batch says nothing about this site's progress: the ledger row itself is the proof.
			byBatch[0] = append(byBatch[0], t)
		}
	}
	for batch, settled := range byBatch {
		if err := x.recordSettled(ctx, settled, batch); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// contradicts returns why a ledger row is not the execution of a transaction; empty when it is.
func (x *executor) contradicts(row maindb.KnownTransactionsRow, t *stored) string {
	switch {
	case row.Fingerprint != t.fingerprint:
		return "the ledger holds another transaction under this id, from site " + row.Site
	case row.Outcome != "applied" && row.Site != x.b.cfg.Site.Name:
		return "the same request was " + row.Outcome + " at site " + row.Site + ": it can never be executed"
	default:
		return ""
	}
}

func idsOf(list []*stored) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, t := range list {
		ids[i] = t.id
	}
	return ids
}
