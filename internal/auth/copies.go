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

// copies keeps in the site's Redis what the replica said about tokens.
type copies struct {
	redis *redisclient.Client
	keys  rediskeys.Site
}

// get returns the copy of a token; "" when there is none.
func (c copies) get(ctx context.Context, hash string) (string, error) {
	client, err := c.redis.Get()
	if err != nil {
		return "", err
	}
	text, err := client.Do(ctx, client.B().Get().Key(c.keys.Token(hash)).Build()).ToString()
	if rueidis.IsRedisNil(err) {
		return "", nil
	}
	return text, err
}

// set writes the copy of a token, which goes when the token expires.
func (c copies) set(ctx context.Context, hash, text string, expires *time.Time) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	write := client.B().Set().Key(c.keys.Token(hash)).Value(text)
	if expires == nil {
		return client.Do(ctx, write.Build()).Error()
	}
	return client.Do(ctx, write.ExatTimestamp(expires.Unix()+1).Build()).Error()
}

// slice is how many keys one command may touch, so that it holds up nobody.
const slice = 500

func (c copies) remove(ctx context.Context, hashes ...string) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	for some := range slices.Chunk(hashes, slice) {
		keys := make([]string, len(some))
		for i, hash := range some {
			keys[i] = c.keys.Token(hash)
		}
		if err := client.Do(ctx, client.B().Del().Key(keys...).Build()).Error(); err != nil {
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

func (v *verdicts) remove(hashes []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, hash := range hashes {
		delete(v.good, hash)
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
