package visibility

import (
	"context"
	"errors"
	"testing"
)

// A computation goes on while one of those who asked for it waits, and ends with the last of them.
func TestAComputationEndsWhenNobodyWaitsForIt(t *testing.T) {
	var f flights[int]
	begun, ended := make(chan struct{}), make(chan struct{})
	compute := func(ctx context.Context) (int, error) {
		close(begun)
		defer close(ended)
		<-ctx.Done()
		return 0, ctx.Err()
	}
	left := make(chan error)
	ask := func() context.CancelFunc {
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			_, err := f.do(ctx, "sky", compute)
			left <- err
		}()
		return leave
	}
	first := ask()
	<-begun
	ctx, second := context.WithCancel(t.Context())
	shared := f.board(ctx, "sky", compute)
	first()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who has left got %v", err)
	}
	select {
	case <-ended:
		t.Fatal("the computation has ended although somebody waits for it")
	default:
	}
	second()
	f.leave("sky", shared)
	<-ended
	// Who comes then is not given what was broken off.
	if v, err := f.do(t.Context(), "sky", func(context.Context) (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}

func TestThoseWhoWaitGetTheSame(t *testing.T) {
	var f flights[int]
	times, begun, end := 0, make(chan struct{}), make(chan struct{})
	got := make(chan int)
	ask := func() {
		v, err := f.do(t.Context(), "sky", func(context.Context) (int, error) {
			times++
			close(begun)
			<-end
			return times, nil
		})
		if err != nil {
			t.Error(err)
		}
		got <- v
	}
	go ask()
	<-begun
	second := f.board(t.Context(), "sky", nil)
	close(end)
	<-second.done
	f.leave("sky", second)
	if v := <-got; v != 1 || second.value != 1 || len(f.flying) != 0 {
		t.Errorf("%d and %d; %d go on", v, second.value, len(f.flying))
	}
}
