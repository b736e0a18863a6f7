package auth

import "time"

// signOutMargin is how far the clocks of two sites may be apart: a session has its time from one and the sign-out of its
// user from another. A session that seems to begin less than this after the sign-out is over, too: rather must somebody
// sign in twice, at a site that does not know yet that he was signed out, than that a session survives by a fast clock.
const signOutMargin = time.Minute

// SurvivedSignOut returns before when its user must have been signed out last for a session to go on.
func SurvivedSignOut(started time.Time) time.Time { return started.Add(-signOutMargin) }

// AfterSignOut returns when a session begins at the earliest that a site opens knowing that its user was signed out; the
// zero time for a user who never was.
func AfterSignOut(signedOut *time.Time) time.Time {
	if signedOut == nil {
		return time.Time{}
	}
	return signedOut.Add(signOutMargin + time.Microsecond)
}
