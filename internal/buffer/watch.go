package buffer

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lsn"
)

// Stats answers "are we safe?".
type Stats struct {
	Buffered           int // accepted, not executed
	Retrying           int // failed, with attempts left
	Unreplicated       int // executed, not yet replicated
	Parked             int
	Blocked            int
	OldestUnapplied    *time.Time // when the oldest that waits to be executed, or to be tried again, was accepted
	OldestUnreplicated *time.Time // when the oldest executed but not replicated was accepted
	Rate               float64    // executed per second, over the last minute
	AverageExecutionMS float64    // per transaction; those of a flight share it
	ETA                *time.Duration
	Processed          int64 // executed since the holder of the lease has started
	LastRun            *time.Time
	Executor           string // draining, idle, backing off, halted, elsewhere, starting
	ExecutorDetail     string
	Holder             string
	Alarm              string
	Lagging            bool // something is unreplicated for longer than LSN_TIMEOUT
	RedisReachable     bool
	RedisUsed          int64 // bytes
	RedisMax           int64 // bytes
	MemoryShort        bool  // bulk registrations are refused
	DaysLeft           *float64
	MainReachable      bool
	MainSince          time.Time // since when it is or is not
	MainError          string
	MainLSN            lsn.LSN
	ReplicaReachable   bool
	ReplicaError       string
	ReplayLSN          lsn.LSN
	LagBytes           int64
	AsOf               time.Time     // the main site's clock in the replica's data
	Age                time.Duration // of that
	Fresh              bool          // provably younger than REFERENCE_FRESHNESS
}

// Pending is the number of transactions that the main database does not have yet.
func (s Stats) Pending() int { return s.Buffered + s.Retrying + s.Parked + s.Blocked }

// Stats reads the counts of the site and adds what this process knows. Without Redis the counts are the last ones known
// and RedisReachable is false.
func (b *Buffer) Stats(ctx context.Context) Stats {
	s := b.Glance()
	c, err := b.client.Get()
	if err != nil {
		return b.lastCounts(s)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	counts := c.DoMulti(ctx,
		c.B().Llen().Key(b.keys.Buffer()).Build(),
		c.B().Zcard().Key(b.keys.Committed()).Build(),
		c.B().Zcard().Key(b.keys.Direct()).Build(),
		c.B().Zcard().Key(b.keys.Parked()).Build(),
		c.B().Zcard().Key(b.keys.Blocked()).Build(),
		c.B().Zcard().Key(b.keys.Retrying()).Build(),
	)
	numbers := make([]int, len(counts))
	for i, answer := range counts {
		n, err := answer.AsInt64()
		if err != nil {
			return b.lastCounts(s)
		}
		numbers[i] = int(n)
	}
	s.RedisReachable = true
	s.Buffered, s.Unreplicated, s.Parked, s.Blocked, s.Retrying = numbers[0], numbers[1]+numbers[2], numbers[3], numbers[4], numbers[5]
	lowest := func(set string) rueidis.Completed { return c.B().Zrange().Key(set).Min("0").Max("0").Build() }
	s.OldestUnapplied = b.oldestOf(ctx, c, c.B().Lindex().Key(b.keys.Buffer()).Index(-1).Build(), lowest(b.keys.Retrying()))
	s.OldestUnreplicated = b.oldestOf(ctx, c, lowest(b.keys.Committed()), lowest(b.keys.Direct()))
	for _, set := range []string{b.keys.Committed(), b.keys.Direct()} {
		s.Lagging = s.Lagging || b.lagging(ctx, c, set)
	}
	if s.Buffered > 0 && s.Rate > 0 && s.MainReachable {
		eta := time.Duration(float64(s.Buffered) / s.Rate * float64(time.Second))
		s.ETA = &eta
	}
	b.monitor.mu.Lock()
	s.DaysLeft = b.monitor.daysLeft(int64(s.Pending()))
	b.monitor.counts = s
	b.monitor.mu.Unlock()
	return s
}

// lastCounts fills in what was counted when Redis answered last: nothing that waits has gone since.
func (b *Buffer) lastCounts(s Stats) Stats {
	b.monitor.mu.Lock()
	defer b.monitor.mu.Unlock()
	last := b.monitor.counts
	s.Buffered, s.Retrying, s.Unreplicated, s.Parked, s.Blocked = last.Buffered, last.Retrying, last.Unreplicated, last.Parked, last.Blocked
	s.OldestUnapplied, s.OldestUnreplicated, s.Lagging = last.OldestUnapplied, last.OldestUnreplicated, last.Lagging
	return s
}

// Glance returns what this process knows without asking anybody; the counts are missing.
func (b *Buffer) Glance() Stats {
	m := &b.monitor
	r, holding := m.own(b.holder)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !holding {
		r = m.report
	}
	v := m.view
	age, certain := m.age(time.Now())
	s := Stats{
		Rate: r.Rate, AverageExecutionMS: r.AverageMS, Processed: r.Processed, LastRun: r.LastRun,
		Executor: r.State, ExecutorDetail: r.Detail, Holder: r.Holder, Alarm: r.Alarm,
		RedisUsed: m.used, RedisMax: m.limit, MemoryShort: m.limit > 0 && float64(m.used) > memoryShortShare*float64(m.limit),
		MainReachable: r.MainUp, MainSince: r.MainSince, MainError: r.MainError, MainLSN: r.MainLSN,
		ReplicaReachable: v.up, ReplicaError: v.problem, ReplayLSN: v.lsn,
		AsOf: v.asOf, Age: age, Fresh: certain && age < b.cfg.ReferenceFreshness,
	}
	if s.Executor == "" {
		s.Executor = "starting"
	}
	if b.atMain() {
		s.ReplayLSN, s.Fresh = r.MainLSN, v.up
	}
	if s.ReplayLSN != 0 {
		s.LagBytes = s.ReplayLSN.Behind(s.MainLSN)
	}
	return s
}

// oldestOf returns when the first accepted of the transactions that commands name was accepted; nil when there is none.
func (b *Buffer) oldestOf(ctx context.Context, c rueidis.Client, which ...rueidis.Completed) (oldest *time.Time) {
	for _, one := range which {
		if at := b.acceptedAt(ctx, c, one); at != nil && (oldest == nil || at.Before(*oldest)) {
			oldest = at
		}
	}
	return oldest
}

// acceptedAt returns when the transaction that a command names was accepted; nil when there is none.
func (b *Buffer) acceptedAt(ctx context.Context, c rueidis.Client, which rueidis.Completed) *time.Time {
	id := first(c.Do(ctx, which))
	if id == "" {
		return nil
	}
	accepted, err := c.Do(ctx, c.B().Hget().Key(b.keys.Transaction(id)).Field("accepted").Build()).ToString()
	if err != nil {
		return nil
	}
	at := fromMillis(accepted)
	return &at
}

// first returns a string answer, or the first string of an array; empty when there is none.
func first(answer rueidis.RedisResult) string {
	message, err := answer.ToMessage()
	if err != nil {
		return ""
	}
	if !message.IsArray() {
		text, err := message.ToString()
		if err != nil {
			return ""
		}
		return text
	}
	list, err := message.AsStrSlice()
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0]
}

