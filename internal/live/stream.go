package live

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

// Codes that a stream is closed with.
const (
	CodeGoingAway = 1001 // the process ends
	CodeTryLater  = 1013 // it cannot go on now
	CodeEnded     = 4001 // the credential has ended
	CodeTooSlow   = 4008 // the reader is
)

const (
	// heartbeatEvery is when a stream shows that it is alive, and its credential is looked at though nobody says that
	// anything has changed.
	heartbeatEvery = 15 * time.Second
	// readyWithin is how long a reader waits until this process has read the topics.
	readyWithin = 3 * time.Second
	// snapshotWithin bounds the making of a snapshot.
	snapshotWithin = 5 * time.Second
	// stopWithin is how long a reader may take for what is sent to him last when the process ends.
	stopWithin = 2 * time.Second
)

// Reader says who reads what.
type Reader struct {
	Topic     Topic
	Epoch     string // to go on behind Offset; empty: from now on
	Offset    uint64
	Principal string    // whose share of the streams it takes
	Expires   time.Time // of the credential; zero: never
	// Snapshot tells what the topic is like, the same for all readers of the topic.
	Snapshot func(context.Context) (json.RawMessage, error)
	// Check looks whether the reader may still read: errs.Unauthenticated and errs.Forbidden end the stream.
	Check func(context.Context) error
	// Changed returns what is closed when Check may have something new to say.
	Changed func() <-chan struct{}
}

// Stream is a stream that has begun: its first message is made, so that what goes wrong until then can still be answered
// as for any other request.
type Stream struct {
	hub    *Hub
	reader Reader
	window *window
	to     wire
	first  []byte
	leave  func()
	woken  chan struct{} // of one that waited

	mu    sync.Mutex
	waits bool // then the window sends, and moves the place
	at    spot // while it does not wait, its own goroutine has it alone; and so
	since spot // the end of the topic when the last message began to be sent
}

// wire carries the messages of a stream.
type wire interface {
	send(at spot, kind string, message []byte) error
	// offer sends what is the same for many, if that can be done at once. It tells whether that is on its way, and whether all of
	// it is: if not, flush must be called.
	offer(f frame) (taken, whole bool)
	flush() error
	// gone is closed when the reader is.
	gone() <-chan struct{}
	close(code int, reason string)
}

// Open begins a stream. WebSocket, Events or Close must be called on it. Errors: errs.Unavailable when there are too many
// streams or nothing can be read now, and those of the snapshot.
func (h *Hub) Open(ctx context.Context, r Reader) (*Stream, error) {
	leave, err := h.enter(r.Principal)
	if err != nil {
		return nil, err
	}
	s := &Stream{hub: h, reader: r, window: h.windows[r.Topic], leave: leave, woken: make(chan struct{}, 1)}
	if err := s.begin(ctx); err != nil {
		leave()
		return nil, err
	}
	return s, nil
}

// Close ends a stream that was never served.
func (s *Stream) Close() { s.leave() }

func (s *Stream) begin(ctx context.Context) error {
	asked := spot{s.reader.Epoch, s.reader.Offset}
	holds, err := s.await(ctx, asked)
	if err != nil {
		return err
	}
	if !holds {
		s.at, s.first, err = s.snapshot(ctx)
		return err
	}
	s.at = asked
	s.first = encoded(map[string]any{"type": "snapshot", "topic": s.reader.Topic, "epoch": asked.epoch, "offset": asked.offset, "recovered": true})
	return nil
}

// await tells whether everything after a place is there. It waits until this process has read the topic, and as far as the
// place: the process at which a reader was before may have read further, and a busy one may read late. Its error is
// errs.Unavailable when that takes too long.
func (s *Stream) await(ctx context.Context, asked spot) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for looked := ""; ; {
		_, _, changed, holds := s.window.next(asked)
		end, ready := s.window.end()
		switch {
		case holds:
			return true, nil
		case ready && (asked.epoch == "" || asked.epoch == end.epoch && asked.offset <= end.offset):
			return false, nil
		case ready && looked != end.epoch:
			told, err := s.hub.told(ctx, s.reader.Topic, asked)
			if err == nil && !told {
				return false, nil
			}
			looked = end.epoch
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false, errs.New(errs.Unavailable, "The events of this site cannot be read now.").After(time.Second)
		}
	}
}

