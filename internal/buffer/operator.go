package buffer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
)

// Retry puts a stopped transaction back into the buffer with fresh attempts, and with it all that waits behind it, in
// the original order. by is the person who asks. Errors: errs.NotFound; errs.Conflict when it is not stopped.
func (b *Buffer) Retry(ctx context.Context, id uuid.UUID, by string) (Status, error) {
	t, behind, err := b.stoppedOne(ctx, id)
	if err != nil {
		return Status{}, err
	}
	entry, err := auditEntry(by, "retry", "")
	if err != nil {
		return Status{}, err
	}
	if err := b.resume(ctx, append([]*stored{t}, behind...), "0", entry); err != nil {
		return Status{}, unavailable(err)
	}
	return b.Transaction(ctx, id)
}

// RetryAll retries every parked transaction whose failure has that SQLSTATE (empty: any), with all that waits behind
// them, and returns how many were parked.
func (b *Buffer) RetryAll(ctx context.Context, sqlState, by string) (int, error) {
	all, err := b.loadStopped(ctx)
	if err != nil {
		return 0, unavailable(err)
	}
	entry, err := auditEntry(by, "retry", "")
	if err != nil {
		return 0, err
	}
	chain := make(map[uuid.UUID]bool)
	for _, t := range all {
		if t.state == Parked && (sqlState == "" || (t.failure != nil && t.failure.SQLState == sqlState)) {
			chain[t.id] = true
		}
	}
	n := len(chain)
	chosen := waiting(all, chain)
	if err := b.resume(ctx, chosen, "0", entry); err != nil {
		return 0, unavailable(err)
	}
	return n, nil
}

// Discard gives a stopped transaction up for good: its writes disappear from answers, and the ledger is told, so that it
// can never be executed later. With cascade everything that waits behind it goes, too.
// Errors: errs.NotFound; errs.Conflict when it is not stopped, or others wait behind it and cascade is false.
func (b *Buffer) Discard(ctx context.Context, id uuid.UUID, by, reason string, cascade bool) (Status, error) {
	t, behind, err := b.stoppedOne(ctx, id)
	if err != nil {
		return Status{}, err
	}
	if len(behind) > 0 && !cascade {
		return Status{}, errs.New(errs.Conflict, "%d transactions wait behind this one", len(behind)).Named("others-wait-behind")
	}
	entry, err := auditEntry(by, "discard", reason)
	if err != nil {
		return Status{}, err
	}
	// The newest goes first: whenever this stops half way, what is left can still be discarded or retried.
	all := append([]*stored{t}, behind...)
	slices.Reverse(all)
	for slice := range slices.Chunk(all, sliceSize) {
		args := []string{b.keys.Prefix(), entry, "discarded", ""}
		for _, d := range slice {
			args = append(args, d.id.String())
		}
		if _, err := b.evalInt(ctx, discardScript, nil, args); err != nil {
			return Status{}, unavailable(err)
		}
	}
	for _, d := range all {
		if err := b.sweepRows(ctx, d); err != nil {
			return Status{}, unavailable(err)
		}
	}
	b.wake.notify()
	b.moved.notify()
	return b.Transaction(ctx, id)
}

// replaces tells whether steps can stand for a stopped transaction: each parameter is given, they are writes of the
// kinds that the old one had, and they write the records that were acknowledged and no others. An edit puts a write right;
// whoever may do that is not allowed every other write by it. Errors: errs.Invalid.
func (b *Buffer) replaces(old *stored, e effects, steps []Step) error {
	refusal := errs.New(errs.Invalid, "the steps cannot take the place of the old ones").Named("steps-invalid")
	for i, step := range steps {
		for _, field := range b.registry.missing(step) {
			refusal = refusal.At(fmt.Sprintf("/steps/%d/params/%s", i, field), "is missing")
		}
	}
	if err := b.understand(old); err == nil {
		refusal = old.covers(refusal, e, steps)
	}
	if len(refusal.Fields) == 0 {
		return nil
	}
	return refusal
}

// covers adds to a refusal what steps do beside or beyond a transaction that they are to replace.
func (t *stored) covers(refusal *errs.Error, e effects, steps []Step) *errs.Error {
	kinds := make(map[string]bool)
	for _, step := range t.payload.Steps {
		kinds[step.Kind] = true
	}
	for i, step := range steps {
		if !kinds[step.Kind] {
			refusal = refusal.At(fmt.Sprintf("/steps/%d/kind", i), "is none of the transaction's own kinds")
		}
	}
	writes := make(map[Record]bool, len(e.touch))
	for _, c := range e.touch {
		if c.Record.ID == "" {
			continue // the entry of a bulk, which stands for its rows
		}
		writes[c.Record] = true
		if !slices.Contains(t.writes, c.Record) {
			refusal = refusal.At("/steps", "must not write "+c.Record.String()+", which the transaction does not write")
		}
	}
	for _, r := range t.writes {
		if r.ID != "" && !writes[r] {
			refusal = refusal.At("/steps", "must write "+r.String()+", which was acknowledged; discard the transaction to give it up")
		}
	}
	return refusal
}

