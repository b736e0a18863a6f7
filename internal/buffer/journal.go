package buffer

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"
)

// journalled is one entry of the journal.
type journalled struct {
	entry  string // id in the stream
	stored *stored
}

// journal reads up to n entries from a stream id on; "(" before it excludes it.
func (b *Buffer) journal(ctx context.Context, from string, n int64) ([]journalled, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	entries, err := c.Do(ctx, c.B().Xrange().Key(b.keys.Journal()).Start(from).End("+").Count(n).Build()).AsXRange()
	if err != nil {
		return nil, err
	}
	list := make([]journalled, len(entries))
	for i, e := range entries {
		t := &stored{
			raw: e.FieldValues["payload"], state: State(e.FieldValues["state"]), outcome: e.FieldValues["outcome"], audit: e.FieldValues["audit"],
		}
		if t.id, err = uuid.Parse(e.FieldValues["id"]); err != nil {
			return nil, err
		}
		if t.sequence, err = strconv.ParseInt(e.FieldValues["sequence"], 10, 64); err != nil {
			return nil, err
		}
		t.undecodable = json.Unmarshal([]byte(t.raw), &t.payload)
		list[i] = journalled{entry: e.ID, stored: t}
	}
	return list, nil
}

const (
	houseInterval = 5 * time.Second
	// preparedKeep is how long an id map may stand without its transaction: far longer than any request lasts.
	preparedKeep = 10 * time.Minute
	// trimShare is how much of an over-full stream goes at a time.
	trimShare = 10
	// eventsShort is what remains of the event history when memory runs short.
	eventsShort = 1000
)

// keepHouse bounds what can be given up: the journal in age and bytes, event history and journal when memory runs short,
// id maps whose transaction never came.
func (b *Buffer) keepHouse(ctx context.Context) error {
	for {
		if err := b.tidy(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("housekeeping is postponed", "error", err)
		}
		if err := sleep(ctx, houseInterval); err != nil {
			return err
		}
	}
}

func (b *Buffer) tidy(ctx context.Context) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	journal := b.keys.Journal()
	oldest := strconv.FormatInt(time.Now().Add(-b.cfg.JournalKeep).UnixMilli(), 10)
	if err := c.Do(ctx, c.B().Xtrim().Key(journal).Minid().Almost().Threshold(oldest).Build()).Error(); err != nil {
		return err
	}
	size, err := c.Do(ctx, c.B().MemoryUsage().Key(journal).Build()).AsInt64()
	if err != nil && !rueidis.IsRedisNil(err) {
		return err
	}
	if b.monitor.memoryTight() {
		if err := c.Do(ctx, c.B().Xtrim().Key(b.keys.Events()).Maxlen().Almost().Threshold(strconv.Itoa(eventsShort)).Build()).Error(); err != nil {
			return err
		}
	}
	if size > b.cfg.JournalMaxBytes || b.monitor.memoryTight() {
		if err := b.shortenJournal(ctx, c); err != nil {
			return err
		}
	}
	return b.sweepPrepared(ctx, c)
}

// shortenJournal drops the oldest tenth.
func (b *Buffer) shortenJournal(ctx context.Context, c rueidis.Client) error {
	n, err := c.Do(ctx, c.B().Xlen().Key(b.keys.Journal()).Build()).AsInt64()
	if err != nil {
		return err
	}
	return c.Do(ctx, c.B().Xtrim().Key(b.keys.Journal()).Maxlen().Threshold(strconv.FormatInt(n-n/trimShare, 10)).Build()).Error()
}

// sweepPrepared removes id maps that were prepared for a bulk that never came.
func (b *Buffer) sweepPrepared(ctx context.Context, c rueidis.Client) error {
	before := strconv.FormatInt(time.Now().Add(-preparedKeep).UnixMilli(), 10)
	ids, err := c.Do(ctx, c.B().Zrangebyscore().Key(b.keys.Prepared()).Min("-inf").Max(before).Limit(0, sliceSize).Build()).AsStrSlice()
	if err != nil {
		return err
	}
	for _, id := range ids {
		rows, err := c.Do(ctx, c.B().Srandmember().Key(b.keys.PreparedRows(id)).Count(inlineRows).Build()).AsStrSlice()
		if err != nil {
			return err
		}
		records := make([]Record, 0, len(rows))
		for _, row := range rows {
			table, record, _ := strings.Cut(row, " ")
			records = append(records, Record{Table: table, ID: record})
		}
		if err := b.sweep(ctx, id, before, records); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes a transaction from the id map of the rows: one that has left, or, with a millisecond, one that was prepared
// before it and has not come.
func (b *Buffer) sweep(ctx context.Context, id, before string, rows []Record) error {
	keys := []string{b.keys.Prepared(), b.keys.PreparedRows(id)}
	for {
		args := []string{b.keys.Prefix(), id, before}
		for _, row := range rows[:min(len(rows), inlineRows)] {
			args = append(args, row.Table, row.ID)
		}
		if n, err := b.evalInt(ctx, sweepScript, keys, args); err != nil || n == 0 {
			return err
		}
		if len(rows) <= inlineRows {
			return nil
		}
		rows = rows[inlineRows:]
	}
}
