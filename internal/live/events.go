package live

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// writeTimeout is how long a reader may take for a message; then he is cut without a word, which he would not read.
const writeTimeout = 30 * time.Second

// eventStream is a wire of server-sent events.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	ended   <-chan struct{}
	stop    <-chan struct{} // closed when the process ends

	limiting sync.Mutex // the shorter limit must not be set before the longer one
}

// Events serves the stream as server-sent events and returns when it has ended. ctx is that of the request.
func (s *Stream) Events(ctx context.Context, w http.ResponseWriter) error {
	defer s.leave()
	to := &eventStream{w: w, control: http.NewResponseController(w), ended: ctx.Done(), stop: s.hub.stop}
	// The limits of the server are for answers that end.
	if err := to.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy would gather what is to go out at once
	w.WriteHeader(http.StatusOK)
	served, hastened := make(chan struct{}), make(chan error, 1)
	go func() { hastened <- to.hasten(served) }()
	s.serve(ctx, to)
	close(served)
	return <-hastened
}

// hasten ends a message that the reader does not take when the process ends.
func (e *eventStream) hasten(served <-chan struct{}) error {
	select {
	case <-served:
		return nil
	case <-e.stop:
		return e.limit()
	}
}

// limit bounds how long the reader may take for the message that is being sent.
func (e *eventStream) limit() error {
	e.limiting.Lock()
	defer e.limiting.Unlock()
	within := writeTimeout
	select {
	case <-e.stop:
		within = stopWithin
	default:
	}
	return e.control.SetWriteDeadline(time.Now().Add(within))
}

func (e *eventStream) send(at spot, kind string, message []byte) error {
	if err := e.limit(); err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString("id: " + at.epoch + ":" + strconv.FormatUint(at.offset, 10) + "\nevent: " + kind + "\ndata: ")
	text.Write(message)
	text.WriteString("\n\n")
	if _, err := e.w.Write(text.Bytes()); err != nil {
		return err
	}
	return e.control.Flush()
}

// offer takes nothing: a shell's stream is sent at the pace of its own goroutine.
func (e *eventStream) offer(frame) (taken, whole bool) { return false, false }

func (e *eventStream) flush() error { return nil }

func (e *eventStream) gone() <-chan struct{} { return e.ended }

func (e *eventStream) close(int, string) {}
