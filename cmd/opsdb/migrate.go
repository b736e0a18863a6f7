package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/serve"
	"github.com/ccatobs/opsdb/schema"
)

const migrateHelp = `
Usage: opsdb migrate [--status]

Brings the schema of the main database (MAIN_DB_…) to the version this program knows. Replicas get it by replication.
Programs one version older and one newer can work with it meanwhile. Concurrent runs wait for each other.`

func migrateCommand(ctx context.Context, p program) error {
	flags := p.flags("migrate", migrateHelp)
	status := flags.Bool("status", false, "change nothing, show the versions; exit code 1 when the database's is older")
	if err := p.parse(flags); err != nil {
		return err
	}
	connection, err := p.mainConnection("opsdb migrate")
	if err != nil {
		return err
	}
	if *status {
		return p.showSchema(ctx, connection)
	}
	from, to, err := schema.Migrate(ctx, connection)
	if err != nil {
		return err
	}
	if from == to {
		_, err = fmt.Fprintf(p.out, "schema %d, nothing to do\n", to)
	} else {
		_, err = fmt.Fprintf(p.out, "schema %d, was %d\n", to, from)
	}
	return err
}

// mainConnection returns the connection string of the main database; the other settings do not matter.
func (p program) mainConnection(application string) (string, error) {
	c, err := p.settings(config.Config.ValidateMain)
	if err != nil {
		return "", err
	}
	// A link that swallows packets must not hold the command up for ever.
	return serve.Address(c.Main).ConnString(application) + " connect_timeout=10", nil
}

func (p program) showSchema(ctx context.Context, connection string) (err error) {
	conn, err := pgx.Connect(ctx, connection)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	version, err := replicadb.New(conn).SchemaVersion(ctx)
	if code := postgres.SQLState(err); code == undefinedFunction {
		version = 0
	} else if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(p.out, "schema %d, this program knows %d\n", version, schema.Version()); err != nil {
		return err
	}
	if version < schema.Version() {
		return errors.New(`the database is older: run "opsdb migrate"`)
	}
	return nil
}

// undefinedFunction is the code of the error of a database without any schema.
const undefinedFunction = "42883"

const seedHelp = `
Usage: opsdb seed

Adds what is missing of the real observatory to the main database (MAIN_DB_…): telescope, instruments and their modules,
programs, sources and fields, and a plan to begin with. What is there already stays as it is.`

func seedCommand(ctx context.Context, p program) error {
	if err := p.parse(p.flags("seed", seedHelp)); err != nil {
		return err
	}
	connection, err := p.mainConnection("opsdb seed")
	if err != nil {
		return err
	}
	if err := schema.Seed(ctx, connection); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, "the observatory is there")
	return err
}
