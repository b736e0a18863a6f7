package httpapi

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
)

// GetMe says who the caller is.
func (s *Server) GetMe(ctx context.Context, _ api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	return api.GetMe200JSONResponse(meOf(exchangeOf(ctx).principal)), nil
}

func meOf(p auth.Principal) api.Me {
	me := api.Me{
		Name: p.Name, FullName: p.FullName, Email: p.Email, Credential: api.CredentialKind(p.Credential), ExpiresAt: nullableOf(p.Expires),
		UserID: nullableOf(optional(p.UserID)), TokenID: optional(p.TokenID), SessionID: optional(p.SessionID),
		Permissions: append([]string{}, p.Permissions...), Roles: []api.RoleName{},
	}
	for _, role := range p.Roles {
		me.Roles = append(me.Roles, api.RoleName(role))
	}
	return me
}

// IntrospectToken tells a system of the observatory what a token of somebody else is good for.
func (s *Server) IntrospectToken(ctx context.Context, r api.IntrospectTokenRequestObject) (api.IntrospectTokenResponseObject, error) {
	principal, err := s.access.Verifier.Verify(ctx, r.Body.Token)
	switch {
	case err == nil:
		return api.IntrospectToken200JSONResponse{Active: true, Identity: new(meOf(principal))}, nil
	case errs.KindOf(err) == errs.Unauthenticated:
		return api.IntrospectToken200JSONResponse{Active: false}, nil
	default:
		return nil, err
	}
}

// RefreshSession renews the session of the cookie. It needs nothing but the site's Redis.
func (s *Server) RefreshSession(ctx context.Context, _ api.RefreshSessionRequestObject) (api.RefreshSessionResponseObject, error) {
	x := exchangeOf(ctx)
	session, next, err := s.renew(ctx, sessionSecret(ctx))
	if errs.KindOf(err) == errs.Unauthenticated && err != nil {
		s.clearSessionCookie(ctx)
	}
	if err != nil {
		return nil, err
	}
	x.principal.Name = session.Name
	if next != "" {
		s.setSessionCookie(ctx, next, session.Expires)
	}
	answer, err := s.accessOf(session)
	return api.RefreshSession200JSONResponse(answer), err
}

// renew returns the session of a secret and the secret that takes its place, empty when it stays. Whoever may not be let
// in any more loses the session.
func (s *Server) renew(ctx context.Context, secret string) (auth.Session, string, error) {
	session, err := s.access.Sessions.Of(ctx, secret)
	if err != nil {
		return session, "", err
	}
	if _, err := s.access.Verifier.Renewable(ctx, session); err != nil {
		if errs.KindOf(err) == errs.Unauthenticated {
			err = errors.Join(err, s.endOne(ctx, session, api.AccessActionSessionEnded))
		}
		return session, "", err
	}
	renewed, next, err := s.access.Sessions.Renew(ctx, secret)
	if errors.Is(err, auth.ErrReused) {
		s.log.WarnContext(ctx, "a session has ended because an old cookie of it came again: somebody may have copied it",
			"principal", session.Name, "session_id", session.ID, "address", exchangeOf(ctx).address)
		return renewed, "", errors.Join(err, s.endOne(ctx, session, api.AccessActionSessionReused))
	}
	if next == secret {
		next = ""
	}
	return renewed, next, err
}

// endOne ends a session and enters it in the audit trail, by the name of its user.
func (s *Server) endOne(ctx context.Context, session auth.Session, action api.AccessAction) error {
	if _, _, err := s.access.Sessions.End(ctx, session.ID); err != nil {
		return err
	}
	s.access.Verifier.Ended(ctx, session.ID)
	if x := exchangeOf(ctx); x.principal.Name == "" {
		x.principal.Name = session.Name
	}
	s.audit(ctx, accessEvent{action: action, user: session.UserID, detail: map[string]any{"session_id": session.ID}})
	return nil
}

// accessOf is the answer that lets a page in by a session.
func (s *Server) accessOf(session auth.Session) (api.Session, error) {
	token, expires, err := s.access.Sessions.AccessToken(session)
	return api.Session{
		AccessToken: token, TokenType: api.SessionTokenTypeBearer, ExpiresIn: int32(max(0, time.Until(expires).Seconds())), SessionExpiresAt: session.Expires,
	}, err
}

// Logout ends the session of the cookie.
func (s *Server) Logout(ctx context.Context, _ api.LogoutRequestObject) (api.LogoutResponseObject, error) {
	session, err := s.access.Sessions.Of(ctx, sessionSecret(ctx))
	switch {
	case err == nil:
		err = s.endOne(ctx, session, api.AccessActionSessionEnded)
	case errs.KindOf(err) == errs.Unauthenticated:
		err = nil // it had ended before
	}
	if err != nil {
		return nil, err
	}
	s.clearSessionCookie(ctx)
	return api.Logout204Response{}, nil
}

