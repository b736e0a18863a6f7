package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) visibility() *cobra.Command {
	var (
		p        client.GetVisibilityParams
		from, to timeFlag
		day      dayFlag
		night    bool
		minEl    float64
		sun      float64
		moon     float64
	)
	var c *cobra.Command
	c = a.command("visibility SOURCE [flags]", "See when a source can be observed",
		`Shows when a source, by its number or its name, can be observed and why not, over an observing day or a time; in a terminal
also its elevation. Times are UTC.`,
		`  opsctl visibility "Orion KL"
  opsctl visibility 12 --day 2026-07-15 --min-elevation 40
  opsctl visibility 12 --json | jq '.windows[] | select(.observable)'`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			if (from.at == nil) != (to.at == nil) || from.at != nil && day.day != nil {
				return misused("--from and --to go together, and without --day")
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			id, err := findSource(ctx, api, args[0])
			if err != nil {
				return err
			}
			p.From, p.To, p.Day, p.Night = from.at, to.at, day.day, nonZero(night)
			p.MinElevation, p.SunAvoidance, p.MoonAvoidance = optional(c, "min-elevation", &minEl), optional(c, "sun-avoidance", &sun), optional(c, "moon-avoidance", &moon)
			v, err := opsdb.Value[client.Visibility](api.GetVisibilityWithResponse(ctx, id, &p))
			if err != nil {
				return err
			}
			return a.show(v, func(w io.Writer) { a.showVisibility(w, v) })
		})
	c.Flags().Var(&from, "from", "the beginning")
	c.Flags().Var(&to, "to", "the end")
	c.Flags().Var(&day, "day", "the observing day; without it, the present one")
	c.Flags().BoolVar(&night, "dark", false, "only while the Sun is more than 18 degrees below the horizon")
	c.Flags().Float64Var(&minEl, "min-elevation", 0, "the lowest elevation in `degrees`; without it, the telescope's")
	c.Flags().Float64Var(&sun, "sun-avoidance", 0, "the smallest separation from the Sun in `degrees`")
	c.Flags().Float64Var(&moon, "moon-avoidance", 0, "the smallest separation from the Moon in `degrees`")
	return c
}

// findSource returns the number of a source, which may be given by its name.
func findSource(ctx context.Context, api *opsdb.Client, text string) (int32, error) {
	if _, err := strconv.Atoi(text); err == nil {
		return parseNumber("a source", text)
	}
	var similar []string
	p := client.ListSourcesParams{Q: &text}
	sources := opsdb.All(func(cursor *string) ([]client.Source, nullable.Nullable[string], error) {
		p.Cursor = cursor
		page, err := opsdb.Value[client.SourcePage](api.ListSourcesWithResponse(ctx, &p))
		return page.Items, page.NextCursor, err
	})
	for s, err := range sources {
		if err != nil {
			return 0, err
		}
		if strings.EqualFold(s.Name, text) {
			return s.ID, nil
		}
		similar = append(similar, s.Name)
	}
	switch len(similar) {
	case 0:
		return 0, fmt.Errorf("there is no source %q", text)
	case 1:
		return 0, fmt.Errorf("there is no source %q; is it %q?", text, similar[0])
	default:
		return 0, fmt.Errorf("there is no source %q; it may be one of %q", text, similar[:min(len(similar), 5)])
	}
}

