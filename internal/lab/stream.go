package lab

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// stream is one direction of a connection.
type stream struct {
	conn      *conn
	direction Direction
	pacer     *pacer
	queue     *queue
	ended     chan struct{} // closed when the sender has ended the stream
	opened    time.Time     // when the connect went through; what was sent before starts its way then
	lost      atomic.Bool   // something was lost: nothing passes any more
}

func newStream(c *conn, d Direction, p *pacer) *stream {
	return &stream{conn: c, direction: d, pacer: p, queue: newQueue(), ended: make(chan struct{})}
}

// receive takes what the sender sends and puts it under way, stamped with the time. The last chunk is the end.
func (s *stream) receive(from *net.TCPConn) {
	defer close(s.ended)
	s.conn.note(from.SetReadBuffer(receiveBuffer))
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !s.put(chunk{bytes: append([]byte(nil), buffer[:n]...), sent: time.Now()}) {
			return
		}
		if err != nil {
			s.queue.add(chunk{end: true, reset: !errors.Is(err, io.EOF), sent: time.Now()})
			return
		}
	}
}

// put waits until the line has room for a chunk; false if the connection was aborted.
func (s *stream) put(c chunk) bool {
	for {
		condition := s.conn.link.condition()
		if s.queue.size() < condition.window() {
			s.queue.add(c)
			return true
		}
		select {
		case <-s.queue.room:
		case <-condition.changed:
		case <-s.conn.aborted:
			return false
		}
	}
}

// deliver hands what is under way to the receiver, until the end: after its delay, at the line's rate, and only what
// the link admits. A receiver that is gone answers with a reset, which reaches the sender unless it is lost on its way
// back.
func (s *stream) deliver(to, from *net.TCPConn, back *stream) {
	for {
		c, ok := s.queue.take(s.conn.aborted)
		if !ok {
			return
		}
		if !s.lost.Load() && !s.pass(c, to) && back.whole() {
			s.conn.reset(from)
		}
		if s.lost.Load() && s.conn.path.bounded {
			s.conn.abortWhenWhole()
			return
		}
		if c.end {
			return
		}
	}
}

// pass moves one chunk over the line; false if the receiver is gone.
func (s *stream) pass(c chunk, to *net.TCPConn) bool {
	if !s.travel(c) {
		return true
	}
	if c.end {
		return s.passEnd(c, to)
	}
	for rest := c.bytes; len(rest) > 0; {
		size := s.pace(len(rest))
		admitted := s.conn.link.admit(s.conn.path, s.direction, size)
		if admitted > 0 {
			if _, err := to.Write(rest[:admitted]); err != nil {
				return false
			}
		}
		if admitted < size {
			s.lost.Store(true)
			return true
		}
		rest = rest[size:]
	}
	return true
}

func (s *stream) passEnd(c chunk, to *net.TCPConn) bool {
	switch {
	case !s.whole():
		return true
	case c.reset:
		s.conn.reset(to)
		return true
	default:
		return to.CloseWrite() == nil
	}
}

// whole reports whether the end of a stream gets through; if not, the stream is lost.
func (s *stream) whole() bool {
	if s.lost.Load() {
		return false
	}
	if s.conn.link.loses(s.direction) {
		s.lost.Store(true)
		return false
	}
	return true
}

// travel waits for as long as a chunk is under way; false if an accident on the way ended the connection.
func (s *stream) travel(c chunk) bool {
	sent := c.sent
	if sent.Before(s.opened) {
		sent = s.opened
	}
	s.wait(func(now condition) time.Time { return sent.Add(now.delay) })
	if c.end {
		return true
	}
	pause, accident := s.conn.link.condition().accident()
	if accident {
		s.conn.refuse()
		return false
	}
	until := time.Now().Add(pause)
	s.wait(func(now condition) time.Time {
		if now.stall == 0 {
			return time.Time{}
		}
		return until
	})
	return true
}

// pace waits until the line has room for the first of n bytes and returns for how many.
func (s *stream) pace(n int) int {
	size, at := s.pacer.reserve(n, s.conn.link.condition().rate)
	s.wait(func(now condition) time.Time {
		if now.rate == 0 {
			return time.Time{}
		}
		return at
	})
	return size
}

// wait waits until the time that until names for the link as it is, asking again whenever the link changes.
func (s *stream) wait(until func(condition) time.Time) {
	for {
		condition := s.conn.link.condition()
		left := time.Until(until(condition))
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-condition.changed:
		case <-s.conn.aborted:
			timer.Stop()
			return
		}
		timer.Stop()
	}
}
