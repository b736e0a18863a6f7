// Package profile reads which site a program talks to, and as whom: from the environment and from the file
// ~/.config/opsdb/config.toml, which all clients of a user share.
//
//	default = "observatory"
//
//	[sites.observatory]
//	url = "https://ops.example.org"
//	token = "ops_api_token_…"
//
// OPS_SITE chooses a site of the file, OPS_API_URL and OPS_API_TOKEN take the place of what it says.
package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Site is where a program asks, and with which token.
type Site struct {
	Name  string `toml:"-"` // in the file; empty when all comes from the environment
	URL   string `toml:"url"`
	Token string `toml:"token"` // empty: none
}

// File is the file of a user. The zero value is a file that is not there.
type File struct {
	Path    string          `toml:"-"`
	Default string          `toml:"default"`
	Sites   map[string]Site `toml:"sites"`
	// Exposed says that others than its owner can read the file.
	Exposed bool `toml:"-"`
}

// ErrNoSite is the error of a program that has not been told which site to ask.
var ErrNoSite = errors.New("no site is chosen: set OPS_API_URL, or make a profile of one")

// Path returns where the file of a user is, whose environment is given: below HOME.
func Path(getenv func(string) string) (string, error) {
	home := getenv("HOME")
	if home == "" {
		return "", errors.New("HOME is not set, so there is no place for profiles")
	}
	return filepath.Join(home, ".config", "opsdb", "config.toml"), nil
}

// Load reads the file of a user. That there is none is no error.
func Load(getenv func(string) string) (File, error) {
	path, err := Path(getenv)
	if err != nil {
		return File{}, nil //nolint:nilerr // a service may have no home, and no profiles
	}
	f := File{Path: path}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return f, err
	}
	f.Exposed = info.Mode().Perm()&0o077 != 0
	if err := decode(content, &f); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// decode reads a file. Its errors do not show the file's content: tokens are in it.
func decode(content []byte, f *File) error {
	_, err := toml.Decode(string(content), f)
	if wrong, ok := errors.AsType[toml.ParseError](err); ok {
		return fmt.Errorf("line %d is no TOML: %s", wrong.Position.Line, wrong.Message)
	}
	return err
}

// Choose returns the site to ask. name is what the user says himself; it is stronger than the environment, so that what
// OPS_API_URL and OPS_API_TOKEN say, which is for another site, does not matter then. A token of the file goes to the
// address that it stands beside in the file, and nowhere else.
//
// Errors: ErrNoSite, and one for a site that the file does not know.
func (f File) Choose(name string, getenv func(string) string) (Site, error) {
	if name != "" {
		return f.named(name)
	}
	address, token := getenv("OPS_API_URL"), getenv("OPS_API_TOKEN")
	if name = getenv("OPS_SITE"); name == "" && address == "" {
		name = f.Default
		if name == "" && len(f.Sites) == 1 {
			for only := range f.Sites {
				name = only
			}
		}
	}
	var s Site
	if name != "" {
		known, err := f.named(name)
		if err != nil && address == "" {
			return Site{}, err
		}
		s = known
	}
	if address != "" && strings.TrimSuffix(address, "/") != strings.TrimSuffix(s.URL, "/") {
		s = Site{Name: name, URL: address}
	}
	if token != "" {
		s.Token = token
	}
	if s.URL == "" {
		return Site{}, ErrNoSite
	}
	return s, nil
}

func (f File) named(name string) (Site, error) {
	s, ok := f.Sites[name]
	if !ok {
		return Site{}, fmt.Errorf("there is no site %q in %s: it has %s", name, f.Path, f.names())
	}
	if s.URL == "" {
		return Site{}, fmt.Errorf("the site %q in %s has no url", name, f.Path)
	}
	s.Name = name
	return s, nil
}

func (f File) names() string {
	names := make([]string, 0, len(f.Sites))
	for name := range f.Sites {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ValidName tells whether a site can have this name in the file.
func ValidName(name string) bool { return validName.MatchString(name) }
