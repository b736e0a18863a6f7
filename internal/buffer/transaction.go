package buffer

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
)

// payloadVersion is the form of the stored JSON. A reader that meets a higher one treats it like an unknown kind.
const payloadVersion = 1

// idSpace is the name space of ids derived from an idempotency key. It can never change: the same request gives the
// same ids at every site, for ever.
var idSpace = uuid.MustParse("6f70dbd1-07c7-5c4e-9d0b-6f2f3a6b1c55")

// Request is what a handler knows about a write before it builds it.
type Request struct {
	Operation   string // operationId
	Principal   string
	Key         string // Idempotency-Key; empty: every call is a new transaction
	Fingerprint string // of everything that makes two requests the same
	Critical    bool   // must succeed without the network
	Bulk        bool   // refused first when memory runs short
}

// Transaction is a list of steps that are executed all or not at all.
type Transaction struct {
	id      uuid.UUID
	keyed   bool
	seen    bool
	records int
	new     int         // records whose ids were made here
	made    []uuid.UUID // these ids, which stay when the transaction is built again
	steps   []Step
	saw     []*Pending
	number  *int32 // of the record that it creates, when the main database numbers it
}

// payload is the stored form of a transaction.
type payload struct {
	Version     int        `json:"version"`
	ID          uuid.UUID  `json:"id"`
	Site        string     `json:"site"`
	Operation   string     `json:"operation"`
	Principal   string     `json:"principal"`
	Fingerprint string     `json:"fingerprint"`
	AcceptedAt  time.Time  `json:"accepted_at"`
	Replaces    *uuid.UUID `json:"replaces,omitempty"`
	New         bool       `json:"new,omitempty"` // the ids of its records were made for it: no database can know them yet
	Steps       []Step     `json:"steps"`
}

func newTransaction(r Request) *Transaction {
	if r.Key == "" {
		return &Transaction{id: uuid.Must(uuid.NewV7())}
	}
	name := strconv.Itoa(len(r.Principal)) + ":" + r.Principal + r.Key
	return &Transaction{id: uuid.NewSHA1(idSpace, []byte(name)), keyed: true}
}

// ID returns the transaction's id.
func (t *Transaction) ID() uuid.UUID { return t.id }

// Seen tells that this very request was accepted before. Its steps must be built the same way again, unchecked.
func (t *Transaction) Seen() bool { return t.seen }

// RecordID returns the id of the next record to be created: the given one, else one derived from the idempotency key
// and the order of the calls, else a new UUIDv7, the same when the transaction is built again.
func (t *Transaction) RecordID(given *uuid.UUID) uuid.UUID {
	t.records++
	switch {
	case given != nil:
		return *given
	case t.keyed:
		return uuid.NewSHA1(t.id, []byte(strconv.Itoa(t.records)))
	default:
		if t.new == len(t.made) {
			t.made = append(t.made, uuid.Must(uuid.NewV7()))
		}
		t.new++
		return t.made[t.new-1]
	}
}

// Number notes the number that the main database has given to the record which this transaction creates: see
// Buffer.Numbered. Only what is executed at once can have one.
func (t *Transaction) Number(n int32) { t.number = &n }

// Add appends steps.
func (t *Transaction) Add(steps ...Step) { t.steps = append(t.steps, steps...) }

// Require puts a step before all others, which writes nothing and without which they must not be executed. A transaction
// without steps stays one.
func (t *Transaction) Require(step Step) {
	if len(t.steps) > 0 {
		t.steps = slices.Insert(t.steps, 0, step)
	}
}

// Saw notes what the transaction was decided on: when one of these records has got another pending write by the time of
// the submission, the transaction is built again.
func (t *Transaction) Saw(p *Pending) {
	if p != nil {
		t.saw = append(t.saw, p)
	}
}

// blind tells whether the transaction was decided without the overlay.
func (t *Transaction) blind() bool {
	return slices.ContainsFunc(t.saw, func(p *Pending) bool { return p.blind })
}

func (t *Transaction) reset() { t.steps, t.saw, t.records, t.new, t.number = nil, nil, 0, 0, nil }

// encode returns the stored form; errs.Invalid when a step could not be encoded.
func (t *Transaction) encode(r Request, site string, now time.Time) (payload, []byte, error) {
	p := payload{
		Version: payloadVersion, ID: t.id, Site: site, Operation: r.Operation, Principal: r.Principal,
		Fingerprint: r.Fingerprint, AcceptedAt: now.UTC().Truncate(time.Microsecond), Steps: t.steps,
		New: t.new > 0 && t.new == t.records,
	}
	for _, s := range t.steps {
		if s.err != nil {
			return p, nil, errs.New(errs.Invalid, "a value of %s cannot be stored", s.Kind).Because(s.err)
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return p, nil, errs.New(errs.Internal, "the transaction cannot be encoded").Because(err)
	}
	return p, body, nil
}

// effects is what the scripts know of a transaction: for each written record a line
//
//	table TAB id TAB action TAB sort TAB list TAB list …
//
// with a newline before each line. A bulk stands there as one entry "@transaction:step".
type effects struct {
	text  string
	rows  []Record // of bulks: the id map
	touch []Change
	needs []Record
}

func (r *Registry) effects(p payload) (effects, error) {
	var (
		e    effects
		text strings.Builder
	)
	for i, step := range p.Steps {
		effect, err := r.Effect(step)
		if err != nil {
			return e, err
		}
		e.needs = append(e.needs, effect.Needs...)
		for _, c := range effect.Writes {
			e.touch = append(e.touch, c)
			if c.Action == Bulk && c.Place == nil {
				e.rows = append(e.rows, c.Record)
				continue
			}
			id := c.Record.ID
			if c.Action == Bulk {
				id = "@" + p.ID.String() + ":" + strconv.Itoa(i)
			}
			text.WriteString("\n" + c.Record.Table + "\t" + id + "\t" + string(c.Action) + "\t")
			if c.Place != nil {
				text.WriteString(c.Place.Sort)
				for _, list := range c.Place.Lists {
					text.WriteString("\t" + list)
				}
			}
		}
	}
	e.text = text.String() + "\n"
	return e, nil
}
