package visibility_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

func open(t testing.TB) *visibility.Planner {
	t.Helper()
	client := redisclient.New(redisclient.Options{Address: redistest.New(t).Address()})
	t.Cleanup(client.Close)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return visibility.New(sky.FYST, cache.New(client, "here", log), cache.NewBoard(client, "here"), log)
}

// Whatever days are asked for, together with whatever other targets, and whether or not they are kept: a slot is what the
// sky says of its middle.
func TestDaysAreThoseOfTheSky(t *testing.T) {
	p := open(t)
	targets := []sky.Target{sky.Fixed{RA: 84, Dec: -6}, sky.Fixed{RA: 266.4168, Dec: -29.0078}, sky.Mars, sky.Moon, sky.ConstantElevation{Azimuth: 90, Elevation: 40}}
	begin := time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)
	want := make([][]bool, len(targets))
	const all = 40
	from := sky.DayBegin(begin).Add(visibility.Slot / 2)
	grid, err := sky.NewGrid(sky.FYST, from, from.Add((all*time.Duration(visibility.SlotsPerDay)-1)*visibility.Slot), visibility.Slot)
	if err != nil {
		t.Fatal(err)
	}
	for i, target := range targets {
		want[i] = grid.Observable(target, sky.FYSTLimits)
	}
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.IntRange(0, all-1).Draw(rt, "first")
		days := rapid.IntRange(1, all-first).Draw(rt, "days")
		chosen := rapid.SliceOfN(rapid.IntRange(0, len(targets)-1), 0, 4).Draw(rt, "targets")
		some := make([]sky.Target, len(chosen))
		for i, n := range chosen {
			some[i] = targets[n]
		}
		rows, err := p.Days(t.Context(), "ada", some, begin.AddDate(0, 0, first), days, sky.FYSTLimits)
		if err != nil || len(rows) != len(some) {
			rt.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, n := range chosen {
			expected := want[n][first*visibility.SlotsPerDay : (first+days)*visibility.SlotsPerDay]
			// A planet is interpolated between other times in a month than in forty days: at a border one slot may differ.
			differ := 0
			for j := range expected {
				if len(rows[i]) != len(expected) || rows[i][j] != expected[j] {
					differ++
				}
			}
			if differ > 1 {
				rt.Fatalf("%v: %d of %d slots differ", targets[n], differ, len(expected))
			}
		}
	})
}

// Nobody keeps a processor busy with days that nobody waits for any more.
func TestDaysThatNobodyWaitsForAreNotComputed(t *testing.T) {
	p := open(t)
	year := func(ctx context.Context, days int) error {
		_, err := p.Days(ctx, "ada", []sky.Target{sky.Mars}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), days, sky.FYSTLimits)
		return err
	}
	if err := year(t.Context(), 1); err != nil { // which also connects to Redis
		t.Fatal(err)
	}
	var ends []func()
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		end, err := p.Turn(t.Context(), "otto")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	before := goleak.IgnoreCurrent()
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- year(ctx, 365) }()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// All turns are taken: what still waits for one waits for ever.
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	for _, end := range ends {
		end()
	}
}

// Only so many years are held in memory at once, whoever asks for how many.
func TestHeatmapsWaitForEachOther(t *testing.T) {
	p := open(t)
	end, err := p.Turn(t.Context(), "otto")
	if err != nil {
		t.Fatal(err)
	}
	const asked = 20
	got := make(chan error, asked)
	for i := range asked {
		limits := sky.FYSTLimits
		limits.SunAvoidance += float64(i)
		go func() {
			_, err := p.Days(t.Context(), "ada", []sky.Target{sky.Mars}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 1, limits)
			got <- err
		}()
	}
	for visibility.Waiting(p) != asked-visibility.MapsAtOnce {
		runtime.Gosched()
	}
	end()
	for range asked {
		if err := <-got; err != nil {
			t.Error(err)
		}
	}
}

// Who asks for other days, or by other limits, is not given what others wait for.
func TestOnlyTheSameDaysAreShared(t *testing.T) {
	p := open(t)
	var ends []func()
	for range max(1, runtime.GOMAXPROCS(0)/2) {
		end, err := p.Turn(t.Context(), "otto")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	// Written one after the other, the number of days and the lowest elevation are the same digits.
	asked := map[int]float64{3: 20, 32: 0}
	type answer struct {
		days, slots int
		err         error
	}
	got := make(chan answer, len(asked))
	for days, low := range asked {
		limits := sky.FYSTLimits
		limits.MinElevation = low
		before := visibility.Flying(p)
		go func() {
			rows, err := p.Days(t.Context(), "ada", []sky.Target{sky.Mars}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), days, limits)
			got <- answer{days, len(slices.Concat(rows...)), err}
		}()
		for deadline := time.Now().Add(time.Second); visibility.Flying(p) == before && time.Now().Before(deadline); {
			runtime.Gosched()
		}
	}
	for _, end := range ends {
		end()
	}
	for range asked {
		if a := <-got; a.err != nil || a.slots != a.days*visibility.SlotsPerDay {
			t.Errorf("%d days: %d slots, %v", a.days, a.slots, a.err)
		}
	}
}

func TestHours(t *testing.T) {
	slots := make([]bool, 2*visibility.SlotsPerDay)
	for i := range 9 {
		slots[visibility.SlotsPerDay+i] = true
	}
	if days := visibility.Hours(slots, visibility.SlotsPerDay); !slices.Equal(days, []float64{0, 1.5}) {
		t.Errorf("%v", days)
	}
	if hours := visibility.Hours(slots, visibility.SlotsPerHour); len(hours) != 48 || hours[24] != 1 || hours[25] != 0.5 || hours[26] != 0 {
		t.Errorf("%v", hours)
	}
}

// A year of a heat map that nobody has asked for before, for a source and for a planet.
func BenchmarkAYearThatIsNotKept(b *testing.B) {
	p := open(b)
	for name, target := range map[string]sky.Target{
		"fixed":  sky.Fixed{RA: 84, Dec: -6},
		"planet": sky.Mars,
	} {
		b.Run(name, func(b *testing.B) {
			limits := sky.FYSTLimits
			for b.Loop() {
				limits.SunAvoidance += 1e-6 // other limits, other keys
				if _, err := p.Days(b.Context(), "ada", []sky.Target{target}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 365, limits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
