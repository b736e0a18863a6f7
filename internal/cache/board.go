package cache

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// Board is where the processes of a site tell each other what they do: short notes that expire, and claims that one of
// them holds. Its errors are errs.Unavailable: Redis is away.
type Board struct {
	redis *redisclient.Client
	keys  rediskeys.Site
}

// NewBoard returns the board of a site.
func NewBoard(redis *redisclient.Client, site string) *Board {
	return &Board{redis: redis, keys: rediskeys.Site(site)}
}

// Post writes a note, which goes after a life.
func (b *Board) Post(ctx context.Context, name string, note []byte, life time.Duration) error {
	client, err := b.redis.Get()
	if err != nil {
		return away(err)
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	return away(client.Do(ctx, client.B().Set().Key(b.keys.Note(name)).Value(string(note)).PxMilliseconds(life.Milliseconds()).Build()).Error())
}

// Read returns a note, nil when there is none.
func (b *Board) Read(ctx context.Context, name string) ([]byte, error) {
	client, err := b.redis.Get()
	if err != nil {
		return nil, away(err)
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	note, err := client.Do(ctx, client.B().Get().Key(b.keys.Note(name)).Build()).AsBytes()
	if rueidis.IsRedisNil(err) {
		return nil, nil
	}
	return note, away(err)
}

// Claim takes a claim that nobody holds, for a life; false when somebody does.
func (b *Board) Claim(ctx context.Context, name, owner string, life time.Duration) (bool, error) {
	client, err := b.redis.Get()
	if err != nil {
		return false, away(err)
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	err = client.Do(ctx, client.B().Set().Key(b.keys.Note(name)).Value(owner).Nx().PxMilliseconds(life.Milliseconds()).Build()).Error()
	if rueidis.IsRedisNil(err) {
		return false, nil
	}
	return err == nil, away(err)
}

// Renew prolongs a claim; false when the owner does not hold it any more.
func (b *Board) Renew(ctx context.Context, name, owner string, life time.Duration) (bool, error) {
	return b.run(ctx, renewScript, name, owner, strconv.FormatInt(life.Milliseconds(), 10))
}

// Release ends a claim, if the owner holds it.
func (b *Board) Release(ctx context.Context, name, owner string) error {
	_, err := b.run(ctx, releaseScript, name, owner)
	return err
}

func (b *Board) run(ctx context.Context, script *rueidis.Lua, name string, args ...string) (bool, error) {
	client, err := b.redis.Get()
	if err != nil {
		return false, away(err)
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	done, err := script.Exec(ctx, client, []string{b.keys.Note(name)}, args).AsInt64()
	return done == 1, away(err)
}

func away(err error) error {
	if err == nil {
		return nil
	}
	return errs.New(errs.Unavailable, "The site's Redis cannot be reached.").Because(err).After(time.Second)
}
