package visibility

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Whoever waits for many processors lets others in between.
func TestCallersTakeTurns(t *testing.T) {
	turns := newTurns(1)
	if err := turns.take(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	var waiting []chan struct{}
	for _, caller := range []string{"ada", "ada", "ada", "otto", "ada", "vera", "otto"} {
		waiting = append(waiting, turns.queue(caller))
	}
	var order []int
	for range waiting {
		turns.give()
		for i, given := range waiting {
			select {
			case <-given:
				order = append(order, i)
				waiting[i] = nil
			default:
			}
		}
	}
	if fmt.Sprint(order) != "[0 3 5 1 6 2 4]" {
		t.Errorf("%v", order)
	}
}

func TestWhoLeavesTakesNoTurn(t *testing.T) {
	turns := newTurns(1)
	if err := turns.take(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, caller := range []string{"ada", "otto"} {
		if err := turns.take(gone, caller); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	if len(turns.round) != 0 || len(turns.waiting) != 0 {
		t.Errorf("they wait still: %v", turns.round)
	}
	turns.give()
	if err := turns.take(t.Context(), "vera"); err != nil || turns.free != 0 {
		t.Errorf("%v, %d free", err, turns.free)
	}
}

// However many come, go and leave: never more compute than there are processors, and none is lost.
func TestNoProcessorIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		processors := rapid.IntRange(1, 3).Draw(rt, "processors")
		turns := newTurns(processors)
		ended := make(chan bool)
		callers := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 30).Draw(rt, "callers")
		computing := make(chan struct{}, processors)
		for _, n := range callers {
			ctx, leave := context.WithCancel(t.Context())
			go func() {
				defer leave()
				if n == 0 {
					go leave()
				}
				if err := turns.take(ctx, fmt.Sprint("caller ", n)); err != nil {
					ended <- n == 0
					return
				}
				ok := true
				select {
				case computing <- struct{}{}:
					<-computing
				default:
					ok = false
				}
				turns.give()
				ended <- ok
			}()
		}
		for range callers {
			if !<-ended {
				rt.Error("too many compute, or who stayed was sent away")
			}
		}
		if turns.free != processors || len(turns.round) != 0 || len(turns.waiting) != 0 {
			rt.Errorf("%d of %d are free, %v wait", turns.free, processors, turns.round)
		}
	})
}
