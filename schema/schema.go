// Package schema holds the numbered migrations of the database and the data of the real observatory. Migrations only
// ever expand what the version before can still work with; they run at the main site and reach the replicas by
// replication.
package schema

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var migrations embed.FS

// Version returns the number of the newest migration this binary knows. SchemaVersion of the replica queries returns
// the one of a database.
func Version() int64 {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil || len(names) == 0 {
		panic("schema: no migrations are embedded")
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("schema: %s does not begin with a number", names[len(names)-1]))
	}
	return version
}

// Migrate brings the database to Version and returns the versions before and after. connection is a connection string
// or URL of the main database. Concurrent calls wait for each other; each migration is one transaction, so a failed
// one leaves the version before it. A standby that lacks a migration is an error: it gets it from its main database.
func Migrate(ctx context.Context, connection string) (from, to int64, err error) {
	provider, err := open(connection)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, provider.Close()) }()

	applied, err := provider.Up(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("migrate: %w", err)
	}
	to, err = provider.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("migrate: read the version: %w", err)
	}
	if len(applied) == 0 {
		return to, to, nil
	}
	return applied[0].Source.Version - 1, to, nil
}

// Rollback undoes all migrations and with them all data.
func Rollback(ctx context.Context, connection string) (err error) {
	provider, err := open(connection)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, provider.Close()) }()

	if _, err := provider.DownTo(ctx, 0); err != nil {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func open(connection string) (*goose.Provider, error) {
	db, err := sql.Open("pgx", connection)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("migrate: %w", err), db.Close())
	}
	return provider, nil
}
