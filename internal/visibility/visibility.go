// Package visibility computes when many targets can be observed, by observing day, and keeps it: a month of one target at a
// time, so that any range and any choice of targets finds what was computed for others. It works offline, and without
// Redis.
package visibility

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/sky"
)

const (
	// Slot is the time for which one look at the sky stands.
	Slot = 10 * time.Minute
	// SlotsPerDay is how many of them a day has.
	SlotsPerDay = int(24 * time.Hour / Slot)
	// SlotsPerHour is how many of them an hour has.
	SlotsPerHour = int(time.Hour / Slot)

	// mapsAtOnce is how many heat maps are computed at once: a year of a hundred sources has five megabytes.
	mapsAtOnce = 8

	// keep is how long a month of a target is kept; its place in the sky does not change.
	keep = 32 * 24 * time.Hour
)

// area is that of the cache. Its keys hold everything that an answer depends on, so that nothing in it becomes wrong.
const area cache.Area = "visibility"

// Planner computes and keeps. It is safe for concurrent use.
type Planner struct {
	site    sky.Site
	cache   *cache.Cache
	board   *cache.Board
	log     *slog.Logger
	turns   *turns
	maps    *turns // for all the days of some targets, which take memory until they are computed
	flights flights[[][]bool]
	work    chan task
	// processors is how many compute: every second one, for the others are for those who write observations.
	processors int
}

// New returns the planner of a site of the observatory for the telescope at a place.
func New(place sky.Site, kept *cache.Cache, board *cache.Board, log *slog.Logger) *Planner {
	processors := max(1, runtime.GOMAXPROCS(0)/2)
	return &Planner{
		site: place, cache: kept, board: board, log: log, turns: newTurns(processors), maps: newTurns(mapsAtOnce),
		work: make(chan task, 1), processors: processors,
	}
}

// Turn waits for a processor on which nobody else computes what is in the sky, and returns the function that gives it back.
// Callers get them one after the other, however many each waits for. It fails when ctx ends.
func (p *Planner) Turn(ctx context.Context, caller string) (end func(), err error) {
	if err := p.turns.take(ctx, caller); err != nil {
		return nil, err
	}
	return p.turns.give, nil
}

// Days returns, for each target, whether it can be observed in each slot of some observing days, from the beginning of the
// first on. Who asks for the same at the same time is given the same; it is computed as long as somebody waits for it. It
// fails when ctx ends.
func (p *Planner) Days(ctx context.Context, caller string, targets []sky.Target, first time.Time, days int, l sky.Limits) ([][]bool, error) {
	flight := fmt.Sprintf("%d|%d|%s|%v", first.Unix(), days, limitsKey(l), targets)
	return p.flights.do(ctx, flight, func(ctx context.Context) ([][]bool, error) { return p.days(ctx, caller, targets, first, days, l) })
}

func (p *Planner) days(ctx context.Context, caller string, targets []sky.Target, first time.Time, days int, l sky.Limits) ([][]bool, error) {
	if err := p.maps.take(ctx, caller); err != nil {
		return nil, err
	}
	defer p.maps.give()
	rows := make([][]bool, len(targets))
	for i := range rows {
		rows[i] = make([]bool, days*SlotsPerDay)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.processors)
	for _, m := range months(first, days) {
		group.Go(func() error {
			filled, err := p.month(ctx, caller, targets, m, l)
			if err != nil {
				return err
			}
			for i, slots := range filled {
				copyMonth(rows[i], slots, first, m)
			}
			return nil
		})
	}
	return rows, group.Wait()
}

// month is one of the calendar, whose observing days are kept together.
type month struct {
	begin time.Time // midnight of its first day
	days  int
}

// months returns those which some days touch.
func months(first time.Time, days int) []month {
	var list []month
	end := first.AddDate(0, 0, days)
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); m.Before(end); m = m.AddDate(0, 1, 0) {
		list = append(list, month{m, int(m.AddDate(0, 1, 0).Sub(m).Hours() / 24)})
	}
	return list
}

// copyMonth copies what a month has of the days of a row that begins with a day.
func copyMonth(row, slots []bool, first time.Time, m month) {
	offset := int(m.begin.Sub(first)/(24*time.Hour)) * SlotsPerDay
	if offset < 0 {
		copy(row, slots[-offset:])
		return
	}
	copy(row[offset:], slots)
}

// month returns the slots of a month for each target: those that are kept, and the others, computed and kept.
func (p *Planner) month(ctx context.Context, caller string, targets []sky.Target, m month, l sky.Limits) ([][]bool, error) {
	keys := make([]string, len(targets))
	for i, t := range targets {
		keys[i] = p.key(t, m, l)
	}
	look := p.cache.Look(ctx, area, keys...)
	rows, missing := make([][]bool, len(targets)), []int{}
	for i, key := range keys {
		if found, ok := look.Found(key); ok && len(found.Value) == packedLength(m) {
			rows[i] = unpack(found.Value, m.days*SlotsPerDay)
		} else {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return rows, nil
	}
	end, err := p.Turn(ctx, caller)
	if err != nil {
		return nil, err
	}
	defer end()
	begin := sky.DayBegin(m.begin).Add(Slot / 2)
	grid, err := sky.NewGrid(p.site, begin, begin.Add(time.Duration(m.days*SlotsPerDay-1)*Slot), Slot)
	if err != nil {
		return nil, err
	}
	made := make(map[string]cache.Made, len(missing))
	for _, i := range missing {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		rows[i] = grid.Observable(targets[i], l)
		made[keys[i]] = cache.Made{Value: pack(rows[i]), Fresh: keep}
	}
	look.Put(ctx, made)
	return rows, nil
}

// key says all that a month of a target depends on.
func (p *Planner) key(t sky.Target, m month, l sky.Limits) string {
	return fmt.Sprintf("1|%v|%T%v|%s|%s|%d", p.site, t, t, m.begin.Format("2006-01"), limitsKey(l), sky.OrientationKnownUntil().Unix())
}

func limitsKey(l sky.Limits) string {
	dark := 90.0
	if l.MaxSun != nil {
		dark = *l.MaxSun
	}
	return fmt.Sprint(l.MinElevation, l.MaxElevation, l.SunAvoidance, l.MoonAvoidance, dark)
}

func packedLength(m month) int { return (m.days*SlotsPerDay + 7) / 8 }

func pack(slots []bool) []byte {
	packed := make([]byte, (len(slots)+7)/8)
	for i, is := range slots {
		if is {
			packed[i/8] |= 1 << (i % 8)
		}
	}
	return packed
}

func unpack(packed []byte, n int) []bool {
	slots := make([]bool, n)
	for i := range slots {
		slots[i] = packed[i/8]>>(i%8)&1 == 1
	}
	return slots
}

// Hours adds slots up, each column of some of them, in hours.
func Hours(slots []bool, column int) []float64 {
	hours := make([]float64, len(slots)/column)
	for i := range hours {
		n := 0
		for _, is := range slots[i*column : (i+1)*column] {
			if is {
				n++
			}
		}
		hours[i] = float64(n) * 10 / 60
	}
	return hours
}

var errStopped = errors.New("stopped")
