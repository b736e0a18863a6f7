package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// screen is where the night is watched: a terminal, redrawn in place, or lines of text.
// It is safe for concurrent use.
type screen struct {
	mu       sync.Mutex
	out      io.Writer
	terminal *os.File // nil: lines
	styled   bool
	drawn    int           // lines of the frame that is shown
	next     time.Duration // when the next line is due
	err      error         // of the first write that failed
}

// plainEvery is the pause between two lines of text.
const plainEvery = time.Second

func newScreen(out io.Writer, plain bool, getenv func(string) string) *screen {
	s := &screen{out: out}
	file, ok := out.(*os.File)
	if !ok || plain || getenv("TERM") == "dumb" {
		return s
	}
	if _, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err != nil {
		return s
	}
	s.terminal, s.styled = file, getenv("NO_COLOR") == ""
	return s
}

// show shows a view in the place of the one before; without a terminal not more often than is readable.
func (s *screen) show(v view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.terminal == nil {
		if v.elapsed >= s.next {
			s.next = v.elapsed.Truncate(plainEvery) + plainEvery
			s.print(v.plain() + "\n")
		}
		return
	}
	width, height := s.size()
	lines := v.frame(width)
	lines = lines[:min(len(lines), height-1)]
	var frame strings.Builder
	frame.WriteString("\x1b[?25l")
	if s.drawn > 0 {
		fmt.Fprintf(&frame, "\x1b[%dA", s.drawn)
	}
	for _, l := range lines {
		frame.WriteString("\r" + l.render(width-1, s.styled) + "\x1b[K\n")
	}
	frame.WriteString("\x1b[J")
	s.print(frame.String())
	s.drawn = len(lines)
}

// size returns the terminal's columns and rows; lines of text may have the widest.
func (s *screen) size() (width, height int) {
	if s.terminal == nil {
		return widest, 0
	}
	size, err := unix.IoctlGetWinsize(int(s.terminal.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 || size.Row < 2 {
		return 80, 24
	}
	return int(size.Col), int(size.Row)
}

// settle leaves what is shown where it is; what comes next stands below.
func (s *screen) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn > 0 {
		s.print("\x1b[?25h\n")
		s.drawn = 0
	}
}

// say writes a line that stays. While a view is shown in place, the view has to tell it.
func (s *screen) say(format string, args ...any) {
	var l line
	l.add("", margin+format, args...)
	s.lines([]line{l})
}

// lines writes lines that stay, as say does.
func (s *screen) lines(lines []line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn > 0 {
		return
	}
	for _, l := range lines {
		s.print(l.render(1<<10, s.styled) + "\n")
	}
}

func (s *screen) print(text string) {
	if _, err := io.WriteString(s.out, text); err != nil && s.err == nil {
		s.err = err
	}
}
