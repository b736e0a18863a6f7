package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is a connection of the demo's own, past every API.
type database struct{ conn *pgx.Conn }

func openDatabase(ctx context.Context, url string) (database, error) {
	conn, err := pgx.Connect(ctx, url)
	return database{conn}, err
}

func (d database) close() error {
	if d.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return d.conn.Close(ctx)
}

// executed returns how many transactions of a site the database has.
func (d database) executed(ctx context.Context, site string) (int, error) {
	var n int
	err := d.conn.QueryRow(ctx, `select count(*) from buffered_transaction where site = $1`, site).Scan(&n)
	return n, err
}

// rows returns all that the night has written, as of one moment.
func (d database) rows(ctx context.Context) (rows, error) {
	found := make(rows)
	err := pgx.BeginTxFunc(ctx, d.conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, table := range written {
			if err := collect(ctx, tx, table, found); err != nil {
				return fmt.Errorf("read %s: %w", table, err)
			}
		}
		return nil
	})
	return found, err
}

func collect(ctx context.Context, tx pgx.Tx, table string, found rows) error {
	result, err := tx.Query(ctx, `select to_jsonb(t)::text from `+pgx.Identifier{table}.Sanitize()+` t`)
	if err != nil {
		return err
	}
	texts, err := pgx.CollectRows(result, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, text := range texts {
		var row map[string]any
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			return err
		}
		found[table] = append(found[table], row)
	}
	return nil
}

// catalogue has the ids of what the plan calls by name.
type catalogue struct {
	units   map[unitName]int32
	modules map[string]int32
}

type unitName struct{ program, unit string }

// catalogue looks the plan's names up. It fails if one is unknown.
func (d database) catalogue(ctx context.Context, n Night) (catalogue, error) {
	c := catalogue{units: make(map[unitName]int32), modules: make(map[string]int32)}
	var id int32
	var name unitName
	units, err := d.conn.Query(ctx, `select u.id, p.short_name, u.name from obs_unit u join observing_program p on p.id = u.observing_program_id`)
	if err != nil {
		return c, err
	}
	if _, err := pgx.ForEachRow(units, []any{&id, &name.program, &name.unit}, func() error { c.units[name] = id; return nil }); err != nil {
		return c, err
	}
	var module string
	modules, err := d.conn.Query(ctx, `select id, name from instrument_module`)
	if err != nil {
		return c, err
	}
	if _, err := pgx.ForEachRow(modules, []any{&id, &module}, func() error { c.modules[module] = id; return nil }); err != nil {
		return c, err
	}
	return c, c.check(n)
}

func (c catalogue) check(n Night) error {
	var failures []error
	for _, o := range n.Observations {
		if _, ok := c.units[unitName{o.Program, o.Unit}]; !ok {
			failures = append(failures, fmt.Errorf("the database has no unit %q of the program %q", o.Unit, o.Program))
		}
	}
	for _, m := range n.Modules {
		if _, ok := c.modules[m.Name]; !ok {
			failures = append(failures, fmt.Errorf("the database has no instrument module %q", m.Name))
		}
	}
	return errors.Join(failures...)
}
