package lab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/servers"
)

// The roles and the database of the lab, by the names that an API expects when nothing is set.
const (
	databaseName    = "ccat_ops_db"
	databaseUser    = "ccat_ops_user"
	replicationUser = "replicator"
)

// database is one site's PostgreSQL.
type database struct {
	*member
	site     string
	dir      string
	port     int
	password string // of both roles
	fsync    bool
	link     int // port of the link by which a standby follows the main database; 0: this is the main database
}

// postgres is a server.
type postgres struct{ *servers.PostgreSQL }

// Kill ends all processes of the server, not only the first.
func (p postgres) Kill() error { return p.Crash() }

// run starts the server on the files it has.
func (d *database) run(ctx context.Context) (server, error) {
	started, err := servers.StartPostgreSQL(ctx, d.dir, d.port, nil)
	if err != nil {
		return nil, err
	}
	return postgres{started}, nil
}

// copyFrom makes the files of a standby from those of a server that is down: all it needs beside them is the log from
// there on, which its slot keeps for it.
func (d *database) copyFrom(ctx context.Context, other *database) error {
	if err := servers.MakeDir(d.dir); err != nil {
		return err
	}
	if err := os.RemoveAll(d.data()); err != nil {
		return err
	}
	output, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", other.data(), d.data()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("copy %s: %w: %s", other.data(), err, output)
	}
	return nil
}

// configure writes the settings of the server.
func (d *database) configure() error {
	settings := d.settings()
	if err := errors.Join(
		d.write("pg_hba.conf", accessRules),
		d.write("postgresql.conf", settings),
	); err != nil {
		return err
	}
	if d.link != 0 {
		return d.write("standby.signal", "")
	}
	if err := os.Remove(filepath.Join(d.data(), "standby.signal")); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// The socket is in a directory that only its owner and root can enter.
const accessRules = `local all all trust
host all all 127.0.0.1/32 scram-sha-256
host replication ` + replicationUser + ` 127.0.0.1/32 scram-sha-256
`

func (d *database) settings() string {
	var b strings.Builder
	set := func(name, value string) { fmt.Fprintf(&b, "%s = '%s'\n", name, value) }
	set("timezone", "UTC")
	set("log_timezone", "UTC")
	set("log_line_prefix", "%m [%p] %q%u %a ")
	set("fsync", onOff(d.fsync))
	set("full_page_writes", onOff(d.fsync))
	set("synchronous_commit", "on")
	// Shared memory in files of the cluster goes away with them.
	set("dynamic_shared_memory_type", "mmap")
	set("max_connections", "200")
	set("wal_level", "replica")
	set("max_wal_senders", "10")
	set("max_replication_slots", "10")
	set("max_slot_wal_keep_size", "4GB")
	// By default these follow from the size of a segment, which is small here.
	set("min_wal_size", "80MB")
	set("max_wal_size", "1GB")
	// A standby that comes back finds its slot taken until the main database has given up its old connection.
	set("wal_sender_timeout", "2s")
	// A standby whose greeting was lost waits for an answer for as long as the main database waits for the greeting.
	set("authentication_timeout", "5s")
	set("hot_standby", "on")
	set("wal_receiver_timeout", "1s")
	set("wal_receiver_status_interval", "1s")
	set("wal_retrieve_retry_interval", "1s")
	if d.link != 0 {
		set("primary_slot_name", slotName(d.site))
		set("primary_conninfo", fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s application_name=%s sslmode=disable",
			d.link, replicationUser, d.password, d.site))
	}
	return b.String()
}

// write writes a file of the cluster, which belongs to the same user as the cluster.
func (d *database) write(name, content string) error {
	path := filepath.Join(d.data(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return err
	}
	info, err := os.Stat(d.data())
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%s has no owner", d.data())
	}
	return os.Chown(path, int(owner.Uid), int(owner.Gid))
}

// prepare makes the roles, the database and the slots of the standbys, as far as they are missing.
func (d *database) prepare(ctx context.Context, standbys []*database) error {
	return d.asSuperuser(ctx, "postgres", func(conn *pgx.Conn) error {
		var exists bool
		const known = `select exists (select from pg_database where datname = $1)`
		if err := conn.QueryRow(ctx, known, databaseName).Scan(&exists); err != nil {
			return fmt.Errorf("prepare the main database: %w", err)
		}
		var statements []string
		if !exists {
			statements = []string{
				fmt.Sprintf("create role %s login password '%s'", databaseUser, d.password),
				fmt.Sprintf("create role %s replication login password '%s'", replicationUser, d.password),
				fmt.Sprintf("create database %s owner %s", databaseName, databaseUser),
			}
		}
		for _, standby := range standbys {
			statements = append(statements, fmt.Sprintf(`select pg_create_physical_replication_slot('%[1]s', true)
				where not exists (select from pg_replication_slots where slot_name = '%[1]s')`, slotName(standby.site)))
		}
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("prepare the main database: %w", err)
			}
		}
		return nil
	})
}

// asSuperuser calls f with a connection to a database over the server's socket.
func (d *database) asSuperuser(ctx context.Context, database string, f func(*pgx.Conn) error) (err error) {
	conn, err := pgx.Connect(ctx, d.socket(database))
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	return f(conn)
}

// position returns a write-ahead log position: of the last write of a main database, of the last replay of a standby.
func (d *database) position(ctx context.Context) (position string, err error) {
	err = d.asSuperuser(ctx, "postgres", func(conn *pgx.Conn) error {
		const query = `select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text`
		return conn.QueryRow(ctx, query).Scan(&position)
	})
	return position, err
}

func (d *database) data() string { return filepath.Join(d.dir, "data") }

// socket returns how the superuser connects, without a password and past the link.
func (d *database) socket(database string) string {
	return "postgres://" + servers.Superuser + "@/" + database + "?" + url.Values{
		"host": {d.dir}, "port": {strconv.Itoa(d.port)}, "sslmode": {"disable"},
	}.Encode()
}

// address returns how an API's role connects on a port: that of this database, or one that leads to another.
func (d *database) address(port int) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(databaseUser, d.password), Host: loopback(port).String(), Path: databaseName,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// slotName returns the name of the slot that keeps the log for a site's standby.
func slotName(site string) string { return strings.ReplaceAll(site, "-", "_") }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
