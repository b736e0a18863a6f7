package buffer

import (
	"context"
	"time"

	"github.com/ccatobs/opsdb/internal/postgres"
)

// beatInterval is how often the main site shows the replicas its clock.
const beatInterval = time.Second

// beat writes the heartbeat and prunes, at the main site, while this process holds the lease.
func (b *Buffer) beat(ctx context.Context) error {
	var p pruner
	for {
		err := b.beatOnce(ctx)
		if err == nil {
			err = p.prune(ctx, b.main, b.cfg.LedgerKeep)
		}
		if err != nil && ctx.Err() == nil {
			b.monitor.setMain(false, err)
			b.monitor.setExecutor("backing off", "main database: "+postgres.Cause(err))
			b.log.Warn("the main database does not answer", "error", err)
		}
		if err := sleep(ctx, beatInterval); err != nil {
			return err
		}
	}
}

func (b *Buffer) beatOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := b.main.Beat(ctx); err != nil {
		return err
	}
	began := time.Now()
	row, err := b.main.WALPosition(ctx)
	if err != nil {
		return err
	}
	b.monitor.setMain(true, nil)
	b.monitor.setMainPosition(row.LSN, row.At, time.Since(began))
	b.monitor.setExecutor("idle", "")
	b.monitor.ran()
	return nil
}
