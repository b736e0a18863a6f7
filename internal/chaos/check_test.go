package chaos_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// rules are what is checked, in the order of the package's documentation.
var rules = []string{"content", "invented", "history", "ledger", "state", "stopped", "leak", "read", "refused"}

// violation is something that must not be.
type violation struct{ rule, detail string }

// verdict is what a check came to.
type verdict struct {
	checked map[string]int // things looked at, by rule
	found   []violation
}

func newVerdict() *verdict { return &verdict{checked: make(map[string]int)} }

func (v *verdict) find(rule, format string, args ...any) {
	v.found = append(v.found, violation{rule, fmt.Sprintf(format, args...)})
}

// add takes another verdict in.
func (v *verdict) add(other *verdict) {
	for rule, n := range other.checked {
		v.checked[rule] += n
	}
	v.found = append(v.found, other.found...)
}

// broken returns the rules that do not hold.
func (v *verdict) broken() []string {
	var broken []string
	for _, rule := range rules {
		if slices.ContainsFunc(v.found, func(f violation) bool { return f.rule == rule }) {
			broken = append(broken, rule)
		}
	}
	return broken
}

// String is a table of the rules, with the first violations of each.
func (v *verdict) String() string {
	const enough = 5
	var b strings.Builder
	for _, rule := range rules {
		var details []string
		for _, f := range v.found {
			if f.rule == rule {
				details = append(details, f.detail)
			}
		}
		fmt.Fprintf(&b, "\n%-9s %6d checked %4d violations", rule, v.checked[rule], len(details))
		for _, detail := range details[:min(enough, len(details))] {
			fmt.Fprintf(&b, "\n          %s", detail)
		}
	}
	return b.String()
}

// check compares everything with the clients' file. It is for a site that has settled.
func (r *rig) check(crews ...*crew) *verdict {
	r.t.Helper()
	v := newVerdict()
	p, err := r.answers.read()
	r.must(err)
	for _, c := range crews {
		v.checked["refused"] += int(c.tried.Load())
		v.found = append(v.found, c.found()...)
	}
	ctx := r.context()
	main, err := r.rows(ctx, r.Superuser(cologne))
	r.must(err)
	copied, err := r.rows(ctx, r.Superuser(observatory))
	r.must(err)
	v.content(p, cologne, main)
	v.content(p, observatory, copied)
	r.invented(v, p, main)
	r.history(v, p)
	r.ledger(v, p)
	r.settled(v)
	r.shown(v, p, main)
	return v
}

// rows reads all records of a database, by id.
func (r *rig) rows(ctx context.Context, address string) (map[string]fields, error) {
	all := make(map[string]fields)
	err := r.database(ctx, address, func(conn *pgx.Conn) error {
		for _, table := range tables {
			rows, err := conn.Query(ctx, "select to_jsonb(t)::text from "+table+" t")
			if err != nil {
				return err
			}
			texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			for _, text := range texts {
				row, err := object(text)
				if err != nil {
					return err
				}
				all[fmt.Sprint(row["id"])] = row
			}
		}
		return nil
	})
	return all, err
}

func (v *verdict) content(p promises, site string, rows map[string]fields) {
	for id, record := range p.records {
		v.checked["content"]++
		row, exists := rows[id]
		switch {
		case record.deleted && exists:
			v.find("content", "%s: %s %s was withdrawn and is there", site, record.table, id)
		case record.deleted:
		case !exists:
			v.find("content", "%s: %s %s is lost", site, record.table, id)
		default:
			if diff := differences(record.last(), row); diff != "" {
				v.find("content", "%s: %s %s: %s", site, record.table, id, diff)
			}
		}
	}
}

// invented looks for records that nobody was promised. One whose writer got no answer may be there, once.
func (r *rig) invented(v *verdict, p promises, rows map[string]fields) {
	marks := make(map[string]int)
	for id, row := range rows {
		if r.former[id] {
			continue
		}
		v.checked["invented"]++
		mark := strings.TrimSuffix(text(row, "comment"), ", clear sky")
		if r.answers.isOpen(mark) {
			if marks[mark]++; marks[mark] > 1 {
				v.find("invented", "%q is there %d times", mark, marks[mark])
			}
			continue
		}
		if p.records[id] == nil {
			v.find("invented", "nobody was promised %v", row)
		}
	}
}

