package main

import (
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/gen/client"
)

func TestVisibility(t *testing.T) {
	s := at(t, observatory)
	s.columns, s.rows = 80, 24
	shown := s.ok("visibility", "orion kl", "--day", "2026-11-26")
	for _, text := range []string{"Orion KL", "below elevation limit", "observable", "transit", "9h22m40s", "90 |", " 0 +---", "====", "####", "23:00"} {
		if !strings.Contains(shown, text) {
			t.Errorf("no %q in\n%s", text, shown)
		}
	}
	s.run("visibility", "orion").exits(exitFailed).says("Orion A")
	s.run("visibility", "nowhere at all").exits(exitFailed).says("no source")
	s.run("visibility", "999999").exits(exitFailed).says("404")
	v := decode[client.Visibility](t, s.ok("visibility", "Orion KL", "--from", "2026-11-26T00:00:00Z", "--to", "2026-11-27T00:00:00Z", "--min-elevation", "40", "--dark", "--json"))
	if v.Limits.MinElevationDeg != 40 || !v.Limits.Night {
		t.Errorf("%+v", v.Limits)
	}
	// What is drawn as observable is so, in every column.
	for columns := range 130 {
		picture := plot(v, columns)
		for _, line := range picture {
			if len([]rune(line)) > columns {
				t.Fatalf("%d columns: %q", columns, line)
			}
		}
		if columns < plotNarrow+plotMargin+1 {
			continue
		}
		inside := min(columns, plotWide) - plotMargin - 1
		windows := picture[len(picture)-2]
		hours := float64(strings.Count(windows, "=")) / float64(inside) * 24
		if diff := hours - v.ObservableS/3600; diff > 48/float64(inside) || diff < -48/float64(inside) {
			t.Errorf("%d columns show %.2f hours instead of %.2f", columns, hours, v.ObservableS/3600)
		}
	}
}
