package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
)

var dotenvName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// readDotenv returns the settings of a .env file; none when there is no such file.
func readDotenv(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	settings, err := parseDotenv(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return settings, nil
}

// parseDotenv reads lines of the form NAME=value, with or without "export" before. Empty lines and those that begin with
// # are skipped, a later line wins. A value in single quotes stands for itself; in double quotes \n, \t, \", \\ and
// \$ are replaced; without quotes it ends before " #". Values are never expanded and never span lines.
func parseDotenv(text string) (map[string]string, error) {
	settings := map[string]string{}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "export "); ok {
			line = strings.TrimSpace(rest)
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || !dotenvName.MatchString(name) {
			return nil, fmt.Errorf("line %d: expected NAME=value", number)
		}
		value, err := dotenvValue(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", number, name, err)
		}
		settings[name] = value
	}
	return settings, nil
}

func dotenvValue(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, "'"):
		value, rest, closed := strings.Cut(text[1:], "'")
		return value, afterQuote(rest, closed)
	case strings.HasPrefix(text, `"`):
		value, rest, closed := cutDoubleQuoted(text[1:])
		return value, afterQuote(rest, closed)
	case strings.HasPrefix(text, "#"):
		return "", nil
	}
	value, _, _ := strings.Cut(text, " #")
	return strings.TrimSpace(value), nil
}

func afterQuote(rest string, closed bool) error {
	rest = strings.TrimSpace(rest)
	if !closed {
		return errors.New("the quote is not closed")
	}
	if rest != "" && !strings.HasPrefix(rest, "#") {
		return errors.New("text after the closing quote")
	}
	return nil
}

func cutDoubleQuoted(text string) (value, rest string, closed bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`nt"\$`, text[i+1]) >= 0:
			i++
			b.WriteString(strings.NewReplacer("n", "\n", "t", "\t").Replace(text[i : i+1]))
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}
