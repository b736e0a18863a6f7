package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ccatobs/opsdb/internal/errs"
)

// some returns the events of an epoch from an offset on.
func some(from uint64, texts ...string) []read {
	list := make([]read, len(texts))
	for i, text := range texts {
		list[i] = read{offset: from + uint64(i), event: fmt.Sprintf(`{"text":%q}`, text)}
	}
	return list
}

// Whoever waits is told that the topic was read anew, also when nothing is in it.
func TestLoadingWakesThoseWhoWait(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]read{"empty": nil, "events": some(1, "new")} {
		w := newWindow()
		w.load("before", some(1, "old"))
		s := &Stream{window: w, woken: make(chan struct{}, 1)}
		if !w.wait(s, spot{"before", 1}) {
			t.Fatal("it does not wait")
		}
		w.load("after", list)
		select {
		case <-s.woken:
		default:
			t.Errorf("%s: it waits on", name)
		}
	}
}

// handed is a window whose streams are served without a site.
func handed(t *testing.T, check func(context.Context) error, changed <-chan struct{}) (w *window, address string) {
	t.Helper()
	h := NewHub("observatory", nil, 1000, slog.New(slog.DiscardHandler))
	w = h.windows[Observations]
	w.load("epoch 1", some(1, "before"))
	var serving sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		serving.Add(1)
		defer serving.Done()
		stream, err := h.Open(r.Context(), Reader{
			Topic: Observations, Principal: r.RemoteAddr, Check: check, Changed: func() <-chan struct{} { return changed },
			Snapshot: func(context.Context) (json.RawMessage, error) { return json.RawMessage("{}"), nil },
		})
		if err != nil {
			t.Error(err)
			return
		}
		if err := stream.WebSocket(rw, r); err != nil {
			t.Error(err)
		}
	}))
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			if err := c.(*net.TCPConn).SetWriteBuffer(1 << 16); err != nil { //nolint:errcheck,forcetypeassert // parts are probable then
				t.Error(err)
			}
		}
	}
	server.Start()
	t.Cleanup(func() {
		h.Stop(context.Background())
		server.Close()
		serving.Wait()
	})
	return w, strings.Replace(server.URL, "http", "ws", 1)
}

// listener reads a stream.
type listener struct {
	conn *websocket.Conn
	at   spot
}

func listen(t *testing.T, address string) *listener {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(1 << 17) //nolint:errcheck,forcetypeassert // as above
		}
		return c, err
	}}}
	conn, _, err := websocket.Dial(t.Context(), address, &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // it may be closed already
	return &listener{conn: conn}
}

// next reads a message, which must go on where the last one ended. It returns its type.
func (l *listener) next(ctx context.Context) (string, error) {
	_, text, err := l.conn.Read(ctx)
	if err != nil {
		return "", err
	}
	var m struct {
		Type, Epoch string
		Offset      uint64
		Events      []struct{ Offset uint64 }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return "", fmt.Errorf("%w: %.200s", err, text)
	}
	switch m.Type {
	case "snapshot":
		l.at = spot{m.Epoch, m.Offset}
	case "events":
		for _, e := range m.Events {
			if want := (spot{m.Epoch, e.Offset - 1}); want != l.at {
				return "", fmt.Errorf("at %v comes %s %d", l.at, m.Epoch, e.Offset)
			}
			l.at.offset++
		}
	}
	return m.Type, nil
}

// stage is some of what is told to all readers: a message each round, up to an offset.
type stage struct {
	rounds [][]read
	told   []chan struct{} // closed one after the other
	end    uint64
}

// stages are made of messages of all sizes. An epoch ends between them.
func stages(random *rand.Rand) []stage {
	const count, rounds = 3, 50
	long := strings.Repeat("x", 3000)
	list := make([]stage, count)
	at := uint64(1)
	for i := range list {
		for range rounds {
			texts := make([]string, 1+random.IntN(20)) // fewer in all than a reader may fall behind
			for i := range texts {
				texts[i] = long[:random.IntN(len(long))]
			}
			list[i].rounds = append(list[i].rounds, some(at+1, texts...))
			list[i].told = append(list[i].told, make(chan struct{}))
			at += uint64(len(texts))
		}
		list[i].end = at
		at++ // the epoch
	}
	return list
}

// followStages reads through the stages, pings now and then, and stops reading until more has been told. It says after each
// that it has everything.
func (l *listener) followStages(ctx context.Context, list []stage, random *rand.Rand, caughtUp chan<- error) error {
	for _, s := range list {
		for round := 0; l.at.offset < s.end; round++ {
			if random.IntN(10) == 0 && round < len(s.told) {
				go l.conn.Ping(ctx) //nolint:errcheck // it counts that the answer is written in between
				<-s.told[min(round+random.IntN(20), len(s.told)-1)]
			}
			waiting, cancel := context.WithTimeout(ctx, 5*time.Second)
			_, err := l.next(waiting)
			cancel()
			if err != nil {
				return fmt.Errorf("at %v of %d: %w", l.at, s.end, err)
			}
		}
		caughtUp <- nil
	}
	return nil
}

// Readers who read as they like, and ping in between, get everything once and in order, whether the window sends or their
// own goroutine, over the ends of epochs.
func TestEveryReaderGetsEverythingOnce(t *testing.T) {
	t.Parallel()
	w, address := handed(t, func(context.Context) error { return nil }, nil)
	const readers = 16
	list := stages(rand.New(rand.NewPCG(0, 0))) //nolint:gosec // of a test
	caughtUp := make(chan error, readers)
	for i := range readers {
		l := listen(t, address)
		if _, err := l.next(t.Context()); err != nil {
			t.Fatal(err)
		}
		go func() {
			random := rand.New(rand.NewPCG(1, uint64(i))) //nolint:gosec // of a test
			if err := l.followStages(t.Context(), list, random, caughtUp); err != nil {
				caughtUp <- err
			}
		}()
	}
	for i, s := range list {
		for round, events := range s.rounds {
			w.extend(events)
			close(s.told[round])
		}
		for range readers {
			if err := <-caughtUp; err != nil {
				t.Fatal(err)
			}
		}
		w.extend([]read{{offset: s.end + 1, epoch: fmt.Sprint("epoch after ", i)}})
	}
}

// While it is looked whether a reader may still read, he is sent nothing.
func TestNothingIsSentToWhoMayReadNoMore(t *testing.T) {
	t.Parallel()
	looked, told, changed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	w, address := handed(t, func(context.Context) error {
		close(looked)
		<-told
		return errs.New(errs.Unauthenticated, "revoked")
	}, changed)
	l := listen(t, address)
	if _, err := l.next(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(changed)
	<-looked
	w.extend(some(2, "what only others may know"))
	close(told)
	if kind, err := l.next(t.Context()); kind != "closing" || err != nil {
		t.Errorf("%s %v comes, want closing", kind, err)
	}
}
