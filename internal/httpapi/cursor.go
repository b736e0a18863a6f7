package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
)

// newCursor is the place behind a record in a list: the name of the list with its order, such as "sources:name", and the
// values by which it is sorted, the last of them unique.
func newCursor(list string, key ...string) string {
	text, err := json.Marshal(append([]string{list}, key...))
	if err != nil {
		panic("httpapi: texts are JSON")
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readCursor returns the values of a cursor of this list. It fails with errs.Invalid for one of another list or order.
func readCursor(list, cursor string, length int) ([]string, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	var parts []string
	if err == nil {
		err = json.Unmarshal(text, &parts)
	}
	if err != nil || len(parts) != length+1 || parts[0] != list {
		return nil, errForeignCursor()
	}
	return parts[1:], nil
}

func errForeignCursor() error {
	return errs.New(errs.Invalid, "This cursor does not come from this list.").At("query:cursor", "is not a cursor of this list")
}

// timeCursor is a cursor of a list that is sorted by a time and an id.
func timeCursor(list string, at time.Time, id uuid.UUID) string {
	return newCursor(list, strconv.FormatInt(at.UnixMicro(), 10), id.String())
}

func readTimeCursor(list, cursor string) (at time.Time, id uuid.UUID, err error) {
	key, err := readCursor(list, cursor, 2)
	if err != nil {
		return at, id, err
	}
	micros, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return at, id, errForeignCursor()
	}
	if id, err = uuid.Parse(key[1]); err != nil {
		return at, id, errForeignCursor()
	}
	return time.UnixMicro(micros).UTC(), id, nil
}
