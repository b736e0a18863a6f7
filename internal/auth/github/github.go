// Package github asks GitHub who somebody is: an account, whether it belongs to an organisation, and its teams. The token
// that GitHub gives for that is used for these questions, then forgotten.
package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/ccatobs/opsdb/internal/errs"
)

// Config says which GitHub is asked, and as which app.
type Config struct {
	ClientID     string
	ClientSecret string
	URL          string        // where people sign in: https://github.com
	APIURL       string        // where their accounts are asked for: https://api.github.com
	Callback     string        // where GitHub sends them back to
	Organisation string        // to which they must belong
	Timeout      time.Duration // of all questions about one person together; 0: 10 s
}

// Profile is what GitHub says of somebody who belongs to the organisation.
type Profile struct {
	ID    int64    // of the account; stays when it is renamed
	Login string   // in lower case
	Name  string   // may be empty
	Email string   // may be empty
	Teams []string // "organisation/team" in lower case, of all organisations
}

const (
	// defaultTimeout is how long a browser is kept waiting.
	defaultTimeout = 10 * time.Second
	// maxHeader bounds what is read of an answer before its body.
	maxHeader = 64 << 10
)

// Client asks GitHub. It is safe for concurrent use.
type Client struct {
	config Config
	oauth  oauth2.Config
	http   *http.Client
}

// New returns a client. It asks nobody.
func New(c Config) *Client {
	c.URL, c.APIURL = strings.TrimSuffix(c.URL, "/"), strings.TrimSuffix(c.APIURL, "/")
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost: 2, TLSHandshakeTimeout: c.Timeout / 2,
	}
	return &Client{
		config: c,
		oauth: oauth2.Config{
			ClientID: c.ClientID, ClientSecret: c.ClientSecret, RedirectURL: c.Callback,
			Scopes: []string{"read:org", "read:user", "user:email"},
			Endpoint: oauth2.Endpoint{
				AuthURL: c.URL + "/login/oauth/authorize", TokenURL: c.URL + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams,
			},
		},
		http: &http.Client{Transport: transport, CheckRedirect: stayOnHost, Timeout: c.Timeout / 2},
	}
}

// stayOnHost keeps the secrets of a request at the host that they are for.
func stayOnHost(next *http.Request, via []*http.Request) error {
	const most = 3
	first := via[0].URL
	if len(via) > most || next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		return errors.New("a redirect leads elsewhere")
	}
	return nil
}

// AuthCodeURL returns where a browser is sent to sign in. GitHub gives the state back, and later wants the verifier whose
// hash it got.
func (c *Client) AuthCodeURL(state, verifier string) string {
	return c.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Profile returns who has brought a code, which is good once.
//
// Errors: errs.Unauthenticated named sign-in-failed for a code, or a token got by it, that GitHub refuses; errs.Forbidden
// named not-in-organisation for somebody who is no active member; errs.Unavailable named github-unreachable when GitHub
// is away, too slow, busy or failing; errs.Internal when GitHub refuses the app or answers nonsense.
func (c *Client) Profile(ctx context.Context, code, verifier string) (Profile, error) {
	asking, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	// People sign in rarely: a connection is kept for the questions about one of them.
	defer c.http.CloseIdleConnections()
	p, err := c.profile(asking, code, verifier)
	if ctx.Err() != nil {
		return Profile{}, ctx.Err()
	}
	return p, err
}

func (c *Client) profile(ctx context.Context, code, verifier string) (Profile, error) {
	token, err := c.exchange(ctx, code, verifier)
	if err != nil {
		return Profile{}, err
	}
	return c.profileBy(ctx, token)
}

// profileBy returns whose token it is.
func (c *Client) profileBy(ctx context.Context, token string) (Profile, error) {
	p, err := c.account(ctx, token)
	if err != nil {
		return Profile{}, err
	}
	if err := c.requireMember(ctx, token); err != nil {
		if r, ok := errors.AsType[*refusal](err); errs.KindOf(err) != errs.Forbidden || ok && r.status == http.StatusForbidden {
			// An organisation that does not let the app ask says nothing of who belongs to it.
			return Profile{}, err
		}
		return Profile{ID: p.ID, Login: p.Login}, err
	}
	p.Teams, err = c.teams(ctx, token)
	return p, err
}

// exchange returns the token that GitHub gives for a code.
func (c *Client) exchange(ctx context.Context, code, verifier string) (string, error) {
	token, err := c.oauth.Exchange(context.WithValue(ctx, oauth2.HTTPClient, c.http), code, oauth2.VerifierOption(verifier))
	if err == nil {
		return token.AccessToken, nil
	}
	answer, answered := errors.AsType[*oauth2.RetrieveError](err)
	if !answered {
		return "", unreachable(err)
	}
	// Its own text would have the whole answer in it.
	cause := errors.New("the exchange of a code: " + answer.Response.Status + " " + answer.ErrorCode)
	switch {
	case failing(answer.Response):
		return "", unreachable(cause).After(pause(answer.Response))
	case answer.ErrorCode == "incorrect_client_credentials" || answer.ErrorCode == "redirect_uri_mismatch" || answer.Response.StatusCode == http.StatusNotFound:
		return "", errs.New(errs.Internal, "GitHub refuses the app of this site: the settings GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and PUBLIC_URL must fit it").Because(cause)
	default:
		return "", failed(cause)
	}
}

func failed(cause error) *errs.Error {
	return errs.New(errs.Unauthenticated, "GitHub refuses the sign-in: start again").Named("sign-in-failed").Because(cause)
}

func unreachable(cause error) *errs.Error {
	const again = 5 * time.Second
	if address, ok := errors.AsType[*url.Error](cause); ok {
		cause = errors.New(address.Op + " " + withoutQuery(address.URL) + ": " + address.Err.Error())
	}
	return errs.New(errs.Unavailable, "GitHub does not answer: sign in again later").Named("github-unreachable").After(again).Because(cause)
}

func withoutQuery(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}
