package auth

import (
	"context"
	"slices"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// copies keeps in the site's Redis what was known of credentials.
type copies struct {
	redis *redisclient.Client
	keys  rediskeys.Site
}

// copied is what the replica said of a user, and of his token if it is the copy of one.
type copied struct {
	Token *replicadb.APITokenAccount `json:",omitempty"`
	User  replicadb.UserAccount
	Roles map[string][]string // permissions of his roles
}

// token returns the copy of the token with one of some hashes; "" when there is none.
func (c copies) token(ctx context.Context, hashes []string) (string, error) {
	for _, hash := range hashes {
		id, err := c.get(ctx, c.keys.TokenOf(hash))
		if err != nil {
			return "", err
		}
		if id != "" {
			return c.get(ctx, c.keys.Token(id))
		}
	}
	return "", nil
}

// get returns the text at a key, "" when there is none.
func (c copies) get(ctx context.Context, key string) (string, error) {
	client, err := c.redis.Get()
	if err != nil {
		return "", err
	}
	text, err := client.Do(ctx, client.B().Get().Key(key).Build()).ToString()
	if rueidis.IsRedisNil(err) {
		return "", nil
	}
	return text, err
}

// set writes a text, which goes when it expires; nil: never.
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
