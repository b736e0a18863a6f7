// Package resolver finds out where astronomical objects are by asking the name services of the world: Sesame of the CDS,
// which knows what SIMBAD knows, and NED. It keeps what it hears.
package resolver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// askTime bounds a question to one service.
	askTime = 5 * time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 1 << 20

	// asksPerSecond and asksAtOnce bound the questions of this process: the services shut out whole institutes whose programs
	// ask more than a few times a second.
	asksPerSecond = 2
	asksAtOnce    = 10

	knownFresh   = 30 * 24 * time.Hour
	knownKeep    = 400 * 24 * time.Hour
	unknownFresh = time.Hour
)

// names is the area of the cache.
const names cache.Area = "names"

// Service is one that knows names.
type Service string

// The services.
const (
	Sesame Service = "sesame"
	NED    Service = "ned"
)

// Config says where the services are. One without an address is not asked.
type Config struct {
	SesameURL string // of nph-sesame
	NEDURL    string // of ObjectLookup
}

// Object is what a service knows of a name.
type Object struct {
	Name      string  // as the service calls it
	Type      string  // in the words of the service
	RA, Dec   float64 // degrees, ICRS
	MotionRA  float64 // proper motion times cos(Dec), milliarcseconds a year
	MotionDec float64
	Service   Service
}

// Answer is an object, and how good the knowledge is.
type Answer struct {
	Object
	At    time.Time // when the service was asked
	Stale bool      // the answer is old and nobody can be asked now
}

// Resolver asks. It is safe for concurrent use.
type Resolver struct {
	config Config
	cache  *cache.Cache
	client *http.Client
	wait   time.Duration // for one service, and for its turn to be asked
	pace   *rate.Limiter
	log    *slog.Logger
}

// New returns a resolver. It asks nobody yet.
func New(c Config, kept *cache.Cache, log *slog.Logger) *Resolver {
	return &Resolver{config: c, cache: kept, client: &http.Client{}, wait: askTime, pace: rate.NewLimiter(asksPerSecond, asksAtOnce), log: log}
}

// errUnknown is the answer of a service that does not know a name.
var errUnknown = errors.New("unknown")

// Resolve returns what is known of a name. Errors: errs.NotFound (unknown-object) when the services know no such object;
// errs.Unavailable when nothing is kept and none could say (resolver-unreachable), or too many names are being asked for
// (too-many-requests).
func (r *Resolver) Resolve(ctx context.Context, name string) (Answer, error) {
	found, err := r.cache.Do(ctx, names, Plain(name), func(ctx context.Context) (cache.Made, error) { return r.ask(ctx, name) })
	if err != nil {
		return Answer{}, err
	}
	var object *Object
	if err := json.Unmarshal(found.Value, &object); err != nil {
		return Answer{}, fmt.Errorf("a kept answer: %w", err)
	}
	if object == nil {
		return Answer{}, errs.New(errs.NotFound, "Neither SIMBAD nor NED knows an object named %q.", name).Named("unknown-object").At("/name", "is unknown")
	}
	return Answer{Object: *object, At: found.MadeAt, Stale: found.Stale}, nil
}

// Plain is a name as it is kept: without spaces, in small letters.
func Plain(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), "")) }

// ask asks the services in turn. That one does not know a name counts only when all have said so.
func (r *Resolver) ask(ctx context.Context, name string) (cache.Made, error) {
	services := []struct {
		of   Service
		url  string
		call func(context.Context, string) (Object, error)
	}{{Sesame, r.config.SesameURL, r.sesame}, {NED, r.config.NEDURL, r.ned}}
	if err := r.takeTurn(ctx); err != nil {
		return cache.Made{}, err
	}
	var silent []error
	unknown := false
	for _, s := range services {
		if s.url == "" {
			continue
		}
		object, err := s.call(ctx, name)
		switch {
		case err == nil:
			object.Service = s.of
			value, err := json.Marshal(object)
			return cache.Made{Value: value, Fresh: knownFresh, Keep: knownKeep}, err
		case errors.Is(err, errUnknown):
			unknown = true
		default:
			r.log.WarnContext(ctx, "a name service does not answer", "service", string(s.of), "error", err)
			silent = append(silent, fmt.Errorf("%s: %w", s.of, err))
		}
	}
	if unknown && len(silent) == 0 {
		return cache.Made{Value: []byte("null"), Fresh: unknownFresh, Keep: unknownFresh}, nil
	}
	return cache.Made{}, errs.New(errs.Unavailable, "The name is not known here, and the services that might know it do not answer.").
		Named("resolver-unreachable").Because(errors.Join(silent...)).After(30 * time.Second)
}

// takeTurn waits until the services can be asked without offence. It fails when that takes longer than an answer may.
func (r *Resolver) takeTurn(ctx context.Context) error {
	turn := r.pace.Reserve()
	if delay := turn.Delay(); delay > r.wait {
		turn.Cancel()
		e := errs.New(errs.Unavailable, "The name is not known here, and more names are being asked for than the services allow.").
			Named("too-many-requests").After(delay)
		e.Status = http.StatusTooManyRequests
		return e
	}
	select {
	case <-time.After(turn.Delay()):
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return ctx.Err()
	}
}

// get returns the body of an answer.
func (r *Resolver) get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, r.wait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "opsdb")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", response.StatusCode)
	}
	return body, nil
}

// question appends a name to the address of a service.
func question(address, prefix, name string) string {
	return strings.TrimSuffix(address, "/") + prefix + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// checked refuses positions that are none.
func checked(o Object) (Object, error) {
	if !(o.RA >= 0 && o.RA < 360 && o.Dec >= -90 && o.Dec <= 90) {
		return o, fmt.Errorf("the position %v %v is none", o.RA, o.Dec)
	}
	return o, nil
}
