package lab

import "fmt"

// Site says how a site of the lab is reached.
type Site struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // "main" or "secondary"
	URL      string   `json:"url"`  // of the first API; empty: there is none
	URLs     []string `json:"urls"`
	Redis    string   `json:"redis"`    // URL
	Database string   `json:"database"` // URL; of a secondary site's replica
	Main     string   `json:"main"`     // URL of the main database as the site reaches it: over the link
	Token    string   `json:"token"`    // an administrator's
}

// Description is everything that a user of the lab needs to know.
type Description struct {
	Sites  []Site         `json:"sites"`
	Link   string         `json:"link"` // URL of the control
	GitHub GitHub         `json:"github"`
	Names  string         `json:"names"` // URL of those who know where objects are
	PIDs   map[string]int `json:"pids"`  // of the servers that are up, by name, such as "cologne/postgres"
}

// Describe returns how everything is reached, the main site first.
func (l *Lab) Describe() Description {
	d := Description{Link: l.Control(), GitHub: l.describeGitHub(), Names: l.names.URL(), PIDs: l.PIDs()}
	for _, s := range l.sites() {
		d.Sites = append(d.Sites, l.describe(s))
	}
	return d
}

// Site returns how a site is reached. The name must be one of the lab's sites.
func (l *Lab) Site(name string) Site {
	return l.describe(l.site(name))
}

// Link returns the link of a secondary site; the main site has none.
func (l *Lab) Link(site string) *Link {
	return l.site(site).link
}

// Settings returns the settings of the first API of a site, as NAME=value: with them a command of the program works on
// that site.
func (l *Lab) Settings(site string) []string {
	s := l.site(site)
	return l.environment(s, s.apis[0].port)
}

// Superuser returns how the superuser connects to a site's database, past the link: for what no API may do.
func (l *Lab) Superuser(site string) string {
	return l.site(site).database.socket(databaseName)
}

// Control returns the URL of the HTTP control of the links.
func (l *Lab) Control() string { return l.control.url() }

// PIDs returns the process ids of the servers that are up, by name: "cologne/postgres", "observatory/redis",
// "observatory/api-1".
func (l *Lab) PIDs() map[string]int {
	pids := make(map[string]int)
	for _, s := range l.sites() {
		for _, m := range s.members() {
			if running, err := m.running(); err == nil {
				pids[m.name] = running.PID()
			}
		}
	}
	return pids
}

func (l *Lab) site(name string) *installation {
	for _, s := range l.sites() {
		if s.name == name {
			return s
		}
	}
	panic(fmt.Sprintf("lab: no site %q", name))
}

func (l *Lab) describe(s *installation) Site {
	d := Site{
		Name: s.name, Type: s.kind(), URLs: []string{}, Redis: s.redis.address(), Token: s.token,
		Database: s.database.address(s.database.port), Main: s.database.address(l.mainPort(s)),
	}
	for _, a := range s.apis {
		d.URLs = append(d.URLs, a.url())
	}
	if len(d.URLs) > 0 {
		d.URL = d.URLs[0]
	}
	return d
}
