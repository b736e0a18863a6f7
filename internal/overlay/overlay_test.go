package overlay_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ccatobs/opsdb/internal/overlay"
)

type record struct{ ID, A, B int }

// write is one of the things that happen to a record, in order.
type write struct {
	ID     int
	Kind   int // 0 insert, 1 set A, 2 set B, 3 delete
	Value  int
	Parked bool
}

func execute(db map[int]record, w write) {
	row, found := db[w.ID]
	switch {
	case w.Kind == 0 && !found:
		db[w.ID] = record{w.ID, w.Value, 0}
	case w.Kind == 0 || !found || w.Parked:
	case w.Kind == 1:
		row.A = w.Value
		db[w.ID] = row
	case w.Kind == 2:
		row.B = w.Value
		db[w.ID] = row
	case w.Kind == 3:
		delete(db, w.ID)
	}
}

// possible leaves out what the main database would refuse: a change of a record that does not exist, and a second insert.
func possible(writes []write) []write {
	inserted := map[int]bool{}
	return slices.DeleteFunc(writes, func(w write) bool {
		refused := inserted[w.ID] == (w.Kind == 0)
		inserted[w.ID] = inserted[w.ID] || w.Kind == 0
		return refused
	})
}

func change(w write) overlay.Change[record] {
	c := overlay.Change[record]{Live: !w.Parked}
	switch w.Kind {
	case 0:
		c.Insert = &record{w.ID, w.Value, 0}
	case 1:
		c.Patch = func(r record) record { r.A = w.Value; return r }
	case 2:
		c.Patch = func(r record) record { r.B = w.Value; return r }
	default:
		c.Delete = true
	}
	return c
}

// Whatever part of the writes the replica has already replayed, the merged view is the one after all of them.
func TestMergeEqualsExecution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		writes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) write {
			return write{
				ID: rapid.IntRange(1, 5).Draw(t, "id"), Kind: rapid.IntRange(0, 2).Draw(t, "kind"),
				Value: rapid.IntRange(0, 9).Draw(t, "value"), Parked: rapid.IntRange(0, 4).Draw(t, "parked") == 0,
			}
		}), 0, 20).Draw(t, "writes")
		writes = possible(writes)
		replayed := rapid.IntRange(0, len(writes)).Draw(t, "replayed")
		main, replica := map[int]record{}, map[int]record{}
		for i, w := range writes {
			execute(main, w)
			if i < replayed {
				execute(replica, w)
			}
		}
		// Overlay entries may outlive their replay for a while: the merge has to bear that.
		kept := rapid.IntRange(0, replayed).Draw(t, "kept")
		pending := map[int][]overlay.Change[record]{}
		for _, w := range writes[kept:] {
			pending[w.ID] = append(pending[w.ID], change(w))
		}
		even := func(r record) bool { return r.A%2 == 0 }
		descending := func(a, b record) int { return cmp.Or(cmp.Compare(b.A, a.A), cmp.Compare(a.ID, b.ID)) }
		got := overlay.Merge(slices.Collect(maps.Values(replica)), pending, func(r record) int { return r.ID }, even, descending)
		want := slices.DeleteFunc(slices.Collect(maps.Values(main)), func(r record) bool { return !even(r) })
		slices.SortFunc(want, descending)
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}

func TestDeleteHides(t *testing.T) {
	row := record{1, 2, 3}
	if got := overlay.Apply(&row, []overlay.Change[record]{{Delete: true, Live: true}}); got != nil {
		t.Errorf("deleted, but shown as %v", *got)
	}
	if got := overlay.Apply(&row, []overlay.Change[record]{{Delete: true, Live: false}}); got == nil || *got != row {
		t.Errorf("a stopped delete shows %v, want the row", got)
	}
}
