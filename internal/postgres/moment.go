package postgres

import (
	"sync/atomic"
	"time"
)

// moment is when something happened last, by a clock that nobody sets. Its zero value is never.
type moment struct{ nanoseconds atomic.Int64 } // since started

var started = time.Now()

// pass says that it happens now.
func (m *moment) pass() { m.nanoseconds.Store(max(1, int64(time.Since(started)))) }

// at returns when it happened, in the terms of the present clock; zero when it never has.
func (m *moment) at() time.Time {
	then := m.nanoseconds.Load()
	if then == 0 {
		return time.Time{}
	}
	now := time.Now()
	return now.Add(time.Duration(then) - now.Sub(started))
}
