package demo

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ledger is the table with one row for each executed transaction.
const ledger = "buffered_transaction"

// written are the tables that the night's writes fill.
var written = []string{"executed_obs_unit", "raw_data_package", "raw_data_file", ledger}

// rows are the rows of those tables in one database, as JSON objects by column.
type rows map[string][]map[string]any

// comparison is what came of comparing the client's answers with one database.
type comparison struct {
	Present int      // acknowledged writes that are there with all they said
	Lost    []string // acknowledged writes of which something is missing or different, and what
	Doubled []string // records that nobody was told of, or that are there twice
	Records int      // records compared
	Fields  int      // values compared
}

// claim is one value that a write said a record has.
type claim struct {
	value any
	write int // index of the answer
}

type recordKey struct {
	table string
	id    string
}

// compare looks for everything that was acknowledged, field by field. Of several writes of one value the last counts.
func compare(acks []ack, found rows) comparison {
	var c comparison
	claims, order := claimsOf(acks)
	there, doubled := index(found, claims)
	c.Doubled = doubled
	lost := make(map[int][]string)
	for _, key := range order {
		c.Records++
		row, ok := there[key]
		for column, claimed := range claims[key] {
			c.Fields++
			switch value, has := row[column]; {
			case !ok:
				lost[claimed.write] = append(lost[claimed.write], fmt.Sprintf("%s %s is missing", key.table, key.id))
			case !has || !same(claimed.value, value):
				lost[claimed.write] = append(lost[claimed.write], fmt.Sprintf("%s %s: %s is %v, not %v", key.table, key.id, column, value, claimed.value))
			}
		}
	}
	for i, a := range acks {
		if findings := lost[i]; len(findings) > 0 {
			slices.Sort(findings)
			c.Lost = append(c.Lost, fmt.Sprintf("%s %s: %s", a.Kind, a.Transaction, strings.Join(slices.Compact(findings), "; ")))
		}
	}
	c.Present = len(acks) - len(c.Lost)
	return c
}

// claimsOf returns what the writes say of each record, and the records in the order in which they were first named.
func claimsOf(acks []ack) (map[recordKey]map[string]claim, []recordKey) {
	claims := make(map[recordKey]map[string]claim)
	var order []recordKey
	for i, a := range acks {
		executed := record{Table: ledger, ID: a.Transaction, Content: map[string]any{"operation": a.Kind, "outcome": "applied"}}
		for _, r := range append([]record{executed}, a.Records...) {
			key := recordKey{r.Table, r.ID.String()}
			if claims[key] == nil {
				claims[key] = map[string]claim{"id": {r.ID.String(), i}}
				order = append(order, key)
			}
			for column, value := range r.Content {
				claims[key][column] = claim{value, i}
			}
		}
	}
	return claims, order
}

// index finds rows by their records, and those that should not be there.
func index(found rows, claims map[recordKey]map[string]claim) (map[recordKey]map[string]any, []string) {
	there := make(map[recordKey]map[string]any)
	var doubled []string
	for table, all := range found {
		for _, row := range all {
			key := recordKey{table, fmt.Sprint(row["id"])}
			switch {
			case claims[key] == nil:
				doubled = append(doubled, fmt.Sprintf("%s %s was never acknowledged", key.table, key.id))
			case there[key] != nil:
				doubled = append(doubled, fmt.Sprintf("%s %s is there twice", key.table, key.id))
			}
			there[key] = row
		}
	}
	slices.Sort(doubled)
	return there, doubled
}

// same compares JSON values: times by the instant they mean, ids without regard to case, everything else as it is.
func same(a, b any) bool {
	x, isText := a.(string)
	y, alsoText := b.(string)
	if !isText || !alsoText {
		return reflect.DeepEqual(a, b)
	}
	s, err := time.Parse(time.RFC3339Nano, x)
	if err != nil {
		return x == y || sameID(x, y)
	}
	t, err := time.Parse(time.RFC3339Nano, y)
	return err == nil && s.Equal(t)
}

func sameID(x, y string) bool {
	a, err := uuid.Parse(x)
	if err != nil {
		return false
	}
	b, err := uuid.Parse(y)
	return err == nil && a == b
}
