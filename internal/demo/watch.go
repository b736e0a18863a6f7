package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

const (
	// lookEvery is the pause between two looks at the databases, and between two frames.
	lookEvery = 100 * time.Millisecond
	// rateOver is the time over which rates are taken.
	rateOver = 3 * time.Second
)

// watch keeps an eye on everything while the night passes. It is safe for concurrent use.
type watch struct {
	site    string
	clock   clock
	acks    *ackFile
	station *station
	link    *lab.Link
	main    database
	replica database
	apis    func(holder string) string // what the lab calls the API that names itself so
	marked  func(mark)                 // is told of each mark

	mu       sync.Mutex
	view     view
	rates    []rateSample
	stats    *client.BufferStats // nil: no API answers
	cutAt    time.Time
	healedAt time.Time
	toDrain  int // writes acknowledged before the link healed
	outage   time.Duration
	drain    time.Duration // 0: not yet
}

// rateSample is how far everything was at a time.
type rateSample struct {
	at                      time.Time
	acknowledged, committed int
}

// observing implements progress.
func (w *watch) observing(instrument string, o *Observation) {
	w.change(instrument, func(a *activity) { a.observation = o })
}

// registered implements progress.
func (w *watch) registered(instrument, file string) {
	w.change(instrument, func(a *activity) { a.file = file })
}

func (w *watch) change(instrument string, how func(*activity)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.view.instruments, func(a activity) bool { return a.name == instrument })
	how(&w.view.instruments[i])
}

// enter begins a phase.
func (w *watch) enter(phase string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.view.phase = phase
}

// note marks the present moment.
func (w *watch) note(label, text string) {
	m := mark{at: time.Since(w.clock.started), label: label, text: text}
	w.mu.Lock()
	w.view.marks = append(w.view.marks, m)
	w.mu.Unlock()
	w.marked(m)
}

// cut says that the link is cut now, healed that it is whole again.
func (w *watch) cut() {
	w.mu.Lock()
	w.cutAt = time.Now()
	w.view.phase = "the link is cut"
	w.mu.Unlock()
	w.note("cut", "the link is cut: bytes vanish, connections hang")
}

func (w *watch) healed() {
	count, _, _ := w.acks.figures()
	w.mu.Lock()
	w.healedAt, w.toDrain = time.Now(), count
	w.outage = w.healedAt.Sub(w.cutAt)
	w.view.phase = "catching up"
	w.mu.Unlock()
	w.note("healed", "the link is whole again")
}

// run looks until done is closed. It fails when a database cannot be read and when ctx ends.
func (w *watch) run(ctx context.Context, done <-chan struct{}, show func(view)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return every(ctx, done, w.ask) })
	group.Go(func() error {
		return every(ctx, done, func(ctx context.Context) error {
			if err := w.look(ctx); err != nil {
				return err
			}
			show(w.present())
			return nil
		})
	})
	return group.Wait()
}

func every(ctx context.Context, done <-chan struct{}, do func(context.Context) error) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := do(ctx); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ask asks the site how its buffer is; a site of which no API answers shows as one that does not.
func (w *watch) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var stats *client.BufferStats
	for range w.station.apis {
		if answer, err := w.station.next().GetBufferStatsWithResponse(ctx); err == nil {
			stats = answer.JSON200
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats = stats
	return nil
}

// look counts, at the client and in both databases, how far the writes have come.
func (w *watch) look(ctx context.Context) error {
	committed, err := w.main.executed(ctx, w.site)
	if err != nil {
		return fmt.Errorf("main database: %w", err)
	}
	stages, err := w.main.stages(ctx)
	if err != nil {
		return fmt.Errorf("main database: %w", err)
	}
	replicated, err := w.replica.executed(ctx, w.site)
	if err != nil {
		return fmt.Errorf("replica: %w", err)
	}
	acknowledged, p50, p99 := w.acks.figures()
	now := time.Now()

	w.mu.Lock()
	v := &w.view
	v.acknowledged, v.committed, v.replicated = acknowledged, min(committed, acknowledged), min(replicated, acknowledged)
	v.p50, v.p99, v.sentAgain = p50, p99, w.station.resent.Load()
	v.night, v.elapsed = w.clock.now(), now.Sub(w.clock.started)
	v.stages, v.cutFor = stages, 0
	if w.link.State().Cut != nil && !w.cutAt.IsZero() {
		v.cutFor = now.Sub(w.cutAt)
	}
	v.history = append(v.history, moment{at: v.elapsed, backlog: acknowledged - v.replicated, cut: v.cutFor > 0})
	w.rate(rateSample{now, acknowledged, v.committed})
	drained := !w.healedAt.IsZero() && w.drain == 0 && replicated >= w.toDrain
	if drained {
		w.drain = now.Sub(w.healedAt)
	}
	w.mu.Unlock()
	if drained {
		w.note("drained", "all that was acknowledged before is replicated")
	}
	return nil
}

func (w *watch) rate(now rateSample) {
	w.rates = append(w.rates, now)
	for len(w.rates) > 1 && now.at.Sub(w.rates[0].at) > rateOver {
		w.rates = w.rates[1:]
	}
	first := w.rates[0]
	if past := now.at.Sub(first.at).Seconds(); past > 0 {
		w.view.accepting = float64(now.acknowledged-first.acknowledged) / past
		w.view.executing = float64(now.committed-first.committed) / past
	}
}

// present returns the view of this moment.
func (w *watch) present() view {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := w.view
	v.history, v.marks, v.instruments = slices.Clone(v.history), slices.Clone(v.marks), slices.Clone(v.instruments)
	if w.stats == nil {
		v.executor, v.holder = "no answer", "–"
		return v
	}
	v.parked = w.stats.FailedTransactions
	v.executor, v.holder = w.stats.Executor, "–"
	if w.stats.ExecutorHolder != nil {
		v.holder = cmp.Or(strings.TrimPrefix(w.apis(*w.stats.ExecutorHolder), w.site+"/"), "dead")
	}
	for _, age := range []*float64{w.stats.OldestUnappliedSeconds, w.stats.OldestUnreplicatedSeconds} {
		if age != nil {
			v.oldest = max(v.oldest, time.Duration(*age*float64(time.Second)))
		}
	}
	if w.stats.ETASeconds != nil && v.cutFor == 0 {
		left := time.Duration(*w.stats.ETASeconds * float64(time.Second))
		v.empty = &left
	}
	return v
}

// idle is nil when every acknowledged write is in the replica and the site knows it.
func (w *watch) idle(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if count, _, _ := w.acks.figures(); w.view.replicated < count {
		return fmt.Errorf("%d of %d writes are", w.view.replicated, count)
	}
	if w.stats == nil || w.stats.PendingTransactions > 0 || w.stats.Unreplicated > 0 {
		return errors.New("the site does not know yet")
	}
	return nil
}

// report returns what can be said before anything is compared.
func (w *watch) report() Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	count, p50, p99 := w.acks.figures()
	r := Report{
		Acknowledged: count, AckP50: inMilliseconds(p50), AckP99: inMilliseconds(p99), Outage: inSeconds(w.outage), Drain: inSeconds(w.drain),
		SentAgain: w.station.resent.Load(), Known: w.station.known.Load(),
	}
	if w.stats != nil {
		r.Parked = w.stats.FailedTransactions
	}
	return r
}
