package buffer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/postgres"
)

const (
	// flightMax is the largest number of transactions in one flight: 5,000 a batch was measured at 12,571 tx/s over 230 ms.
	flightMax = 5000
	// flightStart is the size of the first flight after a start or a failure-free pause.
	flightStart = 256
	// flightBytes bounds the payload of a flight, and with it the memory of this process.
	flightBytes = 8 << 20
	// flightTime is what the upload of a flight should take: long enough to make round trips cheap, short enough that
	// a cut loses little work.
	flightTime = time.Second
	// flightGrowth bounds how many times larger than the one before a flight is: a small one tells only so much of a link.
	flightGrowth = 20
	// flightPause is between the departures of flights that are not full: each costs two commits and ten round trips,
	// whatever it carries.
	flightPause = 20 * time.Millisecond
	// flightStall is the silence after which a flight is given up.
	flightStall = 5 * time.Second
	// backoffMin and backoffMax bound the pause after a failure of the link or of the main database.
	backoffMin = 100 * time.Millisecond
	backoffMax = 2 * time.Second
	// idlePing is how often an idle session makes sure that the main database is still there.
	idlePing = 2 * time.Second
)

// executor executes the site's buffered transactions on the main database. It is used by one goroutine.
type executor struct {
	b           *Buffer
	session     *postgres.Session
	incarnation uuid.UUID
	fence       int64
	batch       int64
	size        int // transactions in the next flight
	trip        time.Duration
	stopped     *stopped
	streak      streak
	next        *ahead
	unnoted     *landed
	lostAt      time.Time // when the main database was last found to have lost something
}

// execute drains the buffer for as long as the lease is held, whatever the link and the main database do.
func (b *Buffer) execute(ctx context.Context) error {
	if b.atMain() {
		return b.beat(ctx)
	}
	x := &executor{b: b, size: flightStart}
	pause := backoffMin
	for {
		progress := x.batch
		err := x.connect(ctx)
		if err == nil {
			err = x.drain(ctx)
		}
		fault := x.session == nil || !x.session.Alive() || postgres.SQLState(err) != ""
		x.disconnect()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errNewer) || errors.Is(err, errLease) {
			return err
		}
		if x.batch != progress {
			pause = backoffMin
		}
		if fault {
			x.report(err)
		} else {
			x.b.monitor.setExecutor("backing off", "it begins again; the log says why")
			x.b.log.Warn("the executor begins again", "error", err)
		}
		// Full jitter: executors of several sites must not return to a main database that is just starting in step.
		if err := sleep(ctx, rand.N(pause)+pause/10); err != nil {
			return err
		}
		pause = min(2*pause, backoffMax)
	}
}

// report tells operators why the main database moves nothing. States that do not pass by themselves raise an alarm.
func (x *executor) report(err error) {
	code := postgres.SQLState(err)
	x.b.monitor.setExecutor("backing off", "main database: "+postgres.Cause(err))
	x.b.monitor.setMain(false, err)
	if code != "" && !passing(code) {
		x.b.monitor.setAlarm(alarmRefused, "main database refuses: "+postgres.Cause(err))
	}
	x.b.log.Warn("the main database cannot execute", "error", err, "sqlstate", code)
}

// passing tells whether an error of the main database passes by itself: it is starting or busy, a connection broke,
// transactions were in each other's way, or another executor has taken over. A full disk does not.
func passing(code string) bool {
	class := code[:2]
	return code != diskFull && slices.Contains([]string{"08", "40", "53", "55", "57", fenceClass}, class)
}

const (
	diskFull   = "53100"
	fenceClass = "OD"
)

// application is the name of every executor session of the site: a successor ends what it finds under it.
func (x *executor) application() string { return "opsdb/" + x.b.cfg.Site.Name + "/executor" }

func (x *executor) disconnect() {
	x.settleAhead()
	if x.session != nil {
		x.session.Close()
		x.session = nil
	}
}

// connect opens a session, ends what an earlier one left behind, takes the fence, and settles what became of the last
// flight. Only then may anything new be sent.
func (x *executor) connect(ctx context.Context) error {
	session, err := x.b.main.Session(ctx, x.application())
	if err != nil {
		return err
	}
	x.session = session
	began := time.Now()
	position, err := x.position(ctx)
	if err != nil {
		return err
	}
	x.trip = time.Since(began)
	x.b.monitor.setMainPosition(position.LSN, position.At, x.trip)
	if err := x.takeOver(ctx); err != nil {
		return err
	}
	x.b.monitor.setMain(true, nil)
	x.stopped, x.next, x.unnoted = nil, nil, nil
	x.size = min(x.size, flightStart)
	return nil
}