// taken is a snapshot and its place: everything up to it is in the snapshot.
type taken struct {
	at   spot
	text []byte
}

// snapshot makes a message of what the topic is like. Those who ask at the same time share it.
func (s *Stream) snapshot(ctx context.Context) (spot, []byte, error) {
	made := s.hub.taking.DoChan(string(s.reader.Topic), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), snapshotWithin)
		defer cancel()
		at, _ := s.window.end()
		data, err := s.reader.Snapshot(ctx)
		if err != nil {
			return nil, err
		}
		return taken{at, encoded(map[string]any{
			"type": "snapshot", "topic": s.reader.Topic, "epoch": at.epoch, "offset": at.offset, "recovered": false, "data": data,
		})}, nil
	})
	select {
	case answer := <-made:
		if answer.Err != nil {
			return spot{}, nil, answer.Err
		}
		t := answer.Val.(taken) //nolint:errcheck // nothing else is returned
		return t.at, t.text, nil
	case <-ctx.Done():
		return spot{}, nil, ctx.Err()
	}
}

func encoded(message map[string]any) []byte {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err) // strings and numbers, and JSON that was made here
	}
	return text
}

// serve sends until the reader is gone or must go.
func (s *Stream) serve(ctx context.Context, to wire) {
	s.to = to
	defer s.window.forget(s)
	code, reason := s.run(ctx)
	s.resume()
	if code == 0 {
		return
	}
	// Who reads no more cannot be told, either.
	message := encoded(map[string]any{"type": "closing", "code": code, "reason": reason, "epoch": s.at.epoch, "offset": s.at.offset})
	if to.send(s.at, "closing", message) == nil {
		to.close(code, reason)
	}
}

// run returns with which code the stream ends; 0: the reader has left.
func (s *Stream) run(ctx context.Context) (code int, reason string) {
	if s.tell(s.at, s.first) != nil {
		return 0, ""
	}
	heart := time.NewTicker(heartbeatEvery)
	defer heart.Stop()
	expired, stop := s.expiry()
	defer stop()
	revised := s.reader.Changed()
	for {
		more, code, reason := s.advance(ctx)
		if more == nil {
			return code, reason
		}
		// Of several that are ready any one is chosen; those that end the stream come first.
		select {
		case <-s.hub.stop:
			return CodeGoingAway, "the server is shutting down"
		case <-s.to.gone():
			return 0, ""
		default:
		}
		select {
		case <-s.hub.stop:
		case <-s.to.gone():
		case <-ctx.Done():
			return 0, ""
		case <-expired:
			return CodeEnded, "the credential has expired"
		case <-revised:
			revised = s.reader.Changed()
			if why := s.refused(ctx); why != "" {
				return CodeEnded, why
			}
		case <-heart.C:
			if why := s.refused(ctx); why != "" {
				return CodeEnded, why
			}
			if s.beat() != nil {
				return 0, ""
			}
		case <-more:
		}
	}
}

// advance sends the next message, or lets the stream wait if there is none, and returns what is ready when there may be more.
// It returns nil when the stream has ended: with a code, or because the reader has left.
//
// A reader may fall as far behind as the window goes, and gets a new snapshot when more came than that: many events that come
// at once are not his fault. He is too slow when everything that there was to tell is gone before he has taken one message.
func (s *Stream) advance(ctx context.Context) (more <-chan struct{}, code int, reason string) {
	s.resume()
	if s.to.flush() != nil {
		return nil, 0, ""
	}
	message, behind, _, ok := s.window.next(s.at)
	switch {
	case !ok && s.window.forgotten(s.since):
		return nil, CodeTooSlow, "the messages were not read fast enough"
	case !ok:
		if code, reason := s.again(ctx); code != 0 {
			return nil, code, reason
		}
		return atOnce, 0, ""
	case behind == 0:
		return s.wait(), 0, ""
	}
	s.since = spot{s.at.epoch, s.at.offset + behind}
	at := spot{s.at.epoch, message.last}
	if s.to.send(at, "events", message.text) != nil {
		return nil, 0, ""
	}
	s.at = at
	return atOnce, 0, ""
}

