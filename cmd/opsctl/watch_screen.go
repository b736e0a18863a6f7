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
	keys, restore, err := a.rawKeys(ctx)
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
		case key, open := <-keys:
			if !open || key == 'q' || key == 'Q' || key == 3 {
				return nil
			}
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

// rawKeys returns the keys that are pressed, each at once, if there is a keyboard. What restore returns must be done at the
// end.
func (a *app) rawKeys(ctx context.Context) (keys <-chan byte, restore func() error, err error) {
	keyboard, ok := a.in.(*os.File)
	if columns, _ := a.size(a.in); !ok || columns == 0 {
		return nil, func() error { return nil }, nil
	}
	fd := int(keyboard.Fd()) //nolint:gosec // a descriptor is a small number
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, nil, err
	}
	pressed := make(chan byte)
	go func() {
		defer close(pressed)
		one := make([]byte, 1)
		for {
			if _, err := io.ReadFull(keyboard, one); err != nil {
				return
			}
			select {
			case pressed <- one[0]:
			case <-ctx.Done():
				return
			}
		}
	}()
	return pressed, func() error { return term.Restore(fd, before) }, nil
}
