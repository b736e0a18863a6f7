package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ccatobs/opsdb/gen/client"
)

// view returns what a terminal of so many columns and rows shows, from the top; never more than it has room for.
func (s *state) view(columns, rows int) []string {
	lines := append(s.viewSite(), s.viewWrites()...)
	lines = append(lines, s.viewTransfer()...)
	bottom := s.viewStreams()
	room := rows - len(lines) - len(bottom) - 4 // two heads, each with a line above it
	observations := s.viewObservations()
	if share := max(min(len(observations), (room+1)/2), 0); share > 1 {
		lines = append(lines, "", "OBSERVATIONS")
		lines = append(lines, observations[:share]...)
		room -= share
	}
	if events := s.events[max(len(s.events)-max(room, 0), 0):]; len(events) > 0 {
		lines = append(lines, "", "EVENTS")
		for i := range events {
			lines = append(lines, events[len(events)-1-i].String())
		}
	}
	lines = lines[:max(min(len(lines), rows-len(bottom)), 0)]
	lines = append(lines, bottom...)
	lines = lines[:min(len(lines), rows)]
	for i, line := range lines {
		lines[i] = cut(plain(line), columns)
	}
	return lines
}

func (s *state) viewSite() []string {
	h := s.health
	if h == nil {
		return []string{"waiting for the site …"}
	}
	lines := []string{fmt.Sprintf("%s (%s)  %s  %s", strings.ToUpper(h.Site), h.SiteType, h.Status, clock(s.now()))}
	main := "the main database is reachable"
	if !h.Main.Reachable {
		main = "the main database is UNREACHABLE since " + clockOf(h.Main.Since)
	}
	if h.Replica.AsOf != nil {
		main += ", reads are as of " + clockOf(h.Replica.AsOf)
	}
	lines = append(lines, main)
	for _, remark := range h.Remarks[:min(len(h.Remarks), 3)] {
		lines = append(lines, "! "+remark)
	}
	return lines
}

func (s *state) viewWrites() []string {
	b := s.buffer
	if b == nil {
		return nil
	}
	lines := []string{"", fmt.Sprintf("WRITES    %s pending  %s unreplicated  %.1f a second  executor %s",
		since(number(b.PendingTransactions), b.OldestUnappliedSeconds), since(number(b.Unreplicated), b.OldestUnreplicatedSeconds), b.ProcessingRate, b.Executor)}
	if b.FailedTransactions+b.Blocked > 0 {
		lines = append(lines, fmt.Sprintf("! %d PARKED, %d blocked behind them: opsctl tx list --state parked", b.FailedTransactions, b.Blocked))
	}
	if b.Alarm != "" {
		lines = append(lines, "! "+b.Alarm)
	}
	return lines
}

func (s *state) viewTransfer() []string {
	o := s.transfer
	if o == nil {
		return nil
	}
	lines := []string{fmt.Sprintf("TRANSFER  %d under way  %s/s  %s remaining  %d packages", o.ActiveTransfers, size(int64(o.BandwidthBytesS)), size(o.RemainingBytes), o.TotalPackages)}
	if o.StalledTransfers > 0 {
		lines = append(lines, fmt.Sprintf("! %d STALLED", o.StalledTransfers))
	}
	if failed := failures(o.Failures); failed != "none" {
		lines = append(lines, "! FAILED: "+failed)
	}
	return lines
}

// viewObservations returns a head and a line for each.
func (s *state) viewObservations() []string {
	if len(s.obs) == 0 {
		return nil
	}
	var text bytes.Buffer
	t := newTable(&text, "START", "UNIT", "STATUS", "SYNC", "SITE", "OBSERVER", "ID")
	for _, u := range s.obs {
		t.row(clock(u.StartTime), number(u.ObsUnitID), status(u), string(u.Sync), u.Site, u.Observer, u.ID.String())
	}
	t.flush()
	return strings.Split(strings.TrimRight(text.String(), "\n"), "\n")
}

func status(u client.ExecutedObsUnit) string {
	if len(u.ParkedChanges) > 0 {
		return string(u.Status) + " (change parked)"
	}
	return string(u.Status)
}

// viewStreams returns the last lines: what is not followed now, and how to end.
func (s *state) viewStreams() []string {
	var lines []string
	for _, topic := range topics {
		if err := s.broken[topic]; err != nil {
			lines = append(lines, fmt.Sprintf("! %s is not followed: %v", topic, err))
		}
	}
	return append(lines, "q ends")
}
