package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/site"
)

const key = "SECRET_KEY=q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI"

// load reads environ in a new working directory that holds this .env file, if any.
func load(t *testing.T, dotenv string, environ ...string) (config.Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if dotenv != "" {
		if err := os.WriteFile(".env", []byte(dotenv), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(environ)
}

func TestDefaultsAreValidBesidesTheKey(t *testing.T) {
	c, err := load(t, "", key)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	database := config.Database{Type: "postgresql", Host: "localhost", Port: 5432, User: "ccat_ops_user", Name: "ccat_ops_db"}
	want := config.Config{
		Site:  config.Site{Name: "institute", Type: site.Main, BufferCritical: true},
		Main:  database,
		Local: database,
		Redis: config.Redis{Host: "localhost", Port: 6379},
		Buffer: config.Buffer{
			Size: 1000, RetryAttempts: 3, RetryDelay: seconds(5), ProcessingInterval: seconds(1), MainWriteTimeout: seconds(10),
			ReferenceFreshness: seconds(10), JournalKeep: seconds(168 * 3600), JournalMaxBytes: 128 << 20, LedgerKeep: seconds(400 * 24 * 3600),
		},
		LSN:    config.LSN{TrackingEnabled: true, CheckInterval: seconds(0.1), Timeout: seconds(30)},
		Server: config.Server{ListenAddress: ":8000", PublicURL: "http://localhost:8000", LogLevel: slog.LevelInfo, Streams: 2000},
		Names:  config.Names{SesameURL: "https://cds.unistra.fr/cgi-bin/nph-sesame", NEDURL: "https://ned.ipac.caltech.edu/srs/ObjectLookup"},
		Access: config.Access{
			SecretKey: config.Secret(key[len("SECRET_KEY="):]), SessionLifetime: seconds(168 * 3600),
			TokenLifetime: seconds(90 * 24 * 3600), TokenLifetimeMax: seconds(400 * 24 * 3600), TokensPerUser: 100, RateLimit: 100,
			GitHubTeams: config.RoleMap{}, GitHubDefaultRole: "viewer", GitHubURL: "https://github.com", GitHubAPIURL: "https://api.github.com",
		},
		Transfer: config.Transfer{Stalled: seconds(60)},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func seconds(s float64) config.Seconds { return config.Seconds(s * float64(time.Second)) }

func TestEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	c, err := load(t, "SITE_NAME=from-file\nREDIS_HOST=redis.file\n", "SITE_NAME=observatory", "SITE_TYPE=secondary")
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Site.Name, string(c.Site.Type), c.Redis.Host, c.Main.Host}
	if diff := cmp.Diff([]string{"observatory", "secondary", "redis.file", "localhost"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyTheGivenEnvironmentCounts(t *testing.T) {
	t.Setenv("SITE_NAME", "of-the-process")
	t.Setenv("USER", "root")
	c, err := load(t, "", "SITE_TYPE=main")
	if err != nil {
		t.Fatal(err)
	}
	if c.Site.Name != "institute" || c.Main.User != "ccat_ops_user" {
		t.Errorf("site %q, user %q", c.Site.Name, c.Main.User)
	}
	if got := os.Getenv("SITE_NAME"); got != "of-the-process" {
		t.Errorf("SITE_NAME was left as %q", got)
	}
	if got, set := os.LookupEnv("SITE_TYPE"); set {
		t.Errorf("SITE_TYPE was left as %q", got)
	}
}

func TestUnreadableValuesAreAllNamed(t *testing.T) {
	_, err := load(t, "", "SITE_TYPE=primary", "MAIN_DB_PORT=high", "REDIS_DB=", "LSN_TIMEOUT=-1", "JOURNAL_MAX_BYTES=much", "LOG_LEVEL=loud")
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"SITE_TYPE", "MAIN_DB_PORT", "REDIS_DB", "LSN_TIMEOUT", "JOURNAL_MAX_BYTES", "LOG_LEVEL"} {
		if !strings.Contains(err.Error(), name+"=") {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tc := range []struct{ setting, want string }{
		{"SITE_NAME=", "site name"},
		{"SITE_NAME=Cerro Chajnantor", "site name"},
		{"MAIN_DB_TYPE=sqlite", "MAIN_DB_TYPE"},
		{"MAIN_DB_HOST=", "MAIN_DB_HOST is empty"},
		{"MAIN_DB_PORT=0", "MAIN_DB_PORT=0"},
		{"LOCAL_DB_NAME= ", "LOCAL_DB_NAME is empty"},
		{"LOCAL_DB_USER=", "LOCAL_DB_USER is empty"},
		{"REDIS_HOST=", "REDIS_HOST is empty"},
		{"REDIS_PORT=65536", "REDIS_PORT=65536"},
		{"REDIS_DB=-1", "REDIS_DB=-1"},
		{"TRANSACTION_BUFFER_SIZE=0", "TRANSACTION_BUFFER_SIZE=0"},
		{"TRANSACTION_RETRY_ATTEMPTS=0", "TRANSACTION_RETRY_ATTEMPTS=0"},
		{"BACKGROUND_PROCESSING_INTERVAL=0", "BACKGROUND_PROCESSING_INTERVAL=0s"},
		{"LSN_CHECK_INTERVAL=0", "LSN_CHECK_INTERVAL=0s"},
		{"LSN_TIMEOUT=0.5", "LSN_TIMEOUT=500ms"},
		{"JOURNAL_MAX_BYTES=1000", "JOURNAL_MAX_BYTES"},
		{"LEDGER_KEEP=1h", "LEDGER_KEEP"},
		{"LISTEN_ADDRESS=8000", "LISTEN_ADDRESS"},
		{"PUBLIC_URL=localhost:8000", "PUBLIC_URL"},
		{"SECRET_KEY=", "SECRET_KEY is not set"},
		{"SECRET_KEY=your-secret-key-here", "well-known"},
		{"SECRET_KEY=your-secret-key-here-your-secret-key-here", "well-known"},
		{"SECRET_KEY=tooshortKx81", "fewer than 32"},
		{"SECRET_KEY=" + strings.Repeat("ab", 20), "repeats itself"},
	} {
		t.Run(tc.setting, func(t *testing.T) {
			c, err := load(t, "", key, tc.setting)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Validate(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

// TestAccess tries what decides who is let in, one setting at a time, with all the others good.
func TestAccess(t *testing.T) {
	good := []string{
		key, "GITHUB_CLIENT_ID=Iv1.0", "GITHUB_CLIENT_SECRET=s", "GITHUB_ORG_NAME=ccatobs", `GITHUB_TEAM_ROLE_MAPPING={"ccatobs/observers": "observer"}`,
		"CORS_ORIGINS=https://ops.example.org,http://localhost:3000", "TRUSTED_PROXIES=10.0.0.0/8,2001:db8::/32", "FRONTEND_URL=https://ops.example.org",
	}
	for _, tc := range []struct{ setting, want string }{
		{"SITE_NAME=institute", ""},
		{"SECRET_KEY_PREVIOUS=q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeJ", ""},
		{"SECRET_KEY_PREVIOUS=tooshortKx81", "SECRET_KEY_PREVIOUS has 12 bytes"},
		{"SECRET_KEY_PREVIOUS=changeme-changeme-changeme-0123456789", "SECRET_KEY_PREVIOUS is a well-known one"},
		{"SECRET_KEY=password-password-PASSWORD-1234567", "SECRET_KEY is a well-known one"},
		{"SECRET_KEY=                                        ", "SECRET_KEY is not set"},
		{"SESSION_LIFETIME=1s", "SESSION_LIFETIME=1s"},
		{"SESSION_LIFETIME=365d", "SESSION_LIFETIME=8760h"},
		{"TOKEN_LIFETIME=401d", "TOKEN_LIFETIME=9624h"},
		{"TOKEN_LIFETIME=0", "TOKEN_LIFETIME=0s"},
		{"TOKEN_LIFETIME_MAX=5000d", "TOKEN_LIFETIME_MAX=120000h"},
		{"GITHUB_CLIENT_SECRET=", "GITHUB_CLIENT_SECRET is empty"},
		{"GITHUB_ORG_NAME=", "GITHUB_ORG_NAME is empty"},
		{"GITHUB_DEFAULT_ROLE=", ""},
		{"GITHUB_DEFAULT_ROLE=admin", "GITHUB_DEFAULT_ROLE"},
		{"GITHUB_DEFAULT_ROLE=wizard", "GITHUB_DEFAULT_ROLE"},
		{"GITHUB_URL=github.com", "GITHUB_URL"},
		{"GITHUB_API_URL=ftp://api.github.com", "GITHUB_API_URL"},
		{"FRONTEND_URL=/app", "FRONTEND_URL"},
		{"CORS_ORIGINS=", ""},
		{"CORS_ORIGINS=*", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://*", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://*.example.org", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://ops.example.org,*", "CORS_ORIGINS"},
		{"CORS_ORIGINS=null", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://ops.example.org/", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://ops.example.org/app", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://OPS.example.org", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://ops.example.org:443", "CORS_ORIGINS"},
		{"CORS_ORIGINS=http://ops.example.org:80", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://user@ops.example.org", "CORS_ORIGINS"},
		{"CORS_ORIGINS=ops.example.org", "CORS_ORIGINS"},
		{"CORS_ORIGINS=https://ops.example.org, https://two.example.org", "CORS_ORIGINS"},
		{"TRUSTED_PROXIES=", ""},
		{"TRUSTED_PROXIES=10.0.0.1", "TRUSTED_PROXIES"},
		{"TRUSTED_PROXIES=10.0.0.0/8,proxy.example.org", "TRUSTED_PROXIES"},
		{"TRUSTED_PROXIES=10.0.0.0/33", "TRUSTED_PROXIES"},
		{"TRUSTED_PROXIES=0.0.0.0/0", "is everybody"},
		{"TRUSTED_PROXIES=10.0.0.0/8,::/0", "is everybody"},
		{"RATE_LIMIT=0", ""},
		{"RATE_LIMIT=0.1", ""},
		{"RATE_LIMIT=-1", "RATE_LIMIT=-1"},
		{"RATE_LIMIT=NaN", "RATE_LIMIT=NaN"},
		{"RATE_LIMIT=1e9", "RATE_LIMIT=1e+09"},
	} {
		t.Run(tc.setting, func(t *testing.T) {
			c, err := load(t, "", append(slices.Clone(good), tc.setting)...)
			if err != nil {
				t.Fatal(err)
			}
			err = c.Validate()
			if tc.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || strings.Count(err.Error(), "\n") != 1) {
				t.Errorf("got %v, want %q in it and nothing else", err, tc.want)
			}
			if secret, isSecret := strings.CutPrefix(tc.setting, "SECRET_KEY_PREVIOUS="); isSecret && err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the key: %v", err)
			}
		})
	}
}

func TestWithoutGitHubItsSettingsDoNotMatter(t *testing.T) {
	c, err := load(t, "", key, "GITHUB_URL=nonsense", "GITHUB_DEFAULT_ROLE=wizard")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestRoleMap(t *testing.T) {
	c, err := load(t, "", `GITHUB_TEAM_ROLE_MAPPING={"CCATobs/Observers": "observer", "ccatobs/ops": "admin"}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.RoleMap{"ccatobs/observers": "observer", "ccatobs/ops": "admin"}, c.Access.GitHubTeams); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{
		``, `[]`, `null`, `observers`, `{"ccatobs/observers": 1}`, `{"ccatobs/observers": "wizard"}`, `{"ccatobs/observers": ""}`, `{"observers": "observer"}`,
		`{"/observers": "observer"}`, `{"ccatobs/": "observer"}`, `{"ccatobs/a/b": "observer"}`, `{"ccatobs/a": "viewer"`,
		`{"ccatobs/a": "viewer", "ccatobs/A": "admin"}`,
	} {
		if c, err := load(t, "", "GITHUB_TEAM_ROLE_MAPPING="+text); err == nil {
			t.Errorf("%s was read as %v", text, c.Access.GitHubTeams)
		} else if !strings.Contains(err.Error(), "GITHUB_TEAM_ROLE_MAPPING") {
			t.Errorf("%s: the error does not name the setting: %v", text, err)
		}
	}
}

func TestValidateNamesEverything(t *testing.T) {
	c, err := load(t, "", "SITE_NAME=X", "REDIS_HOST=")
	if err != nil {
		t.Fatal(err)
	}
	err = c.Validate()
	for _, want := range []string{"site name", "REDIS_HOST", "SECRET_KEY"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
}

func TestMisspeltNamesAreReported(t *testing.T) {
	c, err := load(t, "TRANSACTION_RETRIES=5\n", "SITENAME=x", "SECRET_KEY_OLD=x", "CORS_ORIGIN=x", "LISTN_ADDRESS=:1", "REDIS_URL=redis://x", "site_type=main", "HOME=/root", "PATH=/bin", "SITE_NAME=x")
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Unknown{
		{Name: "CORS_ORIGIN", Nearest: "CORS_ORIGINS"},
		{Name: "LISTN_ADDRESS", Nearest: "LISTEN_ADDRESS"},
		{Name: "REDIS_URL", Nearest: "REDIS_DB"},
		{Name: "SECRET_KEY_OLD", Nearest: "SECRET_KEY"},
		{Name: "SITENAME", Nearest: "SITE_NAME"},
		{Name: "TRANSACTION_RETRIES", Nearest: "TRANSACTION_RETRY_DELAY"},
		{Name: "site_type", Nearest: "SITE_TYPE"},
	}
	if diff := cmp.Diff(want, c.Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestDotenv(t *testing.T) {
	for _, tc := range []struct{ file, want string }{
		{"REDIS_PASSWORD=plain", "plain"},
		{"\ufeff# a site\r\n\r\n  export REDIS_PASSWORD = windows \r\n", "windows"},
		{"REDIS_PASSWORD=a b # comment", "a b"},
		{"REDIS_PASSWORD=a#b", "a#b"},
		{"REDIS_PASSWORD=a=b", "a=b"},
		{"REDIS_PASSWORD=$HOME", "$HOME"},
		{"REDIS_PASSWORD=", ""},
		{"REDIS_PASSWORD=# nothing", ""},
		{`REDIS_PASSWORD='a "b" \n # c' # comment`, `a "b" \n # c`},
		{`REDIS_PASSWORD="a 'b' \"c\"\n\$d\\e\x"`, "a 'b' \"c\"\n$d\\e\\x"},
		{"REDIS_PASSWORD=first\nREDIS_PASSWORD=second", "second"},
	} {
		c, err := load(t, tc.file)
		if err != nil || c.Redis.Password.Reveal() != tc.want {
			t.Errorf("%q: got %q, %v; want %q", tc.file, c.Redis.Password.Reveal(), err, tc.want)
		}
	}
	for _, line := range []string{"SITE_NAME", "2X=1", "A B=1", "=1", `SITE_NAME="open`, "SITE_NAME='open", `SITE_NAME="a"b`, "SITE_NAME='it''"} {
		if _, err := load(t, "# comment\n"+line); err == nil || !strings.Contains(err.Error(), ".env: line 2: ") {
			t.Errorf("%q: got %v", line, err)
		}
	}
}

func TestUnreadableDotenvIsAnError(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".env", 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(nil); err == nil {
		t.Error("a directory in place of .env was accepted")
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	c := config.Config{
		Main: config.Database{Password: "hunter2"}, Local: config.Database{Password: "hunter2"}, Redis: config.Redis{Password: "hunter2"},
		Access: config.Access{SecretKey: "hunter2", SecretKeyPrevious: "hunter2", GitHubSecret: "hunter2"},
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "config", c, "password", c.Main.Password)
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{logged.String(), string(encoded)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, c.Main.Password), fmt.Sprintf(verb, c.Main),
			fmt.Sprintf(verb, c), fmt.Sprintf(verb, &c), fmt.Sprintf(verb, c.Access), fmt.Sprintf(verb, []any{c.Access}))
	}
	// Nothing that is secret by its name has a type that prints it.
	for _, section := range []any{c.Main, c.Redis, c.Server, c.Access} {
		kind := reflect.TypeOf(section)
		for field := range kind.Fields() {
			if (strings.Contains(field.Name, "Secret") || strings.Contains(field.Name, "Password")) && field.Type != reflect.TypeFor[config.Secret]() {
				t.Errorf("%s.%s is a %s", kind.Name(), field.Name, field.Type)
			}
		}
	}
	for _, text := range texts {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("printed: %s", text)
		}
	}
	if config.Secret("").String() != "" {
		t.Error("an empty secret looks like one that is set")
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0.1": 100 * time.Millisecond, "1.0": time.Second, "0": 0, "5s": 5 * time.Second,
		"250ms": 250 * time.Millisecond, "168h": 168 * time.Hour, "400d": 9600 * time.Hour, "0.5d": 12 * time.Hour, "1e2": 100 * time.Second,
	} {
		var got config.Seconds
		if err := got.UnmarshalText([]byte(text)); err != nil || got.Duration() != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		var again config.Seconds
		if err := again.UnmarshalText([]byte(got.String())); err != nil || again != got {
			t.Errorf("%q is written as %q and read as %v, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "-1", "-5s", "five", "NaN", "Inf", "1e300", "5 s", "d"} {
		var got config.Seconds
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestBytes(t *testing.T) {
	for text, want := range map[string]config.Bytes{
		"0": 0, "1048576": 1 << 20, "128MiB": 128 << 20, "128 MiB": 128 << 20, "1GB": 1e9, "2GiB": 2 << 30, "3kB": 3000, "4KiB": 4096, "5MB": 5e6, "7B": 7,
	} {
		var got config.Bytes
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
		var again config.Bytes
		if err := again.UnmarshalText([]byte(got.String())); err != nil || again != got {
			t.Errorf("%q is written as %q and read as %d, %v", text, got, again, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5MiB", "MiB", "99999999999GiB", "128M", "many"} {
		var got config.Bytes
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestEveryVariableHasAMeaning(t *testing.T) {
	var names []string
	for _, v := range config.Variables() {
		if v.Meaning == "" {
			t.Errorf("%s has no meaning", v.Name)
		}
		names = append(names, v.Name)
	}
	slices.Sort(names)
	if compacted := slices.Compact(slices.Clone(names)); len(compacted) != len(names) {
		t.Errorf("a name stands twice: %v", names)
	}
}

// table returns the settings as a Markdown table: name, default, meaning.
func table() string {
	var b strings.Builder
	b.WriteString("| name | default | meaning |\n|---|---|---|\n")
	for _, v := range config.Variables() {
		value := ""
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, value, v.Meaning)
	}
	return b.String()
}

// The README has the table of all settings; UPDATE_README=1, which "make generate" sets, puts it there.
func TestREADMEHasTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "README.md")
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- configuration: written by make generate -->\n", "<!-- end of configuration -->\n"
	before, rest, found := strings.Cut(string(readme), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("README.md has no lines %q and %q", begin, end)
	}
	want := before + begin + table() + end + after
	if want == string(readme) {
		return
	}
	if os.Getenv("UPDATE_README") == "" {
		t.Fatal("the table in README.md is stale: run make generate")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
