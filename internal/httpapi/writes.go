package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"math/big"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
)

// write submits one transaction for the operation that the request is for. build may run again.
func (s *Server) write(ctx context.Context, key *string, build func(context.Context, *buffer.Transaction) error) (buffer.Receipt, error) {
	x := exchangeOf(ctx)
	fingerprint, err := x.fingerprint()
	if err != nil {
		return buffer.Receipt{}, err
	}
	_, bulk := x.body.([]any)
	receipt, err := s.buffer.Write(ctx, buffer.Request{
		Operation: x.operation.id, Principal: x.principal.Name, Key: value(key), Fingerprint: fingerprint,
		Critical: x.operation.critical, Bulk: bulk,
	}, x.entitled(build))
	return receipt, accessLost(err)
}

// writeOnce submits a change that a record can see only once. Without a key of the client's own the request itself is the
// key, so that saying the same twice gets the same answer; after a discard it counts as said anew.
func (s *Server) writeOnce(ctx context.Context, key *string, build func(context.Context, *buffer.Transaction) error) (buffer.Receipt, error) {
	if key != nil {
		return s.write(ctx, key, build)
	}
	fingerprint, err := exchangeOf(ctx).fingerprint()
	if err != nil {
		return buffer.Receipt{}, err
	}
	own := "request:" + fingerprint
	receipt, err := s.write(ctx, &own, build)
	if err == nil && receipt.Replayed && receipt.State == buffer.Discarded {
		return s.write(ctx, nil, build)
	}
	receipt.Replayed = false
	return receipt, err
}

// create submits a creation. One that brings ids of its own means the same whenever it is said.
func (s *Server) create(ctx context.Context, key *string, brings bool, build func(context.Context, *buffer.Transaction) error) (buffer.Receipt, error) {
	if brings {
		return s.writeOnce(ctx, key, build)
	}
	return s.write(ctx, key, build)
}

// caughtUp waits until this site's replica shows what a request that was executed before has written. It fails with
// errs.Unavailable when that takes too long.
func (s *Server) caughtUp(ctx context.Context, receipt buffer.Receipt) error {
	ctx, cancel := context.WithTimeout(ctx, maxPositionWait)
	defer cancel()
	return s.buffer.WaitReplicated(ctx, receipt.Position)
}

// afresh is a record behind a write: as it was written, or as it is now for who has sent the request again, never as it was
// before the write.
func afresh[R any](ctx context.Context, s *Server, receipt buffer.Receipt, written R, read func(context.Context) (R, error)) (R, error) {
	if !receipt.Replayed {
		return written, nil
	}
	if err := s.caughtUp(ctx, receipt); err != nil {
		return written, err
	}
	return read(ctx)
}

// receiptOf is the answer to a write of one record.
func receiptOf(id uuid.UUID, receipt buffer.Receipt, refs *references) api.WriteReceipt {
	return api.WriteReceipt{
		ID: id, TransactionID: receipt.Transaction, Status: api.TransactionState(receipt.State),
		References: refs.verdict(receipt), AcceptedAt: receipt.AcceptedAt,
	}
}

// replayed is the value of the header Idempotency-Replayed, nil for none.
func replayed(receipt buffer.Receipt) *bool { return optional(receipt.Replayed) }

// instant is a time as the database keeps it.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// differs is the refusal of a write whose record has other content.
func differs(what string, recorded, requested any) *conflict {
	return &conflict{
		cause:     errs.New(errs.Conflict, "The %s has other content.", what).Named("record-differs"),
		recorded:  recorded,
		requested: requested,
	}
}

// unknown is the refusal of a change to a record that does not exist.
func unknown(what string, id uuid.UUID) error {
	return errs.New(errs.NotFound, "There is no %s %s.", what, id)
}

// sameJSON tells whether the database would take two texts for the same value: the order of fields and the notation of
// numbers do not count.
func sameJSON(a, b json.RawMessage) bool {
	x, errX := decodeJSON(a)
	y, errY := decodeJSON(b)
	return errX == nil && errY == nil && equalJSON(x, y)
}

func decodeJSON(text json.RawMessage) (any, error) {
	if len(text) == 0 {
		return map[string]any{}, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err := d.Decode(&v)
	return v, err
}

func equalJSON(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, item := range x {
			other, ok := y[name]
			if !ok || !equalJSON(item, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equalJSON(x[i], y[i]) {
				return false
			}
		}
		return true
	case json.Number:
		y, ok := b.(json.Number)
		if !ok {
			return false
		}
		p, okP := new(big.Rat).SetString(x.String())
		q, okQ := new(big.Rat).SetString(y.String())
		return okP && okQ && p.Cmp(q) == 0
	default:
		return a == b
	}
}
