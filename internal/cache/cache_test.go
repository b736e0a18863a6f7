package cache_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
)

const area cache.Area = "sky"

func open(t *testing.T, redis *redistest.Redis) (*cache.Cache, *cache.Board, *redisclient.Client) {
	t.Helper()
	client := redisclient.New(redisclient.Options{Address: redis.Address()})
	t.Cleanup(client.Close)
	return cache.New(client, "here", slog.New(slog.NewTextHandler(t.Output(), nil))), cache.NewBoard(client, "here"), client
}

func text(value string, fresh time.Duration) cache.Made {
	return cache.Made{Value: []byte(value), Fresh: fresh, Keep: time.Hour}
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	for began := time.Now(); !ask(); {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestManyAskAndOneMakes(t *testing.T) {
	redis := redistest.New(t)
	one, _, _ := open(t, redis)
	other, _, _ := open(t, redis)
	const askers = 20
	var made atomic.Int32
	var asking sync.WaitGroup
	asking.Add(askers)
	ask := func(c *cache.Cache) {
		found, err := c.Do(t.Context(), area, "key", func(context.Context) (cache.Made, error) {
			asking.Wait()
			return text(fmt.Sprint("made ", made.Add(1)), time.Hour), nil
		})
		if err != nil || string(found.Value) != "made 1" || found.Stale || time.Since(found.MadeAt) > time.Minute {
			t.Errorf("%+v %v", found, err)
		}
	}
	var group sync.WaitGroup
	for range askers {
		group.Go(func() {
			asking.Done()
			ask(one)
		})
	}
	group.Wait()
	ask(other)
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

func TestWhatIsInvalidIsMadeAgain(t *testing.T) {
	c, _, _ := open(t, redistest.New(t))
	made := 0
	ask := func() string {
		found, err := c.Do(t.Context(), area, "key", func(context.Context) (cache.Made, error) {
			made++
			return text(fmt.Sprint(made), time.Hour), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(found.Value)
	}
	look := c.Look(t.Context(), area, "late")
	for range 2 {
		if got := ask(); got != "1" {
			t.Errorf("it is not kept: %s", got)
		}
	}
	if err := c.Invalidate(t.Context(), area); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != "2" {
		t.Errorf("after the invalidation: %s", got)
	}
	// What was begun before the area became invalid is not kept.
	look.Put(t.Context(), map[string]cache.Made{"late": text("old", time.Hour)})
	if found, ok := c.Look(t.Context(), area, "late").Found("late"); ok {
		t.Errorf("kept: %s", found.Value)
	}
	if found, ok := c.Look(t.Context(), "another", "key").Found("key"); ok {
		t.Errorf("another area has %s", found.Value)
	}
}

func TestStaleIsBetterThanNothing(t *testing.T) {
	c, _, _ := open(t, redistest.New(t))
	refusal := errs.New(errs.Unavailable, "nobody answers")
	ask := func(m cache.Made, err error) (cache.Found, error) {
		return c.Do(t.Context(), area, "key", func(context.Context) (cache.Made, error) { return m, err })
	}
	if _, err := ask(cache.Made{}, refusal); !errors.Is(err, refusal) {
		t.Errorf("nothing is kept: %v", err)
	}
	if _, err := ask(text("first", -time.Second), nil); err != nil {
		t.Fatal(err)
	}
	if found, err := ask(cache.Made{}, refusal); err != nil || !found.Stale || string(found.Value) != "first" {
		t.Errorf("%+v %v", found, err)
	}
	if _, err := ask(cache.Made{}, errs.New(errs.Invalid, "no")); errs.KindOf(err) != errs.Invalid {
		t.Errorf("another error: %v", err)
	}
	if found, err := ask(text("second", time.Hour), nil); err != nil || found.Stale || string(found.Value) != "second" {
		t.Errorf("%+v %v", found, err)
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	redis := redistest.New(t)
	c, _, client := open(t, redis)
	c.Bounded(50_000)
	keys := make([]string, 300)
	look := c.Look(t.Context(), area)
	for i := range keys {
		keys[i] = fmt.Sprint("key ", i)
		look.Put(t.Context(), map[string]cache.Made{keys[i]: {Value: bytes.Repeat([]byte("x"), 1000), Fresh: time.Duration(i+1) * time.Minute}})
	}
	found, kept := c.Look(t.Context(), area, keys...), 0
	for i, key := range keys {
		if _, ok := found.Found(key); ok {
			kept++
		} else if i > 280 {
			t.Errorf("%s is gone, which would have lived longest", key)
		}
	}
	if kept < 20 || kept > 50 {
		t.Errorf("%d of 300 are kept", kept)
	}
	look.Put(t.Context(), map[string]cache.Made{"huge": {Value: make([]byte, 3<<20), Fresh: time.Hour}})
	if _, ok := c.Look(t.Context(), area, "huge").Found("huge"); ok {
		t.Error("a huge value is kept")
	}
	// What has expired is taken off the books.
	look.Put(t.Context(), map[string]cache.Made{"short": {Value: []byte("x"), Fresh: time.Millisecond}})
	eventually(t, "it expires", func() bool {
		_, ok := c.Look(t.Context(), area, "short").Found("short")
		return !ok
	})
	look.Put(t.Context(), map[string]cache.Made{"next": {Value: []byte("x"), Fresh: time.Hour}})
	raw, err := client.Get()
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := raw.Do(t.Context(), raw.B().Hgetall().Key("site:here:cache_sizes").Build()).AsIntMap()
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for name, size := range sizes {
		if name != "" {
			sum += size
		}
	}
	members, err := raw.Do(t.Context(), raw.B().Zcard().Key("site:here:cache_index").Build()).AsInt64()
	if err != nil {
		t.Fatal(err)
	}
	if sum != sizes[""] || sum > 50_000 || int(members) != len(sizes)-1 {
		t.Errorf("the sum of %d is said to be %d; %d in the index, %d with a size", sum, sizes[""], members, len(sizes)-1)
	}
}

func TestWithoutRedisEverythingIsMade(t *testing.T) {
	redis := redistest.New(t)
	c, board, _ := open(t, redis)
	redis.Kill()
	for range 2 {
		found, err := c.Do(t.Context(), area, "key", func(context.Context) (cache.Made, error) { return text("made", time.Hour), nil })
		if err != nil || string(found.Value) != "made" {
			t.Errorf("%+v %v", found, err)
		}
	}
	if err := c.Invalidate(t.Context(), area); err == nil {
		t.Error("nothing says that it is not invalid")
	}
	if _, err := board.Read(t.Context(), "note"); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("the board: %v", err)
	}
	redis.Start()
	if found, ok := c.Look(t.Context(), area, "key").Found("key"); ok {
		t.Errorf("kept: %s", found.Value)
	}
}

func TestClaims(t *testing.T) {
	_, board, _ := open(t, redistest.New(t))
	ctx := t.Context()
	check := func(what string, got bool, err error, want bool) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", what, got, err, want)
		}
	}
	ok, err := board.Claim(ctx, "work", "a", time.Minute)
	check("a claims", ok, err, true)
	ok, err = board.Claim(ctx, "work", "b", time.Minute)
	check("b claims", ok, err, false)
	ok, err = board.Renew(ctx, "work", "b", time.Minute)
	check("b renews", ok, err, false)
	ok, err = board.Renew(ctx, "work", "a", time.Minute)
	check("a renews", ok, err, true)
	if err := board.Release(ctx, "work", "b"); err != nil {
		t.Error(err)
	}
	ok, err = board.Claim(ctx, "work", "b", time.Minute)
	check("b claims after releasing what it does not hold", ok, err, false)
	if err := board.Release(ctx, "work", "a"); err != nil {
		t.Error(err)
	}
	ok, err = board.Claim(ctx, "work", "b", 10*time.Millisecond)
	check("b claims what is free", ok, err, true)
	eventually(t, "a claims what has expired", func() bool {
		ok, err := board.Claim(ctx, "work", "a", time.Minute)
		return ok && err == nil
	})
	if err := board.Post(ctx, "note", []byte("text"), time.Minute); err != nil {
		t.Error(err)
	}
	if note, err := board.Read(ctx, "note"); err != nil || string(note) != "text" {
		t.Errorf("%s %v", note, err)
	}
	if note, err := board.Read(ctx, "none"); err != nil || note != nil {
		t.Errorf("%s %v", note, err)
	}
}
