package opsdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

const (
	defaultPatience = time.Minute
	// defaultAttempt is longer than a site tries to reach the main database before it says that it cannot.
	defaultAttempt = 15 * time.Second
	shortestPause  = 100 * time.Millisecond
	longestPause   = 10 * time.Second
	// maxAnswer is far more than the largest answer of a site has.
	maxAnswer = 256 << 20
)

const (
	keyHeader = "Idempotency-Key"
	// eventStream is what a request for a stream accepts: its answer has no end.
	eventStream = "text/event-stream"
)

// doer sends requests until they are answered. It implements client.HttpRequestDoer.
type doer struct {
	http     *http.Client
	prefix   string // of the paths of the site's address
	patience time.Duration
	attempt  time.Duration
	agent    string
	notice   func(error, time.Duration)
}

func newDoer(prefix string) *doer {
	return &doer{
		prefix: prefix, patience: defaultPatience, attempt: defaultAttempt, agent: "opsdb-go", notice: func(error, time.Duration) {},
		http: &http.Client{
			Transport:     http.DefaultTransport.(*http.Transport).Clone(), //nolint:errcheck // its type is documented
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Do sends a request until it is answered, and returns the last answer, whatever it says. Its errors are *UnreachableError, and
// the cause of the end of the request's context, in the chain of which it is also when the site had been tried in vain before.
func (d *doer) Do(r *http.Request) (*http.Response, error) {
	body, err := content(r)
	if err != nil {
		return nil, err
	}
	if keyed(d.prefix, r) && r.Header.Get(keyHeader) == "" {
		r.Header.Set(keyHeader, uuid.NewString())
	}
	if r.Header.Get("Accept") == eventStream {
		return d.open(r)
	}
	patience := d.patience + askedToWait(r)
	began := time.Now()
	for attempts := 1; ; attempts++ {
		answer, failure := d.once(r, body, min(d.attempt+askedToWait(r), patience-time.Since(began)))
		if failure == nil && !later(answer.StatusCode) {
			return answer, nil
		}
		if r.Context().Err() != nil {
			return nil, context.Cause(r.Context())
		}
		pause := max(backoff(attempts), retryAfter(answer))
		if !again(r, answer, failure) || time.Since(began)+pause >= patience {
			if failure != nil {
				return nil, &UnreachableError{Err: failure, Attempts: attempts, For: time.Since(began)}
			}
			return answer, nil
		}
		reason := failure
		if reason == nil {
			reason = fmt.Errorf("the site answers %s", answer.Status)
		}
		d.notice(reason, pause)
		if err := sleep(r.Context(), pause); err != nil {
			return nil, &UnreachableError{Err: errors.Join(err, reason), Attempts: attempts, For: time.Since(began)}
		}
	}
}

// once makes one attempt and reads its answer to the end, so that an answer that is cut off counts as none.
func (d *doer) once(r *http.Request, body []byte, most time.Duration) (_ *http.Response, err error) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), most, fmt.Errorf("no answer within %s", most.Round(time.Millisecond)))
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
	}()
	attempt := r.Clone(ctx)
	if body != nil {
		attempt.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := d.http.Do(attempt)
	if err != nil {
		return nil, err
	}
	if err := readWhole(answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// readWhole reads an answer to its end and puts what it has read in the place of its body.
func readWhole(answer *http.Response) error {
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if len(read) > maxAnswer {
		return fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	}
	answer.Body = io.NopCloser(bytes.NewReader(read))
	return nil
}

// open sends the request for a stream once and leaves reading it to the caller; only its beginning is bounded, and an answer
// that is no stream is read to its end.
func (d *doer) open(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	silence := time.AfterFunc(d.attempt, func() { cancel(fmt.Errorf("no answer within %s", d.attempt)) })
	answer, err := d.http.Do(r.Clone(ctx))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = readWhole(answer)
	}
	if !silence.Stop() || err != nil {
		if err == nil {
			err = answer.Body.Close()
		}
		if ctx.Err() != nil {
			err = errors.Join(context.Cause(ctx), err)
		}
		cancel(nil)
		if r.Context().Err() != nil {
			return nil, context.Cause(r.Context())
		}
		return nil, &UnreachableError{Err: err, Attempts: 1}
	}
	answer.Body = &stream{ReadCloser: answer.Body, end: cancel}
	return answer, nil
}

// stream is the body of an answer without an end.
type stream struct {
	io.ReadCloser
	end context.CancelCauseFunc
}

// Close implements io.Closer.
func (s *stream) Close() error {
	s.end(nil)
	return s.ReadCloser.Close()
}

// content reads the body of a request, so that it can be sent many times.
func content(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	return body, errors.Join(err, r.Body.Close())
}

// later tells whether a status means that the same request may be answered otherwise later.
func later(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

// again tells whether a request may be sent again after such an answer, or none.
func again(r *http.Request, answer *http.Response, failure error) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	dial, ok := errors.AsType[*net.OpError](failure)
	neverSent := ok && dial.Op == "dial"
	refused := answer != nil && answer.StatusCode == http.StatusTooManyRequests
	return r.Header.Get(keyHeader) != "" || neverSent || refused
}

// askedToWait is how long a request asks the site to keep it before it answers.
func askedToWait(r *http.Request) time.Duration {
	q := r.URL.Query()
	if !q.Has("wait") {
		return 0
	}
	text := q.Get("timeout")
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second))
	}
	if wait, err := time.ParseDuration(text); err == nil {
		return wait
	}
	return 10 * time.Second // what the document says
}

// backoff returns the pause after so many attempts: at random, so that clients which failed together do not return
// together.
func backoff(attempts int) time.Duration {
	return rand.N(min(shortestPause<<min(attempts, 10), longestPause)) + time.Millisecond
}

// retryAfter is how long a site wants to be left alone.
func retryAfter(answer *http.Response) time.Duration {
	if answer == nil {
		return 0
	}
	text := answer.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		// In the site's time, as far as it says which.
		now, err := http.ParseTime(answer.Header.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		return max(at.Sub(now), 0)
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
