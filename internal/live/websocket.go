package live

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// Subprotocol is the one that a client offers who offers any.
const Subprotocol = "opsdb"

const (
	// pingEvery finds those out whose connection has died without a word.
	pingEvery   = 20 * time.Second
	pongTimeout = 10 * time.Second
)

// socket is a wire.
type socket struct {
	*websocket.Conn
	under *conn
	ctx   context.Context // ends with the connection
}

// WebSocket serves the stream over the connection of a request, whose handshake must be checked, and returns when it has
// ended. Nothing is to come from the reader: whoever sends a message is closed with 1008.
func (s *Stream) WebSocket(w http.ResponseWriter, r *http.Request) error {
	defer s.leave()
	under := &conn{}
	conn, err := websocket.Accept(&hijacker{w, under}, r, &websocket.AcceptOptions{
		Subprotocols: []string{Subprotocol}, InsecureSkipVerify: true, // pages of other origins are refused before
		CompressionMode: websocket.CompressionDisabled, // a message is encoded once for all
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	to := &socket{Conn: conn, under: under, ctx: conn.CloseRead(ctx)}
	pinged := make(chan struct{})
	go func() {
		defer close(pinged)
		to.ping(s.hub.stop)
		cancel()
	}()
	s.serve(ctx, to)
	cancel()
	<-pinged
	_ = conn.CloseNow() //nolint:errcheck // it is closed already, mostly
	return nil
}

// ping returns when the reader has left or is to be given up: he shows no sign of life, or the process ends and he does not
// take the last words.
func (s *socket) ping(stop <-chan struct{}) {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-stop:
			select {
			case <-s.ctx.Done():
			case <-time.After(stopWithin):
			}
			return
		case <-ticker.C:
		}
		if !s.alive(stop, pongTimeout) {
			return
		}
	}
}

// alive tells whether the reader answers a ping in time, or takes what stands before it, which is much when he is behind and
// far away. When the process ends it does not wait for that.
func (s *socket) alive(stop <-chan struct{}, within time.Duration) bool {
	before := s.under.passed.Load()
	ctx, cancel := context.WithTimeout(s.ctx, within)
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	if s.Ping(ctx) == nil || s.under.passed.Load() != before {
		return true
	}
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// send has no limit of its own, which would cost more than the message: a reader who takes nothing of it does not answer the
// next ping, either, and the end of s.ctx closes the connection.
func (s *socket) send(_ spot, _ string, message []byte) error {
	return s.Write(context.Background(), websocket.MessageText, message)
}

func (s *socket) offer(f frame) (taken, whole bool) { return s.under.offer(f.framed) }

func (s *socket) flush() error {
	_, err := s.under.Write(nil)
	return err
}

func (s *socket) gone() <-chan struct{} { return s.ctx.Done() }

func (s *socket) close(code int, reason string) {
	_ = s.Close(websocket.StatusCode(code), reason) //nolint:errcheck // the reader may have left meanwhile
}
