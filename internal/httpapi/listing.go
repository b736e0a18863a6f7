package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/overlay"
)

// listing is the merged read of one page of a table: what the replica lists, with the pending writes laid over it.
type listing[R any] struct {
	many[R]
	lists        []string // pending lists that hold what the filters let through, and may hold more
	above, below string   // the part of them that the page can come from, as sort keys with ids
	descending   bool
	limit        int
	keep         func(R) bool     // whether a merged record is on the page or behind it
	compare      func(a, b R) int // in the order of the page
	// page reads the first rows of the page from the replica, without some.
	page func(ctx context.Context, db *replicadb.Queries, without []uuid.UUID, limit int) ([]R, error)
	// steady tells whether what the listing was made from is still so in the replica's snapshot; nil: always.
	steady func(ctx context.Context, db *replicadb.Queries) (bool, error)
}

// page is a merged answer.
type page[R any] struct {
	items []Merged[R]
	more  bool // whether there are records behind the last item
}

const (
	// maxLists bounds how many pending lists one script merges.
	maxLists = 300
	// maxRounds bounds a merged read. Each round knows the records of the one before; the sizes double, so that this is
	// enough for any backlog that Redis can hold.
	maxRounds = 20
)

// readPage reads a page in rounds. Each round asks the overlay first, then the replica in one snapshot. A row that the
// overlay was not asked about may have pending writes: then another round asks about it before it is shown.
func readPage[R any](ctx context.Context, s *Server, list func(context.Context) (listing[R], error)) (page[R], error) {
	var (
		asked []buffer.Record
		known = map[uuid.UUID]bool{}
		want  int
	)
	for range maxRounds {
		l, err := list(ctx)
		if err != nil {
			return page[R]{}, err
		}
		want = max(want, l.limit+1)
		r, err := l.round(ctx, s, asked, want)
		if err != nil {
			return page[R]{}, err
		}
		merged := r.merge(l)
		grown := false
		if r.look.Count > 0 {
			for _, row := range merged[:min(len(merged), l.limit+1)] {
				id := l.id(row)
				if _, overlaid := r.view[id]; !known[id] && !overlaid {
					known[id], grown = true, true
					asked = append(asked, buffer.Record{Table: l.table, ID: id.String()})
				}
			}
		}
		if grown || r.moved {
			continue
		}
		short := len(merged) <= l.limit && len(r.rows) == want
		if !short && r.reaches(l, merged) {
			return r.page(l, merged), nil
		}
		want *= 2
	}
	return page[R]{}, errs.New(errs.Unavailable, "The list changes faster than it can be read.").Named("contended").After(time.Second)
}

// round is one look at both sides.
type round[R any] struct {
	look    *buffer.Pending
	view    ops.View[R]
	rows    []R  // of the page query
	changed []R  // rows that have pending writes, fetched by id
	moved   bool // what the listing was made from has changed
}

func (l listing[R]) round(ctx context.Context, s *Server, asked []buffer.Record, want int) (r round[R], err error) {
	query := buffer.Query{Records: asked}
	for part := range slices.Chunk(l.lists, maxLists) {
		query.Ranges = append(query.Ranges, buffer.Range{
			Table: l.table, Lists: part, Above: l.above, Below: l.below, Descending: l.descending, Limit: want,
		})
	}
	r.look = s.look(ctx, query)
	if r.view, err = l.view(r.look); err != nil {
		return r, err
	}
	var overlaid []uuid.UUID
	for id := range r.view {
		// What no database has executed is not looked for. Should it be executed now, the merge knows it by its id.
		if !r.view.Unexecuted(id) {
			overlaid = append(overlaid, id)
		}
	}
	err = s.replica.Snapshot(ctx, func(ctx context.Context, db *replicadb.Queries) (err error) {
		if l.steady != nil {
			steady, err := l.steady(ctx, db)
			if r.moved = !steady; err != nil {
				return err
			}
		}
		if r.changed, err = l.rows(ctx, db, overlaid); err != nil {
			return err
		}
		r.rows, err = l.page(ctx, db, overlaid, want)
		return err
	})
	return r, err
}

// reaches tells whether no pending record that was not read can be on the page. One that was not read is behind all that
// were read from its lists; of these there have to be enough on the page, for the lists may hold more than the filters let
// through.
func (r round[R]) reaches(l listing[R], merged []R) bool {
	if !slices.Contains(r.look.Full, true) {
		return true
	}
	fits := make(map[string]bool, len(merged))
	for _, row := range merged {
		fits[l.id(row).String()] = true
	}
	for i, ids := range r.look.Ranges {
		on := 0
		for _, id := range ids {
			if fits[id] {
				on++
			}
		}
		if r.look.Full[i] && on <= l.limit {
			return false
		}
	}
	return true
}

func (r round[R]) merge(l listing[R]) []R {
	return overlay.Merge(slices.Concat(r.rows, r.changed), r.view.Changes(), l.id, l.keep, l.compare)
}

func (r round[R]) page(l listing[R], merged []R) page[R] {
	p := page[R]{more: len(merged) > l.limit}
	for _, row := range merged[:min(len(merged), l.limit)] {
		id := l.id(row)
		p.items = append(p.items, Merged[R]{Row: row, Found: true, State: r.view.State(id), Look: r.look, pending: r.view[id]})
	}
	return p
}
