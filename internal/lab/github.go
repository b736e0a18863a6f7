package lab

import (
	"encoding/json"
	"fmt"

	"github.com/ccatobs/opsdb/internal/lab/fakegithub"
)

// GitHub says how the GitHub of the lab is reached, where nobody needs a password.
type GitHub struct {
	URL      string   `json:"url"`
	Control  string   `json:"control"`  // where accounts are changed, and failures chosen
	Accounts []string `json:"accounts"` // logins at the start: who has which role, and one whom nobody knows
}

const (
	gitHubApp          = "opsdb-lab"
	gitHubOrganisation = "ccatobs"
	gitHubTeams        = gitHubOrganisation + "/"
)

// gitHubAccounts are one person of each role, and one of another organisation.
func gitHubAccounts() []fakegithub.Account {
	account := func(id int64, login, name, organisation string, teams ...string) fakegithub.Account {
		return fakegithub.Account{
			ID: id, Login: login, Name: name, Organisations: map[string]string{organisation: "active"}, Teams: teams,
			Emails: []fakegithub.Email{{Email: login + "@example.org", Primary: true, Verified: true}},
		}
	}
	return []fakegithub.Account{
		account(1001, "ada", "Ada Admin", gitHubOrganisation, gitHubTeams+"admins"),
		account(1002, "otto", "Otto Observer", gitHubOrganisation, gitHubTeams+"observers"),
		account(1003, "vera", "Vera Viewer", gitHubOrganisation),
		account(1004, "stranger", "Some Stranger", "elsewhere", "elsewhere/admins"),
	}
}

// startGitHub starts the GitHub by which people sign in at all sites.
func (l *Lab) startGitHub() error {
	port, err := l.ports.take()
	if err != nil {
		return err
	}
	l.github, err = fakegithub.Start(fakegithub.Options{Port: port, ClientID: gitHubApp, ClientSecret: l.gitHubSecret, Accounts: gitHubAccounts()})
	if err != nil {
		return fmt.Errorf("the GitHub of the lab: %w", err)
	}
	return nil
}

// gitHubSettings are the settings of an API by which people can sign in.
func (l *Lab) gitHubSettings() map[string]string {
	teams, err := json.Marshal(map[string]string{gitHubTeams + "admins": "admin", gitHubTeams + "observers": "observer"})
	if err != nil {
		panic(fmt.Sprintf("lab: teams: %v", err))
	}
	return map[string]string{
		"GITHUB_CLIENT_ID": gitHubApp, "GITHUB_CLIENT_SECRET": l.gitHubSecret, "GITHUB_ORG_NAME": gitHubOrganisation,
		"GITHUB_TEAM_ROLE_MAPPING": string(teams), "GITHUB_URL": l.github.URL(), "GITHUB_API_URL": l.github.APIURL(),
	}
}

// GitHub returns the GitHub of the lab, whose accounts and failures can be chosen.
func (l *Lab) GitHub() *fakegithub.Server { return l.github }

func (l *Lab) describeGitHub() GitHub {
	g := GitHub{URL: l.github.URL(), Control: l.github.ControlURL()}
	for _, a := range gitHubAccounts() {
		g.Accounts = append(g.Accounts, a.Login)
	}
	return g
}
