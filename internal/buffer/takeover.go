package buffer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// progress is what this site's Redis knows of the last flight that landed.
type progress struct {
	incarnation uuid.UUID
	fence       int64
	batch       int64
}

// takeOver makes this executor the only one that can write for the site, and settles the past: what the last flight
// became, and whether the main database still has everything that this site has seen committed.
func (x *executor) takeOver(ctx context.Context) error {
	if err := x.session.EndLeftovers(ctx, maindb.EndLeftoversParams{ApplicationName: x.application()}); err != nil {
		return err
	}
	seen, err := x.b.progress(ctx)
	if err != nil {
		return err
	}
	if seen.incarnation == uuid.Nil {
		seen.incarnation = uuid.New()
	}
	row, err := x.session.TakeOver(ctx, maindb.TakeOverParams{Site: x.b.cfg.Site.Name, Incarnation: seen.incarnation})
	if err != nil {
		return err
	}
	if row.Batch < seen.batch || row.PreviousIncarnation != seen.incarnation {
		x.b.log.Warn("the main database may have lost a tail", "its_batch", row.Batch, "seen_batch", seen.batch)
		if err := x.b.recoverTail(ctx, x.session); err != nil {
			return err
		}
		// Batch numbers begin a new life: the old ones may stand on a replica of the lost time line.
		seen.incarnation = uuid.New()
		if row, err = x.session.TakeOver(ctx, maindb.TakeOverParams{Site: x.b.cfg.Site.Name, Incarnation: seen.incarnation}); err != nil {
			return err
		}
	}
	x.incarnation, x.fence, x.batch = seen.incarnation, row.Fence, row.Batch
	if err := x.b.setProgress(ctx, progress{x.incarnation, x.fence, x.batch}); err != nil {
		return err
	}
	return x.settleFlight(ctx)
}

// settleFlight asks the ledger what became of the flight that was under way when the last executor stopped.
func (x *executor) settleFlight(ctx context.Context) error {
	marked, err := x.b.hash(ctx, x.b.keys.Flight())
	if err != nil || len(marked) == 0 {
		return err
	}
	high, err := strconv.ParseInt(marked["high"], 10, 64)
	if err != nil {
		return fmt.Errorf("the mark of the last flight: %w", err)
	}
	for kept := 0; ; {
		ids, err := x.b.tail(ctx, kept, flightMax)
		if err != nil {
			return err
		}
		asked, err := x.b.load(ctx, ids)
		if err != nil {
			return err
		}
		asked = slices.DeleteFunc(asked, func(t *stored) bool { return t.sequence > high })
		known, err := x.b.askLedger(ctx, x.session, idsOf(asked))
		if err != nil {
			return err
		}
		last := len(asked) < flightMax
		missing, err := x.settle(ctx, asked, known)
		if err != nil || last {
			return err
		}
		kept += len(missing)
	}
}

// recordSettled records transactions that the ledger knows as executed.
func (x *executor) recordSettled(ctx context.Context, settled []*stored, batch int64) error {
	x.b.log.Info("found executed", "transactions", len(settled), "batch", batch)
	row, err := x.session.WALPosition(ctx)
	if err != nil {
		return err
	}
	return x.b.record(ctx, settled, x.incarnation, x.fence, batch, row.LSN.String())
}

// askLedger asks the main database which of the transactions it has executed.
func (b *Buffer) askLedger(ctx context.Context, session *postgres.Session, ids []uuid.UUID) (map[uuid.UUID]maindb.KnownTransactionsRow, error) {
	known := make(map[uuid.UUID]maindb.KnownTransactionsRow)
	for slice := range slices.Chunk(ids, flightMax) {
		rows, err := session.KnownTransactions(ctx, maindb.KnownTransactionsParams{IDs: slice})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			known[row.ID] = row
		}
	}
	return known, nil
}