// drain executes until something fails. It looks at the buffer whenever it is woken and at every interval.
func (x *executor) drain(ctx context.Context) error {
	pinged := time.Now()
	for {
		wake := x.b.wake.wait()
		if err := x.resumeDue(ctx); err != nil {
			return err
		}
		before := x.stopped
		if err := x.refreshStopped(ctx); err != nil {
			return err
		}
		if x.stopped != before {
			if err := x.dropAhead(); err != nil {
				return err
			}
		}
		departed := time.Now()
		moved, err := x.step(ctx)
		if err != nil {
			return err
		}
		x.b.monitor.ran()
		if moved {
			pinged = time.Now()
			if x.next == nil {
				if err := sleep(ctx, time.Until(departed.Add(flightPause))); err != nil {
					return err
				}
			}
			continue
		}
		x.b.monitor.setExecutor("idle", "")
		if time.Since(pinged) > idlePing {
			if err := x.ping(ctx); err != nil {
				return err
			}
			pinged = time.Now()
		}
		select {
		case <-wake:
		case <-time.After(min(x.b.cfg.Interval, idlePing)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ping learns the main database's position and clock while there is nothing to send.
func (x *executor) ping(ctx context.Context) error {
	began := time.Now()
	row, err := x.position(ctx)
	if err != nil {
		return err
	}
	x.b.monitor.setMain(true, nil)
	x.b.monitor.setMainPosition(row.LSN, row.At, time.Since(began))
	x.b.monitor.setAlarm(alarmRefused, "")
	x.lost(0)
	return nil
}

// step sends one flight of the oldest transactions. moved is false when there was nothing to send.
func (x *executor) step(ctx context.Context) (moved bool, err error) {
	oldest, err := x.take(ctx)
	if err != nil || len(oldest) == 0 {
		return false, err
	}
	x.b.monitor.setExecutor("draining", "")
	ready, err := x.sort(ctx, oldest)
	if err != nil {
		return false, err
	}
	if len(ready) == len(oldest) && len(ready) == x.size {
		x.lookAhead(ctx, len(ready))
	} else if err := x.note(ctx); err != nil {
		return false, err
	}
	for len(ready) > 0 {
		ready, err = x.fly(ctx, ready)
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// sort takes out what cannot be sent: what is too old for the ledger, and what depends on a stopped transaction. The
// rest is ready, oldest first.
func (x *executor) sort(ctx context.Context, oldest []*stored) ([]*stored, error) {
	ready, bytes := oldest[:0], 0
	for _, t := range oldest {
		if reason := x.unfit(t); reason != nil {
			if err := x.unsendable(ctx, t, reason); err != nil {
				return nil, err
			}
			continue
		}
		if behind := x.stopped.behind(t); len(behind) > 0 {
			if err := x.block(ctx, t, behind); err != nil {
				return nil, err
			}
			continue
		}
		if bytes += len(t.raw); bytes > flightBytes && len(ready) > 0 {
			break
		}
		ready = append(ready, t)
	}
	return ready, nil
}

// unfit returns why a transaction cannot be executed.
func (x *executor) unfit(t *stored) error {
	switch {
	case t.payload.Version > payloadVersion:
		return fmt.Errorf("%w form %d", errUnknownKind, t.payload.Version)
	case t.state == Discarded:
		// Only its ledger row is written, however old or broken it is.
		return nil
	case t.undecodable != nil:
		return fmt.Errorf("%w: %w", errUndecodable, t.undecodable)
	case time.Since(t.payload.AcceptedAt) > x.b.cfg.LedgerKeep:
		return errors.New("older than the ledger remembers: whether it was executed can no longer be known")
	case x.stopped.empty():
		return nil
	}
	return x.b.understand(t)
}

// unsendable parks a transaction that no attempt can mend. A kind that only a newer release knows is not poison: the
// error then is errNewer, and nothing is touched.
func (x *executor) unsendable(ctx context.Context, t *stored, reason error) error {
	if errors.Is(reason, errUnknownKind) {
		return fmt.Errorf("%w: transaction %s: %w", errNewer, t.id, reason)
	}
	t.attempts = max(t.attempts, x.b.cfg.RetryAttempts)
	return x.stop(ctx, t, "parked", &Failure{Message: reason.Error(), At: time.Now().UTC()}, nil, time.Time{})
}

// understand fills in what a transaction writes and needs, once.
func (b *Buffer) understand(t *stored) error {
	if t.understood || t.state == Discarded {
		return nil
	}
	e, err := b.registry.effects(t.payload)
	if errors.Is(err, errUnknownKind) {
		return fmt.Errorf("%w: transaction %s: %w", errNewer, t.id, err)
	}
	if err != nil {
		return err
	}
	for _, c := range e.touch {
		if c.Record.ID != "" {
			t.writes = append(t.writes, c.Record)
		}
	}
	t.needs, t.understood = e.needs, true
	return nil
}

// oldest returns up to n transactions from the tail of the buffer, oldest first, after skipping the oldest: fewer when
// they are more than a flight carries, which many bulks in a row are.
func (b *Buffer) oldest(ctx context.Context, skip, n int) ([]*stored, error) {
	const atATime = 250
	ids, err := b.tail(ctx, skip, n)
	if err != nil {
		return nil, err
	}
	list, bytes := make([]*stored, 0, len(ids)), 0
	for part := range slices.Chunk(ids, atATime) {
		read, err := b.load(ctx, part)
		if err != nil {
			return nil, err
		}
		list = append(list, read...)
		for _, t := range read {
			bytes += len(t.raw)
		}
		if bytes > flightBytes {
			break
		}
	}
	return list, nil
}

func millisOf(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
