package auth

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

// The clock of the site that opens a session and of the one that signs its user out are not the same.
func TestASignOutEndsSessionsOfAFastClock(t *testing.T) {
	w := newWorld(t)
	w.issue(Grant{})
	fast := w.sessions("observatory")
	later(fast, signOutMargin-5*time.Second)
	session, _, access := w.signIn(fast, w.user("observer-on-duty"))
	v := w.verifier(w.address)
	pass(v, signOutMargin) // that the access token is good by the clock of its own site
	w.accepts(v, access)
	w.execute(`update "user" set changed_at = clock_timestamp(), version = version + 1, signed_out_at = clock_timestamp() where name = 'observer-on-duty'`)
	v = w.verifier(w.address)
	pass(v, signOutMargin)
	w.refuses(v, access, errs.Unauthenticated, "session-ended")
	_, err := v.Renewable(t.Context(), session)
	w.refused(err, errs.Unauthenticated, "session-ended")
}

// Who signs in at a site that knows of his sign-out does not have to wait, and is signed out again as soon as somebody does.
func TestASessionAfterASignOut(t *testing.T) {
	w := newWorld(t)
	w.issue(Grant{})
	s, v := w.sessions("observatory"), w.verifier(w.address)
	signOut := func(at time.Time) {
		t.Helper()
		w.execute(`update "user" set changed_at = clock_timestamp(), version = version + 1, signed_out_at = $1 where name = 'observer-on-duty'`, at)
	}
	open := func() Session {
		t.Helper()
		u := w.user("observer-on-duty")
		session, _, err := s.Open(t.Context(), Session{UserID: u.ID, Name: u.Name, Credential: BySession, Started: AfterSignOut(u.SignedOutAt)})
		if err != nil {
			t.Fatal(err)
		}
		if session.Renewed.After(time.Now()) || session.Expires.After(time.Now().Add(s.lifetime)) {
			t.Errorf("renewed %s, expires %s", session.Renewed, session.Expires)
		}
		return session
	}
	signOut(time.Now())
	session := open()
	if _, err := v.Renewable(t.Context(), session); err != nil {
		t.Errorf("a session after the sign-out: %v", err)
	}
	w.accepts(v, w.accessToken(s, session))
	signOut(time.Now())
	_, err := v.Renewable(t.Context(), session)
	w.refused(err, errs.Unauthenticated, "session-ended")
	signOut(time.Now().Add(24 * time.Hour))
	_, err = v.Renewable(t.Context(), open())
	w.refused(err, errs.Unauthenticated, "session-ended")
}
