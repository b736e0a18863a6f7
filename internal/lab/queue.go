package lab

import (
	"sync"
	"time"
)

// chunk is what a sender handed over at one time: bytes, or the end of the stream.
type chunk struct {
	bytes []byte
	end   bool
	reset bool // the end is a RST, not a FIN
	sent  time.Time
}

// queue holds the chunks that are under way in one direction of a connection, in order.
type queue struct {
	filled chan struct{} // has a token after add
	room   chan struct{} // has a token after take

	mu     sync.Mutex
	chunks []chunk
	bytes  int
}

func newQueue() *queue {
	return &queue{filled: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

func (q *queue) add(c chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.chunks = append(q.chunks, c)
	q.bytes += len(c.bytes)
	notify(q.filled)
}

// take waits for the next chunk; false if done is closed first.
func (q *queue) take(done <-chan struct{}) (chunk, bool) {
	for {
		if c, ok := q.poll(); ok {
			return c, true
		}
		select {
		case <-q.filled:
		case <-done:
			return chunk{}, false
		}
	}
}

func (q *queue) poll() (chunk, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.chunks) == 0 {
		return chunk{}, false
	}
	c := q.chunks[0]
	q.chunks[0] = chunk{}
	q.chunks = q.chunks[1:]
	q.bytes -= len(c.bytes)
	notify(q.room)
	return c, true
}

// size returns how many bytes are in the queue.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

func notify(token chan<- struct{}) {
	select {
	case token <- struct{}{}:
	default:
	}
}

// pacer shares the rate of one direction of a link among its connections: each reserves the line for a short slice.
type pacer struct {
	mu   sync.Mutex
	free time.Time // when the line is free again
}

// reserve returns for how many of n bytes the line is reserved, and from when on; at once if rate is 0.
func (p *pacer) reserve(n int, rate int64) (size int, at time.Time) {
	// A slice lasts 20 ms, so that connections take turns, but is no smaller than what a packet carries.
	const slices, least = 50, 1400
	if rate == 0 {
		return n, time.Time{}
	}
	size = min(n, max(least, int(rate/slices)))
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(float64(size) / float64(rate) * float64(time.Second)))
	return size, p.free
}
