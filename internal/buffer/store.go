package buffer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/lsn"
)

// storedFields are the fields of a transaction's hash in the order in which parse takes them.
var storedFields = []string{
	"payload", "state", "fingerprint", "sequence", "batch", "fence", "lsn", "accepted", "executed", "attempts", "failure",
	"blocked_by", "outcome", "replaced_by",
}

// load reads transactions by id, in this order; those that are gone are left out. Audit trails of discarded ones come
// with them.
func (b *Buffer) load(ctx context.Context, ids []string) ([]*stored, error) {
	return b.read(ctx, ids, storedFields)
}

// heads is load without the payloads, which can be a thousand times as large.
func (b *Buffer) heads(ctx context.Context, ids []string) ([]*stored, error) {
	const absent = "-"
	return b.read(ctx, ids, append([]string{absent}, storedFields[1:]...))
}

func (b *Buffer) read(ctx context.Context, ids, fields []string) ([]*stored, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	commands := make(rueidis.Commands, len(ids))
	for i, id := range ids {
		commands[i] = c.B().Hmget().Key(b.keys.Transaction(id)).Field(fields...).Build()
	}
	list := make([]*stored, 0, len(ids))
	for i, answer := range c.DoMulti(ctx, commands...) {
		values, err := answer.AsStrSlice()
		if err != nil {
			return nil, err
		}
		if values[1] == "" {
			continue
		}
		t, err := parse(ids[i], values)
		if err != nil {
			return nil, err
		}
		if t.state == Discarded {
			entries, err := b.audit(ctx, t.id)
			if err != nil {
				return nil, err
			}
			t.audit = audits(entries)
		}
		list = append(list, t)
	}
	return list, nil
}

func parse(id string, v []string) (*stored, error) {
	t := &stored{raw: v[0], state: State(v[1]), fingerprint: v[2], outcome: v[12]}
	var err error
	if t.id, err = uuid.Parse(id); err != nil {
		return nil, fmt.Errorf("transaction id %q: %w", id, err)
	}
	for _, n := range []struct {
		text string
		into *int64
	}{{v[3], &t.sequence}, {v[4], &t.batch}, {v[5], &t.fence}} {
		if *n.into, err = strconv.ParseInt(cmp.Or(n.text, "0"), 10, 64); err != nil {
			return nil, fmt.Errorf("transaction %s: %w", id, err)
		}
	}
	if t.lsn, err = lsn.Parse(cmp.Or(v[6], "0/0")); err != nil {
		return nil, fmt.Errorf("transaction %s: %w", id, err)
	}
	if t.attempts, err = strconv.Atoi(cmp.Or(v[9], "0")); err != nil {
		return nil, fmt.Errorf("transaction %s: %w", id, err)
	}
	t.accepted = fromMillis(v[7])
	if v[8] != "" {
		at := fromMillis(v[8])
		t.executed = &at
	}
	if v[10] != "" {
		if err := json.Unmarshal([]byte(v[10]), &t.failure); err != nil {
			return nil, fmt.Errorf("transaction %s: %w", id, err)
		}
	}
	for other := range strings.FieldsSeq(v[11]) {
		behind, err := uuid.Parse(other)
		if err != nil {
			return nil, fmt.Errorf("transaction %s: %w", id, err)
		}
		t.blockedBy = append(t.blockedBy, behind)
	}
	if v[13] != "" {
		by, err := uuid.Parse(v[13])
		if err != nil {
			return nil, fmt.Errorf("transaction %s: %w", id, err)
		}
		t.replacedBy = &by
	}
	t.undecodable = json.Unmarshal([]byte(t.raw), &t.payload)
	if t.undecodable != nil {
		t.payload.ID = t.id
	}
	return t, nil
}

// tail returns up to n ids of the buffer, oldest first, after skipping the oldest.
func (b *Buffer) tail(ctx context.Context, skip, n int) ([]string, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	ids, err := c.Do(ctx, c.B().Lrange().Key(b.keys.Buffer()).Start(-int64(skip+n)).Stop(-int64(skip)-1).Build()).AsStrSlice()
	slices.Reverse(ids)
	return ids, err
}

// members returns the members of a sorted set up to a rank; -1 is the last.
func (b *Buffer) members(ctx context.Context, key string, to int64) ([]string, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, c.B().Zrange().Key(key).Min("0").Max(strconv.FormatInt(to, 10)).Build()).AsStrSlice()
}

func (b *Buffer) hash(ctx context.Context, key string) (map[string]string, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	return c.Do(ctx, c.B().Hgetall().Key(key).Build()).AsStrMap()
}

func (b *Buffer) counter(ctx context.Context, key string) (int64, error) {
	c, err := b.client.Get()
	if err != nil {
		return 0, err
	}
	n, err := c.Do(ctx, c.B().Get().Key(key).Build()).AsInt64()
	if rueidis.IsRedisNil(err) {
		return 0, nil
	}
	return n, err
}

// audit returns what people did to a transaction that this site still holds.
func (b *Buffer) audit(ctx context.Context, id uuid.UUID) ([]AuditEntry, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	lines, err := c.Do(ctx, c.B().Lrange().Key(b.keys.Audit(id.String())).Start(0).Stop(-1).Build()).AsStrSlice()
	if err != nil {
		return nil, err
	}
	entries := make([]AuditEntry, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &entries[i]); err != nil {
			return nil, fmt.Errorf("audit trail of %s: %w", id, err)
		}
	}
	return entries, nil
}

// refused tells an answer of Redis from a connection that broke: what was refused has not happened.
func refused(err error) bool {
	answer, answered := rueidis.IsRedisErr(err)
	return answered && answer != nil
}
