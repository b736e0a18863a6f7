package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/lab/fakeresolver"
	"github.com/ccatobs/opsdb/internal/resolver"
	"github.com/ccatobs/opsdb/internal/site"
)

func names(t testing.TB) (*fakeresolver.Server, resolver.Config) {
	t.Helper()
	fake, err := fakeresolver.Start(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fake.Close(); err != nil {
			t.Error(err)
		}
	})
	return fake, resolver.Config{SesameURL: fake.SesameURL(), NEDURL: fake.NEDURL()}
}

func (s *station) resolve(name string) answer {
	s.t.Helper()
	return s.do(call{op: "resolveSource", body: map[string]any{"name": name}})
}

func TestNamesAreResolved(t *testing.T) {
	t.Parallel()
	fake, services := names(t)
	s := newWorld(t).open(setup{kind: site.Main, names: services})
	for name, want := range map[string]struct {
		resolver api.ResolvedSourceResolver
		as       string
		known    bool
	}{
		"irc +10216":    {api.ResolvedSourceResolverKnown, "IRC+10216", true},
		"Jupiter":       {api.ResolvedSourceResolverKnown, "Jupiter", true},
		"Elevation40":   {"", "", false},
		" m 42":         {"", "", false},
		"sun":           {api.ResolvedSourceResolverSolarSystem, "Sun", false},
		"MOON":          {api.ResolvedSourceResolverSolarSystem, "Moon", false},
		"M 42":          {api.ResolvedSourceResolverSesame, "M 42", false},
		"WISEA J123456": {api.ResolvedSourceResolverNed, "WISEA J123456.78-123456.7", false},
	} {
		a := s.resolve(name)
		if want.resolver == "" {
			if a.status != http.StatusNotFound && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %s", name, a.text)
			}
			continue
		}
		if got := decode[api.ResolvedSource](a.want(http.StatusOK)); got.Resolver != want.resolver || got.Name != want.as || got.SourceID.IsNull() == want.known || got.Stale {
			t.Errorf("%q: %s", name, a.text)
		}
	}
	s.resolve("Nibiru").problem(http.StatusNotFound, "unknown-object")
	// What was resolved becomes a source as it is, and is known from then on.
	object := decode[api.ResolvedSource](s.resolve("Proxima Cen"))
	made := s.createSource(map[string]any{"name": "Proxima Cen", "fixed": object.Fixed})
	if known := decode[api.ResolvedSource](s.resolve("proximacen")); known.Resolver != api.ResolvedSourceResolverKnown || known.SourceID.MustGet() != made.ID {
		t.Errorf("%+v", known)
	}
	if asked := fake.Asked(); asked["sesame"] != 5 {
		t.Errorf("asked: %v", asked)
	}
}

// Cut off from the world, and even from its database, a site answers what it knows, and says that nobody can be asked for
// the rest.
func TestNamesOffline(t *testing.T) {
	t.Parallel()
	fake, services := names(t)
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true, names: services})
	s.resolve("M31").want(http.StatusOK)
	fake.Fail(fakeresolver.Sesame, fakeresolver.Down)
	fake.Fail(fakeresolver.NED, fakeresolver.Nonsense)
	if a := s.resolve("M42"); a.problem(http.StatusServiceUnavailable, "resolver-unreachable").Detail == nil || a.header.Get("Retry-After") == "" {
		t.Errorf("%s %v", a.text, a.header)
	}
	for _, name := range []string{"M31", "Orion A", "Uranus"} {
		s.resolve(name).want(http.StatusOK)
	}
	s.url = s.process(setup{kind: site.Secondary, mainAway: true, replicaAway: true, idle: true, names: services})
	for _, name := range []string{"M31", "Sun"} {
		s.resolve(name).want(http.StatusOK)
	}
	s.resolve("Orion A").problem(http.StatusServiceUnavailable, "resolver-unreachable")
	// Without Redis nothing is kept, but those who know can be asked.
	s.redis.Kill()
	s.resolve("M31").problem(http.StatusServiceUnavailable, "resolver-unreachable")
	fake.Heal()
	s.resolve("M31").want(http.StatusOK)
}
