package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Secret is a value that is never printed, logged or serialised. Reveal returns it.
type Secret string

const hidden = "(hidden)"

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer; it hides the value, but not that there is none.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format implements fmt.Formatter: a Stringer alone does not cover %#v and wrong verbs such as %d.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText implements encoding.TextMarshaler, and with it what encoding/json writes.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Seconds is a duration written as a number of seconds ("0.1") or with units ("250ms", "168h", "400d").
type Seconds time.Duration

// Duration returns the value as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) }

// String returns a form that UnmarshalText reads.
func (s Seconds) String() string { return time.Duration(s).String() }

// MarshalText implements encoding.TextMarshaler.
func (s Seconds) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it refuses negative values.
func (s *Seconds) UnmarshalText(text []byte) error {
	d, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*s = Seconds(d)
	return nil
}

var errDuration = errors.New(`must be a number of seconds such as "0.1", or a duration such as "5s", "168h" or "400d"`)

// ParseDuration reads a duration that is not negative: a number of seconds, a number of days ("90d"), or what
// time.ParseDuration accepts.
func ParseDuration(text string) (time.Duration, error) {
	unit, number := time.Second, text
	if days, ok := strings.CutSuffix(text, "d"); ok {
		unit, number = 24*time.Hour, days
	}
	if value, err := strconv.ParseFloat(number, 64); err == nil {
		d := value * float64(unit)
		if math.IsNaN(d) || d < 0 || d >= math.MaxInt64 {
			return 0, errDuration
		}
		return time.Duration(math.Round(d)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errDuration
	}
	return d, nil
}

// Bytes is an amount of memory in bytes, written as a number with or without a unit ("128MiB", "1GB").
type Bytes int64

var byteUnits = []struct {
	suffix string
	bytes  int64
}{
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// String returns a form that UnmarshalText reads, in the largest unit that fits exactly.
func (b Bytes) String() string {
	for _, unit := range byteUnits {
		if b != 0 && int64(b)%unit.bytes == 0 {
			return strconv.FormatInt(int64(b)/unit.bytes, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// MarshalText implements encoding.TextMarshaler.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it refuses negative values and those beyond 63 bits.
func (b *Bytes) UnmarshalText(text []byte) error {
	number, factor := string(text), int64(1)
	for _, unit := range byteUnits {
		if rest, ok := strings.CutSuffix(number, unit.suffix); ok {
			number, factor = strings.TrimSpace(rest), unit.bytes
			break
		}
	}
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil || value < 0 || value > math.MaxInt64/factor {
		return errors.New(`must be a number of bytes such as "1048576", "128MiB" or "1GB"`)
	}
	*b = Bytes(value * factor)
	return nil
}

// roles are those that a user can have.
var roles = []string{"admin", "observer", "viewer", "service"}

// RoleMap says which role the members of a GitHub team have: a JSON object of "organisation/team" and role.
type RoleMap map[string]string

// UnmarshalText implements encoding.TextUnmarshaler; it refuses roles that do not exist.
func (m *RoleMap) UnmarshalText(text []byte) error {
	var parsed map[string]string
	if err := json.Unmarshal(text, &parsed); err != nil || parsed == nil {
		return errors.New(`must be a JSON object such as {"org/observers": "observer"}`)
	}
	*m = RoleMap{}
	for team, role := range parsed {
		if org, name, ok := strings.Cut(team, "/"); !ok || org == "" || name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("%q is not a team such as org/observers", team)
		}
		if !slices.Contains(roles, role) {
			return fmt.Errorf("%q is not a role: admin, observer, viewer or service", role)
		}
		if _, twice := (*m)[strings.ToLower(team)]; twice {
			return fmt.Errorf("the team %q stands there twice", team)
		}
		(*m)[strings.ToLower(team)] = role
	}
	return nil
}
