package ops

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/overlay"
)

// Tables of who may do what.
const (
	TableUser        = "user"
	TableToken       = "api_token"
	TableTokenUsage  = "api_token_usage"
	TableAccessEvent = "access_event"
	TablePreferences = "user_preferences"
)

// Everything is the list of all pending records of a table.
const Everything = "all"

// OfAccess tells whether a kind of write is about who may do what: nobody edits such a write, and only those who manage
// users see those of others.
func OfAccess(kind string) bool {
	table, _, _ := strings.Cut(kind, ".")
	switch table {
	case TableUser, TableToken, TableAccessEvent, TablePreferences, "access":
		return true
	default:
		return false
	}
}

// The writes about who may do what. But for uses and events, which are buffered, they go to the main database directly.
var (
	// RequireAccess writes nothing: it fails when its maker may not make the other steps any more.
	RequireAccess = buffer.Register(&Registry, "access.require", (*maindb.Queries).RequireAccess,
		func(maindb.RequireAccessParams) buffer.Effect { return buffer.Effect{} })

	CreateUser = buffer.Register(&Registry, "user.create", (*maindb.Queries).CreateUser,
		func(p maindb.CreateUserParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{insert(userPlace(p.ID, p.Name))}}
		})

	UpdateUser = buffer.Register(&Registry, "user.update", (*maindb.Queries).UpdateUser,
		func(p maindb.UpdateUserParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: user(p.ID), Action: buffer.Patch}}}
		})

	SetUserRoles = buffer.Register(&Registry, "user.set_roles", (*maindb.Queries).SetUserRoles,
		func(p maindb.SetUserRolesParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: user(p.UserID), Action: buffer.Patch}}}
		})

	CreateToken = buffer.Register(&Registry, "api_token.create", (*maindb.Queries).CreateAPIToken,
		func(p maindb.CreateAPITokenParams) buffer.Effect {
			e := buffer.Effect{
				Writes: []buffer.Change{insert(tokenPlace(p.ID, p.CreatedAt, p.RotatedFrom))},
				Needs:  []buffer.Record{user(p.UserID)},
			}
			if p.RotatedFrom != nil {
				e.Needs = append(e.Needs, token(*p.RotatedFrom))
			}
			return e
		})

	RevokeToken = buffer.Register(&Registry, "api_token.revoke", (*maindb.Queries).RevokeAPIToken,
		func(p maindb.RevokeAPITokenParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: token(p.ID), Action: buffer.Patch}}}
		})

	// RevokeTokenLine revokes also what came from the token by rotation. It shows only on the token itself: steps of
	// RevokeToken show on those that the writer knows of.
	RevokeTokenLine = buffer.Register(&Registry, "api_token.revoke_line", (*maindb.Queries).RevokeAPITokenLine,
		func(p maindb.RevokeAPITokenLineParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: token(p.ID), Action: buffer.Patch}}}
		})

	// RequireTokenRoom writes nothing: it fails when a user may not have another token.
	RequireTokenRoom = buffer.Register(&Registry, "api_token.require_room", (*maindb.Queries).RequireAPITokenRoom,
		func(maindb.RequireAPITokenRoomParams) buffer.Effect { return buffer.Effect{} })

	RetireToken = buffer.Register(&Registry, "api_token.retire", (*maindb.Queries).RetireAPIToken,
		func(p maindb.RetireAPITokenParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: token(p.ID), Action: buffer.Patch}}}
		})

	CountTokenUses = buffer.Register(&Registry, "api_token.count_uses", (*maindb.Queries).CountAPITokenUses,
		func(p maindb.CountAPITokenUsesParams) buffer.Effect {
			var e buffer.Effect
			for _, id := range p.IDs {
				e.Writes = append(e.Writes, buffer.Change{Record: buffer.Record{Table: TableTokenUsage, ID: id.String()}, Action: buffer.Insert})
				e.Needs = append(e.Needs, token(id))
			}
			return e
		})

	CreateAccessEvent = buffer.Register(&Registry, "access_event.create", (*maindb.Queries).CreateAccessEvent,
		func(p maindb.CreateAccessEventParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{insert(buffer.Place{
				Record: buffer.Record{Table: TableAccessEvent, ID: p.ID.String()}, Sort: TimeSort(p.At), Lists: []string{Everything},
			})}}
		})

	PutPreferences = buffer.Register(&Registry, "user_preferences.put", (*maindb.Queries).PutUserPreferences,
		func(p maindb.PutUserPreferencesParams) buffer.Effect {
			return buffer.Effect{
				Writes: []buffer.Change{{Record: buffer.Record{Table: TablePreferences, ID: p.UserID.String()}, Action: buffer.Insert}},
				Needs:  []buffer.Record{user(p.UserID)},
			}
		})
)

