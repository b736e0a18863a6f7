package lab

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// Mode says what a cut link does with what is sent.
type Mode string

// The two modes of a cut.
const (
	// Swallow loses bytes without a word, as a radio link does: no FIN, no RST, connects hang until the link heals. A
	// stream that lost something stays silent for ever, healed link or not, and so does the other side of a connection
	// whose end was lost.
	Swallow Mode = "swallow"
	// Refuse resets the connections and refuses new ones.
	Refuse Mode = "refuse"
)

// Direction says which way the bytes go.
type Direction string

// The directions. Connects need both, so a cut of one alone makes them hang, too.
const (
	Both Direction = "both"
	Up   Direction = "up"   // from the secondary site to the main site
	Down Direction = "down" // from the main site to the secondary site
)

// Cut says how a link is cut.
type Cut struct {
	Mode      Mode      `json:"mode"`
	Direction Direction `json:"direction"`
}

func (c *Cut) loses(d Direction) bool {
	return c != nil && c.Mode == Swallow && (c.Direction == Both || c.Direction == d)
}

func (c *Cut) validate() error {
	switch {
	case c.Mode != Swallow && c.Mode != Refuse:
		return fmt.Errorf("mode %q: must be %q or %q", c.Mode, Swallow, Refuse)
	case c.Direction != Both && c.Direction != Up && c.Direction != Down:
		return fmt.Errorf("direction %q: must be %q, %q or %q", c.Direction, Both, Up, Down)
	case c.Mode == Refuse && c.Direction != Both:
		return fmt.Errorf("direction %q: only %s has a direction, a reset reaches both ends", c.Direction, Swallow)
	}
	return nil
}

// Link is the line between one secondary site and the main database. The site's APIs and its standby cross it on paths
// of their own, which share the line's state and its rate. It is safe for concurrent use.
type Link struct {
	site string
	main netip.AddrPort // the main database
	log  *slog.Logger
	api  *path
	wal  *path

	up, down pacer

	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every change that somebody may wait for
	cut     *Cut
	rtt     time.Duration
	rate    int64   // bytes a second in each direction; 0: unlimited
	stall   float64 // probability for each chunk
	armed   *trigger
	passed  map[Direction]int64
	conns   map[*conn]struct{}
	closed  bool
	carried sync.WaitGroup
}

// trigger cuts the link when the APIs have sent so many more bytes.
type trigger struct {
	in, lose  Direction
	remaining int64
	fired     chan struct{}
}

