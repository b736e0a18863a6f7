package live

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Topic is what a stream is about.
type Topic string

// The topics.
const (
	Transfer     Topic = "transfer"
	Observations Topic = "observations"
	Buffer       Topic = "buffer"
	Health       Topic = "health"
)

// Topics returns all topics.
func Topics() []Topic { return []Topic{Transfer, Observations, Buffer, Health} }

// topicsOf says in which topics a change of a table is told.
var topicsOf = map[string][]Topic{
	"executed_obs_unit":          {Observations},
	"raw_data_package":           {Observations, Transfer},
	"raw_data_file":              {Observations},
	"data_transfer_package":      {Transfer},
	"data_transfer":              {Transfer},
	"long_term_archive_transfer": {Transfer},
	"staging_job":                {Transfer},
}

// replicated is how far a change has travelled that the site's database has.
const replicated = "replicated"

// idsOfEvent bounds how many ids one event has, and so its size: a change of more is several events.
const idsOfEvent = 100

// event is an event without its offset, which it gets when it is published.
type event struct {
	At     time.Time       `json:"at"`
	Record string          `json:"record"`
	Action string          `json:"action"`
	Sync   string          `json:"sync,omitempty"`
	IDs    []string        `json:"ids,omitempty"`
	Health json.RawMessage `json:"health,omitempty"`
}

// entry is an event of a topic.
type entry struct {
	topic Topic
	text  string
}

// entries encodes an event for the topics, with its ids spread over as many as they take.
func entries(topics []Topic, e event) ([]entry, error) {
	e.At = e.At.UTC()
	parts := slices.Collect(slices.Chunk(e.IDs, idsOfEvent))
	if len(parts) == 0 {
		parts = [][]string{nil}
	}
	var list []entry
	for _, e.IDs = range parts {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		for _, topic := range topics {
			list = append(list, entry{topic, string(text)})
		}
	}
	return list, nil
}

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}
