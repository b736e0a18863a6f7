package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

const (
	// sweepOverlap covers changes that were committed later than the times they carry, and clocks that differ.
	sweepOverlap = time.Hour
	// maxRefreshed bounds how many copies a sweep makes anew. The others are removed: their owners bring new ones.
	maxRefreshed = 2000
)

// sweep brings the copies of all credentials in line whose worth the replica knows to have changed since the last sweep:
// nobody falls back on what was known before, and who does not come by meanwhile is still known when the replica goes
// away. How far a sweep has come is told by the changes that the replica has, and not by a clock: after an outage it
// learns of changes that are hours old. Only one process of a site need sweep for a version.
func (v *Verifier) sweep(ctx context.Context, version int64) error {
	text, err := v.copies.get(ctx, v.copies.keys.AccessSwept())
	if err != nil {
		return err
	}
	var (
		since         time.Time
		swept, micros int64
	)
	if _, err := fmt.Sscanf(text, "%d %d", &swept, &micros); err == nil {
		since = time.UnixMicro(micros).Add(-sweepOverlap)
	}
	if swept == version {
		return nil
	}
	newest, err := v.directory.replica.LastAccessChange(ctx)
	if err != nil {
		return err
	}
	if err := v.sweepSince(ctx, since, version); err != nil {
		return err
	}
	if now := time.Now(); newest.After(now) {
		newest = now
	}
	return v.copies.set(ctx, v.copies.keys.AccessSwept(), fmt.Sprintf("%d %d", version, newest.UnixMicro()), nil)
}

// sweepSince brings the copies of what has changed since a time in line.
func (v *Verifier) sweepSince(ctx context.Context, since time.Time, version int64) error {
	tokens, err := v.directory.replica.ChangedTokens(ctx, replicadb.ChangedTokensParams{Since: since})
	if err != nil {
		return err
	}
	users, err := v.directory.replica.ChangedUsers(ctx, replicadb.ChangedUsersParams{Since: since})
	if err != nil {
		return err
	}
	if tokens, err = v.copies.existing(ctx, v.copies.keys.Token, tokens); err != nil {
		return err
	}
	if users, err = v.copies.existing(ctx, v.copies.keys.Account, users); err != nil {
		return err
	}
	var keys []string
	for _, id := range tokens {
		keys = append(keys, v.copies.keys.Token(id.String()))
	}
	for _, id := range users {
		keys = append(keys, v.copies.keys.Account(id.String()))
	}
	if len(keys) == 0 {
		return nil
	}
	fresh, err := v.fresh(ctx, tokens[:min(len(tokens), maxRefreshed)], users[:min(len(users), maxRefreshed)])
	if err != nil {
		return err
	}
	if err := v.copies.replace(ctx, keys, fresh); err != nil {
		return err
	}
	// What has changed meanwhile may have been swept by another process before this one wrote.
	if after, err := v.directory.replica.AccessVersion(ctx); err != nil || after != version {
		return v.copies.remove(context.WithoutCancel(ctx), keys...)
	}
	return nil
}

// fresh returns the copies of those tokens that are good and of those users who are there, by their keys.
func (v *Verifier) fresh(ctx context.Context, tokens, users []uuid.UUID) (map[string]copyText, error) {
	fresh := map[string]copyText{}
	var k known
	err := v.directory.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		var err error
		if k.tokens, err = q.GetAPITokens(ctx, replicadb.GetAPITokensParams{IDs: tokens}); err != nil {
			return err
		}
		ids := slices.Clone(users)
		for _, t := range k.tokens {
			ids = append(ids, t.UserID)
		}
		if k.users, err = q.GetUsers(ctx, replicadb.GetUsersParams{IDs: ids}); err != nil {
			return err
		}
		return k.readRoles(ctx, q)
	})
	if err != nil {
		return nil, err
	}
	add := func(key string, c copied, expires *time.Time) error {
		text, err := json.Marshal(c)
		fresh[key] = copyText{string(text), expires}
		return err
	}
	for _, t := range k.tokens {
		good := judgeToken(known{tokens: []replicadb.APITokenAccount{t}, users: k.users, roles: k.roles}, v.keys)
		if _, refused := good.answer(v.now()); refused != nil {
			continue
		}
		if err := add(v.copies.keys.Token(t.ID.String()), v.copyOf(k, &t, *k.user(t.UserID)), t.ExpiresAt); err != nil {
			return nil, err
		}
	}
	lasts := v.now().Add(v.sessions.lifetime)
	for _, id := range users {
		if u := k.user(id); u != nil {
			if err := add(v.copies.keys.Account(id.String()), v.copyOf(k, nil, *u), &lasts); err != nil {
				return nil, err
			}
		}
	}
	return fresh, nil
}
