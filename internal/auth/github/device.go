package github

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ccatobs/opsdb/internal/errs"
)

// Device is a sign-in of somebody whose browser is elsewhere (RFC 8628).
type Device struct {
	Code     string        // by which GitHub is asked; a secret of this site
	UserCode string        // what the user enters
	Address  string        // where he enters it
	Lifetime time.Duration // within which he has to
	Interval time.Duration // between two questions
}

// PendingError is the error of a sign-in that the user has not finished.
type PendingError struct {
	Interval time.Duration // between two questions from now on; 0: as before
}

// Error implements error.
func (*PendingError) Error() string { return "the user has not signed in yet" }

const (
	// shortestInterval and longestLifetime bound what GitHub says.
	shortestInterval = time.Second
	longestInterval  = time.Minute
	longestLifetime  = 15 * time.Minute
)

// StartDevice begins a sign-in.
//
// Errors: errs.NotFound named sign-in-off when the app does not allow it; otherwise as Profile.
func (c *Client) StartDevice(ctx context.Context) (Device, error) {
	var said struct {
		DeviceCode      string  `json:"device_code"`
		UserCode        string  `json:"user_code"`
		VerificationURI string  `json:"verification_uri"`
		ExpiresIn       float64 `json:"expires_in"`
		Interval        float64
	}
	asking, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	defer c.http.CloseIdleConnections()
	err := c.post(asking, "/login/device/code", url.Values{"client_id": {c.config.ClientID}, "scope": {strings.Join(c.oauth.Scopes, " ")}}, &said)
	if ctx.Err() != nil {
		return Device{}, ctx.Err()
	}
	if err != nil {
		return Device{}, err
	}
	d := Device{Code: said.DeviceCode, UserCode: clean(said.UserCode, maxName), Address: said.VerificationURI, Interval: interval(said.Interval)}
	d.Lifetime = min(time.Duration(said.ExpiresIn*float64(time.Second)), longestLifetime)
	// What the user is told to open is a page of GitHub, whatever the answer says.
	if at, err := url.Parse(d.Address); err != nil || !strings.HasPrefix(at.String(), c.config.URL+"/") || d.Code == "" || d.UserCode == "" || d.Lifetime <= 0 {
		return Device{}, errs.New(errs.Internal, "GitHub begins a sign-in that cannot be finished")
	}
	return d, nil
}

func interval(seconds float64) time.Duration {
	return max(min(time.Duration(seconds*float64(time.Second)), longestInterval), shortestInterval)
}

// DeviceProfile returns who has signed in by a device code, once.
//
// Errors: *PendingError when he has not yet; errs.Unauthenticated named sign-in-failed when he has declined or took too long;
// otherwise as Profile.
func (c *Client) DeviceProfile(ctx context.Context, code string) (Profile, error) {
	asking, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	defer c.http.CloseIdleConnections()
	var said struct {
		AccessToken string `json:"access_token"`
	}
	err := c.post(asking, "/login/oauth/access_token", url.Values{
		"client_id": {c.config.ClientID}, "device_code": {code}, "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"},
	}, &said)
	if err == nil && said.AccessToken == "" {
		err = errs.New(errs.Internal, "GitHub answers what cannot be read").Because(errors.New("no token"))
	}
	var p Profile
	if err == nil {
		p, err = c.profileBy(asking, said.AccessToken)
	}
	if ctx.Err() != nil {
		return Profile{}, ctx.Err()
	}
	return p, err
}

// post asks the pages of GitHub where programs sign in. These say no with a word, and the status 200.
func (c *Client) post(ctx context.Context, path string, form url.Values, answer any) (err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return errs.New(errs.Internal, "GitHub cannot be asked").Because(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxHeader))
	if err != nil {
		return unreachable(err)
	}
	var said struct {
		Error    string
		Interval float64
	}
	wrong := json.Unmarshal(body, &said)
	cause := errors.New(path + ": " + response.Status + " " + clean(said.Error, maxName))
	switch {
	case failing(response):
		return unreachable(cause).After(pause(response))
	case said.Error == "authorization_pending":
		return &PendingError{}
	case said.Error == "slow_down":
		return &PendingError{Interval: interval(said.Interval)}
	case said.Error == "access_denied":
		return errs.New(errs.Unauthenticated, "The sign-in was declined at GitHub.").Named("sign-in-failed").Because(cause)
	case said.Error == "expired_token" || said.Error == "incorrect_device_code" || said.Error == "bad_verification_code":
		return errs.New(errs.Unauthenticated, "The sign-in took too long: start again.").Named("sign-in-failed").Because(cause)
	case said.Error == "device_flow_disabled":
		return errs.New(errs.NotFound, "The app of this site at GitHub does not allow the device flow.").Named("sign-in-off").Because(cause)
	case said.Error != "" || response.StatusCode != http.StatusOK:
		return errs.New(errs.Internal, "GitHub refuses the app of this site: the setting GITHUB_CLIENT_ID must fit it").Because(cause)
	case wrong != nil:
		return errs.New(errs.Internal, "GitHub answers what cannot be read").Because(cause)
	}
	return json.Unmarshal(body, answer)
}