// history compares the versions that each record has had in the main database with those that were promised.
func (r *rig) history(v *verdict, p promises) {
	r.t.Helper()
	type entry struct{ ID, Action, Version string }
	had := make(map[string][]entry)
	ctx := r.context()
	r.must(r.database(ctx, r.Superuser(cologne), func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "select id::text, action, version::text from chaos_history order by n")
		if err != nil {
			return err
		}
		entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
		for _, e := range entries {
			had[e.ID] = append(had[e.ID], e)
		}
		return err
	}))
	for id, record := range p.records {
		v.checked["history"]++
		want := len(record.versions)
		if record.deleted {
			want++
		}
		entries := had[id]
		if len(entries) != want {
			v.find("history", "%s %s was promised %d changes and has had %d", record.table, id, want, len(entries))
			continue
		}
		for i, version := range record.versions {
			row, err := object(entries[i].Version)
			r.must(err)
			if diff := differences(version, row); diff != "" {
				v.find("history", "%s %s: change %d of %d: %s", record.table, id, i+1, want, diff)
			}
		}
		if record.deleted && entries[want-1].Action != "delete" {
			v.find("history", "%s %s: the last of %d changes is %s", record.table, id, want, entries[want-1].Action)
		}
	}
}

// ledger looks up every acknowledged transaction.
func (r *rig) ledger(v *verdict, p promises) {
	r.t.Helper()
	type entry struct {
		ID, Outcome string
		Batch       int64
	}
	known := make(map[string]entry)
	ctx := r.context()
	r.must(r.database(ctx, r.Superuser(cologne), func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "select id::text, outcome, coalesce(batch, 0) from buffered_transaction")
		if err != nil {
			return err
		}
		entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
		for _, e := range entries {
			known[e.ID] = e
		}
		return err
	}))
	for _, id := range p.transactions {
		v.checked["ledger"]++
		if e, ok := known[id]; !ok || e.Outcome != "applied" {
			v.find("ledger", "transaction %s has the outcome %q", id, e.Outcome)
		}
	}
	for _, record := range p.records {
		var batch int64
		for _, id := range record.transactions {
			if next := known[id].Batch; next != 0 && next < batch {
				v.find("ledger", "%s %s: transaction %s of batch %d is executed after batch %d", record.table, record.id, id, next, batch)
			} else if next != 0 {
				batch = next
			}
		}
	}
}

// differences says in which fields got is not what want says; empty: in none. Fields that want does not have may be
// anything.
func differences(want, got fields) string {
	var diffs []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !same(name, want[name], got[name]) {
			diffs = append(diffs, fmt.Sprintf("%s is %v, must be %v", name, got[name], want[name]))
		}
	}
	return strings.Join(diffs, "; ")
}

// same compares two values of a field as JSON decodes them.
func same(name string, a, b any) bool {
	if strings.HasSuffix(name, "_time") || strings.HasSuffix(name, "_at") {
		s, okA := a.(string)
		t, okB := b.(string)
		if okA && okB {
			x, errX := time.Parse(time.RFC3339Nano, s)
			y, errY := time.Parse(time.RFC3339Nano, t)
			return errX == nil && errY == nil && x.Equal(y)
		}
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

// plain turns numbers of the test's own values into what JSON decodes.
func plain(v any) any {
	switch x := v.(type) {
	case int:
		return float64(x)
	case int64:
		return float64(x)
	case fields:
		m := make(map[string]any, len(x))
		for name, value := range x {
			m[name] = plain(value)
		}
		return m
	default:
		return v
	}
}

func object(text string) (f fields, err error) {
	err = json.Unmarshal([]byte(text), &f)
	return f, err
}
