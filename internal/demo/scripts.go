package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/gen/client"
)

// staff are the programs that write at the observatory: for each instrument a script that observes, for each module a
// registrar of its files.
type staff struct {
	night   Night
	names   catalogue
	site    string
	station *station
	acks    *ackFile
	clock   clock
	data    string // directory
	progress
}

// progress is told what the programs do.
type progress interface {
	observing(instrument string, o *Observation) // nil: nothing
	registered(instrument, file string)
}

// execution is an observation that takes place.
type execution struct {
	Observation
	started chan struct{} // closed when id is known
	id      uuid.UUID
}

// work plays the night. It fails when the site refuses what it should accept.
func (s *staff) work(ctx context.Context) error {
	executions := make([]*execution, len(s.night.Observations))
	for i, o := range s.night.Observations {
		executions[i] = &execution{Observation: o, started: make(chan struct{})}
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, instrument := range s.night.instruments() {
		group.Go(func() error { return s.observe(ctx, instrument, executions) })
	}
	for _, m := range s.night.Modules {
		group.Go(func() error { return s.registrar(m).register(ctx, executions) })
	}
	return group.Wait()
}

// observe is the observing script of an instrument.
func (s *staff) observe(ctx context.Context, instrument string, executions []*execution) error {
	for _, e := range executions {
		if e.Instrument != instrument {
			continue
		}
		if err := s.clock.wait(ctx, e.Start); err != nil {
			return err
		}
		s.observing(instrument, &e.Observation)
		if err := s.start(ctx, e); err != nil {
			return err
		}
		if err := s.clock.wait(ctx, e.End()); err != nil {
			return err
		}
		if err := s.finish(ctx, e); err != nil {
			return err
		}
		s.observing(instrument, nil)
	}
	return nil
}

func (s *staff) start(ctx context.Context, e *execution) error {
	body := client.ExecutedObsUnitStart{
		ObsUnitID: s.names.units[unitName{e.Program, e.Unit}], StartTime: &e.Start, Observer: &s.night.Observer,
		Comment: &e.Title, Conditions: e.Conditions,
	}
	fields, err := contentOf(body)
	if err != nil {
		return err
	}
	fields["site"], fields["status"] = s.site, client.ObservationStatusRunning
	params := &client.StartExecutedObsUnitParams{IdempotencyKey: s.key(e, "start")}
	answer, err := write(ctx, s, "startExecutedObsUnit",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.StartExecutedObsUnitResponse, error) {
			return api.StartExecutedObsUnitWithResponse(ctx, params, body)
		},
		func(a *client.StartExecutedObsUnitResponse) (uuid.UUID, []record) {
			return a.JSON201.TransactionID, []record{{"executed_obs_unit", a.JSON201.ID, fields}}
		})
	if err != nil {
		return err
	}
	e.id = answer.JSON201.ID
	close(e.started)
	return nil
}

func (s *staff) finish(ctx context.Context, e *execution) error {
	end, status, comment := e.End(), client.FinalStatusCompleted, e.Title+": completed"
	body := client.ExecutedObsUnitFinish{Status: &status, EndTime: &end, Comment: &comment}
	fields, err := contentOf(body)
	if err != nil {
		return err
	}
	params := &client.FinishExecutedObsUnitParams{IdempotencyKey: s.key(e, "finish")}
	_, err = write(ctx, s, "finishExecutedObsUnit",
		func(ctx context.Context, api *client.ClientWithResponses) (*client.FinishExecutedObsUnitResponse, error) {
			return api.FinishExecutedObsUnitWithResponse(ctx, e.id, params, body)
		},
		func(a *client.FinishExecutedObsUnitResponse) (uuid.UUID, []record) {
			return a.JSON200.TransactionID, []record{{"executed_obs_unit", e.id, fields}}
		})
	return err
}

// key returns the idempotency key of one write of an execution.
func (s *staff) key(e *execution, what string) *string {
	key := fmt.Sprintf("%s-%s-%s", s.night.Date, slug(e.Title), what)
	return &key
}

// write sends a write, an operation of the API, until it is answered, and writes the answer down: the transaction and
// what it says about which records.
func write[A answered](ctx context.Context, s *staff, operation string, request func(context.Context, *client.ClientWithResponses) (A, error), said func(A) (uuid.UUID, []record)) (A, error) {
	began := time.Now()
	answer, err := send(ctx, s.station, operation, request)
	if err != nil {
		return answer, err
	}
	now := time.Now()
	transaction, records := said(answer)
	return answer, s.acks.add(ack{At: now.UTC(), Kind: operation, Transaction: transaction, Records: records}, now.Sub(began))
}

func (s *staff) registrar(m Module) *registrar {
	return &registrar{staff: s, module: m, id: s.names.modules[m.Name], data: dataDir(filepath.Join(s.data, m.Package))}
}
