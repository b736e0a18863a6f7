package buffer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres"
)

// stopped knows the transactions that were taken out of the buffer, and what waits behind them. What they write must not
// be written or needed by anything that goes ahead.
type stopped struct {
	counter int64 // of Redis, when this was true
	writers map[Record][]uuid.UUID
	ids     map[uuid.UUID]bool
}

func newStopped(counter int64) *stopped {
	return &stopped{counter: counter, writers: make(map[Record][]uuid.UUID), ids: make(map[uuid.UUID]bool)}
}

func (s *stopped) empty() bool { return s == nil || len(s.ids) == 0 }

func (s *stopped) add(t *stored) {
	if s.ids[t.id] {
		return
	}
	s.ids[t.id] = true
	for _, r := range t.writes {
		s.writers[r] = append(s.writers[r], t.id)
	}
}

// behind returns the stopped transactions that t has to wait for.
func (s *stopped) behind(t *stored) []uuid.UUID {
	if s.empty() || t.state == Discarded {
		return nil
	}
	var ids []uuid.UUID
	for _, records := range [][]Record{t.writes, t.needs} {
		for _, r := range records {
			for _, id := range s.writers[r] {
				if id != t.id && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// refreshStopped reads the stopped transactions again when somebody has changed them, and puts those back that wait for
// nothing any more.
func (x *executor) refreshStopped(ctx context.Context) error {
	counter, err := x.b.counter(ctx, x.b.keys.Stops())
	if err != nil {
		return err
	}
	if x.stopped != nil && x.stopped.counter == counter {
		return nil
	}
	all, err := x.b.loadStopped(ctx)
	if err != nil {
		return err
	}
	s := newStopped(counter)
	var free []*stored
	for _, t := range all {
		if err := x.b.understand(t); err != nil && !errors.Is(err, errUndecodable) {
			return err
		}
		if t.state == Blocked && len(s.behind(t)) == 0 {
			free = append(free, t)
			continue
		}
		s.add(t)
	}
	x.stopped = s
	if len(free) == 0 {
		return nil
	}
	if err := x.b.resume(ctx, free, "keep", ""); err != nil {
		return err
	}
	x.stopped = nil
	return x.refreshStopped(ctx)
}

// loadStopped returns every parked, blocked and retrying transaction in order of acceptance.
func (b *Buffer) loadStopped(ctx context.Context) ([]*stored, error) {
	var all []*stored
	for _, key := range []string{b.keys.Parked(), b.keys.Blocked(), b.keys.Retrying()} {
		ids, err := b.members(ctx, key, -1)
		if err != nil {
			return nil, err
		}
		part, err := b.load(ctx, ids)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	slices.SortFunc(all, func(a, c *stored) int { return cmp.Compare(a.sequence, c.sequence) })
	return all, nil
}

// resume puts transactions back into the buffer, oldest first, in slices.
func (b *Buffer) resume(ctx context.Context, list []*stored, attempts, audit string) error {
	slices.SortFunc(list, func(a, c *stored) int { return cmp.Compare(a.sequence, c.sequence) })
	for slice := range slices.Chunk(list, sliceSize) {
		args := []string{b.keys.Prefix(), attempts, audit}
		for _, t := range slice {
			args = append(args, t.id.String())
		}
		if _, err := b.evalInt(ctx, resumeScript, nil, args); err != nil {
			return err
		}
	}
	b.wake.notify()
	b.moved.notify()
	return nil
}

// resumeDue puts those back whose time to try again has come, with all that waits behind them.
func (x *executor) resumeDue(ctx context.Context) error {
	c, err := x.b.client.Get()
	if err != nil {
		return err
	}
	ids, err := c.Do(ctx, c.B().Zrangebyscore().Key(x.b.keys.RetryAt()).Min("-inf").Max(millis(time.Now())).Limit(0, sliceSize).Build()).AsStrSlice()
	if err != nil || len(ids) == 0 {
		return err
	}
	due, err := x.b.heads(ctx, ids)
	if err != nil {
		return err
	}
	return x.b.resume(ctx, due, "keep", "")
}

// streak counts different transactions that were parked one after the other for the same reason, with nothing executed
// in between: then the fault is the system's.
type streak struct {
	code string
	ids  []uuid.UUID
}

const streakLimit = 3

// conflictCode is raised by our own queries alone, with the record that has other content: that is about this
// transaction, however many others have the same fault. Somebody may register a directory of changed files again.
const conflictCode = "23000"

// systemPauseMax bounds the pause between attempts of what the system is at fault for.
const systemPauseMax = time.Minute

// counts tells whether parking id would be one too many.
func (s *streak) counts(id uuid.UUID, code string) bool {
	if s.code != code {
		*s = streak{code: code}
	}
	if !slices.Contains(s.ids, id) {
		s.ids = append(s.ids, id)
	}
	return len(s.ids) >= streakLimit
}

// missingRow are the errors that may mend themselves: the row may still come, from another site.
func missingRow(code string) bool { return code == "P0002" || code == "23503" }

const (
	missingPauseMin = 30 * time.Second
	missingPauseMax = time.Hour
)

// fail counts an attempt of a transaction with a permanent error: it is tried again after a pause, and parked when its
// attempts are used up.
func (x *executor) fail(ctx context.Context, t *stored, cause error) error {
	code := postgres.SQLState(cause)
	failure := &Failure{SQLState: code, Message: cause.Error(), At: time.Now().UTC()}
	if database, ok := errors.AsType[*pgconn.PgError](cause); ok {
		failure.Message, failure.Detail = database.Message, database.Detail
	}
	t.attempts++
	if t.attempts < x.b.cfg.RetryAttempts {
		return x.stop(ctx, t, "retrying", failure, nil, time.Now().Add(x.b.cfg.RetryDelay))
	}
	if code != conflictCode && x.streak.counts(t.id, code) {
		x.b.monitor.setAlarm(alarmStreak, "not parking any more: "+strconv.Itoa(len(x.streak.ids))+" transactions in a row failed with "+code)
		// Each attempt of each costs a round trip on which the others wait: the pauses grow.
		pause := x.b.cfg.RetryDelay << min(t.attempts-x.b.cfg.RetryAttempts, 10)
		return x.stop(ctx, t, "retrying", failure, nil, time.Now().Add(max(x.b.cfg.RetryDelay, min(pause, systemPauseMax))))
	}
	var again time.Time
	if missingRow(code) {
		pause := missingPauseMin << min(t.attempts-x.b.cfg.RetryAttempts, 10)
		again = time.Now().Add(min(pause, missingPauseMax))
	}
	x.b.log.Error("transaction parked", "transaction", t.id, "operation", t.payload.Operation, "sqlstate", code, "error", cause)
	return x.stop(ctx, t, "parked", failure, nil, again)
}

// block takes a transaction out of the buffer until those it waits for are gone.
func (x *executor) block(ctx context.Context, t *stored, behind []uuid.UUID) error {
	return x.stop(ctx, t, "blocked", nil, behind, time.Time{})
}

func (x *executor) stop(ctx context.Context, t *stored, kind string, failure *Failure, behind []uuid.UUID, again time.Time) error {
	x.settleAhead()
	text, at := "", "0"
	if failure != nil {
		body, err := json.Marshal(failure)
		if err != nil {
			return err
		}
		text = string(body)
	}
	if !again.IsZero() {
		at = millis(again)
	}
	id := t.id.String()
	counter, err := x.b.evalInt(ctx, stopScript, []string{x.b.keys.Transaction(id), x.b.keys.Buffer(), x.b.keys.Lease()},
		[]string{x.b.keys.Prefix(), id, x.b.holder, kind, strconv.Itoa(t.attempts), text, joinIDs(behind), at})
	if err != nil {
		return err
	}
	if counter == 0 {
		return errLease
	}
	// Without what it writes nothing can be held behind a transaction that cannot be read.
	if err := x.b.understand(t); err != nil && !errors.Is(err, errUndecodable) {
		return err
	}
	if x.stopped == nil || x.stopped.counter != counter-1 {
		x.stopped = cmp.Or(x.stopped, newStopped(-1))
		x.stopped.counter = -1
	} else {
		x.stopped.counter = counter
	}
	x.stopped.add(t)
	x.b.moved.notify()
	return nil
}
