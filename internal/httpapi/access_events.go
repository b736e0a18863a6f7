package httpapi

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
)

// accessEvent is what happened to whom, for the audit trail.
type accessEvent struct {
	action api.AccessAction
	user   uuid.UUID // whom it concerns; uuid.Nil: nobody
	token  uuid.UUID // uuid.Nil: none
	detail any       // an object; nil: empty; never a secret
}

// note adds to a transaction the entry of the audit trail that says what its other steps do. By the caller of the
// request, from where he called, now.
func (s *Server) note(ctx context.Context, tx *buffer.Transaction, e accessEvent) error {
	x := exchangeOf(ctx)
	return s.noteBy(ctx, tx, x.principal.Name, e)
}

// noteBy is note for an actor who is not, or not yet, the caller by his credential.
func (s *Server) noteBy(ctx context.Context, tx *buffer.Transaction, actor string, e accessEvent) error {
	detail := json.RawMessage("{}")
	if e.detail != nil {
		var err error
		if detail, err = json.Marshal(e.detail); err != nil {
			return err
		}
	}
	tx.Add(ops.CreateAccessEvent.With(maindb.CreateAccessEventParams{
		ID: tx.RecordID(nil), At: instant(time.Now()), Site: s.site.Name, Actor: actor, Address: exchangeOf(ctx).address,
		Action: string(e.action), UserID: optional(e.user), TokenID: optional(e.token), Detail: detail,
	}))
	return nil
}

// eventQuery is a page of the audit trail, the newest first.
type eventQuery struct {
	user     *uuid.UUID // whom they concern; nil: anybody
	token    *uuid.UUID // nil: any, and none
	action   string     // empty: any
	ofTokens bool       // only those that concern a token
	after    *timeKey   // nil: from the newest
	limit    int
}

func eventKey(e replicadb.AccessEvent) timeKey { return timeKey{e.At, e.ID} }

// position is where the page begins: it is of what is before.
func (q eventQuery) position() timeKey {
	if q.after != nil {
		return *q.after
	}
	return timeKey{at: lastStart}
}

func (q eventQuery) keep(e replicadb.AccessEvent) bool {
	return eventKey(e).compare(q.position()) < 0 && (q.user == nil || value(e.UserID) == *q.user) &&
		(q.token == nil || value(e.TokenID) == *q.token) && (q.action == "" || e.Action == q.action) && (!q.ofTokens || e.TokenID != nil)
}

func (q eventQuery) rows(ctx context.Context, db *replicadb.Queries, without []uuid.UUID, limit int) ([]replicadb.AccessEvent, error) {
	before := q.position()
	return db.ListAccessEvents(ctx, replicadb.ListAccessEventsParams{
		BeforeAt: before.at, BeforeID: before.id, UserID: q.user, TokenID: q.token, Action: optional(q.action), OfTokens: q.ofTokens,
		Without: without, RowLimit: int32(limit),
	})
}

var manyEvents = many[replicadb.AccessEvent]{
	one[replicadb.AccessEvent]{
		ops.TableAccessEvent, ops.AccessEvents,
		func(ctx context.Context, db *replicadb.Queries, ids []uuid.UUID) ([]replicadb.AccessEvent, error) {
			return db.GetAccessEvents(ctx, replicadb.GetAccessEventsParams{IDs: ids})
		},
	},
	func(e replicadb.AccessEvent) uuid.UUID { return e.ID },
}

// listEvents returns a page of the audit trail as clients see it, what is on its way included.
func (s *Server) listEvents(ctx context.Context, q eventQuery) (api.AccessEventPage, error) {
	before := q.position()
	read, err := readPage(ctx, s, func(context.Context) (listing[replicadb.AccessEvent], error) {
		return listing[replicadb.AccessEvent]{
			many: manyEvents, lists: []string{ops.Everything}, below: ops.TimeSort(before.at) + before.id.String(), descending: true,
			limit: q.limit, keep: q.keep, page: q.rows,
			compare: func(a, b replicadb.AccessEvent) int { return eventKey(b).compare(eventKey(a)) },
		}, nil
	})
	page := api.AccessEventPage{Items: make([]api.AccessEvent, len(read.items)), NextCursor: nullableOf[string](nil)}
	for i, item := range read.items {
		page.Items[i] = eventOf(item)
	}
	if read.more {
		cursor := eventKey(read.items[len(read.items)-1].Row).cursor()
		page.NextCursor = nullableOf(&cursor)
	}
	return page, err
}

func eventOf(m Merged[replicadb.AccessEvent]) api.AccessEvent {
	return api.AccessEvent{
		ID: m.Row.ID, At: m.Row.At.UTC(), Site: m.Row.Site, Actor: m.Row.Actor, Address: m.Row.Address, Action: api.AccessAction(m.Row.Action),
		UserID: nullableOf(m.Row.UserID), TokenID: nullableOf(m.Row.TokenID), Detail: m.Row.Detail, Sync: api.SyncState(m.State),
	}
}

// ListAccessEvents reads the audit trail of all sites, pending entries of this one included.
func (s *Server) ListAccessEvents(ctx context.Context, r api.ListAccessEventsRequestObject) (api.ListAccessEventsResponseObject, error) {
	q := eventQuery{
		user: r.Params.UserID, token: r.Params.TokenID, action: string(value(r.Params.Action)), limit: int(value(r.Params.Limit)),
	}
	var err error
	if q.after, err = afterCursor(r.Params.Cursor); err != nil {
		return nil, err
	}
	page, err := s.listEvents(ctx, q)
	if err != nil {
		return nil, err
	}
	return api.ListAccessEvents200JSONResponse{Body: page}, nil
}

// afterCursor reads the cursor of a list that is ordered by a time; nil for none.
func afterCursor(cursor *string) (*timeKey, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // from the start
	}
	return parseTimeKey(*cursor)
}
