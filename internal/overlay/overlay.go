// Package overlay merges what a replica shows with the writes that it does not show yet. It is pure: it knows neither
// Redis nor PostgreSQL, and its result is what the replica would show if the writes had been executed first.
package overlay

import "slices"

// Change is one pending write of one record, in order of acceptance with others. Exactly one of Insert, Patch and
// Delete is set.
type Change[R any] struct {
	Insert *R        // the whole record
	Patch  func(R) R // sets its own fields, keeps the others
	Delete bool
	Live   bool // false: the write is stopped. A stopped insert shows all the same, a stopped patch or delete does not.
}

// Apply returns a record after its pending changes, in order. row is nil when the replica does not have it; the result
// is nil when there is nothing to show. An insert that the replica already shows changes nothing: the row on the replica
// may carry more than the insert did.
func Apply[R any](row *R, changes []Change[R]) *R {
	for _, c := range changes {
		switch {
		case c.Insert != nil:
			if row == nil {
				inserted := *c.Insert
				row = &inserted
			}
		case !c.Live || row == nil:
		case c.Delete:
			row = nil
		default:
			patched := c.Patch(*row)
			row = &patched
		}
	}
	return row
}

// Merge returns the records that the replica would show after the pending changes: changed ones changed, inserted ones
// added, deleted ones gone, of these the ones that keep lets through, in the order of compare, each once.
//
// rows are the replica's, pending the changes of each record in order of acceptance.
func Merge[K comparable, R any](rows []R, pending map[K][]Change[R], key func(R) K, keep func(R) bool, compare func(a, b R) int) []R {
	merged := make([]R, 0, len(rows)+len(pending))
	shown := make(map[K]bool, len(rows))
	add := func(row *R) {
		if row != nil && keep(*row) {
			merged = append(merged, *row)
		}
	}
	for _, row := range rows {
		k := key(row)
		if shown[k] {
			continue
		}
		shown[k] = true
		add(Apply(&row, pending[k]))
	}
	for k, changes := range pending {
		if !shown[k] {
			add(Apply(nil, changes))
		}
	}
	slices.SortFunc(merged, compare)
	return merged
}
