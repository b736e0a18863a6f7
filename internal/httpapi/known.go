package httpapi

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// knownFor is how long an id is trusted to exist. Units and modules are never deleted while anything refers to them.
	knownFor = time.Minute
	// knownMax bounds the memory; beyond it all is forgotten and asked again.
	knownMax = 10_000
)

// knownIDs remembers ids that exist, so that the start of an observation asks no database. That an id does not exist is
// never remembered: Cologne may have planned the unit a moment later.
type knownIDs struct {
	mu    sync.Mutex
	until map[int32]time.Time
	find  func(context.Context, []int32) ([]int32, error)
}

func newKnownIDs(find func(context.Context, []int32) ([]int32, error)) *knownIDs {
	return &knownIDs{until: make(map[int32]time.Time), find: find}
}

// missing returns those of ids that the site's copy of the main database does not have.
func (k *knownIDs) missing(ctx context.Context, ids []int32) ([]int32, error) {
	ids = k.unsure(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := k.find(ctx, ids)
	if err != nil {
		return ids, err
	}
	k.remember(found)
	return slices.DeleteFunc(ids, func(id int32) bool { return slices.Contains(found, id) }), nil
}

// unsure returns the distinct ids that are not remembered.
func (k *knownIDs) unsure(ids []int32) []int32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	var unsure []int32
	for _, id := range ids {
		if !now.Before(k.until[id]) && !slices.Contains(unsure, id) {
			unsure = append(unsure, id)
		}
	}
	return unsure
}

func (k *knownIDs) remember(ids []int32) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.until)+len(ids) > knownMax {
		clear(k.until)
	}
	until := time.Now().Add(knownFor)
	for _, id := range ids {
		k.until[id] = until
	}
}
