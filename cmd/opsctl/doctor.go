package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/clients/go/profile"
	"github.com/ccatobs/opsdb/gen/client"
)

// severity says what a finding asks for.
type severity string

const (
	grave   severity = "error"   // nothing works, or writes are in danger
	warning severity = "warning" // it will hurt later, or in part
	good    severity = "good"    // as it should be
)

// finding is one result of an examination.
type finding struct {
	Code     string   `json:"code"` // stable, such as "clock-off"
	Severity severity `json:"severity"`
	Detail   string   `json:"detail"`
	Remedy   string   `json:"remedy,omitempty"`
}

// examination is what "opsctl doctor" found out.
type examination struct {
	Healthy  bool      `json:"healthy"`
	Findings []finding `json:"findings"`
	silent   bool      // the site does not answer
}

func (e *examination) add(s severity, code, remedy, format string, args ...any) {
	e.Findings = append(e.Findings, finding{Code: code, Severity: s, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

const (
	clockOff     = 2 * time.Second // more than the header Date and the way can hide
	tokenEndsIn  = 7 * 24 * time.Hour
	doctorAsking = 10 * time.Second
)

func (a *app) doctor() *cobra.Command {
	return a.command("doctor", "Look for what is wrong between here and the site",
		`Checks the profile, whether this machine reaches the site, whether the token is good and until when, the clock of this
machine, and how the site is. Every finding has a code that stays the same, and a remedy. It changes nothing.

Exit codes: 0 all is well, 1 an error was found, 5 the site does not answer.`,
		`  opsctl doctor
  opsctl doctor --json | jq -r '.findings[] | select(.severity != "good") | .remedy'`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			e := a.examine(ctx)
			order := []severity{grave, warning, good}
			slices.SortStableFunc(e.Findings, func(x, y finding) int { return slices.Index(order, x.Severity) - slices.Index(order, y.Severity) })
			e.Healthy = e.Findings[0].Severity != grave
			if err := a.show(e, func(w io.Writer) { showExamination(w, e) }); err != nil {
				return err
			}
			switch {
			case e.silent:
				return &opsdb.UnreachableError{Err: errSaid}
			case !e.Healthy:
				return errSaid
			default:
				return nil
			}
		})
}

func showExamination(w io.Writer, e *examination) {
	for _, f := range e.Findings {
		fmt.Fprintf(w, "%-7s  %s [%s]\n", f.Severity, plain(f.Detail), f.Code)
		if f.Remedy != "" {
			fmt.Fprintf(w, "         remedy: %s\n", f.Remedy)
		}
	}
}

func (a *app) examine(ctx context.Context) *examination {
	e := new(examination)
	f, err := profile.Load(a.getenv)
	if err != nil {
		e.add(grave, "profile-unreadable", "correct the file, or \"opsctl login\" makes one", "%v", err)
		return e
	}
	if f.Exposed {
		e.add(warning, "profile-exposed", "chmod 600 "+f.Path, "others can read the tokens in %s", f.Path)
	}
	s, err := f.Choose(a.site, a.getenv)
	if err != nil {
		e.add(grave, "no-site", "\"opsctl login --site NAME --url ADDRESS\", or set OPS_API_URL", "%v", err)
		return e
	}
	a.patience = min(a.patience, doctorAsking)
	api, err := a.apiOf(s)
	if err != nil {
		e.add(grave, "address-invalid", "correct the address or the token", "%v", err)
		return e
	}
	defer api.Close()
	e.examineAddress(s)
	if e.examineSite(ctx, api, s) {
		e.examineToken(ctx, api, s)
		e.examineHealth(ctx, api)
	}
	return e
}

func (e *examination) examineAddress(s profile.Site) {
	at, err := url.Parse(s.URL)
	if err == nil && at.Scheme == "http" && !loopback(at.Hostname()) && s.Token != "" {
		e.add(warning, "token-unprotected", "use the https address of the site", "the token goes to %s for everybody on the way to read", s.URL)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// examineSite tells whether there is a site at all.
func (e *examination) examineSite(ctx context.Context, api *opsdb.Client, s profile.Site) bool {
	before := time.Now()
	answer, err := api.GetSiteInfoWithResponse(ctx)
	after := time.Now()
	info, err := opsdb.Value[client.SiteInfo](answer, err)
	if err != nil {
		e.silent = exitCode(err) == exitUnreachable
		e.add(grave, "site-unreachable", remedyOfSilence(err), "%s: %v", s.URL, err)
		return false
	}
	e.add(good, "site", "", "%s is the site %s (%s), version %s; it answers in %s; this is opsctl %s", s.URL, info.SiteName, info.SiteType, info.Version, after.Sub(before).Round(time.Millisecond), versionOf().Version)
	if date, err := http.ParseTime(answer.HTTPResponse.Header.Get("Date")); err == nil {
		e.examineClock(date, before, after)
	}
	return true
}

// remedyOfSilence says what to do about a site that does not answer.
func remedyOfSilence(err error) string {
	dns, named := errors.AsType[*net.DNSError](err)
	text := err.Error()
	switch {
	case named && dns.IsNotFound:
		return "there is no such host: correct the address, or ask who runs the name server"
	case named:
		return "the name server does not answer: is this machine on the network?"
	case strings.Contains(text, "connection refused"):
		return "the host is there and nothing listens: has the API been started there (systemctl status opsdb), is the port right?"
	case strings.Contains(text, "certificate"), strings.Contains(text, "tls:"):
		return "the certificate of the site is not good here: is the address right, is the clock, does this machine know who signed it?"
	case strings.Contains(text, "no route"), strings.Contains(text, "unreachable:"), strings.Contains(text, "network is"):
		return "this machine has no way there: check its network"
	default:
		return "is it the address of a site? If so, the way there swallows what is sent, or the site hangs: look at its log"
	}
}

// examineClock compares the clock with that of the site, whose header has whole seconds.
func (e *examination) examineClock(date, before, after time.Time) {
	var off time.Duration
	switch early, late := date.Sub(before), date.Add(time.Second).Sub(after); {
	case late < 0:
		off = -late
	case early > 0:
		off = -early
	}
	if off.Abs() >= clockOff {
		e.add(warning, "clock-off", "let a time service set the clock of this machine (timedatectl): times that scripts record are wrong by that",
			"the clock of this machine is %s %s", off.Abs().Round(time.Second), map[bool]string{true: "fast", false: "slow"}[off > 0])
		return
	}
	e.add(good, "clock", "", "the clocks of this machine and of the site agree to about a second")
}

func (e *examination) examineToken(ctx context.Context, api *opsdb.Client, s profile.Site) {
	if s.Token == "" {
		e.add(grave, "no-token", "\"opsctl login\", or set OPS_API_TOKEN", "there is no token for %s", s.URL)
		return
	}
	me, err := opsdb.Value[client.Me](api.GetMeWithResponse(ctx))
	if p, ok := errors.AsType[*opsdb.Problem](err); ok && p.Status == http.StatusUnauthorized {
		e.add(grave, p.Type, "\"opsctl login\" gets another token", "the token is not good: %v", err)
		return
	}
	if err != nil {
		e.add(warning, "token-unknown", "try again; a site that lost its database cannot check a token it has not seen", "whether the token is good cannot be said: %v", err)
		return
	}
	roles := make([]string, len(me.Roles))
	for i, role := range me.Roles {
		roles[i] = string(role)
	}
	who := fmt.Sprintf("the token is %s's (%s)", me.Name, strings.Join(roles, ", "))
	switch end := orZero(me.ExpiresAt); {
	case end.IsZero():
		e.add(good, "token", "", "%s and does not expire", who)
	case time.Until(end) < tokenEndsIn:
		e.add(warning, "token-ends-soon", "\"opsctl token rotate\" or \"opsctl login\" gets another one", "%s and expires at %s", who, clock(end))
	default:
		e.add(good, "token", "", "%s and expires at %s", who, clock(end))
	}
}

func (e *examination) examineHealth(ctx context.Context, api *opsdb.Client) {
	h, err := opsdb.Value[client.Health](api.GetHealthWithResponse(ctx))
	if err != nil {
		e.add(warning, "health-unknown", "try again", "%v", err)
		return
	}
	switch h.Status {
	case client.HealthStatusHealthy:
		e.add(good, "health", "", "the site is healthy")
	case client.HealthStatusDegraded:
		e.add(warning, "site-degraded", "as the site says; it goes on recording", "the site is degraded")
	default:
		e.add(grave, "site-unhealthy", "as the site says; it can accept no critical write", "the site is %s", h.Status)
	}
	for _, remark := range h.Remarks {
		e.add(warning, "site-remark", "", "%s", remark)
	}
	if n := h.TransactionBuffer.Failed; n > 0 {
		e.add(warning, "parked", "\"opsctl tx list --state parked\", then retry, edit or discard", "%d writes are parked, and %d wait behind them", n, h.TransactionBuffer.Blocked)
	}
	if h.Executor.Alarm != "" {
		e.add(grave, "executor-alarm", "\"opsdb doctor\" on the machine of the site tells more", "the executor of the site needs a person: %s", h.Executor.Alarm)
	}
	if h.Replica.Lagging {
		e.add(warning, "lagging", "\"opsctl lag\" shows how far; it ends by itself when the link is well", "the site's copy of the main database lags")
	}
}
