package live

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"
	"golang.org/x/sync/singleflight"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

const (
	// gatherFor is how long a process gathers what publishers have gathered, so that topics that move together wake it once,
	// and gatherFurther how much longer for each reader: what it takes to hand a message out to him. A thousand readers
	// would otherwise keep a processor busy with messages of one event.
	gatherFor     = 5 * time.Millisecond
	gatherFurther = 10 * time.Microsecond
	// gatherMost bounds both.
	gatherMost = 100 * time.Millisecond
	// lookEvery is how often it is looked whether the topics still go on where they were read.
	lookEvery  = time.Second
	readAtOnce = 1000
)

// Hub hands the topics of a site out to the readers of this process. It is safe for concurrent use.
type Hub struct {
	store
	log     *slog.Logger
	windows map[Topic]*window
	taking  singleflight.Group // of snapshots
	limit   int
	stop    chan struct{} // closed when the process ends

	mu      sync.Mutex
	stopped bool
	readers map[string]int // by principal
	total   int
	serving sync.WaitGroup
}

// NewHub returns a Hub that serves at most limit readers, half of them of one principal. It connects to nothing.
func NewHub(site string, redis *redisclient.Client, limit int, log *slog.Logger) *Hub {
	h := &Hub{
		store: store{redis: redis, keys: rediskeys.Site(site)}, log: log, windows: map[Topic]*window{}, limit: limit,
		stop: make(chan struct{}), readers: map[string]int{},
	}
	for _, topic := range Topics() {
		h.windows[topic] = newWindow()
	}
	return h
}

// Run reads the topics until ctx ends. It returns nil.
func (h *Hub) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := h.follow(ctx); err != nil && ctx.Err() == nil {
			h.log.DebugContext(ctx, "the live topics cannot be read", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryPause / 5):
		}
	}
	return nil
}

// follow reads the topics from their oldest entries on until something is not as it was.
func (h *Hub) follow(ctx context.Context) error {
	st, err := h.state(ctx)
	if err != nil || st.epoch() == "" {
		return err
	}
	if h.setBack(st) {
		h.log.WarnContext(ctx, "a new epoch of what changes begins", "reason", "the site's Redis was set back")
		return h.begin(ctx, st.epoch(), st[fromOutbox])
	}
	if err := h.loadAll(ctx, st.epoch()); err != nil {
		return err
	}
	looked := time.Now()
	for {
		n, err := h.readOn(ctx)
		if err != nil {
			return err
		}
		if time.Since(looked) >= lookEvery {
			if same, err := h.same(ctx); err != nil || !same {
				return err
			}
			looked = time.Now()
		}
		if n == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(min(gatherFor+time.Duration(h.Readers())*gatherFurther, gatherMost)):
		}
	}
}

// loadAll loads what is new to this process. What was read already and goes on stays, for the readers it has.
func (h *Hub) loadAll(ctx context.Context, epoch string) error {
	c, err := h.redis.Get()
	if err != nil {
		return err
	}
	for _, topic := range Topics() {
		w, from := h.windows[topic], "-"
		end, _ := w.end()
		if end.epoch == epoch {
			from = "(" + strconv.FormatUint(end.offset, 10) + "-0"
		}
		list, err := c.Do(ctx, c.B().Xrange().Key(h.keys.LiveTopic(string(topic))).Start(from).End("+").Build()).AsXRange()
		if err != nil {
			return err
		}
		if end.epoch == epoch {
			w.extend(reads(list))
		} else {
			w.load(epoch, reads(list))
		}
	}
	return nil
}

// readOn waits for entries and returns how many have come.
func (h *Hub) readOn(ctx context.Context) (int, error) {
	c, err := h.redis.Get()
	if err != nil {
		return 0, err
	}
	var keys, ids []string
	for _, topic := range Topics() {
		end, _ := h.windows[topic].end()
		keys, ids = append(keys, h.keys.LiveTopic(string(topic))), append(ids, strconv.FormatUint(end.offset, 10)+"-0")
	}
	streams, err := c.Do(ctx, c.B().Xread().Count(readAtOnce).Block(lookEvery.Milliseconds()).Streams().Key(keys...).Id(ids...).Build()).AsXRead()
	if rueidis.IsRedisNil(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n := 0
	for _, topic := range Topics() {
		if list := streams[h.keys.LiveTopic(string(topic))]; len(list) > 0 {
			h.windows[topic].extend(reads(list))
			n += len(list)
		}
	}
	return n, nil
}

// told tells whether a place in a topic was come to, at whatever process.
func (h *Hub) told(ctx context.Context, topic Topic, at spot) (bool, error) {
	st, err := h.state(ctx)
	return err == nil && st.epoch() == at.epoch && st.offset(topic) >= at.offset, err
}

// setBack tells whether this process has read what the topics have not come to, in an epoch that is still theirs: the Redis of
// before was brought back, and would give the offsets out once more.
func (h *Hub) setBack(st state) bool {
	for topic, w := range h.windows {
		if end, _ := w.end(); end.epoch == st.epoch() && st.offset(topic) < end.offset {
			return true
		}
	}
	return false
}

// same tells whether the topics go on where they were read: another Redis begins anew, and its offsets with it.
func (h *Hub) same(ctx context.Context) (bool, error) {
	st, err := h.state(ctx)
	if err != nil || h.setBack(st) {
		return false, err
	}
	for _, w := range h.windows {
		if end, _ := w.end(); end.epoch != st.epoch() {
			return false, nil
		}
	}
	return true, nil
}

func reads(list []rueidis.XRangeEntry) []read {
	found := make([]read, len(list))
	for i, e := range list {
		found[i] = read{offset: offsetOf(e.ID), epoch: e.FieldValues["epoch"], event: e.FieldValues["event"]}
	}
	return found
}

func offsetOf(id string) uint64 {
	number, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// enter counts a reader in. Its error is errs.Unavailable when there are too many, and when the process ends.
func (h *Hub) enter(principal string) (leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.stopped:
		return nil, errs.New(errs.Unavailable, "This server is shutting down.").After(time.Second)
	case h.total >= h.limit:
		return nil, errs.New(errs.Unavailable, "This server has as many streams as it can serve.").After(10 * time.Second)
	case h.readers[principal] >= max(1, h.limit/2):
		e := errs.New(errs.Unavailable, "These are more streams than one user or token may have.").Named("too-many-requests").After(10 * time.Second)
		e.Status = 429
		return nil, e
	}
	h.total++
	h.readers[principal]++
	h.serving.Add(1)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.total--
		if h.readers[principal]--; h.readers[principal] == 0 {
			delete(h.readers, principal)
		}
		h.serving.Done()
	}, nil
}

// Stop closes all streams, lets no more in, and returns when the last is closed or ctx ends.
func (h *Hub) Stop(ctx context.Context) {
	h.mu.Lock()
	if !h.stopped {
		h.stopped = true
		close(h.stop)
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() {
		h.serving.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		h.log.WarnContext(ctx, "streams were cut off")
	}
}

// Readers returns how many streams are open.
func (h *Hub) Readers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.total
}
