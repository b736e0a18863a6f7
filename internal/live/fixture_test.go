package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/rediskeys"
	"github.com/ccatobs/opsdb/internal/redistest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	name    = "observatory"
	history = "1/00000001" // of the main database
)

var keys = rediskeys.Site(name)

// place is a site of a test: its database, its Redis, and the processes that it has.
type place struct {
	t       testing.TB
	address postgres.Address
	db      *pgx.Conn
	redis   *redistest.Redis
	client  rueidis.Client
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := newSilentPlace(t)
	p.beat(history)
	return p
}

// newSilentPlace returns a place whose main database has no heartbeat yet.
func newSilentPlace(t testing.TB) *place {
	t.Helper()
	p := &place{t: t, address: pgtest.New(t), redis: redistest.New(t)}
	p.db = pgtest.Connect(t, p.address)
	p.connect()
	return p
}

// connect opens the test's own connections to Redis.
func (p *place) connect() {
	p.t.Helper()
	client, err := redisclient.New(redisclient.Options{Address: p.redis.Address()}).Get()
	if err != nil {
		p.t.Fatal(err)
	}
	p.client = client
	p.t.Cleanup(client.Close)
}

func (p *place) execute(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

// beat writes the heartbeat of a main database with a history.
func (p *place) beat(history string) {
	p.t.Helper()
	p.execute(`insert into heartbeat (beat, at, lsn, history) values (1, clock_timestamp(), '0/1', $1)
		on conflict (only_row) do update set beat = heartbeat.beat + 1, at = excluded.at, history = excluded.history`, history)
}

const insertEvent = "insert into event_outbox (topic, action, ids) values ('executed_obs_unit', 'update', array[$1::uuid])"

// happen lets others change records, whose ids are made of numbers.
func (p *place) happen(from, to int) {
	p.t.Helper()
	batch := &pgx.Batch{}
	for i := from; i < to; i++ {
		batch.Queue(insertEvent, id(i))
	}
	if err := p.db.SendBatch(p.t.Context(), batch).Close(); err != nil {
		p.t.Fatal(err)
	}
}

// pollsAgain returns when a process has asked the outbox once more.
func (p *place) pollsAgain() {
	p.t.Helper()
	var began time.Time
	if err := p.db.QueryRow(p.t.Context(), "select clock_timestamp()").Scan(&began); err != nil {
		p.t.Fatal(err)
	}
	for asked := false; !asked; {
		err := p.db.QueryRow(p.t.Context(), `select exists (select from pg_stat_activity where datname = current_database()
			and pid <> pg_backend_pid() and query like '%OutboxAfter%' and query_start > $1)`, began).Scan(&asked)
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// id makes an id of a number.
func id(i int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", i)) }

// process is one of a site.
type process struct {
	*place
	hub      *live.Hub
	url      string
	kill     context.CancelFunc
	refuse   atomic.Pointer[error] // what the next look at a credential says
	changed  atomic.Pointer[chan struct{}]
	snapshot atomic.Int64 // how many were taken
}

// start starts a process of the site. It ends with the test, and by stop.
func (p *place) start() *process {
	p.t.Helper()
	log := slog.New(slog.NewTextHandler(p.t.Output(), nil))
	client := redisclient.New(redisclient.Options{Address: p.redis.Address()})
	replica, err := postgres.NewReplica(p.t.Context(), p.address, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	one := &process{place: p, hub: live.NewHub(name, client, 100, log)}
	changed := make(chan struct{})
	one.changed.Store(&changed)
	publisher := live.NewPublisher(name, client, replica, func(context.Context) (live.Condition, error) {
		return live.Condition{Report: json.RawMessage(`{"status":"healthy"}`), Kind: "healthy"}, nil
	}, log)
	server := httptest.NewServer(http.HandlerFunc(one.serve))
	one.url = server.URL
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context()))
	ended := make(chan error, 2)
	go func() { ended <- one.hub.Run(ctx) }()
	go func() { ended <- publisher.Run(ctx) }()
	var once atomic.Bool
	one.kill = func() {
		if once.Swap(true) {
			return
		}
		cancel()
		stopping, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		one.hub.Stop(stopping)
		server.Close()
		for range 2 {
			if err := <-ended; err != nil {
				p.t.Error(err)
			}
		}
		replica.Close()
		client.Close()
	}
	p.t.Cleanup(one.kill)
	return one
}

func (o *process) serve(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	offset, err := strconv.ParseUint(query.Get("offset"), 10, 64)
	if err != nil {
		offset = 0
	}
	reader := live.Reader{
		Topic: live.Topic(strings.TrimPrefix(r.URL.Path, "/")), Epoch: query.Get("epoch"), Offset: offset, Principal: query.Get("who"),
		Snapshot: func(context.Context) (json.RawMessage, error) {
			return json.RawMessage(`{"taken":` + strconv.FormatInt(o.snapshot.Add(1), 10) + `}`), nil
		},
		Check: func(context.Context) error {
			if err := o.refuse.Load(); err != nil {
				return *err
			}
			return nil
		},
		Changed: func() <-chan struct{} { return *o.changed.Load() },
	}
	stream, err := o.hub.Open(r.Context(), reader)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if live.Upgrade(r.Header) {
		err = stream.WebSocket(w, r)
	} else {
		err = stream.Events(r.Context(), w)
	}
	if err != nil {
		o.t.Error(err)
	}
}

// message is any message of a stream.
type message struct {
	Type      string
	Topic     string
	Epoch     string
	Offset    uint64
	Recovered bool
	Data      *struct{ Taken int }
	Events    []event
	Code      int
	Reason    string
}

type event struct {
	Offset uint64
	At     time.Time
	Record string
	Action string
	Sync   string
	IDs    []string
}

// each returns the event as if each of its records had one of its own.
func (e event) each() []event {
	if len(e.IDs) < 2 {
		return []event{e}
	}
	var list []event
	for _, id := range e.IDs {
		one := e
		one.IDs = []string{id}
		list = append(list, one)
	}
	return list
}

// follower reads a stream over WebSockets.
type follower struct {
	t     testing.TB
	conn  *websocket.Conn
	epoch string
	at    uint64
	seen  []event

	snapshots int
}

// follow opens a stream at a process, going on behind what was read last.
func (f *follower) follow(o *process, topic live.Topic) message {
	f.t.Helper()
	address := fmt.Sprintf("%s/%s?epoch=%s&offset=%d", o.url, topic, f.epoch, f.at)
	conn, response, err := websocket.Dial(f.t.Context(), address, nil) //nolint:bodyclose // the library closes it
	if err != nil {
		f.t.Fatalf("%v %v", err, response)
	}
	conn.SetReadLimit(-1)
	f.conn = conn
	f.t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // it may be closed already
	first, err := f.read()
	if err != nil {
		f.t.Fatal(err)
	}
	if first.Type != "snapshot" || first.Recovered == (first.Data != nil) {
		f.t.Fatalf("the first message: %+v", first)
	}
	return first
}

// read returns the next message and checks that nothing is missing before it.
func (f *follower) read() (message, error) {
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	defer cancel()
	_, text, err := f.conn.Read(ctx)
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(text, &m); err != nil {
		f.t.Fatalf("%v: %.500s", err, text)
	}
	f.take(m)
	return m, nil
}

func (f *follower) take(m message) {
	f.t.Helper()
	switch m.Type {
	case "snapshot":
		f.epoch, f.at = m.Epoch, m.Offset
		f.snapshots++
	case "events":
		for _, e := range m.Events {
			if m.Epoch != f.epoch || e.Offset != f.at+1 {
				f.t.Fatalf("after %s %d comes %s %d", f.epoch, f.at, m.Epoch, e.Offset)
			}
			f.at = e.Offset
			f.seen = append(f.seen, e.each()...)
		}
	}
}

// until reads until so many records have been told of in all.
func (f *follower) until(n int) {
	f.t.Helper()
	began := time.Now()
	for len(f.seen) < n {
		if time.Since(began) > time.Minute {
			f.t.Fatalf("%d of %d events in a minute", len(f.seen), n)
		}
		if _, err := f.read(); err != nil {
			f.t.Fatalf("after %d of %d events: %v", len(f.seen), n, err)
		}
	}
}

// closed reads until the stream ends and returns the code.
func (f *follower) closed() websocket.StatusCode {
	f.t.Helper()
	for {
		if _, err := f.read(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}
