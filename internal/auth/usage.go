package auth

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

const (
	// usageEvery is how often uses are written.
	usageEvery = time.Minute
	// usageTokens is how many tokens one transaction adds uses to.
	usageTokens = 500
	// usageOperation names the transactions by which uses are added up, and who submits them.
	usageOperation = "countTokenUses"
	usagePrincipal = "opsdb"
	// lastFlush bounds the write at the end of the process.
	lastFlush = 5 * time.Second
)

// Writer takes transactions: the site's buffer.
type Writer interface {
	Write(ctx context.Context, r buffer.Request, build func(context.Context, *buffer.Transaction) error) (buffer.Receipt, error)
}

// Usage counts how often API tokens are used, in memory, and writes the sums now and then. It is safe for concurrent use;
// a nil Usage counts nothing.
type Usage struct {
	site    string
	keyID   string
	writer  Writer
	log     *slog.Logger
	mu      sync.Mutex
	uses    map[uuid.UUID]*use
	writing sync.Mutex
	unsure  []usageBatch // cut off, and not known to be written: only ever written again as they are
}

// use is what was counted of one token.
type use struct {
	count    int64
	last     time.Time
	from     string
	rehashed *string
}

// usageBatch is one transaction. Its key is its own, so that it counts once however often it is submitted.
type usageBatch struct {
	key    string
	params maindb.CountAPITokenUsesParams
}

// NewUsage returns a Usage that counts for a site and writes to its buffer.
func NewUsage(keys Keys, site string, writer Writer, log *slog.Logger) *Usage {
	return &Usage{site: site, keyID: keys.present.id, writer: writer, log: log, uses: map[uuid.UUID]*use{}}
}

// Count notes that somebody was let in from an address. Only API tokens are counted.
func (u *Usage) Count(p Principal, address string) {
	if u == nil || p.Credential != ByToken {
		return
	}
	now := time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	one, ok := u.uses[p.TokenID]
	if !ok {
		one = &use{}
		u.uses[p.TokenID] = one
	}
	one.count++
	one.last, one.from, one.rehashed = now, address, p.Rehashed
}

// Run writes what was counted once a minute, and when ctx ends. It returns nil.
func (u *Usage) Run(ctx context.Context) error {
	ticker := time.NewTicker(usageEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			u.report(ctx, u.Flush(ctx))
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			u.report(ctx, u.Flush(ctx))
			return nil
		}
	}
}

func (u *Usage) report(ctx context.Context, err error) {
	if err != nil {
		u.log.WarnContext(ctx, "uses of tokens are not written yet", "error", err)
	}
}

// Flush writes what was counted. What cannot be written is kept for the next time; the error says why.
func (u *Usage) Flush(ctx context.Context) error {
	u.writing.Lock()
	defer u.writing.Unlock()
	// Until the old ones are written the new ones are only added up: that takes no more memory, however long it is.
	if len(u.unsure) == 0 {
		u.unsure = u.cut()
	}
	for len(u.unsure) > 0 {
		if err := u.write(ctx, u.unsure[0]); err != nil {
			return err
		}
		u.unsure = u.unsure[1:]
	}
	return nil
}

// cut turns what was counted into batches and begins anew.
func (u *Usage) cut() []usageBatch {
	u.mu.Lock()
	uses := u.uses
	u.uses = map[uuid.UUID]*use{}
	u.mu.Unlock()
	ids := make([]uuid.UUID, 0, len(uses))
	for id := range uses {
		ids = append(ids, id)
	}
	// Sites that add to the same rows in the same order wait for each other, and no more.
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	var batches []usageBatch
	for some := range slices.Chunk(ids, usageTokens) {
		batch := usageBatch{key: "token-uses:" + uuid.Must(uuid.NewV7()).String(), params: maindb.CountAPITokenUsesParams{Site: u.site}}
		for _, id := range some {
			batch.add(id, uses[id], u.keyID)
		}
		batches = append(batches, batch)
	}
	return batches
}

func (b *usageBatch) add(id uuid.UUID, counted *use, keyID string) {
	hash, key := "", ""
	if counted.rehashed != nil {
		hash, key = *counted.rehashed, keyID
	}
	p := &b.params
	p.IDs = append(p.IDs, id)
	p.Counts = append(p.Counts, counted.count)
	p.LastUsedAts = append(p.LastUsedAts, counted.last.UTC().Truncate(time.Microsecond))
	p.LastUsedFroms = append(p.LastUsedFroms, counted.from)
	p.Hashes = append(p.Hashes, hash)
	p.KeyIDs = append(p.KeyIDs, key)
}

func (u *Usage) write(ctx context.Context, b usageBatch) error {
	_, err := u.writer.Write(ctx, buffer.Request{
		Operation: usageOperation, Principal: usagePrincipal, Key: b.key, Fingerprint: b.key, Critical: true,
	}, func(_ context.Context, tx *buffer.Transaction) error {
		tx.Add(ops.CountTokenUses.With(b.params))
		return nil
	})
	switch errs.KindOf(err) {
	case errs.Invalid, errs.NotFound, errs.Conflict:
		// It would be refused for ever, and hold up all that come after it.
		u.log.ErrorContext(ctx, "uses of tokens are lost", "tokens", len(b.params.IDs), "error", err)
		return nil
	default:
		return err
	}
}
