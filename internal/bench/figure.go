package bench

import (
	"fmt"
	"io"
	"strconv"
)

// Figure is one measured value.
type Figure struct {
	Name     string  `json:"name"`
	Unit     string  `json:"unit"`
	Value    float64 `json:"value"`
	RawLimit float64 `json:"raw_limit"` // what the machine does without the system, in the same unit
	Ratio    float64 `json:"ratio"`     // Value / RawLimit; 0 when the limit is too small to be measured
}

func figure(name, unit string, value, limit float64) Figure {
	f := Figure{Name: name, Unit: unit, Value: rounded(value), RawLimit: rounded(limit)}
	if f.RawLimit != 0 {
		f.Ratio = rounded(value / limit)
	}
	return f
}

// rounded keeps four digits; more would be noise.
func rounded(f float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 4, 64), 64)
	if err != nil {
		return f
	}
	return short
}

// table prints figures one by one, as they come.
type table struct{ out io.Writer }

func (t table) head() { t.line("figure", "unit", "value", "raw limit", "ratio") }

func (t table) add(f Figure) {
	t.line(f.Name, f.Unit, number(f.Value), number(f.RawLimit), number(f.Ratio))
}

func (t table) line(name, unit, value, limit, ratio string) {
	fmt.Fprintf(t.out, "%-36s %-6s %10s %10s %8s\n", name, unit, value, limit, ratio)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
