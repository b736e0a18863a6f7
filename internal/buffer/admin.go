package buffer

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
)

// Transaction tells where a transaction is. What the site has forgotten the ledger knows.
// Errors: errs.NotFound when neither does; errs.Unavailable when neither can be asked.
func (b *Buffer) Transaction(ctx context.Context, id uuid.UUID) (Status, error) {
	list, err := b.load(ctx, []string{id.String()})
	if err == nil && len(list) == 1 {
		return b.status(ctx, list[0])
	}
	entry, ledger := b.ledgerEntry(ctx, id)
	switch {
	case entry != nil:
		return ledgerStatus(entry)
	case ledger != nil:
		return Status{}, errs.New(errs.Unavailable, "the ledger does not answer at this site").Named("replica-unavailable").Because(ledger).After(redisRetry)
	case err != nil && !b.atMain():
		return Status{}, unavailable(err)
	default:
		return Status{}, errs.New(errs.NotFound, "transaction %s is not known at this site", id).Named("transaction-unknown")
	}
}

func (b *Buffer) status(ctx context.Context, t *stored) (Status, error) {
	s := Status{
		ID: t.id, State: t.state, Site: t.payload.Site, Operation: t.payload.Operation, Principal: t.payload.Principal,
		Sequence: t.sequence, AcceptedAt: t.payload.AcceptedAt, ExecutedAt: t.executed, Batch: t.batch, Fence: t.fence, LSN: t.lsn,
		Attempts: t.attempts, Failure: t.failure, BlockedBy: t.blockedBy, Replaces: t.payload.Replaces, ReplacedBy: t.replacedBy,
		Steps: t.payload.Steps,
	}
	if t.undecodable != nil {
		// What cannot be read is shown as it is stored.
		s.Site, s.AcceptedAt = b.cfg.Site.Name, t.accepted
		raw, err := json.Marshal(t.raw)
		if err != nil {
			return s, err
		}
		s.Steps = []Step{{Kind: "undecodable", Params: raw}}
	}
	if b.understand(t) == nil {
		s.Records = t.writes
	}
	audit, err := b.audit(ctx, t.id)
	if err != nil {
		return s, unavailable(err)
	}
	s.Audit = audit
	c, err := b.client.Get()
	if err != nil {
		return s, unavailable(err)
	}
	if at, err := c.Do(ctx, c.B().Zscore().Key(b.keys.RetryAt()).Member(t.id.String()).Build()).AsFloat64(); err == nil {
		when := time.UnixMilli(int64(at)).UTC()
		s.RetryAt = &when
	}
	if s.State == Buffered && s.RetryAt == nil {
		flying, err := b.flying(ctx, t.sequence)
		if err != nil {
			return s, unavailable(err)
		}
		if flying {
			s.State = Executing
		}
	}
	return s, nil
}

// flying tells whether a flight under way carries that place in the order.
func (b *Buffer) flying(ctx context.Context, sequence int64) (bool, error) {
	marked, err := b.hash(ctx, b.keys.Flight())
	if err != nil || len(marked) == 0 {
		return false, err
	}
	seen, err := b.progress(ctx)
	if err != nil {
		return false, err
	}
	low, err := strconv.ParseInt(marked["low"], 10, 64)
	if err != nil {
		return false, err
	}
	high, err := strconv.ParseInt(marked["high"], 10, 64)
	if err != nil {
		return false, err
	}
	batch, err := strconv.ParseInt(marked["batch"], 10, 64)
	return batch > seen.batch && low <= sequence && sequence <= high, err
}

func ledgerStatus(row *replicadb.LedgerEntriesRow) (Status, error) {
	s := Status{
		ID: row.ID, State: stateOfLedger(row.Outcome), Site: row.Site, Operation: row.Operation, Principal: row.Principal,
		AcceptedAt: row.AcceptedAt, ExecutedAt: &row.ExecutedAt, Batch: row.Batch,
	}
	if row.Replaces != uuid.Nil {
		s.Replaces = &row.Replaces
	}
	if err := json.Unmarshal(row.Audit, &s.Audit); err != nil {
		return s, errs.New(errs.Internal, "the ledger's audit trail cannot be read").Because(err)
	}
	if row.Outcome == "replaced" {
		for _, entry := range s.Audit {
			// One that took another's place has the entry of that edit, too.
			if entry.ReplacedBy != nil && *entry.ReplacedBy != row.ID {
				s.ReplacedBy = entry.ReplacedBy
			}
		}
	}
	return s, nil
}

// Wait returns when a transaction has come as far as until, or where it is when the timeout is over or it can go no
// further by itself. Errors: as Transaction.
func (b *Buffer) Wait(ctx context.Context, id uuid.UUID, until State, timeout time.Duration) (Status, error) {
	deadline := time.NewTimer(timeout)
	defer deadline.Stop()
	for {
		changed := b.moved.wait()
		s, err := b.Transaction(ctx, id)
		if err != nil || reached(s.State, until) {
			return s, err
		}
		stuck, err := b.behindParked(ctx, s.BlockedBy)
		if err != nil || stuck {
			return s, err
		}
		select {
		case <-changed:
		case <-time.After(lookAgain):
		case <-deadline.C:
			return s, nil
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// behindParked tells whether a person has to decide before one of some transactions, or what it waits for itself, goes on.
// One that is only tried again soon may pass.
func (b *Buffer) behindParked(ctx context.Context, blockedBy []uuid.UUID) (bool, error) {
	seen := make(map[uuid.UUID]bool)
	for len(blockedBy) > 0 {
		var ids []string
		for _, id := range blockedBy {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id.String())
			}
		}
		list, err := b.load(ctx, ids)
		if err != nil {
			return false, unavailable(err)
		}
		blockedBy = nil
		for _, t := range list {
			if t.state == Parked {
				return true, nil
			}
			blockedBy = append(blockedBy, t.blockedBy...)
		}
	}
	return false, nil
}

// reached tells whether waiting is over.
func reached(state, until State) bool {
	switch state {
	case Replicated, Discarded, Parked:
		return true
	case Committed:
		return until == Committed
	default:
		return until == Buffered
	}
}

// WaitPosition returns when this site shows the write that a receipt's position names, to who reads the overlay, too.
// Errors: errs.Invalid for a position that is not one; errs.Unavailable when ctx ends before.
func (b *Buffer) WaitPosition(ctx context.Context, position string) error {
	return b.waitFor(ctx, position, func(id uuid.UUID) bool {
		known, err := b.fields(ctx, id.String(), "state")
		return err == nil && known[0] != ""
	})
}

// WaitReplicated is WaitPosition for who reads the replica alone: it returns when the write is there.
func (b *Buffer) WaitReplicated(ctx context.Context, position string) error {
	return b.waitFor(ctx, position, func(uuid.UUID) bool { return false })
}

// waitFor waits until a write is shown, or in the replica.
func (b *Buffer) waitFor(ctx context.Context, position string, shown func(uuid.UUID) bool) error {
	id, err := uuid.Parse(position)
	if err != nil {
		return errs.New(errs.Invalid, "Ops-Position is not a position").At("header:Ops-Position", "does not come from an answer of this system")
	}
	for !shown(id) {
		entry, err := b.ledgerEntry(ctx, id)
		if entry != nil {
			return nil
		}
		select {
		case <-time.After(b.cfg.LSNCheckInterval):
		case <-ctx.Done():
			return errs.New(errs.Unavailable, "this site has not reached that position yet").Named("position-not-reached").Because(err).After(redisRetry)
		}
	}
	return nil
}
