package auth

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// copies keeps in the site's Redis what was known of credentials.
type copies struct {
	redis *redisclient.Client
	keys  rediskeys.Site
}

// get returns the copy at the first of some keys that has one; "" when there is none.
func (c copies) get(ctx context.Context, keys []string) (string, error) {
	client, err := c.redis.Get()
	if err != nil {
		return "", err
	}
	for _, key := range keys {
		text, err := client.Do(ctx, client.B().Get().Key(key).Build()).ToString()
		if !rueidis.IsRedisNil(err) {
			return text, err
		}
	}
	return "", nil
}

// set writes a copy, which goes when it expires; nil: never.
func (c copies) set(ctx context.Context, key, text string, expires *time.Time) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	write := client.B().Set().Key(key).Value(text)
	if expires == nil {
		return client.Do(ctx, write.Build()).Error()
	}
	return client.Do(ctx, write.ExatTimestamp(expires.Unix()+1).Build()).Error()
}

// slice is how many keys one command may touch, so that it holds up nobody.
const slice = 500

func (c copies) remove(ctx context.Context, keys ...string) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	for some := range slices.Chunk(keys, slice) {
		if err := client.Do(ctx, client.B().Del().Key(some...).Build()).Error(); err != nil {
			return err
		}
	}
	return nil
}

// verdicts keeps what is known in memory, bounded: good ones apart from refused ones, so that nobody can push the good
// ones out by guessing.
type verdicts struct {
	mu            sync.RWMutex
	good, refused map[string]verdict
}

const (
	maxGood    = 10_000
	maxRefused = 10_000
)

func newVerdicts() *verdicts {
	return &verdicts{good: map[string]verdict{}, refused: map[string]verdict{}}
}

func (v *verdicts) get(hash string) (verdict, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	known, ok := v.good[hash]
	if !ok {
		known, ok = v.refused[hash]
	}
	return known, ok
}

func (v *verdicts) put(hash string, d verdict) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.good, hash)
	delete(v.refused, hash)
	if d.refused == nil {
		makeRoom(v.good, maxGood)
		v.good[hash] = d
	} else {
		makeRoom(v.refused, maxRefused)
		v.refused[hash] = d
	}
}

// outdate lets everything be asked for again, but for what can never be good again.
func (v *verdicts) outdate() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for hash, d := range v.good {
		d.asked = time.Time{}
		v.good[hash] = d
	}
	for hash, d := range v.refused {
		if !d.revoked {
			delete(v.refused, hash)
		}
	}
}

// makeRoom drops any one entry when there are as many as there may be: to ask again costs little.
func makeRoom(m map[string]verdict, most int) {
	if len(m) < most {
		return
	}
	for hash := range m {
		delete(m, hash)
		return
	}
}
