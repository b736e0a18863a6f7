package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/lab/fakeresolver"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/resolver"
)

func open(t *testing.T) (*resolver.Resolver, *fakeresolver.Server) {
	t.Helper()
	fake, err := fakeresolver.Start(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fake.Close(); err != nil {
			t.Error(err)
		}
	})
	client := redisclient.New(redisclient.Options{Address: redistest.New(t).Address()})
	t.Cleanup(client.Close)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return resolver.New(resolver.Config{SesameURL: fake.SesameURL(), NEDURL: fake.NEDURL()}, cache.New(client, "here", log), log), fake
}

func TestServicesAreAskedInTurnAndOnce(t *testing.T) {
	r, fake := open(t)
	var group sync.WaitGroup
	for _, name := range []string{"M 42", "m42", "M42", " m  42"} {
		group.Go(func() {
			a, err := r.Resolve(t.Context(), name)
			if err != nil || a.Service != resolver.Sesame || a.Name != "M 42" || a.Type != "HII" || math.Abs(a.RA-83.8220833) > 1e-9 ||
				math.Abs(a.Dec+5.3911111) > 1e-9 || a.MotionRA != 1.67 || a.MotionDec != -0.3 || a.Stale || time.Since(a.At) > time.Minute {
				t.Errorf("%q: %+v %v", name, a, err)
			}
		})
	}
	group.Wait()
	if asked := fake.Asked(); asked["sesame"] != 1 || asked["ned"] != 0 {
		t.Errorf("asked: %v", asked)
	}
	// What only NED knows.
	if a, err := r.Resolve(t.Context(), "WISEA J123456"); err != nil || a.Service != resolver.NED || a.RA != 188.736583 {
		t.Errorf("%+v %v", a, err)
	}
	if asked := fake.Asked(); asked["sesame"] != 2 || asked["ned"] != 1 {
		t.Errorf("asked: %v", asked)
	}
}

func TestWhatNobodyKnowsIsRememberedForAWhile(t *testing.T) {
	r, fake := open(t)
	for range 3 {
		if _, err := r.Resolve(t.Context(), "Nibiru & <others>?"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
	}
	if asked := fake.Asked(); asked["sesame"] != 1 || asked["ned"] != 1 {
		t.Errorf("asked: %v", asked)
	}
}

// However many names are asked for, the services are asked no faster than they allow; what is kept is answered all the same.
func TestServicesAreNotAskedTooOften(t *testing.T) {
	r, fake := open(t)
	if _, err := r.Resolve(t.Context(), "M 42"); err != nil {
		t.Fatal(err)
	}
	r.Hurry(100 * time.Millisecond)
	began, refused := time.Now(), 0
	for i := range 100 {
		_, err := r.Resolve(t.Context(), fmt.Sprint("Nibiru ", i))
		var e *errs.Error
		switch {
		case errors.As(err, &e) && e.Status == http.StatusTooManyRequests && e.RetryAfter > 0:
			refused++
		case errs.KindOf(err) != errs.NotFound:
			t.Errorf("%v", err)
		}
	}
	allowed := 10 + int(2*time.Since(began).Seconds()) + 1
	if asked := fake.Asked()["sesame"]; asked > allowed || refused != 101-asked {
		t.Errorf("%d were asked, %d may be, %d were refused", asked, allowed, refused)
	}
	if a, err := r.Resolve(t.Context(), "m42"); err != nil || a.Name != "M 42" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestOneServiceIsEnough(t *testing.T) {
	for _, how := range []fakeresolver.How{fakeresolver.Down, fakeresolver.Nonsense} {
		r, fake := open(t)
		fake.Fail("sesame", how)
		if a, err := r.Resolve(t.Context(), "M31"); err != nil || a.Service != resolver.NED {
			t.Errorf("%s: %+v %v", how, a, err)
		}
		// NED alone cannot say that there is no such object, and that is not remembered.
		if _, err := r.Resolve(t.Context(), "Proxima Cen"); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s: %v", how, err)
		}
		fake.Heal()
		if a, err := r.Resolve(t.Context(), "Proxima Cen"); err != nil || a.MotionRA != -3781.741 {
			t.Errorf("%s: %+v %v", how, a, err)
		}
		fake.Fail("sesame", how)
		fake.Fail("ned", how)
		if _, err := r.Resolve(t.Context(), "NGC 253"); errs.KindOf(err) != errs.Unavailable {
			t.Errorf("%s: %v", how, err)
		}
		if a, err := r.Resolve(t.Context(), "M31"); err != nil || a.Stale {
			t.Errorf("what is kept: %+v %v", a, err)
		}
	}
}

// A service that never answers is given up, and so is a long wait by who asked.
func TestSilenceIsNotAwaitedForLong(t *testing.T) {
	r, fake := open(t)
	r.Hurry(50 * time.Millisecond)
	fake.Fail("sesame", fakeresolver.Swallow)
	if a, err := r.Resolve(t.Context(), "M31"); err != nil || a.Service != resolver.NED {
		t.Errorf("%+v %v", a, err)
	}
	fake.Fail("ned", fakeresolver.Swallow)
	if _, err := r.Resolve(t.Context(), "M42"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("%v", err)
	}
	r.Hurry(300 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := r.Resolve(ctx, "NGC253"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	// The question goes on for others, who share its end.
	if _, err := r.Resolve(t.Context(), "NGC253"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("%v", err)
	}
}
