package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
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
		Server: config.Server{ListenAddress: ":8000", PublicURL: "http://localhost:8000", LogLevel: slog.LevelInfo, SecretKey: config.Secret(key[len("SECRET_KEY="):])},
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
	c, err := load(t, "TRANSACTION_RETRIES=5\n", "SITENAME=x", "LISTN_ADDRESS=:1", "REDIS_URL=redis://x", "site_type=main", "HOME=/root", "PATH=/bin", "SITE_NAME=x")
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Unknown{
		{Name: "LISTN_ADDRESS", Nearest: "LISTEN_ADDRESS"},
		{Name: "REDIS_URL", Nearest: "REDIS_DB"},
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
	c := config.Config{Main: config.Database{Password: "hunter2"}}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "config", c, "password", c.Main.Password)
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{logged.String(), string(encoded)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, c.Main.Password), fmt.Sprintf(verb, c.Main))
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

// The table of the README is what WriteTable writes; UPDATE_README=1, which "make generate" sets, puts it there.
func TestREADMEHasTheTable(t *testing.T) {
	var table strings.Builder
	if err := config.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
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
	want := before + begin + table.String() + end + after
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