// ownSessions returns the caller's sessions at this site.
func (s *Server) ownSessions(ctx context.Context) ([]auth.Session, error) {
	p := exchangeOf(ctx).principal
	if p.Credential != auth.ByBreakGlass {
		return s.access.Sessions.List(ctx, p.UserID)
	}
	all, err := s.access.Sessions.BreakGlassSessions(ctx)
	return slices.DeleteFunc(all, func(session auth.Session) bool { return session.Name != p.Name }), err
}

// ListSessions lists the caller's sessions at this site.
func (s *Server) ListSessions(ctx context.Context, _ api.ListSessionsRequestObject) (api.ListSessionsResponseObject, error) {
	sessions, err := s.ownSessions(ctx)
	if err != nil {
		return nil, err
	}
	list := api.SessionList{Items: make([]api.SessionInfo, len(sessions))}
	for i, session := range sessions {
		list.Items[i] = api.SessionInfo{
			ID: session.ID, StartedAt: session.Started, RenewedAt: session.Renewed, ExpiresAt: session.Expires, Address: session.Address,
			UserAgent: session.UserAgent, Credential: api.CredentialKind(session.Credential), Current: session.ID == exchangeOf(ctx).principal.SessionID,
		}
	}
	return api.ListSessions200JSONResponse(list), nil
}

// EndSession ends one of the caller's sessions at this site.
func (s *Server) EndSession(ctx context.Context, r api.EndSessionRequestObject) (api.EndSessionResponseObject, error) {
	sessions, err := s.ownSessions(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(sessions, func(session auth.Session) bool { return session.ID == r.ID })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "You have no session %s at this site.", r.ID)
	}
	if err := s.endOne(ctx, sessions[i], api.AccessActionSessionEnded); err != nil {
		return nil, err
	}
	if r.ID == exchangeOf(ctx).principal.SessionID {
		s.clearSessionCookie(ctx)
	}
	return api.EndSession204Response{}, nil
}

// EndSessions ends the caller's sessions at all sites. When the main site cannot be told, none is ended.
func (s *Server) EndSessions(ctx context.Context, _ api.EndSessionsRequestObject) (api.EndSessionsResponseObject, error) {
	user := exchangeOf(ctx).principal.UserID
	_, receipt, err := s.changeUser(ctx, user, nil, api.AccessActionUserSignedOut, func(u replicadb.UserAccount) replicadb.UserAccount {
		u.SignedOutAt = new(instant(time.Now()))
		return u
	})
	if err != nil {
		return nil, err
	}
	s.endLocal(ctx, user)
	if exchangeOf(ctx).principal.Credential == auth.BySession {
		s.clearSessionCookie(ctx)
	}
	return api.EndSessions204Response{Headers: api.EndSessions204ResponseHeaders{OpsPosition: position(receipt)}}, nil
}

// endLocal ends the sessions that a user who was signed out has at this site.
func (s *Server) endLocal(ctx context.Context, user uuid.UUID) {
	sessions, err := s.access.Sessions.List(ctx, user)
	if err == nil {
		err = s.access.Sessions.EndAll(ctx, user)
	}
	if err != nil {
		// The time of the sign-out refuses them all the same.
		s.log.WarnContext(ctx, "sessions of a user who was signed out are still listed", "user_id", user, "error", err)
	}
	for _, session := range sessions {
		s.access.Verifier.Ended(ctx, session.ID)
	}
}

// SignInBreakGlass lets an operator in who was made at this site for emergencies.
func (s *Server) SignInBreakGlass(ctx context.Context, r api.SignInBreakGlassRequestObject) (api.SignInBreakGlassResponseObject, error) {
	if s.access.Operators == nil {
		return nil, auth.ErrBreakGlassOff()
	}
	if err := s.refuseOtherPages(ctx); err != nil {
		return nil, err
	}
	x := exchangeOf(ctx)
	session, secret, err := s.access.Operators.SignIn(ctx, r.Body.Name, r.Body.Password, x.address, x.sent.Get("User-Agent"))
	if refusal, ok := errors.AsType[*auth.RefusedError](err); ok && refusal.Untold > 0 {
		s.log.WarnContext(ctx, "sign-ins as operator for emergencies were refused", "count", refusal.Untold, "last_name", r.Body.Name, "last_address", x.address)
		s.audit(ctx, accessEvent{
			action: api.AccessActionBreakGlassRefused, detail: map[string]any{"name": r.Body.Name, "count": refusal.Untold},
		})
	}
	if err != nil {
		return nil, err
	}
	x.principal.Name = session.Name
	s.log.WarnContext(ctx, "an operator for emergencies has signed in", "principal", session.Name, "address", x.address, "session_id", session.ID)
	s.audit(ctx, accessEvent{action: api.AccessActionBreakGlassSignedIn, detail: map[string]any{"session_id": session.ID}})
	answer, err := s.accessOf(session)
	if err != nil {
		return nil, err
	}
	s.setSessionCookie(ctx, secret, session.Expires)
	return api.SignInBreakGlass200JSONResponse(answer), nil
}
