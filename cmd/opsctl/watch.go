package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	opsdb "github.com/ccatobs/opsdb/clients/go"
)

var topics = []opsdb.Topic{opsdb.Health, opsdb.Buffer, opsdb.Observations, opsdb.Transfer}

func (a *app) watch() *cobra.Command {
	var names []string
	c := a.command("watch [flags]", "Watch the site live",
		`Shows how the site is, what it holds back, what is observed and how the data travel, as it changes. q or Ctrl-C ends it. When
the connection breaks it goes on by itself, without a gap where the site still has what was missed.

Where the output is no terminal, every event is a line; with --json a line of JSON: {"topic", "type", …} with the type
snapshot, event, or disconnected.`,
		`  opsctl watch
  opsctl watch --topic observations --json | jq -r 'select(.type == "event") | .ids[]'`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error {
			chosen := topics
			if len(names) > 0 {
				chosen = nil
			}
			for _, name := range names {
				if !slices.Contains(topics, opsdb.Topic(name)) {
					return misused("--topic %s: it is %s", name, (&oneOf[opsdb.Topic]{values: topics}).choice())
				}
				chosen = append(chosen, opsdb.Topic(name))
			}
			api, err := a.api()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			news := follow(ctx, api, chosen)
			if columns, _ := a.size(a.out); columns > 0 && !a.json {
				return a.watchScreen(ctx, api, news)
			}
			return a.watchLines(ctx, news)
		})
	c.Flags().StringArrayVar(&names, "topic", nil, "only this `TOPIC`: health, buffer, observations or transfer; may be repeated")
	complete(c, "topic", topics...)
	return c
}

// news is what a stream tells, or why it broke off.
type news struct {
	topic   opsdb.Topic
	message opsdb.Message
	err     error
}

// follow follows topics until ctx ends, or none can be followed any more, and then closes the channel.
func follow(ctx context.Context, api *opsdb.Client, chosen []opsdb.Topic) <-chan news {
	all := make(chan news)
	var streams sync.WaitGroup
	for _, topic := range chosen {
		streams.Go(func() {
			for m, err := range api.Follow(ctx, topic) {
				select {
				case all <- news{topic, m, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() {
		streams.Wait()
		close(all)
	}()
	return all
}

// liveLine is what --json prints of a stream.
type liveLine struct {
	Topic     opsdb.Topic     `json:"topic"`
	Type      string          `json:"type"` // snapshot, event or disconnected
	Epoch     string          `json:"epoch,omitempty"`
	Offset    *int64          `json:"offset,omitempty"`
	Recovered *bool           `json:"recovered,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`
	At        *time.Time      `json:"at,omitempty"`
	Record    string          `json:"record,omitempty"`
	Action    string          `json:"action,omitempty"`
	Sync      *string         `json:"sync,omitempty"`
	IDs       []uuid.UUID     `json:"ids,omitempty"`
	Health    map[string]any  `json:"health,omitempty"`
	Error     string          `json:"error,omitempty"`
}

// linesOf returns what there is to print of news; heartbeats are none.
func linesOf(n news) []liveLine {
	m := n.message
	switch {
	case n.err != nil:
		return []liveLine{{Topic: n.topic, Type: "disconnected", Error: n.err.Error()}}
	case m.Type == "snapshot":
		return []liveLine{{Topic: n.topic, Type: m.Type, Epoch: m.Epoch, Offset: &m.Offset, Recovered: &m.Recovered, Data: m.Data}}
	}
	var lines []liveLine
	for _, e := range m.Events {
		lines = append(lines, liveLine{
			Topic: n.topic, Type: "event", Epoch: m.Epoch, Offset: &e.Offset, At: &e.At, Record: e.Record, Action: e.Action, Sync: e.Sync, IDs: e.Ids, Health: e.Health,
		})
	}
	return lines
}

func (l liveLine) String() string {
	switch l.Type {
	case "snapshot":
		return fmt.Sprintf("%s: following", l.Topic)
	case "disconnected":
		return fmt.Sprintf("%s: %s", l.Topic, l.Error)
	}
	what := []string{clockOf(l.At), l.Record, l.Action}
	if l.Sync != nil {
		what = append(what, *l.Sync)
	}
	if status, ok := l.Health["status"].(string); ok {
		what = append(what, status)
	}
	return strings.TrimSpace(strings.Join(what, " ") + " " + ids(l.IDs))
}

// watchLines prints news as lines until it is interrupted, or the site lets nothing be followed.
func (a *app) watchLines(ctx context.Context, all <-chan news) error {
	var last error
	for n := range all {
		last = n.err
		for _, line := range linesOf(n) {
			if a.json {
				if err := a.encode(line); err != nil {
					return err
				}
			} else {
				fmt.Fprintln(a.out, plain(line.String()))
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil //nolint:nilerr // who watches ends it so
	case last == nil:
		return errors.New("the streams have ended")
	default:
		return last
	}
}
