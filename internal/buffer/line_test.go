package buffer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/internal/postgres"
)

// line is a way to a database that can lose bytes without a word. A connection that has lost some stays silent for ever.
type line struct {
	listener net.Listener
	to       postgres.Address
	delay    time.Duration // of every chunk, each way
	work     sync.WaitGroup

	mu    sync.Mutex
	ends  []net.Conn
	cut   bool
	after string // cuts once that was sent to the database
	asked int    // connections so far
}

// newLine lays a line for as long as the test.
func newLine(t *testing.T, to postgres.Address, delay time.Duration) *line {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, to: to, delay: delay}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	l.work.Go(func() { l.accept(ctx) })
	t.Cleanup(func() {
		cancel()
		err := listener.Close()
		l.mu.Lock()
		for _, end := range l.ends {
			if closing := end.Close(); !errors.Is(closing, net.ErrClosed) {
				err = errors.Join(err, closing)
			}
		}
		l.mu.Unlock()
		l.work.Wait()
		if err != nil {
			t.Error(err)
		}
	})
	return l
}

// address is the near end of the line.
func (l *line) address() postgres.Address {
	at := netip.MustParseAddrPort(l.listener.Addr().String())
	a := l.to
	a.Host, a.Port = at.Addr().String(), int(at.Port())
	return a
}

// swallow loses everything from now on.
func (l *line) swallow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
}

// swallowAfter loses everything once the database was sent that text.
func (l *line) swallowAfter(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.after = text
}

// heal lets new connections through.
func (l *line) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut, l.after = false, ""
}

func (l *line) connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

func (l *line) accept(ctx context.Context) {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		network, address := pgconn.NetworkAddress(l.to.Host, uint16(l.to.Port))
		var dialer net.Dialer
		far, err := dialer.DialContext(ctx, network, address)
		l.mu.Lock()
		l.asked++
		l.ends = append(l.ends, near)
		if err != nil {
			l.mu.Unlock()
			continue
		}
		l.ends = append(l.ends, far)
		l.mu.Unlock()
		var lost sync.Once
		silent := make(chan struct{})
		silence := func() { lost.Do(func() { close(silent) }) }
		l.work.Go(func() { l.carry(far, near, true, silent, silence) })
		l.work.Go(func() { l.carry(near, far, false, silent, silence) })
	}
}

// carry moves bytes one way, until one of them was lost.
func (l *line) carry(to, from net.Conn, up bool, silent <-chan struct{}, silence func()) {
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		if n > 0 && l.delay > 0 {
			<-time.After(l.delay)
		}
		l.mu.Lock()
		if l.cut {
			silence()
		}
		if up && l.after != "" && bytes.Contains(chunk[:n], []byte(l.after)) {
			l.cut = true
		}
		l.mu.Unlock()
		select {
		case <-silent:
			// Whoever sends hears nothing of it.
			_, _ = io.Copy(io.Discard, from) //nolint:errcheck // the test ends it
			return
		default:
		}
		if n > 0 {
			if _, err := to.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if closing := to.Close(); closing != nil {
				return
			}
			return
		}
	}
}
