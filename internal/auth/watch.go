package auth

import (
	"context"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/gen/replicadb"
)

const (
	// versionEvery is how often the replica is asked whether anybody's rights have changed.
	versionEvery = 200 * time.Millisecond
	// sweepEvery is how often the copies of what has changed are removed though nothing seems to have changed: a sweep may
	// have failed half way.
	sweepEvery = 30 * time.Second
	// sweepOverlap covers changes that were committed later than the times they carry.
	sweepOverlap = time.Hour
	// listenPause is between two attempts to listen to Redis.
	listenPause = 500 * time.Millisecond
)

// Changed forgets what this site remembers of credentials, in all its processes: somebody's rights were changed here.
func (v *Verifier) Changed(ctx context.Context) {
	v.outdate()
	client, err := v.copies.redis.Get()
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), copyTimeout)
		defer cancel()
		err = client.Do(ctx, client.B().Publish().Channel(v.copies.keys.AccessChanged()).Message("").Build()).Error()
	}
	if err != nil {
		v.log.WarnContext(ctx, "other processes of the site see a change of rights only after a few seconds", "error", err)
	}
}

func (v *Verifier) outdate() {
	v.changes.Add(1)
	v.verdicts.outdate()
}

// Run keeps up with changes of rights, those made at this site and those that replication brings, until ctx ends. It
// returns nil.
func (v *Verifier) Run(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.listen(ctx)
	}()
	v.poll(ctx)
	<-done
	return nil
}

// listen forgets when another process of the site says that something has changed, and when it could not have heard it.
func (v *Verifier) listen(ctx context.Context) {
	for ctx.Err() == nil {
		client, err := v.copies.redis.Get()
		if err == nil {
			err = client.Receive(ctx, client.B().Subscribe().Channel(v.copies.keys.AccessChanged()).Build(), func(rueidis.PubSubMessage) { v.outdate() })
		}
		if err != nil && ctx.Err() == nil {
			v.log.DebugContext(ctx, "changes of rights are not heard of at once", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenPause):
			v.outdate()
		}
	}
}

// poll watches the number that moves with every change of rights.
func (v *Verifier) poll(ctx context.Context) {
	ticker := time.NewTicker(versionEvery)
	defer ticker.Stop()
	var (
		seen  int64
		swept time.Time // up to here
		last  time.Time
	)
	for {
		version, err := v.directory.replica.AccessVersion(ctx)
		if err == nil && version != seen {
			v.outdate()
		}
		if err == nil && (version != seen || time.Since(last) >= sweepEvery) {
			begin := time.Now()
			if err = v.forgetChanged(ctx, swept); err == nil {
				seen, swept, last = version, begin.Add(-sweepOverlap), begin
			}
		}
		if err != nil && ctx.Err() == nil {
			v.log.DebugContext(ctx, "changes of rights could not be looked up", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// forgetChanged removes the copies of all credentials whose worth the replica knows to have changed since a time: whoever
// comes with one is asked about anew, and does not fall back on what was known before.
func (v *Verifier) forgetChanged(ctx context.Context, since time.Time) error {
	hashes, err := v.directory.replica.ChangedTokenHashes(ctx, replicadb.ChangedTokenHashesParams{Since: since})
	if err != nil {
		return err
	}
	users, err := v.directory.replica.ChangedUsers(ctx, replicadb.ChangedUsersParams{Since: since})
	if err != nil {
		return err
	}
	var keys []string
	for _, hash := range hashes {
		keys = append(keys, v.copies.keys.Token(hash))
	}
	for _, id := range users {
		keys = append(keys, v.copies.keys.Account(id.String()))
	}
	return v.copies.remove(ctx, keys...)
}
