package live

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"
	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

const (
	leaseFor   = 3 * time.Second
	leaseEvery = time.Second
	// outboxEvery is how often the site's database is asked what others have changed.
	outboxEvery = 40 * time.Millisecond
	healthEvery = time.Second
	// healthAnyway is when the figures of the health are told though nothing has changed in kind.
	healthAnyway = 10 * time.Second
	// retryPause is between two attempts when something is away.
	retryPause = 500 * time.Millisecond
)

// Condition is the health of a site.
type Condition struct {
	Report json.RawMessage // as /health answers
	Kind   string          // when this is another than before it is told at once
}

// Publisher fills the topics of a site. Every process of the site runs one; one of them works at a time.
type Publisher struct {
	store
	replica *postgres.Replica
	health  func(context.Context) (Condition, error)
	log     *slog.Logger
	holder  string
	held    atomic.Bool
}

// NewPublisher returns a Publisher of a site. It connects to nothing.
func NewPublisher(site string, redis *redisclient.Client, replica *postgres.Replica, health func(context.Context) (Condition, error), log *slog.Logger) *Publisher {
	return &Publisher{
		store: store{redis: redis, keys: rediskeys.Site(site)}, replica: replica, health: health, log: log,
		holder: uuid.NewString(),
	}
}

// Run publishes until ctx ends. It returns nil.
func (p *Publisher) Run(ctx context.Context) error {
	var group errgroup.Group
	group.Go(func() error { return repeat(ctx, leaseEvery, p.lead) })
	group.Go(func() error { return p.work(ctx, outboxEvery, p.readOutbox) })
	group.Go(func() error { return p.work(ctx, eventsPause, p.readBuffer) })
	group.Go(func() error { return p.work(ctx, healthEvery, p.readHealth) })
	err := group.Wait()
	p.retire(context.WithoutCancel(ctx))
	return err
}

// repeat does something again and again, with pauses, until ctx ends.
func repeat(ctx context.Context, every time.Duration, do func(context.Context) time.Duration) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		timer.Reset(max(every, do(ctx)))
	}
}

// work does something again and again while this process is to publish. It says once that it cannot.
func (p *Publisher) work(ctx context.Context, every time.Duration, do func(context.Context) error) error {
	said := false
	return repeat(ctx, every, func(ctx context.Context) time.Duration {
		if !p.held.Load() {
			return leaseEvery / 10
		}
		err := do(ctx)
		switch {
		case err == nil:
			said = false
			return 0
		case errors.Is(err, errMoved), ctx.Err() != nil:
			return 0
		}
		if !said {
			p.log.WarnContext(ctx, "what changes cannot be told", "error", err)
			said = true
		}
		return retryPause
	})
}

var leadScript = rueidis.NewLuaScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

var retireScript = rueidis.NewLuaScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`)

// lead tries to be the one who publishes, and to stay it.
func (p *Publisher) lead(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, leaseEvery)
	defer cancel()
	c, err := p.redis.Get()
	if err != nil {
		p.held.Store(false)
		return 0
	}
	args := []string{p.holder, strconv.FormatInt(leaseFor.Milliseconds(), 10)}
	mine, err := leadScript.Exec(ctx, c, []string{p.keys.LiveLease()}, args).AsInt64()
	p.held.Store(err == nil && mine == 1)
	return 0
}

// retire lets another process go on at once.
func (p *Publisher) retire(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, leaseEvery)
	defer cancel()
	if c, err := p.redis.Get(); err == nil {
		err = retireScript.Exec(ctx, c, []string{p.keys.LiveLease()}, []string{p.holder}).Error()
		if err != nil {
			p.log.DebugContext(ctx, "another process publishes only in a moment", "error", err)
		}
	}
}

// readHealth tells how the site is.
func (p *Publisher) readHealth(ctx context.Context) error {
	st, err := p.state(ctx)
	if err != nil || st.epoch() == "" {
		return err
	}
	now, err := p.health(ctx)
	if err != nil {
		return err
	}
	at := time.Now()
	to := strconv.FormatInt(at.Truncate(healthAnyway).Unix(), 10) + " " + now.Kind
	if st[fromHealth] == to {
		return nil
	}
	list, err := entries([]Topic{Health}, event{At: at, Record: "health", Action: "change", Health: now.Report})
	if err != nil {
		return err
	}
	return p.publish(ctx, st.epoch(), fromHealth, st[fromHealth], to, list)
}
