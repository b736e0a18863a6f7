package buffer

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/postgres"
)

// cleanMax is how many replicated transactions one look takes up.
const cleanMax = 2000

// followInterval is how often every process looks how old its replica's view is.
const followInterval = 500 * time.Millisecond

// follow keeps this process's knowledge of the replica fresh.
func (b *Buffer) follow(ctx context.Context) error {
	for said := ""; ; {
		view, err := b.lookAtReplica(ctx)
		if view.problem != "" && view.problem != said && ctx.Err() == nil {
			b.log.Warn("the replica cannot be used", "error", err)
		}
		said = view.problem
		b.monitor.setReplica(view)
		if err := sleep(ctx, followInterval); err != nil {
			return err
		}
	}
}

func (b *Buffer) lookAtReplica(ctx context.Context) (replicaView, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	replayed, err := b.replica.Replayed(ctx, replicadb.ReplayedParams{Site: b.cfg.Site.Name})
	if err != nil {
		return replicaView{problem: postgres.Cause(err)}, err
	}
	v := replicaView{up: true, standby: replayed.Standby, seenAt: time.Now()}
	if b.cfg.LSNTracking {
		v.lsn = replayed.LSN
	}
	beat, err := b.replica.Heartbeat(ctx)
	if err != nil {
		// A new main database has no heartbeat yet: the view is usable, its age is not known.
		v.problem = postgres.Cause(err)
		return v, err
	}
	v.beat, v.asOf = beat.Beat, beat.At
	return v, nil
}

// clean removes transactions from the overlay when the replica has them. The proof is the site's own row in
// site_progress as the replica shows it: everything at or below its batch is there, one read for any backlog. What went
// past the buffer is proved by its ledger row.
func (b *Buffer) clean(ctx context.Context) error {
	for {
		moved := b.moved.wait()
		waiting, err := b.cleanOnce(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.log.Debug("replication cannot be proved now", "error", err)
		}
		if waiting {
			err = sleep(ctx, b.cfg.LSNCheckInterval)
		} else {
			select {
			case <-moved:
			case <-time.After(followInterval):
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// cleanOnce looks once. waiting tells that some transactions are committed and not yet replicated.
func (b *Buffer) cleanOnce(ctx context.Context) (waiting bool, err error) {
	committed, err := b.members(ctx, b.keys.Committed(), 0)
	if err != nil {
		return false, err
	}
	direct, err := b.members(ctx, b.keys.Direct(), sliceSize-1)
	if err != nil {
		return false, err
	}
	if len(committed) == 0 && len(direct) == 0 {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if len(direct) > 0 {
		if err := b.cleanDirect(ctx, direct); err != nil {
			return true, err
		}
	}
	if len(committed) == 0 {
		return true, nil
	}
	replayed, err := b.replica.Replayed(ctx, replicadb.ReplayedParams{Site: b.cfg.Site.Name})
	if err != nil {
		return true, err
	}
	known, err := b.progress(ctx)
	if err != nil || replayed.Incarnation != known.incarnation {
		return true, err
	}
	return true, b.cleanUpTo(ctx, replayed.Incarnation.String(), replayed.Batch)
}

func (b *Buffer) cleanUpTo(ctx context.Context, incarnation string, batch int64) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	for {
		ids, err := c.Do(ctx, c.B().Zrangebyscore().Key(b.keys.Committed()).Min("-inf").Max(strconv.FormatInt(batch, 10)).
			Limit(0, cleanMax).Build()).AsStrSlice()
		if err != nil {
			return err
		}
		removed, err := b.remove(ctx, c, b.keys.Committed(), incarnation, ids)
		if err != nil || removed < cleanMax {
			return err
		}
	}
}

func (b *Buffer) cleanDirect(ctx context.Context, ids []string) error {
	c, err := b.client.Get()
	if err != nil {
		return err
	}
	parsed := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		if parsed[i], err = uuid.Parse(id); err != nil {
			return err
		}
	}
	rows, err := b.replica.LedgerEntries(ctx, replicadb.LedgerEntriesParams{IDs: parsed})
	if err != nil {
		return err
	}
	there := make([]string, len(rows))
	for i, row := range rows {
		there[i] = row.ID.String()
	}
	_, err = b.remove(ctx, c, b.keys.Direct(), "", there)
	return err
}

// remove takes replicated transactions out of the overlay.
func (b *Buffer) remove(ctx context.Context, c rueidis.Client, set, incarnation string, ids []string) (removed int64, err error) {
	keep := "1"
	if b.cfg.JournalKeep == 0 || b.cfg.JournalMaxBytes == 0 {
		keep = "0"
	}
	keys := []string{b.keys.Journal(), b.keys.Cleaned(), b.keys.Progress(), set}
	clean := func(swept string, ids []string) (bulks []string, err error) {
		faults.Point(faults.DuringCleanup)
		answer, err := cleanScript.Exec(ctx, c, keys, append([]string{b.keys.Prefix(), keep, incarnation, swept}, ids...)).AsStrSlice()
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseInt(answer[0], 10, 64)
		removed += n
		return answer[1:], err
	}
	for slice := range slices.Chunk(ids, cleanSize) {
		bulks, err := clean("0", slice)
		if err != nil {
			return removed, err
		}
		if len(bulks) == 0 {
			continue
		}
		if err := b.sweepBulks(ctx, bulks); err != nil {
			return removed, err
		}
		if _, err := clean("1", bulks); err != nil {
			return removed, err
		}
	}
	if removed > 0 {
		b.moved.notify()
	}
	return removed, nil
}

// sweepBulks removes the id maps of bulks.
func (b *Buffer) sweepBulks(ctx context.Context, ids []string) error {
	list, err := b.load(ctx, ids)
	if err != nil {
		return err
	}
	for _, t := range list {
		e, err := b.registry.effects(t.payload)
		if err != nil {
			return err
		}
		if err := b.sweep(ctx, t.id.String(), "", e.rows); err != nil {
			return err
		}
	}
	return nil
}
