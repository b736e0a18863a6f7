package buffer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
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
	if err := x.endLeftovers(ctx); err != nil {
		return err
	}
	seen, err := x.b.progress(ctx)
	if err != nil {
		return err
	}
	// The incarnation stays as it is until the past is settled: whoever is interrupted here leaves all to be seen again.
	row, err := x.takeFence(ctx, uuid.Nil)
	if err != nil {
		return err
	}
	if row.Batch < seen.batch || row.PreviousIncarnation != seen.incarnation || seen.incarnation == uuid.Nil {
		x.b.log.Warn("the main database is not as this site knows it", "its_batch", row.Batch, "seen_batch", seen.batch,
			"its_incarnation", row.PreviousIncarnation, "seen_incarnation", seen.incarnation)
		if err := x.recoverTail(ctx); err != nil {
			return err
		}
		// Batch numbers begin a new life: the old ones may stand on a replica of the lost time line.
		seen.incarnation = uuid.New()
		if row, err = x.takeFence(ctx, seen.incarnation); err != nil {
			return err
		}
	} else if err := x.recoverDirect(ctx); err != nil {
		return err
	}
	x.incarnation, x.fence, x.batch = seen.incarnation, row.Fence, row.Batch
	if err := x.b.setProgress(ctx, progress{x.incarnation, x.fence, x.batch}); err != nil {
		return err
	}
	return x.settleFlight(ctx)
}

// askTime bounds one question to the main database, however many of them there are: on a link that swallows packets
// nothing else ends it.
const askTime = 4 * flightStall

func (x *executor) endLeftovers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return x.session.EndLeftovers(ctx, maindb.EndLeftoversParams{ApplicationName: x.application()})
}

// takeFence raises the fence; with an incarnation the batch numbers begin a new life.
func (x *executor) takeFence(ctx context.Context, incarnation uuid.UUID) (maindb.TakeOverRow, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return x.session.TakeOver(ctx, maindb.TakeOverParams{Site: x.b.cfg.Site.Name, Incarnation: incarnation})
}

func (x *executor) position(ctx context.Context) (maindb.WALPositionRow, error) {
	ctx, cancel := context.WithTimeout(ctx, flightStall)
	defer cancel()
	return x.session.WALPosition(ctx)
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
		asked, err := x.b.heads(ctx, ids)
		if err != nil {
			return err
		}
		asked = slices.DeleteFunc(asked, func(t *stored) bool { return t.sequence > high })
		known, err := x.askLedger(ctx, idsOf(asked))
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
	row, err := x.position(ctx)
	if err != nil {
		return err
	}
	return x.b.record(ctx, settled, x.incarnation, x.fence, batch, row.LSN.String())
}

// askLedger asks the main database which of the transactions it has executed.
func (x *executor) askLedger(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]maindb.KnownTransactionsRow, error) {
	known := make(map[uuid.UUID]maindb.KnownTransactionsRow)
	ask := func(slice []uuid.UUID) ([]maindb.KnownTransactionsRow, error) {
		ctx, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		return x.session.KnownTransactions(ctx, maindb.KnownTransactionsParams{IDs: slice})
	}
	for slice := range slices.Chunk(ids, askMax) {
		rows, err := ask(slice)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			known[row.ID] = row
		}
	}
	return known, nil
}

// askMax is how many transactions one question names: few enough for their answers to come over a thin link in askTime.
const askMax = 2000

// recoverTail puts everything that this site saw committed, but that the ledger does not hold any more, back into the
// buffer in its original order.
func (x *executor) recoverTail(ctx context.Context) error {
	committed, err := x.recoverSet(ctx, x.b.keys.Committed())
	if err != nil {
		return err
	}
	direct, err := x.recoverSet(ctx, x.b.keys.Direct())
	if err != nil {
		return err
	}
	restored, err := x.restoreJournal(ctx)
	if err != nil {
		return err
	}
	x.lost(committed + direct + restored)
	return nil
}

// recoverDirect looks after what was executed past the buffer and is not yet replicated: the batch of the site does not
// tell whether the main database still has it.
func (x *executor) recoverDirect(ctx context.Context) error {
	n, err := x.recoverSet(ctx, x.b.keys.Direct())
	if err == nil {
		x.lost(n)
	}
	return err
}

// lostAlarm is how long a loss is shown: what was lost is executed again at once, but somebody has to know.
const lostAlarm = time.Hour

