package auth

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/buffer"
)

// forgetful is a buffer that takes a write and does not say so, as when a connection breaks.
type forgetful struct {
	keys []string
	fail bool
}

func (f *forgetful) Write(ctx context.Context, r buffer.Request, build func(context.Context, *buffer.Transaction) error) (buffer.Receipt, error) {
	f.keys = append(f.keys, r.Key)
	if f.fail {
		return buffer.Receipt{}, errors.Join(context.DeadlineExceeded)
	}
	return buffer.Receipt{}, build(ctx, &buffer.Transaction{})
}

// What may have been written is only ever written again under the same key, and what was counted since under another.
func TestAnUnsureBatchKeepsItsKey(t *testing.T) {
	f := &forgetful{fail: true}
	u := NewUsage(Keys{}, "cologne", f, slog.New(slog.DiscardHandler))
	p := Principal{Credential: ByToken, TokenID: uuid.New()}
	u.Count(p, "203.0.113.7")
	for range 3 {
		if u.Flush(t.Context()) == nil {
			t.Error("a failure is no success")
		}
		u.Count(p, "203.0.113.7")
	}
	f.fail = false
	for range 3 {
		if err := u.Flush(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(f.keys) != 5 || f.keys[0] != f.keys[1] || f.keys[0] != f.keys[3] || f.keys[4] == f.keys[0] {
		t.Errorf("%q", f.keys)
	}
}

func TestOnlyTokensAreCounted(t *testing.T) {
	f := &forgetful{}
	u := NewUsage(Keys{}, "cologne", f, slog.New(slog.DiscardHandler))
	u.Count(Principal{Credential: BySession, SessionID: uuid.New()}, "203.0.113.7")
	(*Usage)(nil).Count(Principal{Credential: ByToken, TokenID: uuid.New()}, "203.0.113.7")
	if err := u.Flush(t.Context()); err != nil || len(f.keys) != 0 {
		t.Errorf("%q %v", f.keys, err)
	}
}

// Many tokens go in several transactions, each of which is bounded.
func TestManyTokensAreManyTransactions(t *testing.T) {
	f := &forgetful{}
	u := NewUsage(Keys{}, "cologne", f, slog.New(slog.DiscardHandler))
	for range 2*usageTokens + 1 {
		u.Count(Principal{Credential: ByToken, TokenID: uuid.New()}, "203.0.113.7")
	}
	if err := u.Flush(t.Context()); err != nil || len(f.keys) != 3 {
		t.Errorf("%d transactions, %v", len(f.keys), err)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	u := NewUsage(Keys{}, "cologne", &forgetful{}, slog.New(slog.DiscardHandler))
	p := Principal{Credential: ByToken, TokenID: uuid.New()}
	if n := testing.AllocsPerRun(1000, func() { u.Count(p, "203.0.113.7") }); n > 0.1 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	u := NewUsage(Keys{}, "cologne", &forgetful{}, slog.New(slog.DiscardHandler))
	p := Principal{Credential: ByToken, TokenID: uuid.New()}
	for b.Loop() {
		u.Count(p, "203.0.113.7")
	}
}
