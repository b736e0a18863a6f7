// Package lsn holds a PostgreSQL log sequence number as a comparable value. It is a hint, never a proof: after a
// failover numbers of two timelines do not compare (the proof is the site's row in site_progress).
package lsn

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// LSN is a byte position in the write-ahead log. The zero value stands for "none".
type LSN uint64

// Parse reads the form "16/B374D848".
func Parse(s string) (LSN, error) {
	high, low, ok := strings.Cut(s, "/")
	if !ok {
		return 0, fmt.Errorf("LSN %q: no slash", s)
	}
	h, err := strconv.ParseUint(high, 16, 32)
	if err != nil {
		return 0, fmt.Errorf("LSN %q: %w", s, err)
	}
	l, err := strconv.ParseUint(low, 16, 32)
	if err != nil {
		return 0, fmt.Errorf("LSN %q: %w", s, err)
	}
	return LSN(h<<32 | l), nil
}

// String returns the form "16/B374D848".
func (l LSN) String() string { return fmt.Sprintf("%X/%X", uint64(l)>>32, uint32(l)) }

// Behind returns by how many bytes l is behind other; zero when it is not.
func (l LSN) Behind(other LSN) int64 {
	if l >= other {
		return 0
	}
	return int64(other - l)
}

// Scan implements sql.Scanner for pg_lsn in its text form; SQL NULL is the zero value.
func (l *LSN) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*l = 0
		return nil
	case string:
		return l.UnmarshalText([]byte(v))
	case []byte:
		return l.UnmarshalText(v)
	default:
		return fmt.Errorf("LSN: cannot scan %T", src)
	}
}

// Value implements driver.Valuer.
func (l LSN) Value() (driver.Value, error) { return l.String(), nil }

// MarshalText implements encoding.TextMarshaler.
func (l LSN) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *LSN) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}
