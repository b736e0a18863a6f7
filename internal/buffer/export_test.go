package buffer

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Clean takes a committed transaction for replicated, as of a batch of that incarnation.
func (b *Buffer) Clean(ctx context.Context, incarnation string, id uuid.UUID) (int64, error) {
	c, err := b.client.Get()
	if err != nil {
		return 0, err
	}
	return b.remove(ctx, c, b.keys.Committed(), incarnation, []string{id.String()})
}

// Sweep takes rows for those of a bulk that was prepared before a time and never came, as the janitor does who has read
// them.
func (b *Buffer) Sweep(ctx context.Context, id uuid.UUID, before time.Time, rows []Record) error {
	return b.sweep(ctx, id.String(), millis(before), rows)
}

// Prepared prepares a bulk, and enqueues it after something has happened; the result is what the script says.
func (b *Buffer) Prepared(ctx context.Context, step Step, happen func(id uuid.UUID, rows []Record) error) (string, error) {
	t := newTransaction(Request{})
	t.Add(step)
	p, body, err := t.encode(Request{Operation: "bulk", Fingerprint: "f"}, b.cfg.Site.Name, time.Now())
	if err != nil {
		return "", err
	}
	e, err := b.registry.effects(p)
	if err != nil {
		return "", err
	}
	if err := b.prepare(ctx, p.ID, e.rows); err != nil {
		return "", err
	}
	if err := happen(p.ID, e.rows[inlineRows:]); err != nil {
		return "", err
	}
	answer, err := b.enter(ctx, p.ID, b.enqueueArgs(p, body, e, Buffered, "", nil))
	if err != nil {
		return "", err
	}
	return answer[0], nil
}