func (a *app) showVisibility(w io.Writer, v client.Visibility) {
	facts(w, "source", fmt.Sprintf("%d %s", v.SourceID, v.Name), "from", clock(v.From), "to", clock(v.To), "observable", seconds(v.ObservableS),
		"elevation", fmt.Sprintf("%g to %g degrees", v.Limits.MinElevationDeg, v.Limits.MaxElevationDeg), "sun avoidance", fmt.Sprintf("%g degrees", v.Limits.SunAvoidanceDeg))
	if columns := a.width(a.out); columns > 0 {
		fmt.Fprintln(w)
		for _, line := range plot(v, columns) {
			fmt.Fprintln(w, line)
		}
	}
	fmt.Fprintln(w)
	t := newTable(w, "FROM", "TO", "LONG", "")
	for _, window := range v.Windows {
		reasons := make([]string, len(window.Reasons))
		for i, r := range window.Reasons {
			reasons[i] = strings.ReplaceAll(string(r), "_", " ")
		}
		t.row(clock(window.From), clock(window.To), seconds(window.To.Sub(window.From).Seconds()), map[bool]string{true: "observable", false: strings.Join(reasons, ", ")}[window.Observable])
	}
	t.flush()
	if len(v.Events) == 0 {
		return
	}
	fmt.Fprintln(w)
	t = newTable(w, "EVENT", "AT", "ELEVATION", "AZIMUTH")
	for _, e := range v.Events {
		t.row(string(e.Kind), clock(e.Time), fmt.Sprintf("%.1f", e.AltitudeDeg), fmt.Sprintf("%.1f", e.AzimuthDeg))
	}
	t.flush()
}

const (
	plotRows    = 10 // of 9 degrees
	plotMargin  = 3  // for the elevation on the left
	plotNarrow  = 20 // what a plot needs at least
	plotWide    = 100
	degreesARow = 90.0 / plotRows
)

// plot draws the elevation of a source against the time: # where it can be observed, . where not. Below it are the windows
// and the hours.
func plot(v client.Visibility, columns int) []string {
	columns = min(columns, plotWide) - plotMargin - 1
	if columns < plotNarrow || len(v.Track.Time) == 0 {
		return []string{cut("(too narrow for a plot)", columns+plotMargin+1)}
	}
	span := v.To.Sub(v.From)
	at := func(column int) time.Time {
		return v.From.Add(time.Duration((float64(column) + 0.5) / float64(columns) * float64(span)))
	}
	rows := make([][]byte, plotRows)
	for i := range rows {
		rows[i] = []byte(strings.Repeat(" ", columns))
	}
	windows := []byte(strings.Repeat(" ", columns))
	for x := range columns {
		mark := byte('.')
		if observable(v, at(x)) {
			mark, windows[x] = '#', '='
		}
		if y := int(elevation(v, at(x)) / degreesARow); y >= 0 && elevation(v, at(x)) >= 0 {
			rows[plotRows-1-min(y, plotRows-1)][x] = mark
		}
	}
	var lines []string
	for i, row := range rows {
		label := "  "
		if (plotRows-i)%2 == 0 {
			label = fmt.Sprintf("%2.0f", float64(plotRows-i)*degreesARow)
		}
		lines = append(lines, strings.TrimRight(label+" |"+string(row), " "))
	}
	return append(lines, " 0 +"+strings.Repeat("-", columns), strings.TrimRight("    "+string(windows), " "), "    "+hours(v.From, span, columns))
}

// hours writes the hours below a plot, as many as there is room for.
func hours(from time.Time, span time.Duration, columns int) string {
	line := []byte(strings.Repeat(" ", columns))
	step := time.Hour
	for float64(step)/float64(span)*float64(columns) < 6 {
		step *= 2
	}
	for t := from.UTC().Truncate(time.Hour).Add(time.Hour); t.Before(from.Add(span)); t = t.Add(step) {
		if x := int(float64(t.Sub(from)) / float64(span) * float64(columns)); x+5 <= columns {
			copy(line[x:], t.Format("15:04"))
		}
	}
	return strings.TrimRight(string(line), " ")
}

func observable(v client.Visibility, t time.Time) bool {
	for _, w := range v.Windows {
		if !t.Before(w.From) && t.Before(w.To) {
			return w.Observable
		}
	}
	return false
}

// elevation returns that of the time of the track which is nearest.
func elevation(v client.Visibility, t time.Time) float64 {
	i := int(t.Sub(v.From).Seconds()/float64(v.StepS) + 0.5)
	return v.Track.AltitudeDeg[min(max(i, 0), len(v.Track.AltitudeDeg)-1)]
}
