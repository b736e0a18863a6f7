package servers_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/servers"
)

// childMode makes the test binary start servers and wait to be killed.
const childMode = "OPSDB_SERVERS_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		os.Exit(m.Run())
	}
	if err := serveUntilKilled(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func serveUntilKilled() error {
	dir, err := servers.NewDir()
	if err != nil {
		return err
	}
	ctx := context.Background()
	database, cache, err := start(ctx, dir.Path)
	if err != nil {
		return err
	}
	if err := database.Pause(); err != nil {
		return err
	}
	fmt.Println(dir.Path, database.PID(), cache.PID())
	select {}
}

func start(ctx context.Context, dir string) (*servers.PostgreSQL, *servers.Redis, error) {
	if err := servers.InitDB(ctx, dir); err != nil {
		return nil, nil, err
	}
	databasePort, err := servers.FreePort()
	if err != nil {
		return nil, nil, err
	}
	database, err := servers.StartPostgreSQL(ctx, dir, databasePort, map[string]string{"fsync": "off"})
	if err != nil {
		return nil, nil, err
	}
	cachePort, err := servers.FreePort()
	if err != nil {
		return nil, nil, err
	}
	cache, err := servers.StartRedis(ctx, dir+"/redis", cachePort)
	return database, cache, err
}

func newDir(t *testing.T) string {
	t.Helper()
	dir, err := servers.NewDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dir.Remove(); err != nil {
			t.Error(err)
		}
	})
	return dir.Path
}

func TestServersSurviveACrash(t *testing.T) {
	ctx := t.Context()
	dir := newDir(t)
	database, cache, err := start(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, database, "create table kept (n integer)")
	if err := database.Crash(); err != nil {
		t.Fatal(err)
	}
	if err := cache.Kill(); err != nil {
		t.Fatal(err)
	}

	database, err = servers.StartPostgreSQL(ctx, dir, database.Port, nil)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, database, "insert into kept values (1)")
	cache, err = servers.StartRedis(ctx, cache.Dir, cache.Port)
	if err != nil {
		t.Fatal(err)
	}
	if err := database.Stop(ctx); err != nil {
		t.Error(err)
	}
	if err := cache.Stop(ctx); err != nil {
		t.Error(err)
	}
	if database.Err() != nil || cache.Err() != nil {
		t.Errorf("ended with %v and %v", database.Err(), cache.Err())
	}
}

func TestPauseHangsAndContinueHeals(t *testing.T) {
	ctx := t.Context()
	database, cache, err := start(ctx, newDir(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cache.Kill(); err != nil {
			t.Error(err)
		}
		if err := database.Crash(); err != nil {
			t.Error(err)
		}
	})
	if err := database.Pause(); err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if _, err := pgx.Connect(brief, database.ConnectionString("postgres")); !pgTimeout(err) {
		t.Errorf("connecting to a paused server: %v, want a timeout", err)
	}
	if err := database.Continue(); err != nil {
		t.Fatal(err)
	}
	execute(t, database, "select 1")
}

func TestBaseBackupFollows(t *testing.T) {
	ctx := t.Context()
	dir := newDir(t)
	primary, cache, err := start(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cache.Kill(); err != nil {
			t.Error(err)
		}
		if err := primary.Crash(); err != nil {
			t.Error(err)
		}
	}()
	if err := servers.BaseBackup(ctx, dir+"/standby", primary.ConnectionString("postgres"), "observatory"); err != nil {
		t.Fatal(err)
	}
	port, err := servers.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	standby, err := servers.StartPostgreSQL(ctx, dir+"/standby", port, nil)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, standby, "do $$ begin assert pg_is_in_recovery(); end $$")
	if err := standby.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func TestStartReportsWhyNot(t *testing.T) {
	dir := newDir(t)
	occupied, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := occupied.Close(); err != nil {
			t.Error(err)
		}
	}()
	port := int(netip.MustParseAddrPort(occupied.Addr().String()).Port())
	if _, err := servers.StartRedis(t.Context(), dir, port, "save", ""); err == nil || !strings.Contains(err.Error(), "Address already in use") {
		t.Errorf("a port in use: %v", err)
	}
	if err := servers.InitDB(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	_, err = servers.StartPostgreSQL(t.Context(), dir, port, map[string]string{"no_such_setting": "1"})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("an unknown setting: %v", err)
	}
}

func TestNothingOutlivesAKilledOwner(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childMode+"=1")
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	owner, err := servers.Start(child, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var dir string
	var pids [2]int
	if _, err := fmt.Sscan(line, &dir, &pids[0], &pids[1]); err != nil {
		t.Fatalf("child printed %q: %v", line, err)
	}
	if err := owner.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		waitGone(t, pid)
	}
	// Another process that asks for a directory at this moment removes the files in our place.
	wait(t, "the killed owner's files are still there", func() bool {
		newDir(t)
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	})
}

// waitGone waits until a process that is not our child has ended.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	wait(t, fmt.Sprintf("process %d is still there", pid), func() bool { return !alive(pid) })
}

// wait waits until done; not is what is the matter when that takes too long.
func wait(t *testing.T, not string, done func() bool) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(not)
		}
	}
}

// alive says whether a process runs; one that waits for its parent to take notice of its end does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func pgTimeout(err error) bool {
	return err != nil && strings.Contains(err.Error(), context.DeadlineExceeded.Error())
}

func execute(t *testing.T, database *servers.PostgreSQL, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database.ConnectionString("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), sql)
	if closing := conn.Close(t.Context()); closing != nil {
		t.Error(closing)
	}
	if err != nil {
		t.Fatal(err)
	}
}
