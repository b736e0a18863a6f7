// Package doctor examines a site: its Redis, its databases, their replication and clocks. It changes nothing.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/site"
)

// Severity says what a finding asks for.
type Severity string

// Error is a finding with which writes may be lost or nothing works, Warning one that will hurt later or only in part,
// Good something that was examined and is as it should be.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Good    Severity = "good"
)

// Finding is one result of an examination.
type Finding struct {
	Code     string   `json:"code"` // stable, such as "redis-evicts"
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"` // what was examined
	Detail   string   `json:"detail"`
	Remedy   string   `json:"remedy,omitempty"`
}

// Patient is what is examined.
type Patient struct {
	Site   site.Site
	Main   postgres.Address // the authoritative database
	Local  postgres.Address // what the site reads
	Redis  *redisclient.Client
	Schema int64 // the newest version this program knows
}

// patience bounds each examination: a link that swallows packets must not hold up the others' results.
const patience = 8 * time.Second

// Examine returns what it finds, the gravest first.
func Examine(ctx context.Context, p Patient) []Finding {
	var findings []Finding
	for _, examine := range []func(context.Context, Patient) []Finding{examineRedis, examineMain, examineLocal} {
		ctx, cancel := context.WithTimeout(ctx, patience)
		findings = append(findings, examine(ctx, p)...)
		cancel()
	}
	Sort(findings)
	return findings
}

// Sort puts the gravest findings first and leaves those of one severity in their order.
func Sort(findings []Finding) {
	order := []Severity{Error, Warning, Good}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
}

// examination collects the findings about one subject.
type examination struct {
	subject  string
	findings []Finding
}

func (e *examination) add(severity Severity, code, remedy, format string, args ...any) {
	e.findings = append(e.findings, Finding{Code: code, Severity: severity, Subject: e.subject, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (e *examination) fail(code, remedy, format string, args ...any) {
	e.add(Error, code, remedy, format, args...)
}

func (e *examination) warn(code, remedy, format string, args ...any) {
	e.add(Warning, code, remedy, format, args...)
}

// result returns the findings, or one that says that all is well.
func (e *examination) result(good string, args ...any) []Finding {
	if len(e.findings) == 0 {
		e.add(Good, e.subject+"-good", "", good, args...)
	}
	return e.findings
}

func mebibytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
