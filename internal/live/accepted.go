package live

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

const (
	// eventsPause is how long events are gathered before they are published together. Under load each round costs those who
	// write some of the processors.
	eventsPause = 20 * time.Millisecond
	// eventsBlock is how long an answer is waited for when nothing happens.
	eventsBlock = time.Second
	// eventsAtOnce bounds what is published together.
	eventsAtOnce = 200
)

// eventsScript returns the oldest event of the buffer and those after a place, of one moment: whether events were dropped
// before they were read shows in nothing else.
//
// KEYS: the buffer's stream. ARGV: place, how many. Result: id of the oldest event (empty: none), events.
var eventsScript = rueidis.NewLuaScriptReadOnly(`
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
return {first[1] and first[1][1] or '', redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}
`)

// change is a state that transactions came to.
type change struct {
	at    time.Time
	state string
	ids   []string
}

// readBuffer publishes what this site has accepted, and what became of it.
func (p *Publisher) readBuffer(ctx context.Context) error {
	for {
		n, err := p.readBufferOnce(ctx)
		if err != nil || n < eventsAtOnce {
			return err
		}
	}
}

// readBufferOnce waits for events of the buffer and returns how many it has published.
func (p *Publisher) readBufferOnce(ctx context.Context) (int, error) {
	st, err := p.state(ctx)
	if err != nil || st.epoch() == "" {
		return 0, err
	}
	c, err := p.redis.Get()
	if err != nil {
		return 0, err
	}
	from := st[fromBuffer]
	waited := c.Do(ctx, c.B().Xread().Count(1).Block(eventsBlock.Milliseconds()).Streams().Key(p.keys.Events()).Id(from).Build()).Error()
	if rueidis.IsRedisNil(waited) {
		return 0, nil
	}
	if waited != nil {
		return 0, waited
	}
	answer, err := eventsScript.Exec(ctx, c, []string{p.keys.Events()}, []string{from, strconv.Itoa(eventsAtOnce)}).ToArray()
	if err != nil {
		return 0, err
	}
	oldest, err := answer[0].ToString()
	if err != nil {
		return 0, err
	}
	if from != "0-0" && later(oldest, from) {
		p.log.WarnContext(ctx, "a new epoch of what changes begins", "reason", "the buffer's events were not read in time")
		return 0, p.begin(ctx, st.epoch(), st[fromOutbox])
	}
	read, err := answer[1].AsXRange()
	if err != nil || len(read) == 0 {
		return 0, err
	}
	list, err := p.tell(ctx, c, changes(read))
	if err != nil {
		return 0, err
	}
	return len(read), p.publish(ctx, st.epoch(), fromBuffer, from, read[len(read)-1].ID, list)
}

// later tells whether an id of a stream is later than another; an empty one, of none at all, is.
func later(id, than string) bool {
	if id == "" {
		return true
	}
	a, b := parseID(id), parseID(than)
	return a[0] > b[0] || a[0] == b[0] && a[1] > b[1]
}

// parseID returns the two numbers of an id of a stream, which Redis has made.
func parseID(id string) (numbers [2]uint64) {
	high, low, _ := strings.Cut(id, "-")
	for i, text := range []string{high, low} {
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			numbers[i] = n
		}
	}
	return numbers
}

// changes joins what came to one state in a row.
func changes(read []rueidis.XRangeEntry) []change {
	var list []change
	for _, e := range read {
		ids := strings.Fields(e.FieldValues["ids"])
		if last := len(list) - 1; last >= 0 && list[last].state == e.FieldValues["state"] {
			list[last].ids = append(list[last].ids, ids...)
			continue
		}
		at := time.UnixMilli(int64(parseID(e.ID)[0])) //nolint:gosec // milliseconds since 1970
		list = append(list, change{at: at, state: e.FieldValues["state"], ids: ids})
	}
	return list
}

// tell returns the events of changes: of the transactions, and of the records that they write.
func (p *Publisher) tell(ctx context.Context, c rueidis.Client, list []change) ([]entry, error) {
	var told []entry
	for _, ch := range list {
		topics := []Topic{Buffer}
		if ch.state == "discarded" {
			// What it would have written is known no more: whoever shows it must look again.
			topics = append(topics, Observations)
		}
		more, err := entries(topics, event{At: ch.at, Record: "transaction", Action: ch.state, IDs: ch.ids})
		if err != nil {
			return nil, err
		}
		told = append(told, more...)
		// Replication is told by the outbox, whoever has written.
		if ch.state == replicated || ch.state == "discarded" {
			continue
		}
		if more, err = p.records(ctx, c, ch); err != nil {
			return nil, err
		}
		told = append(told, more...)
	}
	return told, nil
}

// actions are the words for what a transaction does to a record.
var actions = map[string]string{"I": "insert", "P": "update", "D": "delete", "B": "insert"}

// records returns the events of the records that transactions write.
func (p *Publisher) records(ctx context.Context, c rueidis.Client, ch change) ([]entry, error) {
	commands := make(rueidis.Commands, len(ch.ids))
	for i, id := range ch.ids {
		commands[i] = c.B().Hget().Key(p.keys.Transaction(id)).Field("effects").Build()
	}
	var (
		told []entry
		open event
	)
	flush := func() error {
		if open.Record == "" {
			return nil
		}
		more, err := entries(topicsOf[open.Record], open)
		told = append(told, more...)
		return err
	}
	for _, answer := range c.DoMulti(ctx, commands...) {
		effects, err := answer.ToString()
		if rueidis.IsRedisNil(err) {
			continue // replicated meanwhile
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(effects) {
			fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(fields) < 3 || topicsOf[fields[0]] == nil {
				continue
			}
			next := event{At: ch.at, Record: fields[0], Action: actions[fields[2]], Sync: ch.state}
			if next.Record != open.Record || next.Action != open.Action {
				if err := flush(); err != nil {
					return nil, err
				}
				open = next
			}
			if !strings.HasPrefix(fields[1], "@") { // a bulk has too many
				open.IDs = append(open.IDs, fields[1])
			}
		}
	}
	return told, flush()
}
