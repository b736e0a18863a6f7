package live_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// A hundred disconnects in ten thousand events, by turns at two processes of which each ends once: every event comes once
// and in order.
func TestEveryEventComesOnce(t *testing.T) {
	t.Parallel()
	const events, disconnects = 10_000, 100
	p := newPlace(t)
	processes := []*process{p.start(), p.start()}
	f := &follower{t: t}
	f.follow(processes[0], live.Observations)
	db := pgtest.Connect(t, p.address)
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range events {
			if _, err := db.Exec(t.Context(), insertEvent, id(i)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range disconnects {
		f.until((i + 1) * events / (disconnects + 10))
		if err := f.conn.CloseNow(); err != nil {
			t.Fatal(err)
		}
		switch i {
		case 30:
			processes[0].kill()
			processes[0] = p.start()
		case 60:
			processes[1].kill()
			processes[1] = p.start()
		}
		if first := f.follow(processes[rand.IntN(2)], live.Observations); !first.Recovered {
			t.Fatalf("disconnect %d: not recovered at %d", i, f.at)
		}
	}
	f.until(events)
	writing.Wait()
	for i, e := range f.seen {
		if e.IDs[0] != id(i).String() {
			t.Fatalf("event %d is of %s", i, e.IDs[0])
		}
	}
}

// Transactions get their numbers in one order and commit in another.
func TestLateCommitsAreNotSkipped(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	f := &follower{t: t}
	f.follow(p.start(), live.Observations)
	late := pgtest.Connect(t, p.address)
	const writers = 20
	for i := range writers {
		tx, err := late.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), insertEvent, id(2*i)); err != nil {
			t.Fatal(err)
		}
		p.happen(2*i+1, 2*i+2) // commits first, with the later number
		if i%2 == 0 {
			p.pollsAgain() // between the two, or perhaps not
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.until(2 * writers)
	seen := map[string]int{}
	for _, e := range f.seen {
		seen[e.IDs[0]]++
	}
	if len(seen) != 2*writers {
		t.Errorf("%d of %d events: %v", len(seen), 2*writers, seen)
	}
}

// What the site accepts is told at once, with the records that it writes.
func TestWhatTheSiteAccepts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	buffer, observations := &follower{t: t}, &follower{t: t}
	buffer.follow(o, live.Buffer)
	observations.follow(o, live.Observations)
	c := p.client
	add := func(state string, ids ...int) {
		list := make([]string, len(ids))
		for i, n := range ids {
			list[i] = id(n).String()
			effects := fmt.Sprintf("\nexecuted_obs_unit\t%s\tI\tsort\tall\nraw_data_file\t@x:1\tB\tsort\tall\n", id(1000+n))
			if err := c.Do(t.Context(), c.B().Hset().Key(keys.Transaction(list[i])).FieldValue().FieldValue("effects", effects).Build()).Error(); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Do(t.Context(), c.B().Xadd().Key(keys.Events()).Id("*").FieldValue().FieldValue("state", state).FieldValue("ids", strings.Join(list, " ")).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	add("buffered", 1)
	buffer.until(1)
	add("committed", 1)
	add("replicated", 1)
	add("discarded", 2)
	buffer.until(4)
	for i, want := range []string{"buffered", "committed", "replicated", "discarded"} {
		if got := buffer.seen[i]; got.Action != want || got.Record != "transaction" || len(got.IDs) != 1 {
			t.Errorf("event %d: %+v, want %s", i, got, want)
		}
	}
	observations.until(5)
	var told []string
	for _, e := range observations.seen {
		told = append(told, e.Record+" "+e.Action+" "+e.Sync)
	}
	want := "executed_obs_unit insert buffered,raw_data_file insert buffered,executed_obs_unit insert committed,raw_data_file insert committed,transaction discarded "
	if got := strings.Join(told, ","); got != want {
		t.Errorf("told %s, want %s", got, want)
	}
}

// A reader who does not keep up is cut with a code, and takes up where he was.
func TestSlowReadersAreCut(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	slow, good := &follower{t: t}, &follower{t: t}
	slow.follow(o, live.Transfer)
	good.follow(o, live.Transfer)
	big := strings.Repeat("x", 4000)
	n := 0
	for range 10 { // more than the buffers of a connection and the window take
		const batch = 500
		n += batch
		p.publish(batch, fmt.Sprintf(`{"at":"2026-01-01T00:00:00Z","record":%q,"action":"update"}`, big))
		good.until(n)
	}
	if code := slow.closed(); code != live.CodeTooSlow {
		t.Fatalf("closed with %d", code)
	}
	if first := slow.follow(o, live.Transfer); first.Recovered {
		slow.until(n)
	}
}

func TestReadersAreCutWhenTheirCredentialEnds(t *testing.T) {
	t.Parallel()
	o := newPlace(t).start()
	f := &follower{t: t}
	f.follow(o, live.Observations)
	refused := error(errs.New(errs.Unauthenticated, "revoked"))
	o.refuse.Store(&refused)
	before := time.Now()
	next := make(chan struct{})
	close(*o.changed.Swap(&next))
	if code := f.closed(); code != live.CodeEnded || time.Since(before) > time.Second {
		t.Errorf("closed with %d after %s", code, time.Since(before))
	}
}

// A site that can ask nobody lets those go on whom it has let in.
func TestReadersStayWhenNobodyCanTell(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	f := &follower{t: t}
	f.follow(o, live.Observations)
	away := error(errs.New(errs.Unavailable, "away"))
	o.refuse.Store(&away)
	next := make(chan struct{})
	close(*o.changed.Swap(&next))
	p.happen(0, 1)
	f.until(1)
}

func TestShutdownClosesStreams(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o, other := p.start(), p.start()
	f := &follower{t: t}
	f.follow(o, live.Observations)
	go o.kill()
	if code := f.closed(); code != live.CodeGoingAway {
		t.Errorf("closed with %d", code)
	}
	p.happen(0, 10)
	if first := f.follow(other, live.Observations); !first.Recovered {
		t.Error("not recovered at another process")
	}
	f.until(10)
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	f := &follower{t: t}
	f.follow(o, live.Transfer)
	if err := f.conn.CloseNow(); err != nil {
		t.Fatal(err)
	}
	const many = live.HistoryLength / 5 * 6
	p.publish(many, `{"at":"2026-01-01T00:00:00Z","record":"data_transfer","action":"update"}`)
	end := &follower{t: t}
	end.follow(o, live.Transfer)
	for end.at < many {
		if _, err := end.read(); err != nil {
			t.Fatal(err)
		}
	}
	before := *f
	if first := f.follow(o, live.Transfer); first.Recovered || first.Epoch != before.epoch {
		t.Errorf("what is gone was recovered: %+v", first)
	}
}

// Redis comes back with all it had: nothing is lost and nothing told twice.
func TestRedisRestarts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	f := &follower{t: t}
	f.follow(p.start(), live.Observations)
	p.happen(0, 10)
	f.until(10)
	p.redis.Kill()
	p.happen(10, 20)
	p.redis.Start()
	p.happen(20, 30)
	f.until(30)
	for i, e := range f.seen {
		if e.IDs[0] != id(i).String() {
			t.Fatalf("event %d is of %s", i, e.IDs[0])
		}
	}
}

// Whoever sends is closed, without his message being read.
func TestReadersHaveNothingToSay(t *testing.T) {
	t.Parallel()
	o := newPlace(t).start()
	for _, size := range []int{1, 1 << 20} {
		f := &follower{t: t}
		f.follow(o, live.Health)
		// The connection may be gone before all is written.
		_ = f.conn.Write(t.Context(), websocket.MessageBinary, make([]byte, size)) //nolint:errcheck // see above
		if code := f.closed(); code != websocket.StatusPolicyViolation && size == 1 {
			t.Errorf("%d bytes: closed with %d", size, code)
		}
	}
}

func TestStreamsAreCounted(t *testing.T) {
	t.Parallel()
	o := newPlace(t).start()
	ask := func(who string) error {
		conn, _, err := websocket.Dial(t.Context(), o.url+"/health?who="+who, nil) //nolint:bodyclose // the library closes it
		if err == nil {
			t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // it may be closed already
		}
		return err
	}
	for i := range 50 {
		if err := ask("ada"); err != nil {
			t.Fatalf("stream %d: %v", i, err)
		}
	}
	if ask("ada") == nil {
		t.Error("one has more than half of the streams")
	}
	for i := range 50 {
		if err := ask(fmt.Sprint("other", i)); err != nil {
			t.Fatalf("stream of another, %d: %v", i, err)
		}
	}
	if ask("late") == nil {
		t.Error("more streams than may be")
	}
}

func TestServerSentEvents(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/observations", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // of a test
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type: %s", got)
	}
	f := &follower{t: t}
	lines := newLines(response.Body)
	if m := lines.next(t); m.kind != "snapshot" {
		t.Fatalf("%+v", m)
	}
	p.happen(0, 5)
	for n := 0; n < 5; {
		m := lines.next(t)
		if m.kind != "events" {
			t.Fatalf("%+v", m)
		}
		for _, e := range m.message.Events {
			n += len(e.IDs)
		}
		epoch, offset, ok := live.Resume(m.id)
		if !ok || epoch != m.message.Epoch || offset != m.message.Events[len(m.message.Events)-1].Offset {
			t.Errorf("id %s", m.id)
		}
		f.epoch, f.at = epoch, offset
	}
	go o.kill()
	if m := lines.next(t); m.kind != "closing" || m.message.Code != live.CodeGoingAway {
		t.Errorf("%+v", m)
	}
}

// What a process began ends with it.
func TestNothingIsLeft(t *testing.T) {
	p := newPlace(t)
	before := goleak.IgnoreCurrent()
	o := p.start()
	for range 20 {
		f := &follower{t: t}
		f.follow(o, live.Observations)
	}
	o.kill()
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

// A reader who looks away for a moment, while more comes than his connection takes, misses nothing and gets nothing twice.
func TestReadersMayPause(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	o := p.start()
	paused, good := &follower{t: t}, &follower{t: t}
	paused.follow(o, live.Transfer)
	good.follow(o, live.Transfer)
	big := fmt.Sprintf(`{"at":"2026-01-01T00:00:00Z","record":%q,"action":"update"}`, strings.Repeat("x", 8000))
	const batch, batches, pauses = 20, 40, 3 // fewer than a reader may fall behind, more than the buffers of a connection take
	n := 0
	for range pauses {
		for range batches {
			n += batch
			p.publish(batch, big)
			good.until(n)
		}
		paused.until(n)
	}
	p.publish(1, big)
	paused.until(n + 1)
	if len(paused.seen) != n+1 {
		t.Errorf("%d events, want %d", len(paused.seen), n+1)
	}
}
