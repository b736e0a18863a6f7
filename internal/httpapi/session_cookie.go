package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/internal/errs"
)

// cookieName is the cookie by which a browser renews its session. Only the operations below /auth get it.
const cookieName = "opsdb_session"

// setSessionCookie makes the answer hand the secret of a session to the browser, until the session expires.
func (s *Server) setSessionCookie(ctx context.Context, secret string, expires time.Time) {
	s.cookie(ctx, "/auth", &http.Cookie{Name: cookieName, Value: secret, Expires: expires})
}

// clearSessionCookie makes the answer take the secret of a session from the browser.
func (s *Server) clearSessionCookie(ctx context.Context) {
	s.cookie(ctx, "/auth", &http.Cookie{Name: cookieName, MaxAge: -1})
}

// cookie adds a cookie to the answer, for the operations below a path. Scripts cannot read it, other sites' pages cannot
// send it along.
func (s *Server) cookie(ctx context.Context, path string, c *http.Cookie) {
	c.Path, c.HttpOnly, c.SameSite = path, true, http.SameSiteLaxMode
	if public, err := url.Parse(s.publicURL); err == nil {
		c.Path, c.Secure = strings.TrimSuffix(public.Path, "/")+path, public.Scheme == "https"
	}
	exchangeOf(ctx).header.Add("Set-Cookie", c.String())
}

// sessionSecret returns the secret of a session that the browser has sent, empty for none.
func sessionSecret(ctx context.Context) string { return sentCookie(ctx, cookieName) }

// sentCookie returns the value of a cookie that the browser has sent, empty for none.
func sentCookie(ctx context.Context, name string) string {
	r := http.Request{Header: exchangeOf(ctx).sent}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// onlyOwnPages refuses what the page of somebody else makes a browser send: the browser adds the cookie to it by itself.
func (s *Server) onlyOwnPages(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.refuseOtherPages(c.Request().Context()); err != nil {
			return err
		}
		return next(c)
	}
}

// refuseOtherPages returns an error for a request that comes from a page that may not use sessions. Scripts, which send
// no origin, are no danger: nobody can make them send a cookie.
func (s *Server) refuseOtherPages(ctx context.Context) error {
	sent := exchangeOf(ctx).sent
	origins := sent.Values("Origin")
	own := slices.DeleteFunc(slices.Clone(origins), func(o string) bool { return !s.ownOrigin(o) })
	if len(own) != len(origins) || len(own) == 0 && sent.Get("Sec-Fetch-Site") == "cross-site" {
		return errs.New(errs.Forbidden, "The page that sends this may not use the session.").Named("origin-refused")
	}
	return nil
}

// ownOrigin tells whether pages of an origin may use sessions.
func (s *Server) ownOrigin(origin string) bool {
	own := append([]string{s.publicURL, s.access.FrontendURL}, s.access.CORSOrigins...)
	return slices.ContainsFunc(own, func(o string) bool { return o != "" && originOf(o) == strings.ToLower(origin) })
}

// originOf returns the origin of a URL as browsers write it, empty for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	if u.Scheme == "http" {
		host = strings.TrimSuffix(host, ":80")
	}
	return strings.ToLower(u.Scheme) + "://" + host
}
