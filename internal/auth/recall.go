package auth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
)

const (
	// copyAgain is when a copy in Redis is written again though it has not changed: Redis may have been replaced.
	copyAgain = time.Minute
	// copyTimeout bounds a write to Redis, which is not worth a long wait.
	copyTimeout = 250 * time.Millisecond
)

// recallToken decides on a token when the replica cannot be asked: by what was known last and what this site has changed
// since.
func (v *Verifier) recallToken(ctx context.Context, hashes []string, before verdict, cause error) (verdict, error) {
	text, err := v.copies.token(ctx, hashes)
	return v.recall(ctx, text, before, errors.Join(cause, err), err == nil, func(k known) verdict { return judgeToken(k, v.keys) })
}

// recallAccount is the same for the user of a session.
func (v *Verifier) recallAccount(ctx context.Context, c claims, before verdict, cause error) (verdict, error) {
	text, err := v.copies.get(ctx, v.copies.keys.Account(c.UserID.String()))
	return v.recall(ctx, text, before, errors.Join(cause, err), err == nil, func(k known) verdict { return judgeSession(k, c) })
}

func (v *Verifier) recall(ctx context.Context, text string, before verdict, cause error, redis bool, judge func(known) verdict) (verdict, error) {
	if !redis && before.refused == nil && before.principal.Name != "" && !before.suspect {
		return before, nil // Redis is away, too: nobody has said anything else since
	}
	if text == "" {
		return verdict{}, unverifiable(cause)
	}
	var c copied
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return verdict{}, errs.New(errs.Internal, "the copy of the token cannot be read").Because(err)
	}
	k := known{users: []replicadb.UserAccount{c.User}, roles: c.Roles}
	if c.Token != nil {
		k.tokens = []replicadb.APITokenAccount{*c.Token}
	}
	if err := v.directory.amend(ctx, &k); err != nil {
		return verdict{}, unverifiable(errors.Join(cause, err))
	}
	now := judge(k)
	now.copied, now.copiedAt = text, v.now()
	return now, nil
}

func unverifiable(cause error) error {
	return errs.New(errs.Unavailable, "the token cannot be checked: the site's database is not reachable and the token was not used here before").
		Named("token-unverifiable").After(time.Second).Because(cause)
}

// amend brings what was known in line with what this site has changed since.
func (d *Directory) amend(ctx context.Context, k *known) error {
	var w wanted
	for _, t := range k.tokens {
		w.tokens = append(w.tokens, t.ID)
	}
	for _, u := range k.users {
		w.users = append(w.users, u.ID)
	}
	look, blind := d.look(ctx, w)
	tokens, err := ops.Tokens(look)
	if err != nil {
		return err
	}
	users, err := ops.Users(look)
	if err != nil {
		return err
	}
	k.blind = blind
	for i, t := range k.tokens {
		k.tokens[i] = *overlay.Apply(&t, tokens.Changes()[t.ID])
	}
	for i, u := range k.users {
		k.users[i] = *overlay.Apply(&u, users.Changes()[u.ID])
	}
	return nil
}

// copyToken brings the copy of a token in line with what the site has just said. version is from before it was asked.
func (v *Verifier) copyToken(ctx context.Context, hashes []string, k known, before verdict, now *verdict, version int64) {
	if now.refused != nil {
		v.forget(ctx, hashes, k)
		return
	}
	t := k.tokens[0]
	v.copy(ctx, version, before, now, v.copyOf(k, &t, *k.user(t.UserID)), func(ctx context.Context, text string) error {
		return errors.Join(v.copies.set(ctx, v.copies.keys.Token(t.ID.String()), text, t.ExpiresAt),
			v.copies.set(ctx, v.copies.keys.TokenOf(hashes[0]), t.ID.String(), t.ExpiresAt))
	}, v.copies.keys.Token(t.ID.String()))
}

// forget removes the copy of a token that is refused, however it was known before.
func (v *Verifier) forget(ctx context.Context, hashes []string, k known) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	var keys []string
	for _, hash := range hashes {
		keys = append(keys, v.copies.keys.TokenOf(hash))
	}
	for _, t := range k.tokens {
		keys = append(keys, v.copies.keys.Token(t.ID.String()))
	}
	if err := v.copies.remove(ctx, keys...); err != nil {
		v.log.WarnContext(ctx, "the copy of a token that is refused could not be removed", "error", err)
	}
}

// copyAccount is copyToken for a user, for whatever session of his asks next. One who is disabled is known to be so.
func (v *Verifier) copyAccount(ctx context.Context, user uuid.UUID, k known, before verdict, now *verdict, version int64) {
	u := k.user(user)
	if u == nil {
		return
	}
	key := v.copies.keys.Account(user.String())
	v.copy(ctx, version, before, now, v.copyOf(k, nil, *u), func(ctx context.Context, text string) error {
		expires := v.now().Add(v.sessions.lifetime)
		return v.copies.set(ctx, key, text, &expires)
	}, key)
}

// copyOf returns what is to be known of a user and his token when the replica is away.
func (v *Verifier) copyOf(k known, token *replicadb.APITokenAccount, u replicadb.UserAccount) copied {
	c := copied{User: u, Roles: map[string][]string{}}
	for _, role := range RolesOf(u) {
		c.Roles[role] = k.roles[role]
	}
	if token != nil {
		stripped := *token
		// Figures of its use would make every copy a new one.
		stripped.UsageCount, stripped.LastUsedAt, stripped.LastUsedFrom, stripped.LastUsedSite = 0, nil, nil, nil
		c.Token = &stripped
	}
	return c
}

// copy writes a copy unless this process has just done so. When rights have changed while it was made, others may have
// removed it before it was written: it is taken back, and the next to ask makes another.
func (v *Verifier) copy(ctx context.Context, version int64, before verdict, now *verdict, c copied, write func(context.Context, string) error, key string) {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	text, err := json.Marshal(c)
	if err != nil {
		v.log.ErrorContext(ctx, "a copy could not be encoded", "user_id", c.User.ID, "error", err)
		return
	}
	now.copied, now.copiedAt = before.copied, before.copiedAt
	// Others may have removed it when rights changed.
	if before.copied == string(text) && !before.suspect && v.now().Sub(before.copiedAt) < copyAgain {
		return
	}
	now.copied = ""
	if err = write(ctx, string(text)); err != nil {
		v.log.WarnContext(ctx, "a token could not be copied to Redis; it is not good here while the database is away",
			"user_id", c.User.ID, "error", err)
		return
	}
	if after, err := v.directory.replica.AccessVersion(ctx); err != nil || after != version {
		if err := v.copies.remove(context.WithoutCancel(ctx), key); err != nil {
			v.log.WarnContext(ctx, "a copy that may be out of date could not be removed", "user_id", c.User.ID, "error", err)
		}
		return
	}
	now.copied, now.copiedAt = string(text), v.now()
}
