package postgres

import (
	"strings"
	"testing"
)

// A clock that is set does not turn what was heard before a verdict into what came after it.
func TestSignsOfLifeAreTimedByAClockThatNobodySets(t *testing.T) {
	p := newPulse("tcp", "127.0.0.1:1")
	if !p.heard().IsZero() {
		t.Error("something was heard already")
	}
	p.hear()
	if at := p.heard().String(); !strings.Contains(at, "m=") {
		t.Errorf("it is timed by the clock on the wall: %s", at)
	}
}
