package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// receiveBuffer bounds what the kernel takes from a sender before the link does: without it a slow link would seem to
// take megabytes at once.
const receiveBuffer = 128 << 10

// conn is one TCP connection across the link: one to the site and, once the connect has gone through, one to the main
// database.
type conn struct {
	path *path
	link *Link
	site *net.TCPConn
	up   *stream
	down *stream

	mu      sync.Mutex
	main    *net.TCPConn  // nil until the connect went through
	aborted chan struct{} // closed when both ends were reset
}

func newConn(p *path, site *net.TCPConn) *conn {
	c := &conn{path: p, link: p.link, site: site, aborted: make(chan struct{})}
	c.up = newStream(c, Up, &p.link.up)
	c.down = newStream(c, Down, &p.link.down)
	return c
}

// carry moves bytes until both ends have ended or the link is closed.
func (c *conn) carry() {
	defer c.link.remove(c)
	var work sync.WaitGroup
	work.Go(func() { c.up.receive(c.site) })
	if main := c.connect(); main != nil {
		work.Go(func() { c.down.receive(main) })
		work.Go(func() { c.up.deliver(main, c.site, c.down) })
		work.Go(func() { c.down.deliver(c.site, main, c.up) })
		work.Wait()
		c.note(errors.Join(c.site.Close(), main.Close()))
		return
	}
	c.abort()
	work.Wait()
}

// connect waits until the link lets the connect through, a round trip longer, and dials the main database. It returns
// nil if the site has given up meanwhile or the database does not listen.
func (c *conn) connect() *net.TCPConn {
	for {
		condition := c.link.condition()
		if condition.whole && !c.pause(2*condition.delay) {
			return nil
		}
		if condition.whole && c.link.condition().whole {
			break
		}
		select {
		case <-condition.changed:
		case <-c.up.ended:
			return nil
		case <-c.aborted:
			return nil
		}
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	main, err := dialer.DialTCP(context.Background(), "tcp", netip.AddrPort{}, c.link.main)
	if err != nil {
		c.link.log.Debug("the main database does not answer the link", "site", c.link.site, "error", err)
		return nil
	}
	c.up.opened = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.main = main
	select {
	case <-c.aborted:
		c.reset(main)
	default:
	}
	return main
}

// pause waits; false if the connection ended first.
func (c *conn) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.up.ended:
	case <-c.aborted:
	}
	select {
	case <-c.up.ended:
		return false
	case <-c.aborted:
		return false
	default:
		return true
	}
}

// abortWhenWhole resets both ends of a connection that lost something, once the link is whole.
func (c *conn) abortWhenWhole() {
	for {
		condition := c.link.condition()
		if condition.whole {
			c.abort()
			return
		}
		select {
		case <-condition.changed:
		case <-c.aborted:
			return
		}
	}
}

// refuse resets those ends that still hear the other; an end that is already cut off stays so.
func (c *conn) refuse() {
	c.mu.Lock()
	main := c.main
	c.mu.Unlock()
	if main == nil {
		c.abort()
		return
	}
	if !c.up.lost.Load() {
		c.reset(main)
	}
	if !c.down.lost.Load() {
		c.reset(c.site)
	}
}

// abort resets both ends, whatever they have lost.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.aborted:
		return
	default:
	}
	close(c.aborted)
	c.reset(c.site)
	if c.main != nil {
		c.reset(c.main)
	}
}

// reset ends one half of the connection by RST, if it has not ended yet.
func (c *conn) reset(half *net.TCPConn) {
	c.note(errors.Join(half.SetLinger(0), half.Close()))
}

// note logs what went wrong with a socket. Nobody could act upon it: its connection has ended anyway.
func (c *conn) note(err error) {
	if err != nil && !errors.Is(err, net.ErrClosed) {
		c.link.log.Debug("socket of the link", "site", c.link.site, "error", err)
	}
}
