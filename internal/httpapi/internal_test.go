package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/internal/buffer"
)

func TestKnownIDs(t *testing.T) {
	asked := 0
	exist := []int32{1, 2}
	k := newKnownIDs(func(_ context.Context, ids []int32) ([]int32, error) {
		asked += len(ids)
		var found []int32
		for _, id := range ids {
			if slices.Contains(exist, id) {
				found = append(found, id)
			}
		}
		return found, nil
	})
	ask := func(want []int32, ids ...int32) {
		t.Helper()
		missing, err := k.missing(t.Context(), ids)
		if err != nil || !slices.Equal(missing, want) {
			t.Errorf("of %v are missing %v, %v; want %v", ids, missing, err, want)
		}
	}
	ask(nil, 1, 2, 1)
	ask(nil, 2, 1)
	if asked != 2 {
		t.Errorf("%d ids were asked for, want 2", asked)
	}
	ask([]int32{3}, 1, 3)
	exist = append(exist, 3)
	ask(nil, 3)
	for id := range int32(2 * knownMax) {
		k.remember([]int32{id + 10})
	}
	if len(k.until) > knownMax {
		t.Errorf("%d ids are remembered", len(k.until))
	}
	k.find = func(context.Context, []int32) ([]int32, error) { return nil, errors.New("away") }
	if missing, err := k.missing(t.Context(), []int32{7}); err == nil || len(missing) != 1 {
		t.Errorf("without an answer: %v, %v", missing, err)
	}
}

// However many ask at once, one question goes out, and while it is under way the others get what is there.
func TestRecentStats(t *testing.T) {
	var asked atomic.Int32
	r := newRecentStats(func(context.Context) buffer.Stats {
		return buffer.Stats{Buffered: int(asked.Add(1))}
	})
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if got := r.read(t.Context()); got.Buffered != 1 {
				t.Errorf("got %d", got.Buffered)
			}
		})
	}
	wait.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
	old := *r.last.Load()
	old.at = old.at.Add(-2 * statsAge)
	r.last.Store(&old)
	r.asking.Lock()
	if got := r.read(t.Context()); got.Buffered != 1 {
		t.Errorf("while another asks: %d", got.Buffered)
	}
	r.asking.Unlock()
	if got := r.read(t.Context()); got.Buffered != 2 {
		t.Errorf("after a while: %d", got.Buffered)
	}
}

// A handler that panics, or that answers nothing, is a fault of the server and not an empty success.
func TestFaultsOfHandlers(t *testing.T) {
	s := &Server{log: slog.New(slog.NewTextHandler(t.Output(), nil)), stats: newRecentStats(nil), publicURL: "http://ops.example"}
	s.metrics = newMetrics(s.stats, func() int { return 0 })
	nothing := refuseNothing(func(echo.Context, any) (any, error) { return nil, nil }, "answerNothing")
	for name, handler := range map[string]echo.HandlerFunc{
		"panic":   func(echo.Context) error { panic("hunter2") },
		"nothing": func(c echo.Context) error { _, err := nothing(c, nil); return err },
		// What holds the answer back must not hold back that it failed.
		"panic of a conditional read": conditional(func(echo.Context) error { panic("hunter2") }),
		"error behind a part of its answer": conditional(func(c echo.Context) error {
			return errors.Join(c.String(http.StatusOK, "hunter2"), errors.New("cut"))
		}),
	} {
		w := httptest.NewRecorder()
		c := echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/a", nil), w)
		if err := s.observe(handler)(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestSameJSON(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{`{"a":1,"b":[true,null,"x"]}`, `{ "b" : [true, null, "x"], "a" : 1.0 }`, true},
		{`{"a":100}`, `{"a":1e2}`, true},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{`{"a":1}`, `{"a":"1"}`, false},
		{`{"a":null}`, `{}`, false},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{``, `{}`, true},
		{`{"a":{}}`, `{"a":[]}`, false},
	} {
		if got := sameJSON(json.RawMessage(test.a), json.RawMessage(test.b)); got != test.same {
			t.Errorf("%s and %s: %v", test.a, test.b, got)
		}
	}
}
