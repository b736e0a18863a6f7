package visibility

import (
	"context"
	"sync"
)

// flights lets those who ask for the same at the same time share one computation, which ends when the last of them has left:
// nobody keeps a processor busy with what nobody waits for.
type flights[T any] struct {
	mu     sync.Mutex
	flying map[string]*flight[T]
}

type flight[T any] struct {
	waiting int // who has not left yet
	stop    context.CancelFunc
	done    chan struct{} // closed when value and err are there
	value   T
	err     error
}

// do returns what compute returns for a key, or what it returns for somebody who has asked before and still waits.
func (f *flights[T]) do(ctx context.Context, key string, compute func(context.Context) (T, error)) (T, error) {
	one := f.board(ctx, key, compute)
	defer f.leave(key, one)
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case <-one.done:
		return one.value, one.err
	}
}

func (f *flights[T]) board(ctx context.Context, key string, compute func(context.Context) (T, error)) *flight[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one, ok := f.flying[key]; ok {
		one.waiting++
		return one
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	one := &flight[T]{waiting: 1, stop: stop, done: make(chan struct{})}
	if f.flying == nil {
		f.flying = make(map[string]*flight[T])
	}
	f.flying[key] = one
	go func() {
		defer close(one.done)
		one.value, one.err = compute(ctx)
	}()
	return one
}

// leave takes one who waits out of a flight. The next who asks begins another when nobody is left.
func (f *flights[T]) leave(key string, one *flight[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.waiting--; one.waiting == 0 {
		one.stop()
		delete(f.flying, key)
	}
}
