//go:build faults

package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/faults"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/rediskeys"
)

// whole fails the test when a rule is broken.
func (v *verdict) whole(t testing.TB) {
	t.Helper()
	if len(v.found) > 0 {
		t.Errorf("%d violations:%s", len(v.found), v)
	}
}

// breaks fails the test unless the rule is broken: without a guard the checker must find that.
func (v *verdict) breaks(t testing.TB, rule string) {
	t.Helper()
	if !slices.Contains(v.broken(), rule) {
		t.Errorf("the guard is off and %s holds:%s", rule, v)
	}
	t.Logf("without the guard:%s", v)
}

// withoutLedger is what happens to a flight that the main database has committed and whose executor dies before it could
// note that. Only the ledger knows that it must not be sent again.
func withoutLedger(r *rig) *verdict {
	r.t.Helper()
	ctx := r.context()
	c := r.crew("ledger", 1, 1)
	script := c.clients[0]
	r.executor()
	r.must(r.Link(observatory).Cut(lab.Refuse, lab.Both))
	execution, err := script.start(ctx)
	r.must(err)
	file, err := script.file(ctx, execution, nil)
	r.must(err)
	r.must(script.withdraw(ctx, file))
	r.arm(faults.NotRecorded)
	r.must(r.Link(observatory).Heal())
	r.awaitHit(faults.NotRecorded)
	r.mustSettle()
	return r.check(c)
}

func TestWithoutTheLedgerWritesAreDoubled(t *testing.T) {
	t.Parallel()
	r := newRig(t, lab.Options{APIs: 1, RestartAfter: 100 * time.Millisecond}, "OPSDB_GUARDS_OFF="+faults.Ledger)
	withoutLedger(r).breaks(t, "history")
}

// withoutRowGuard is what happens to the finish of an execution that the main database does not know yet: it was started
// at another site. Only the guard tells that its update has changed nothing.
func withoutRowGuard(r *rig) *verdict {
	r.t.Helper()
	ctx := r.context()
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	here, there := r.at(observatory), r.at(cologne)
	r.awaitStale(here)
	execution := uuid.NewString()
	end := fields{"status": "completed", "end_time": night.Add(time.Hour).Format(time.RFC3339Nano)}
	finished, err := here.must(r.t, http.StatusOK, put("/executed_obs_units/"+execution+"/finish", end)).object()
	r.must(err)
	r.must(r.Link(observatory).Heal())
	r.until(ctx, "the finish was tried", func(ctx context.Context) error {
		i, err := r.inventory(ctx)
		if err == nil && len(i.Buffer) > 0 {
			err = errors.New("it is buffered")
		}
		return err
	})
	start := fields{"id": execution, "obs_unit_id": r.plan.units[0], "start_time": night.Format(time.RFC3339Nano)}
	started, err := there.must(r.t, http.StatusCreated, post("/executed_obs_units/start", start)).object()
	r.must(err)
	for _, w := range []answered{
		{text(started, "transaction_id"), []change{{Table: executions, ID: execution, Set: with(start, fields{"status": "running"})}}},
		{text(finished, "transaction_id"), []change{{Table: executions, ID: execution, Set: end}}},
	} {
		r.must(r.answers.note(w))
	}
	r.mustSettle()
	return r.check()
}

// awaitStale waits until a site is no longer sure that it knows everything.
func (r *rig) awaitStale(s *station) {
	r.t.Helper()
	r.until(r.context(), "the site is not fresh", func(ctx context.Context) error {
		h, err := s.health(ctx)
		if err == nil && h.Replica.Fresh {
			err = errors.New("it is")
		}
		return err
	})
}

