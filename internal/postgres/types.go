package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// registerTypes tells a connection how values of Go types travel that the driver would carry as text or leave to this
// machine's settings.
func registerTypes(_ context.Context, conn *pgx.Conn) error {
	register(conn.TypeMap())
	return nil
}

func register(types *pgtype.Map) {
	// The times that are read must not depend on the zone of this machine.
	types.RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	id := &pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: uuidCodec{}}
	types.RegisterType(id)
	types.RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: id}})
}

// uuidCodec carries a uuid.UUID as its 16 bytes. The driver knows it only as something that can be printed.
type uuidCodec struct{ pgtype.UUIDCodec }

// PlanEncode implements pgtype.Codec.
func (c uuidCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(uuid.UUID); ok && format == pgtype.BinaryFormatCode {
		return writeUUID{}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

// PlanScan implements pgtype.Codec.
func (c uuidCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(*uuid.UUID); ok && format == pgtype.BinaryFormatCode {
		return readUUID{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

type writeUUID struct{}

// Encode implements pgtype.EncodePlan.
func (writeUUID) Encode(value any, buffer []byte) ([]byte, error) {
	id, ok := value.(uuid.UUID)
	if !ok {
		return nil, fmt.Errorf("%T is no uuid.UUID", value)
	}
	return append(buffer, id[:]...), nil
}

type readUUID struct{}

// Scan implements pgtype.ScanPlan.
func (readUUID) Scan(source []byte, target any) error {
	id, ok := target.(*uuid.UUID)
	if !ok || len(source) != len(id) {
		return fmt.Errorf("%d bytes do not fit into %T", len(source), target)
	}
	copy(id[:], source)
	return nil
}
