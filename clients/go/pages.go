package opsdb

import (
	"iter"

	"github.com/oapi-codegen/nullable"
)

// All returns all items of a list, page by page. page reads the page at a cursor, nil for the first one, and returns its
// items and the next cursor. The first error is yielded and ends the list.
//
//	units := opsdb.All(func(cursor *string) ([]client.ExecutedObsUnit, nullable.Nullable[string], error) {
//		page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(ctx, &client.ListExecutedObsUnitsParams{Cursor: cursor}))
//		return page.Items, page.NextCursor, err
//	})
//	for unit, err := range units { … }
func All[T any](page func(cursor *string) ([]T, nullable.Nullable[string], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var cursor *string
		for {
			items, next, err := page(cursor)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			following, err := next.Get()
			if err != nil {
				return // null: this was the last page
			}
			cursor = &following
		}
	}
}
