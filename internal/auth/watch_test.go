package auth

import (
	"sync"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

func TestAtOnceAtTheSiteThoughItsReplicaLags(t *testing.T) {
	w := newWorld(t)
	revoked, retired, kept := w.issue(Grant{}), w.issue(Grant{}), w.issue(Grant{User: "scheduler"})
	disabled := w.issue(Grant{User: "former-member"})
	s := w.lag()
	here, there := s.process(), s.process()
	for _, v := range []*Verifier{here, there} {
		for _, issued := range []Issued{revoked, retired, kept, disabled} {
			w.accepts(v, issued.Token)
		}
	}

	made, p := w.keys.Mint(maindb.CreateAPITokenParams{UserID: w.user("scheduler").ID, Name: "new", Scopes: []string{"read:*"}, CreatedAt: time.Now().UTC(), CreatedBy: "test"})
	was := w.user("former-member")
	off := time.Now().UTC().Truncate(time.Microsecond)
	s.write(ops.Revoke(w.account(revoked.ID), off), ops.Retire(w.account(retired.ID), off), ops.CreateToken.With(p),
		ops.ChangeUser(was, maindb.UpdateUserParams{ID: was.ID, Version: was.Version, DisabledAt: &off}))
	here.Changed(t.Context())
	w.refuses(here, revoked.Token, errs.Unauthenticated, "token-revoked")
	w.soon("another process has heard of it", time.Second, func() bool { _, err := there.Verify(t.Context(), revoked.Token); return err != nil })
	for _, v := range []*Verifier{here, there, s.process()} {
		w.refuses(v, revoked.Token, errs.Unauthenticated, "token-revoked")
		w.refuses(v, retired.Token, errs.Unauthenticated, "token-expired")
		w.refuses(v, disabled.Token, errs.Unauthenticated, "user-disabled")
		w.accepts(v, kept.Token)
		if got := w.accepts(v, made); !got.Can("read:observations") || got.Can("write:observations") {
			t.Errorf("the new token permits %v", got.Permissions)
		}
	}
}

// What this site has changed holds, too, when the replica goes away before it has it, whoever asks next.
func TestCopiesGiveWayToWhatTheSiteHasChanged(t *testing.T) {
	w := newWorld(t)
	revoked, disabled, demoted := w.issue(Grant{}), w.issue(Grant{User: "former-member"}), w.issue(Grant{User: "night-crew"})
	s := w.lag()
	before := s.process()
	_, _, access := w.signIn(before.sessions, w.user("night-crew"))
	for _, token := range []string{revoked.Token, disabled.Token, demoted.Token, access} {
		w.accepts(before, token)
	}
	off := time.Now().UTC().Truncate(time.Microsecond)
	was, crew := w.user("former-member"), w.user("night-crew")
	s.write(ops.Revoke(w.account(revoked.ID), off), ops.ChangeUser(was, maindb.UpdateUserParams{ID: was.ID, Version: was.Version, DisabledAt: &off}),
		ops.ChangeUser(crew, maindb.UpdateUserParams{ID: crew.ID, Version: crew.Version, SignedOutAt: &off}),
		ops.GiveRoles(crew.ID, crew.Name, maindb.RoleSourceGranted, []string{}))

	after := NewVerifier(s.keys, NewDirectory(s.replica(s.away()), s.buffer), s.sessions("observatory"), before.log)
	w.refuses(after, revoked.Token, errs.Unauthenticated, "token-revoked")
	w.refuses(after, disabled.Token, errs.Unauthenticated, "user-disabled")
	w.refuses(after, access, errs.Unauthenticated, "session-ended")
	if got := w.accepts(after, demoted.Token); len(got.Permissions) > 0 {
		t.Errorf("who has lost all roles may %v", got.Permissions)
	}
}

func TestAsSoonAsReplicationBringsIt(t *testing.T) {
	w := newWorld(t)
	revoked, demoted := w.issue(Grant{}), w.issue(Grant{User: "night-crew"})
	of, kept := w.issue(Grant{User: "former-member"}), w.issue(Grant{User: "scheduler"})
	s := w.lag()
	v := s.process()
	_, _, access := w.signIn(v.sessions, w.user("night-crew"))
	tokens := []string{revoked.Token, demoted.Token, of.Token, kept.Token, access}
	for _, token := range tokens {
		w.accepts(v, token)
	}
	w.revoke(revoked.ID)
	w.disable("former-member")
	w.execute(`update "user" set changed_at = clock_timestamp(), version = version + 1, signed_out_at = clock_timestamp() where name = 'night-crew'`)
	w.execute(`delete from user_role where user_id = (select id from "user" where name = 'night-crew')`)
	w.accepts(v, revoked.Token)
	s.replicate()
	w.soon("it is refused", time.Second, func() bool { _, err := v.Verify(t.Context(), revoked.Token); return err != nil })
	w.refuses(v, of.Token, errs.Unauthenticated, "user-disabled")
	w.refuses(v, access, errs.Unauthenticated, "session-ended")
	if got := w.accepts(v, demoted.Token); got.Can("read:observations") {
		t.Errorf("still may %v", got.Permissions)
	}
	w.accepts(v, kept.Token)

	// No copy of what was before is left.
	offline := NewVerifier(s.keys, NewDirectory(s.replica(s.away()), s.buffer), s.sessions("observatory"), v.log)
	w.refuses(offline, revoked.Token, errs.Unavailable, "token-unverifiable")
	w.refuses(offline, of.Token, errs.Unavailable, "token-unverifiable")
	w.refuses(offline, access, errs.Unauthenticated, "session-ended")
	w.accepts(offline, kept.Token)
	if got := w.accepts(offline, demoted.Token); got.Can("read:observations") {
		t.Errorf("a copy still permits %v", got.Permissions)
	}
}

// At the main site there is no overlay: the copies themselves must be gone before anybody is told that it is done.
func TestAtTheMainSiteNoCopyOutlivesAChange(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	w.accepts(v, issued.Token)
	w.revoke(issued.ID)
	v.Changed(t.Context())
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}

func TestWhatWasAskedBeforeAChangeIsNotKept(t *testing.T) {
	v := newVerdicts()
	_, epoch := v.get("a")
	v.outdate(true)
	v.put("a", verdict{asked: time.Now()}, epoch)
	if known, _ := v.get("a"); !known.asked.IsZero() {
		t.Error("an old verdict was kept")
	}
	v.put("b", verdict{asked: time.Now(), refused: errSessionEnded, revoked: true}, epoch)
	if known, _ := v.get("b"); !known.revoked {
		t.Error("a revocation was forgotten")
	}
}

// A copy that is written while others remove what has changed would stay for good.
func TestACopyFromBeforeAChangeIsTakenBack(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	hashes := w.keys.hashes(issued.Token)
	version, found, err := v.read(t.Context(), wanted{hashes: hashes})
	if err != nil {
		t.Fatal(err)
	}
	w.revoke(issued.ID)
	w.sweeps(v)
	now := judgeToken(found, w.keys)
	v.copyToken(t.Context(), hashes, found, verdict{}, &now, version)
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}

func TestLosingRedisLosesNobody(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	stop := w.run(v)
	_, _, access := w.signIn(v.sessions, w.user("observer-on-duty"))
	w.accepts(v, issued.Token)
	w.accepts(v, access)
	w.redis.Kill()
	// Now it knows that it hears of no changes, again and again.
	_, epoch := v.verdicts.get("")
	w.soon("it has noticed", 10*time.Second, func() bool { _, now := v.verdicts.get(""); return now > epoch+1 })
	w.accepts(v, issued.Token)
	w.accepts(v, access)
	// With nobody left to ask there is what it has in memory.
	w.accepts(v, issued.Token)
	stop()
	v.directory.replica = w.replica(w.away())
	w.start(v)
	_, epoch = v.verdicts.get("")
	w.soon("it has noticed again", 10*time.Second, func() bool { _, now := v.verdicts.get(""); return now > epoch })
	w.accepts(v, issued.Token)
	w.accepts(v, access)
	w.refuses(v, newToken(tokenPrefix), errs.Unavailable, "token-unverifiable")
}

func TestASessionThatHasEndedStaysEndedWithoutRedis(t *testing.T) {
	w := newWorld(t)
	w.issue(Grant{})
	here, there := w.verifier(w.address), w.verifier(w.address)
	w.run(here)
	w.run(there)
	session, _, access := w.signIn(here.sessions, w.user("observer-on-duty"))
	w.accepts(here, access)
	w.accepts(there, access)
	if _, ended, err := here.sessions.End(t.Context(), session.ID); err != nil || !ended {
		t.Fatal(ended, err)
	}
	here.Ended(t.Context(), session.ID)
	w.soon("the other process has heard", time.Second, func() bool { return there.verdicts.hasEnded(session.ID) })
	w.redis.Kill()
	w.refuses(here, access, errs.Unauthenticated, "session-ended")
	w.refuses(there, access, errs.Unauthenticated, "session-ended")
}

func TestKeysAreChangedWithoutAnybodyNoticing(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	user := w.user("observer-on-duty")
	_, secret, access := w.signIn(v.sessions, user)
	w.accepts(v, issued.Token)
	for _, tc := range []struct {
		name string
		keys Keys
		good bool
	}{
		{"both", keysOf(t, otherKey, secretKey), true},
		{"the new one", keysOf(t, otherKey, ""), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := *w
			w.t, w.keys = t, tc.keys
			for _, at := range []bool{true, false} {
				where := w.address
				if !at {
					where = w.away()
				}
				v := w.verifier(where)
				if tc.good {
					w.accepts(v, access)
					w.accepts(v, issued.Token)
					continue
				}
				w.refuses(v, access, errs.Unauthenticated, "token-unknown")
				if _, err := v.Verify(t.Context(), issued.Token); err == nil {
					t.Error("a token of a dropped key is good")
				}
			}
			_, next, err := w.sessions("observatory").Renew(t.Context(), secret)
			if tc.good != (err == nil) {
				t.Errorf("renewed: %v", err)
			}
			if tc.good {
				secret = next
				w.keys = keysOf(t, otherKey, "")
				if _, err := w.sessions("observatory").Of(t.Context(), next); err != nil {
					t.Errorf("what was renewed needs the old key: %v", err)
				}
				secret = w.keys.present.secret([16]byte{}, make([]byte, hiddenLength))
			}
		})
	}
}

