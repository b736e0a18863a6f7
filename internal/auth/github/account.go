package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// maxBody is far more than a page of teams has.
	maxBody  = 8 << 20
	perPage  = 100
	maxPages = 20
	// maxName and maxEmail are what a user's entry takes.
	maxName  = 200
	maxEmail = 254
	// maxPause bounds how long a client is told to wait for GitHub.
	maxPause = time.Hour
)

// refusal is an answer of GitHub that says no.
type refusal struct {
	path    string
	status  int
	message string
}

// Error implements error.
func (r *refusal) Error() string {
	return fmt.Sprintf("GitHub answers %s with %d: %s", r.path, r.status, r.message)
}

// get asks the API. It fails with *refusal in the chain when GitHub answered no.
func (c *Client) get(ctx context.Context, token, path string, answer any) (header http.Header, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.APIURL+path, nil)
	if err != nil {
		return nil, errs.New(errs.Internal, "GitHub cannot be asked").Because(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/vnd.github+json")
	request.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unreachable(err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, unreachable(err)
	case response.StatusCode != http.StatusOK:
		return nil, refused(withoutQuery(path), response, body)
	case len(body) > maxBody:
		return nil, errs.New(errs.Internal, "GitHub answers too much").Because(errors.New(withoutQuery(path)))
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return nil, errs.New(errs.Internal, "GitHub answers what cannot be read").Because(fmt.Errorf("%s: %w", withoutQuery(path), err))
	}
	return response.Header, nil
}

func refused(path string, response *http.Response, body []byte) error {
	var said struct{ Message string }
	if err := json.Unmarshal(body, &said); err != nil {
		said.Message = "no reason given"
	}
	r := &refusal{path: path, status: response.StatusCode, message: clean(said.Message, maxName)}
	switch {
	case failing(response):
		return unreachable(r).After(pause(response))
	case response.StatusCode == http.StatusUnauthorized:
		return failed(r)
	default:
		return errs.New(errs.Internal, "GitHub refuses a question").Because(r)
	}
}

// failing tells whether GitHub may answer otherwise later: it is down, or has been asked too much.
func failing(r *http.Response) bool {
	limited := r.StatusCode == http.StatusForbidden && (r.Header.Get("X-RateLimit-Remaining") == "0" || r.Header.Get("Retry-After") != "")
	return r.StatusCode >= http.StatusInternalServerError || r.StatusCode == http.StatusTooManyRequests || limited
}

// pause is how long GitHub wants to be left alone.
func pause(r *http.Response) time.Duration {
	wait := 5 * time.Second
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if reset, err := strconv.ParseInt(r.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		wait = time.Until(time.Unix(reset, 0))
	}
	return min(max(wait, time.Second), maxPause)
}

var loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// account returns whose token it is, without the teams.
func (c *Client) account(ctx context.Context, token string) (Profile, error) {
	var said struct {
		ID          int64
		Login, Name string
		Email       string
	}
	if _, err := c.get(ctx, token, "/user", &said); err != nil {
		return Profile{}, err
	}
	p := Profile{ID: said.ID, Login: strings.ToLower(said.Login), Name: clean(said.Name, maxName), Email: address(said.Email)}
	if p.ID <= 0 || !loginPattern.MatchString(p.Login) {
		return Profile{}, errs.New(errs.Internal, "GitHub describes an account that cannot be").Because(fmt.Errorf("account %d, %q", p.ID, p.Login))
	}
	if p.Email != "" {
		return p, nil
	}
	var err error
	p.Email, err = c.primaryEmail(ctx, token)
	return p, err
}

// primaryEmail returns the address that its owner has not made public; empty when the app may not see it.
func (c *Client) primaryEmail(ctx context.Context, token string) (string, error) {
	var list []struct {
		Email             string
		Primary, Verified bool
	}
	_, err := c.get(ctx, token, "/user/emails", &list)
	if denied(err) {
		return "", nil
	}
	for _, e := range list {
		if e.Primary && e.Verified {
			return address(e.Email), err
		}
	}
	return "", err
}

// denied tells whether GitHub says that there is no such thing, or none for this token.
func denied(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && errs.KindOf(err) == errs.Internal && (r.status == http.StatusNotFound || r.status == http.StatusForbidden)
}

// requireMember fails with errs.Forbidden for somebody who is not an active member of the organisation.
func (c *Client) requireMember(ctx context.Context, token string) error {
	var membership struct{ State string }
	_, err := c.get(ctx, token, "/user/memberships/orgs/"+url.PathEscape(c.config.Organisation), &membership)
	if err != nil && !denied(err) {
		return err
	}
	if err == nil && membership.State == "active" {
		return nil
	}
	refused := errs.New(errs.Forbidden, "The GitHub account is no active member of the organisation %s.", c.config.Organisation).Named("not-in-organisation")
	if err != nil {
		return refused.Because(err)
	}
	return refused.Because(fmt.Errorf("the membership is %q", clean(membership.State, maxName)))
}

// teams returns all teams of the account.
func (c *Client) teams(ctx context.Context, token string) ([]string, error) {
	var teams []string
	for page := 1; page <= maxPages; page++ {
		var list []struct {
			Slug         string
			Organization struct{ Login string }
		}
		header, err := c.get(ctx, token, fmt.Sprintf("/user/teams?per_page=%d&page=%d", perPage, page), &list)
		if err != nil {
			return nil, err
		}
		for _, team := range list {
			teams = append(teams, strings.ToLower(team.Organization.Login+"/"+team.Slug))
		}
		if !hasNext(header) {
			slices.Sort(teams)
			return teams, nil
		}
	}
	return nil, errs.New(errs.Internal, "the GitHub account is in more than %d teams", maxPages*perPage)
}

var nextPage = regexp.MustCompile(`<[^>]*>\s*;[^,]*\brel="?next"?`)

// hasNext tells whether GitHub names a page behind this one. Its address is not used: it might lead elsewhere.
func hasNext(header http.Header) bool {
	return slices.ContainsFunc(header.Values("Link"), nextPage.MatchString)
}

// clean returns a text of somebody else's as an entry of a user takes it.
func clean(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text))
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most]))
	}
	return text
}

var emailPattern = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)

// address returns an e-mail address, empty for what is none.
func address(text string) string {
	if email := clean(text, maxEmail+1); len(email) <= maxEmail && emailPattern.MatchString(email) {
		return email
	}
	return ""
}
