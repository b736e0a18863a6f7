package servers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Superuser is the role that owns a new cluster. It needs no password.
const Superuser = "postgres"

// The oldest release of PostgreSQL whose features the schema uses.
const oldestPostgreSQL = 15

// PostgreSQL is a running server.
type PostgreSQL struct {
	*Process
	Dir  string // holds data/, the socket and postgresql.log
	Port int    // on 127.0.0.1, and in the name of the socket
}

// InitDB makes the files of a new cluster, with checksums, in dir/data. A cluster made before is copied: a copy takes a
// tenth of the time.
func InitDB(ctx context.Context, dir string) error {
	if err := MakeDir(dir); err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	cached, err := cachedCluster(ctx)
	if err != nil {
		return err
	}
	if cached == "" {
		return initdb(ctx, data)
	}
	if _, err := os.Stat(cached); errors.Is(err, fs.ErrNotExist) {
		if err := initdb(ctx, data); err != nil {
			return err
		}
		return store(ctx, data, cached)
	}
	return run(exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", cached, data))
}

// BaseBackup makes the files of a standby in dir/data: a copy of the running server that connection leads to, which it
// will follow through a new replication slot.
func BaseBackup(ctx context.Context, dir, connection, slot string) error {
	if err := MakeDir(dir); err != nil {
		return err
	}
	cmd, err := PostgreSQLCommand(ctx, "pg_basebackup", "--pgdata="+filepath.Join(dir, "data"), "--dbname="+connection,
		"--write-recovery-conf", "--create-slot", "--slot="+slot, "--checkpoint=fast", "--no-sync")
	if err != nil {
		return err
	}
	return run(cmd)
}

// StartPostgreSQL starts the cluster in dir/data on a port of 127.0.0.1 and on a socket in dir, and returns when it
// answers; a standby answers as soon as it can be read. settings are added to those of the cluster's files.
func StartPostgreSQL(ctx context.Context, dir string, port int, settings map[string]string) (*PostgreSQL, error) {
	arguments := []string{
		"-D", filepath.Join(dir, "data"), "-k", dir, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1",
	}
	for name, value := range settings {
		arguments = append(arguments, "-c", name+"="+value)
	}
	cmd, err := PostgreSQLCommand(context.WithoutCancel(ctx), "postgres", arguments...)
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "postgresql.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	// SIGQUIT is an immediate shutdown that leaves no shared memory behind.
	process, err := Start(cmd, syscall.SIGQUIT)
	if err := errors.Join(err, log.Close()); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	p := &PostgreSQL{Process: process, Dir: dir, Port: port}
	if err := p.until(ctx, p.answers); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w: %s", errors.Join(err, p.Crash()), lastLines(log.Name()))
	}
	return p, nil
}

// ConnectionString returns how the superuser connects to a database, by the socket.
func (p *PostgreSQL) ConnectionString(database string) string {
	return fmt.Sprintf("host=%s port=%d user=%s dbname=%s sslmode=disable", p.Dir, p.Port, Superuser, database)
}

// Stop shuts the server down in order, ending its sessions.
func (p *PostgreSQL) Stop(ctx context.Context) error {
	if err := p.Continue(); err != nil {
		return err
	}
	return p.End(ctx, syscall.SIGINT)
}

// Crash kills all processes of the server at once and waits until they are gone. The next start on the same files
// recovers from the log.
func (p *PostgreSQL) Crash() error {
	children, err := p.all(syscall.SIGKILL)
	if err != nil {
		return err
	}
	<-p.Done()
	if err := awaitEnd(children); err != nil {
		return err
	}
	return p.releaseMemory()
}

// Pause stops all processes of the server where they are: connections hang.
func (p *PostgreSQL) Pause() error {
	_, err := p.all(syscall.SIGSTOP)
	return err
}

// Continue ends a Pause.
func (p *PostgreSQL) Continue() error {
	_, err := p.all(syscall.SIGCONT)
	return err
}

// answers returns nil when the server answers.
func (p *PostgreSQL) answers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.ConnectionString("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// PostgreSQLCommand returns a command that runs a program of the newest installed PostgreSQL. PostgreSQL refuses to run
// as root: then the command belongs to the user postgres.
func PostgreSQLCommand(ctx context.Context, program string, arguments ...string) (*exec.Cmd, error) {
	bin, err := postgreSQLPrograms()
	if err != nil {
		return nil, err
	}
	credential, err := postgreSQLUser()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, program), arguments...)
	cmd.Dir = os.TempDir() // the user postgres may not be allowed where we are
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	return cmd, nil
}

// postgreSQLPrograms returns the directory of the newest installed server. Debian keeps it off the PATH.
var postgreSQLPrograms = sync.OnceValues(func() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("postgres"); err == nil && len(found) == 0 {
		return filepath.Dir(path), nil
	}
	major := func(path string) int {
		n, err := strconv.Atoi(strings.Split(path, "/")[4])
		if err != nil {
			return 0
		}
		return n
	}
	newest := slices.MaxFunc(append(found, "/usr/lib/postgresql/0/bin/postgres"), func(a, b string) int { return major(a) - major(b) })
	if major(newest) < oldestPostgreSQL {
		return "", fmt.Errorf("PostgreSQL %d or newer is not installed: apt-get install postgresql", oldestPostgreSQL)
	}
	return filepath.Dir(newest), nil
})

// postgreSQLUser returns as whom PostgreSQL runs; nil: as ourselves.
var postgreSQLUser = sync.OnceValues(func() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no user for it: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
})

// MakeDir makes a directory in which PostgreSQL may write.
func MakeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return giveAway(dir)
}

// giveAway makes dir belong to the user as whom PostgreSQL runs.
func giveAway(dir string) error {
	credential, err := postgreSQLUser()
	if err != nil || credential == nil {
		return err
	}
	return os.Chown(dir, int(credential.Uid), int(credential.Gid))
}

func lastLines(path string) string {
	const enough = 2000
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-enough):])
}
