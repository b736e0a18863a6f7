package buffer

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lsn"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// direct executes a transaction on the main database while the client waits, with its ledger row in the same database
// transaction. At a secondary site it never overtakes buffered writes of its records, and it leaves its own overlay
// entry, so that reads show it before the replica does.
func (b *Buffer) direct(ctx context.Context, number *int32, p payload, body []byte, e effects) (Receipt, error) {
	began := time.Now()
	row := ledgerRow{payload: p, outcome: "applied"}
	if number != nil {
		entry, err := AuditEntry{By: p.Principal, Action: "create", Reason: "number " + strconv.Itoa(int(*number)), Number: number}.encode()
		if err != nil {
			return Receipt{}, err
		}
		row.audit = "[" + entry + "]"
	}
	ctx, cancel := context.WithTimeout(ctx, b.cfg.DirectTimeout)
	defer cancel()
	if !b.atMain() {
		if err := b.awaitEarlier(ctx, e, began); err != nil {
			return Receipt{}, err
		}
	}
	execute := func(ctx context.Context, q *maindb.Queries) error {
		// The ledger first: the same request on its way twice waits here, and is known then.
		if err := q.RecordTransactions(ctx, ledgerRows(b.cfg.Site.Name, 0, []ledgerRow{row})); err != nil {
			return err
		}
		for _, step := range p.Steps {
			if err := b.registry.Run(ctx, q, step); err != nil {
				return err
			}
		}
		return nil
	}
	position, err := b.main.InTx(ctx, execute)
	if contradicted(err) {
		// A writer that commits at this moment is waited for and still not seen by the statement that waited: it takes
		// the record for a missing one, or for what it was before. The second look sees it.
		position, err = b.main.InTx(ctx, execute)
	}
	receipt := Receipt{Transaction: p.ID, State: Committed, Position: p.ID.String(), AcceptedAt: p.AcceptedAt}
	if b.atMain() {
		receipt.State = Replicated
	}
	if err != nil {
		receipt, err = b.undecided(p, receipt, began, err)
		if err != nil || receipt.Replayed {
			return receipt, err
		}
	}
	if !b.atMain() {
		b.overlayDirect(ctx, p, body, e, position)
	}
	return receipt, nil
}

// overlayDirect makes a committed write visible before it is replicated. The write itself stands whatever happens here.
func (b *Buffer) overlayDirect(ctx context.Context, p payload, body []byte, e effects, position lsn.LSN) {
	// The client's own deadline may be over, its write is not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisRetry)
	defer cancel()
	err := b.prepare(ctx, p.ID, e.rows)
	if err == nil {
		_, err = b.enter(ctx, p.ID, b.enqueueArgs(p, body, e, Committed, position.String(), nil))
	}
	if err != nil {
		b.log.Warn("a committed write shows only after replication", "transaction", p.ID, "error", err)
	}
}

// undecided answers for a direct write that failed: the ledger knows whether it was executed all the same.
func (b *Buffer) undecided(p payload, receipt Receipt, began time.Time, cause error) (Receipt, error) {
	var database *pgconn.PgError
	if errors.As(cause, &database) && database.Severity != "FATAL" && database.TableName != "buffered_transaction" {
		return Receipt{}, refusal(cause, database)
	}
	if postgres.Unsent(cause) {
		return Receipt{}, b.mainAway(cause, began, "; nothing was sent to it")
	}
	// The client's own deadline may be over; whether the write happened is asked with a fresh one.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	known, err := b.main.KnownTransactions(ctx, maindb.KnownTransactionsParams{IDs: []uuid.UUID{p.ID}})
	switch {
	case err == nil && len(known) == 1 && known[0].Fingerprint != p.Fingerprint:
		return Receipt{}, errKeyReused()
	case err == nil && len(known) == 1:
		receipt.Replayed, receipt.AcceptedAt = database != nil, known[0].AcceptedAt.UTC()
		return receipt, nil
	default:
		return Receipt{}, b.mainAway(errors.Join(cause, err), began, "; whether transaction "+p.ID.String()+" was executed is not known yet")
	}
}

// mainAwayPause is when who could not reach the main database is told to try again.
const mainAwayPause = 5 * time.Second

