package demo

import (
	"fmt"
	"strings"
	"time"
)

// view is all that the display shows at one moment.
type view struct {
	title    string
	night    time.Time     // what time of the night it is
	elapsed  time.Duration // since the night began
	expected time.Duration // how long the whole may take
	phase    string

	planned      int // writes
	acknowledged int
	committed    int // of them; by SELECT on the main database
	replicated   int // of them; by SELECT on the replica
	parked       int
	p50, p99     time.Duration
	sentAgain    int64

	cutFor    time.Duration // 0: the link is whole
	oldest    time.Duration // how long the oldest write that is not yet replicated has waited
	accepting float64       // writes a second
	executing float64
	empty     *time.Duration // when the backlog ends
	executor  string
	holder    string

	history     []moment
	marks       []mark
	instruments []activity
	stages      stages // of the packages in the main database
}

// moment is a point of the history.
type moment struct {
	at      time.Duration
	backlog int // acknowledged and not yet replicated
	cut     bool
}

// mark is something that happened.
type mark struct {
	at    time.Duration
	label string // below the timeline; empty: not there
	text  string // as a line of its own
}

// activity is what an instrument does.
type activity struct {
	name        string
	observation *Observation // nil: none
	file        string       // registered last
}

const (
	narrowest = 60
	widest    = 100
	margin    = "  "
)

// frame returns the display for a terminal of a width.
func (v view) frame(width int) []line {
	width = min(max(width, narrowest), widest) - len(margin)
	lines := []line{v.heading(width), {}, v.link(width), {}, v.bar(width), v.counts(), {}}
	lines = append(lines, v.figures()...)
	lines = append(lines, line{})
	lines = append(lines, v.timeline(width)...)
	lines = append(lines, line{})
	for _, a := range v.instruments {
		lines = append(lines, a.line())
	}
	if v.stages.any() {
		lines = append(lines, v.stages.line())
	}
	return lines
}

func (v view) heading(width int) line {
	var l line
	l.add("", margin)
	l.add(bold, "opsdb demo")
	l.add(dim, " · ")
	l.add("", "%s", v.title)
	l.add(dim, " · ")
	l.add(linkStyle(v.cutFor > 0), "%s", v.phase)
	right := fmt.Sprintf("%s UTC", v.night.UTC().Format("2006-01-02 15:04"))
	l.pad(width - len(right))
	l.add(bold, "%s", right)
	return l
}

// link draws the line between the sites.
func (v view) link(width int) line {
	const from, to = "observatory ", " cologne"
	state := "link up"
	if v.cutFor > 0 {
		state = "link cut for " + seconds(v.cutFor)
	}
	length := max(width-len(margin)-len(from)-len(to)-len("   link cut for 1 min 59 s"), 5)
	var l line
	l.add("", margin+from)
	if v.cutFor > 0 {
		left := (length - 3) / 2
		l.add(red, "%s ╳ %s", strings.Repeat("╌", left), strings.Repeat("╌", length-3-left))
	} else {
		l.add(green, "%s", strings.Repeat("━", length))
	}
	l.add("", to)
	l.add(linkStyle(v.cutFor > 0), "   %s", state)
	return l
}

func linkStyle(cut bool) style {
	if cut {
		return red
	}
	return green
}

// bar shows how far the night's writes have come.
func (v view) bar(width int) line {
	note := fmt.Sprintf("  %d of %d", v.acknowledged, v.planned)
	length := width - len(margin) - len("  9999 of 9999")
	upTo := func(n int) int { return n * length / max(v.planned, n, 1) }
	replicated, committed, acknowledged := upTo(v.replicated), upTo(v.committed), upTo(v.acknowledged)
	committed = max(committed, replicated)
	acknowledged = max(acknowledged, committed)
	var l line
	l.add("", margin)
	l.add(green, "%s", strings.Repeat("█", replicated))
	l.add(cyan, "%s", strings.Repeat("▓", committed-replicated))
	l.add(yellow, "%s", strings.Repeat("▒", acknowledged-committed))
	l.add(dim, "%s", strings.Repeat("·", length-acknowledged))
	l.add("", "%s", note)
	return l
}

// counts names the parts of the bar.
func (v view) counts() line {
	parked := dim
	if v.parked > 0 {
		parked = red
	}
	var l line
	l.add("", margin)
	for _, c := range []struct {
		style style
		label string
		n     int
	}{
		{bold, "acknowledged", v.acknowledged},
		{yellow, "▒ buffered", max(v.acknowledged-v.committed, 0)},
		{cyan, "▓ committed", v.committed},
		{green, "█ replicated", v.replicated},
		{parked, "parked", v.parked},
	} {
		l.add(c.style, "%s %d", c.label, c.n)
		l.add("", "  ")
	}
	return l
}

