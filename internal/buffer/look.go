package buffer

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/redis/rueidis"
)

// Range asks for pending records of a table in list order.
type Range struct {
	Table      string
	Lists      []string // the union of these lists
	Above      string   // sort key and id after which to begin, exclusive; empty: from the start
	Below      string   // sort key and id before which to end, exclusive; empty: to the end
	Descending bool
	Limit      int
}

// Query is everything one answer needs to know of the overlay.
type Query struct {
	Records []Record
	Ranges  []Range
}

// PendingTransaction is one that is not yet replicated.
type PendingTransaction struct {
	ID       uuid.UUID
	State    State
	Sequence int64
	Steps    []Step
	New      bool // no database can know the records that it creates before it is executed
	Failure  *Failure
}

// Live tells whether patches of the transaction show in answers: those of stopped ones do not.
func (t PendingTransaction) Live() bool { return t.State != Parked && t.State != Blocked }

// Pending is what the overlay holds for a query, read at one moment.
type Pending struct {
	Count        int                  // transactions of the site that are not yet replicated
	Transactions []PendingTransaction // that the query touches, in order of acceptance
	Ranges       [][]string           // for each range the record ids in order; those of bulks are not listed
	Full         []bool               // for each range whether its limit cut it
	version      int64
	cleaned      int64
	looked       map[Record]string
	blind        bool
}

// Blind is what a reader has who could not look: nothing. A write that is decided on it is refused as unavailable,
// whatever it was decided.
func Blind(q Query) *Pending {
	return &Pending{Ranges: make([][]string, len(q.Ranges)), Full: make([]bool, len(q.Ranges)), blind: true}
}

// Asked tells whether the query asked for the record by its id.
func (p *Pending) Asked(r Record) bool {
	_, ok := p.looked[r]
	return ok
}

// lookSlice bounds what one read-only script touches.
const lookSlice = 150

// Look reads the overlay. A large query is read in slices; when transactions leave the overlay between the first and
// the last of them, it begins again. An answer looks before it asks the replica: then a write that is replayed in
// between shows twice, which the merge removes, and never not at all.
// Errors: errs.Unavailable when Redis does not answer.
func (b *Buffer) Look(ctx context.Context, q Query) (*Pending, error) {
	const tries = 10
	for try := 1; ; try++ {
		p, torn, err := b.look(ctx, q)
		if err != nil {
			return nil, unavailable(err)
		}
		if !torn || try == tries {
			return p, nil
		}
	}
}

func (b *Buffer) look(ctx context.Context, q Query) (p *Pending, torn bool, err error) {
	p = &Pending{looked: make(map[Record]string)}
	seen := make(map[uuid.UUID]bool)
	first := true
	read := func(records []Record, ranges []Range) ([][]string, error) {
		answer, err := b.eval(ctx, lookScript, []string{b.keys.Version()}, lookArgs(b.keys.Prefix(), records, ranges))
		if err != nil {
			return nil, err
		}
		a, err := answer.ToArray()
		if err != nil {
			return nil, err
		}
		found, cleaned, err := p.add(a, records, seen, first)
		torn = torn || cleaned != p.cleaned
		first = false
		return found, err
	}
	for records := range slices.Chunk(q.Records, lookSlice) {
		if _, err := read(records, nil); err != nil {
			return nil, false, err
		}
	}
	for _, r := range q.Ranges {
		ids, full, err := b.lookRange(r, read)
		if err != nil {
			return nil, false, err
		}
		p.Ranges = append(p.Ranges, ids)
		p.Full = append(p.Full, full)
	}
	if first {
		if _, err := read(nil, nil); err != nil {
			return nil, false, err
		}
	}
	slices.SortFunc(p.Transactions, func(a, c PendingTransaction) int { return cmp.Compare(a.Sequence, c.Sequence) })
	return p, torn, nil
}

