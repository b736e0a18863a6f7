package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/clients/go/profile"
	"github.com/ccatobs/opsdb/gen/client"
)

// signedIn lets a person sign in by GitHub, in any browser, and returns an API token for this machine. The session that is
// needed for that is ended: what is kept here is a token that can be seen, limited and revoked like others, and that is good
// while the site is cut off.
func (a *app) signedIn(ctx context.Context, s profile.Site, like client.TokenCreate) (string, error) {
	api, err := a.apiOf(s)
	if err != nil {
		return "", err
	}
	defer api.Close()
	d, err := opsdb.Value[client.DeviceSignIn](api.StartGitHubDeviceSignInWithResponse(ctx))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(a.err, "Open %s in a browser and enter %s\n", plain(d.VerificationURI), plain(d.UserCode))
	access, err := a.awaitSignIn(ctx, api, d)
	if err != nil {
		return "", err
	}
	return a.exchange(ctx, profile.Site{Name: s.Name, URL: s.URL, Token: access}, like)
}

// awaitSignIn asks, as often as the site wants, until the person has signed in, and returns the access token of his session.
func (a *app) awaitSignIn(ctx context.Context, api *opsdb.Client, d client.DeviceSignIn) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(d.ExpiresIn)*time.Second, errors.New("the time for the sign-in is over: start again"))
	defer cancel()
	pause := time.Duration(d.Interval) * time.Second
	for {
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(pause):
		}
		answer, err := api.FinishGitHubDeviceSignInWithResponse(ctx, client.DeviceCode{DeviceCode: d.DeviceCode})
		err = opsdb.Check(answer, err)
		if p, ok := errors.AsType[*opsdb.Problem](err); ok && (p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests) {
			// GitHub is away for a moment; the sign-in goes on there.
			a.say("%v; asking again", err)
			pause = max(pause, p.RetryAfter)
			continue
		}
		switch {
		case err != nil:
			return "", err
		case answer.JSON200 != nil:
			return answer.JSON200.AccessToken, nil
		case answer.JSON202 != nil:
			pause = time.Duration(max(answer.JSON202.Interval, 1)) * time.Second
		}
	}
}

// exchange makes an API token with the access token of a session, and ends the session.
func (a *app) exchange(ctx context.Context, s profile.Site, like client.TokenCreate) (token string, err error) {
	api, err := a.apiOf(s)
	if err != nil {
		return "", err
	}
	defer api.Close()
	me, err := opsdb.Value[client.Me](api.GetMeWithResponse(ctx))
	if err != nil {
		return "", err
	}
	defer func() {
		end := opsdb.Check(api.EndSessionWithResponse(ctx, deref(me.SessionID)))
		if end != nil && me.SessionID != nil && *me.SessionID != uuid.Nil {
			a.say("the session of the sign-in goes on: %v", end)
		}
	}()
	issued, err := opsdb.Value[client.IssuedToken](api.CreateTokenWithResponse(ctx, like))
	return issued.Token, err
}

// tokenName says what the token of a sign-in is for.
func tokenName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "opsctl"
	}
	return cut("opsctl on "+host, 100)
}