func user(id uuid.UUID) buffer.Record { return buffer.Record{Table: TableUser, ID: id.String()} }

func token(id uuid.UUID) buffer.Record { return buffer.Record{Table: TableToken, ID: id.String()} }

// NameSort orders records by a name of at most 64 bytes, as the database does byte by byte.
func NameSort(name string) string { return fmt.Sprintf("%-64s", name) }

// TimeSort orders records by a time to the microsecond.
func TimeSort(at time.Time) string { return fmt.Sprintf("%016d", at.UnixMicro()) }

func userPlace(id uuid.UUID, name string) buffer.Place {
	return buffer.Place{Record: user(id), Sort: NameSort(name), Lists: []string{Everything}}
}

func tokenPlace(id uuid.UUID, created time.Time, rotatedFrom *uuid.UUID) buffer.Place {
	place := buffer.Place{Record: token(id), Sort: TimeSort(created), Lists: []string{Everything}}
	if rotatedFrom != nil {
		place.Lists = append(place.Lists, SuccessorsOf(*rotatedFrom))
	}
	return place
}

// SuccessorsOf is the list of the pending tokens that take the place of one.
func SuccessorsOf(id uuid.UUID) string { return "rotated_from:" + id.String() }

// ChangeUser is the step that changes a user from what its writer saw.
func ChangeUser(seen replicadb.UserAccount, p maindb.UpdateUserParams) buffer.Step {
	return UpdateUser.With(p, userPlace(seen.ID, seen.Name))
}

// GiveRoles is the step that gives a user exactly these roles from one source. A step of ChangeUser goes before it when
// the user was there before.
func GiveRoles(id uuid.UUID, name string, source maindb.RoleSource, roles []string) buffer.Step {
	return SetUserRoles.With(maindb.SetUserRolesParams{UserID: id, Source: source, Roles: append([]string{}, roles...)}, userPlace(id, name))
}

// Revoke is the step that ends a token as its writer saw it.
func Revoke(seen replicadb.APITokenAccount, at time.Time) buffer.Step {
	return RevokeToken.With(maindb.RevokeAPITokenParams{ID: seen.ID, RevokedAt: at}, tokenPlace(seen.ID, seen.CreatedAt, seen.RotatedFrom))
}

// RevokeLine is the step that ends a token as its writer saw it, and all that came from it by rotation.
func RevokeLine(seen replicadb.APITokenAccount, at time.Time) buffer.Step {
	return RevokeTokenLine.With(maindb.RevokeAPITokenLineParams{ID: seen.ID, RevokedAt: at}, tokenPlace(seen.ID, seen.CreatedAt, seen.RotatedFrom))
}

// Retire is the step after which a token lives no longer than until a time.
func Retire(seen replicadb.APITokenAccount, until time.Time) buffer.Step {
	return RetireToken.With(maindb.RetireAPITokenParams{ID: seen.ID, ExpiresAt: until}, tokenPlace(seen.ID, seen.CreatedAt, seen.RotatedFrom))
}

var userKinds = map[string]projector[replicadb.UserAccount]{
	CreateUser.Kind(): on(CreateUser, func(p maindb.CreateUserParams, add func(uuid.UUID, overlay.Change[replicadb.UserAccount])) {
		add(p.ID, overlay.Change[replicadb.UserAccount]{Insert: &replicadb.UserAccount{
			ID: p.ID, Name: p.Name, FullName: p.FullName, Email: p.Email, GitHubID: p.GitHubID, GitHubLogin: p.GitHubLogin,
			Version: 1, CreatedAt: p.CreatedAt, GrantedRoles: []string{}, GitHubRoles: []string{},
		}})
	}),
	UpdateUser.Kind(): on(UpdateUser, func(p maindb.UpdateUserParams, add func(uuid.UUID, overlay.Change[replicadb.UserAccount])) {
		add(p.ID, overlay.Change[replicadb.UserAccount]{Patch: func(r replicadb.UserAccount) replicadb.UserAccount {
			r.FullName, r.Email, r.GitHubID, r.GitHubLogin = p.FullName, p.Email, p.GitHubID, p.GitHubLogin
			r.DisabledAt, r.SignedOutAt, r.Version = p.DisabledAt, p.SignedOutAt, p.Version+1
			return r
		}})
	}),
	SetUserRoles.Kind(): on(SetUserRoles, func(p maindb.SetUserRolesParams, add func(uuid.UUID, overlay.Change[replicadb.UserAccount])) {
		roles := slices.Sorted(slices.Values(p.Roles))
		add(p.UserID, overlay.Change[replicadb.UserAccount]{Patch: func(r replicadb.UserAccount) replicadb.UserAccount {
			if p.Source == maindb.RoleSourceGithub {
				r.GitHubRoles = roles
			} else {
				r.GrantedRoles = roles
			}
			return r
		}})
	}),
}

