package postgres_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// behind returns the address of a server behind a thin link: everything takes a while, and a few bytes at a time come back.
func behind(t *testing.T, server postgres.Address, delay time.Duration) postgres.Address {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(server.Host, uint16(server.Port))
	var work sync.WaitGroup
	carry := func(to, from net.Conn, atOnce int) {
		defer to.Close()   //nolint:errcheck // the other direction may have closed it
		defer from.Close() //nolint:errcheck // likewise
		part := make([]byte, atOnce)
		for {
			n, err := from.Read(part)
			if err != nil {
				return
			}
			<-time.After(delay)
			if _, err := to.Write(part[:n]); err != nil {
				return
			}
		}
	}
	work.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := new(net.Dialer).DialContext(t.Context(), network, address)
			if err != nil {
				t.Error(err)
				return
			}
			work.Go(func() { carry(far, near, 64<<10) })
			work.Go(func() { carry(near, far, 64) })
		}
	})
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
	})
	at := netip.MustParseAddrPort(listener.Addr().String())
	server.Host, server.Port = at.Addr().String(), int(at.Port())
	return server
}

// A link that others have filled lets the executor and everybody else connect, however many round trips that takes.
func TestConnectingTakesAsLongAsSomethingIsHeard(t *testing.T) {
	t.Parallel()
	m, err := postgres.NewMain(t.Context(), behind(t, pgtest.New(t), 500*time.Millisecond), "test", 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	var work sync.WaitGroup
	work.Go(func() {
		if err := m.Ping(t.Context()); err != nil {
			t.Errorf("the pool: %v", err)
		}
	})
	began := time.Now()
	session, err := m.Session(t.Context(), "executor")
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 4*time.Second {
		t.Errorf("it took only %v", took)
	}
	session.Close()
	work.Wait()
}

// A server that takes a connection and never says a word is given up as soon as one that cannot be reached.
func TestConnectingEndsWhenNothingIsHeard(t *testing.T) {
	t.Parallel()
	m, err := postgres.NewMain(t.Context(), newDoor(t, true).address(), "test", 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	if session, err := m.Session(ctx, "executor"); err == nil {
		session.Close()
		t.Error("it let somebody in")
	}
	if ctx.Err() != nil {
		t.Error("it was waited for until the client lost patience")
	}
}
