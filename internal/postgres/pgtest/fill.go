package pgtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Fill lets fill insert very many rows into tables that are empty, quickly: without triggers and references, which the rows
// must be right without, without indexes but for those of keys, and without a log, for the files are new. When it returns
// all is as it was, and PostgreSQL has statistics.
func Fill(t testing.TB, conn *pgx.Conn, tables []string, fill func(context.Context, pgx.Tx) error) {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), `
			select c.relname, pg_get_indexdef(c.oid) from pg_index i join pg_class c on c.oid = i.indexrelid
			where i.indrelid = any ($1::text[]::regclass[]) and not exists (select from pg_constraint k where k.conindid = c.oid)`, tables)
		if err != nil {
			return err
		}
		made, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Name, Definition string }])
		if err != nil {
			return err
		}
		for _, index := range made {
			if _, err := tx.Exec(t.Context(), "drop index "+index.Name); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(t.Context(), "truncate "+strings.Join(tables, ", ")+" cascade; set local session_replication_role = replica"); err != nil {
			return err
		}
		if err := fill(t.Context(), tx); err != nil {
			return err
		}
		again := []string{"set local session_replication_role = origin", "set local maintenance_work_mem = '256MB'"}
		for _, index := range made {
			again = append(again, index.Definition)
		}
		_, err = tx.Exec(t.Context(), strings.Join(again, "; "))
		return err
	})
	if _, vacuum := conn.Exec(t.Context(), "vacuum analyze"); errors.Join(err, vacuum) != nil {
		t.Fatalf("pgtest: %v", errors.Join(err, vacuum))
	}
}