// withoutFence is what happens when the flight of an executor that has lost the lease comes to the main database late:
// after its successor has taken over, and before that has sent its own first flight. Both would count the same batch
// twice, and the second would pass for replicated as soon as the first is.
//
// A successor also ends the sessions of its predecessor, which suffices mostly; here it cannot. The site must show each
// record at once all the same: eventually returns when it does not.
func withoutFence(r *rig, judge func(look func() *verdict)) {
	r.t.Helper()
	ctx := r.context()
	restore := r.replace("end_leftovers", "create or replace function end_leftovers(of_application text) returns bigint language sql as 'select 0::bigint'")
	defer restore()
	c := r.crew("fence", 1, 2)
	script := c.clients[0]
	observe := func() {
		_, err := script.start(ctx)
		r.must(err)
	}
	stale, backend := r.stuckFlight(observe)
	unlock := r.lock(ctx, "buffered_transaction")
	r.must(r.Pause(stale))
	c.site = c.site.without(slices.Index(r.apis(), stale))
	r.awaitHolder("another API executes", func(name string) bool { return name != stale })
	r.awaitSession(ctx, "the successor waits for the ledger", "pid <> $1 and wait_event_type = 'Lock'", backend)
	r.must(syscall.Kill(backend, syscall.SIGCONT))
	r.awaitSession(ctx, "the stale flight was executed or refused", "pid = $1 and (wait_event_type = 'Lock' or state = 'idle in transaction (aborted)')", backend)
	unlock()
	r.mustSettle()

	r.execute(r.Superuser(observatory), "select pg_wal_replay_pause()")
	observe()
	r.until(ctx, "the last observation is executed", func(ctx context.Context) error {
		i, err := r.inventory(ctx)
		if err == nil && len(i.Buffer) > 0 {
			err = errors.New("it is buffered")
		}
		return err
	})
	judge(func() *verdict {
		v := newVerdict()
		r.visible(v, c.site)
		return v
	})
	r.execute(r.Superuser(observatory), "select pg_wal_replay_resume()")
	r.must(r.Continue(stale))
	r.mustSettle()
}

const executorName = "opsdb/" + observatory + "/executor"

// stuckFlight lets an executor send a flight that its session at the main database does not read, because that process
// stands still. It returns the executor and the process.
func (r *rig) stuckFlight(observe func()) (executor string, backend int) {
	r.t.Helper()
	const tries = 5
	for range tries {
		observe() // the session knows the statements afterwards, so that the next flight goes at once
		r.mustSettle()
		executor = r.executor()
		backend = one[int](r, r.Superuser(cologne), "select pid from pg_stat_activity where application_name = $1", executorName)
		r.must(syscall.Kill(backend, syscall.SIGSTOP))
		before := r.Link(observatory).State().Up
		observe()
		sent := lab.Until(r.within(2*time.Second), "the flight is on its way", func(ctx context.Context) error {
			if r.Link(observatory).State().Up-before < 200 {
				return errors.New("it is not")
			}
			return r.marked(ctx)
		})
		if sent == nil {
			return executor, backend
		}
		// The executor was asking for something else at that moment.
		r.t.Log(sent)
		r.must(syscall.Kill(backend, syscall.SIGCONT))
	}
	r.t.Fatalf("no flight was stuck in %d tries", tries)
	return "", 0
}

// marked returns an error unless a flight is under way.
func (r *rig) marked(ctx context.Context) error {
	return r.redis(func(c rueidis.Client) error {
		keys := rediskeys.Site(observatory)
		under, err := c.Do(ctx, c.B().Hget().Key(keys.Flight()).Field("batch").Build()).AsInt64()
		if err != nil {
			return err
		}
		landed, err := c.Do(ctx, c.B().Hget().Key(keys.Progress()).Field("batch").Build()).AsInt64()
		if err == nil && under <= landed {
			err = fmt.Errorf("batch %d has landed, %d was the last", landed, under)
		}
		return err
	})
}

// lock keeps everybody from a table of the main database until unlock is called.
func (r *rig) lock(ctx context.Context, table string) (unlock func()) {
	r.t.Helper()
	conn, err := pgx.Connect(ctx, r.Superuser(cologne))
	r.must(err)
	_, err = conn.Exec(ctx, "begin; lock table "+table+" in access exclusive mode")
	r.must(err)
	return func() { r.must(conn.Close(ctx)) }
}

