package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Save writes a site into the file of a user, which nobody else can read afterwards. The first site becomes the default.
// What else is in the file stays, comments too. It fails for a file that is written in a way which cannot be changed so.
func Save(getenv func(string) string, s Site) error {
	if !ValidName(s.Name) {
		return fmt.Errorf("%q is no name of a site: letters, digits, - and _", s.Name)
	}
	path, err := Path(getenv)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	// Who keeps the file elsewhere and has a link here wants the link to stay.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	after, err := with(before, s)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return replace(path, after)
}

// with returns the content of a file with a site changed or added, and proves that nothing else has changed.
func with(content []byte, s Site) ([]byte, error) {
	var before, after File
	if err := decode(content, &before); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	if len(content) == 0 {
		lines = nil
	}
	if slices.ContainsFunc(lines, otherForm.MatchString) {
		return nil, errForm(s)
	}
	lines = set(lines, s)
	if before.Default == "" && len(before.Sites) == 0 {
		lines = append([]string{"default = " + quote(s.Name), ""}, lines...)
		before.Default = s.Name
	}
	changed := []byte(strings.Join(lines, "\n") + "\n")
	before.Sites = maps.Clone(before.Sites)
	if before.Sites == nil {
		before.Sites = map[string]Site{}
	}
	before.Sites[s.Name] = Site{URL: s.URL, Token: s.Token}
	if err := decode(changed, &after); err != nil || !reflect.DeepEqual(before, after) {
		return nil, errForm(s)
	}
	return changed, nil
}

func errForm(s Site) error {
	return fmt.Errorf("it is written in a way that cannot be changed here: add [sites.%s] with url and token yourself", s.Name)
}

var (
	// otherForm are sites that are written otherwise than as tables, to which none can be added.
	otherForm = regexp.MustCompile(`^\s*sites\s*[=.]`)
	tableLine = regexp.MustCompile(`^\s*\[`)
	keyLine   = regexp.MustCompile(`^\s*(url|token)\s*=`)
)

// set replaces url and token in the table of a site, or appends one.
func set(lines []string, s Site) []string {
	keys := []string{"url = " + quote(s.URL), "token = " + quote(s.Token)}
	header := regexp.MustCompile(`^\s*\[\s*sites\s*\.\s*"?` + regexp.QuoteMeta(s.Name) + `"?\s*\]`)
	begin := slices.IndexFunc(lines, header.MatchString)
	if begin < 0 {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		return append(append(lines, "[sites."+s.Name+"]"), keys...)
	}
	end := begin + 1
	for end < len(lines) && !tableLine.MatchString(lines[end]) {
		end++
	}
	kept := slices.DeleteFunc(slices.Clone(lines[begin+1:end]), keyLine.MatchString)
	return slices.Concat(lines[:begin+1], keys, kept, lines[end:])
}

// quote returns a TOML string.
func quote(text string) string {
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(map[string]string{"x": text}); err != nil {
		panic(fmt.Sprintf("profile: a string cannot be encoded: %v", err))
	}
	return strings.TrimSpace(strings.TrimPrefix(b.String(), "x = "))
}

// replace writes a file as a whole or not at all, for its owner alone.
func replace(path string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".config-*.toml") // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
