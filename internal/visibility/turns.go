package visibility

import (
	"context"
	"slices"
	"sync"
)

// turns gives processors to those who compute: whoever wants many computations at once waits for his own ones, and others get
// a processor between them. It is safe for concurrent use.
type turns struct {
	mu      sync.Mutex
	free    int
	waiting map[string][]chan struct{} // by caller; closed when it is his turn
	round   []string                   // callers who wait, the next one first
}

func newTurns(processors int) *turns {
	return &turns{free: processors, waiting: make(map[string][]chan struct{})}
}

// take waits for a processor, which give gives back. It fails when ctx ends.
func (t *turns) take(ctx context.Context, caller string) error {
	mine := t.queue(caller)
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.waiting[caller]
	i := slices.Index(queue, mine)
	switch {
	case i < 0: // it has just become his turn
		t.next()
	case len(queue) == 1:
		delete(t.waiting, caller)
		t.round = slices.DeleteFunc(t.round, func(one string) bool { return one == caller })
	default:
		t.waiting[caller] = slices.Delete(queue, i, i+1)
	}
	return ctx.Err()
}

func (t *turns) queue(caller string) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := make(chan struct{})
	if t.free > 0 {
		t.free--
		close(mine)
		return mine
	}
	if len(t.waiting[caller]) == 0 {
		t.round = append(t.round, caller)
	}
	t.waiting[caller] = append(t.waiting[caller], mine)
	return mine
}

func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next()
}

// next passes a processor on.
func (t *turns) next() {
	if len(t.round) == 0 {
		t.free++
		return
	}
	caller := t.round[0]
	queue := t.waiting[caller]
	close(queue[0])
	t.round = t.round[1:]
	if len(queue) == 1 {
		delete(t.waiting, caller)
		return
	}
	t.waiting[caller] = queue[1:]
	t.round = append(t.round, caller)
}
