package lab

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

// reconnectPause is how long the pipeline waits for a main database that is away.
const reconnectPause = time.Second

// pipeline is what plays the programs that move data.
type pipeline struct {
	stop context.CancelFunc
	done chan struct{}
}

// movePackages plays them until close, over all failures of the main database.
func (l *Lab) movePackages(o transfers.Options) *pipeline {
	ctx, stop := context.WithCancel(context.Background())
	p := &pipeline{stop: stop, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for ctx.Err() == nil {
			if err := l.moveOnce(ctx, o); err != nil && ctx.Err() == nil {
				l.log.Info("no data are moved", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(reconnectPause):
			}
		}
	}()
	return p
}

// moveOnce plays them until the main database fails.
func (l *Lab) moveOnce(ctx context.Context, o transfers.Options) (err error) {
	conn, err := pgx.Connect(ctx, l.Describe().Sites[0].Database)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err = errors.Join(err, conn.Close(closing))
	}()
	return transfers.New(conn, o).Run(ctx)
}

func (p *pipeline) close() {
	p.stop()
	<-p.done
}

// nightly is a pipeline at a speed such as 100x: a package every ten minutes, one attempt in fifty goes wrong.
func nightly(speed string) (*transfers.Options, error) {
	x, err := strconv.ParseFloat(strings.TrimSuffix(speed, "x"), 64)
	if err != nil || x <= 0 || math.IsInf(x, 0) {
		return nil, fmt.Errorf("%q: must be a speed such as 100x", speed)
	}
	return &transfers.Options{
		Seed: 1, Speed: x, PackagesPerHour: 6, StallFor: 5 * time.Minute, Retries: 3,
		Failures: transfers.Failures{Transfer: 0.02, Stall: 0.02, Unpack: 0.02, Archive: 0.02},
	}, nil
}
