package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

var manyTokens = many[replicadb.APITokenAccount]{
	one[replicadb.APITokenAccount]{ops.TableToken, ops.Tokens, tokenRows},
	func(t replicadb.APITokenAccount) uuid.UUID { return t.ID },
}

func tokenRows(ctx context.Context, db *replicadb.Queries, ids []uuid.UUID) ([]replicadb.APITokenAccount, error) {
	return db.GetAPITokens(ctx, replicadb.GetAPITokensParams{IDs: ids})
}

// tokenQuery is a page of tokens, the newest first.
type tokenQuery struct {
	user  *uuid.UUID // nil: everybody's
	ended bool       // also those that have ended
	now   time.Time
	after *timeKey // nil: from the newest
	limit int
}

func tokenKey(t replicadb.APITokenAccount) timeKey { return timeKey{t.CreatedAt, t.ID} }

// position is where the page begins: it is of what is before.
func (q tokenQuery) position() timeKey {
	if q.after != nil {
		return *q.after
	}
	return timeKey{at: lastStart}
}

func (q tokenQuery) keep(t replicadb.APITokenAccount) bool {
	return tokenKey(t).compare(q.position()) < 0 && (q.user == nil || t.UserID == *q.user) && (q.ended || !hasEnded(t, q.now))
}

// hasEnded tells whether a token is good no more.
func hasEnded(t replicadb.APITokenAccount, now time.Time) bool {
	return t.RevokedAt != nil || t.ExpiresAt != nil && !t.ExpiresAt.After(now)
}

func (q tokenQuery) rows(ctx context.Context, db *replicadb.Queries, without []uuid.UUID, limit int) ([]replicadb.APITokenAccount, error) {
	before := q.position()
	return db.ListAPITokens(ctx, replicadb.ListAPITokensParams{
		BeforeCreated: before.at, BeforeID: before.id, UserID: q.user, IncludeEnded: q.ended, Now: q.now, Without: without, RowLimit: int32(limit),
	})
}

func (s *Server) listTokens(ctx context.Context, q tokenQuery) (page[replicadb.APITokenAccount], error) {
	before := q.position()
	return readPage(ctx, s, func(context.Context) (listing[replicadb.APITokenAccount], error) {
		return listing[replicadb.APITokenAccount]{
			many: manyTokens, lists: []string{ops.Everything}, below: ops.TimeSort(before.at) + before.id.String(), descending: true,
			limit: q.limit, keep: q.keep, page: q.rows,
			compare: func(a, b replicadb.APITokenAccount) int { return tokenKey(b).compare(tokenKey(a)) },
		}, nil
	})
}

// ListTokens lists the tokens that the caller may know of, those that are not replicated yet included.
func (s *Server) ListTokens(ctx context.Context, r api.ListTokensRequestObject) (api.ListTokensResponseObject, error) {
	caller := exchangeOf(ctx).principal
	q := tokenQuery{user: r.Params.UserID, ended: value(r.Params.Ended), now: time.Now(), limit: int(value(r.Params.Limit))}
	if !caller.Can(manageUsers) {
		if q.user != nil && *q.user != caller.UserID {
			return nil, needs(manageUsers)
		}
		q.user = &caller.UserID
	}
	var err error
	if q.after, err = afterCursor(r.Params.Cursor); err != nil {
		return nil, err
	}
	read, err := s.listTokens(ctx, q)
	if err != nil {
		return nil, err
	}
	body := api.TokenPage{NextCursor: nullableOf[string](nil)}
	if body.Items, err = s.tokensOf(ctx, read.items); err != nil {
		return nil, err
	}
	if read.more {
		body.NextCursor = nullableOf(new(tokenKey(read.items[len(read.items)-1].Row).cursor()))
	}
	return api.ListTokens200JSONResponse{Body: body}, nil
}

// tokensOf are tokens as a client sees them.
func (s *Server) tokensOf(ctx context.Context, tokens []Merged[replicadb.APITokenAccount]) ([]api.Token, error) {
	owners := make([]uuid.UUID, len(tokens))
	for i, t := range tokens {
		owners[i] = t.Row.UserID
	}
	users, _, err := lookMany(ctx, s, manyUsers, owners)
	if err != nil {
		return nil, err
	}
	items := make([]api.Token, len(tokens))
	for i, t := range tokens {
		items[i] = tokenOf(t, users[t.Row.UserID].Row.Name)
	}
	return items, nil
}

// tokenOf is a token as a client sees it: never the token itself, nor its hash.
func tokenOf(m Merged[replicadb.APITokenAccount], user string) api.Token {
	t := m.Row
	return api.Token{
		ID: t.ID, UserID: t.UserID, User: user, Name: t.Name, Prefix: t.TokenPrefix, Scopes: append([]string{}, t.Scopes...),
		CreatedAt: t.CreatedAt.UTC(), CreatedBy: t.CreatedBy, ExpiresAt: nullableOf(utc(t.ExpiresAt)), RotatedFrom: nullableOf(t.RotatedFrom),
		RevokedAt: nullableOf(utc(t.RevokedAt)), UsageCount: t.UsageCount, LastUsedAt: nullableOf(utc(t.LastUsedAt)),
		LastUsedFrom: nullableOf(t.LastUsedFrom), LastUsedSite: nullableOf(t.LastUsedSite), Sync: api.SyncState(m.State),
	}
}

// lookToken returns a token that the caller may know of. Errors: errs.NotFound.
func (s *Server) lookToken(ctx context.Context, id uuid.UUID) (Merged[replicadb.APITokenAccount], error) {
	known, err := lookOne(ctx, s, manyTokens.one, id)
	caller := exchangeOf(ctx).principal
	if err == nil && (!known.Found || known.Row.UserID != caller.UserID && !caller.Can(manageUsers)) {
		err = unknown("token", id)
	}
	return known, err
}

// needs is the refusal of what the document lets more people do than all who ask for this.
func needs(permission string) error {
	return errs.New(errs.Forbidden, "This needs the permission %s.", permission)
}