// openLink makes a perfect link from two ports of the loopback interface to the main database.
func openLink(site string, main netip.AddrPort, apiPort, walPort int, log *slog.Logger) (*Link, error) {
	l := &Link{
		site: site, main: main, log: log,
		changed: make(chan struct{}),
		passed:  make(map[Direction]int64),
		conns:   make(map[*conn]struct{}),
	}
	l.api = &path{link: l, port: apiPort, counted: true}
	// PostgreSQL gives the greeting between a standby and its main database no deadline: both could wait for ever.
	l.wal = &path{link: l, port: walPort, bounded: true}
	if err := errors.Join(l.api.open(), l.wal.open()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Cut cuts the link; it replaces a cut in force. It fails if mode and direction do not go together.
func (l *Link) Cut(mode Mode, direction Direction) error {
	cut := &Cut{Mode: mode, Direction: direction}
	if err := cut.validate(); err != nil {
		return err
	}
	l.change(func() { l.cut = cut })
	l.log.Info("link cut", "site", l.site, "mode", mode, "direction", direction)
	if mode == Swallow {
		return errors.Join(l.api.open(), l.wal.open())
	}
	err := errors.Join(l.api.close(), l.wal.close())
	for _, c := range l.connections() {
		c.refuse()
	}
	return err
}

// CutAfter cuts the link as soon as n more bytes of the site's APIs have passed in one direction: not one more is
// delivered in the direction to lose. The channel is closed when that happens. Heal and Reset disarm it.
func (l *Link) CutAfter(n int64, in, lose Direction) <-chan struct{} {
	t := &trigger{in: in, lose: lose, remaining: n, fired: make(chan struct{})}
	l.change(func() {
		l.armed = t
		l.fire()
	})
	return t.fired
}

// Heal ends a cut. Connections that lost nothing go on, and connects that hang go through. It fails if the port of a
// refusing link cannot be opened again.
func (l *Link) Heal() error {
	l.change(func() { l.cut, l.armed = nil, nil })
	l.log.Info("link healed", "site", l.site)
	return errors.Join(l.api.open(), l.wal.open())
}

// Slow delays every byte by half of rtt and lets rate bytes a second pass in each direction, both paths together; 0 is
// no delay and no limit.
func (l *Link) Slow(rtt time.Duration, rate int64) {
	l.change(func() { l.rtt, l.rate = rtt, rate })
	l.log.Info("link slowed", "site", l.site, "rtt", rtt, "rate", rate)
}

// Stall makes the link behave as one that loses packets looks to a TCP connection: with probability p each chunk is
// held up for 0.2 to 3 s, and one in ten of these connections is reset instead.
func (l *Link) Stall(p float64) {
	l.change(func() { l.stall = p })
	l.log.Info("link stalls", "site", l.site, "p", p)
}

// Reset makes the link perfect again. It fails as Heal does.
func (l *Link) Reset() error {
	l.change(func() { l.rtt, l.rate, l.stall = 0, 0, 0 })
	return l.Heal()
}

// LinkState is what a link does at the moment.
type LinkState struct {
	Cut         *Cut    `json:"cut"` // null: whole
	RTT         string  `json:"rtt"`
	Rate        int64   `json:"rate"` // bytes a second; 0: unlimited
	Stall       float64 `json:"stall"`
	Connections int     `json:"connections"`
	Silent      int     `json:"silent"` // connections that lost something and will never speak again
	Up          int64   `json:"up"`     // bytes delivered to the main site
	Down        int64   `json:"down"`   // bytes delivered to the secondary site
}

// State returns what the link does at the moment.
func (l *Link) State() LinkState {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := LinkState{
		Cut: l.cut, RTT: l.rtt.String(), Rate: l.rate, Stall: l.stall, Connections: len(l.conns),
		Up: l.passed[Up], Down: l.passed[Down],
	}
	for c := range l.conns {
		if c.up.lost.Load() || c.down.lost.Load() {
			s.Silent++
		}
	}
	return s
}

// Close ends all connections, silent ones too, and waits until nothing of the link is left.
func (l *Link) Close() error {
	l.change(func() { l.closed = true })
	err := errors.Join(l.api.close(), l.wal.close())
	for _, c := range l.connections() {
		c.abort()
	}
	l.carried.Wait()
	return err
}

// change alters the state and wakes whoever waits for the link.
func (l *Link) change(alter func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	alter()
	l.announce()
}

func (l *Link) announce() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// fire cuts the link when the trigger's bytes have passed. The caller holds the lock.
func (l *Link) fire() {
	if t := l.armed; t.remaining <= 0 {
		l.armed, l.cut = nil, &Cut{Mode: Swallow, Direction: t.lose}
		close(t.fired)
		l.announce()
	}
}

// admit returns how many of n bytes may be delivered now; the others are lost.
func (l *Link) admit(p *path, d Direction, n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut.loses(d) {
		return 0
	}
	if t := l.armed; t != nil && p.counted && t.in == d && n > 0 {
		passing := min(int64(n), t.remaining)
		t.remaining -= passing
		l.fire()
		if l.cut.loses(d) {
			n = int(passing)
		}
	}
	l.passed[d] += int64(n)
	return n
}

func (l *Link) loses(d Direction) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut.loses(d)
}

// condition is a look at the link together with the channel that is closed when it changes.
type condition struct {
	whole   bool // nothing is cut: connects go through
	delay   time.Duration
	rate    int64
	stall   float64
	closed  bool
	changed <-chan struct{}
}

func (l *Link) condition() condition {
	l.mu.Lock()
	defer l.mu.Unlock()
	return condition{
		whole: l.cut == nil, delay: l.rtt / 2, rate: l.rate, stall: l.stall, closed: l.closed, changed: l.changed,
	}
}

// window returns how many bytes a direction of one connection may have under way: what a line of this length holds and
// little more, so that the sender feels the rate and not a buffer.
func (c condition) window() int {
	const unlimited, least = 16 << 20, 16 << 10
	if c.rate == 0 {
		return unlimited
	}
	return max(least, int(float64(c.rate)*(c.delay+200*time.Millisecond).Seconds()))
}

// accident decides whether a chunk is held up, and for how long, or its connection is reset.
func (c condition) accident() (pause time.Duration, reset bool) {
	const shortest, longest = 200 * time.Millisecond, 3 * time.Second
	if c.stall == 0 || rand.Float64() >= c.stall {
		return 0, false
	}
	if rand.IntN(10) == 0 {
		return 0, true
	}
	return shortest + rand.N(longest-shortest), false
}

func (l *Link) connections() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*conn, 0, len(l.conns))
	for c := range l.conns {
		all = append(all, c)
	}
	return all
}

// add registers a connection; false if the link is closed.
func (l *Link) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.conns[c] = struct{}{}
	l.carried.Add(1)
	return true
}

func (l *Link) remove(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	l.carried.Done()
}
