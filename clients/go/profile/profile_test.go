package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/clients/go/profile"
)

const file = `# of the night shift
default = "chile" # where we are

[sites.chile]
url = "https://chile.example.org/"
token = "of-chile" # from ada
note = "kept"

[sites."cologne"]
url = "https://cologne.example.org"
`

// home makes a home with a configuration, if there is one, and the environment in it.
func home(t *testing.T, content string, mode os.FileMode, environment ...string) (path string, getenv func(string) string) {
	t.Helper()
	values := map[string]string{"HOME": t.TempDir()}
	for _, e := range environment {
		name, value, _ := strings.Cut(e, "=")
		values[name] = value
	}
	getenv = func(name string) string { return values[name] }
	path, err := profile.Path(getenv)
	if err != nil {
		t.Fatal(err)
	}
	if content == "" {
		return path, getenv
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path, getenv
}

func TestChoose(t *testing.T) {
	t.Parallel()
	chile := profile.Site{Name: "chile", URL: "https://chile.example.org/", Token: "of-chile"}
	for name, test := range map[string]struct {
		content     string
		flag        string
		environment []string
		want        profile.Site
		fails       string
	}{
		"the default":                     {content: file, want: chile},
		"the only one":                    {content: "[sites.a]\nurl=\"http://a\"", want: profile.Site{Name: "a", URL: "http://a"}},
		"none of two":                     {content: "[sites.a]\nurl=\"http://a\"\n[sites.b]\nurl=\"http://b\"", fails: "no site is chosen"},
		"nothing at all":                  {fails: "no site is chosen"},
		"of the environment":              {content: file, environment: []string{"OPS_SITE=cologne"}, want: profile.Site{Name: "cologne", URL: "https://cologne.example.org"}},
		"the environment alone":           {environment: []string{"OPS_API_URL=http://x", "OPS_API_TOKEN=y"}, want: profile.Site{URL: "http://x", Token: "y"}},
		"the address of the environment":  {content: file, environment: []string{"OPS_API_URL=http://x"}, want: profile.Site{URL: "http://x"}},
		"a token never goes elsewhere":    {content: file, environment: []string{"OPS_SITE=chile", "OPS_API_URL=http://x"}, want: profile.Site{Name: "chile", URL: "http://x"}},
		"the same address":                {content: file, environment: []string{"OPS_SITE=chile", "OPS_API_URL=https://chile.example.org"}, want: chile},
		"the token of the environment":    {content: file, environment: []string{"OPS_API_TOKEN=y"}, want: profile.Site{Name: "chile", URL: chile.URL, Token: "y"}},
		"who says it himself is stronger": {content: file, flag: "chile", environment: []string{"OPS_API_URL=http://x", "OPS_API_TOKEN=y", "OPS_SITE=cologne"}, want: chile},
		"an unknown one":                  {content: file, flag: "peru", fails: "it has chile, cologne"},
		"no address":                      {content: "[sites.a]\ntoken=\"x\"", fails: "has no url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, getenv := home(t, test.content, 0o600, test.environment...)
			f, err := profile.Load(getenv)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Choose(test.flag, getenv)
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Fatalf("error %v", err)
			}
			if got != test.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestLoadKeepsSecrets(t *testing.T) {
	t.Parallel()
	_, getenv := home(t, "[sites.a]\ntoken = \"very-secret\nurl = 1", 0o600)
	if _, err := profile.Load(getenv); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	_, getenv = home(t, file, 0o640)
	if f, err := profile.Load(getenv); err != nil || !f.Exposed {
		t.Errorf("%v, exposed %v", err, f.Exposed)
	}
	f, err := profile.Load(func(string) string { return "" })
	if _, chosen := f.Choose("", func(string) string { return "" }); err != nil || !errors.Is(chosen, profile.ErrNoSite) {
		t.Errorf("%v, %v", err, chosen)
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	s := profile.Site{Name: "chile", URL: "http://new", Token: `"quoted"\`}
	for name, test := range map[string]struct{ content, want string }{
		"into nothing": {"", "default = \"chile\"\n\n[sites.chile]\nurl = \"http://new\"\ntoken = \"\\\"quoted\\\"\\\\\"\n"},
		"beside others": {
			"# mine\n[sites.a]\nurl = \"http://a\"\n",
			"# mine\n[sites.a]\nurl = \"http://a\"\n\n[sites.chile]\nurl = \"http://new\"\ntoken = \"\\\"quoted\\\"\\\\\"\n",
		},
		"over the old one": {file, strings.Replace(file, "url = \"https://chile.example.org/\"\ntoken = \"of-chile\" # from ada\n",
			"url = \"http://new\"\ntoken = \"\\\"quoted\\\"\\\\\"\n", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, getenv := home(t, test.content, 0o644)
			if err := profile.Save(getenv, s); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != test.want {
				t.Errorf("%v\n%s", err, got)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, mode %v", err, info.Mode())
			}
		})
	}
}

func TestSaveLeavesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"sites = {a = {url = \"http://a\"}}\n", "broken", "x = \"\"\"\n[sites.chile]\nurl = \"\"\"\n"} {
		path, getenv := home(t, content, 0o600)
		if err := profile.Save(getenv, profile.Site{Name: "chile", URL: "http://new"}); err == nil {
			t.Errorf("%q is changed", content)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("%v\n%s", err, got)
		}
	}
	if err := profile.Save(func(string) string { return t.TempDir() }, profile.Site{Name: "a]b", URL: "http://new"}); err == nil {
		t.Error("a name breaks out")
	}
}

func TestSaveKeepsALink(t *testing.T) {
	t.Parallel()
	path, getenv := home(t, file, 0o600)
	elsewhere := filepath.Join(t.TempDir(), "mine.toml")
	if err := errors.Join(os.Rename(path, elsewhere), os.Symlink(elsewhere, path)); err != nil {
		t.Fatal(err)
	}
	if err := profile.Save(getenv, profile.Site{Name: "peru", URL: "http://peru"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v", err, info.Mode())
	}
	if content, err := os.ReadFile(elsewhere); err != nil || !strings.Contains(string(content), "[sites.peru]") {
		t.Errorf("%v\n%s", err, content)
	}
}