// recoverTail puts everything that this site saw committed, but that the ledger does not hold any more, back into the
// buffer in its original order.
func (b *Buffer) recoverTail(ctx context.Context, session *postgres.Session) error {
	var lost []*stored
	for _, key := range []string{b.keys.Committed(), b.keys.Direct()} {
		ids, err := b.members(ctx, key, -1)
		if err != nil {
			return err
		}
		list, err := b.load(ctx, ids)
		if err != nil {
			return err
		}
		known, err := b.askLedger(ctx, session, idsOf(list))
		if err != nil {
			return err
		}
		lost = append(lost, slices.DeleteFunc(list, func(t *stored) bool { _, ok := known[t.id]; return ok })...)
	}
	if err := b.resume(ctx, lost, "0", ""); err != nil {
		return err
	}
	restored, err := b.restoreJournal(ctx, session)
	if err != nil {
		return err
	}
	if n := len(lost) + restored; n > 0 {
		b.monitor.setAlarm("the main database had lost " + strconv.Itoa(n) + " committed transactions: they are executed again")
	}
	return nil
}

// restoreJournal brings replicated transactions back that the main database has lost.
func (b *Buffer) restoreJournal(ctx context.Context, session *postgres.Session) (int, error) {
	restored, from := 0, "-"
	for {
		entries, err := b.journal(ctx, from, 1000)
		if err != nil {
			return restored, err
		}
		ids := make([]uuid.UUID, len(entries))
		for i, e := range entries {
			ids[i] = e.stored.id
		}
		known, err := b.askLedger(ctx, session, ids)
		if err != nil {
			return restored, err
		}
		for _, e := range entries {
			if _, ok := known[e.stored.id]; ok {
				continue
			}
			if err := b.restore(ctx, e.stored); err != nil {
				return restored, err
			}
			restored++
		}
		if len(entries) < 1000 {
			return restored, nil
		}
		from = "(" + entries[len(entries)-1].entry
	}
}

// restore puts one journalled transaction back.
func (b *Buffer) restore(ctx context.Context, t *stored) error {
	if t.undecodable != nil {
		return t.undecodable
	}
	e, err := b.registry.effects(t.payload)
	if err != nil {
		return err
	}
	if t.state == Discarded {
		e = effects{text: "\n"}
	}
	if len(e.rows) > inlineRows {
		if err := b.prepare(ctx, t.id, e.rows); err != nil {
			return err
		}
	}
	id := t.id.String()
	args := []string{
		b.keys.Prefix(), id, t.raw, t.payload.Fingerprint, e.text, moment(t.payload.AcceptedAt), strconv.FormatInt(t.sequence, 10), string(t.state),
	}
	_, err = b.evalInt(ctx, restoreScript, []string{b.keys.Transaction(id)}, append(args, rowArgs(e.rows)...))
	return err
}

func (b *Buffer) progress(ctx context.Context) (progress, error) {
	fields, err := b.hash(ctx, b.keys.Progress())
	if err != nil || len(fields) == 0 {
		return progress{}, err
	}
	var p progress
	if p.incarnation, err = uuid.Parse(fields["incarnation"]); err != nil {
		return p, err
	}
	if p.fence, err = strconv.ParseInt(fields["fence"], 10, 64); err != nil {
		return p, err
	}
	p.batch, err = strconv.ParseInt(fields["batch"], 10, 64)
	return p, err
}

func (b *Buffer) setProgress(ctx context.Context, p progress) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	return c.Do(ctx, c.B().Hset().Key(b.keys.Progress()).FieldValue().
		FieldValue("incarnation", p.incarnation.String()).
		FieldValue("fence", strconv.FormatInt(p.fence, 10)).
		FieldValue("batch", strconv.FormatInt(p.batch, 10)).Build()).Error()
}

// audits renders a transaction's audit trail as the ledger keeps it.
func audits(entries []AuditEntry) string {
	if len(entries) == 0 {
		return "[]"
	}
	body, err := json.Marshal(entries)
	if err != nil {
		return "[]"
	}
	return string(body)
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
