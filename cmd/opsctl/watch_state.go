package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	opsdb "github.com/ccatobs/opsdb/clients/go"
	"github.com/ccatobs/opsdb/gen/client"
)

const (
	keepEvents   = 200
	keepObs      = 50
	refreshEvery = time.Second // how often what has changed is read, at most
)

// state is what a person who watches a site knows of it.
type state struct {
	health   *client.Health
	buffer   *client.BufferStats
	obs      []client.ExecutedObsUnit // the newest first
	transfer *client.TransferOverview
	events   []liveLine // the newest last
	broken   map[opsdb.Topic]error
	changed  map[opsdb.Topic]bool // since it was read
	reading  map[opsdb.Topic]bool
	now      func() time.Time
}

func newState() *state {
	return &state{broken: map[opsdb.Topic]error{}, changed: map[opsdb.Topic]bool{}, reading: map[opsdb.Topic]bool{}, now: time.Now}
}

// hear takes in what a stream tells.
func (s *state) hear(n news) {
	if n.err != nil {
		s.broken[n.topic] = n.err
		return
	}
	delete(s.broken, n.topic)
	if len(n.message.Data) > 0 {
		s.snapshot(n.topic, n.message.Data)
	}
	for _, line := range linesOf(n) {
		if line.Type != "event" {
			continue
		}
		s.events = append(s.events, line)
		if line.Health != nil {
			s.become(line.Health)
		} else {
			s.changed[n.topic] = true
		}
	}
	s.events = s.events[max(len(s.events)-keepEvents, 0):]
}

// snapshot replaces what is known of a topic. What this program does not understand is read instead.
func (s *state) snapshot(topic opsdb.Topic, data json.RawMessage) {
	var err error
	switch topic {
	case opsdb.Health:
		err = json.Unmarshal(data, &s.health)
	case opsdb.Buffer:
		err = json.Unmarshal(data, &s.buffer)
	case opsdb.Observations:
		var page client.ExecutedObsUnitPage
		if err = json.Unmarshal(data, &page); err == nil {
			s.obs = page.Items
		}
	case opsdb.Transfer:
		err = json.Unmarshal(data, &s.transfer)
	}
	s.changed[topic] = err != nil
}

// become takes in the health that an event has.
func (s *state) become(health map[string]any) {
	data, err := json.Marshal(health)
	if err == nil {
		s.snapshot(opsdb.Health, data)
	}
}

// ended returns why nothing can be followed any more.
func (s *state) ended() error {
	for _, err := range s.broken {
		return err
	}
	return errors.New("the streams have ended")
}

// refresher reads what has changed: events only name it. What it returns is to be called by whoever owns the state. It
// looks at the state on its own clock's ticks, which come through the same channel.
func (s *state) refresher(ctx context.Context, api *opsdb.Client) <-chan func() {
	updates := make(chan func())
	tell := func(update func()) {
		select {
		case updates <- update:
		case <-ctx.Done():
		}
	}
	read := map[opsdb.Topic]func() (func(), error){
		opsdb.Buffer: func() (func(), error) {
			b, err := opsdb.Value[client.BufferStats](api.GetBufferStatsWithResponse(ctx))
			return func() { s.buffer = &b }, err
		},
		opsdb.Health: func() (func(), error) {
			h, err := opsdb.Value[client.Health](api.GetHealthWithResponse(ctx))
			return func() { s.health = &h }, err
		},
		opsdb.Observations: func() (func(), error) {
			page, err := opsdb.Value[client.ExecutedObsUnitPage](api.ListExecutedObsUnitsWithResponse(ctx, &client.ListExecutedObsUnitsParams{Limit: new(int32(keepObs))}))
			return func() { s.obs = page.Items }, err
		},
		opsdb.Transfer: func() (func(), error) {
			o, err := opsdb.Value[client.TransferOverview](api.GetTransferOverviewWithResponse(ctx, nil))
			return func() { s.transfer = &o }, err
		},
	}
	start := func() {
		for topic, read := range read {
			if !s.changed[topic] || s.reading[topic] {
				continue
			}
			s.changed[topic], s.reading[topic] = false, true
			go func() {
				update, err := read()
				tell(func() {
					s.reading[topic] = false
					if err != nil {
						s.changed[topic] = true
						return
					}
					update()
				})
			}()
		}
	}
	go func() {
		ticker := time.NewTicker(refreshEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				tell(start)
			}
		}
	}()
	return updates
}