// While SECRET_KEY is changed in the order that the README says, no process refuses a token or an access token at any
// time, also when hashes were moved to another key already.
func TestNothingIsRefusedWhileKeysAreChanged(t *testing.T) {
	w := newWorld(t)
	old, both, swapped, last := keysOf(t, secretKey, ""), keysOf(t, secretKey, otherKey), keysOf(t, otherKey, secretKey), keysOf(t, otherKey, "")
	issued := w.issue(Grant{})
	user := w.user("observer-on-duty")
	for _, step := range [][2]Keys{{old, old}, {both, old}, {both, both}, {swapped, both}, {both, swapped}, {swapped, swapped}, {last, swapped}, {last, last}} {
		// Each process moves the token to its key, and then all have to know it.
		for _, mover := range step {
			w.keys = mover
			v := w.verifier(w.address)
			p := w.accepts(v, issued.Token)
			if p.Rehashed != nil {
				w.execute("update api_token set token_hash = $2, key_id = $3 where id = $1", issued.ID, *p.Rehashed, mover.present.id)
			}
			_, _, access := w.signIn(v.sessions, user)
			for _, keys := range step {
				w.keys = keys
				v := w.verifier(w.address)
				w.accepts(v, issued.Token)
				w.accepts(v, access)
			}
		}
	}
}

