package httpapi

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// RevokeToken ends a token and what came from it by rotation, at this site at once.
func (s *Server) RevokeToken(ctx context.Context, r api.RevokeTokenRequestObject) (api.RevokeTokenResponseObject, error) {
	var known Merged[replicadb.APITokenAccount]
	receipt, err := s.write(ctx, nil, func(ctx context.Context, tx *buffer.Transaction) (err error) {
		if known, err = s.lookToken(ctx, r.ID); err != nil {
			return err
		}
		tx.Saw(known.Look)
		now := instant(time.Now())
		if value(r.Params.KeepSuccessors) {
			if known.Row.RevokedAt != nil {
				return nil
			}
			return s.revoke(ctx, tx, &known.Row, ops.Revoke(known.Row, now), nil)
		}
		line, err := s.successors(ctx, tx, r.ID, now)
		if err != nil {
			return err
		}
		return s.revoke(ctx, tx, &known.Row, ops.RevokeLine(known.Row, now), line)
	})
	if err != nil {
		return nil, err
	}
	if receipt.Transaction != uuid.Nil {
		s.access.Verifier.Changed(ctx)
		known.State = receipt.State
	}
	tokens, err := s.tokensOf(ctx, []Merged[replicadb.APITokenAccount]{known})
	if err != nil {
		return nil, err
	}
	return api.RevokeToken200JSONResponse{Body: tokens[0], Headers: api.RevokeToken200ResponseHeaders{OpsPosition: position(receipt)}}, nil
}

// revoke adds the step that ends a token, those that end its line, and what the audit trail says of them. One that was
// revoked before may have successors that only the main database knows of.
func (s *Server) revoke(
	ctx context.Context, tx *buffer.Transaction, row *replicadb.APITokenAccount, step buffer.Step, line []replicadb.APITokenAccount,
) error {
	now := instant(time.Now())
	tx.Add(step)
	if row.RevokedAt == nil {
		row.RevokedAt = &now
		if err := s.noteRevoked(ctx, tx, *row, map[string]any{"name": row.Name}); err != nil {
			return err
		}
	}
	for _, successor := range line {
		tx.Add(ops.Revoke(successor, now))
		if err := s.noteRevoked(ctx, tx, successor, map[string]any{"name": successor.Name, "rotated_from": row.ID}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) noteRevoked(ctx context.Context, tx *buffer.Transaction, t replicadb.APITokenAccount, detail map[string]any) error {
	return s.note(ctx, tx, accessEvent{action: api.AccessActionTokenRevoked, user: t.UserID, token: t.ID, detail: detail})
}

// successors returns the tokens that came from one by rotation and are good yet, as far as this site knows.
func (s *Server) successors(ctx context.Context, tx *buffer.Transaction, id uuid.UUID, now time.Time) ([]replicadb.APITokenAccount, error) {
	found := make(map[uuid.UUID]bool)
	for generation := []uuid.UUID{id}; len(generation) > 0; {
		next, err := s.nextTokens(ctx, tx, generation)
		if err != nil {
			return nil, err
		}
		generation = slices.DeleteFunc(next, func(id uuid.UUID) bool { return found[id] })
		for _, id := range generation {
			found[id] = true
		}
	}
	tokens, look, err := lookMany(ctx, s, manyTokens, slices.Collect(maps.Keys(found)))
	if err != nil {
		return nil, err
	}
	tx.Saw(look)
	var line []replicadb.APITokenAccount
	for _, id := range slices.SortedFunc(maps.Keys(tokens), func(a, b uuid.UUID) int { return tokenKey(tokens[a].Row).compare(tokenKey(tokens[b].Row)) }) {
		if !hasEnded(tokens[id].Row, now) {
			line = append(line, tokens[id].Row)
		}
	}
	return line, nil
}

// nextTokens returns what took the place of some tokens: in the overlay the next, in the replica all that followed.
func (s *Server) nextTokens(ctx context.Context, tx *buffer.Transaction, ids []uuid.UUID) ([]uuid.UUID, error) {
	var lists []string
	for _, id := range ids {
		lists = append(lists, ops.SuccessorsOf(id))
	}
	look := s.look(ctx, buffer.Query{Ranges: []buffer.Range{{Table: ops.TableToken, Lists: lists, Limit: maxChildren}}})
	tx.Saw(look)
	next, err := s.replica.APITokenSuccessors(ctx, replicadb.APITokenSuccessorsParams{IDs: ids})
	if err != nil {
		return nil, err
	}
	for _, text := range look.Ranges[0] {
		pending, err := uuid.Parse(text)
		if err != nil {
			return nil, err
		}
		next = append(next, pending)
	}
	return next, nil
}