func (b *Buffer) lookRange(r Range, read func([]Record, []Range) ([][]string, error)) (ids []string, full bool, err error) {
	ids = []string{}
	for taken := 0; taken < r.Limit; {
		part := r
		part.Limit = min(r.Limit-taken, lookSlice)
		found, err := read(nil, []Range{part})
		if err != nil {
			return nil, false, err
		}
		for _, member := range found[0] {
			if !strings.Contains(member, "@") {
				ids = append(ids, member[len(member)-36:])
			}
		}
		taken += len(found[0])
		if len(found[0]) < part.Limit {
			return ids, false, nil
		}
		if last := found[0][len(found[0])-1]; r.Descending {
			r.Below = last
		} else {
			r.Above = last
		}
	}
	return ids, true, nil
}

func lookArgs(prefix string, records []Record, ranges []Range) []string {
	args := []string{prefix, strconv.Itoa(len(records))}
	for _, r := range records {
		args = append(args, r.Table, r.ID)
	}
	for _, r := range ranges {
		low, high, order := "-", "+", "asc"
		if r.Above != "" {
			low = "(" + r.Above
		}
		if r.Below != "" {
			high = "(" + r.Below
		}
		if r.Descending {
			order = "desc"
		}
		args = append(args, r.Table, strconv.Itoa(len(r.Lists)))
		args = append(args, r.Lists...)
		args = append(args, low, high, order, strconv.Itoa(r.Limit))
	}
	return args
}

// add takes the answer of one script in.
func (p *Pending) add(a []rueidis.RedisMessage, records []Record, seen map[uuid.UUID]bool, first bool) ([][]string, int64, error) {
	version, err := a[0].AsInt64()
	if err != nil {
		return nil, 0, err
	}
	cleaned, err := a[1].AsInt64()
	if err != nil {
		return nil, 0, err
	}
	pending, err := a[2].AsInt64()
	if err != nil {
		return nil, 0, err
	}
	if first {
		p.version, p.cleaned, p.Count = version, cleaned, int(pending)
	}
	values, err := a[3].AsStrSlice()
	if err != nil {
		return nil, 0, err
	}
	for i, r := range records {
		v, _, _ := strings.Cut(values[i], "|")
		p.looked[r] = cmp.Or(v, "0")
	}
	parts, err := a[4].ToArray()
	if err != nil {
		return nil, 0, err
	}
	found := make([][]string, len(parts))
	for i, part := range parts {
		if found[i], err = part.AsStrSlice(); err != nil {
			return nil, 0, err
		}
	}
	flat, err := a[5].AsStrSlice()
	if err != nil {
		return nil, 0, err
	}
	return found, cleaned, p.transactions(flat, seen)
}

func (p *Pending) transactions(flat []string, seen map[uuid.UUID]bool) error {
	for t := range slices.Chunk(flat, 5) {
		id, err := uuid.Parse(t[0])
		if err != nil {
			return err
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		pt := PendingTransaction{ID: id, State: State(t[1])}
		if pt.Sequence, err = strconv.ParseInt(t[2], 10, 64); err != nil {
			return err
		}
		var body payload
		// A payload that cannot be read is parked by the executor and shown by the administration; it hides nothing here.
		if json.Unmarshal([]byte(t[3]), &body) == nil {
			pt.Steps, pt.New = body.Steps, body.New
		}
		if t[4] != "" {
			if err := json.Unmarshal([]byte(t[4]), &pt.Failure); err != nil {
				return err
			}
		}
		p.Transactions = append(p.Transactions, pt)
	}
	return nil
}

// args returns what the enqueue script compares: the version of the oldest look, then table, id and version of each
// record that was looked at.
func lookedArgs(saw []*Pending) []string {
	if len(saw) == 0 {
		return []string{"0", "0"}
	}
	oldest := saw[0].version
	var records []string
	n := 0
	for _, p := range saw {
		oldest = min(oldest, p.version)
		for r, version := range p.looked {
			records = append(records, r.Table, r.ID, version)
			n++
		}
	}
	return append([]string{strconv.FormatInt(oldest, 10), strconv.Itoa(n)}, records...)
}
