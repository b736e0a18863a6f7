package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
)

// withRedis adds a Redis to the settings of a site.
func withRedis(environ []string, redis *redistest.Redis) []string {
	host, port, _ := strings.Cut(redis.Address(), ":")
	return append(environ, "REDIS_HOST="+host, "REDIS_PORT="+port)
}

// operatorsOf are the operators of a site as its server has them.
func operatorsOf(t *testing.T, redis *redistest.Redis, site string) (*auth.Operators, *auth.Sessions) {
	t.Helper()
	keys, err := auth.NewKeys("q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI", "")
	if err != nil {
		t.Fatal(err)
	}
	client := redisclient.New(redisclient.Options{Address: redis.Address()})
	t.Cleanup(client.Close)
	sessions, err := auth.NewSessions(keys, site, client, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return auth.NewOperators(sessions), sessions
}

func TestOperatorsForEmergencies(t *testing.T) {
	redis := redistest.New(t)
	environ := withRedis(settings(pgtest.New(t)), redis)
	operator := func(args ...string) result {
		t.Helper()
		return opsdb(t, environ, append([]string{"user", "break-glass"}, args...)...)
	}
	made := operator("create", "night-shift", "--expires", "30d").done(t)
	if !regexp.MustCompile(`^[2-9A-Z]{4}(-[2-9A-Z]{4}){5}\n$`).MatchString(made.out) {
		t.Errorf("no more than the password is printed: %q", made.out)
	}
	if !strings.Contains(made.err, "night-shift of cologne, expires 20") || !strings.Contains(made.err, "BREAK_GLASS is not true") {
		t.Error(made.err)
	}
	environ = append(environ, "BREAK_GLASS=true")
	if other := operator("create", "day-shift").done(t); strings.Contains(other.err, "BREAK_GLASS") || !strings.Contains(other.err, "never expires") || other.out == made.out {
		t.Errorf("%+v", other)
	}

	operators, sessions := operatorsOf(t, redis, "cologne")
	password := strings.TrimSpace(made.out)
	if _, _, err := operators.SignIn(t.Context(), "night-shift", password, "192.0.2.1", ""); err != nil {
		t.Errorf("the password that was printed: %v", err)
	}

	listed := operator("list").done(t).out
	if lines := strings.Split(listed, "\n"); len(lines) != 4 || !strings.HasPrefix(lines[1], "day-shift ") || !strings.HasPrefix(lines[2], "night-shift ") || !strings.Contains(lines[2], "opsdb:") {
		t.Error(listed)
	}
	var line struct {
		Name, CreatedBy string
		Expires         *string `json:"expires_at"`
	}
	asJSON := operator("list", "--json").done(t).out
	first, second, _ := strings.Cut(asJSON, "\n")
	if err := json.Unmarshal([]byte(second), &line); err != nil || line.Name != "night-shift" || line.Expires == nil {
		t.Errorf("%v: %s", err, asJSON)
	}
	if !strings.Contains(first, `"expires_at":null`) || strings.Contains(asJSON, password) || strings.Contains(asJSON, "hash") {
		t.Error(asJSON)
	}

	if strings.Contains(listed, "not the present one") || strings.Count(asJSON, `"present_key":true`) != 2 {
		t.Error(listed, asJSON)
	}
	const another = "Wb4Tn1xKz8Rq6Ym3Ds0Hv7Lf9Jc2Gp5E"
	changed := append(slices.Clone(environ), "SECRET_KEY="+another, "SECRET_KEY_PREVIOUS=q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI")
	if out := opsdb(t, changed, "user", "break-glass", "list").done(t).out; strings.Count(out, "not the present one") != 2 {
		t.Errorf("after the key was changed: %s", out)
	}

	if out := operator("remove", "night-shift").done(t).out; out != "operator night-shift removed, 1 sessions ended\n" {
		t.Error(out)
	}
	if left, err := sessions.BreakGlassSessions(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("sessions of who was removed: %v %v", left, err)
	}
	if _, _, err := operators.SignIn(t.Context(), "night-shift", password, "192.0.2.1", ""); err == nil {
		t.Error("who was removed is let in")
	}
	if out := operator("list").done(t).out; strings.Contains(out, "night-shift") || !strings.Contains(out, "day-shift") {
		t.Error(out)
	}

	var trail []string
	for _, e := range events(t, environ) {
		trail = append(trail, e.Action+" "+string(e.Detail))
		if !strings.HasPrefix(e.Actor, "opsdb:") || e.Site != "cologne" {
			t.Errorf("%+v", e)
		}
	}
	want := `break_glass.created {"name": "night-shift"},break_glass.created {"name": "day-shift"},break_glass.removed {"name": "night-shift"}`
	if got := strings.Join(trail, ","); strings.ReplaceAll(got, `":"`, `": "`) != want {
		t.Errorf("the audit trail has %s", got)
	}
}

func TestWhatIsRefusedOfOperators(t *testing.T) {
	environ := withRedis(settings(pgtest.New(t)), redistest.New(t))
	opsdb(t, environ, "user", "break-glass", "create", "night-shift").done(t)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "Usage: opsdb user break-glass"},
		{[]string{"disable"}, exitUsage, `no command "disable"`},
		{[]string{"create"}, exitUsage, "name"},
		{[]string{"create", "a", "b"}, exitUsage, `unexpected "b"`},
		{[]string{"create", "a", "--expires", "soon"}, exitUsage, "--expires soon"},
		{[]string{"create", "a", "--expires", "0s"}, exitUsage, "--expires 0s"},
		{[]string{"list", "a"}, exitUsage, `unexpected "a"`},
		{[]string{"remove"}, exitUsage, "name"},
		{[]string{"remove", "a", "b"}, exitUsage, `unexpected "b"`},
		{[]string{"create", "Night"}, exitFailed, "cannot be a name"},
		{[]string{"create", "night-shift"}, exitFailed, "already"},
		{[]string{"remove", "nobody"}, exitFailed, "no operator nobody"},
	} {
		if got := opsdb(t, environ, append([]string{"user", "break-glass"}, test.args...)...); got.code != test.code || !strings.Contains(got.err, test.want) || got.out != "" {
			t.Errorf("%v: %+v", test.args, got)
		}
	}
	if list := events(t, environ); len(list) != 1 {
		t.Errorf("%d events of one change", len(list))
	}
	for _, command := range []string{"", "create", "list", "remove"} {
		args := []string{"user", "break-glass", command, "-h"}
		if command == "" {
			args = []string{"user", "break-glass", "-h"}
		}
		if help := opsdb(t, nil, args...).done(t).out; !strings.HasPrefix(help, strings.TrimSpace("Usage: opsdb user break-glass "+command)) {
			t.Errorf("%s: %s", command, help)
		}
	}
}

