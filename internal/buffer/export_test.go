package buffer

import (
	"context"

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