// A token whose hash was made anew with the present key has one copy, by whatever key it is looked up.
func TestACopyOutlivesNoRevocationWhenTheHashIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	w.keys = keysOf(t, otherKey, secretKey)
	w.accepts(w.verifier(w.address), issued.Token)
	w.execute("update api_token set token_hash = $2, key_id = $3 where id = $1", issued.ID, w.keys.present.hash(issued.Token), w.keys.present.id)
	w.revoke(issued.ID)
	w.sweeps(w.verifier(w.address))
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}

func TestClocksThatJump(t *testing.T) {
	w := newWorld(t)
	soon := time.Now().Add(time.Hour)
	issued := w.issue(Grant{Expires: &soon})
	v := w.verifier(w.address)
	w.accepts(v, issued.Token)
	pass(v, -24*time.Hour)
	w.revoke(issued.ID)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
	pass(v, 48*time.Hour)
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
}

func TestChangesUnderFire(t *testing.T) {
	w := newWorld(t)
	issued := w.issue(Grant{})
	v := w.verifier(w.address)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					v.Verify(t.Context(), issued.Token) //nolint:errcheck // what counts is what comes after the change
				}
			}
		})
	}
	w.revoke(issued.ID)
	v.Changed(t.Context())
	for range 100 {
		w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
	}
	close(stop)
	wg.Wait()
	w.refuses(v, issued.Token, errs.Unauthenticated, "token-revoked")
	w.refuses(w.verifier(w.away()), issued.Token, errs.Unavailable, "token-unverifiable")
}
