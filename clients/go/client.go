package opsdb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
)

// Client is a site as a program sees it: all operations of the document, in their forms …WithResponse, which Value and
// Check turn into a value or an error. It is safe for concurrent use.
type Client struct {
	*client.ClientWithResponses
	streams client.ClientInterface
	doer    *doer
}

// Option changes how a Client works.
type Option func(*doer) error

// WithPatience bounds how long a request is tried, all attempts and pauses together. The default is a minute.
func WithPatience(d time.Duration) Option {
	return func(x *doer) error {
		if d <= 0 {
			return fmt.Errorf("opsdb: a patience of %s: must be longer than nothing", d)
		}
		x.patience = d
		return nil
	}
}

// WithAttemptTime bounds one attempt, to the end of its answer. The default is 15 s. Where the site itself is asked to
// wait, as Wait does, that comes on top.
func WithAttemptTime(d time.Duration) Option {
	return func(x *doer) error {
		if d <= 0 {
			return fmt.Errorf("opsdb: an attempt of %s: must be longer than nothing", d)
		}
		x.attempt = d
		return nil
	}
}

// WithTransport sends requests by another way than a copy of http.DefaultTransport.
func WithTransport(t http.RoundTripper) Option {
	return func(x *doer) error {
		x.http.Transport = t
		return nil
	}
}

// WithUserAgent says which program asks; sites have it in their logs.
func WithUserAgent(name string) Option {
	return func(x *doer) error {
		x.agent = name
		return nil
	}
}

// WithNotice calls f before each pause: err is why the last attempt failed, and the next one comes after the pause. It
// may be called by many goroutines.
func WithNotice(f func(err error, pause time.Duration)) Option {
	return func(x *doer) error {
		x.notice = f
		return nil
	}
}

// New returns a client of the site at an address such as https://ops.example.org; it asks nobody. Without a token only
// what is open to everybody can be asked. The token goes to this address and nowhere else: redirections are not followed.
func New(address, token string, options ...Option) (*Client, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("opsdb: %q is no address of a site, such as https://ops.example.org", address)
	}
	if base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("opsdb: the address of a site has neither a user nor a query nor a fragment")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("opsdb: the token has characters that no token has")
	}
	d := newDoer(strings.TrimSuffix(base.EscapedPath(), "/"))
	for _, option := range options {
		if err := option(d); err != nil {
			return nil, err
		}
	}
	identify := func(_ context.Context, r *http.Request) error {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		r.Header.Set("User-Agent", d.agent)
		return nil
	}
	c, err := client.NewClientWithResponses(address, client.WithHTTPClient(d), client.WithRequestEditorFn(identify))
	if err != nil {
		return nil, err
	}
	return &Client{ClientWithResponses: c, streams: c.ClientInterface, doer: d}, nil
}

// Close closes connections that are not in use.
func (c *Client) Close() { c.doer.http.CloseIdleConnections() }
