package opsdb

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
)

// Problem is the error of a request that a site refuses (RFC 9457).
type Problem struct { //nolint:errname // RFC 9457 calls it so
	// Type is the last part of the problem's address, such as "conflict", described at /problems/{type} of every site;
	// empty when something in front of the site has answered.
	Type      string                `json:"type"`
	Status    int                   `json:"status"`
	Title     string                `json:"title"`
	Detail    string                `json:"detail,omitempty"`
	RequestID string                `json:"request_id,omitempty"` // the site's log has it
	Fields    []client.ProblemField `json:"errors,omitempty"`     // the offending parts of the request
	// RetryAfter is how long the site wants to be left alone; 0: it does not say.
	RetryAfter time.Duration   `json:"-"`
	Recorded   json.RawMessage `json:"recorded,omitempty"`  // of a conflict: the record as it is
	Requested  json.RawMessage `json:"requested,omitempty"` // and as the request wants it
}

// Error implements error.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Title)
	if p.Detail != "" && p.Detail != p.Title {
		fmt.Fprintf(&b, ": %s", p.Detail)
	}
	for _, f := range p.Fields {
		fmt.Fprintf(&b, "; %s %s", f.Pointer, f.Detail)
	}
	fmt.Fprintf(&b, " (%d", p.Status)
	if p.Type != "" {
		fmt.Fprintf(&b, " %s", p.Type)
	}
	if p.RequestID != "" {
		fmt.Fprintf(&b, ", request %s", p.RequestID)
	}
	b.WriteString(")")
	return b.String()
}

// problemOf reads an answer that is no success.
func problemOf(answer *http.Response, body []byte) *Problem {
	p := &Problem{
		Status: answer.StatusCode, Title: http.StatusText(answer.StatusCode), RequestID: answer.Header.Get("X-Request-ID"),
		RetryAfter: retryAfter(answer),
	}
	var said client.Problem
	if err := json.Unmarshal(body, &said); err != nil || said.Type == "" {
		if location := answer.Header.Get("Location"); location != "" {
			p.Detail = "the site is at another address: " + location
		}
		return p
	}
	p.Type, p.Title, p.Fields = path.Base(said.Type), said.Title, said.Errors
	p.Recorded, p.Requested = said.Recorded, said.Requested
	if said.Detail != nil {
		p.Detail = *said.Detail
	}
	if said.RequestID != "" {
		p.RequestID = said.RequestID
	}
	return p
}

// UnreachableError is the error of a request that nobody has answered. Whether it was executed is unknown; with its
// Idempotency-Key it can be sent again.
type UnreachableError struct {
	Err      error         // of the last attempt
	Attempts int           // how often it was tried
	For      time.Duration // and for how long
}

// Error implements error.
func (u *UnreachableError) Error() string {
	if u.Attempts < 2 {
		return fmt.Sprintf("the site does not answer: %v", u.Err)
	}
	return fmt.Sprintf("the site does not answer, in %d attempts within %s: %v", u.Attempts, u.For.Round(100*time.Millisecond), u.Err)
}

// Unwrap returns why the last attempt failed.
func (u *UnreachableError) Unwrap() error { return u.Err }

// StoppedError is the error of Wait for a write that does not go on by itself: parked, blocked behind a parked one, or
// discarded.
type StoppedError struct {
	Transaction client.Transaction
}

// Error implements error.
func (s *StoppedError) Error() string {
	t := s.Transaction
	var b strings.Builder
	fmt.Fprintf(&b, "the write %s is %s", t.ID, t.State)
	if t.Failure != nil {
		fmt.Fprintf(&b, ": %s (SQLSTATE %s)", t.Failure.Message, t.Failure.SQLState)
	}
	for _, id := range t.BlockedBy {
		fmt.Fprintf(&b, " behind %s", id)
	}
	return b.String()
}
