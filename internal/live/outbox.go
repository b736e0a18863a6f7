package live

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

const (
	// outboxSafe is how long an event stands in the outbox for certain; it is removed a day later.
	outboxSafe = 6 * 24 * time.Hour
	// noteEvery is how often it is noted how far the outbox was read though nothing was in it.
	noteEvery = time.Minute
)

// place is how far the outbox was read.
type place struct {
	xid, position int64
	at            time.Time // of that event
	seen          time.Time // clock of the main site when nothing was behind it; 1970 when it had not said one yet
	history       string    // of the main database
	beat          int64     // number of the heartbeat that said both; 0 when there was none
}

// unknown stands for an empty history in a text.
const unknown = "-"

func (p place) String() string {
	return fmt.Sprintf("%d %d %d %d %s %d", p.xid, p.position, p.at.UnixMicro(), p.seen.UnixMicro(), cmp.Or(p.history, unknown), p.beat)
}

// readPlace returns false when the outbox was not read yet.
func readPlace(text string) (place, bool) {
	var (
		p        place
		at, seen int64
	)
	// Without the last two it is a place that was noted before there was a heartbeat, or by an older version.
	if n, _ := fmt.Sscanf(text, "%d %d %d %d %s %d", &p.xid, &p.position, &at, &seen, &p.history, &p.beat); n < 4 { //nolint:errcheck // n says it
		return place{}, false
	}
	p.at, p.seen = time.UnixMicro(at), time.UnixMicro(seen)
	if p.history == unknown {
		p.history = ""
	}
	return p, true
}

// replaced tells whether the main database is another one than before.
func (p place) replaced(now replicadb.OutboxStateRow) bool {
	return p.history != "" && now.History != "" && p.history != now.History
}

// older tells whether a state is from before the place was read, as a replica shows one for a moment that has just started:
// by the number of the heartbeat and by its clock, for a clock alone may be set back, and so may a database.
func (p place) older(now replicadb.OutboxStateRow) bool {
	return !p.replaced(now) && now.AsOf.Before(p.seen) && (p.beat == 0 || now.Beat < p.beat)
}

// broken says why what follows a place in the outbox is not what happened after it; empty when it is.
func (p place) broken(now replicadb.OutboxStateRow) string {
	switch {
	case p.replaced(now):
		return "the main database has another history"
	case now.Beat < p.beat:
		return "the main database was set back"
	case now.AsOf.Sub(p.seen) > outboxSafe && p.seen.UnixMicro() > 0:
		return "the outbox was not read for too long"
	case now.Beat == p.beat:
		// What else is missing may be so for a moment, as above: the next heartbeat comes behind all that was read.
		return ""
	case p.missing(now):
		return "the main database has lost what was read last"
	default:
		return ""
	}
}

// missing tells whether a state has not what was read last.
func (p place) missing(now replicadb.OutboxStateRow) bool {
	return now.Horizon < p.xid || p.position > 0 && !now.Known && now.AsOf.Sub(p.at) < outboxSafe
}

// readOutbox publishes what the site's database says others have changed.
func (p *Publisher) readOutbox(ctx context.Context) error {
	for {
		n, err := p.readOutboxOnce(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// readOutboxOnce returns how many changes it has published.
func (p *Publisher) readOutboxOnce(ctx context.Context) (int, error) {
	st, err := p.state(ctx)
	if err != nil {
		return 0, err
	}
	from, known := readPlace(st[fromOutbox])
	now, rows, err := p.askOutbox(ctx, from)
	if err != nil {
		if st.epoch() == "" {
			// What this site accepts is told all the same.
			return 0, p.begin(ctx, "", "")
		}
		return 0, err
	}
	start := place{xid: now.Horizon, at: now.AsOf, seen: now.AsOf, history: now.History, beat: now.Beat}
	switch {
	case st.epoch() == "":
		return 0, p.begin(ctx, "", start.String())
	case !known:
		return 0, p.publish(ctx, st.epoch(), fromOutbox, st[fromOutbox], start.String(), nil)
	case from.older(now):
		return 0, nil
	}
	if why := from.broken(now); why != "" {
		p.log.WarnContext(ctx, "a new epoch of what changes begins", "reason", why)
		return 0, p.begin(ctx, st.epoch(), start.String())
	}
	if from.missing(now) {
		return 0, nil
	}
	to := from
	to.seen, to.history, to.beat = now.AsOf, now.History, now.Beat
	if len(rows) == 0 && to.history == from.history && to.seen.Sub(from.seen) < noteEvery {
		return 0, nil
	}
	list, err := to.take(rows)
	if err != nil {
		return 0, err
	}
	return len(rows), p.publish(ctx, st.epoch(), fromOutbox, st[fromOutbox], to.String(), list)
}

func (p *Publisher) askOutbox(ctx context.Context, after place) (now replicadb.OutboxStateRow, rows []replicadb.OutboxAfterRow, err error) {
	xid := fmt.Sprint(after.xid)
	err = p.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		if now, err = q.OutboxState(ctx, replicadb.OutboxStateParams{AfterXid: xid, AfterPosition: after.position, AfterAt: after.at}); err != nil {
			return err
		}
		rows, err = q.OutboxAfter(ctx, replicadb.OutboxAfterParams{AfterXid: xid, AfterPosition: after.position})
		return err
	})
	return now, rows, err
}

// take moves the place behind rows and returns their events. What one transaction did in a row to records of one kind, as a
// flight does, is one event.
func (p *place) take(rows []replicadb.OutboxAfterRow) ([]entry, error) {
	var list []entry
	for len(rows) > 0 {
		first, n := rows[0], 1
		ids := texts(first.IDs)
		for n < len(rows) && rows[n].Xid == first.Xid && rows[n].Topic == first.Topic && rows[n].Action == first.Action {
			ids = append(ids, texts(rows[n].IDs)...)
			n++
		}
		last := rows[n-1]
		p.xid, p.position, p.at = last.Xid, last.Position, last.At
		more, err := entries(topicsOf[first.Topic], event{At: last.At, Record: first.Topic, Action: first.Action, Sync: replicated, IDs: ids})
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
		rows = rows[n:]
	}
	return list, nil
}
