package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/doctor"
	"github.com/ccatobs/opsdb/internal/serve"
	"github.com/ccatobs/opsdb/schema"
)

const doctorHelp = `
Usage: opsdb doctor [--json]

Checks the settings, Redis, the databases, their replication, schema and clocks, and changes nothing. Every finding has
a code that stays the same, and a remedy. Exit code 1 when there is an error among them.`

func doctorCommand(ctx context.Context, p program) error {
	flags := p.flags("doctor", doctorHelp)
	asJSON := flags.Bool("json", false, "print one line of JSON: {\"healthy\":…,\"findings\":[…]}")
	if err := p.parse(flags); err != nil {
		return err
	}
	findings := p.examine(ctx)
	doctor.Sort(findings)
	healthy := len(findings) == 0 || findings[0].Severity != doctor.Error
	show := showFindings
	if *asJSON {
		show = encodeFindings
	}
	if err := show(p.out, healthy, findings); err != nil {
		return err
	}
	if !healthy {
		return errors.New("the site is not as it should be")
	}
	return nil
}

// examine begins with the settings; without readable ones nothing else can be found.
func (p program) examine(ctx context.Context) []doctor.Finding {
	c, err := config.Load(p.environ)
	if err != nil {
		return []doctor.Finding{invalidSettings(err)}
	}
	var findings []doctor.Finding
	for _, unknown := range c.Unknown {
		findings = append(findings, doctor.Finding{
			Code: "setting-unknown", Severity: doctor.Warning, Subject: "settings", Detail: unknown.String(), Remedy: "correct its name, or remove it",
		})
	}
	if err := c.Validate(); err != nil {
		findings = append(findings, invalidSettings(err))
	}
	if c.Access.GitHubClientID != "" && strings.HasPrefix(c.Server.PublicURL, "http://") {
		findings = append(findings, doctor.Finding{
			Code: "sessions-unprotected", Severity: doctor.Warning, Subject: "settings",
			Detail: "people sign in by GitHub, and PUBLIC_URL is not https: cookies of sessions go over the network for everybody to read",
			Remedy: "put the site behind a proxy with TLS, and set PUBLIC_URL to its https address",
		})
	}
	redis := serve.Redis(c.Redis)
	defer redis.Close()
	return append(findings, doctor.Examine(ctx, doctor.Patient{
		Site: c.Site.Site(), Main: serve.Address(c.Main), Local: serve.Address(c.Local), Redis: redis, Schema: schema.Version(),
	})...)
}

func invalidSettings(err error) doctor.Finding {
	return doctor.Finding{Code: "settings-invalid", Severity: doctor.Error, Subject: "settings", Detail: err.Error(), Remedy: "correct them; README.md lists all"}
}

func showFindings(w io.Writer, _ bool, findings []doctor.Finding) error {
	for _, f := range findings {
		detail := strings.ReplaceAll(f.Detail, "\n", "\n         ")
		if _, err := fmt.Fprintf(w, "%-7s  %s: %s [%s]\n", f.Severity, f.Subject, detail, f.Code); err != nil {
			return err
		}
		if f.Remedy == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "         remedy: %s\n", f.Remedy); err != nil {
			return err
		}
	}
	return nil
}

func encodeFindings(w io.Writer, healthy bool, findings []doctor.Finding) error {
	return json.NewEncoder(w).Encode(struct {
		Healthy  bool             `json:"healthy"`
		Findings []doctor.Finding `json:"findings"`
	}{healthy, findings})
}
