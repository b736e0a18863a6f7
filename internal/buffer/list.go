package buffer

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

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
	name, at, err := b.parseCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	page = []Status{}
	for _, s := range b.sections(f.States) {
		if name != "" && s.name != name {
			continue
		}
		name = ""
		for more := true; more; {
			var found []waitingAt
			if found, more, err = b.sectionPage(ctx, s, at); err != nil {
				return nil, "", unavailable(err)
			}
			for _, w := range found {
				at = w.spot
				status, wanted, err := b.wanted(ctx, f, s, w.stored)
				if err != nil {
					return nil, "", err
				}
				if !wanted {
					continue
				}
				page = append(page, status)
				if len(page) == f.Limit {
					return page, s.name + "." + at.String(), nil
				}
			}
		}
		at = spot{}
	}
	return page, "", nil
}

// wanted returns the status of a transaction that is still there and that the filter lets through.
func (b *Buffer) wanted(ctx context.Context, f ListFilter, s section, t *stored) (Status, bool, error) {
	if t == nil || f.SQLState != "" && (t.failure == nil || t.failure.SQLState != f.SQLState) {
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

// spot is a place in the order of a section: a sequence number, or a batch, and an id within it.
type spot struct{ score, id string }

// String returns the spot as cursors have it.
func (s spot) String() string { return s.score + "." + s.id }

// waitingAt is a transaction in a section; stored is nil when it has left meanwhile.
type waitingAt struct {
	spot
	stored *stored
}

// sectionPage returns the next sliceSize transactions of a section behind a spot, and whether there can be more behind
// them: some may have left before they were read.
func (b *Buffer) sectionPage(ctx context.Context, s section, after spot) (page []waitingAt, more bool, err error) {
	kind := "set"
	if s.list {
		kind = "list"
	}
	answer, err := b.eval(ctx, sectionScript, []string{s.key},
		[]string{b.keys.Prefix(), kind, cmp.Or(after.score, "0"), after.id, strconv.Itoa(sliceSize)})
	if err != nil {
		return nil, false, err
	}
	flat, err := answer.AsStrSlice()
	if err != nil {
		return nil, false, err
	}
	var ids []string
	for pair := range slices.Chunk(flat, 2) {
		ids = append(ids, pair[0])
		page = append(page, waitingAt{spot: spot{score: pair[1], id: pair[0]}})
	}
	list, err := b.load(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	there := make(map[string]*stored, len(list))
	for _, t := range list {
		there[t.id.String()] = t
	}
	for i := range page {
		page[i].stored = there[page[i].id]
	}
	return page, len(ids) == sliceSize, nil
}

func (b *Buffer) parseCursor(text string) (name string, at spot, err error) {
	if text == "" {
		return "", spot{}, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) == 3 && slices.ContainsFunc(b.sections(nil), func(s section) bool { return s.name == parts[0] }) {
		_, noScore := strconv.ParseUint(parts[1], 10, 63)
		_, noID := uuid.Parse(parts[2])
		if noScore == nil && noID == nil {
			return parts[0], spot{parts[1], parts[2]}, nil
		}
	}
	return "", spot{}, errs.New(errs.Invalid, "this cursor does not come from here").At("query:cursor", "is not a cursor")
}
