package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	reportName = "demo.json"
	acksName   = "demo-acks.jsonl"
	// enough is how many writes a night must have for its result to mean something.
	enough = 300
)

// Report is the result of a night, as it is written to demo.json. Lost and Doubled come from comparing the client's own
// file of answers with both databases.
type Report struct {
	Acknowledged int     `json:"acknowledged"` // writes
	Committed    int     `json:"committed"`    // of them: in the main database with all their content
	Replicated   int     `json:"replicated"`   // of them: in the replica with all their content
	Lost         int     `json:"lost"`         // of them: missing or different in either
	Doubled      int     `json:"doubled"`      // records that nobody was told of or that are there twice, in either
	AckP50       float64 `json:"ack_ms_p50"`
	AckP99       float64 `json:"ack_ms_p99"`
	Outage       float64 `json:"outage_s"`
	Drain        float64 `json:"drain_s"` // from healing until all that was acknowledged before is replicated
	Records      int     `json:"records"` // compared, in each database
	Values       int     `json:"values"`  // compared, in each database
	SentAgain    int64   `json:"sent_again"`
	Known        int64   `json:"known"` // requests sent again that had been accepted the first time
	Parked       int     `json:"parked"`
	Seconds      float64 `json:"seconds"` // from the start of the lab to the result
	OK           bool    `json:"ok"`

	details []string
}

// judge fills in what the two sites show and what the comparisons of the answers with their databases found.
func (r *Report) judge(all []observed, main, replica comparison) {
	r.Committed, r.Replicated = main.Present, replica.Present
	r.Lost = max(len(main.Lost), len(replica.Lost))
	r.Doubled = max(len(main.Doubled), len(replica.Doubled))
	r.Records, r.Values = main.Records, main.Fields
	for site, c := range map[string]comparison{"main database": main, "replica": replica} {
		for _, found := range append(c.Lost, c.Doubled...) {
			r.details = append(r.details, site+": "+found)
		}
	}
	for _, o := range all {
		if o.cologne != o.observatory {
			r.details = append(r.details, fmt.Sprintf("%s: cologne shows %+v, the observatory %+v", o.observation.Title, o.cologne, o.observatory))
		}
	}
	r.OK = len(r.details) == 0 && r.Lost == 0 && r.Doubled == 0 && r.Parked == 0 && r.Committed == r.Acknowledged && r.Replicated == r.Acknowledged &&
		r.Acknowledged > enough
}

// failure returns why the night did not go well; nil when it did.
func (r Report) failure() error {
	if r.OK {
		return nil
	}
	failures := []error{fmt.Errorf("%d acknowledged, %d committed, %d replicated, %d parked: %d lost, %d doubled",
		r.Acknowledged, r.Committed, r.Replicated, r.Parked, r.Lost, r.Doubled)}
	if r.Acknowledged <= enough {
		failures = append(failures, fmt.Errorf("more than %d acknowledged writes were expected", enough))
	}
	for _, detail := range r.details {
		failures = append(failures, errors.New(detail))
	}
	return errors.Join(failures...)
}

// write writes the report into a directory.
func (r Report) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, reportName), append(text, '\n'), 0o644)
}

// verdict says what came of the night, the result at the end.
func (r Report) verdict(dir string) []line {
	var lines []line
	for _, fact := range [][2]string{
		{"acknowledged", fmt.Sprintf("%d writes; %d in the main database, %d in the replica", r.Acknowledged, r.Committed, r.Replicated)},
		{"compared", fmt.Sprintf("%d values of %d records, with each database", r.Values, r.Records)},
		{"link", fmt.Sprintf("cut for %.1f s; caught up %.1f s after it healed", r.Outage, r.Drain)},
		{"answers", fmt.Sprintf("within %.1f ms (p50), %.1f ms (p99)", r.AckP50, r.AckP99)},
		{"sent again", fmt.Sprintf("%d requests, %d of which had been accepted before", r.SentAgain, r.Known)},
		{"files", filepath.Join(dir, acksName) + ", " + filepath.Join(dir, reportName)},
		{"time", fmt.Sprintf("%.0f s in all", r.Seconds)},
	} {
		var l line
		l.add(dim, "%s%-14s", margin, fact[0])
		l.add("", "%s", fact[1])
		lines = append(lines, l)
	}
	result := style("1;32")
	if !r.OK {
		result = "1;31"
	}
	var l line
	l.add(result, "%s%d lost, %d doubled", margin, r.Lost, r.Doubled)
	return append(lines, line{}, l)
}

func inMilliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// inSeconds leaves out what is not worth telling.
func inSeconds(d time.Duration) float64 { return d.Round(10 * time.Millisecond).Seconds() }
