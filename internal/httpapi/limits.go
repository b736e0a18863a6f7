package httpapi

import (
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// burstSeconds is how long a principal may save up what he does not use.
	burstSeconds = 4
	// failuresPerSecond and failuresAtOnce bound what an address is told about credentials that are not good.
	failuresPerSecond = 0.5
	failuresAtOnce    = 30
	// signInsPerSecond and signInsAtOnce bound the sign-ins that one network begins: a whole observatory that comes back
	// after a night, and far less than a site takes.
	signInsPerSecond = 1
	signInsAtOnce    = 60
	// accessWritesPerSecond and accessWritesAtOnce bound what one user writes of users, tokens and preferences: all of it is
	// kept, and each write makes every process of every site look at its rights anew.
	accessWritesPerSecond = 5
	accessWritesAtOnce    = 20
	// budgetsMax bounds how many budgets are remembered in each of the two generations.
	budgetsMax = 10_000
	// budgetsKeep is longer than any budget takes to fill: what was not used for so long is as good as new.
	budgetsKeep = 2 * time.Minute
)

// budgets holds one budget for each of many callers. Its memory is bounded: whoever is not seen for a while is forgotten,
// the earlier the more callers there are. It is safe for concurrent use.
type budgets struct {
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu         sync.Mutex
	began      time.Time                // of the young generation
	young, old map[string]*rate.Limiter // who was seen since then, and in the generation before
}

func newBudgets(perSecond float64, burst int) *budgets {
	return &budgets{rate: rate.Limit(perSecond), burst: burst, now: time.Now, young: map[string]*rate.Limiter{}}
}

// take takes one from the budget of a caller. It returns how long to wait when there is nothing left, else 0.
func (b *budgets) take(caller string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	one := b.of(caller, now).ReserveN(now, 1)
	wait := one.DelayFrom(now)
	if wait > 0 {
		one.CancelAt(now)
	}
	return wait
}

func (b *budgets) of(caller string, now time.Time) *rate.Limiter {
	if len(b.young) >= budgetsMax || now.Sub(b.began) >= budgetsKeep {
		b.old, b.young, b.began = b.young, map[string]*rate.Limiter{}, now
	}
	budget, ok := b.young[caller]
	if !ok {
		if budget, ok = b.old[caller]; !ok {
			budget = rate.NewLimiter(b.rate, b.burst)
		}
		b.young[caller] = budget
	}
	return budget
}

// limits bounds what one caller can ask of this server.
type limits struct {
	requests     *budgets // by principal; nil: no limit
	accessWrites *budgets // by user; nil: no limit
	failures     *budgets // by network
	signIns      *budgets // that begin, by network
}

func newLimits(perSecond float64) limits {
	l := limits{failures: newBudgets(failuresPerSecond, failuresAtOnce), signIns: newBudgets(signInsPerSecond, signInsAtOnce)}
	if perSecond > 0 {
		l.requests = newBudgets(perSecond, max(1, int(math.Ceil(burstSeconds*perSecond))))
		l.accessWrites = newBudgets(accessWritesPerSecond, accessWritesAtOnce)
	}
	return l
}

// limit refuses a principal who asks for more than his share. An address says nothing about who asks: a whole observatory
// can have one.
func (l limits) limit(next echo.HandlerFunc) echo.HandlerFunc {
	if l.requests == nil {
		return next
	}
	return func(c echo.Context) error {
		x := exchangeOf(c.Request().Context())
		if wait := l.requests.take(callerOf(x.principal)); wait > 0 {
			return tooMany(wait, "These are more requests than one user or token may make.")
		}
		if !x.operation.writesAccess {
			return next(c)
		}
		// All tokens of a user have one budget: he makes as many as he likes.
		if wait := l.accessWrites.take(x.principal.Name); wait > 0 {
			return tooMany(wait, "These are more changes of users, tokens and preferences than one user may make.")
		}
		return next(c)
	}
}

// callerOf names whose budget a request is taken from. Each token has its own, so that one script does not stop another.
func callerOf(p auth.Principal) string {
	if p.Credential == auth.ByToken {
		return "token " + p.TokenID.String()
	}
	return string(p.Credential) + " " + p.Name
}

// failed returns the answer to a credential that was refused: the refusal itself, but for those who have had many. Who
// comes from the same address with a good one does not notice.
func (l limits) failed(address string, refusal error) error {
	if errs.KindOf(refusal) != errs.Unauthenticated {
		return refusal
	}
	if wait := l.failures.take(auth.Network(address)); wait > 0 {
		return tooMany(wait, "Too many invalid credentials have come from this address.").Because(refusal)
	}
	return refusal
}

func tooMany(wait time.Duration, detail string) *errs.Error {
	e := errs.New(errs.Unavailable, "%s", detail).Named("too-many-requests").After(wait)
	e.Status = http.StatusTooManyRequests
	return e
}
