package auth

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/auth/github"
)

// waiting is a sign-in from a terminal that its user has not finished. GitHub's own code stays here: who has it can get a
// token of GitHub with it.
type waiting struct {
	Code     string        `json:"code"`
	Interval time.Duration `json:"interval"`
}

// StartDevice begins a sign-in from a terminal. It returns what GitHub says, with a code of this site's own in the place
// of GitHub's.
// Errors: those of github.Client.StartDevice; errs.Unavailable when Redis is away or too many sign-ins are under way.
func (s *SignIn) StartDevice(ctx context.Context) (github.Device, error) {
	if err := s.mayStart(); err != nil {
		return github.Device{}, err
	}
	client, err := s.sessions.redis.Get()
	if err != nil {
		return github.Device{}, away(err)
	}
	d, err := s.github.StartDevice(ctx)
	if err != nil {
		return d, err
	}
	text, err := json.Marshal(waiting{d.Code, d.Interval})
	if err != nil {
		return d, err
	}
	d.Code = rand.Text()
	key := s.sessions.names.Device(digest(d.Code))
	if err := client.Do(ctx, client.B().Set().Key(key).Value(string(text)).Ex(d.Lifetime).Build()).Error(); err != nil {
		return d, away(err)
	}
	return d, nil
}

// FinishDevice returns who has signed in by a code of StartDevice, once. GitHub is not asked more often than it wants.
//
// Errors: *github.PendingError with the interval when he has not yet; errs.Unauthenticated named sign-in-failed for a code
// that is unknown or used, or when he declined or took too long; those of github.Client.Profile; errs.Unavailable when Redis
// is away.
func (s *SignIn) FinishDevice(ctx context.Context, code string) (p Person, err error) {
	client, err := s.sessions.redis.Get()
	if err != nil {
		return p, away(err)
	}
	key, asked := s.sessions.names.Device(digest(code)), s.sessions.names.DeviceAsked(digest(code))
	text, err := client.Do(ctx, client.B().Get().Key(key).Build()).ToString()
	switch {
	case rueidis.IsRedisNil(err):
		return p, refuse("sign-in-failed", "the sign-in was started too long ago, or is over: start again")
	case err != nil:
		return p, away(err)
	}
	var w waiting
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return p, err
	}
	err = client.Do(ctx, client.B().Set().Key(asked).Value("1").Nx().PxMilliseconds(w.Interval.Milliseconds()).Build()).Error()
	switch {
	case rueidis.IsRedisNil(err):
		return p, &github.PendingError{Interval: w.Interval}
	case err != nil:
		return p, away(err)
	}
	profile, err := s.github.DeviceProfile(ctx, w.Code)
	if pending, ok := errors.AsType[*github.PendingError](err); ok {
		return p, s.wait(ctx, client, key, w, pending)
	}
	if p, err = s.person(profile, err); err != nil {
		return p, err
	}
	if err := client.Do(ctx, client.B().Del().Key(key).Build()).Error(); err != nil {
		return Person{}, away(err)
	}
	return p, nil
}

// wait notes how long GitHub wants to be left alone.
func (s *SignIn) wait(ctx context.Context, client rueidis.Client, key string, w waiting, pending *github.PendingError) error {
	if pending.Interval <= w.Interval {
		pending.Interval = w.Interval
		return pending
	}
	w.Interval = pending.Interval
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	if err := client.Do(ctx, client.B().Set().Key(key).Value(string(text)).Xx().Keepttl().Build()).Error(); err != nil && !rueidis.IsRedisNil(err) {
		return away(err)
	}
	return pending
}
