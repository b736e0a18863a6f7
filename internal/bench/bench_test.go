package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ccatobs/opsdb/internal/bench"
	"github.com/ccatobs/opsdb/internal/serve"
)

// TestMain makes the test program what the bench starts: an API, a load generator, a program that ends at once.
func TestMain(m *testing.M) {
	var err error
	switch strings.Join(os.Args[1:], " ") {
	case "serve":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		err = serve.Run(ctx, os.Environ(), os.Stderr)
		stop()
	case "bench -load":
		err = bench.Load(os.Stdin, os.Stdout)
	case "version":
	default:
		goleak.VerifyTestMain(m)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// required are the figures that others rely on.
var required = []string{
	"post_p50_ms_c32", "post_p99_ms_c32", "post_rps_c32", "post_p99_ms_c32_link_cut", "drain_tps_local", "drain_tps_230ms",
	"replicated_delay_ms_p99", "merged_list_p99_ms_100000", "rss_mb_100000", "redis_mb_100000", "start_ms", "auth_token_us",
	"auth_session_us", "ws_p99_ms_1000",
}

func TestEveryFigureIsMeasured(t *testing.T) {
	var table strings.Builder
	figures, err := bench.Run(t.Context(), bench.Options{Brief: true}, &table)
	if err != nil {
		t.Fatalf("%v\n%s", err, &table)
	}
	text, err := json.Marshal(figures)
	if err != nil {
		t.Fatal(err)
	}
	var read []map[string]any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range read {
		name, ok := f["name"].(string)
		if !ok || len(f) != 5 || f["unit"] == "" {
			t.Errorf("%v is no figure", f)
		}
		names = append(names, name)
		for _, field := range []string{"value", "raw_limit", "ratio"} {
			if n, ok := f[field].(float64); !ok || n < 0 || math.IsInf(n, 0) {
				t.Errorf("%s of %s is %v", field, name, f[field])
			}
		}
		if !strings.Contains(table.String(), "\n"+name+" ") {
			t.Errorf("the table has no line for %s:\n%s", name, &table)
		}
	}
	if diff := cmp.Diff(bench.Names(), names); diff != "" {
		t.Error(diff)
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestOnlyWhatIsAskedForIsMeasured(t *testing.T) {
	figures, err := bench.Run(t.Context(), bench.Options{Brief: true, Only: []string{"start_ms"}}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if len(figures) != 1 || figures[0].Name != "start_ms" {
		t.Errorf("measured %v", figures)
	}
	if _, err := bench.Run(t.Context(), bench.Options{Only: []string{"start_s"}}, t.Output()); !errors.Is(err, bench.ErrUnknown) {
		t.Errorf("a figure that there is not: %v", err)
	}
}
