// Package site says where this program runs: the site's name, whether its database is the authoritative one, and which
// writes it has to keep until that database has them.
package site

import (
	"fmt"
	"regexp"
)

// Type is the part a site plays.
type Type string

// The two types: one site holds the authoritative database, all others follow it with a read-only replica.
const (
	Main      Type = "main"
	Secondary Type = "secondary"
)

// UnmarshalText implements encoding.TextUnmarshaler; it refuses everything but the two types.
func (t *Type) UnmarshalText(text []byte) error {
	switch given := Type(text); given {
	case Main, Secondary:
		*t = given
		return nil
	default:
		return fmt.Errorf("must be %q or %q", Main, Secondary)
	}
}

// Site is one installation.
type Site struct {
	Name           string // part of Redis keys, of ledger rows and of database application names
	Type           Type
	BufferCritical bool // false: critical writes of a secondary site go straight to the main database, too
}

// A name becomes part of Redis keys, where a colon separates, and of application names, which PostgreSQL cuts at 63 bytes.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// Validate reports a name or a type that cannot be used.
func (s Site) Validate() error {
	if !namePattern.MatchString(s.Name) {
		return fmt.Errorf("site name %q: must begin with a letter and have at most 32 of a-z, 0-9, - and _", s.Name)
	}
	if s.Type != Main && s.Type != Secondary {
		return fmt.Errorf("site type %q: must be %q or %q", s.Type, Main, Secondary)
	}
	return nil
}

// Buffers reports whether a write is kept in this site's buffer (true) or sent to the main database at once (false).
// Critical are the writes that must succeed without the network.
func (s Site) Buffers(critical bool) bool {
	return s.Type == Secondary && critical && s.BufferCritical
}
