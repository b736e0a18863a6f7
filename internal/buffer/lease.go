package buffer

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// leaseTime is how long a site is without executor after its holder died without giving the lease up.
	leaseTime = 3 * time.Second
	// leaseRenewal leaves room for two failed renewals before somebody else may take over.
	leaseRenewal = leaseTime / 4
	// lookAgain is how often waiters look by themselves: a missed signal delays, it never loses.
	lookAgain = 250 * time.Millisecond
)

// errLease says that another process executes at this site now.
var errLease = errors.New("the lease is held elsewhere")

// errNewer says that the buffer holds a transaction that only a newer release can execute.
var errNewer = errors.New("the buffer holds a kind of write that this release does not know")

// Run watches the site, and executes, tracks and cleans up while this process holds the lease. It returns when ctx ends.
func (b *Buffer) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.listen(ctx) })
	group.Go(func() error { return b.watch(ctx) })
	group.Go(func() error { return b.follow(ctx) })
	group.Go(func() error { return b.compete(ctx) })
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// compete takes the lease whenever it is free and works while it holds it.
func (b *Buffer) compete(ctx context.Context) error {
	for {
		pause := leaseRenewal
		held, err := b.lease(ctx)
		switch {
		case err != nil:
			b.monitor.setExecutor("backing off", "Redis does not answer or refuses")
			b.log.Debug("the lease could not be asked for", "error", err)
		case !held:
			b.monitor.setExecutor("elsewhere", "")
		default:
			err := b.hold(ctx)
			if errors.Is(err, errNewer) {
				b.log.Error("gave the lease up", "error", err)
				b.monitor.setAlarm(alarmNewer, "newer-release-needed: "+err.Error())
				pause = 10 * leaseTime
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// hold works until the lease is lost or ctx ends, then gives the lease up.
func (b *Buffer) hold(ctx context.Context) error {
	b.log.Info("took the lease", "holder", b.holder)
	group, held := errgroup.WithContext(ctx)
	group.Go(func() error { return b.renew(held) })
	group.Go(func() error { return b.execute(held) })
	group.Go(func() error { return b.clean(held) })
	group.Go(func() error { return b.keepHouse(held) })
	err := group.Wait()
	release, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if _, releasing := b.evalInt(release, releaseScript, []string{b.keys.Lease()}, []string{b.holder}); releasing != nil {
		b.log.Warn("the lease runs out by itself", "error", releasing)
	}
	return err
}

// renew keeps the lease; it fails when somebody else has it, or when Redis was away for longer than it lasts.
func (b *Buffer) renew(ctx context.Context) error {
	renewed := time.Now()
	for {
		if err := sleep(ctx, leaseRenewal); err != nil {
			return err
		}
		held, err := b.lease(ctx)
		switch {
		case err == nil && held:
			renewed = time.Now()
		case err == nil:
			return errLease
		case time.Since(renewed) > leaseTime:
			return errors.Join(errLease, err)
		}
	}
}

func (b *Buffer) lease(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseRenewal)
	defer cancel()
	n, err := b.evalInt(ctx, leaseScript, []string{b.keys.Lease()}, []string{b.holder, millisOf(leaseTime)})
	return n == 1, err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
