package auth

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// Overlay tells which writes of the site are not yet on its replica.
type Overlay interface {
	Look(ctx context.Context, q buffer.Query) (*buffer.Pending, error)
}

// Directory reads users and tokens as this site knows them: as its replica has them, with the site's own changes that
// have not come back yet.
type Directory struct {
	replica *postgres.Replica
	overlay Overlay // nil at the main site, whose database is never behind
}

// NewDirectory returns a directory; overlay is nil at the main site.
func NewDirectory(replica *postgres.Replica, overlay Overlay) *Directory {
	return &Directory{replica: replica, overlay: overlay}
}

// wanted says what to read.
type wanted struct {
	hashes []string    // of tokens
	tokens []uuid.UUID // whose pending changes count
	users  []uuid.UUID
	name   string // of a user
	github int64  // number of an account
	login  string // of an account
}

// known is what was found.
type known struct {
	tokens []replicadb.APITokenAccount
	users  []replicadb.UserAccount
	roles  map[string][]string // permissions by role
	blind  bool                // the overlay could not be read
}

// maxLooks bounds the rounds in which what was found in the database leads to more that the overlay must be asked for.
const maxLooks = 4

// maxPending bounds how many users with changes on their way are looked at.
const maxPending = 1000

// read finds tokens by their hashes and the users who own them, and users by id, name or account. The overlay is always
// read before the database: a change that has left it is in the database by then.
func (d *Directory) read(ctx context.Context, w wanted) (known, error) {
	for range maxLooks - 1 {
		k, more, err := d.round(ctx, &w)
		if err != nil || !more {
			return k, err
		}
	}
	k, _, err := d.round(ctx, &w)
	return k, err
}

// round reads once. More is true when it came upon records whose pending changes were not asked for; w has them then.
func (d *Directory) round(ctx context.Context, w *wanted) (k known, more bool, err error) {
	look, blind := d.look(ctx, *w)
	k.blind = blind
	tokens, err := ops.Tokens(look)
	if err != nil {
		return k, false, err
	}
	users, err := ops.Users(look)
	if err != nil {
		return k, false, err
	}
	for id := range users {
		more = note(&w.users, id) || more
	}
	err = d.replica.Snapshot(ctx, func(ctx context.Context, q *replicadb.Queries) error {
		if err := k.readTokens(ctx, q, *w, tokens); err != nil {
			return err
		}
		for _, t := range k.tokens {
			more = note(&w.tokens, t.ID) || more
			more = note(&w.users, t.UserID) || more
		}
		found, err := k.readUsers(ctx, q, *w, users)
		if err != nil {
			return err
		}
		for _, id := range found {
			more = note(&w.users, id) || more
		}
		return k.readRoles(ctx, q)
	})
	return k, more && d.overlay != nil, err
}

// look asks the overlay. Without Redis the replica alone has to do: what it lacks, it will have soon.
func (d *Directory) look(ctx context.Context, w wanted) (look *buffer.Pending, blind bool) {
	if d.overlay == nil {
		return &buffer.Pending{}, false
	}
	var q buffer.Query
	for _, id := range w.tokens {
		q.Records = append(q.Records, buffer.Record{Table: ops.TableToken, ID: id.String()})
	}
	for _, id := range w.users {
		q.Records = append(q.Records, buffer.Record{Table: ops.TableUser, ID: id.String()})
	}
	if w.name != "" || w.github != 0 {
		// A user who was just made at this site, or joined to an account, is not known by his id yet.
		q.Ranges = []buffer.Range{{Table: ops.TableUser, Lists: []string{ops.Everything}, Limit: maxPending}}
	}
	look, err := d.overlay.Look(ctx, q)
	if err != nil {
		return buffer.Blind(q), true
	}
	return look, false
}

// note adds an id that is not there yet.
func note(ids *[]uuid.UUID, id uuid.UUID) bool {
	if slices.Contains(*ids, id) {
		return false
	}
	*ids = append(*ids, id)
	return true
}

func (k *known) readTokens(ctx context.Context, q *replicadb.Queries, w wanted, pending ops.View[replicadb.APITokenAccount]) error {
	if len(w.hashes) == 0 {
		return nil
	}
	rows, err := q.GetAPITokensByHash(ctx, replicadb.GetAPITokensByHashParams{Hashes: w.hashes})
	if err != nil {
		return err
	}
	keep := func(t replicadb.APITokenAccount) bool { return slices.Contains(w.hashes, t.TokenHash) }
	id := func(t replicadb.APITokenAccount) uuid.UUID { return t.ID }
	k.tokens = overlay.Merge(accounts(rows), pending.Changes(), id, keep, func(a, b replicadb.APITokenAccount) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return nil
}

func accounts(rows []replicadb.APIToken) []replicadb.APITokenAccount {
	list := make([]replicadb.APITokenAccount, len(rows))
	for i, t := range rows {
		list[i] = replicadb.APITokenAccount{
			ID: t.ID, UserID: t.UserID, Name: t.Name, TokenHash: t.TokenHash, KeyID: t.KeyID, TokenPrefix: t.TokenPrefix, Scopes: t.Scopes,
			CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy, ExpiresAt: t.ExpiresAt, RotatedFrom: t.RotatedFrom, RevokedAt: t.RevokedAt,
		}
	}
	return list
}

// readUsers returns the ids of the users that the database has.
func (k *known) readUsers(ctx context.Context, q *replicadb.Queries, w wanted, pending ops.View[replicadb.UserAccount]) ([]uuid.UUID, error) {
	rows, err := q.GetUsers(ctx, replicadb.GetUsersParams{IDs: w.users})
	if err != nil {
		return nil, err
	}
	if w.name != "" {
		more, err := q.FindUsersByName(ctx, replicadb.FindUsersByNameParams{Name: w.name})
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	if w.github != 0 {
		more, err := q.FindGitHubUsers(ctx, replicadb.FindGitHubUsersParams{GitHubID: w.github, GitHubLogin: w.login})
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	var found []uuid.UUID
	for _, row := range rows {
		found = append(found, row.ID)
	}
	id := func(u replicadb.UserAccount) uuid.UUID { return u.ID }
	all := func(replicadb.UserAccount) bool { return true }
	k.users = overlay.Merge(rows, pending.Changes(), id, all, func(a, b replicadb.UserAccount) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return found, nil
}

func (k *known) readRoles(ctx context.Context, q *replicadb.Queries) error {
	rows, err := q.ListRoles(ctx)
	if err != nil {
		return err
	}
	k.roles = make(map[string][]string, len(rows))
	for _, row := range rows {
		k.roles[row.Name] = row.Permissions
	}
	return nil
}

// user returns the user of an id, nil when there is none.
func (k *known) user(id uuid.UUID) *replicadb.UserAccount {
	for i := range k.users {
		if k.users[i].ID == id {
			return &k.users[i]
		}
	}
	return nil
}

// RolesOf returns all roles of a user, by whatever way he has them, in order.
func RolesOf(u replicadb.UserAccount) []string {
	roles := slices.Concat(u.GrantedRoles, u.GitHubRoles)
	slices.Sort(roles)
	return slices.Compact(roles)
}

// permissions returns what a user may do by his roles.
func (k *known) permissions(u replicadb.UserAccount) []string {
	permissions := []string{}
	for _, role := range RolesOf(u) {
		permissions = append(permissions, k.roles[role]...)
	}
	slices.Sort(permissions)
	return slices.Compact(permissions)
}
