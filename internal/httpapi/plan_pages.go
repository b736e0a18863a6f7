package httpapi

import "strconv"

// pageOf cuts rows, of which one more was read than a page holds, to the page, and returns the cursor of the next one:
// empty on the last.
func pageOf[R any](rows []R, limit int32, cursor func(R) string) (page []R, next string) {
	if len(rows) <= int(limit) {
		return rows, ""
	}
	page = rows[:limit]
	return page, cursor(page[limit-1])
}

// each converts all rows of a page; the answer to an empty page is an empty list.
func each[R, T any](rows []R, convert func(R) T) []T {
	items := make([]T, len(rows))
	for i, row := range rows {
		items[i] = convert(row)
	}
	return items
}

// nameCursor is the place behind a record in a list that is in order of names, which may be equal, and numbers.
func nameCursor(list, name string, id int32) string {
	return newCursor(list, name, strconv.Itoa(int(id)))
}

// readNameCursor returns the place that a cursor stands for; without one, that before all records.
func readNameCursor(list string, cursor *string) (name string, id int32, err error) {
	if cursor == nil {
		return "", 0, nil
	}
	key, err := readCursor(list, *cursor, 2)
	if err != nil {
		return "", 0, err
	}
	n, err := strconv.ParseInt(key[1], 10, 32)
	if err != nil {
		return "", 0, errForeignCursor()
	}
	return key[0], int32(n), nil
}