// awaitSession waits for a session of an executor of which the condition is true.
func (r *rig) awaitSession(ctx context.Context, what, condition string, pid int) {
	r.t.Helper()
	r.until(ctx, what, func(ctx context.Context) error {
		found, err := queryColumn[int](ctx, r, r.Superuser(cologne),
			"select pid from pg_stat_activity where application_name = '"+executorName+"' and "+condition, pid)
		if err == nil && len(found) == 0 {
			err = errors.New("there is none")
		}
		return err
	})
}

// replace replaces a function of the main database until restore is called.
func (r *rig) replace(name, sql string) (restore func()) {
	r.t.Helper()
	original := one[string](r, r.Superuser(cologne), "select pg_get_functiondef($1::text::regproc)", name)
	r.execute(r.Superuser(cologne), sql)
	return func() { r.execute(r.Superuser(cologne), original) }
}

// testGuards plays what each guard is for, with the guard and without it.
func testGuards(t *testing.T, shared *rig) {
	scenario := func(name string, play func(*rig)) {
		t.Run(name, func(t *testing.T) { play(shared.begin(t)) })
	}
	scenario("ledger on", func(r *rig) { withoutLedger(r).whole(r.t) })
	scenario("row guard on", func(r *rig) { withoutRowGuard(r).whole(r.t) })
	scenario("row guard off", func(r *rig) {
		defer r.replace("expect_rows", `create or replace function expect_rows(actual bigint, expected bigint, what text, existing jsonb default null)
			returns void language plpgsql stable as 'begin end'`)()
		withoutRowGuard(r).breaks(r.t, "content")
	})
	scenario("fence on", func(r *rig) {
		withoutFence(r, func(look func() *verdict) { look().whole(r.t) })
		r.check().whole(r.t)
	})
	scenario("fence off", func(r *rig) {
		defer r.replace("advance", `create or replace function advance(for_site text, with_fence bigint, to_batch bigint) returns void
			language sql as 'update site_progress set batch = to_batch, committed_at = clock_timestamp() where site = for_site'`)()
		withoutFence(r, func(look func() *verdict) {
			var v *verdict
			r.until(r.context(), "the site hides what it has acknowledged", func(context.Context) error {
				if v = look(); len(v.found) == 0 {
					return errors.New("it shows everything")
				}
				return nil
			})
			v.breaks(r.t, "read")
		})
	})
}

// forgetful lets the observatory's Redis answer before it has written to disk, and starts the API again, which looks.
func forgetful(r *rig) error {
	r.t.Helper()
	ctx := r.context()
	r.must(r.TakeDown(ctx, r.apis()...))
	r.setRedis("appendonly", "no")
	return r.BringUp(ctx, r.apis()...)
}

func (r *rig) setRedis(setting, value string) {
	r.t.Helper()
	ctx := r.context()
	r.must(r.redis(func(c rueidis.Client) error {
		return c.Do(ctx, c.B().ConfigSet().ParameterValue().ParameterValue(setting, value).Build()).Error()
	}))
}

func TestWithTheFsyncCheckNoAPIStarts(t *testing.T) {
	t.Parallel()
	r := newRig(t, lab.Options{APIs: 1})
	err := forgetful(r)
	if err == nil || !strings.Contains(err.Error(), `appendonly is "no"`) {
		t.Errorf("an API started on a Redis that forgets: %v", err)
	}
	r.setRedis("appendonly", "yes")
	r.must(r.BringUp(r.context(), r.apis()...))
}

func TestWithoutTheFsyncCheckWritesAreLost(t *testing.T) {
	t.Parallel()
	r := newRig(t, lab.Options{APIs: 1, RestartAfter: 100 * time.Millisecond}, "OPSDB_GUARDS_OFF="+faults.FsyncCheck)
	r.must(forgetful(r))
	r.must(r.Link(observatory).Cut(lab.Swallow, lab.Both))
	c := r.crew("fsync", 1, 3)
	r.must(c.observe(r.context(), 1))
	r.must(r.Kill(siteRedis))
	r.awaitReady()
	r.must(r.Link(observatory).Heal())
	r.mustSettle()
	r.check(c).breaks(t, "content")
}
