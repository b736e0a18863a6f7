package live_test

import (
	"testing"

	"github.com/ccatobs/opsdb/internal/live"
)

// A main database that was restored, promoted or replaced does not continue what was told.
func TestEpochs(t *testing.T) {
	t.Parallel()
	for name, disaster := range map[string]func(*place){
		"promoted":           func(p *place) { p.beat("1/00000002") },
		"event lost":         func(p *place) { p.execute("delete from event_outbox"); p.beat(history) },
		"Redis lost":         func(p *place) { p.redisDo("FLUSHALL") },
		"buffer not read":    func(p *place) { p.loseEvents() },
		"away for too long":  func(p *place) { p.execute("update heartbeat set beat = beat + 1, at = at + interval '8 days'") },
		"transactions lost":  func(p *place) { p.turnBack(); p.beat(history) },
		"set back":           func(p *place) { p.execute("update heartbeat set beat = beat - 1, at = clock_timestamp()") },
		"Redis of long ago":  func(p *place) { p.redisDo("DEL", keys.Live()) },
		"Redis set back":     func(p *place) { p.setBack() },
		"topics and all old": func(p *place) { p.redisDo("DEL", keys.Live(), keys.LiveTopic("observations")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			o := p.start()
			f := &follower{t: t}
			first := f.follow(o, live.Observations)
			p.addEvent("buffered", 1)
			p.happen(0, 5)
			f.until(5)
			disaster(p)
			for {
				m, err := f.read()
				if err != nil {
					t.Fatal(err)
				}
				if m.Type == "snapshot" {
					if m.Recovered || m.Epoch == first.Epoch {
						t.Fatalf("not a new epoch: %+v", m)
					}
					break
				}
			}
			// The same stream goes on, and who comes from before is told.
			n := len(f.seen)
			p.happen(5, 10)
			f.until(n + 5)
			old := &follower{t: t, epoch: first.Epoch, at: 3}
			if m := old.follow(o, live.Observations); m.Recovered {
				t.Error("recovered across epochs")
			}
		})
	}
}

// What looks like a loss and is none: the stream goes on, with every event once.
func TestNoNewEpoch(t *testing.T) {
	t.Parallel()
	for name, calm := range map[string]func(*place){
		"first heartbeat":  func(p *place) { p.beat(history) },
		"clock set back":   func(p *place) { p.execute("update heartbeat set beat = beat + 1, at = at - interval '10 minutes'") },
		"clock set onward": func(p *place) { p.execute("update heartbeat set beat = beat + 1, at = at + interval '10 minutes'") },
		// A replica that has just started shows what was before for a moment.
		"older heartbeat": func(p *place) {
			p.execute("update heartbeat set beat = beat - 1, at = at - interval '1 second'")
			p.pollsAgain()
			p.pollsAgain()
			p.execute("update heartbeat set beat = beat + 1, at = at + interval '1 second'")
		},
		"older with the same heartbeat": func(p *place) {
			back := p.turnBack()
			p.pollsAgain()
			p.pollsAgain()
			p.redisDo("HSET", keys.Live(), "outbox", back)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newSilentPlace(t)
			if name != "first heartbeat" {
				p.beat(history)
			}
			f := &follower{t: t}
			first := f.follow(p.start(), live.Observations)
			p.happen(0, 5)
			f.until(5)
			p.pollsAgain()
			calm(p)
			p.pollsAgain()
			p.pollsAgain()
			p.happen(5, 10)
			f.until(10)
			if f.epoch != first.Epoch {
				t.Error("a new epoch has begun")
			}
			for i, e := range f.seen {
				if e.IDs[0] != id(i).String() {
					t.Fatalf("event %d is of %s", i, e.IDs[0])
				}
			}
		})
	}
}

// A Redis that stands still for longer than the lease of who publishes has lost nothing, and neither have the readers.
func TestNoNewEpochWhenRedisStandsStill(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	processes := []*process{p.start(), p.start()}
	readers := []*follower{{t: t}, {t: t}}
	for i, f := range readers {
		f.follow(processes[i], live.Observations)
	}
	p.happen(0, 5)
	for _, f := range readers {
		f.until(5)
	}
	p.redis.Pause()
	p.happen(5, 10)
	for range 3 { // each is given up after two seconds or more
		if err := p.client.Do(t.Context(), p.client.B().Ping().Build()).Error(); err == nil {
			t.Fatal("it does not stand still")
		}
	}
	p.redis.Continue()
	p.happen(10, 15)
	for _, f := range readers {
		f.until(15)
		if f.snapshots != 1 {
			t.Errorf("%d snapshots", f.snapshots)
		}
		for i, e := range f.seen {
			if e.IDs[0] != id(i).String() {
				t.Fatalf("event %d is of %s", i, e.IDs[0])
			}
		}
	}
}
