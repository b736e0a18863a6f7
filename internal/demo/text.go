package demo

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// style is how a piece of text looks, as the parameters of an ANSI sequence; the zero value is plain.
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// piece is text of one style. All its characters are one column wide.
type piece struct {
	text  string
	style style
}

// line is a line of the display.
type line []piece

// add appends text.
func (l *line) add(s style, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" {
		*l = append(*l, piece{text, s})
	}
}

// pad appends spaces up to a column.
func (l *line) pad(column int) {
	if missing := column - l.width(); missing > 0 {
		*l = append(*l, piece{text: strings.Repeat(" ", missing)})
	}
}

func (l line) width() int {
	total := 0
	for _, p := range l {
		total += utf8.RuneCountInString(p.text)
	}
	return total
}

// render returns the line, cut off at a width, with styles or without; spaces at its end are left out.
func (l line) render(width int, styled bool) string {
	var out strings.Builder
	left := width
	for i, p := range l {
		text := []rune(p.text)
		if len(text) > left {
			text = text[:left]
		}
		left -= len(text)
		shown := string(text)
		if i == len(l)-1 {
			shown = strings.TrimRight(shown, " ")
		}
		if styled && p.style != "" && shown != "" {
			shown = "\x1b[" + string(p.style) + "m" + shown + "\x1b[0m"
		}
		out.WriteString(shown)
	}
	return out.String()
}

// seconds writes a duration as people read it: 12.3 s, 1 min 20 s.
func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// milliseconds writes a duration with one decimal.
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// bytesText writes a number of bytes in the largest unit that fits.
func bytesText(n int64) string {
	value, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}
