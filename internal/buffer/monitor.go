package buffer

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ccatobs/opsdb/internal/lsn"
	"github.com/ccatobs/opsdb/internal/postgres"
)

const (
	// memoryTightShare of the memory used: caches, event history and the oldest journal entries go.
	memoryTightShare = 0.70
	// memoryShortShare of the memory used: bulk registrations are refused, single critical writes are not.
	memoryShortShare = 0.85
	// rateWindow is the time over which rates are measured.
	rateWindow = time.Minute
)

// executorReport is what the holder of the lease says of itself, for the other processes of the site.
type executorReport struct {
	Holder      string        `json:"holder"`
	State       string        `json:"state"`
	Detail      string        `json:"detail,omitempty"`
	Alarm       string        `json:"alarm,omitempty"`
	LastRun     *time.Time    `json:"last_run,omitempty"`
	Processed   int64         `json:"processed"`
	Rate        float64       `json:"rate"`
	AverageMS   float64       `json:"average_ms"`
	MainUp      bool          `json:"main_up"`
	MainSince   time.Time     `json:"main_since"`
	MainError   string        `json:"main_error,omitempty"`
	MainLSN     lsn.LSN       `json:"main_lsn"`
	MainAhead   time.Duration `json:"main_ahead"` // the main database's clock minus this host's
	ClockKnown  bool          `json:"clock_known"`
	ReportedAt  time.Time     `json:"reported_at"`
	Replicated  int64         `json:"replicated"`
	Replication float64       `json:"replication_ms"`
}

// replicaView is what this process last saw of the replica.
type replicaView struct {
	up       bool
	lsn      lsn.LSN
	beat     int64
	asOf     time.Time
	seenAt   time.Time // when this process first saw that beat, with its monotonic reading
	standby  bool
	problem  string
	lookedAt time.Time
}

// monitor gathers what operators want to know. It is safe for concurrent use; its zero value is ready.
type monitor struct {
	mu      sync.Mutex
	report  executorReport
	holding bool
	mainAt  time.Time // the main database's clock …
	mainRef time.Time // … at this moment of the monotonic clock
	view    replicaView
	alarms  map[alarm]string
	used    int64
	limit   int64
	recent  executions
	growth  []sample
	counts  Stats // when Redis answered last
}

type landing struct {
	at      time.Time
	n       int
	elapsed time.Duration
}

// executions are the landings of the last rateWindow and their sums, which every request asks for.
type executions struct {
	landed []landing
	n      int
	took   time.Duration
}

func (e *executions) add(l landing) {
	e.landed = append(e.landed, l)
	e.n += l.n
	e.took += l.elapsed
	e.forget(l.at)
}

// forget drops what is older than rateWindow by now.
func (e *executions) forget(now time.Time) {
	for len(e.landed) > 0 && now.Sub(e.landed[0].at) > rateWindow {
		e.n -= e.landed[0].n
		e.took -= e.landed[0].elapsed
		e.landed = e.landed[1:]
	}
}

type sample struct {
	at       time.Time
	sequence int64
	used     int64
}

func (m *monitor) setExecutor(state, detail string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.State, m.report.Detail = state, detail
	m.holding = state != "elsewhere"
}

// alarm is why a person is needed. Each stays until what raised it has passed, or text replaces it.
type alarm int

const (
	alarmRedis   alarm = iota // it does not keep what it acknowledges
	alarmRefused              // the main database answers, and will not execute
	alarmNewer                // only a newer release can execute what waits
	alarmStreak               // whatever is executed fails for one reason
	alarmLost                 // the main database had lost what it had committed
)

// setAlarm raises an alarm; an empty text ends it.
func (m *monitor) setAlarm(which alarm, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.alarms[which] == text {
		return // what another process has raised, and this one has adopted, is not its own to end
	}
	if m.alarms == nil {
		m.alarms = make(map[alarm]string)
	}
	m.alarms[which] = text
	var raised []string
	for _, which := range slices.Sorted(maps.Keys(m.alarms)) {
		if m.alarms[which] != "" {
			raised = append(raised, m.alarms[which])
		}
	}
	m.report.Alarm = strings.Join(raised, "; ")
}

