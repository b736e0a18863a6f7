package main

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/doctor"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// result is what a command leaves behind.
type result struct {
	code     int
	out, err string
}

// opsdb runs the program in an empty directory with these settings only.
func opsdb(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	t.Chdir(t.TempDir())
	var out, err strings.Builder
	code := run(t.Context(), program{args: args, environ: environ, in: strings.NewReader(""), out: &out, err: &err})
	return result{code, out.String(), err.String()}
}

// done fails the test unless the command did what it was told.
func (r result) done(t *testing.T) result {
	t.Helper()
	if r.code != exitDone {
		t.Fatalf("exit code %d: %s%s", r.code, r.out, r.err)
	}
	return r
}

func settings(a postgres.Address) []string {
	environ := []string{"SITE_NAME=cologne", "SECRET_KEY=q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI"}
	for _, prefix := range []string{"MAIN_DB", "LOCAL_DB"} {
		environ = append(environ, prefix+"_HOST="+a.Host, prefix+"_PORT="+strconv.Itoa(a.Port), prefix+"_USER="+a.User, prefix+"_NAME="+a.Name)
	}
	return environ
}

func TestHelp(t *testing.T) {
	overview := opsdb(t, nil, "help").done(t).out
	for _, c := range commands {
		if !strings.Contains(overview, "\t"+c.name+" ") {
			t.Errorf("%s is not in the overview", c.name)
		}
		if help := opsdb(t, nil, c.name, "-h").done(t); !strings.Contains(strings.ToLower(help.out+help.err), "usage: opsdb "+c.name) {
			t.Errorf("help for %s: %s%s", c.name, help.out, help.err)
		}
	}
	for _, args := range [][]string{{"token", "create", "-h"}, {"token", "list", "-h"}, {"token", "revoke", "-h"}, {"token", "-h"}} {
		if help := opsdb(t, nil, args...).done(t); !strings.HasPrefix(help.out, "Usage: opsdb token") {
			t.Errorf("%v: %s%s", args, help.out, help.err)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	environ := []string{"SECRET_KEY=q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI"}
	for _, tc := range []struct {
		args []string
		want string // in what is said
	}{
		{nil, "Usage:"},
		{[]string{"serv"}, `no command "serv"`},
		{[]string{"serve", "now"}, `unexpected "now"`},
		{[]string{"migrate", "--up"}, "not defined: -up"},
		{[]string{"token"}, "Usage: opsdb token"},
		{[]string{"token", "make"}, `no command "make"`},
		{[]string{"token", "create"}, "--user is needed"},
		{[]string{"token", "create", "--user", "x", "--expires", "soon"}, "--expires soon"},
		{[]string{"token", "revoke"}, "id of a token is needed"},
		{[]string{"token", "revoke", "17"}, `"17" is not the id`},
	} {
		if got := opsdb(t, environ, tc.args...); got.code != exitUsage || !strings.Contains(got.err, tc.want) || got.out != "" {
			t.Errorf("%v: %+v", tc.args, got)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for _, args := range [][]string{{"serve"}, {"migrate"}, {"seed"}, {"token", "list"}, {"token", "create", "--user", "x"}} {
		got := opsdb(t, []string{"MAIN_DB_PORT=0", "SECRET_KEY=your-secret-key-here", "SITE_NAM=x"}, args...)
		if got.code != exitUsage || !strings.Contains(got.err, "MAIN_DB_PORT") || strings.Contains(got.err, "your-secret") {
			t.Errorf("%v: %+v", args, got)
		}
		if args[0] != "serve" && !strings.Contains(got.err, "did you mean SITE_NAME?") {
			t.Errorf("%v says nothing of the misspelt name: %s", args, got.err)
		}
	}
}

func TestVersion(t *testing.T) {
	if out := opsdb(t, nil, "--version").done(t).out; !strings.HasPrefix(out, "opsdb ") {
		t.Errorf("version: %s", out)
	}
	var version struct{ Schema int64 }
	if err := json.Unmarshal([]byte(opsdb(t, nil, "version", "--json").done(t).out), &version); err != nil || version.Schema != schema.Version() {
		t.Errorf("%+v %v", version, err)
	}
}

func TestMigrateAndSeed(t *testing.T) {
	address := pgtest.New(t)
	environ := settings(address)
	if err := schema.Rollback(t.Context(), address.ConnString("test")); err != nil {
		t.Fatal(err)
	}
	newest := strconv.FormatInt(schema.Version(), 10)
	if got := opsdb(t, environ, "migrate", "--status"); got.code != exitFailed || !strings.HasPrefix(got.out, "schema 0, ") {
		t.Errorf("status of an empty database: %+v", got)
	}
	for _, want := range []string{"schema " + newest + ", was 0\n", "schema " + newest + ", nothing to do\n"} {
		if got := opsdb(t, environ, "migrate").done(t).out; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := opsdb(t, environ, "migrate", "--status").done(t).out; !strings.HasPrefix(got, "schema "+newest+", ") {
		t.Errorf("status: %s", got)
	}
	for range 2 {
		opsdb(t, environ, "seed").done(t)
	}
	var telescopes int
	if err := pgtest.Connect(t, address).QueryRow(t.Context(), "select count(*) from telescope").Scan(&telescopes); err != nil || telescopes == 0 {
		t.Errorf("%d telescopes, %v", telescopes, err)
	}
}

func TestTokens(t *testing.T) {
	environ := settings(pgtest.New(t))
	token := func(args ...string) result {
		t.Helper()
		return opsdb(t, environ, append([]string{"token"}, args...)...)
	}
	plain := token("create", "--user", "night-crew", "--create-user", "--role", "observer").done(t)
	if token := strings.TrimSpace(plain.out); !strings.HasPrefix(token, "ops_api_token_") || strings.Contains(token, "\n") {
		t.Errorf("standard output is not the token alone: %q", plain.out)
	}
	issued := decoded[auth.Issued](t, token("create", "--user", "night-crew", "--name", "scheduler", "--scope", "read:*", "--scope", "write:observations", "--expires", "90d", "--by", "chief", "--json").done(t).out)
	if issued.Name != "scheduler" || len(issued.Scopes) != 2 || time.Until(*issued.ExpiresAt).Round(time.Hour) != 90*24*time.Hour {
		t.Errorf("%+v", issued)
	}
	if forever := decoded[auth.Issued](t, token("create", "--user", "night-crew", "--expires", "never", "--json").done(t).out); forever.ExpiresAt != nil {
		t.Errorf("%+v", forever)
	}
	environ = append(environ, "TOKEN_LIFETIME=48h")
	if usual := decoded[auth.Issued](t, token("create", "--user", "night-crew", "--json").done(t).out); time.Until(*usual.ExpiresAt).Round(time.Hour) != 48*time.Hour {
		t.Errorf("%+v", usual)
	}
	if got := token("create", "--user", "NAME", "--create-user"); got.code != exitFailed || !strings.Contains(got.err, "lower case letters") {
		t.Errorf("a name that nobody can have: %+v", got)
	}
	if got := token("create", "--user", "x", "--create-user", "--role", "astronaut"); got.code != exitFailed || !strings.Contains(got.err, "no role astronaut") {
		t.Errorf("unknown role: %+v", got)
	}
	if got := token("create", "--user", "nihgt-crew"); got.code != exitFailed || !strings.Contains(got.err, "no user nihgt-crew") || got.out != "" {
		t.Errorf("a misspelt name: %+v", got)
	}

	list := token("list").done(t).out
	if strings.Count(list, "night-crew") != 4 || !strings.Contains(list, "scheduler") || strings.Contains(list, issued.Token) {
		t.Error(list)
	}
	for range 2 {
		if out := token("revoke", issued.ID.String()).done(t).out; !strings.Contains(out, "scheduler") {
			t.Error(out)
		}
	}
	if list := token("list").done(t).out; strings.Contains(list, "scheduler") {
		t.Error(list)
	}
	all := token("list", "--all", "--json").done(t).out
	revoked := 0
	for line := range strings.Lines(all) {
		if row := decoded[tokenRow](t, line); row.RevokedAt != nil && row.ID == issued.ID && row.CreatedBy == "chief" {
			revoked++
		}
	}
	if revoked != 1 || strings.Contains(all, "hash") {
		t.Errorf("%d revoked:\n%s", revoked, all)
	}
	if got := token("revoke", "018f0000-0000-7000-8000-000000000000"); got.code != exitFailed || !strings.Contains(got.err, "no token") {
		t.Errorf("unknown token: %+v", got)
	}
	history := token("history", issued.ID.String()).done(t).out
	if strings.Count(history, "\n") != 3 || !strings.Contains(history, "token.created") || strings.Count(history, "token.revoked") != 1 || strings.Count(history, "opsdb:") != 2 {
		t.Error(history)
	}
	if out := token("scopes").done(t).out; !strings.Contains(out, "write:observations") {
		t.Error(out)
	}
}

func TestTokensAreRotated(t *testing.T) {
	address := pgtest.New(t)
	environ := settings(address)
	token := func(args ...string) result {
		t.Helper()
		return opsdb(t, environ, append([]string{"token"}, args...)...)
	}
	first := decoded[auth.Issued](t, token("create", "--user", "night-crew", "--create-user", "--role", "observer", "--name", "scheduler", "--scope", "read:observations", "--expires", "90d", "--json").done(t).out)
	second := decoded[auth.Rotated](t, token("rotate", first.ID.String(), "--grace", "1h", "--json").done(t).out)
	if second.From != first.ID || time.Until(second.Until).Round(time.Minute) != time.Hour {
		t.Errorf("whose place it takes, and until when that one is good: %+v", second)
	}
	if second.Name != "scheduler" || !slices.Equal(second.Scopes, first.Scopes) || second.Token == first.Token || second.ExpiresAt.Before(*first.ExpiresAt) {
		t.Errorf("%+v, then %+v", first, second)
	}
	old := decoded[tokenRow](t, token("show", first.ID.String(), "--json").done(t).out)
	if old.RevokedAt != nil || time.Until(*old.ExpiresAt).Round(time.Minute) != time.Hour {
		t.Errorf("%+v", old)
	}
	if got := token("rotate", first.ID.String()); got.code != exitFailed || !strings.Contains(got.err, "taken its place") {
		t.Errorf("rotated twice: %+v", got)
	}
	third := decoded[auth.Issued](t, token("rotate", "--grace", "0", "--json", second.ID.String()).done(t).out)
	if row := decoded[tokenRow](t, token("show", second.ID.String(), "--json").done(t).out); row.RevokedAt == nil {
		t.Errorf("%+v", row)
	}
	if got := token("rotate", second.ID.String()); got.code != exitFailed || !strings.Contains(got.err, "is revoked") {
		t.Errorf("a revoked one is rotated: %+v", got)
	}
	if out := token("show", third.ID.String()).done(t).out; !strings.Contains(out, second.ID.String()) || !strings.Contains(out, "never used") {
		t.Error(out)
	}
	ended := func(id uuid.UUID) bool {
		return decoded[tokenRow](t, token("show", id.String(), "--json").done(t).out).RevokedAt != nil
	}
	if token("revoke", "--keep-successors", first.ID.String()).done(t); !ended(first.ID) || ended(third.ID) {
		t.Error("a token alone is not revoked alone")
	}
	if out := token("revoke", first.ID.String()).done(t).out; !strings.Contains(out, "and 1 that came from it") || !ended(third.ID) {
		t.Errorf("what came from a token is not revoked with it: %s", out)
	}
}

func TestTokensOfOneUserAreLimited(t *testing.T) {
	environ := append(settings(pgtest.New(t)), "TOKENS_PER_USER=1")
	first := decoded[auth.Issued](t, opsdb(t, environ, "token", "create", "--user", "night-crew", "--create-user", "--json").done(t).out)
	second := decoded[auth.Issued](t, opsdb(t, environ, "token", "rotate", first.ID.String(), "--json").done(t).out) // one takes the other's place
	for _, more := range [][]string{{"create", "--user", "night-crew"}, {"rotate", second.ID.String()}} {
		got := opsdb(t, environ, append([]string{"token"}, more...)...)
		if got.code != exitFailed || !strings.Contains(got.err, "API tokens that are good") {
			t.Errorf("%v: %+v", more, got)
		}
	}
}

// A list is as long as it is, however many rows are fetched at once.
func TestAllTokensAreListed(t *testing.T) {
	address := pgtest.New(t)
	environ := settings(address)
	opsdb(t, environ, "token", "create", "--user", "night-crew", "--create-user").done(t)
	if _, err := pgtest.Connect(t, address).Exec(t.Context(), `
		insert into api_token (id, user_id, name, token_hash, key_id, token_prefix, created_at, created_by)
		select md5(n::text)::uuid, user_id, 'bulk', encode(sha256(n::text::bytea), 'hex'), 'k', 'p', t.created_at, 'test' from api_token t, generate_series(1, $1) n
		`, 2*pageSize); err != nil {
		t.Fatal(err)
	}
	if out := opsdb(t, environ, "token", "list", "--json").done(t).out; strings.Count(out, "\n") != 2*pageSize+1 {
		t.Errorf("%d lines", strings.Count(out, "\n"))
	}
}

func decoded[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func TestDoctor(t *testing.T) {
	address := pgtest.New(t)
	host, port, _ := strings.Cut(redistest.New(t, "maxmemory", "100mb").Address(), ":")
	environ := append(settings(address), "REDIS_HOST="+host, "REDIS_PORT="+port, "REDIS_TIMEOUT=5")
	got := opsdb(t, environ, "doctor", "--json")
	var report struct {
		Healthy  bool
		Findings []doctor.Finding
	}
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	// The tests' database does not wait for its disk.
	if report.Healthy || got.code != exitFailed || report.Findings[0].Severity != doctor.Error {
		t.Errorf("%+v", got)
	}
	text := opsdb(t, environ, "doctor").out
	for _, want := range []string{"[setting-unknown]", "[redis-good]", "[main-no-fsync]", "remedy: "} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing:\n%s", want, text)
		}
	}
	if text := opsdb(t, []string{"SITE_TYPE=x"}, "doctor").out; !strings.Contains(text, "[settings-invalid]") {
		t.Error(text)
	}
	byGitHub := []string{"GITHUB_CLIENT_ID=app", "PUBLIC_URL=http://ops.example", "TRUSTED_PROXIES=0.0.0.0/0"}
	if text := opsdb(t, append(environ, byGitHub...), "doctor").out; !strings.Contains(text, "[sessions-unprotected]") || !strings.Contains(text, "everybody, who") {
		t.Error(text)
	}
	byGitHub[1] = "PUBLIC_URL=https://ops.example"
	if text := opsdb(t, append(environ, byGitHub...), "doctor").out; strings.Contains(text, "[sessions-unprotected]") {
		t.Error(text)
	}
}