// At a site that is cut off the operators can be made and removed: that is when they are needed.
func TestOperatorsAreMadeAtASiteThatIsCutOff(t *testing.T) {
	redis := redistest.New(t)
	nowhere := pgtest.New(t)
	nowhere.Host, nowhere.Port = "127.0.0.1", 1
	environ := append(withRedis(settings(nowhere), redis), "SITE_NAME=observatory", "SITE_TYPE=secondary", "BREAK_GLASS=true")
	made := opsdb(t, environ, "user", "break-glass", "create", "night-shift").done(t)
	if strings.Contains(made.err, "warning") {
		t.Errorf("the audit trail is kept by the site's Redis: %s", made.err)
	}
	operators, _ := operatorsOf(t, redis, "observatory")
	if _, _, err := operators.SignIn(t.Context(), "night-shift", strings.TrimSpace(made.out), "192.0.2.1", ""); err != nil {
		t.Error(err)
	}
	if removed := opsdb(t, environ, "user", "break-glass", "remove", "night-shift").done(t); strings.Contains(removed.err, "warning") {
		t.Error(removed.err)
	}
	redis.Kill()
	if got := opsdb(t, append(environ, "REDIS_TIMEOUT=1"), "user", "break-glass", "list"); got.code != exitFailed || !strings.Contains(got.err, "Redis") {
		t.Errorf("%+v", got)
	}
}