func (m *monitor) setMain(up bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.report.MainUp != up || m.report.MainSince.IsZero() {
		m.report.MainUp, m.report.MainSince = up, time.Now().UTC()
	}
	m.report.MainError = ""
	if err != nil {
		m.report.MainError = postgres.Cause(err)
	}
}

// setMainPosition takes in what a round trip of that length has brought from the main database.
func (m *monitor) setMainPosition(position lsn.LSN, at time.Time, trip time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.report.MainLSN = position
	m.mainAt, m.mainRef = at, time.Now().Add(-trip/2)
	m.report.MainAhead, m.report.ClockKnown = at.Sub(time.Now().Add(-trip/2)), true
}

func (m *monitor) ran() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now().UTC()
	m.report.LastRun = &now
}

// executed notes a flight that has landed.
func (m *monitor) executed(n int, elapsed time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.report.Processed += int64(n)
	m.recent.add(landing{now, n, elapsed})
}

func (m *monitor) setMemory(used, limit, sequence int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used, m.limit = used, limit
	now := time.Now()
	if n := len(m.growth); n == 0 || now.Sub(m.growth[n-1].at) > rateWindow/20 {
		m.growth = append(m.growth, sample{now, sequence, used})
	}
	for len(m.growth) > 1 && now.Sub(m.growth[0].at) > 10*rateWindow {
		m.growth = m.growth[1:]
	}
}

func (m *monitor) memoryTight() bool { return m.memoryAbove(memoryTightShare) }
func (m *monitor) memoryShort() bool { return m.memoryAbove(memoryShortShare) }

func (m *monitor) memoryAbove(share float64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.limit > 0 && float64(m.used) > share*float64(m.limit)
}

// daysLeft forecasts when the memory is full at the present rate of writes; nil when nothing is written.
func (m *monitor) daysLeft(pending int64) *float64 {
	// pendingBytes is what a waiting transaction takes where none waits to measure it by.
	const pendingBytes = 2500
	if len(m.growth) < 2 || m.limit <= 0 {
		return nil
	}
	first, last := m.growth[0], m.growth[len(m.growth)-1]
	rate := float64(last.sequence-first.sequence) / last.at.Sub(first.at).Seconds()
	if rate <= 0 {
		return nil
	}
	each := float64(pendingBytes)
	if pending > 1000 {
		each = max(float64(m.used)/float64(pending), pendingBytes)
	}
	days := max(0, float64(m.limit-m.used)/(rate*each)/(24*time.Hour).Seconds())
	return &days
}

// setReplica takes in one look at the replica.
func (m *monitor) setReplica(v replicaView) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v.lookedAt = time.Now()
	if v.up && v.beat == m.view.beat {
		v.seenAt = m.view.seenAt
	}
	if !v.up {
		v.lsn, v.beat, v.asOf, v.seenAt = m.view.lsn, m.view.beat, m.view.asOf, m.view.seenAt
	}
	m.view = v
}

// age returns how old the replica's view is, and whether that is known for certain: the clocks of the two sites have to
// be compared, and a beat that has not changed for a while is at least that old.
func (m *monitor) age(now time.Time) (age time.Duration, certain bool) {
	if m.view.asOf.IsZero() {
		return 0, false
	}
	atMain := now
	if !m.mainRef.IsZero() {
		atMain = m.mainAt.Add(now.Sub(m.mainRef))
	} else if m.report.ClockKnown {
		atMain = now.Add(m.report.MainAhead)
	}
	age = max(atMain.Sub(m.view.asOf), now.Sub(m.view.seenAt), 0)
	return age, m.view.up && m.report.ClockKnown
}

// own brings the report about this process as the holder of the lease up to date and returns it; ok is false when it is
// not the holder.
func (m *monitor) own(holder string) (report executorReport, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.holding {
		return report, false
	}
	r := &m.report
	r.Holder, r.ReportedAt = holder, time.Now().UTC()
	m.recent.forget(time.Now())
	r.Rate, r.AverageMS = float64(m.recent.n)/rateWindow.Seconds(), 0
	if m.recent.n > 0 {
		r.AverageMS = float64(m.recent.took.Microseconds()) / 1000 / float64(m.recent.n)
	}
	return *r, true
}

// adopt takes in the report of the process that holds the lease.
func (m *monitor) adopt(r executorReport) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holding {
		return
	}
	m.report, m.alarms = r, nil
	m.mainAt, m.mainRef = time.Time{}, time.Time{}
}
