package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	opsdb "github.com/ccatobs/opsdb/clients/go"
)

const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // the other screen, no cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	redrawEvery = time.Second
)

// watchScreen draws the site on the terminal until q is pressed, or ctx ends, or nothing can be followed.
func (a *app) watchScreen(ctx context.Context, api *opsdb.Client, all <-chan news) (err error) {
	quit, restore, err := a.untilQuit()
	if err != nil {
		return err
	}
	fmt.Fprint(a.out, enterScreen)
	defer func() {
		fmt.Fprint(a.out, leaveScreen)
		err = errors.Join(err, restore())
	}()
	s := newState()
	fresh := s.refresher(ctx, api)
	ticker := time.NewTicker(redrawEvery)
	defer ticker.Stop()
	for {
		a.draw(s.view(a.size(a.out)))
		select {
		case <-ctx.Done():
			return nil
		case <-quit:
			return nil
		case n, open := <-all:
			if !open {
				return s.ended()
			}
			s.hear(n)
		case update := <-fresh:
			update()
		case <-ticker.C:
		}
	}
}

// draw puts lines on the screen, over what was there.
func (a *app) draw(lines []string) {
	fmt.Fprint(a.out, "\x1b[H"+strings.Join(lines, "\x1b[K\r\n")+"\x1b[K\x1b[J")
}

// untilQuit returns a channel that is closed when q or Ctrl-C is pressed, or the keyboard has gone; nil when there is none.
// What restore returns must be done at the end.
func (a *app) untilQuit() (quit <-chan struct{}, restore func() error, err error) {
	keyboard, ok := a.in.(*os.File)
	if columns, _ := a.size(a.in); !ok || columns == 0 {
		return nil, func() error { return nil }, nil
	}
	fd := int(keyboard.Fd()) //nolint:gosec // a descriptor is a small number
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, nil, err
	}
	const ctrlC = 3
	pressed := make(chan struct{})
	go func() {
		defer close(pressed)
		key := make([]byte, 1)
		for key[0] != 'q' && key[0] != 'Q' && key[0] != ctrlC {
			if _, err := io.ReadFull(keyboard, key); err != nil {
				return
			}
		}
	}()
	return pressed, func() error { return term.Restore(fd, before) }, nil
}
