package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

func (s *Server) CreateDemoToken(context.Context, api.CreateDemoTokenRequestObject) (api.CreateDemoTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) ListTokens(context.Context, api.ListTokensRequestObject) (api.ListTokensResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) CreateToken(context.Context, api.CreateTokenRequestObject) (api.CreateTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) ListTokenHistory(context.Context, api.ListTokenHistoryRequestObject) (api.ListTokenHistoryResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) ListScopes(context.Context, api.ListScopesRequestObject) (api.ListScopesResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) RevokeToken(context.Context, api.RevokeTokenRequestObject) (api.RevokeTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) GetToken(context.Context, api.GetTokenRequestObject) (api.GetTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) RotateToken(context.Context, api.RotateTokenRequestObject) (api.RotateTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) SignInBreakGlass(context.Context, api.SignInBreakGlassRequestObject) (api.SignInBreakGlassResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) IntrospectToken(context.Context, api.IntrospectTokenRequestObject) (api.IntrospectTokenResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) Logout(context.Context, api.LogoutRequestObject) (api.LogoutResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) GetMe(context.Context, api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) RefreshSession(context.Context, api.RefreshSessionRequestObject) (api.RefreshSessionResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) EndSessions(context.Context, api.EndSessionsRequestObject) (api.EndSessionsResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) ListSessions(context.Context, api.ListSessionsRequestObject) (api.ListSessionsResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}

func (s *Server) EndSession(context.Context, api.EndSessionRequestObject) (api.EndSessionResponseObject, error) {
	return nil, errs.New(errs.Internal, "unfinished")
}
