package opsdb

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
)

// Topic is what can be followed: observations, the buffer and the health of a site, and the transfer of data.
type Topic string

// The topics of the document.
const (
	Buffer       Topic = "buffer"
	Health       Topic = "health"
	Observations Topic = "observations"
	Transfer     Topic = "transfer"
)

// Message is what a stream tells.
type Message struct {
	Type      string             `json:"type"` // snapshot, events, heartbeat or closing
	Epoch     string             `json:"epoch"`
	Offset    int64              `json:"offset"`
	Recovered bool               `json:"recovered"` // of a snapshot: nothing was missed, and there is no Data
	Data      json.RawMessage    `json:"data"`      // of a snapshot: what the topic is like
	Events    []client.LiveEvent `json:"events"`    // each once and in order
	At        time.Time          `json:"at"`        // of a heartbeat: the clock of the server
	Code      int                `json:"code"`      // of closing
	Reason    string             `json:"reason"`
}

const (
	// silence is after how long a stream counts as broken: heartbeats come every 15 s.
	silence = 40 * time.Second
	// maxLine is far more than the largest snapshot has.
	maxLine = 64 << 20
)

// Follow follows a topic until ctx ends or the loop is left, over every disconnect: it resumes where it was, and when that
// cannot be, a new snapshot comes that replaces all before it. Why a stream broke off is yielded as an error, then it goes
// on; a *Problem that will not pass, such as a token that has ended, is the last thing yielded.
func (c *Client) Follow(ctx context.Context, topic Topic) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		f := follower{client: c, topic: topic}
		for failures := 1; ; failures++ {
			err := f.listen(ctx, func(m Message) bool {
				failures = 0
				return yield(m, nil)
			})
			switch {
			case errors.Is(err, errLeft) || ctx.Err() != nil:
				return
			case !yield(Message{}, err):
				return
			case !passing(err):
				return
			}
			pause := max(backoff(failures), shortestPause)
			if p, ok := errors.AsType[*Problem](err); ok {
				pause = max(pause, p.RetryAfter)
			}
			if sleep(ctx, pause) != nil {
				return
			}
		}
	}
}

// errLeft is the error of a loop that was left.
var errLeft = errors.New("the loop was left")

// follower follows a topic from where it was left.
type follower struct {
	client *Client
	topic  Topic
	epoch  string
	offset int64
}

// listen follows one stream to its end, which is an error.
func (f *follower) listen(ctx context.Context, tell func(Message) bool) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answer, err := f.request(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		body, err := io.ReadAll(io.LimitReader(answer.Body, maxLine))
		if err != nil {
			return &UnreachableError{Err: err, Attempts: 1}
		}
		return problemOf(answer, body)
	}
	quiet := time.AfterFunc(silence, func() { cancel(fmt.Errorf("nothing was heard for %s", silence)) })
	defer quiet.Stop()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		quiet.Reset(silence)
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !ok {
			continue
		}
		var m Message
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("a message that cannot be read: %w", err)
		}
		f.at(m)
		if !tell(m) {
			return errLeft
		}
	}
	cause := context.Cause(ctx)
	if cause == nil {
		cause = errors.Join(errors.New("the stream has ended"), lines.Err())
	}
	return &UnreachableError{Err: cause, Attempts: 1}
}

// wholeLines is a bufio.SplitFunc for lines that have their end: of a stream that breaks off, the last one may be a part.
func wholeLines(data []byte, _ bool) (advance int, line []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		return 0, nil, nil
	}
	return end + 1, bytes.TrimSuffix(data[:end], []byte("\r")), nil
}

// at notes how far the stream has come.
func (f *follower) at(m Message) {
	f.epoch, f.offset = m.Epoch, m.Offset
	if n := len(m.Events); n > 0 {
		f.offset = m.Events[n-1].Offset
	}
}

func (f *follower) request(ctx context.Context) (*http.Response, error) {
	var epoch *string
	var offset *int64
	if f.epoch != "" {
		epoch, offset = &f.epoch, &f.offset
	}
	accept := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Accept", eventStream)
		return nil
	}
	streams := f.client.streams
	switch f.topic {
	case Buffer:
		return streams.FollowBuffer(ctx, &client.FollowBufferParams{Epoch: epoch, Offset: offset}, accept)
	case Health:
		return streams.FollowHealth(ctx, &client.FollowHealthParams{Epoch: epoch, Offset: offset}, accept)
	case Observations:
		return streams.FollowObservations(ctx, &client.FollowObservationsParams{Epoch: epoch, Offset: offset}, accept)
	case Transfer:
		return streams.FollowTransfer(ctx, &client.FollowTransferParams{Epoch: epoch, Offset: offset}, accept)
	default:
		return nil, fmt.Errorf("opsdb: there is no topic %q", f.topic)
	}
}
