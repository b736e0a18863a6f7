package httpapi

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/auth/github"
)

// StartGitHubDeviceSignIn begins a sign-in of somebody whose browser is elsewhere.
func (s *Server) StartGitHubDeviceSignIn(ctx context.Context, _ api.StartGitHubDeviceSignInRequestObject) (api.StartGitHubDeviceSignInResponseObject, error) {
	if s.access.SignIn == nil {
		return nil, signInOff()
	}
	if wait := s.limits.signIns.take(auth.Network(exchangeOf(ctx).address)); wait > 0 {
		return nil, tooMany(wait, "Too many sign-ins begin at this address.")
	}
	d, err := s.access.SignIn.StartDevice(ctx)
	if err != nil {
		return nil, err
	}
	return api.StartGitHubDeviceSignIn201JSONResponse{
		DeviceCode: d.Code, UserCode: d.UserCode, VerificationURI: d.Address, ExpiresIn: wholeSeconds(d.Lifetime), Interval: wholeSeconds(d.Interval),
	}, nil
}

// FinishGitHubDeviceSignIn opens a session for somebody who has signed in at GitHub meanwhile. Nothing renews it, so that
// nobody keeps more than the access token.
func (s *Server) FinishGitHubDeviceSignIn(ctx context.Context, r api.FinishGitHubDeviceSignInRequestObject) (api.FinishGitHubDeviceSignInResponseObject, error) {
	if s.access.SignIn == nil {
		return nil, signInOff()
	}
	person, err := s.access.SignIn.FinishDevice(ctx, r.Body.DeviceCode)
	if pending, ok := errors.AsType[*github.PendingError](err); ok {
		return api.FinishGitHubDeviceSignIn202JSONResponse{Interval: wholeSeconds(pending.Interval)}, nil
	}
	if err != nil {
		return nil, s.limits.failed(exchangeOf(ctx).address, err)
	}
	session, _, err := s.letIn(ctx, person)
	if err != nil {
		return nil, err
	}
	token, ends, err := s.access.Sessions.AccessToken(session)
	if err != nil {
		return nil, err
	}
	s.started(ctx, session, "github device")
	return api.FinishGitHubDeviceSignIn200JSONResponse{AccessToken: token, TokenType: api.DeviceSessionTokenTypeBearer, ExpiresIn: wholeSeconds(time.Until(ends))}, nil
}

// wholeSeconds returns a duration in seconds, none too few.
func wholeSeconds(d time.Duration) int32 { return int32(math.Ceil(d.Seconds())) }