func (x *executor) lost(n int) {
	switch {
	case n > 0:
		x.lostAt = time.Now()
		x.b.monitor.setAlarm(alarmLost, x.lostAt.UTC().Format(time.RFC3339)+": the main database had lost "+strconv.Itoa(n)+
			" committed transactions: they are executed again")
	case time.Since(x.lostAt) > lostAlarm:
		x.b.monitor.setAlarm(alarmLost, "")
	}
}

// recoverSet puts those of a set of committed transactions back into the buffer that the ledger does not hold.
func (x *executor) recoverSet(ctx context.Context, key string) (int, error) {
	ids, err := x.b.members(ctx, key, -1)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	list, err := x.b.heads(ctx, ids)
	if err != nil {
		return 0, err
	}
	known, err := x.askLedger(ctx, idsOf(list))
	if err != nil {
		return 0, err
	}
	list = slices.DeleteFunc(list, func(t *stored) bool { _, ok := known[t.id]; return ok })
	return len(list), x.b.resume(ctx, list, "0", "")
}

// restoreJournal brings replicated transactions back that the main database has lost.
func (x *executor) restoreJournal(ctx context.Context) (int, error) {
	restored, from := 0, "-"
	for {
		entries, err := x.b.journal(ctx, from, 1000)
		if err != nil {
			return restored, err
		}
		ids := make([]uuid.UUID, len(entries))
		for i, e := range entries {
			ids[i] = e.stored.id
		}
		known, err := x.askLedger(ctx, ids)
		if err != nil {
			return restored, err
		}
		for _, e := range entries {
			if _, ok := known[e.stored.id]; ok {
				continue
			}
			if err := x.b.restore(ctx, e.stored); err != nil {
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
	e := effects{text: "\n"}
	if t.state != Discarded && t.undecodable == nil {
		var err error
		if e, err = b.registry.effects(t.payload); errors.Is(err, errUnknownKind) {
			return fmt.Errorf("%w: transaction %s: %w", errNewer, t.id, err)
		}
		// What cannot be read is put back all the same: it parks, and a person sees it.
	}
	if len(e.rows) > inlineRows {
		if err := b.prepare(ctx, t.id, e.rows); err != nil {
			return err
		}
	}
	trail, replacedBy, err := t.trail()
	if err != nil {
		return err
	}
	id := t.id.String()
	args := []string{
		b.keys.Prefix(), id, t.raw, t.payload.Fingerprint, e.text, moment(t.payload.AcceptedAt), strconv.FormatInt(t.sequence, 10), string(t.state),
		// An earlier release kept neither outcome nor audit trail.
		cmp.Or(t.outcome, "discarded"), replacedBy,
	}
	args = append(append(args, rowArgs(e.rows)...), trail...)
	_, err = b.evalInt(ctx, restoreScript, []string{b.keys.Transaction(id)}, args)
	return err
}

// trail returns the audit trail of a journalled transaction, each entry as Redis holds it, and the id of the one that took
// its place, empty for none.
func (t *stored) trail() (entries []string, replacedBy string, err error) {
	if t.audit == "" {
		return nil, "", nil
	}
	var texts []json.RawMessage
	if err := json.Unmarshal([]byte(t.audit), &texts); err != nil {
		return nil, "", fmt.Errorf("journalled audit trail of %s: %w", t.id, err)
	}
	for _, text := range texts {
		var entry AuditEntry
		if err := json.Unmarshal(text, &entry); err != nil {
			return nil, "", fmt.Errorf("journalled audit trail of %s: %w", t.id, err)
		}
		if entry.ReplacedBy != nil && *entry.ReplacedBy != t.id {
			replacedBy = entry.ReplacedBy.String()
		}
		entries = append(entries, string(text))
	}
	return entries, replacedBy, nil
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

// setProgress notes what this process has taken over. Errors: errLease when another one holds the lease.
func (b *Buffer) setProgress(ctx context.Context, p progress) error {
	return b.note(ctx, b.keys.Progress(), "incarnation", p.incarnation.String(),
		"fence", strconv.FormatInt(p.fence, 10), "batch", strconv.FormatInt(p.batch, 10))
}

// note sets fields of a hash while this process holds the lease; else the error is errLease.
func (b *Buffer) note(ctx context.Context, hash string, fields ...string) error {
	n, err := b.evalInt(ctx, noteScript, []string{hash, b.keys.Lease()}, append([]string{b.holder}, fields...))
	if err == nil && n == 0 {
		return errLease
	}
	return err
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
