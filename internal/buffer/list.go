package buffer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
)

// ListFilter chooses transactions that this site still holds.
type ListFilter struct {
	States   []State                                   // empty: all
	SQLState string                                    // empty: any
	Hide     func(principal string, steps []Step) bool // nil: nothing is hidden
	After    string                                    // as returned as next
	Limit    int
}

// section is one of the places where transactions wait.
type section struct {
	name  string
	state State
	key   string
	list  bool // the buffer itself; the others are sorted sets
}

func (b *Buffer) sections(states []State) []section {
	all := []section{
		{"parked", Parked, b.keys.Parked(), false},
		{"blocked", Blocked, b.keys.Blocked(), false},
		{"retrying", Buffered, b.keys.Retrying(), false},
		{"buffer", Buffered, b.keys.Buffer(), true},
		{"committed", Committed, b.keys.Committed(), false},
		{"direct", Committed, b.keys.Direct(), false},
		{"discarded", Discarded, b.keys.Discarded(), false},
	}
	return slices.DeleteFunc(all, func(s section) bool {
		asked := len(states) == 0 || slices.Contains(states, s.state)
		executing := s.list && slices.Contains(states, Executing)
		return !asked && !executing
	})
}

// Transactions lists what is not yet replicated, place by place: parked, blocked, retrying, the buffer, committed,
// discarded; within each in order of acceptance. next is empty at the end.
// Errors: errs.Invalid for a cursor that is not one; errs.Unavailable without Redis.
func (b *Buffer) Transactions(ctx context.Context, f ListFilter) (page []Status, next string, err error) {
	place, after, offset, err := parseCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	page = []Status{}
	for _, s := range b.sections(f.States) {
		if place != "" && s.name != place {
			continue
		}
		place = ""
		for {
			found, err := b.sectionPage(ctx, s, after, offset)
			if err != nil {
				return nil, "", unavailable(err)
			}
			for _, t := range found {
				score := t.sequence
				if s.name == "committed" {
					score = t.batch
				}
				if score == after {
					offset++
				} else {
					after, offset = score, 1
				}
				status, wanted, err := b.wanted(ctx, f, s, t)
				if err != nil {
					return nil, "", err
				}
				if !wanted {
					continue
				}
				page = append(page, status)
				if len(page) == f.Limit {
					return page, s.name + "." + strconv.FormatInt(after, 10) + "." + strconv.Itoa(offset), nil
				}
			}
			if len(found) < sliceSize {
				break
			}
		}
		after, offset = 0, 0
	}
	return page, "", nil
}

// wanted returns the status of a transaction that the filter lets through.
func (b *Buffer) wanted(ctx context.Context, f ListFilter, s section, t *stored) (Status, bool, error) {
	if f.SQLState != "" && (t.failure == nil || t.failure.SQLState != f.SQLState) {
		return Status{}, false, nil
	}
	// A discarded one waits in the buffer for its ledger row; it is listed where it belongs.
	if s.list && t.state == Discarded {
		return Status{}, false, nil
	}
	if f.Hide != nil && f.Hide(t.payload.Principal, t.payload.Steps) {
		return Status{}, false, nil
	}
	status, err := b.status(ctx, t)
	if err != nil {
		return Status{}, false, err
	}
	if s.list && len(f.States) > 0 && !slices.Contains(f.States, status.State) {
		return Status{}, false, nil
	}
	return status, true, nil
}

// sectionPage returns the next sliceSize transactions of a section: those whose score is at least after, but for the
// first offset of that very score.
func (b *Buffer) sectionPage(ctx context.Context, s section, after int64, offset int) ([]*stored, error) {
	c, err := b.client.Get()
	if err != nil {
		return nil, err
	}
	if !s.list {
		ids, err := c.Do(ctx, c.B().Zrangebyscore().Key(s.key).Min(strconv.FormatInt(after, 10)).Max("+inf").
			Limit(int64(offset), sliceSize).Build()).AsStrSlice()
		if err != nil {
			return nil, err
		}
		return b.load(ctx, ids)
	}
	skip, err := b.rankInBuffer(ctx, c, after, offset > 0)
	if err != nil {
		return nil, err
	}
	ids, err := b.tail(ctx, skip, sliceSize)
	if err != nil {
		return nil, err
	}
	return b.load(ctx, ids)
}

// rankInBuffer returns how many transactions of the buffer are older than a sequence number, by bisection.
func (b *Buffer) rankInBuffer(ctx context.Context, c rueidis.Client, sequence int64, including bool) (int, error) {
	if sequence == 0 {
		return 0, nil
	}
	n, err := c.Do(ctx, c.B().Llen().Key(b.keys.Buffer()).Build()).AsInt64()
	if err != nil {
		return 0, err
	}
	low, high := int64(0), n
	for low < high {
		middle := (low + high) / 2
		id, err := c.Do(ctx, c.B().Lindex().Key(b.keys.Buffer()).Index(-middle-1).Build()).ToString()
		if rueidis.IsRedisNil(err) {
			high = middle
			continue
		}
		if err != nil {
			return 0, err
		}
		at, err := c.Do(ctx, c.B().Hget().Key(b.keys.Transaction(id)).Field("sequence").Build()).AsInt64()
		if err != nil && !rueidis.IsRedisNil(err) {
			return 0, err
		}
		if at < sequence || (including && at == sequence) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return int(low), nil
}

func parseCursor(text string) (place string, after int64, offset int, err error) {
	if text == "" {
		return "", 0, 0, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) == 3 && slices.Contains([]string{"parked", "blocked", "retrying", "buffer", "committed", "direct", "discarded"}, parts[0]) {
		if after, err = strconv.ParseInt(parts[1], 10, 64); err == nil {
			offset, err = strconv.Atoi(parts[2])
		}
		if err == nil && offset >= 0 {
			return parts[0], after, offset, nil
		}
	}
	return "", 0, 0, errs.New(errs.Invalid, "this cursor does not come from here").At("query:cursor", "is not a cursor")
}
