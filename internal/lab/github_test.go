package lab_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestEverySiteSignsInByTheGitHubOfTheLab(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 1})
	d := l.Describe()
	for _, s := range d.Sites {
		settings, err := url.ParseQuery(get(t, s.URL+"/github"))
		must(t, err)
		if settings.Get("url") != d.GitHub.URL || !strings.HasPrefix(settings.Get("api"), d.GitHub.URL) || settings.Get("org") == "" || settings.Get("teams") == "" {
			t.Errorf("%s has %v", s.Name, settings)
		}
	}
	state := get(t, d.GitHub.Control)
	for _, login := range d.GitHub.Accounts {
		if !strings.Contains(state, `"login":"`+login+`"`) {
			t.Errorf("%s is not in %s", login, state)
		}
	}
	l.GitHub().Choose("vera")
	if state := get(t, d.GitHub.Control); !strings.Contains(state, `"chosen":"vera"`) {
		t.Error(state)
	}
}
