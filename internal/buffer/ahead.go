package buffer

import "context"

// landed is a flight that the main database has executed.
type landed struct {
	sent     []*stored
	batch    int64
	position string
}

// ahead is what is done while a flight is under way: the one before it is noted, then what comes after it is read. That
// is in order only as long as nothing is put back or taken out.
type ahead struct {
	noting *landed // nil: the one before is noted already
	done   chan struct{}
	oldest []*stored
	err    error
}

// lookAhead begins to note what has landed and to read what comes after the oldest n that are not noted then: as many as
// the next flight may carry at most.
func (x *executor) lookAhead(ctx context.Context, n int) {
	next, size := &ahead{noting: x.unnoted, done: make(chan struct{})}, min(flightGrowth*x.size, flightMax)
	x.next, x.unnoted = next, nil
	go func() {
		defer close(next.done)
		if next.err = x.record(ctx, next.noting); next.err != nil {
			return
		}
		next.oldest, next.err = x.b.oldest(ctx, n, size)
		for _, t := range next.oldest {
			x.b.registry.read(t.payload.Steps)
		}
	}()
}

// settleAhead waits until what is done ahead is done: from then on the buffer may change.
func (x *executor) settleAhead() {
	if x.next != nil {
		<-x.next.done
	}
}

// dropAhead forgets what was read ahead. Its error is that of noting or reading.
func (x *executor) dropAhead() error {
	next := x.next
	x.next = nil
	if next == nil {
		return nil
	}
	<-next.done
	return next.err
}

// take returns the oldest transactions of the buffer that have not landed, oldest first: those that were read ahead, if
// there are any.
func (x *executor) take(ctx context.Context) ([]*stored, error) {
	if next := x.next; next != nil {
		if err := x.dropAhead(); err != nil {
			return nil, err
		}
		return next.oldest[:min(len(next.oldest), x.size)], nil
	}
	if err := x.note(ctx); err != nil {
		return nil, err
	}
	return x.b.oldest(ctx, 0, x.size)
}

// note records what has landed and is not recorded yet.
func (x *executor) note(ctx context.Context) error {
	l := x.unnoted
	x.unnoted = nil
	return x.record(ctx, l)
}

// record notes a landing in Redis; nil is none. Until it is noted, the ledger knows.
func (x *executor) record(ctx context.Context, l *landed) error {
	if l == nil {
		return nil
	}
	return x.b.record(ctx, l.sent, x.incarnation, x.fence, l.batch, l.position)
}
