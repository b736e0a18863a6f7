package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

const (
	// streamEvery is the pause between two writes whose events are followed: 100 a second.
	streamEvery = 10 * time.Millisecond
	// dialsAtOnce bounds how many WebSockets are opened at the same time.
	dialsAtOnce = 50
)

// streamPart measures how long it takes from before the start of an observation is sent until a reader of the live
// observations knows of it, for many readers and 100 starts a second. The limit is one message of 200 bytes to as many
// connections of this machine.
func streamPart() part {
	names := []string{"ws_p50_ms_1000", "ws_p99_ms_1000"}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		// The readers would also get what others have left behind.
		if err := s.empty(ctx); err != nil {
			return nil, err
		}
		seen, err := s.follow(ctx)
		if err != nil {
			return nil, err
		}
		limit, err := broadcast(ctx, s.sizes.readers)
		if err != nil {
			return nil, err
		}
		var figures []Figure
		for i, p := range []int{50, 99} {
			figures = append(figures, figure(names[i], "ms", milliseconds(percentile(seen, p)), milliseconds(percentile(limit, p))))
		}
		return figures, nil
	}}
}

// start is that of an observation.
type start struct {
	number int
	sent   time.Time
}

// readers follow the observations.
type readers struct {
	seed   maphash.Seed
	mu     sync.Mutex
	sent   map[string]start   // by record
	frames map[uint64][]start // what a message tells of, by its hash: many readers get the same
	took   []time.Duration    // whole once done is closed
	left   int                // deliveries that are still to come
	done   chan struct{}
}

// closed leaves out that a connection was closed before.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// follow opens the streams, starts observations, and returns in order how long each took to each reader.
func (s *station) follow(ctx context.Context) (took []time.Duration, err error) {
	starts := int(s.sizes.load / streamEvery)
	r := &readers{
		seed: maphash.MakeSeed(), sent: map[string]start{}, frames: map[uint64][]start{}, left: starts * s.sizes.readers,
		done: make(chan struct{}),
	}
	conns, err := s.dial(ctx)
	defer func() {
		for _, conn := range conns {
			if conn != nil { // what was not dialled when another dial failed
				err = errors.Join(err, closed(conn.CloseNow()))
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.sizes.load+30*time.Second)
	defer cancel()
	ended := make(chan error, len(conns))
	for _, conn := range conns {
		go func() { ended <- r.read(conn, starts) }()
	}
	if err = s.startSteadily(ctx, r, starts); err != nil {
		return nil, err
	}
	select {
	case <-r.done:
	case err = <-ended:
		return nil, err
	case <-ctx.Done():
		return nil, fmt.Errorf("not everything has come to all readers: %w", ctx.Err())
	}
	slices.Sort(r.took)
	return r.took, nil
}

func (s *station) dial(ctx context.Context) ([]*websocket.Conn, error) {
	conns := make([]*websocket.Conn, s.sizes.readers)
	header := http.Header{"Authorization": {"Bearer " + s.site.Token}}
	var group errgroup.Group
	group.SetLimit(dialsAtOnce)
	for i := range conns {
		group.Go(func() error {
			conn, _, err := websocket.Dial(ctx, strings.Replace(s.site.URL, "http", "ws", 1)+"/live/observations", &websocket.DialOptions{HTTPHeader: header}) //nolint:bodyclose // the library closes it
			if err != nil {
				return err
			}
			conn.SetReadLimit(-1)
			conns[i] = conn
			_, _, err = conn.Read(ctx) // the snapshot
			return err
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(conns, func(c *websocket.Conn) bool { return c == nil }), err
}

// startSteadily starts observations at a steady pace.
func (s *station) startSteadily(ctx context.Context, r *readers, starts int) error {
	ticker := time.NewTicker(streamEvery)
	defer ticker.Stop()
	var group errgroup.Group
	for i := range starts {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		id := uuid.Must(uuid.NewV7()).String()
		body := append([]byte(`{"id":"`+id+`",`), s.body[1:]...)
		r.mu.Lock()
		r.sent[id] = start{i, time.Now()}
		r.mu.Unlock()
		group.Go(func() error { return s.call(ctx, http.MethodPost, startPath, body, new(json.RawMessage)) })
	}
	return group.Wait()
}

// read reads until the connection is closed. It has no context of its own, which costs more than a message.
func (r *readers) read(conn *websocket.Conn, starts int) error {
	told := make([]bool, starts) // it comes again on its way to the main site and back
	var text bytes.Buffer
	for {
		_, message, err := conn.Reader(context.Background())
		if err == nil {
			text.Reset()
			_, err = text.ReadFrom(message)
		}
		if err != nil {
			return err
		}
		if !bytes.Contains(text.Bytes()[:min(20, text.Len())], []byte("events")) {
			continue
		}
		if err := r.take(time.Now(), text.Bytes(), told); err != nil {
			return err
		}
	}
}

// take notes when a message has come to one who knows already of what was told.
func (r *readers) take(now time.Time, text []byte, told []bool) error {
	hash := maphash.Bytes(r.seed, text)
	r.mu.Lock()
	defer r.mu.Unlock()
	starts, known := r.frames[hash]
	if !known {
		var message struct {
			Events []struct {
				IDs []string
			}
		}
		if err := json.Unmarshal(text, &message); err != nil {
			return err
		}
		for _, e := range message.Events {
			for _, id := range e.IDs {
				if one, mine := r.sent[id]; mine {
					starts = append(starts, one)
				}
			}
		}
		r.frames[hash] = starts
	}
	for _, one := range starts {
		if told[one.number] {
			continue
		}
		told[one.number] = true
		r.took = append(r.took, now.Sub(one.sent))
		if r.left--; r.left == 0 {
			close(r.done)
		}
	}
	return nil
}

// broadcast returns in order how long a message takes to each of many connections of this machine.
func broadcast(ctx context.Context, readers int) (took []time.Duration, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var ends []net.Conn
	defer func() {
		for _, end := range ends {
			err = errors.Join(err, end.Close())
		}
		err = errors.Join(err, listener.Close())
	}()
	var writers []net.Conn
	for range readers {
		near, err := (&net.Dialer{}).DialContext(ctx, "tcp", listener.Addr().String())
		if err != nil {
			return nil, err
		}
		far, err := listener.Accept()
		ends = append(ends, near)
		if err != nil {
			return nil, err
		}
		ends, writers = append(ends, far), append(writers, far)
	}
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	began := time.Now()
	for i := 0; i < len(ends); i += 2 {
		group.Go(func() error {
			if _, err := io.ReadFull(ends[i], make([]byte, 200)); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(began))
			return nil
		})
	}
	message := make([]byte, 200)
	for _, w := range writers {
		if _, err := w.Write(message); err != nil {
			return nil, err
		}
	}
	err = group.Wait()
	slices.Sort(took)
	return took, err
}
