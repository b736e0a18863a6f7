package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"
)

// faithful remembers that something could not be written, for all those who write for people and do not look.
type faithful struct {
	io.Writer
	failed error
}

// Write implements io.Writer.
func (f *faithful) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if f.failed == nil {
		f.failed = err
	}
	return n, err
}

// encode prints a value as one line of JSON.
func (a *app) encode(value any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// show prints a value as JSON, or for people.
func (a *app) show(value any, people func(io.Writer)) error {
	if a.json {
		return a.encode(value)
	}
	people(a.out)
	return nil
}

// list prints the first items of a list, all for most 0, one a line; for people under the heads of the columns.
func list[T any](a *app, items iter.Seq2[T, error], most int, heads []string, row func(T) []string) error {
	t := newTable(a.out, heads...)
	shown := 0
	for item, err := range items {
		if err != nil {
			t.flush()
			return err
		}
		if most > 0 && shown == most {
			break
		}
		shown++
		if !a.json {
			t.row(row(item)...)
		} else if err := a.encode(item); err != nil {
			return err
		}
	}
	if shown > 0 && !a.json {
		t.flush()
	}
	return nil
}

// table prints columns.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer, heads ...string) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	if len(heads) > 0 {
		t.row(heads...)
	}
	return t
}

func (t table) row(cells ...string) {
	for i, cell := range cells {
		cells[i] = plain(cell)
	}
	fmt.Fprintln(t.w, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

// flush prints what was collected. A writer that fails shows with the next one.
func (t table) flush() { fmt.Fprint(t.w, ""); _ = t.w.Flush() } //nolint:errcheck // as for all output for people

// facts prints pairs of a name and a value; those without a value are left out.
func facts(w io.Writer, pairs ...string) {
	t := newTable(w)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			t.row(pairs[i], pairs[i+1])
		}
	}
	t.flush()
}

// plain returns a text of somebody else's as a terminal may show it: what is not printable is written out.
func plain(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) {
			quoted := strconv.Quote(text[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
		text = text[n:]
	}
	return b.String()
}

// cut returns the beginning of a line that fits so many columns.
func cut(line string, columns int) string {
	runes := []rune(line)
	if len(runes) <= columns {
		return line
	}
	if columns < 2 {
		return string(runes[:max(columns, 0)])
	}
	return string(runes[:columns-1]) + "…"
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func clockOf(t *time.Time) string { return clock(deref(t)) }

func deref[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// orZero returns what a nullable has, and the zero value for null.
func orZero[T any](n nullable.Nullable[T]) T {
	value, err := n.Get()
	if err != nil {
		var none T
		return none
	}
	return value
}

// seconds shows a number of them as a person reads it.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	case d < 48*time.Hour:
		text := d.Round(time.Second).String()
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		return text
	default:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	}
}

func secondsOf(s *float64) string {
	if s == nil {
		return ""
	}
	return seconds(*s)
}

// size shows a number of bytes.
func size(bytes int64) string {
	const units = "KMGTPE"
	value, unit := float64(bytes), -1
	for value >= 1024 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	if unit < 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %ciB", value, units[unit])
}

func number[N int | int32 | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func yes(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }
