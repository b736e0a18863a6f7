package postgres_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/servers"
)

// door counts who knocks. It closes each connection at once, or keeps it and never says a word.
type door struct {
	listener net.Listener
	silent   bool
	knocks   atomic.Int64

	mu   sync.Mutex
	kept []net.Conn
}

func newDoor(t *testing.T, silent bool) *door {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener, silent: silent}
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.answer(t)
	}()
	t.Cleanup(func() {
		check(t, listener.Close())
		<-done
		for _, conn := range d.kept {
			check(t, conn.Close())
		}
	})
	return d
}

func (d *door) answer(t *testing.T) {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.knocks.Add(1)
		if d.silent {
			d.mu.Lock()
			d.kept = append(d.kept, conn)
			d.mu.Unlock()
			continue
		}
		check(t, conn.Close())
	}
}

func (d *door) address() postgres.Address {
	at := netip.MustParseAddrPort(d.listener.Addr().String())
	return postgres.Address{Host: at.Addr().String(), Port: int(at.Port()), User: "nobody", Name: "nothing"}
}

func TestAnUnreachableDatabaseIsAskedByOneOfMany(t *testing.T) {
	for name, silent := range map[string]bool{"it refuses": false, "it is silent": true} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t, silent)
			r := newReplica(t, d.address())
			if err := r.Ping(t.Context()); errs.KindOf(err) != errs.Unavailable || !postgres.Unreachable(err) {
				t.Fatalf("got %v", err)
			}
			first := d.knocks.Load()
			const calls = 2000
			var waiting sync.WaitGroup
			for range calls {
				waiting.Go(func() {
					if err := r.Ping(t.Context()); errs.KindOf(err) != errs.Unavailable {
						t.Errorf("got %v", err)
					}
				})
			}
			waiting.Wait()
			if more := d.knocks.Load() - first; more > calls/50 {
				t.Errorf("%d connections for %d calls", more, calls)
			}
		})
	}
}

func TestAClientThatLeavesSaysNothingAboutTheDatabase(t *testing.T) {
	r := newReplica(t, observed(t, 0))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	expired, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	for range 10 {
		if err := r.Ping(canceled); err == nil {
			t.Error("a cancelled call succeeded")
		}
		if err := r.Ping(expired); err == nil {
			t.Error("an expired call succeeded")
		}
		if err := r.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAStoppedServerIsNoticedAndWelcomedBack(t *testing.T) {
	dir, err := servers.NewDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, dir.Remove()) })
	check(t, servers.InitDB(t.Context(), dir.Path))
	server := startServer(t, dir.Path, nil)
	address := superuser(server)
	address.Host = "127.0.0.1"
	r, m := newReplica(t, address), newMain(t, address, time.Minute)
	check(t, r.Ping(t.Context()))
	check(t, m.Ping(t.Context()))

	check(t, server.Pause())
	stopped := time.Now()
	for what, err := range map[string]error{"replica": r.Ping(t.Context()), "main": m.Ping(t.Context())} {
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s of a stopped server: %v", what, err)
		}
	}
	if since := m.AwaySince(); since.IsZero() || time.Since(stopped) > 10*time.Second {
		t.Errorf("after %v the main database is away since %v", time.Since(stopped), since)
	}
	// What the executor hears of it all others need not find out.
	if err := m.Ping(t.Context()); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("got %v", err)
	}
	check(t, server.Continue())
	session, err := m.Session(t.Context(), "executor")
	if err != nil {
		t.Fatal(err)
	}
	check(t, m.Ping(t.Context()))
	session.Close()
	eventually(t, "both are back", func() bool { return r.Ping(t.Context()) == nil && m.Ping(t.Context()) == nil })

	check(t, server.Crash())
	again, err := servers.StartPostgreSQL(t.Context(), dir.Path, server.Port, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, again.Crash()) })
	eventually(t, "both are back after a crash", func() bool { return r.Ping(t.Context()) == nil && m.Ping(t.Context()) == nil })
}

// Once a database that refused everybody lets the first in, the others need not wait for what he waits for.
func TestADatabaseThatLetsSomebodyInIsThereForAll(t *testing.T) {
	dir, err := servers.NewDir()
	check(t, err)
	t.Cleanup(func() { check(t, dir.Remove()) })
	check(t, servers.InitDB(t.Context(), dir.Path))
	visitor := superuser(startServer(t, dir.Path, nil))
	owner := pgtest.Connect(t, visitor)
	execute(t, owner, "create role visitor login connection limit 0")
	visitor.User = "visitor"
	m := newMain(t, visitor, 20*time.Second)
	if err := m.Ping(t.Context()); postgres.SQLState(err) != "53300" || m.AwaySince().IsZero() {
		t.Fatalf("got %v", err)
	}
	execute(t, owner, "alter role visitor connection limit -1")
	execute(t, owner, "select pg_advisory_lock(1)")
	first := make(chan error, 1)
	go func() {
		for tick := time.NewTicker(10 * time.Millisecond); ; <-tick.C {
			if _, err := m.Any().Exec(t.Context(), "select pg_advisory_xact_lock(1)"); postgres.SQLState(err) != "53300" {
				first <- err
				return
			}
		}
	}()
	eventually(t, "the first waits", func() bool {
		var waits bool
		check(t, owner.QueryRow(t.Context(), "select exists (select from pg_locks where locktype = 'advisory' and not granted)").Scan(&waits))
		return waits
	})
	check(t, m.Ping(t.Context()))
	execute(t, owner, "select pg_advisory_unlock(1)")
	check(t, <-first)
}
