package buffer

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/site"
)

// Config is what a site can set.
type Config struct {
	Site               site.Site
	BufferSize         int           // pending transactions at which health says "degraded"; never a reason to refuse
	RetryAttempts      int           // attempts of a transaction with a permanent error before it is parked
	RetryDelay         time.Duration // between these attempts
	Interval           time.Duration // how often the executor looks without being woken
	LSNTracking        bool          // whether replay positions are compared; the proof does not need it
	LSNCheckInterval   time.Duration // how often the replica is asked while something waits for it
	LSNTimeout         time.Duration // unreplicated for longer than this is "lagging"
	ReferenceFreshness time.Duration // a heartbeat younger than this makes the site's view provably fresh
	JournalKeep        time.Duration // age to which replicated transactions are kept for a main database that lost a tail
	JournalMaxBytes    int64         // and their size
	LedgerKeep         time.Duration // a transaction older than this can no longer be known as executed, so it parks
	DirectTimeout      time.Duration // deadline of a write past the buffer
}

// Buffer is one process's access to the site's buffer. It is safe for concurrent use.
type Buffer struct {
	cfg      Config
	client   *redisclient.Client
	keys     rediskeys.Site
	main     *postgres.Main
	replica  *postgres.Replica
	registry *Registry
	log      *slog.Logger
	holder   string // this process, as the lease names it
	wake     signal // something was enqueued or put back
	moved    signal // a transaction changed its state
	monitor  monitor
	examined atomic.Bool // Redis was seen to keep what it acknowledges
}

// New returns the buffer of a site. It opens nothing yet: everything it needs may be away when a site starts.
func New(cfg Config, client *redisclient.Client, main *postgres.Main, replica *postgres.Replica, registry *Registry, log *slog.Logger) *Buffer {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Buffer{
		cfg: cfg, client: client, keys: rediskeys.Site(cfg.Site.Name), main: main, replica: replica, registry: registry,
		log: log, holder: host + "/" + strconv.Itoa(os.Getpid()) + "/" + rand.Text()[:8],
		wake: newSignal(), moved: newSignal(),
	}
}

// Settings returns what the buffer was made with.
func (b *Buffer) Settings() Config { return b.cfg }

func (b *Buffer) atMain() bool { return b.cfg.Site.Type == site.Main }

// signal tells any number of waiters that something may have changed. Waiters look again by themselves, too.
type signal struct{ ch chan chan struct{} }

func newSignal() signal {
	s := signal{ch: make(chan chan struct{}, 1)}
	s.ch <- make(chan struct{})
	return s
}

// wait returns a channel that is closed at the next notify.
func (s signal) wait() <-chan struct{} {
	c := <-s.ch
	s.ch <- c
	return c
}

func (s signal) notify() {
	close(<-s.ch)
	s.ch <- make(chan struct{})
}

// eval runs a script; its result is an error when Redis is away.
func (b *Buffer) eval(ctx context.Context, s *rueidis.Lua, keys, args []string) (rueidis.RedisResult, error) {
	c, err := b.client.Get()
	if err != nil {
		return rueidis.RedisResult{}, err
	}
	r := s.Exec(ctx, c, keys, args)
	return r, r.Error()
}

// evalInt runs a script whose result is a number.
func (b *Buffer) evalInt(ctx context.Context, s *rueidis.Lua, keys, args []string) (int64, error) {
	r, err := b.eval(ctx, s, keys, args)
	if err != nil {
		return 0, err
	}
	return r.AsInt64()
}

// redisRetry is what a refused client is told to wait: a restarted Redis is back within it.
const redisRetry = time.Second

// unavailable turns an error of Redis into the client's terms.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return errs.New(errs.Unavailable, "the site's buffer does not answer").Named("buffer-unavailable").Because(err).After(redisRetry)
}

// needed are the settings of Redis without which an acknowledgement means nothing.
var needed = []struct{ setting, value, why string }{
	{"maxmemory-policy", "noeviction", "it would delete acknowledged observations"},
	{"appendonly", "yes", "a restart would forget acknowledged observations"},
	{"appendfsync", "always", "a power cut would forget acknowledged observations"},
	{"no-appendfsync-on-rewrite", "no", "a power cut during a rewrite would forget acknowledged observations"},
}

// CheckRedis tells whether Redis keeps what is acknowledged. Errors: errs.Unavailable when it does not answer;
// errs.Invalid, naming the setting and the remedy, when it evicts keys or answers before it has written to disk.
func (b *Buffer) CheckRedis(ctx context.Context) error {
	if faults.Off(faults.FsyncCheck) {
		return nil
	}
	c, err := b.client.Get()
	if err != nil {
		return unavailable(err)
	}
	ask := c.B().ConfigGet().Parameter(needed[0].setting)
	for _, n := range needed[1:] {
		ask = ask.Parameter(n.setting)
	}
	got, err := c.Do(ctx, ask.Build()).AsStrMap()
	if err != nil {
		return unavailable(err)
	}
	for _, n := range needed {
		if got[n.setting] != n.value {
			return errs.New(errs.Invalid, "Redis: %s is %q: %s; set it to %q (redis-cli CONFIG SET %s %s, and in redis.conf)",
				n.setting, got[n.setting], n.why, n.value, n.setting, n.value)
		}
	}
	return nil
}

// examineRedis lets nothing be acknowledged before this process has seen that Redis keeps it: Redis may have come up
// after the process.
func (b *Buffer) examineRedis(ctx context.Context) error {
	if b.examined.Load() {
		return nil
	}
	if err := b.CheckRedis(ctx); err != nil {
		return unavailable(err)
	}
	b.examined.Store(true)
	return nil
}

// fields reads some fields of the hash of a transaction; an absent field is empty.
func (b *Buffer) fields(ctx context.Context, id string, names ...string) ([]string, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, c.B().Hmget().Key(b.keys.Transaction(id)).Field(names...).Build()).AsStrSlice()
}

func joinIDs[T interface{ String() string }](ids []T) string {
	var text strings.Builder
	for i, id := range ids {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(id.String())
	}
	return text.String()
}
