package auth

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// Entry is what a sign-in makes of a user.
type Entry struct {
	Seen    *replicadb.UserAccount // the user as this site knows him; nil: he is new
	Next    replicadb.UserAccount  // the user as he has to be
	Refused error                  // not nil: he is not let in, but what GitHub has taken from him is to be taken here, too
}

// Entry finds the user of a person: the one who has signed in by the account before, else the one whom an administrator
// has joined to it, else a new one. Nobody gets a user by its name alone: it could be a script's, or another person's.
//
// Errors: errs.Conflict named name-taken when the new user's name, or the account, is another's; errs.Unauthenticated
// named user-disabled; those of the replica.
func (s *SignIn) Entry(ctx context.Context, p Person) (Entry, error) {
	known, err := s.directory.read(ctx, wanted{github: p.ID, login: p.Login, name: p.Login})
	if err != nil {
		return Entry{}, err
	}
	if e, left := p.departure(known.users); left {
		return e, nil
	}
	seen, err := p.among(known.users)
	if err != nil {
		return Entry{}, err
	}
	if seen != nil && seen.DisabledAt != nil {
		return Entry{}, refuse("user-disabled", "the user is disabled")
	}
	e := Entry{Seen: seen}
	if seen == nil {
		e.Next = replicadb.UserAccount{
			ID: uuid.Must(uuid.NewV7()), Name: p.Login, Version: 1, CreatedAt: time.Now().UTC().Truncate(time.Microsecond),
			GrantedRoles: []string{},
		}
	} else {
		e.Next = *seen
	}
	p.describe(&e.Next, known.users)
	if len(RolesOf(e.Next)) == 0 {
		e.Refused = errs.New(errs.Forbidden, "No team of the GitHub account %s has a role here.", p.Login).Named("no-role")
	}
	return e, nil
}

// departure takes from the user of a person what the organisation gave him. Nobody gets a user, or another account, by it.
// Left is false for who belongs to the organisation.
func (p Person) departure(users []replicadb.UserAccount) (e Entry, left bool) {
	e.Refused = p.Refused
	i := slices.IndexFunc(users, func(u replicadb.UserAccount) bool { return u.GitHubID != nil && *u.GitHubID == p.ID })
	if i >= 0 {
		e.Seen, e.Next = &users[i], users[i]
		e.Next.GitHubRoles = []string{}
	}
	return e, p.Refused != nil
}

// among returns the user of a person, nil when there is none yet.
func (p Person) among(users []replicadb.UserAccount) (*replicadb.UserAccount, error) {
	find := func(is func(u replicadb.UserAccount) bool) *replicadb.UserAccount {
		if i := slices.IndexFunc(users, is); i >= 0 {
			return &users[i]
		}
		return nil
	}
	if u := find(func(u replicadb.UserAccount) bool { return u.GitHubID != nil && *u.GitHubID == p.ID }); u != nil {
		return u, nil
	}
	// A user with a number is another account's that once had the login.
	if u := find(func(u replicadb.UserAccount) bool { return u.GitHubID == nil && p.has(u.GitHubLogin) }); u != nil {
		return u, nil
	}
	if u := find(func(u replicadb.UserAccount) bool { return u.Name == p.Login || p.has(u.GitHubLogin) }); u != nil {
		return nil, errs.New(errs.Conflict, "There is a user %s whom the GitHub account %s does not belong to; an administrator can join them.", u.Name, p.Login).
			Named("name-taken")
	}
	return nil, nil //nolint:nilnil // nobody is the normal answer at a first sign-in
}

func (p Person) has(login *string) bool { return login != nil && *login == p.Login }

// describe brings a user in line with what GitHub says. What it does not say stays, and so does a name that is better than
// one by which he could look like another.
func (p Person) describe(u *replicadb.UserAccount, others []replicadb.UserAccount) {
	u.GitHubID, u.GitHubRoles = &p.ID, p.Roles
	if p.Name != "" && !Deceptive(p.Name) {
		u.FullName = p.Name
	}
	if p.Email != "" {
		u.Email = p.Email
	}
	// A renamed account can have a login that another user is still waiting for.
	if !slices.ContainsFunc(others, func(other replicadb.UserAccount) bool { return other.ID != u.ID && p.has(other.GitHubLogin) }) {
		u.GitHubLogin = &p.Login
	}
}

// Changed tells whether anything has to be written.
func (e Entry) Changed() bool {
	return e.Seen == nil || e.rolesChanged() || e.joined() || e.Seen.FullName != e.Next.FullName || e.Seen.Email != e.Next.Email ||
		*e.Seen.GitHubLogin != *e.Next.GitHubLogin
}

// Needed tells whether the user must not be let in before it is written: without it he would have other rights, or none.
func (e Entry) Needed() bool { return e.Seen == nil || e.rolesChanged() || e.joined() }

func (e Entry) rolesChanged() bool { return !slices.Equal(e.Seen.GitHubRoles, e.Next.GitHubRoles) }

func (e Entry) joined() bool { return e.Seen.GitHubID == nil }

// Steps returns what has to be written; none when nothing has changed.
func (e Entry) Steps() []buffer.Step {
	u := e.Next
	give := ops.GiveRoles(u.ID, u.Name, maindb.RoleSourceGithub, u.GitHubRoles)
	if e.Seen == nil {
		return []buffer.Step{ops.CreateUser.With(maindb.CreateUserParams{
			ID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, GitHubID: u.GitHubID, GitHubLogin: u.GitHubLogin, CreatedAt: u.CreatedAt,
		}), give}
	}
	if !e.Changed() {
		return nil
	}
	steps := []buffer.Step{ops.ChangeUser(*e.Seen, maindb.UpdateUserParams{
		ID: u.ID, FullName: u.FullName, Email: u.Email, GitHubID: u.GitHubID, GitHubLogin: u.GitHubLogin, DisabledAt: u.DisabledAt,
		SignedOutAt: u.SignedOutAt, Version: u.Version,
	})}
	if e.rolesChanged() {
		steps = append(steps, give)
	}
	return steps
}
