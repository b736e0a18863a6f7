package schema

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed seed/*.sql
var seeds embed.FS

// seedLock is the advisory lock under which one process at a time seeds.
const seedLock = 0x6f707364

// Seed adds what is missing of the real observatory: its telescope, instruments and modules, programs, sources, and a
// plan to begin with. What is there already, by its name, stays as it is; so it may be called again. connection is a
// connection string or URL of the main database, at Version. On an error nothing is added.
func Seed(ctx context.Context, connection string) (err error) {
	conn, err := pgx.Connect(ctx, connection)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()

	files, err := fs.Glob(seeds, "seed/*.sql")
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", seedLock); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		for _, name := range files {
			sql, err := seeds.ReadFile(name)
			if err != nil {
				return fmt.Errorf("seed: %w", err)
			}
			if _, err := tx.Exec(ctx, string(sql)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}
