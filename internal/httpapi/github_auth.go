package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
)

// signInCookie keeps the nonce of a sign-in while the browser is at GitHub.
const signInCookie = "opsdb_sign_in"

// signInPath is what the operations of the sign-in have in common.
const signInPath = "/github"

func signInOff() error {
	return errs.New(errs.NotFound, "Nobody can sign in by GitHub at this site.").Named("sign-in-off")
}

// StartGitHubSignIn sends a browser to GitHub.
func (s *Server) StartGitHubSignIn(ctx context.Context, r api.StartGitHubSignInRequestObject) (api.StartGitHubSignInResponseObject, error) {
	if s.access.SignIn == nil {
		return nil, signInOff()
	}
	returnTo := value(r.Params.ReturnTo)
	if _, err := s.afterSignIn(returnTo); err != nil {
		return nil, errs.New(errs.Invalid, "This is no path to come back to.").At("query:return_to", "must be a path").Because(err)
	}
	if wait := s.limits.signIns.take(auth.Network(exchangeOf(ctx).address)); wait > 0 {
		return nil, tooMany(wait, "Too many sign-ins begin at this address.")
	}
	address, nonce, err := s.access.SignIn.Start(ctx, returnTo)
	if err != nil {
		return nil, err
	}
	s.cookie(ctx, signInPath, &http.Cookie{Name: signInCookie, Value: nonce, MaxAge: int(auth.SignInTime.Seconds())})
	return api.StartGitHubSignIn302Response{Headers: api.StartGitHubSignIn302ResponseHeaders{Location: &address}}, nil
}

// FinishGitHubSignIn takes a browser that comes back from GitHub. With a front end its user sees there what went wrong.
func (s *Server) FinishGitHubSignIn(ctx context.Context, r api.FinishGitHubSignInRequestObject) (api.FinishGitHubSignInResponseObject, error) {
	if s.access.SignIn == nil {
		return nil, signInOff()
	}
	nonce := sentCookie(ctx, signInCookie)
	s.cookie(ctx, signInPath, &http.Cookie{Name: signInCookie, MaxAge: -1})
	address, err := s.finishSignIn(ctx, r.Params, nonce)
	if err != nil {
		address, err = s.signInRefused(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	return api.FinishGitHubSignIn302Response{Headers: api.FinishGitHubSignIn302ResponseHeaders{Location: &address}}, nil
}

// finishSignIn opens a session for who comes from GitHub and returns where the browser goes on.
func (s *Server) finishSignIn(ctx context.Context, p api.FinishGitHubSignInParams, nonce string) (string, error) {
	if p.Code == nil || p.State == nil {
		return "", errs.New(errs.Unauthenticated, "GitHub sends no code: start again.").Named("sign-in-failed").
			Because(errors.New("GitHub says " + value(p.Error)))
	}
	person, returnTo, err := s.access.SignIn.Finish(ctx, *p.Code, *p.State, nonce)
	if err != nil {
		return "", err
	}
	session, secret, err := s.letIn(ctx, person)
	if err != nil {
		return "", err
	}
	next, err := s.afterSignIn(returnTo)
	if err != nil {
		return "", err
	}
	if s.access.TokenInURL && s.access.FrontendURL != "" {
		token, _, err := s.access.Sessions.AccessToken(session)
		if err != nil {
			return "", err
		}
		setQuery(next, "token", token)
	}
	s.setSessionCookie(ctx, secret, session.Expires)
	s.started(ctx, session, "github")
	return next.String(), nil
}

// letIn opens a session for somebody whom GitHub knows.
func (s *Server) letIn(ctx context.Context, person auth.Person) (session auth.Session, secret string, err error) {
	user, err := s.admit(ctx, person)
	if err != nil {
		return session, "", err
	}
	x := exchangeOf(ctx)
	return s.access.Sessions.Open(ctx, auth.Session{
		UserID: user.ID, Name: user.Name, Credential: auth.BySession, Started: auth.AfterSignOut(user.SignedOutAt), Address: x.address, UserAgent: x.sent.Get("User-Agent"),
	})
}

// started enters in the audit trail that a session has begun, and how.
func (s *Server) started(ctx context.Context, session auth.Session, by string) {
	s.audit(ctx, accessEvent{action: api.AccessActionSessionStarted, user: session.UserID, detail: map[string]any{"by": by, "session_id": session.ID}})
}

// signInRefused says in the log why a sign-in failed, and to the front end by a word, if there is one.
func (s *Server) signInRefused(ctx context.Context, cause error) (string, error) {
	p := problemOf(cause)
	front, err := url.Parse(s.access.FrontendURL)
	if s.access.FrontendURL == "" || err != nil || p.status == statusClientGone {
		return "", cause
	}
	s.log.LogAttrs(ctx, max(p.level, slog.LevelInfo), "a sign-in failed", slog.String("request_id", exchangeOf(ctx).requestID),
		slog.String("reason", string(p.slug)), slog.Any("error", cause))
	setQuery(front, "sign_in", string(p.slug))
	return front.String(), nil
}

// afterSignIn returns where a browser goes after its sign-in: to a path of the front end and never anywhere else, or,
// without a front end, to the docs.
func (s *Server) afterSignIn(returnTo string) (*url.URL, error) {
	if s.access.FrontendURL == "" {
		return url.Parse(s.publicURL + "/docs")
	}
	front, err := url.Parse(s.access.FrontendURL)
	if err != nil || returnTo == "" {
		return front, err
	}
	path, err := url.Parse(returnTo)
	if err != nil {
		return nil, err
	}
	if path.IsAbs() || path.Host != "" || !isPlainPath(path.Path) {
		return nil, errors.New("not a path")
	}
	next := front.JoinPath(path.EscapedPath())
	next.RawQuery, next.Fragment, next.RawFragment = path.RawQuery, path.Fragment, path.RawFragment
	return next, nil
}

// isPlainPath tells whether a path, decoded, names what is below it and nothing above: browsers follow dot segments also
// where they are encoded, and take what comes after an empty segment for a host.
func isPlainPath(path string) bool {
	rest, ok := strings.CutPrefix(path, "/")
	segments := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	return ok && (rest == "" || !slices.ContainsFunc(segments, func(s string) bool { return s == "" || s == "." || s == ".." }))
}

func setQuery(u *url.URL, name, value string) {
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
}
