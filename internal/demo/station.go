package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
)

// attemptTime is how long a client waits for one answer before it asks again.
const attemptTime = 5 * time.Second

// loseEvery is how many writes there are to one whose answer is thrown away on its way, as a network does.
const loseEvery = 50

// errLost is the error of an answer that was thrown away.
var errLost = errors.New("the answer was lost")

// station is a site as its clients see it: several addresses of one API, which they use in turn. It is safe for
// concurrent use.
type station struct {
	apis   []*client.ClientWithResponses
	http   *http.Transport
	turn   atomic.Uint64
	writes atomic.Int64
	lost   atomic.Int64 // answers thrown away
	resent atomic.Int64 // requests that were sent again, for whatever reason
	known  atomic.Int64 // of these, answered as accepted before
}

func openStation(s lab.Site) (*station, error) {
	st := &station{http: &http.Transport{MaxIdleConnsPerHost: 16}}
	authorize := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+s.Token)
		return nil
	}
	for _, url := range s.URLs {
		api, err := client.NewClientWithResponses(url, client.WithHTTPClient(st), client.WithRequestEditorFn(authorize))
		if err != nil {
			return nil, fmt.Errorf("client of %s: %w", s.Name, err)
		}
		st.apis = append(st.apis, api)
	}
	return st, nil
}

// Do implements client.HttpRequestDoer.
func (s *station) Do(r *http.Request) (*http.Response, error) {
	answer, err := s.http.RoundTrip(r)
	if err != nil || r.Method == http.MethodGet {
		return answer, err
	}
	if answer.Header.Get("Idempotency-Replayed") == "true" {
		s.known.Add(1)
	} else if s.writes.Add(1)%loseEvery == 0 {
		s.lost.Add(1)
		return nil, errors.Join(errLost, answer.Body.Close())
	}
	return answer, nil
}

func (s *station) close() { s.http.CloseIdleConnections() }

// answered is what all answers of the generated client have in common.
type answered interface {
	StatusCode() int
	GetBody() []byte
}

// send sends a request until the site has answered it, to one address after the other. It fails when ctx ends, and when
// the site refuses the request itself. A write must carry an Idempotency-Key: who hears nothing cannot know whether it was
// accepted.
func send[A answered](ctx context.Context, s *station, what string, request func(context.Context, *client.ClientWithResponses) (A, error)) (A, error) {
	for attempt := 0; ; attempt++ {
		answer, err := once(ctx, s.next(), request)
		if err == nil {
			switch status := answer.StatusCode(); {
			case status < http.StatusMultipleChoices:
				return answer, nil
			case status < http.StatusInternalServerError:
				return answer, fmt.Errorf("%s: %d: %s", what, status, answer.GetBody())
			}
		}
		s.resent.Add(1)
		if err := pause(ctx, patience(attempt)); err != nil {
			return answer, fmt.Errorf("%s: %w", what, err)
		}
	}
}

// next returns the address whose turn it is.
func (s *station) next() *client.ClientWithResponses {
	return s.apis[s.turn.Add(1)%uint64(len(s.apis))]
}

func once[A answered](ctx context.Context, api *client.ClientWithResponses, request func(context.Context, *client.ClientWithResponses) (A, error)) (A, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	return request(ctx, api)
}

// patience returns the pause before the next attempt: longer and longer, and never the same for two clients.
func patience(attempt int) time.Duration {
	const shortest, longest = 2 * time.Millisecond, time.Second
	most := min(shortest<<min(attempt, 10), longest)
	return most/2 + rand.N(most/2)
}
