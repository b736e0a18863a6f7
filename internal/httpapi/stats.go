package httpapi

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ccatobs/opsdb/internal/buffer"
)

// statsAge is how old the figures may be that every answer carries: no request asks for them itself.
const statsAge = time.Second

// statsTimeout bounds the one request that asks while Redis or a database hangs.
const statsTimeout = time.Second

// recentStats remembers the buffer's figures for a moment.
type recentStats struct {
	ask    func(context.Context) buffer.Stats
	asking sync.Mutex
	last   atomic.Pointer[datedStats]
}

type datedStats struct {
	buffer.Stats
	at time.Time
}

func newRecentStats(ask func(context.Context) buffer.Stats) *recentStats {
	return &recentStats{ask: ask}
}

// read returns figures that are at most statsAge old; older ones only while another caller is asking for new ones.
func (r *recentStats) read(ctx context.Context) buffer.Stats {
	last := r.last.Load()
	if last != nil && time.Since(last.at) < statsAge {
		return last.Stats
	}
	if last == nil {
		r.asking.Lock()
	} else if !r.asking.TryLock() {
		return last.Stats
	}
	defer r.asking.Unlock()
	if now := r.last.Load(); now != last {
		return now.Stats
	}
	// Others use the answer: it must not be cut short because this client goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statsTimeout)
	defer cancel()
	fresh := &datedStats{Stats: r.ask(ctx), at: time.Now()}
	r.last.Store(fresh)
	return fresh.Stats
}
