// Package pgtest gives each test a real database of its own, with the schema and the data of the real observatory. A
// test binary starts one server, when the first test asks for a database; nothing of it outlives the binary.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/servers"
	"github.com/ccatobs/opsdb/schema"
)

// user is as whom the tests connect: not a superuser, as in production.
const user = "ccat_ops_user"

const template = "observatory"

// cluster is the server of a test binary.
type cluster struct {
	dir    *servers.Dir
	server *servers.PostgreSQL

	mu        sync.Mutex
	admin     *pgx.Conn // of the superuser
	databases int
}

var (
	running *cluster
	start   = sync.OnceValues(startCluster)
)

// Main runs the tests of a package that uses New and then stops the server. It is called as
// os.Exit(pgtest.Main(m)) in TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	if running == nil {
		return code
	}
	if err := running.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(code, 1)
	}
	return code
}

// New returns the address of a new database that is migrated and seeded. It is dropped at the end of the test, along
// with the connections to it.
func New(t testing.TB) postgres.Address {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	address, err := c.create(t.Context())
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := c.execute(context.WithoutCancel(t.Context()), "drop database "+address.Name+" with (force)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return address
}

// Connect returns a connection of its own to a database, closed at the end of the test.
func Connect(t testing.TB, a postgres.Address) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), a.ConnString(t.Name()))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return conn
}

func startCluster() (_ *cluster, err error) {
	ctx := context.Background()
	c := &cluster{}
	if c.dir, err = servers.NewDir(); err != nil {
		return nil, err
	}
	running = c
	if err := servers.InitDB(ctx, c.dir.Path); err != nil {
		return nil, err
	}
	port, err := servers.FreePort()
	if err != nil {
		return nil, err
	}
	c.server, err = servers.StartPostgreSQL(ctx, c.dir.Path, port, map[string]string{
		"fsync": "off", "full_page_writes": "off", "max_connections": "300", "wal_level": "minimal", "max_wal_senders": "0",
	})
	if err != nil {
		return nil, err
	}
	if c.admin, err = pgx.Connect(ctx, c.server.ConnectionString("postgres")); err != nil {
		return nil, err
	}
	return c, c.prepare(ctx)
}

// prepare makes the database of which the tests get copies.
func (c *cluster) prepare(ctx context.Context) error {
	for _, sql := range []string{
		"create role " + user + " login",
		"create database " + template + " owner " + user,
		"grant set on parameter session_replication_role to " + user, // for Fill
	} {
		if err := c.execute(ctx, sql); err != nil {
			return err
		}
	}
	connection := c.address(template).ConnString("pgtest")
	if _, _, err := schema.Migrate(ctx, connection); err != nil {
		return err
	}
	return schema.Seed(ctx, connection)
}

func (c *cluster) create(ctx context.Context) (postgres.Address, error) {
	c.mu.Lock()
	c.databases++
	name := fmt.Sprintf("test_%d", c.databases)
	c.mu.Unlock()
	// Copying files instead of pages through the log needs checkpoints, which cost nothing without fsync.
	return c.address(name), c.execute(ctx, fmt.Sprintf("create database %s template %s strategy file_copy owner %s", name, template, user))
}

func (c *cluster) execute(ctx context.Context, sql string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.admin.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

func (c *cluster) address(database string) postgres.Address {
	return postgres.Address{Host: c.dir.Path, Port: c.server.Port, User: user, Name: database}
}

func (c *cluster) stop() error {
	var err error
	if c.admin != nil {
		err = c.admin.Close(context.Background())
	}
	if c.server != nil {
		err = errors.Join(err, c.server.Crash())
	}
	return errors.Join(err, c.dir.Remove())
}
