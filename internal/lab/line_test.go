package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"
)

// line is a link to a server of the test, which hands over its ends of the connections.
type line struct {
	*Link
	t        *testing.T
	server   *net.TCPListener
	accepted chan *net.TCPConn
}

func newLine(t *testing.T) *line {
	t.Helper()
	server, err := listen(0)
	if err != nil {
		t.Fatal(err)
	}
	var free ports
	numbers := make([]int, 2)
	for i := range numbers {
		if numbers[i], err = free.take(); err != nil {
			t.Fatal(err)
		}
	}
	link, err := openLink("observatory", netip.MustParseAddrPort(server.Addr().String()), numbers[0], numbers[1], slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Link: link, t: t, server: server, accepted: make(chan *net.TCPConn, 100)}
	go func() {
		for {
			c, err := server.AcceptTCP()
			if err != nil {
				close(l.accepted)
				return
			}
			l.accepted <- c
		}
	}()
	t.Cleanup(func() {
		discard(t, server)
		if err := errors.Join(link.Close(), free.release()); err != nil {
			t.Error(err)
		}
		for c := range l.accepted {
			discard(t, c)
		}
	})
	return l
}

// dial connects on the path of the APIs.
func (l *line) dial() *net.TCPConn { return l.dialPath(l.api) }

func (l *line) dialPath(p *path) *net.TCPConn {
	l.t.Helper()
	c, err := l.tryDial(p)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.mine(c)
}

func (l *line) tryDial(p *path) (*net.TCPConn, error) {
	dialer := net.Dialer{Timeout: 10 * time.Second}
	return dialer.DialTCP(l.t.Context(), "tcp", netip.AddrPort{}, loopback(p.port))
}

// connect returns both ends of a new connection.
func (l *line) connect() (site, main *net.TCPConn) {
	l.t.Helper()
	site = l.dial()
	return site, l.accept()
}

func (l *line) accept() *net.TCPConn {
	l.t.Helper()
	select {
	case c := <-l.accepted:
		return l.mine(c)
	case <-time.After(10 * time.Second):
		l.t.Fatal("nobody connects")
		return nil
	}
}

func (l *line) mine(c *net.TCPConn) *net.TCPConn {
	l.t.Helper()
	l.t.Cleanup(func() { discard(l.t, c) })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
	return c
}

func discard(t *testing.T, c io.Closer) {
	if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func (l *line) send(c net.Conn, text string) {
	l.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) expect(c net.Conn, text string) {
	l.t.Helper()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil {
		l.t.Fatalf("got %q instead of %q: %v", got, text, err)
	}
	if string(got) != text {
		l.t.Fatalf("got %q instead of %q", got, text)
	}
}

// expectEnd expects that nothing more comes but the end: a FIN (io.EOF) or a RST (ECONNRESET).
func (l *line) expectEnd(c net.Conn, end error) {
	l.t.Helper()
	n, err := c.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, end) {
		l.t.Fatalf("got %d bytes and %v instead of %v", n, err, end)
	}
}

func (l *line) eventually(what string, holds func(LinkState) bool) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 10*time.Second)
	defer cancel()
	if err := Until(ctx, what, func(context.Context) error {
		if s := l.State(); !holds(s) {
			return fmt.Errorf("the link is %+v", s)
		}
		return nil
	}); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func silent(s LinkState) bool { return s.Silent == 1 }

func connections(n int) func(LinkState) bool {
	return func(s LinkState) bool { return s.Connections == n }
}
