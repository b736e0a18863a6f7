// Package cache keeps answers that are expensive in the site's Redis, for all processes of the site.
//
// Keys say what an answer is made of and never who asked: what an answer depends on must be in its key, and nothing may be
// kept that not everybody may see who may ask for it. Answers of one area become invalid together (Invalidate).
//
// The cache is bounded in bytes, because that Redis also holds the writes that are on their way and evicts nothing by
// itself. Without Redis everything is computed: no method fails because of it.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/rueidis"
	"golang.org/x/sync/singleflight"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

const (
	// lookTime is what a look may cost before the answer is computed instead.
	lookTime = 300 * time.Millisecond
	// keepTime bounds a write.
	keepTime = 2 * time.Second
	// makeTime bounds the making of an answer, which goes on when those who asked for it have left.
	makeTime = time.Minute
	// maxValue is the largest value that is kept.
	maxValue = 2 << 20
	// defaultBound is how many bytes all values of a site have together.
	defaultBound = 64 << 20
	// atOnce is how many values one command reads or writes, so that it holds up nobody.
	atOnce = 100
)

// Area names answers that become invalid together.
type Area string

// Cache is safe for concurrent use.
type Cache struct {
	redis   *redisclient.Client
	keys    rediskeys.Site
	log     *slog.Logger
	bound   int
	flights singleflight.Group
}

// New returns the cache of a site.
func New(redis *redisclient.Client, site string, log *slog.Logger) *Cache {
	return &Cache{redis: redis, keys: rediskeys.Site(site), log: log, bound: defaultBound}
}

// Found is a value that was kept.
type Found struct {
	Value  []byte
	MadeAt time.Time // to the millisecond
	Stale  bool      // it is older than its maker wanted
}

// Made is a value to keep.
type Made struct {
	Value []byte
	Fresh time.Duration // how long it is as good as a new one
	Keep  time.Duration // how long it is better than none; at least Fresh
}

// Look is what was kept under some keys at one time. What is made for the missing ones is kept by its Put.
type Look struct {
	cache      *Cache
	area       Area
	generation int64 // of the area; negative: Redis was away
	found      map[string]Found
}

// Look looks for keys, in one round trip for each hundred.
func (c *Cache) Look(ctx context.Context, area Area, keys ...string) *Look {
	l := &Look{cache: c, area: area, generation: -1, found: make(map[string]Found, len(keys))}
	ctx, cancel := context.WithTimeout(ctx, lookTime*time.Duration(1+len(keys)/(10*atOnce)))
	defer cancel()
	if err := l.read(ctx, keys); err != nil {
		l.generation, l.found = -1, nil
		c.log.DebugContext(ctx, "nothing is read from the cache", "area", string(area), "error", err)
	}
	return l
}

func (l *Look) read(ctx context.Context, keys []string) error {
	client, err := l.cache.redis.Get()
	if err != nil {
		return err
	}
	commands := []rueidis.Completed{client.B().Hget().Key(l.cache.keys.CacheGenerations()).Field(string(l.area)).Build()}
	for i := 0; i < len(keys); i += atOnce {
		mget := client.B().Mget().Key(l.cache.keys.Cached(l.name(keys[i])))
		for _, key := range keys[i+1 : min(i+atOnce, len(keys))] {
			mget = mget.Key(l.cache.keys.Cached(l.name(key)))
		}
		commands = append(commands, mget.Build())
	}
	results := client.DoMulti(ctx, commands...)
	generation, err := results[0].AsInt64()
	if err != nil && !rueidis.IsRedisNil(err) {
		return err
	}
	l.generation = generation
	for i, result := range results[1:] {
		values, err := result.ToArray()
		if err != nil {
			return err
		}
		for j, value := range values {
			if text, err := value.ToString(); err == nil {
				l.take(keys[i*atOnce+j], []byte(text))
			}
		}
	}
	return nil
}

// headLength is that of what stands before a value: generation, when it was made, until when it is fresh.
const headLength = 24

