package buffer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ccatobs/opsdb/gen/maindb"
)

// Record names one row of one table. Rows that can be written through the buffer have ids made in advance.
type Record struct {
	Table string `json:"table"`
	ID    string `json:"id"`
}

// String returns "table/id".
func (r Record) String() string { return r.Table + "/" + r.ID }

// Action says what a write does to a record.
type Action byte

// The actions.
const (
	Insert Action = 'I'
	Patch  Action = 'P'
	Delete Action = 'D'
	// Bulk is the insertion of many records that the lists know as one entry.
	Bulk Action = 'B'
)

// Place is where lists find a record while a write to it is pending.
type Place struct {
	Record Record   `json:"record"`
	Sort   string   `json:"sort"`  // orders the record within each list; fixed width, without tabs
	Lists  []string `json:"lists"` // names of the lists it is on after the write
}

// Change is the effect of a step on one record.
type Change struct {
	Record Record
	Action Action
	Place  *Place // nil: where the step says, or no list
}

// Effect is what a step does: the records it writes, and those that must exist for it. Two transactions of which one
// writes what the other writes or needs keep their order, whatever fails.
type Effect struct {
	Writes []Change
	Needs  []Record
}

// Step is one write of a transaction: the parameters of a generated query under a stable kind.
type Step struct {
	Kind   string          `json:"kind"`
	Params json.RawMessage `json:"params"`
	At     []Place         `json:"at,omitempty"` // places of patched and deleted records, as their writer saw them
	made   any             // the parameters as they were before they were encoded, or as they were read
	err    error
}

// Op is a bufferable write whose query takes P.
type Op[P any] struct{ kind string }

// Kind returns the stable name under which steps of this op are stored.
func (o Op[P]) Kind() string { return o.kind }

// With makes a step. at tells the lists about records that the parameters alone cannot place. An error of encoding is
// returned when the transaction is submitted, before anything is accepted.
func (o Op[P]) With(p P, at ...Place) Step {
	params, err := json.Marshal(p)
	return Step{Kind: o.kind, Params: params, At: at, made: p, err: err}
}

// Decode returns the parameters of a step of this op for a reader, without what only a newer release knows of them.
func (o Op[P]) Decode(s Step) (P, error) {
	p, err := decode[P](s.Params)
	if errors.Is(err, errUnknownKind) {
		err = nil
	}
	return p, err
}

type operation struct {
	run    func(context.Context, *maindb.Queries, Step) error
	effect func(Step) (Effect, error)
	read   func(Step) (any, error)
	fields []string // of the parameters, as they are stored
}

// Registry knows every bufferable write by its kind.
type Registry struct{ ops map[string]operation }

// Register adds an op. query is a method expression of the generated queries; it must assert its own row count, because
// nothing is checked on the client. Register panics when the kind is taken.
func Register[P any](r *Registry, kind string, query func(*maindb.Queries, context.Context, P) error, effect func(P) Effect) Op[P] {
	if r.ops == nil {
		r.ops = make(map[string]operation)
	}
	if _, taken := r.ops[kind]; taken {
		panic("buffer: kind " + kind + " is registered twice")
	}
	r.ops[kind] = operation{
		run: func(ctx context.Context, q *maindb.Queries, s Step) error {
			p, err := parameters[P](s)
			if err != nil {
				return err
			}
			return query(q, ctx, p)
		},
		effect: func(s Step) (Effect, error) {
			p, err := parameters[P](s)
			if err != nil {
				return Effect{}, err
			}
			return effect(p), nil
		},
		read:   func(s Step) (any, error) { return parameters[P](s) },
		fields: fieldsOf[P](),
	}
	return Op[P]{kind: kind}
}

// fieldsOf returns the names under which the parameters are stored.
func fieldsOf[P any]() []string {
	var fields []string
	for field := range reflect.TypeFor[P]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, name)
	}
	return fields
}

// missing returns the parameters that a step which a person wrote does not mention: each would be taken as zero.
func (r *Registry) missing(s Step) []string {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(s.Params, &given); err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.ops[s.Kind].fields), func(field string) bool { _, ok := given[field]; return ok })
}

// Kinds returns the registered kinds in order.
func (r *Registry) Kinds() []string { return slices.Sorted(maps.Keys(r.ops)) }

// errUnknownKind marks a step that a newer release has written, a kind or a field of it: not a fault of the transaction.
var errUnknownKind = errors.New("unknown kind")

// errUndecodable marks parameters that no release can read.
var errUndecodable = errors.New("parameters cannot be decoded")

// Run executes one step by its generated query.
func (r *Registry) Run(ctx context.Context, q *maindb.Queries, s Step) error {
	op, ok := r.ops[s.Kind]
	if !ok {
		return fmt.Errorf("%w %q", errUnknownKind, s.Kind)
	}
	return op.run(ctx, q, s)
}

// read decodes the parameters of steps ahead of their use. What cannot be decoded stays as it is: its use fails.
func (r *Registry) read(steps []Step) {
	for i, s := range steps {
		if op, ok := r.ops[s.Kind]; ok {
			if p, err := op.read(s); err == nil {
				steps[i].made = p
			}
		}
	}
}

// Effect tells what a step does, with the places that the step carries.
func (r *Registry) Effect(s Step) (Effect, error) {
	op, ok := r.ops[s.Kind]
	if !ok {
		return Effect{}, fmt.Errorf("%w %q", errUnknownKind, s.Kind)
	}
	effect, err := op.effect(s)
	if err != nil {
		return Effect{}, err
	}
	for i, change := range effect.Writes {
		for _, place := range s.At {
			if place.Record == change.Record {
				effect.Writes[i].Place = &place
			}
		}
	}
	return effect, nil
}

// parameters returns what a step was made with, or reads it.
func parameters[P any](s Step) (P, error) {
	if p, ok := s.made.(P); ok {
		return p, even(reflect.ValueOf(p))
	}
	return decode[P](s.Params)
}

func decode[P any](params json.RawMessage) (P, error) {
	var p P
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	if strict := d.Decode(&p); strict != nil {
		if err := json.Unmarshal(params, &p); err != nil {
			return p, fmt.Errorf("%w: %w", errUndecodable, err)
		}
		return p, fmt.Errorf("%w: %w", errUnknownKind, strict)
	}
	return p, even(reflect.ValueOf(p))
}

// even fails when the columns of a step, which are arrays, are not of one length.
func even(params reflect.Value) error {
	length := -1
	for i := range params.NumField() {
		column := params.Field(i)
		if column.Kind() != reflect.Slice || column.Type().Elem().Kind() == reflect.Uint8 {
			continue
		}
		if length >= 0 && column.Len() != length {
			return fmt.Errorf("%w: %s has %d values, another column %d", errUndecodable, params.Type().Field(i).Name, column.Len(), length)
		}
		length = column.Len()
	}
	return nil
}
