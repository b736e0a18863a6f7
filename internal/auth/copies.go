package auth

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
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

// existing returns those ids of which there is a copy.
func (c copies) existing(ctx context.Context, key func(string) string, ids []uuid.UUID) ([]uuid.UUID, error) {
	client, err := c.redis.Get()
	if err != nil {
		return nil, err
	}
	var found []uuid.UUID
	for some := range slices.Chunk(ids, slice) {
		asked := make(rueidis.Commands, len(some))
		for i, id := range some {
			asked[i] = client.B().Exists().Key(key(id.String())).Build()
		}
		for i, answer := range client.DoMulti(ctx, asked...) {
			n, err := answer.AsInt64()
			if err != nil {
				return nil, err
			}
			if n > 0 {
				found = append(found, some[i])
			}
		}
	}
	return found, nil
}

// copyText is a copy as it is written.
type copyText struct {
	text    string
	expires *time.Time // nil: never
}

// replace puts copies in the place of those that are there, and removes what has none. What others have removed meanwhile
// stays so.
func (c copies) replace(ctx context.Context, keys []string, fresh map[string]copyText) error {
	client, err := c.redis.Get()
	if err != nil {
		return err
	}
	for some := range slices.Chunk(keys, slice) {
		writes := make(rueidis.Commands, len(some))
		for i, key := range some {
			now, good := fresh[key]
			switch {
			case !good:
				writes[i] = client.B().Del().Key(key).Build()
			case now.expires == nil:
				writes[i] = client.B().Set().Key(key).Value(now.text).Xx().Build()
			default:
				writes[i] = client.B().Set().Key(key).Value(now.text).Xx().ExatTimestamp(now.expires.Unix() + 1).Build()
			}
		}
		for _, answer := range client.DoMulti(ctx, writes...) {
			if err := answer.Error(); err != nil && !rueidis.IsRedisNil(err) {
				return err
			}
		}
	}
	return nil
}