func (l *Look) take(key string, text []byte) {
	if len(text) < headLength || int64(binary.BigEndian.Uint64(text)) != l.generation {
		return
	}
	l.found[key] = Found{
		Value: text[headLength:], MadeAt: time.UnixMilli(int64(binary.BigEndian.Uint64(text[8:]))).UTC(),
		Stale: time.Now().UnixMilli() > int64(binary.BigEndian.Uint64(text[16:])),
	}
}

func (l *Look) name(key string) string {
	sum := sha256.Sum256([]byte(key))
	return string(l.area) + ":" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Found returns what was kept under a key.
func (l *Look) Found(key string) (Found, bool) {
	f, ok := l.found[key]
	return f, ok
}

// Put keeps values by their keys, unless the area has become invalid since the look, or Redis is away.
func (l *Look) Put(ctx context.Context, made map[string]Made) {
	if l.generation < 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	if err := l.put(ctx, made); err != nil {
		l.cache.log.DebugContext(ctx, "nothing is kept in the cache", "area", string(l.area), "error", err)
	}
}

func (l *Look) put(ctx context.Context, made map[string]Made) error {
	client, err := l.cache.redis.Get()
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	args := l.putArguments()
	flush := func() error {
		keys := []string{l.cache.keys.CacheIndex(), l.cache.keys.CacheSizes(), l.cache.keys.CacheGenerations()}
		err := putScript.Exec(ctx, client, keys, args).Error()
		args = l.putArguments()
		return err
	}
	for key, m := range made {
		if len(m.Value) > maxValue {
			continue
		}
		head := make([]byte, headLength, headLength+len(m.Value))
		binary.BigEndian.PutUint64(head, uint64(l.generation))
		binary.BigEndian.PutUint64(head[8:], uint64(now))
		binary.BigEndian.PutUint64(head[16:], uint64(now+m.Fresh.Milliseconds()))
		args = append(args, l.name(key), string(append(head, m.Value...)), strconv.FormatInt(max(m.Fresh, m.Keep).Milliseconds(), 10))
		if len(args) >= 3*atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(args) > putArgumentCount {
		return flush()
	}
	return nil
}

// putArgumentCount is how many arguments of the script stand before the values.
const putArgumentCount = 4

func (l *Look) putArguments() []string {
	return []string{l.cache.keys.Cached(""), string(l.area), strconv.FormatInt(l.generation, 10), strconv.Itoa(l.cache.bound)}
}

// Do returns what is kept under a key while it is fresh, else what maker makes, once for all who ask at the same time. When
// maker fails with errs.Unavailable, what is kept is returned although it is stale. maker's errors are returned as they
// are, and nothing is kept of them.
func (c *Cache) Do(ctx context.Context, area Area, key string, maker func(context.Context) (Made, error)) (Found, error) {
	look := c.Look(ctx, area, key)
	old, kept := look.Found(key)
	if kept && !old.Stale {
		return old, nil
	}
	// Who asks after the area became invalid must not get what was begun before.
	flight := fmt.Sprintf("%s %d %s", area, look.generation, key)
	result := c.flights.DoChan(flight, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTime)
		defer cancel()
		m, err := maker(ctx)
		if err != nil {
			return Found{}, err
		}
		look.Put(ctx, map[string]Made{key: m})
		return Found{Value: m.Value, MadeAt: time.Now().UTC().Truncate(time.Millisecond)}, nil
	})
	select {
	case <-ctx.Done():
		return Found{}, ctx.Err()
	case r := <-result:
		if r.Err != nil && kept && errs.KindOf(r.Err) == errs.Unavailable {
			return old, nil
		}
		if r.Err != nil {
			return Found{}, r.Err
		}
		return r.Val.(Found), nil //nolint:errcheck // the function above returns nothing else
	}
}

// Invalidate makes everything of an area that was looked for or made before useless, in all processes of the site. It
// fails when Redis is away: then what is in it stays good until it expires.
func (c *Cache) Invalidate(ctx context.Context, area Area) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	return client.Do(ctx, client.B().Hincrby().Key(c.keys.CacheGenerations()).Field(string(area)).Increment(1).Build()).Error()
}
