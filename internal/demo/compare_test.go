package demo

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var (
	startID, finishID, execution1 = uuid.New(), uuid.New(), uuid.New()
	orion                         = []ack{
		{Kind: "startExecutedObsUnit", Transaction: startID, Records: []record{{"executed_obs_unit", execution1, map[string]any{
			"obs_unit_id": 1., "start_time": "2026-10-01T06:13:00Z", "status": "running", "comment": "Orion A",
			"conditions": map[string]any{"pwv_mm": 0.41},
		}}}},
		{Kind: "finishExecutedObsUnit", Transaction: finishID, Records: []record{{"executed_obs_unit", execution1, map[string]any{
			"status": "completed", "end_time": "2026-10-01T06:22:00Z",
		}}}},
	}
)

// stored is what a database should have of these answers.
func stored() rows {
	return rows{
		"executed_obs_unit": {{
			"id": execution1.String(), "obs_unit_id": 1., "start_time": "2026-10-01T08:13:00+02:00", "end_time": "2026-10-01T06:22:00+00:00",
			"status": "completed", "comment": "Orion A", "conditions": map[string]any{"pwv_mm": 0.41}, "recorded_at": "2026-11-21T02:30:19Z",
		}},
		ledger: {
			{"id": startID.String(), "operation": "startExecutedObsUnit", "outcome": "applied"},
			{"id": finishID.String(), "operation": "finishExecutedObsUnit", "outcome": "applied"},
		},
	}
}

func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		change        func(rows)
		lost, doubled []string
	}{
		"all there":          {change: func(rows) {}},
		"execution lost":     {change: func(r rows) { delete(r, "executed_obs_unit") }, lost: []string{"startExecutedObsUnit", "finishExecutedObsUnit"}},
		"transaction lost":   {change: func(r rows) { r[ledger] = r[ledger][:1] }, lost: []string{"finishExecutedObsUnit"}},
		"start altered":      {change: func(r rows) { r["executed_obs_unit"][0]["comment"] = "Orion B" }, lost: []string{"startExecutedObsUnit"}},
		"nested altered":     {change: func(r rows) { r["executed_obs_unit"][0]["conditions"] = map[string]any{"pwv_mm": 0.42} }, lost: []string{"startExecutedObsUnit"}},
		"finish undone":      {change: func(r rows) { r["executed_obs_unit"][0]["status"] = "running" }, lost: []string{"finishExecutedObsUnit"}},
		"end a moment later": {change: func(r rows) { r["executed_obs_unit"][0]["end_time"] = "2026-10-01T06:22:00.000001Z" }, lost: []string{"finishExecutedObsUnit"}},
		"end lost":           {change: func(r rows) { r["executed_obs_unit"][0]["end_time"] = nil }, lost: []string{"finishExecutedObsUnit"}},
		"discarded":          {change: func(r rows) { r[ledger][0]["outcome"] = "discarded" }, lost: []string{"startExecutedObsUnit"}},
		"doubled under another id": {
			change: func(r rows) {
				r["executed_obs_unit"] = append(r["executed_obs_unit"], map[string]any{"id": uuid.Nil.String()})
			},
			doubled: []string{"executed_obs_unit " + uuid.Nil.String() + " was never acknowledged"},
		},
		"doubled as it is": {
			change:  func(r rows) { r[ledger] = append(r[ledger], r[ledger][1]) },
			doubled: []string{"buffered_transaction " + finishID.String() + " is there twice"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			found := stored()
			test.change(found)
			c := compare(orion, found)
			lost := slices.Clone(c.Lost)
			for i := range lost {
				lost[i], _, _ = strings.Cut(lost[i], " ")
			}
			if diff := cmp.Diff(test.lost, lost); diff != "" {
				t.Errorf("lost:\n%s\n%q", diff, c.Lost)
			}
			if diff := cmp.Diff(test.doubled, c.Doubled); diff != "" {
				t.Errorf("doubled:\n%s", diff)
			}
			if c.Present != len(orion)-len(test.lost) || c.Records != 3 {
				t.Errorf("%d present, %d records compared", c.Present, c.Records)
			}
		})
	}
}

func TestAReportJudges(t *testing.T) {
	there := comparison{Present: 400}
	same := []observed{{cologne: seen{files: 1}, observatory: seen{files: 1}}}
	for name, test := range map[string]struct {
		all           []observed
		main, replica comparison
		report        Report
		ok            bool
	}{
		"all well":            {same, there, there, Report{Acknowledged: 400}, true},
		"one lost in main":    {same, comparison{Present: 399, Lost: []string{"x"}}, there, Report{Acknowledged: 400}, false},
		"one lost in replica": {same, there, comparison{Present: 399, Lost: []string{"x"}}, Report{Acknowledged: 400}, false},
		"one doubled":         {same, there, comparison{Present: 400, Doubled: []string{"x"}}, Report{Acknowledged: 400}, false},
		"one parked":          {same, there, there, Report{Acknowledged: 400, Parked: 1}, false},
		"too few":             {same, comparison{Present: 300}, comparison{Present: 300}, Report{Acknowledged: 300}, false},
		"sites differ":        {[]observed{{cologne: seen{files: 1}}}, there, there, Report{Acknowledged: 400}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := test.report
			r.judge(test.all, test.main, test.replica)
			if r.OK != test.ok || (r.failure() == nil) != test.ok {
				t.Errorf("ok is %t (%v), want %t", r.OK, r.failure(), test.ok)
			}
		})
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	for _, test := range []struct {
		values []int
		p      int
		want   int
	}{
		{nil, 50, 0},
		{[]int{7}, 50, 7},
		{[]int{7}, 99, 7},
		{[]int{7}, 0, 7},
		{[]int{1, 2}, 50, 1},
		{[]int{1, 2}, 51, 2},
		{[]int{1, 2, 3}, 50, 2},
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred[:99], 99, 99},
		{hundred[:10], 99, 10},
	} {
		if got := percentile(test.values, test.p); got != test.want {
			t.Errorf("percentile %d of %d values is %d, want %d", test.p, len(test.values), got, test.want)
		}
	}
}

func TestAnswersAreReadAsTheyWereWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), acksName)
	file, err := createAckFile(path)
	must(t, err)
	for i, a := range orion {
		must(t, file.add(a, time.Duration(i+1)*time.Millisecond))
	}
	if count, p50, p99 := file.figures(); count != 2 || p50 != time.Millisecond || p99 != 2*time.Millisecond {
		t.Errorf("%d answers, p50 %s, p99 %s", count, p50, p99)
	}
	must(t, file.close())
	read, err := readAcks(path)
	must(t, err)
	if diff := cmp.Diff(orion, read); diff != "" {
		t.Error(diff)
	}
}
