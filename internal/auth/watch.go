package auth

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/redis/rueidis"
)

const (
	// versionEvery is how often the replica is asked whether anybody's rights have changed.
	versionEvery = 200 * time.Millisecond
	// listenPause is between two attempts to listen to Redis.
	listenPause = 500 * time.Millisecond
)

// Changed forgets what this site remembers of credentials, in all its processes: somebody's rights were changed here.
func (v *Verifier) Changed(ctx context.Context) {
	v.verdicts.outdate(true)
	if v.directory.overlay == nil {
		// This database has the change already: no copy of what was before may be left should it go away now.
		version, err := v.directory.replica.AccessVersion(ctx)
		if err == nil {
			err = v.sweep(ctx, version)
		}
		if err != nil {
			v.log.WarnContext(ctx, "copies of what has changed are brought in line only in a moment", "error", err)
		}
	}
	v.publish(ctx, "")
}

// Moved returns a channel that is closed when Verify may have something new to say of any credential. Take it before
// asking.
func (v *Verifier) Moved() <-chan struct{} {
	v.verdicts.mu.RLock()
	defer v.verdicts.mu.RUnlock()
	return v.verdicts.moved
}

// Ended is Changed for a session that has ended: no process of the site accepts an access token of it any more, whether
// Redis can be asked or not.
func (v *Verifier) Ended(ctx context.Context, session uuid.UUID) {
	v.hear(session.String())
	v.publish(ctx, session.String())
}

// hear takes in what has changed: the session of this id, or, when it is none, somebody's rights.
func (v *Verifier) hear(message string) {
	if session, err := uuid.Parse(message); err == nil {
		v.verdicts.end(session, v.now())
	}
	v.verdicts.outdate(true)
}

func (v *Verifier) publish(ctx context.Context, message string) {
	client, err := v.copies.redis.Get()
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), copyTimeout)
		defer cancel()
		err = client.Do(ctx, client.B().Publish().Channel(v.copies.keys.AccessChanged()).Message(message).Build()).Error()
	}
	if err != nil {
		v.log.WarnContext(ctx, "other processes of the site see a change of rights only after a few seconds", "error", err)
	}
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
	subscribed := rueidis.WithOnSubscriptionHook(ctx, func(rueidis.PubSubSubscription) { v.verdicts.outdate(false) })
	for ctx.Err() == nil {
		client, err := v.copies.redis.Get()
		if err == nil {
			err = client.Receive(subscribed, client.B().Subscribe().Channel(v.copies.keys.AccessChanged()).Build(),
				func(m rueidis.PubSubMessage) { v.hear(m.Message) })
		}
		if err != nil && ctx.Err() == nil {
			v.log.DebugContext(ctx, "changes of rights are not heard of at once", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenPause):
			v.verdicts.outdate(false)
		}
	}
}

// poll watches the number that moves with every change of rights.
func (v *Verifier) poll(ctx context.Context) {
	ticker := time.NewTicker(versionEvery)
	defer ticker.Stop()
	var seen int64
	for {
		version, err := v.directory.replica.AccessVersion(ctx)
		if err == nil && version != seen {
			err = v.sweep(ctx, version)
			v.verdicts.outdate(seen != 0)
			if err == nil {
				seen = version
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