// lagging tells whether the oldest of a set of committed transactions waits for longer than LSN_TIMEOUT for its
// replication.
func (b *Buffer) lagging(ctx context.Context, c rueidis.Client, set string) bool {
	id := first(c.Do(ctx, c.B().Zrange().Key(set).Min("0").Max("0").Build()))
	if id == "" {
		return false
	}
	executed, err := c.Do(ctx, c.B().Hget().Key(b.keys.Transaction(id)).Field("executed").Build()).ToString()
	return err == nil && time.Since(fromMillis(executed)) > b.cfg.LSNTimeout
}

// watchInterval is how often the memory is measured and the executor reports.
const watchInterval = 500 * time.Millisecond

// watch measures, and carries the executor's report between the processes of the site.
func (b *Buffer) watch(ctx context.Context) error {
	for {
		if err := b.observe(ctx); err != nil && ctx.Err() == nil {
			b.log.Debug("Redis cannot be observed", "error", err)
		}
		if err := sleep(ctx, watchInterval); err != nil {
			return err
		}
	}
}

func (b *Buffer) observe(ctx context.Context) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	// Its settings can change while it runs, or with its restart.
	switch err := b.CheckRedis(ctx); {
	case err == nil:
		b.monitor.setAlarm(alarmRedis, "")
	case errs.KindOf(err) == errs.Invalid:
		b.examined.Store(false)
		b.monitor.setAlarm(alarmRedis, err.Error())
	}
	info, err := c.Do(ctx, c.B().Info().Section("memory").Build()).ToString()
	if err != nil {
		return err
	}
	sequence, err := b.counter(ctx, b.keys.Sequence())
	if err != nil {
		return err
	}
	used, limit := infoNumber(info, "used_memory"), infoNumber(info, "maxmemory")
	if limit == 0 {
		limit = infoNumber(info, "total_system_memory")
	}
	b.monitor.setMemory(used, limit, sequence)
	report, holding := b.monitor.own(b.holder)
	if holding {
		body, err := json.Marshal(report)
		if err != nil {
			return err
		}
		return c.Do(ctx, c.B().Set().Key(b.keys.Executor()).Value(string(body)).Build()).Error()
	}
	body, err := c.Do(ctx, c.B().Get().Key(b.keys.Executor()).Build()).AsBytes()
	if rueidis.IsRedisNil(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var other executorReport
	if err := json.Unmarshal(body, &other); err != nil {
		return err
	}
	b.monitor.adopt(other)
	return nil
}

// infoNumber reads "name:number" from the text of INFO; zero when it is missing.
func infoNumber(info, name string) int64 {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}

// listen hears of state changes made by other processes of the site, and wakes who waits here.
func (b *Buffer) listen(ctx context.Context) error {
	last := "$"
	for {
		next, err := b.hear(ctx, last)
		if err != nil {
			if err := sleep(ctx, lookAgain); err != nil {
				return err
			}
			continue
		}
		if next != "" {
			last = next
			b.wake.notify()
			b.moved.notify()
		}
	}
}

// hear waits for events after an id and returns the last one's id, empty when none came.
func (b *Buffer) hear(ctx context.Context, after string) (string, error) {
	const block = 1000
	c, err := b.client.Get()
	if err != nil {
		return "", err
	}
	streams, err := c.Do(ctx, c.B().Xread().Count(1000).Block(block).Streams().Key(b.keys.Events()).Id(after).Build()).AsXRead()
	if rueidis.IsRedisNil(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	entries := streams[b.keys.Events()]
	if len(entries) == 0 {
		return "", nil
	}
	return entries[len(entries)-1].ID, nil
}