// Users returns the pending writes of users.
func Users(p *buffer.Pending) (View[replicadb.UserAccount], error) { return project(p, userKinds) }

var tokenKinds = map[string]projector[replicadb.APITokenAccount]{
	CreateToken.Kind(): on(CreateToken, func(p maindb.CreateAPITokenParams, add func(uuid.UUID, overlay.Change[replicadb.APITokenAccount])) {
		add(p.ID, overlay.Change[replicadb.APITokenAccount]{Insert: &replicadb.APITokenAccount{
			ID: p.ID, UserID: p.UserID, Name: p.Name, TokenHash: p.TokenHash, KeyID: p.KeyID, TokenPrefix: p.TokenPrefix,
			Scopes: p.Scopes, CreatedAt: p.CreatedAt, CreatedBy: p.CreatedBy, ExpiresAt: p.ExpiresAt, RotatedFrom: p.RotatedFrom,
		}})
	}),
	RevokeToken.Kind(): on(RevokeToken, func(p maindb.RevokeAPITokenParams, add func(uuid.UUID, overlay.Change[replicadb.APITokenAccount])) {
		add(p.ID, revokedAt(p.RevokedAt))
	}),
	RevokeTokenLine.Kind(): on(RevokeTokenLine, func(p maindb.RevokeAPITokenLineParams, add func(uuid.UUID, overlay.Change[replicadb.APITokenAccount])) {
		add(p.ID, revokedAt(p.RevokedAt))
	}),
	RetireToken.Kind(): on(RetireToken, func(p maindb.RetireAPITokenParams, add func(uuid.UUID, overlay.Change[replicadb.APITokenAccount])) {
		add(p.ID, overlay.Change[replicadb.APITokenAccount]{Patch: func(r replicadb.APITokenAccount) replicadb.APITokenAccount {
			if r.RevokedAt == nil && (r.ExpiresAt == nil || p.ExpiresAt.Before(*r.ExpiresAt)) {
				r.ExpiresAt = &p.ExpiresAt
			}
			return r
		}})
	}),
}

// revokedAt is the change of a token that is revoked; one that was revoked before keeps its time.
func revokedAt(at time.Time) overlay.Change[replicadb.APITokenAccount] {
	return overlay.Change[replicadb.APITokenAccount]{Patch: func(r replicadb.APITokenAccount) replicadb.APITokenAccount {
		if r.RevokedAt == nil {
			r.RevokedAt = &at
		}
		return r
	}}
}

// Tokens returns the pending writes of API tokens.
func Tokens(p *buffer.Pending) (View[replicadb.APITokenAccount], error) {
	return project(p, tokenKinds)
}

var eventKinds = map[string]projector[replicadb.AccessEvent]{
	CreateAccessEvent.Kind(): on(CreateAccessEvent, func(p maindb.CreateAccessEventParams, add func(uuid.UUID, overlay.Change[replicadb.AccessEvent])) {
		add(p.ID, overlay.Change[replicadb.AccessEvent]{Insert: &replicadb.AccessEvent{
			ID: p.ID, At: p.At, Site: p.Site, Actor: p.Actor, Address: p.Address, Action: p.Action, UserID: p.UserID, TokenID: p.TokenID, Detail: p.Detail,
		}})
	}),
}

// AccessEvents returns the pending entries of the audit trail.
func AccessEvents(p *buffer.Pending) (View[replicadb.AccessEvent], error) {
	return project(p, eventKinds)
}

var preferenceKinds = map[string]projector[replicadb.UserPreference]{
	PutPreferences.Kind(): on(PutPreferences, func(p maindb.PutUserPreferencesParams, add func(uuid.UUID, overlay.Change[replicadb.UserPreference])) {
		row := replicadb.UserPreference{UserID: p.UserID, Document: p.Document, UpdatedAt: p.UpdatedAt}
		add(p.UserID, overlay.Change[replicadb.UserPreference]{Insert: &row})
		add(p.UserID, overlay.Change[replicadb.UserPreference]{Patch: func(replicadb.UserPreference) replicadb.UserPreference { return row }})
	}),
}

// Preferences returns the pending preferences by the ids of their users.
func Preferences(p *buffer.Pending) (View[replicadb.UserPreference], error) {
	return project(p, preferenceKinds)
}