// mainAway says that the main database cannot be reached, and since when: as the site knows, or this process, or since the
// attempt began that has failed. One that can be heard is said to be slow.
func (b *Buffer) mainAway(cause error, began time.Time, more string) error {
	if errors.Is(cause, context.DeadlineExceeded) && b.main.Heard() {
		return errs.New(errs.Unavailable, "the main database answers, but was not ready with it in time%s", more).
			Named("database-busy").Because(cause).After(mainAwayPause)
	}
	since := began
	if away := b.main.AwaySince(); !away.IsZero() {
		since = away
	}
	if now := b.Glance(); !now.MainReachable && !now.MainSince.IsZero() {
		since = earlier(since, now.MainSince)
	}
	return errs.New(errs.Unavailable, "the main database cannot be reached since %s%s", since.UTC().Format(time.RFC3339), more).
		Named("main-unreachable").Because(cause).After(mainAwayPause)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// contradicted tells whether the main database's records are not what the write expects.
func contradicted(err error) bool {
	code := postgres.SQLState(err)
	return code == "P0002" || code == conflictCode
}

// refusal turns an error of the main database about a write into the client's terms.
func refusal(cause error, database *pgconn.PgError) error {
	switch {
	case database.ConstraintName == "transition":
		return forbiddenTransition(cause, database)
	case database.Code == conflictCode || database.Code == "23505":
		return errs.New(errs.Conflict, "the record exists with other content").Named("record-differs").Because(cause)
	case database.Code == "P0002":
		return errs.New(errs.NotFound, "a record of this write does not exist").Named("record-missing").Because(cause)
	case database.Code == "23503":
		return errs.New(errs.Invalid, "the write refers to a record that does not exist").Named("reference-unknown").Because(cause)
	case postgres.Permanent(cause):
		return errs.New(errs.Invalid, "the main database refuses the values").Named("values-refused").Because(cause)
	default:
		return errs.New(errs.Unavailable, "the main database cannot execute the write now").Named("main-unreachable").Because(cause).After(mainAwayPause)
	}
}

// forbiddenTransition names the states that the record could go to; the trigger enforce_transition says them.
func forbiddenTransition(cause error, database *pgconn.PgError) error {
	var found struct {
		From, To string
		Allowed  []string
	}
	if err := json.Unmarshal([]byte(database.Detail), &found); err != nil {
		return errs.New(errs.Conflict, "the record cannot go to that state").Named("transition-forbidden").Because(errors.Join(cause, err))
	}
	allowed := "and stays so"
	if len(found.Allowed) > 0 {
		allowed = "only to " + strings.Join(found.Allowed, ", ")
	}
	return errs.New(errs.Conflict, "the record is %s and cannot go to %s, %s", found.From, found.To, allowed).
		Named("transition-forbidden").Because(cause)
}

// awaitEarlier waits until no buffered transaction writes a record of this one any more, as long as the main database,
// which they are on their way to, can be heard.
func (b *Buffer) awaitEarlier(ctx context.Context, e effects, began time.Time) error {
	ctx, stop := b.main.WhileHeard(ctx)
	defer stop()
	var records []Record
	for _, c := range e.touch {
		if c.Record.ID != "" {
			records = append(records, c.Record)
		}
	}
	records = append(records, e.needs...)
	for {
		changed := b.moved.wait()
		pending, err := b.Look(ctx, Query{Records: records})
		if err != nil {
			return err
		}
		waiting := 0
		for _, t := range pending.Transactions {
			if t.State != Committed {
				waiting++
			}
		}
		if waiting == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-time.After(lookAgain):
		case <-ctx.Done():
			if cause := context.Cause(ctx); errors.Is(cause, postgres.ErrSilent) {
				return b.mainAway(cause, began, "; nothing was sent to it")
			}
			return errs.New(errs.Unavailable, "%d earlier writes of this record have not reached the main database", waiting).
				Named("earlier-writes-pending").Because(ctx.Err()).After(5 * time.Second)
		}
	}
}

// ledgerEntry returns the row of the ledger that this site can see, nil when there is none.
func (b *Buffer) ledgerEntry(ctx context.Context, id uuid.UUID) (*replicadb.LedgerEntriesRow, error) {
	rows, err := b.replica.LedgerEntries(ctx, replicadb.LedgerEntriesParams{IDs: []uuid.UUID{id}})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Numbered returns the number of the record that a transaction has created, which must have come to this site: false when it
// has created none that the main database numbers. Errors: errs.Unavailable without a replica.
func (b *Buffer) Numbered(ctx context.Context, id uuid.UUID) (number int32, found bool, err error) {
	row, err := b.ledgerEntry(ctx, id)
	if err != nil || row == nil {
		return 0, false, err
	}
	s, err := ledgerStatus(row)
	for _, entry := range s.Audit {
		if entry.Number != nil {
			return *entry.Number, true, nil
		}
	}
	return 0, false, err
}

func stateOfLedger(outcome string) State {
	if outcome == "applied" {
		return Replicated
	}
	return Discarded
}

// ledgerRow is what the ledger keeps of a transaction.
type ledgerRow struct {
	payload payload
	outcome string
	audit   string // JSON array
}

func ledgerRows(site string, batch int64, rows []ledgerRow) maindb.RecordTransactionsParams {
	p := maindb.RecordTransactionsParams{Site: site, Batch: batch}
	for _, r := range rows {
		replaces := uuid.Nil
		if r.payload.Replaces != nil {
			replaces = *r.payload.Replaces
		}
		if r.audit == "" {
			r.audit = "[]"
		}
		p.IDs = append(p.IDs, r.payload.ID)
		p.Operations = append(p.Operations, r.payload.Operation)
		p.Principals = append(p.Principals, r.payload.Principal)
		p.Fingerprints = append(p.Fingerprints, r.payload.Fingerprint)
		p.Outcomes = append(p.Outcomes, r.outcome)
		p.Replaces = append(p.Replaces, replaces)
		p.Audits = append(p.Audits, r.audit)
		p.AcceptedAts = append(p.AcceptedAts, r.payload.AcceptedAt)
	}
	return p
}
