package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

// A clock that is set does not turn what was heard before a verdict into what came after it.
func TestSignsOfLifeAreTimedByAClockThatNobodySets(t *testing.T) {
	p := newPulse("tcp", "127.0.0.1:1")
	if !p.heard().IsZero() {
		t.Error("something was heard already")
	}
	p.hear()
	if at := p.heard().String(); !strings.Contains(at, "m=") {
		t.Errorf("it is timed by the clock on the wall: %s", at)
	}
}

// far is a server that answers each question after a while.
func far(t *testing.T, after time.Duration) Address {
	return serve(t, func(conn net.Conn) {
		if _, err := io.ReadFull(conn, make([]byte, 8)); err == nil {
			<-time.After(after)
			_, _ = conn.Write([]byte("N")) //nolint:errcheck // who has asked may be gone
		}
	})
}

// serve answers connections for as long as the test.
func serve(t *testing.T, answer func(net.Conn)) Address {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				answer(conn)
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	})
	t.Cleanup(func() {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
	})
	at := netip.MustParseAddrPort(listener.Addr().String())
	return Address{Host: at.Addr().String(), Port: int(at.Port()), User: "nobody", Name: "nothing"}
}

// While somebody waits for a database that can be heard it counts as heard, however thin the link.
func TestADatabaseBehindAThinLinkIsHeardAllTheTime(t *testing.T) {
	m, err := NewMain(t.Context(), far(t, 1500*time.Millisecond), "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	ctx, stop := m.WhileHeard(t.Context())
	defer stop()
	tick, end := time.NewTicker(20*time.Millisecond), time.After(8*time.Second)
	defer tick.Stop()
	for heard := false; ; {
		select {
		case <-end:
			if !heard {
				t.Error("it was not heard")
			}
			return
		case <-ctx.Done():
			t.Fatal(context.Cause(ctx))
		case <-tick.C:
			if now := m.Heard(); heard && !now {
				t.Fatalf("nothing was heard since %v", m.guard.pulse.heard())
			} else {
				heard = now
			}
		}
	}
}

// A server that is asked where it was last reached can be heard also while nobody knows its name.
func TestAServerIsAskedWhereItWasReached(t *testing.T) {
	a := far(t, 0)
	p := newPulse("tcp", "main.invalid:5432")
	t.Cleanup(p.end)
	if p.ask() == nil {
		t.Error("somebody of that name answers")
	}
	conn, err := p.dial(t.Context(), "tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if err := p.ask(); err != nil {
		t.Error(err)
	}
}

// A database that is starting says so to one at a time, also where its words take their time.
func TestADatabaseThatIsStartingIsAskedByOneOfMany(t *testing.T) {
	fatal := []byte("SFATAL\x00VFATAL\x00C57P03\x00Mstarting\x00\x00")
	fatal = append(binary.BigEndian.AppendUint32([]byte("E"), uint32(4+len(fatal))), fatal...)
	var asked atomic.Int64
	a := serve(t, func(conn net.Conn) {
		begin := make([]byte, 8)
		if _, err := io.ReadFull(conn, begin); err != nil {
			return
		}
		answer := []byte("N")
		if binary.BigEndian.Uint32(begin[4:]) == 3<<16 {
			asked.Add(1)
			<-time.After(300 * time.Millisecond)
			answer = fatal
		}
		_, _ = conn.Write(answer) //nolint:errcheck // who has asked may be gone
	})
	m, err := NewMain(t.Context(), a, "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	if err := m.Ping(t.Context()); SQLState(err) != "57P03" {
		t.Fatal(err)
	}
	before := asked.Load()
	const rounds = 300
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var calls sync.WaitGroup
	for range rounds {
		<-tick.C
		calls.Go(func() {
			if err := m.Ping(t.Context()); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("got %v", err)
			}
		})
	}
	calls.Wait()
	if n := asked.Load() - before; n == 0 || n > 4 {
		t.Errorf("it was asked %d times in %d calls", n, rounds)
	}
}

// What this side takes in at once says nothing about the other. What had to wait for room was let on by it.
func TestAFlightIsASignOfLifeWhenItIsLetOn(t *testing.T) {
	p := newPulse("tcp", "127.0.0.1:1")
	t.Cleanup(p.end)
	send := func(conn net.Conn) {
		w := &wire{Conn: conn, pulse: p}
		w.flying.Store(true)
		if _, err := w.Write(make([]byte, 200)); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	a := serve(t, func(net.Conn) {})
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)))
	if err != nil {
		t.Fatal(err)
	}
	if send(conn); !p.heard().IsZero() {
		t.Error("what nobody has taken from this side was heard")
	}

	near, far := net.Pipe()
	took := make(chan error, 1)
	go func() {
		<-time.After(200 * time.Millisecond)
		_, err := io.Copy(io.Discard, far)
		took <- errors.Join(err, far.Close())
	}()
	send(near)
	if err := <-took; err != nil {
		t.Error(err)
	}
	if p.heard().IsZero() {
		t.Error("what had to wait was not heard")
	}
}
