package auth

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

func TestRolesByTeams(t *testing.T) {
	rules := RoleRules{Teams: map[string]string{"org/a": "observer", "org/b": "admin", "org/c": "observer"}, Default: "viewer"}
	for _, test := range []struct {
		teams, roles []string
	}{
		{nil, []string{"viewer"}},
		{[]string{"org/d", "other/a"}, []string{"viewer"}},
		{[]string{"org/a", "org/c"}, []string{"observer"}},
		{[]string{"org/a", "org/b"}, []string{"admin", "observer"}},
	} {
		if got := rules.of(test.teams); !slices.Equal(got, test.roles) {
			t.Errorf("%q: %q, want %q", test.teams, got, test.roles)
		}
	}
	if got := (RoleRules{}).of([]string{"org/a"}); got == nil || len(got) != 0 {
		t.Errorf("without rules: %#v", got)
	}
}

// account is a user of a name with a number and a login at GitHub; 0 and "" are none.
func account(name string, number int64, login string) replicadb.UserAccount {
	u := replicadb.UserAccount{ID: uuid.New(), Name: name, GitHubRoles: []string{"viewer"}}
	if number != 0 {
		u.GitHubID = &number
	}
	if login != "" {
		u.GitHubLogin = &login
	}
	return u
}

func TestWhichUserAPersonIs(t *testing.T) {
	nora := Person{ID: 42, Login: "nora"}
	for name, test := range map[string]struct {
		users []replicadb.UserAccount
		want  string // name of the user; empty: a new one
		taken bool
	}{
		"nobody yet":                         {},
		"by the number":                      {users: []replicadb.UserAccount{account("n", 42, "nora")}, want: "n"},
		"renamed":                            {users: []replicadb.UserAccount{account("n", 42, "before")}, want: "n"},
		"joined in advance":                  {users: []replicadb.UserAccount{account("n", 0, "nora")}, want: "n"},
		"the number goes before the login":   {users: []replicadb.UserAccount{account("x", 0, "nora"), account("n", 42, "before")}, want: "n"},
		"the number goes before the name":    {users: []replicadb.UserAccount{account("nora", 7, "x"), account("n", 42, "nora")}, want: "n"},
		"the name is another's":              {users: []replicadb.UserAccount{account("nora", 0, "")}, taken: true},
		"the name is of another account":     {users: []replicadb.UserAccount{account("nora", 7, "x")}, taken: true},
		"the login was another account's":    {users: []replicadb.UserAccount{account("n", 7, "nora")}, taken: true},
		"others who were read along":         {users: []replicadb.UserAccount{account("x", 7, "y")}},
		"joined, and the name is a script's": {users: []replicadb.UserAccount{account("nora", 0, ""), account("n", 0, "nora")}, want: "n"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := nora.among(test.users)
			if refused, ok := errors.AsType[*errs.Error](err); ok != test.taken || ok && refused.Slug != "name-taken" {
				t.Fatalf("%v", err)
			}
			if got := nameOf(u); got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
		})
	}
}

func nameOf(u *replicadb.UserAccount) string {
	if u == nil {
		return ""
	}
	return u.Name
}

func TestWhatASignInChanges(t *testing.T) {
	seen := account("nora", 42, "nora")
	seen.FullName, seen.Email, seen.SignedOutAt = "Nora", "nora@example.org", new(time.Now())
	same := Person{ID: 42, Login: "nora", Name: "Nora", Email: "nora@example.org", Roles: []string{"viewer"}}
	for name, test := range map[string]struct {
		change          func(*Person)
		others          []replicadb.UserAccount
		changed, needed bool
		steps           int
	}{
		"nothing":                {change: func(*Person) {}},
		"what GitHub leaves out": {change: func(p *Person) { p.Name, p.Email = "", "" }},
		"name":                   {change: func(p *Person) { p.Name = "Nora N." }, changed: true, steps: 1},
		"a name that deceives":   {change: func(p *Person) { p.Name = "Nora\u202e" }},
		"email":                  {change: func(p *Person) { p.Email = "n@example.org" }, changed: true, steps: 1},
		"login":                  {change: func(p *Person) { p.Login = "dawn" }, changed: true, steps: 1},
		"login of another":       {change: func(p *Person) { p.Login = "dawn" }, others: []replicadb.UserAccount{account("x", 0, "dawn")}},
		"roles":                  {change: func(p *Person) { p.Roles = []string{"observer"} }, changed: true, needed: true, steps: 2},
		"no roles":               {change: func(p *Person) { p.Roles = []string{} }, changed: true, needed: true, steps: 2},
	} {
		t.Run(name, func(t *testing.T) {
			p, was := same, seen
			test.change(&p)
			e := Entry{Seen: &was, Next: was}
			p.describe(&e.Next, append(test.others, was))
			if e.Changed() != test.changed || e.Needed() != test.needed || len(e.Steps()) != test.steps {
				t.Errorf("changed %v, needed %v, %d steps", e.Changed(), e.Needed(), len(e.Steps()))
			}
		})
	}
	joined := account("nora", 0, "nora")
	e := Entry{Seen: &joined, Next: joined}
	if same.describe(&e.Next, nil); !e.Needed() || len(e.Steps()) != 1 {
		t.Error("an account that is joined has to be written")
	}
}
