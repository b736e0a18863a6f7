package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
)

// A process that has not read as far as another one yet keeps nobody from going on: whoever comes from there waits, or is to
// try again. Who names a place that nobody has come to gets a snapshot at once.
func TestGoingOnAtALateProcess(t *testing.T) {
	t.Parallel()
	redis := redisclient.New(redisclient.Options{Address: redistest.New(t).Address()})
	t.Cleanup(redis.Close)
	h := NewHub("observatory", redis, 10, slog.New(slog.DiscardHandler))
	c, err := redis.Get()
	if err != nil {
		t.Fatal(err)
	}
	w := h.windows[Observations]
	w.load("epoch 1", some(1, "read"))
	set := c.B().Hset().Key(h.keys.Live()).FieldValue().FieldValue("epoch", "epoch 2").FieldValue("offset:"+numbers[Observations], "5").Build()
	if err := c.Do(t.Context(), set).Error(); err != nil {
		t.Fatal(err)
	}
	goOn := func(epoch string, offset uint64) (recovered bool, err error) {
		s, err := h.Open(t.Context(), Reader{
			Topic: Observations, Epoch: epoch, Offset: offset,
			Snapshot: func(context.Context) (json.RawMessage, error) { return json.RawMessage("{}"), nil },
		})
		if err != nil {
			return false, err
		}
		defer s.Close()
		return s.at == spot{epoch, offset}, nil
	}
	for name, never := range map[string]spot{
		"beyond the end": {"epoch 2", 6}, "another epoch": {"epoch 0", 1}, "an epoch that is over": {"epoch 1", 2}, "no place": {},
	} {
		if recovered, err := goOn(never.epoch, never.offset); recovered || err != nil {
			t.Errorf("%s: %t, %v", name, recovered, err)
		}
	}
	if recovered, err := goOn("epoch 2", 4); recovered || errs.KindOf(err) != errs.Unavailable {
		t.Errorf("at a process that does not read on: %t, %v", recovered, err)
	}
	done := make(chan error)
	go func() {
		recovered, err := goOn("epoch 2", 4)
		if !recovered && err == nil {
			t.Error("it does not go on")
		}
		done <- err
	}()
	w.extend([]read{{offset: 2, epoch: "epoch 2"}})
	w.extend(some(3, "3", "4", "5"))
	if err := <-done; err != nil {
		t.Error(err)
	}
}
