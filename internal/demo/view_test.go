package demo

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// duringTheOutage is a night whose link has been cut for ten seconds.
func duringTheOutage() view {
	begin := time.Date(2026, 10, 1, 6, 58, 50, 0, time.UTC)
	v := view{
		title: "one night at FYST", phase: "the link is cut", night: begin.Add(time.Minute), elapsed: 20 * time.Second, expected: 40 * time.Second,
		planned: 500, acknowledged: 250, committed: 120, replicated: 100, p50: 2500 * time.Microsecond, p99: 23 * time.Millisecond, sentAgain: 12,
		cutFor: 10 * time.Second, oldest: 9800 * time.Millisecond, accepting: 12.5, executor: "backing off", holder: "api-2",
		marks: []mark{
			{10 * time.Second, "cut", "the link is cut"}, {11 * time.Second, "api-1 killed", "it is killed"}, {12 * time.Second, "", "it is back"},
		},
		instruments: []activity{
			{"Prime-Cam", &Observation{Title: "Orion A, scan 6", Start: begin, Minutes: 9}, "r00d1_1790837930_000.g3"},
			{"CHAI", nil, ""},
		},
	}
	for at := time.Duration(0); at <= v.elapsed; at += 500 * time.Millisecond {
		m := moment{at: at, cut: at >= 10*time.Second}
		if m.cut {
			m.backlog = int((at - 10*time.Second) / time.Second * 15)
		}
		v.history = append(v.history, m)
	}
	return v
}

func rendered(lines []line, width int, styled bool) string {
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.render(width, styled) + "\n")
	}
	return text.String()
}

func TestFrame(t *testing.T) {
	want := `
  opsdb demo · one night at FYST · the link is cut        2026-10-01 06:59 UTC

  observatory ╌╌╌╌╌╌╌╌╌╌╌╌╌ ╳ ╌╌╌╌╌╌╌╌╌╌╌╌╌╌ cologne   link cut for 10.0 s

  ████████████▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒·······························  250 of 500
  acknowledged 250  ▒ buffered 130  ▓ committed 120  █ replicated 100  parked 0

  oldest waits 9.8 s          answer p50   2.5 ms     accepted     12.5/s
  executor     backing off    answer p99   23.0 ms    executed     0.0/s
  it runs in   api-2          sent again   12         empty in     –

  backlog                     ▁▂▂▃▃▄▄▄▅▅▆▇▇███
  link      ━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
                            ▴cut ▴api-1 killed

  Prime-Cam  Orion A, scan 6        06:58–07:07   r00d1_1790837930_000.g3
  CHAI       idle
`
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), rendered(duringTheOutage().frame(80), 79, false)); diff != "" {
		t.Error(diff)
	}
}

func TestPlainLine(t *testing.T) {
	want := " 20.0 s  06:59 UTC  link cut 10.0 s   acknowledged 250  buffered 130  committed 120  replicated 100  parked 0  " +
		"oldest 9.8 s  accepted 12.5/s  p50 2.5 ms  p99 23.0 ms"
	if got := duringTheOutage().plain(); got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
}

func TestFrameFitsEveryWidth(t *testing.T) {
	v := duringTheOutage()
	full := v
	full.acknowledged, full.committed, full.replicated, full.elapsed = 700, 700, 700, time.Hour // more than planned, and longer
	for _, v := range []view{v, full, {}} {
		for width := range 200 {
			for _, l := range v.frame(width) {
				if got := utf8.RuneCountInString(l.render(width, false)); got > width {
					t.Fatalf("%d columns of %d: %q", got, width, l.render(width, false))
				}
			}
		}
	}
}

func TestStylesTakeNoRoom(t *testing.T) {
	var l line
	l.add(red, "%s", "cut")
	l.add("", " and ")
	l.add(green, "healed")
	for width, want := range map[int]string{
		20: "\x1b[31mcut\x1b[0m and \x1b[32mhealed\x1b[0m", 10: "\x1b[31mcut\x1b[0m and \x1b[32mhe\x1b[0m", 3: "\x1b[31mcut\x1b[0m", 0: "",
	} {
		if got := l.render(width, true); got != want {
			t.Errorf("width %d: %q, want %q", width, got, want)
		}
	}
	if got, want := l.render(20, false), "cut and healed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	there := seen{status: "completed", packages: 2, files: 19, sync: "replicated"}
	later := seen{status: "running", packages: 1, files: 120, sync: "buffered"}
	o := Observation{Title: "Orion A, scan 1", Start: time.Date(2026, 10, 1, 6, 13, 0, 0, time.UTC)}
	beside := `
                                cologne                          observatory
  UTC    observation            status    pkg files  state       status    pkg files  state
  06:13  Orion A, scan 1        completed   2    19  replicated  running     1   120  buffered
`
	below := `
  UTC    observation            status    pkg files  state
  06:13  Orion A, scan 1        completed   2    19  replicated  cologne
                                running     1   120  buffered    observatory
`
	for width, want := range map[int]string{widest: beside, 80: below} {
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), rendered(table([]observed{{o, there, later}}, width), width, false)); diff != "" {
			t.Errorf("width %d:\n%s", width, diff)
		}
	}
}

func TestAScreenWithoutTerminalGetsALineASecond(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, func(string) string { return "" })
	s.say("starting")
	v := duringTheOutage()
	for v.elapsed = 0; v.elapsed < 3*time.Second; v.elapsed += 100 * time.Millisecond {
		s.show(v)
	}
	s.settle()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 4 || lines[0] != "  starting" || strings.Contains(out.String(), "\x1b") {
		t.Errorf("%q", lines)
	}
}

func TestUnits(t *testing.T) {
	for got, want := range map[string]string{
		bytesText(999): "999 bytes", bytesText(2_109_369_600): "2.1 GB", bytesText(998_700_000_000): "998.7 GB", bytesText(8e15): "8000.0 TB",
		seconds(1234 * time.Millisecond): "1.2 s", seconds(80 * time.Second): "1 min 20 s", milliseconds(2540 * time.Microsecond): "2.5 ms",
		slug("Orion A, scan 1"): "orion-a-scan-1", slug("Pointing on IRC+10216"): "pointing-on-irc-10216",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
