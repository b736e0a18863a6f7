package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

// tape is what a program prints, for others to read meanwhile.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (w *tape) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

// String returns what was printed.
func (w *tape) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// until waits until something that satisfies enough is on the tape.
func (w *tape) until(t *testing.T, what string, enough func(string) bool) {
	t.Helper()
	labtest.Eventually(t, what, func(context.Context) error {
		if text := w.String(); !enough(text) {
			return fmt.Errorf("so far: %s", text[max(0, len(text)-2000):])
		}
		return nil
	})
}

// Events come as lines, each once, over a restart of the API, too.
func TestWatchLines(t *testing.T) {
	s := at(t, observatory)
	ctx, cancel := context.WithCancel(s.ctx)
	var out, said tape
	ended := make(chan int)
	go func() { ended <- s.app(&out, &said).run(ctx, []string{"watch", "--json", "--topic", "observations"}) }()
	out.until(t, "the snapshot", func(text string) bool { return strings.Contains(text, `"type":"snapshot"`) })
	first := s.start()
	out.until(t, "the first event", func(text string) bool { return strings.Contains(text, first) })
	must(t, world.Kill(observatory+"/api-1"))
	second := s.start()
	out.until(t, "the event after the restart", func(text string) bool {
		return strings.Contains(text, second) && strings.Contains(text, `"type":"disconnected"`)
	})
	cancel()
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d: %s", code, said.String())
	}
	seen := map[int64]bool{}
	for _, line := range lines[liveLine](t, out.String()) {
		if line.Type != "event" {
			continue
		}
		if seen[*line.Offset] {
			t.Errorf("the event %d came twice", *line.Offset)
		}
		seen[*line.Offset] = true
	}
}

func TestWatchForbidden(t *testing.T) {
	s := at(t, observatory)
	s.environ["OPS_API_TOKEN"] = ""
	s.run("watch", "--json", "--topic", "buffer").exits(exitFailed).says("401")
}

// terminal opens a terminal; its master is the person, its slave the program's.
func terminal(t *testing.T, columns, rows uint16) (master, slave *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	must(t, err)
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	must(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	must(t, err)
	must(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns}))
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	return master, slave
}

// On a terminal the site is drawn anew as it changes, and q leaves the terminal as it was.
func TestWatchOnATerminal(t *testing.T) {
	s := at(t, observatory)
	master, slave := terminal(t, 100, 30)
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	must(t, err)
	var screen tape
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		if _, err := io.Copy(&screen, master); err != nil && !errors.Is(err, unix.EIO) && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	}()
	a := s.app(slave, io.Discard)
	a.in, a.size = slave, terminalSize
	ended := make(chan int)
	go func() { ended <- a.run(s.ctx, []string{"watch"}) }()
	screen.until(t, "the site", func(text string) bool { return strings.Contains(text, "OBSERVATORY (secondary)") })
	id := s.start("--observer", "who watches")
	screen.until(t, "the observation, replicated", func(text string) bool {
		frames := strings.Split(text, "\x1b[H")
		last := frames[len(frames)-1]
		return strings.Contains(last, "who watches") && strings.Contains(last, "replicated") && strings.Contains(last, id[:8])
	})
	// Somebody makes the window smaller than anything.
	must(t, unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 2, Col: 10}))
	screen.until(t, "a small picture", func(text string) bool {
		frames := strings.Split(text, "\x1b[H")
		return strings.HasPrefix(frames[len(frames)-1], "OBSERVATO…")
	})
	_, err = master.WriteString("q")
	must(t, err)
	if code := <-ended; code != exitDone {
		t.Errorf("exit %d", code)
	}
	after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	must(t, err)
	if *after != *before {
		t.Error("the terminal is not as it was")
	}
	must(t, slave.Close())
	<-copied
	must(t, master.Close())
	if !strings.HasSuffix(screen.String(), leaveScreen) {
		t.Error("the screen is not left")
	}
}

// Whatever there is to show, and however hostile, it fits every terminal.
func TestViewFits(t *testing.T) {
	t.Parallel()
	s := newState()
	s.now = func() time.Time { return time.Date(2026, 7, 15, 11, 20, 0, 0, time.UTC) }
	if view := s.view(80, 24); len(view) != 2 {
		t.Errorf("%q", view)
	}
	s.health = &client.Health{Site: "observatory", Status: client.HealthStatusDegraded, Remarks: []string{"one\x1b[2J", "two", "three", "four"}}
	s.buffer = &client.BufferStats{FailedTransactions: 2, Alarm: "look"}
	s.transfer = &client.TransferOverview{StalledTransfers: 1, Failures: client.TransferFailures{Packages: 3}}
	for range 60 {
		s.obs = append(s.obs, client.ExecutedObsUnit{ID: uuid.New(), Observer: "a\nb", Status: client.ObservationStatusRunning})
	}
	for i := range 2 * keepEvents {
		s.hear(news{topic: opsdb.Buffer, message: opsdb.Message{Type: "events", Events: []client.LiveEvent{{Offset: int64(i), Record: "transaction", Action: "buffered"}}}})
	}
	s.hear(news{topic: opsdb.Transfer, err: errors.New("gone")})
	if len(s.events) != keepEvents || !s.changed[opsdb.Buffer] {
		t.Errorf("%d events are kept", len(s.events))
	}
	for rows := range 60 {
		for _, columns := range []int{1, 2, 10, 40, 80, 200} {
			view := s.view(columns, rows)
			if len(view) > rows {
				t.Fatalf("%d rows show %d lines", rows, len(view))
			}
			for _, line := range view {
				if utf8.RuneCountInString(line) > columns || strings.ContainsAny(line, "\x1b\n") {
					t.Fatalf("%d columns: %q", columns, line)
				}
			}
		}
	}
	all := strings.Join(s.view(200, 50), "\n")
	for _, text := range []string{"OBSERVATIONS", "EVENTS", "2 PARKED", "1 STALLED", "FAILED: 3 packages", "transfer is not followed: gone", "q ends"} {
		if !strings.Contains(all, text) {
			t.Errorf("no %q in\n%s", text, all)
		}
	}
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	s := newState()
	s.hear(news{topic: opsdb.Observations, err: errors.New("gone")})
	s.hear(news{topic: opsdb.Observations, message: opsdb.Message{Type: "snapshot", Data: json.RawMessage(`{"items": [{"obs_unit_id": 7}], "next_cursor": null}`)}})
	if len(s.obs) != 1 || s.obs[0].ObsUnitID != 7 || s.broken[opsdb.Observations] != nil || s.changed[opsdb.Observations] {
		t.Errorf("%+v", s)
	}
	s.hear(news{topic: opsdb.Health, message: opsdb.Message{Type: "snapshot", Data: json.RawMessage(`[]`)}})
	if !s.changed[opsdb.Health] {
		t.Error("a snapshot that cannot be understood is not read again")
	}
}
