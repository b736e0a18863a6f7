package redistest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/redistest"
)

func connect(t *testing.T, r *redistest.Redis) rueidis.Client {
	t.Helper()
	client, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress: []string{r.Address()}, ForceSingleClient: true, DisableCache: true, DisableRetry: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	r := redistest.New(t)
	client := connect(t, r)
	if err := client.Do(t.Context(), client.B().Set().Key("kept").Value("yes").Build()).Error(); err != nil {
		t.Fatal(err)
	}
	address := r.Address()
	r.Restart()
	if r.Address() != address {
		t.Errorf("moved from %s to %s", address, r.Address())
	}
	client = connect(t, r)
	if got, err := client.Do(t.Context(), client.B().Get().Key("kept").Build()).ToString(); err != nil || got != "yes" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPausedServerHangs(t *testing.T) {
	r := redistest.New(t, "maxmemory", "50mb")
	client := connect(t, r)
	r.Pause()
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := client.Do(brief, client.B().Ping().Build()).Error(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	r.Continue()
	limit, err := client.Do(t.Context(), client.B().ConfigGet().Parameter("maxmemory").Build()).AsStrMap()
	if err != nil || limit["maxmemory"] != "52428800" {
		t.Errorf("got %v, %v", limit, err)
	}
}
