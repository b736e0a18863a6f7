package auth

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// freeFailures is how many sign-ins of operators may fail before the next wrong one has to wait.
	freeFailures = 5
	longestWait  = 15 * time.Minute
	// failuresKept is how long failures count after the last wait was over.
	failuresKept = time.Hour
	// failuresPerSecond bounds the networks that a site remembers because of failures, to some thousand: critical writes
	// need the memory of Redis.
	failuresPerSecond = 5
	// tellEvery is how often failures are told, whoever tries: the audit trail must not be filled by strangers.
	tellEvery = time.Minute
)

// RefusedError is in the chain when name or password of an operator for emergencies is wrong.
type RefusedError struct {
	// Untold is how many sign-ins were refused at the site, this one included, since somebody was told of it last. It is 0
	// when that was less than a minute ago: then this one is told with a later one.
	Untold int64
}

func (*RefusedError) Error() string { return "name or password wrong" }

// refuse returns the answer to a wrong name or password. Who keeps trying from one network has to wait; so has everybody
// who is wrong while all the world tries.
func (o *Operators) refuse(ctx context.Context, address string) error {
	names := o.sessions.names
	answer, err := o.sessions.eval(ctx, countFailure, []string{
		names.Failures(Network(address)), names.Failures("all"), names.Failures("untold"), names.Failures("told"),
	}, []string{
		strconv.FormatInt(o.now().UnixMicro(), 10), strconv.Itoa(freeFailures), strconv.FormatInt(longestWait.Microseconds(), 10),
		strconv.FormatInt(failuresKept.Microseconds(), 10), strconv.Itoa(failuresPerSecond), strconv.FormatInt(tellEvery.Milliseconds(), 10),
	})
	if err != nil {
		return err
	}
	micros, err := strconv.ParseInt(answer[0], 10, 64)
	if err != nil {
		return errs.New(errs.Internal, "the failures of a sign-in cannot be read").Because(err)
	}
	untold, err := strconv.ParseInt(answer[1], 10, 64)
	if err != nil {
		return errs.New(errs.Internal, "the failures of a sign-in cannot be read").Because(err)
	}
	if micros <= 0 {
		return errs.New(errs.Unauthenticated, "name or password wrong").Named("break-glass-refused").Because(&RefusedError{untold})
	}
	wait := errs.New(errs.Unavailable, "Too many sign-ins have failed.").Named("too-many-requests").
		After(time.Duration(micros) * time.Microsecond).Because(&RefusedError{untold})
	wait.Status = http.StatusTooManyRequests
	return wait
}

// countFailure counts a failure, or says how long the network has to wait before the next counts. A wait begins with the
// last failure and doubles with each.
//
// KEYS: failures of the network, of everybody, how many were not told, whether some were told just now. ARGV: now (µs), how
// many are free, longest wait (µs), how long they are kept (µs), how many a second count of everybody, how often they are
// told (ms). Result: {microseconds to wait, failures to tell of}.
var countFailure = rueidis.NewLuaScript(`
local now, free, longest, kept = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- A clock that was set back makes nobody wait longer than the longest wait.
local wait = math.max(0, math.min(tonumber(redis.call('HGET', KEYS[1], 'until') or '0') - now, longest))
if wait == 0 then
  local all = redis.call('INCR', KEYS[2])
  if all == 1 then redis.call('PEXPIRE', KEYS[2], 1000) end
  if all > tonumber(ARGV[5]) then wait = 1000000 end
end
if wait == 0 then
  local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
  local pause = 0
  if count >= free then pause = math.min(1000000 * 2 ^ math.min(count - free, 30), longest) end
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + pause))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', (pause + kept) / 1000))
end
local untold, tell = redis.call('INCR', KEYS[3]), 0
if redis.call('SET', KEYS[4], '1', 'NX', 'PX', ARGV[6]) then
  tell = untold
  redis.call('DEL', KEYS[3])
end
return {string.format('%.0f', wait), string.format('%d', tell)}
`)
