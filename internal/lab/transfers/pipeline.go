package transfers

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
)

// Fate is how an attempt ends.
type Fate int

// The fates.
const (
	Succeeds Fate = iota
	Fails         // half way
	Stalls        // half way, without a word; of transfers only
)

// Attempt is something that can go wrong.
type Attempt struct {
	Stage int    // 3 transferring, 4 unpacking, 5 archiving, 6 staging
	Name  string // of the transfer package; of the raw data package when it is archived or staged
	Retry int32  // 0 is the first
}

// Options say how the pipeline works. The zero value moves 100 MB/s in each transfer, and all goes well.
type Options struct {
	// Seed chooses what goes wrong, and the ids.
	Seed uint64
	// Speed is how many times faster than in reality Run plays; 0: once.
	Speed float64
	// Tick is the pause between the steps of Run; 0: 200 ms.
	Tick time.Duration
	// Bandwidth is what one transfer moves, in bytes for a second; 0: 100 MB.
	Bandwidth float64
	// Bundle is how many raw data packages travel together at most; 0: 10.
	Bundle int
	// PackagesPerHour is how many packages Run files by itself; 0: none, others do.
	PackagesPerHour float64
	// Failures are the shares of attempts that fail, and of transfers that stall.
	Failures Failures
	// Choose decides how an attempt ends; nil: Seed and Failures do.
	Choose func(Attempt) Fate
	// StallFor is after how long without progress a stalled transfer is given up; 0: never.
	StallFor time.Duration
	// Retries is how often what failed is tried again before its packages have failed, too; 0: it waits for a person.
	Retries int32
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Failures are shares between 0 and 1.
type Failures struct{ Transfer, Stall, Unpack, Archive, Stage float64 }

// Pipeline is a run of the programs that move data. It is for one goroutine.
type Pipeline struct {
	options Options
	db      *pgx.Conn
	owed    float64 // packages that Run has still to file
}

// New returns a pipeline that works on a main database.
func New(db *pgx.Conn, o Options) *Pipeline {
	if o.Speed == 0 {
		o.Speed = 1
	}
	if o.Tick == 0 {
		o.Tick = 200 * time.Millisecond
	}
	if o.Bandwidth == 0 {
		o.Bandwidth = 100e6
	}
	if o.Bundle == 0 {
		o.Bundle = 10
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Choose == nil {
		o.Choose = o.chance
	}
	return &Pipeline{options: o, db: db}
}

// chance chooses by the seed alone, whatever else happens in which order.
func (o Options) chance(a Attempt) Fate {
	x := o.share(fmt.Sprint(a.Stage, a.Name, a.Retry))
	switch f := o.Failures; {
	case a.Stage == 3 && x < f.Transfer, a.Stage == 4 && x < f.Unpack, a.Stage == 5 && x < f.Archive, a.Stage == 6 && x < f.Stage:
		return Fails
	case a.Stage == 3 && x < f.Transfer+f.Stall:
		return Stalls
	default:
		return Succeeds
	}
}

// share is a number in [0, 1) that depends on the seed and a name.
func (o Options) share(name string) float64 {
	h := fnv.New64a()
	fmt.Fprint(h, o.Seed, " ", name)
	x := h.Sum64()
	// Names that differ in the last letter only lie close together until their bits are mixed.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// Run plays until ctx ends. Its error is the database's.
func (p *Pipeline) Run(ctx context.Context) error {
	ticks := time.NewTicker(p.options.Tick)
	defer ticks.Stop()
	last := p.options.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		now := p.options.Now()
		elapsed := time.Duration(float64(now.Sub(last)) * p.options.Speed)
		last = now
		p.owed += p.options.PackagesPerHour * elapsed.Hours()
		err := error(nil)
		if n := int(p.owed); n > 0 {
			p.owed -= float64(n)
			err = p.File(ctx, n, 20<<30)
		}
		if err == nil {
			err = p.Step(ctx, elapsed)
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("the pipeline: %w", err)
		}
	}
}

// Step plays so much time of the pipeline: from its end to its beginning, so that nothing goes two ways at once. Each
// stage is one transaction.
func (p *Pipeline) Step(ctx context.Context, elapsed time.Duration) error {
	for _, stage := range []struct {
		name string
		play func(context.Context, *moment) error
	}{
		{"deletion", remove},
		{"staging", stage},
		{"archiving", archive},
		{"unpacking", unpack},
		{"transferring", transfer},
		{"bundling", bundle},
		{"packaging", pack},
		{"filing", complete},
	} {
		err := pgx.BeginFunc(ctx, p.db, func(tx pgx.Tx) error {
			m := &moment{Options: p.options, tx: tx, now: p.options.Now().UTC().Truncate(time.Microsecond), elapsed: elapsed}
			return stage.play(ctx, m)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", stage.name, err)
		}
	}
	return nil
}

// moment is one stage at one time.
type moment struct {
	Options
	tx      pgx.Tx
	now     time.Time
	elapsed time.Duration
}

// do executes a statement with its arguments, and with @now and @seed.
func (m *moment) do(ctx context.Context, sql string, args ...pgx.NamedArgs) error {
	all := pgx.NamedArgs{"now": m.now, "seed": fmt.Sprint(m.Seed)}
	for _, more := range args {
		maps.Copy(all, more)
	}
	_, err := m.tx.Exec(ctx, sql, all)
	return err
}

// each calls f with every row of a query.
func each[T any](ctx context.Context, m *moment, f func(T) error, sql string, args ...any) error {
	rows, err := m.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	if err != nil {
		return err
	}
	for _, row := range all {
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}
