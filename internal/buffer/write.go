package buffer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/faults"
)

// errMoved says that a record has got another pending write since the transaction was built.
var errMoved = errors.New("a record that was looked at has moved")

// errBlind says that a transaction was decided without the overlay.
var errBlind = errors.New("the overlay could not be read")

// inlineRows is how many rows of a bulk the enqueue script maps itself; the rest is prepared in slices before it.
const inlineRows = 200

// Write accepts one transaction: at the main site and for what is not critical it is executed at once, else it is
// buffered, and the receipt means that it is on the disk of this site. build adds the steps; it runs again when a record
// it looked at has moved meanwhile. When the same request was accepted before, build runs once, must not check anything
// (Transaction.Seen), and what it built is not submitted.
//
// Errors: those of build; errs.Invalid for a key used for another request and for values the database refuses;
// errs.Conflict; errs.NotFound; errs.Unavailable when Redis refuses, memory runs short for a bulk, or the main database
// cannot be reached for a write that is not buffered.
func (b *Buffer) Write(ctx context.Context, r Request, build func(context.Context, *Transaction) error) (Receipt, error) {
	const tries = 16
	t := newTransaction(r)
	if r.Key != "" {
		receipt, known, err := b.recall(ctx, t.id, r.Fingerprint)
		if err != nil {
			return Receipt{}, err
		}
		if known {
			t.seen = true
			return receipt, build(ctx, t)
		}
	}
	for range tries {
		t.reset()
		err := build(ctx, t)
		if t.blind() {
			return Receipt{}, unavailable(errors.Join(errBlind, err))
		}
		if err != nil {
			return Receipt{}, err
		}
		if len(t.steps) == 0 {
			return Receipt{State: Replicated}, nil
		}
		receipt, err := b.submit(ctx, r, t)
		if !errors.Is(err, errMoved) {
			return receipt, err
		}
	}
	return Receipt{}, errs.New(errs.Unavailable, "the record is being changed by too many writers").Named("contended").After(redisRetry)
}

// recall finds a transaction that was accepted before: in this site's Redis, else in the ledger.
func (b *Buffer) recall(ctx context.Context, id uuid.UUID, fingerprint string) (Receipt, bool, error) {
	known, err := b.fields(ctx, id.String(), "fingerprint", "state", "accepted")
	if err != nil {
		// At the main site the ledger alone decides; a buffering site cannot accept anything without Redis.
		if !b.atMain() {
			return Receipt{}, false, unavailable(err)
		}
		known = []string{"", "", ""}
	}
	if known[0] != "" {
		if known[0] != fingerprint {
			return Receipt{}, false, errKeyReused()
		}
		return Receipt{Transaction: id, State: State(known[1]), Replayed: true, Position: id.String(), AcceptedAt: fromMillis(known[2])}, true, nil
	}
	entry, err := b.ledgerEntry(ctx, id)
	if err != nil {
		// It is asked again when the transaction is executed: the ids are the same then, so nothing doubles.
		b.log.DebugContext(ctx, "accepted without asking the ledger", "transaction", id, "error", err)
	}
	if entry == nil {
		return Receipt{}, false, nil
	}
	if entry.Fingerprint != fingerprint {
		return Receipt{}, false, errKeyReused()
	}
	return Receipt{Transaction: id, State: stateOfLedger(entry.Outcome), Replayed: true, Position: id.String(), AcceptedAt: entry.AcceptedAt}, true, nil
}

func errKeyReused() error {
	return errs.New(errs.Invalid, "this Idempotency-Key was used for another request").Named("idempotency-key-reused").
		At("header:Idempotency-Key", "belongs to a request with other content")
}

func (b *Buffer) submit(ctx context.Context, r Request, t *Transaction) (Receipt, error) {
	p, body, err := t.encode(r, b.cfg.Site.Name, time.Now())
	if err != nil {
		return Receipt{}, err
	}
	e, err := b.registry.effects(p)
	if err != nil {
		return Receipt{}, errs.New(errs.Internal, "the transaction cannot be read back").Because(err)
	}
	if b.cfg.Site.Buffers(r.Critical) {
		if r.Bulk && b.monitor.memoryShort() {
			return Receipt{}, errs.New(errs.Unavailable, "the site's buffer is short of memory: single files are still accepted").
				Named("buffer-short").After(30 * time.Second)
		}
		return b.enqueue(ctx, p, body, e, t.saw)
	}
	return b.direct(ctx, t.number, p, body, e)
}

