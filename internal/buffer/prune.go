package buffer

import (
	"context"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/postgres"
)

const (
	// outboxKeep is how long an event can wait for a site that was cut off: after it the site's live views begin anew.
	outboxKeep = 7 * 24 * time.Hour
	// pruneInterval is how long nothing is looked for after nothing was left.
	pruneInterval = time.Minute
	// pruneSlice is how many rows one statement removes: it holds nothing up.
	pruneSlice = 5000
	// pruneTime bounds what is removed between two heartbeats.
	pruneTime = 300 * time.Millisecond
	// pruneTimeout bounds one statement.
	pruneTimeout = 10 * time.Second
)

// pruner drops what nobody needs any more from the main database.
type pruner struct {
	next   time.Time // when there can be something again
	outbox maindb.PruneOutboxRow
}

// prune removes slices until nothing is left or its time is over. Its error is the database's.
func (p *pruner) prune(ctx context.Context, main *postgres.Main, ledgerKeep time.Duration) error {
	began := time.Now()
	if began.Before(p.next) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pruneTimeout)
	defer cancel()
	for more := true; more; {
		if time.Since(began) > pruneTime {
			return nil
		}
		ledger, err := main.PruneLedger(ctx, maindb.PruneLedgerParams{Before: began.Add(-ledgerKeep), RowLimit: pruneSlice})
		if err != nil {
			return err
		}
		if p.outbox.Xid == "" {
			p.outbox.Xid = "0"
		}
		p.outbox, err = main.PruneOutbox(ctx, maindb.PruneOutboxParams{
			AfterXid: p.outbox.Xid, AfterPosition: p.outbox.Position, Before: began.Add(-outboxKeep), RowLimit: pruneSlice,
		})
		if err != nil {
			return err
		}
		more = ledger == pruneSlice || p.outbox.Pruned == pruneSlice
	}
	p.next = began.Add(pruneInterval)
	return nil
}