// figures are what an operator asks next.
func (v view) figures() []line {
	empty := "–"
	if v.empty != nil {
		empty = seconds(*v.empty)
	}
	rows := [][3][2]string{
		{{"oldest waits", seconds(v.oldest)}, {"answer p50", milliseconds(v.p50)}, {"accepted", fmt.Sprintf("%.1f/s", v.accepting)}},
		{{"executor", v.executor}, {"answer p99", milliseconds(v.p99)}, {"executed", fmt.Sprintf("%.1f/s", v.executing)}},
		{{"it runs in", v.holder}, {"sent again", fmt.Sprint(v.sentAgain)}, {"empty in", empty}},
	}
	lines := make([]line, len(rows))
	for i, row := range rows {
		for j, figure := range row {
			lines[i].pad(len(margin) + []int{0, 28, 52}[j])
			lines[i].add(dim, "%-13s", figure[0])
			lines[i].add("", "%s", figure[1])
		}
	}
	return lines
}

const (
	labels = 10 // columns before the timeline
	// tallest is the backlog from which on the tallest bar means more.
	tallest = 20
)

// timeline draws the backlog and the link over the time, and what happened.
func (v view) timeline(width int) []line {
	columns := width - len(margin) - labels
	column := func(at time.Duration) int {
		return min(int(at*time.Duration(columns)/max(v.expected, v.elapsed, 1)), columns-1)
	}
	backlog, cut := make([]int, columns), make([]bool, columns)
	filled, most := 0, tallest
	for _, m := range v.history {
		c := column(m.at)
		for ; filled <= c; filled++ {
			backlog[filled], cut[filled] = m.backlog, m.cut
		}
		backlog[c] = max(backlog[c], m.backlog)
		most = max(most, m.backlog)
	}
	return []line{sparkline(backlog[:filled], most), linkline(cut[:filled]), markline(v.marks, column, columns)}
}

func sparkline(values []int, most int) line {
	levels := []rune(" ▁▂▃▄▅▆▇█")
	bars := make([]rune, len(values))
	for i, v := range values {
		bars[i] = levels[(v*(len(levels)-1)+most-1)/most]
	}
	var l line
	l.add(dim, "%s%-*s", margin, labels, "backlog")
	l.add(yellow, "%s", string(bars))
	return l
}

func linkline(cut []bool) line {
	var l line
	l.add(dim, "%s%-*s", margin, labels, "link")
	for i := 0; i < len(cut); {
		end := i
		for end < len(cut) && cut[end] == cut[i] {
			end++
		}
		drawn := "━"
		if cut[i] {
			drawn = "╌"
		}
		l.add(linkStyle(cut[i]), "%s", strings.Repeat(drawn, end-i))
		i = end
	}
	return l
}

// markline puts each mark below its time, or as near to the right of it as there is room.
func markline(marks []mark, column func(time.Duration) int, columns int) line {
	var l line
	l.add("", "%s%-*s", margin, labels, "")
	begin := l.width()
	for _, m := range marks {
		if m.label == "" {
			continue
		}
		if l.width() > begin {
			l.add("", " ")
		}
		l.pad(begin + min(column(m.at), columns-len(m.label)-1))
		l.add(dim, "▴")
		l.add("", "%s", m.label)
	}
	return l
}

func (a activity) line() line {
	var l line
	l.add(dim, "%s%-11s", margin, a.name)
	if o := a.observation; o != nil {
		l.add("", "%-23s%s–%s", o.Title, o.Start.UTC().Format("15:04"), o.End().UTC().Format("15:04"))
	} else {
		l.add(dim, "idle")
	}
	l.pad(len(margin) + 48)
	l.add(dim, "%s", a.file)
	return l
}

// plain returns the display as one line of text.
func (v view) plain() string {
	link := "link up"
	if v.cutFor > 0 {
		link = "link cut " + seconds(v.cutFor)
	}
	return fmt.Sprintf("%5.1f s  %s UTC  %-16s  acknowledged %3d  buffered %3d  committed %3d  replicated %3d  parked %d  oldest %s  accepted %.1f/s  p50 %s  p99 %s",
		v.elapsed.Seconds(), v.night.UTC().Format("15:04"), link, v.acknowledged, max(v.acknowledged-v.committed, 0), v.committed,
		v.replicated, v.parked, seconds(v.oldest), v.accepting, milliseconds(v.p50), milliseconds(v.p99))
}