// Edit lets a new transaction with other steps take the place of a stopped one, and puts it into the buffer there. The
// ledger keeps both. Errors: errs.NotFound; errs.Conflict when it is not stopped; errs.Invalid for steps that cannot be
// read.
func (b *Buffer) Edit(ctx context.Context, id uuid.UUID, by, reason string, steps []Step) (Receipt, error) {
	old, behind, err := b.stoppedOne(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	p := payload{
		Version: payloadVersion, ID: uuid.Must(uuid.NewV7()), Site: b.cfg.Site.Name, Operation: old.payload.Operation, Principal: by,
		Fingerprint: "edit:" + id.String(), AcceptedAt: now(), Replaces: &id, Steps: steps,
	}
	e, err := b.registry.effects(p)
	if err != nil {
		return Receipt{}, errs.New(errs.Invalid, "the steps cannot be read").Named("steps-invalid").Because(err).At("/steps", err.Error())
	}
	if err := b.replaces(old, e, steps); err != nil {
		return Receipt{}, err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return Receipt{}, errs.New(errs.Invalid, "the steps cannot be stored").Because(err)
	}
	entry, err := AuditEntry{By: by, Action: "edit", Reason: reason, ReplacedBy: &p.ID}.encode()
	if err != nil {
		return Receipt{}, err
	}
	if err := b.prepare(ctx, p.ID, e.rows); err != nil {
		return Receipt{}, unavailable(err)
	}
	args := []string{b.keys.Prefix(), p.ID.String(), string(body), p.Fingerprint, e.text, moment(p.AcceptedAt), id.String(), entry}
	n, err := b.evalInt(ctx, replaceScript, []string{b.keys.Transaction(p.ID.String())}, append(args, rowArgs(e.rows)...))
	if err != nil {
		return Receipt{}, unavailable(err)
	}
	if n != 1 {
		return Receipt{}, errNotStopped(id)
	}
	if err := b.sweepRows(ctx, old); err != nil {
		return Receipt{}, unavailable(err)
	}
	if err := b.resume(ctx, behind, "keep", ""); err != nil {
		return Receipt{}, unavailable(err)
	}
	return Receipt{Transaction: p.ID, State: Buffered, Position: p.ID.String(), AcceptedAt: p.AcceptedAt}, nil
}

// sweepRows removes a bulk's id map.
func (b *Buffer) sweepRows(ctx context.Context, t *stored) error {
	e, err := b.registry.effects(t.payload)
	if err != nil || len(e.rows) == 0 {
		// What cannot be read has mapped nothing.
		return nil //nolint:nilerr // see above
	}
	return b.sweep(ctx, t.id.String(), "", e.rows)
}

func errNotStopped(id uuid.UUID) error {
	return errs.New(errs.Conflict, "transaction %s is not stopped", id).Named("not-stopped")
}

// stoppedOne returns a parked or retrying transaction, and the blocked ones that wait for it, directly or through
// others, in order of acceptance.
func (b *Buffer) stoppedOne(ctx context.Context, id uuid.UUID) (*stored, []*stored, error) {
	if _, err := b.Transaction(ctx, id); err != nil {
		return nil, nil, err
	}
	all, err := b.loadStopped(ctx)
	if err != nil {
		return nil, nil, unavailable(err)
	}
	at := slices.IndexFunc(all, func(t *stored) bool { return t.id == id })
	if at < 0 {
		return nil, nil, errNotStopped(id)
	}
	found := all[at]
	if found.state == Blocked {
		return nil, nil, errs.New(errs.Conflict, "transaction %s waits for %s", id, joinIDs(found.blockedBy)).Named("blocked")
	}
	behind := waiting(all, map[uuid.UUID]bool{id: true})
	return found, slices.DeleteFunc(behind, func(t *stored) bool { return t.id == id }), nil
}

// waiting returns the transactions of chain and the blocked ones that wait for any of them, directly or through others.
// all is in order of acceptance, so what waits comes after what it waits for.
func waiting(all []*stored, chain map[uuid.UUID]bool) []*stored {
	var found []*stored
	for _, t := range all {
		if t.state == Blocked && slices.ContainsFunc(t.blockedBy, func(other uuid.UUID) bool { return chain[other] }) {
			chain[t.id] = true
		}
		if chain[t.id] {
			found = append(found, t)
		}
	}
	return found
}

func auditEntry(by, action, reason string) (string, error) {
	return AuditEntry{By: by, Action: action, Reason: reason}.encode()
}

// encode renders an entry as of now.
func (a AuditEntry) encode() (string, error) {
	a.At = time.Now().UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(a)
	if err != nil {
		return "", errs.New(errs.Internal, "the audit entry cannot be written").Because(err)
	}
	return string(body), nil
}
