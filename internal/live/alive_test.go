package live

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// A reader far away, who takes what stands before a ping but cannot have come to it, is alive. One who takes nothing is not.
func TestAlive(t *testing.T) {
	t.Parallel()
	ready, over := make(chan *socket), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		under := &conn{}
		c, err := websocket.Accept(&hijacker{w, under}, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		ready <- &socket{Conn: c, under: under, ctx: c.CloseRead(t.Context())}
		<-over
		c.CloseNow() //nolint:errcheck // it may be closed already
	}))
	defer server.Close()
	defer close(over)
	var plain net.Conn
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		var err error
		plain, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return plain, err
	}}}
	reader, _, err := websocket.Dial(t.Context(), strings.Replace(server.URL, "http", "ws", 1), &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	defer reader.CloseNow() //nolint:errcheck // of a test
	s := <-ready
	go s.send(spot{}, "events", make([]byte, 1<<30)) //nolint:errcheck // it ends with the connection
	const within = time.Second
	stop := make(chan struct{})
	far := make(chan bool)
	go func() { far <- s.alive(stop, within) }()
	for waiting := true; waiting; {
		// As a reader does, but never so far that he could answer.
		if _, err := io.CopyN(io.Discard, plain, 1<<10); err != nil {
			t.Fatal(err)
		}
		select {
		case alive := <-far:
			waiting = false
			if !alive {
				t.Error("a reader who reads is given up")
			}
		default:
		}
	}
	for s.alive(stop, within/10) { // until the buffers are full
		if t.Context().Err() != nil {
			t.Fatal("a reader who reads nothing is alive")
		}
	}
	close(stop)
	if !s.alive(stop, time.Hour) {
		t.Error("it is given up because the process ends")
	}
}