// tell sends a snapshot, from whose place the stream goes on.
func (s *Stream) tell(at spot, snapshot []byte) error {
	s.since, _ = s.window.end()
	err := s.to.send(at, "snapshot", snapshot)
	s.at = at
	return err
}

// wait lets the window send what comes, and returns what is ready when this goroutine must.
func (s *Stream) wait() <-chan struct{} {
	s.mu.Lock()
	s.waits = true
	at := s.at
	s.mu.Unlock()
	if !s.window.wait(s, at) {
		return atOnce
	}
	return s.woken
}

// resume takes the sending over from the window.
func (s *Stream) resume() {
	s.mu.Lock()
	s.waits = false
	s.mu.Unlock()
}

// offer sends what came after a place to the reader if he waits there and it can be sent at once, and tells whether it was.
func (s *Stream) offer(before spot, f frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.waits || s.at != before {
		return false
	}
	taken, whole := s.to.offer(f)
	if taken {
		s.at.offset = f.last
		s.since = s.at
	}
	return whole
}

// rouse lets a stream that waited look itself.
func (s *Stream) rouse() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// beat shows that the stream is alive.
func (s *Stream) beat() error {
	s.resume()
	return s.to.send(s.at, "heartbeat", encoded(map[string]any{"type": "heartbeat", "epoch": s.at.epoch, "offset": s.at.offset, "at": time.Now().UTC()}))
}

// atOnce is always ready.
var atOnce = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// expiry returns what is ready when the credential has expired.
func (s *Stream) expiry() (<-chan time.Time, func() bool) {
	if s.reader.Expires.IsZero() {
		return nil, func() bool { return true }
	}
	timer := time.NewTimer(time.Until(s.reader.Expires))
	return timer.C, timer.Stop
}

// again sends a new snapshot to a reader whose place is no more.
func (s *Stream) again(ctx context.Context) (code int, reason string) {
	at, text, err := s.snapshot(ctx)
	if err != nil {
		return CodeTryLater, "what the topic is like cannot be told now"
	}
	if s.tell(at, text) != nil {
		return CodeTryLater, "it cannot be sent"
	}
	return 0, ""
}

// refused returns why the reader may read no more; empty when he may. Nothing is sent to him until that is known.
func (s *Stream) refused(ctx context.Context) string {
	s.resume()
	ctx, cancel := context.WithTimeout(ctx, snapshotWithin)
	defer cancel()
	err := s.reader.Check(ctx)
	switch errs.KindOf(err) {
	case errs.Unauthenticated:
		return "the credential is not good any more"
	case errs.Forbidden:
		return "the credential allows this no more"
	default:
		return "" // a site that is cut off lets those go on who were let in
	}
}

// Resume reads a place as server-sent events name it; ok is false when it is none.
func Resume(lastEventID string) (epoch string, offset uint64, ok bool) {
	for i := len(lastEventID) - 1; i > 0; i-- {
		if lastEventID[i] == ':' {
			offset, err := strconv.ParseUint(lastEventID[i+1:], 10, 63)
			return lastEventID[:i], offset, err == nil
		}
	}
	return "", 0, false
}

// Upgrade tells whether a request is for a WebSocket.
func Upgrade(r http.Header) bool {
	return hasToken(r, "Connection", "upgrade") && hasToken(r, "Upgrade", "websocket")
}

// hasToken tells whether one of the values of a header has a word in its list.
func hasToken(r http.Header, name, word string) bool {
	for _, value := range r.Values(name) {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), word) {
				return true
			}
		}
	}
	return false
}