// enqueue puts a transaction into the buffer. It returns after Redis has it on disk.
func (b *Buffer) enqueue(ctx context.Context, p payload, body []byte, e effects, saw []*Pending) (Receipt, error) {
	if err := b.examineRedis(ctx); err != nil {
		return Receipt{}, err
	}
	if err := b.prepare(ctx, p.ID, e.rows, saw...); err != nil {
		if errors.Is(err, errMoved) {
			return Receipt{}, err
		}
		return Receipt{}, unavailable(err)
	}
	args := b.enqueueArgs(p, body, e, Buffered, "", saw)
	faults.Point(faults.BeforeEnqueue)
	answer, err := b.enter(ctx, p.ID, args)
	if err != nil {
		return Receipt{}, unavailable(err)
	}
	faults.Point(faults.AfterEnqueue)
	receipt := Receipt{Transaction: p.ID, State: Buffered, Position: p.ID.String(), AcceptedAt: p.AcceptedAt}
	switch answer[0] {
	case "moved":
		return Receipt{}, errMoved
	case "known":
		if answer[1] != p.Fingerprint {
			return Receipt{}, errKeyReused()
		}
		receipt.State, receipt.AcceptedAt, receipt.Replayed = State(answer[2]), fromMillis(answer[3]), true
	case "new":
		b.wake.notify()
	}
	return receipt, nil
}

// enter runs the enqueue script. When the connection breaks the script may have run: it is sent once more, and finding
// its own id then is success.
func (b *Buffer) enter(ctx context.Context, id uuid.UUID, args []string) ([]string, error) {
	keys := []string{b.keys.Transaction(id.String())}
	r, err := b.eval(ctx, enqueueScript, keys, args)
	again := false
	if err != nil && !refused(err) && ctx.Err() == nil {
		again = true
		r, err = b.eval(ctx, enqueueScript, keys, args)
	}
	if err != nil {
		return nil, err
	}
	list, err := r.ToArray()
	if err != nil {
		return nil, err
	}
	answer := make([]string, len(list))
	for i, part := range list {
		if part.IsInt64() {
			n, err := part.AsInt64()
			if err != nil {
				return nil, err
			}
			answer[i] = strconv.FormatInt(n, 10)
			continue
		}
		if answer[i], err = part.ToString(); err != nil {
			return nil, err
		}
	}
	if again && answer[0] == "known" && answer[1] == args[3] {
		return []string{"new"}, nil
	}
	return answer, nil
}

func (b *Buffer) enqueueArgs(p payload, body []byte, e effects, state State, position string, saw []*Pending) []string {
	args := []string{
		b.keys.Prefix(), p.ID.String(), string(body), p.Fingerprint, e.text, moment(p.AcceptedAt), string(state), position,
	}
	args = append(args, lookedArgs(saw)...)
	args = append(args, rowArgs(e.rows)...)
	return append(args, strconv.Itoa(preparedRows(e.rows)))
}

// preparedRows is how many rows of a bulk are mapped ahead of it.
func preparedRows(rows []Record) int {
	if len(rows) <= inlineRows {
		return 0
	}
	distinct := make(map[Record]bool, len(rows))
	for _, row := range rows[inlineRows:] {
		distinct[row] = true
	}
	return len(distinct)
}

// rowArgs returns the number of rows that a script maps, then table and id of each.
func rowArgs(rows []Record) []string {
	if len(rows) > inlineRows {
		rows = rows[:inlineRows]
	}
	args := []string{strconv.Itoa(len(rows))}
	for _, row := range rows {
		args = append(args, row.Table, row.ID)
	}
	return args
}

// prepare writes the id map of a large bulk, but for the rows that the enqueue script writes. It fails with errMoved when
// one of them has moved since it was looked at; the enqueue script sees what moves later.
func (b *Buffer) prepare(ctx context.Context, id uuid.UUID, rows []Record, saw ...*Pending) error {
	if len(rows) <= inlineRows {
		return nil
	}
	looked := make(map[Record]string)
	for _, p := range saw {
		maps.Copy(looked, p.looked)
	}
	keys := []string{b.keys.Prepared(), b.keys.PreparedRows(id.String())}
	for slice := range slices.Chunk(rows[inlineRows:], inlineRows) {
		args := []string{b.keys.Prefix(), id.String(), millis(time.Now())}
		for _, row := range slice {
			args = append(args, row.Table, row.ID, looked[row])
		}
		n, err := b.evalInt(ctx, prepareScript, keys, args)
		if err != nil {
			return err
		}
		if n < 0 {
			return errMoved
		}
	}
	return nil
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// moment is a time to the microsecond, in milliseconds: a repeated request gets the very time of the first answer.
func moment(t time.Time) string { return fmt.Sprintf("%d.%03d", t.UnixMilli(), t.UnixMicro()%1000) }

// fromMillis reads what millis and moment write.
func fromMillis(text string) time.Time {
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micros, err := strconv.ParseInt(cmp.Or(part, "0"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(1000*n + micros).UTC()
}
