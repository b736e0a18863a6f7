package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

func (a *app) buffer() *cobra.Command {
	return a.command("buffer", "Show how many writes are on their way", "Shows the figures of the site's buffer.", `  opsctl buffer
  opsctl buffer --json | jq .pending_transactions`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			s, err := opsdb.Value[client.BufferStats](api.GetBufferStatsWithResponse(ctx))
			if err != nil {
				return err
			}
			return a.show(s, func(w io.Writer) { showBuffer(w, s) })
		})
}

func showBuffer(w io.Writer, s client.BufferStats) {
	facts(w,
		"pending", since(number(s.PendingTransactions), s.OldestUnappliedSeconds),
		"retrying", number(s.Retrying),
		"parked", number(s.FailedTransactions),
		"blocked", number(s.Blocked),
		"unreplicated", since(number(s.Unreplicated), s.OldestUnreplicatedSeconds),
		"executed", number(s.Processed),
		"rate", fmt.Sprintf("%.1f a second", s.ProcessingRate),
		"backlog ends in", secondsOf(s.ETASeconds),
		"executor", strings.TrimSuffix(s.Executor+": "+deref(s.ExecutorDetail), ": "),
		"alarm", s.Alarm,
		"replica lags by", size(s.LagBytes),
		"memory", size(s.RedisUsedBytes)+" of "+size(s.RedisMaxBytes),
		"full in", daysOf(s.DaysLeft),
	)
}

func daysOf(days *float64) string {
	if days == nil {
		return ""
	}
	return fmt.Sprintf("%.1f days", *days)
}

func since(count string, oldest *float64) string {
	if oldest == nil {
		return count
	}
	return count + ", the oldest for " + seconds(*oldest)
}

// lagReport says how far a site is from the main database, both ways.
type lagReport struct {
	Site                      string     `json:"site"`
	SiteType                  string     `json:"site_type"`
	AsOf                      *time.Time `json:"as_of,omitempty"` // what is read here is as of
	AgeSeconds                *float64   `json:"age_seconds,omitempty"`
	Fresh                     bool       `json:"fresh"`
	Lagging                   bool       `json:"lagging"` // replication takes too long
	LagBytes                  int64      `json:"lag_bytes"`
	MainReachable             bool       `json:"main_reachable"`
	MainUnreachableSince      *time.Time `json:"main_unreachable_since,omitempty"`
	Unapplied                 int        `json:"unapplied"` // writes of this site
	OldestUnappliedSeconds    *float64   `json:"oldest_unapplied_seconds,omitempty"`
	Unreplicated              int        `json:"unreplicated"`
	OldestUnreplicatedSeconds *float64   `json:"oldest_unreplicated_seconds,omitempty"`
	Parked                    int        `json:"parked"`
}

func lagOf(h client.Health) lagReport {
	b := h.TransactionBuffer
	r := lagReport{
		Site: h.Site, SiteType: string(h.SiteType), AsOf: h.Replica.AsOf, AgeSeconds: h.Replica.AgeSeconds, Fresh: h.Replica.Fresh,
		Lagging: h.Replica.Lagging, LagBytes: h.Replica.LagBytes, MainReachable: h.Main.Reachable,
		Unapplied: b.Size, OldestUnappliedSeconds: b.OldestUnappliedSeconds, Unreplicated: b.Unreplicated,
		OldestUnreplicatedSeconds: b.OldestUnreplicatedSeconds, Parked: b.Failed,
	}
	if !h.Main.Reachable {
		r.MainUnreachableSince = h.Main.Since
	}
	return r
}

func (a *app) lag() *cobra.Command {
	return a.command("lag", "Show how far the site is from the main database",
		"Shows how old the site's copy of the main database is, and how old the oldest writes are that have not arrived there and back.",
		`  opsctl lag
  opsctl lag --json | jq .age_seconds`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			api, err := a.api()
			if err != nil {
				return err
			}
			h, err := opsdb.Value[client.Health](api.GetHealthWithResponse(ctx))
			if err != nil {
				return err
			}
			r := lagOf(h)
			return a.show(r, func(w io.Writer) { showLag(w, r) })
		})
}

func showLag(w io.Writer, r lagReport) {
	main := "reachable"
	if !r.MainReachable {
		main = "unreachable"
		if r.MainUnreachableSince != nil {
			main += " since " + clockOf(r.MainUnreachableSince)
		}
	}
	facts(w,
		"site", r.Site+", "+r.SiteType,
		"reads are as of", clockOf(r.AsOf),
		"that is ago", secondsOf(r.AgeSeconds),
		"fresh", yes(r.Fresh),
		"lagging", yes(r.Lagging),
		"replica lags by", size(r.LagBytes),
		"main database", main,
		"not yet there", since(number(r.Unapplied), r.OldestUnappliedSeconds),
		"not yet back", since(number(r.Unreplicated), r.OldestUnreplicatedSeconds),
		"parked", number(r.Parked),
	)
}
