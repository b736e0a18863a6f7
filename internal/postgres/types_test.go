package postgres

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

func TestIDsTravelAsBytes(t *testing.T) {
	types := pgtype.NewMap()
	register(types)
	id, other := uuid.New(), uuid.New()
	for name, c := range map[string]struct {
		oid        uint32
		value, got any
	}{
		"id":    {pgtype.UUIDOID, id, new(uuid.UUID)},
		"maybe": {pgtype.UUIDOID, &id, new(*uuid.UUID)},
		"none":  {pgtype.UUIDOID, (*uuid.UUID)(nil), new(*uuid.UUID)},
		"list":  {pgtype.UUIDArrayOID, []uuid.UUID{id, other}, new([]uuid.UUID)},
		"empty": {pgtype.UUIDArrayOID, []uuid.UUID{}, new([]uuid.UUID)},
	} {
		t.Run(name, func(t *testing.T) {
			sent, err := types.Encode(c.oid, pgtype.BinaryFormatCode, c.value, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := types.Scan(c.oid, pgtype.BinaryFormatCode, sent, c.got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.value, reflect.ValueOf(c.got).Elem().Interface()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if sent, err := types.Encode(pgtype.UUIDOID, pgtype.BinaryFormatCode, id, nil); err != nil || string(sent) != string(id[:]) {
		t.Errorf("sent %x, %v", sent, err)
	}
	if err := types.Scan(pgtype.UUIDOID, pgtype.BinaryFormatCode, id[:15], new(uuid.UUID)); err == nil {
		t.Error("15 bytes are taken for an id")
	}
	if err := types.Scan(pgtype.UUIDOID, pgtype.BinaryFormatCode, nil, new(uuid.UUID)); err == nil {
		t.Error("null is taken for an id")
	}
}
