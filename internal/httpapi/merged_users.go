package httpapi

import (
	"cmp"
	"context"
	"encoding/base64"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

var manyUsers = many[replicadb.UserAccount]{
	one[replicadb.UserAccount]{ops.TableUser, ops.Users, userRows},
	func(u replicadb.UserAccount) uuid.UUID { return u.ID },
}

func userRows(ctx context.Context, db *replicadb.Queries, ids []uuid.UUID) ([]replicadb.UserAccount, error) {
	return db.GetUsers(ctx, replicadb.GetUsersParams{IDs: ids})
}

func (s *Server) lookUser(ctx context.Context, id uuid.UUID) (Merged[replicadb.UserAccount], error) {
	return lookOne(ctx, s, manyUsers.one, id)
}

// userQuery is a page of users, in order of their names.
type userQuery struct {
	role     string // by whatever way they have it; empty: any
	disabled *bool
	after    string // name; empty: from the start
	limit    int
}

func (q userQuery) keep(u replicadb.UserAccount) bool {
	return u.Name > q.after && (q.role == "" || slices.Contains(auth.RolesOf(u), q.role)) &&
		(q.disabled == nil || *q.disabled == (u.DisabledAt != nil))
}

func (q userQuery) rows(ctx context.Context, db *replicadb.Queries, without []uuid.UUID, limit int) ([]replicadb.UserAccount, error) {
	return db.ListUsers(ctx, replicadb.ListUsersParams{
		AfterName: q.after, Role: optional(q.role), Disabled: q.disabled, Without: without, RowLimit: int32(limit),
	})
}

func (s *Server) listUsers(ctx context.Context, q userQuery) (page[replicadb.UserAccount], error) {
	above := ""
	if q.after != "" {
		above = ops.NameSort(q.after)
	}
	return readPage(ctx, s, func(context.Context) (listing[replicadb.UserAccount], error) {
		return listing[replicadb.UserAccount]{
			many: manyUsers, lists: []string{ops.Everything}, above: above, limit: q.limit, keep: q.keep, page: q.rows,
			compare: func(a, b replicadb.UserAccount) int { return cmp.Compare(a.Name, b.Name) },
		}, nil
	})
}

// ListUsers lists users, changes that are not replicated yet included.
func (s *Server) ListUsers(ctx context.Context, r api.ListUsersRequestObject) (api.ListUsersResponseObject, error) {
	q := userQuery{role: string(value(r.Params.Role)), disabled: r.Params.Disabled, limit: int(value(r.Params.Limit))}
	if r.Params.Cursor != nil {
		var err error
		if q.after, err = nameOfCursor(*r.Params.Cursor); err != nil {
			return nil, err
		}
	}
	page, err := s.listUsers(ctx, q)
	if err != nil {
		return nil, err
	}
	body := api.UserPage{Items: make([]api.User, len(page.items)), NextCursor: nullableOf[string](nil)}
	for i, item := range page.items {
		body.Items[i] = userOf(item)
	}
	if page.more {
		body.NextCursor = nullableOf(new(cursorOfName(body.Items[len(body.Items)-1].Name)))
	}
	return api.ListUsers200JSONResponse{Body: body}, nil
}

func cursorOfName(name string) string { return base64.RawURLEncoding.EncodeToString([]byte(name)) }

var userName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func nameOfCursor(cursor string) (string, error) {
	name, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || !userName.Match(name) {
		return "", errs.New(errs.Invalid, "This cursor does not come from this list.").At("query:cursor", "is not a cursor of this list")
	}
	return string(name), nil
}
