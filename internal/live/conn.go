package live

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
)

const (
	// sendBuffer bounds what stands before a ping in the buffers of this machine: over 64 kB/s it is gone in half the time that
	// the answer may take.
	sendBuffer = 128 << 10
	pieceBytes = 64 << 10
)

// conn is the connection of a WebSocket. The library writes to it as to any other; beside it, messages that were framed once
// for all readers go to it as far as it takes them without waiting. It is safe for concurrent use.
type conn struct {
	net.Conn
	raw syscall.RawConn // nil: it never takes anything without waiting

	passed atomic.Int64 // bytes that the connection has taken

	mu     sync.Mutex
	rest   []byte // of a message that was taken in part; nil: there is none
	closed bool   // a close frame was written, behind which nothing may come
}

// Write writes what is left of a message, and p, which is a frame or a part of one.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rest != nil {
		n, err := c.pass(c.rest)
		c.rest = c.rest[n:]
		if err != nil {
			return 0, err
		}
		c.rest = nil // its message is shared, and may go
	}
	if len(p) == 0 {
		return 0, nil
	}
	c.closed = c.closed || closing(p)
	return c.pass(p)
}

// pass writes in pieces, so that it shows how far a long message has come.
func (c *conn) pass(p []byte) (n int, err error) {
	for piece := range slices.Chunk(p, pieceBytes) {
		m, err := c.Conn.Write(piece)
		c.passed.Add(int64(m))
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// offer writes a framed message if that can be done at once. It tells whether the message is on its way, and whether all of
// it is: if not, Write must be called.
func (c *conn) offer(framed []byte) (taken, whole bool) {
	if c.raw == nil || !c.mu.TryLock() {
		return false, false
	}
	defer c.mu.Unlock()
	if c.closed || c.rest != nil {
		return false, false
	}
	n := 0
	err := c.raw.Write(func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), framed) //nolint:errcheck,gosec // whoever writes next meets the error
		return true
	})
	if err != nil || n <= 0 {
		return false, false
	}
	c.passed.Add(int64(n))
	if n < len(framed) {
		c.rest = framed[n:]
	}
	return true, c.rest == nil
}

// hijacker hands a conn to whoever takes over the connection of a request.
type hijacker struct {
	http.ResponseWriter
	conn *conn
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	plain, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.conn.Conn = plain
	if buffering, ok := plain.(interface{ SetWriteBuffer(bytes int) error }); ok {
		if err := buffering.SetWriteBuffer(sendBuffer); err != nil {
			return nil, nil, errors.Join(err, plain.Close())
		}
	}
	if system, ok := plain.(syscall.Conn); ok {
		if h.conn.raw, err = system.SyscallConn(); err != nil {
			return nil, nil, err
		}
	}
	return h.conn, bufio.NewReadWriter(buffered.Reader, bufio.NewWriter(h.conn)), nil
}

// The first two bytes of frames; RFC 6455, section 5.2.
const (
	finalText  = 0x81
	finalClose = 0x88
	length16   = 126
	length64   = 127
)

// closing tells whether what the library writes is a close frame, which it always writes in one piece.
func closing(p []byte) bool { return len(p) > 1 && p[0] == finalClose && int(p[1]) == len(p)-2 }

// framed returns a text message in one frame of a server, which is not masked.
func framed(text []byte) []byte {
	frame := make([]byte, 0, len(text)+10)
	switch n := len(text); {
	case n < length16:
		frame = append(frame, finalText, byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, finalText, length16), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, finalText, length64), uint64(n))
	}
	return append(frame, text...)
}
