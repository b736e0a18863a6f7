package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// silence is how long nothing may be heard of a database that somebody waits for: ten round trips over half the world.
	silence = 2500 * time.Millisecond
	// looks is how many times in it one looks. Looks are counted, not time: a process that stands still hears nothing.
	looks = 10
	// looksAsked is how many silent looks come before each question. A link that loses packets holds up one connection
	// and not another.
	looksAsked = 3
)

// ErrSilent is the cause of a context that ended because nothing was heard of the database any more.
var ErrSilent = errors.New("nothing is heard of it any more")

// pulse tells those who wait for a database whether it still lives. It hears every byte that arrives from it, on
// whatever connection of this process, and asks for one when there is none. All who wait share the questions, and share
// the verdict: a statement may take as long as it needs while the server can be heard.
type pulse struct {
	silenced func(since time.Time) // is told before those who wait
	last     moment                // when something was heard
	admitted moment                // when a connection became one of the server's
	ctx      context.Context
	close    context.CancelFunc
	asked    sync.WaitGroup

	mu      sync.Mutex
	network string
	address string // where it was last reached; before, as it was given
	waiting map[*waiter]struct{}
	open    map[*hearing]struct{}
	seen    int64     // last, at the look before
	silent  int       // looks since
	since   time.Time // somebody waits
	timer   *time.Timer
}

type waiter struct{ cancel context.CancelCauseFunc }

func newPulse(network, address string) *pulse {
	p := &pulse{network: network, address: address, waiting: make(map[*waiter]struct{}), open: make(map[*hearing]struct{})}
	p.ctx, p.close = context.WithCancel(context.Background())
	p.timer = time.AfterFunc(time.Hour, p.look)
	p.timer.Stop()
	return p
}

// end forgets who waits, and asks no more.
func (p *pulse) end() {
	p.mu.Lock()
	clear(p.waiting)
	p.timer.Stop()
	p.close()
	p.mu.Unlock()
	p.asked.Wait()
}

// hear notes a sign of life.
func (p *pulse) hear() { p.last.pass() }

// heard returns when the last sign of life came, zero when none ever has.
func (p *pulse) heard() time.Time { return p.last.at() }

// wait returns a context that ends with ErrSilent when nothing is heard of the database. stop ends the waiting.
func (p *pulse) wait(ctx context.Context) (_ context.Context, stop context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &waiter{cancel}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.seen, p.silent, p.since = p.last.nanoseconds.Load(), 0, time.Now()
		p.timer.Reset(silence / looks)
	}
	p.waiting[w] = struct{}{}
	return ctx, func() {
		cancel(nil)
		p.leave(w)
	}
}

func (p *pulse) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if delete(p.waiting, w); len(p.waiting) == 0 {
		p.timer.Stop()
	}
}

// look is called every tenth of the silence while somebody waits.
func (p *pulse) look() {
	if since := p.listen(); !since.IsZero() {
		p.silenced(since)
		p.giveUp()
	}
}

// listen returns since when nothing is heard, once that is for so long that it counts.
func (p *pulse) listen() (since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		return since
	}
	p.silent++
	if last := p.last.nanoseconds.Load(); last != p.seen {
		p.seen, p.silent = last, 0
	}
	if p.silent == looks {
		if heard := p.heard(); heard.After(p.since) {
			return heard
		}
		return p.since
	}
	if p.silent%looksAsked == 1 {
		p.asked.Go(func() {
			// An error is silence, which is counted.
			if p.ask() == nil {
				p.hear()
			}
		})
	}
	p.timer.Reset(silence / looks)
	return since
}

// giveUp tells all who wait. What they waited on would hold its place for long yet: the driver says goodbye to a server
// before it lets a connection go.
func (p *pulse) giveUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.waiting {
		w.cancel(ErrSilent)
	}
	for h := range p.open {
		_ = h.Conn.Close() //nolint:errcheck // nobody is there who could hear of it
	}
	clear(p.waiting)
	clear(p.open)
}

// ask makes the server say a byte, on a connection of its own: before a server wants to know who connects, it tells what
// it thinks of encryption. It is asked where it was last reached: a name that cannot be looked up says nothing about it.
func (p *pulse) ask() (err error) {
	ctx, cancel := context.WithTimeout(p.ctx, silence)
	defer cancel()
	p.mu.Lock()
	network, address := p.network, p.address
	p.mu.Unlock()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	at, _ := ctx.Deadline()
	if err := conn.SetDeadline(at); err != nil {
		return err
	}
	const gssEncryption = 80877104
	question := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), gssEncryption)
	if _, err := conn.Write(question); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 1))
	return err
}

// dial connects. The connection has admitTimeout to become one of the server's, and is closed before when nothing is heard of
// that: the driver dials also to have a statement cancelled, and that would wait for a silent server for long.
func (p *pulse) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(admitTimeout)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	h := &hearing{conn, p}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[h] = struct{}{}
	p.network, p.address = network, address
	return h, nil
}

// hearing is a connection whose bytes are signs of life.
type hearing struct {
	net.Conn
	pulse *pulse
}

// Read implements net.Conn.
func (h *hearing) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 {
		h.pulse.hear()
	}
	return n, err
}

// Close implements net.Conn.
func (h *hearing) Close() error {
	h.pulse.mu.Lock()
	delete(h.pulse.open, h)
	h.pulse.mu.Unlock()
	return h.Conn.Close()
}
