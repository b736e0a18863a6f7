package auth

import (
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/errs"
)

// verdict is what is known about a credential.
type verdict struct {
	principal Principal
	staleKey  bool        // the hash in the database is made with the previous key
	refused   *errs.Error // nil: good until it expires
	revoked   bool        // and so will never be good again, whatever an old copy says
	asked     time.Time   // zero: to be asked for again
	suspect   bool        // somebody's rights have changed since: it is no use when nobody can be asked
	copied    string      // the copy in Redis, as far as this process has written it
	copiedAt  time.Time
}

func (d verdict) answer(now time.Time) (Principal, error) {
	if d.refused != nil {
		return Principal{}, d.refused
	}
	if d.principal.Expires != nil && !now.Before(*d.principal.Expires) {
		return Principal{}, refuse("token-expired", "the token has expired")
	}
	return d.principal, nil
}

func (d verdict) fresh(now time.Time) bool {
	age := now.Sub(d.asked)
	return age >= 0 && (d.refused == nil && age < goodFor || d.refused != nil && age < refusedFor)
}

// verdicts keeps what is known in memory, bounded: good ones apart from refused ones, so that nobody can push the good
// ones out by guessing.
type verdicts struct {
	mu            sync.RWMutex
	good, refused map[string]verdict
	ended         map[uuid.UUID]time.Time // sessions that are over, and since when: Redis may be asked no more
	epoch         uint64                  // moves when all may be out of date
	moved         chan struct{}           // closed when it does
}

const (
	maxGood    = 10_000
	maxRefused = 10_000
	maxEnded   = 10_000
)

func newVerdicts() *verdicts {
	return &verdicts{good: map[string]verdict{}, refused: map[string]verdict{}, ended: map[uuid.UUID]time.Time{}, moved: make(chan struct{})}
}

// get returns a verdict, the zero value for none, and the epoch that a new one is to be put with.
func (v *verdicts) get(hash string) (verdict, uint64) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	known, ok := v.good[hash]
	if !ok {
		known = v.refused[hash]
	}
	return known, v.epoch
}

// put keeps a verdict that was asked for in an epoch. One of an earlier epoch may be out of date and is not kept; but
// what was revoked stays so.
func (v *verdicts) put(hash string, d verdict, epoch uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if epoch != v.epoch && !d.revoked {
		return
	}
	delete(v.good, hash)
	delete(v.refused, hash)
	if d.refused == nil {
		makeRoom(v.good, maxGood)
		v.good[hash] = d
	} else {
		makeRoom(v.refused, maxRefused)
		v.refused[hash] = d
	}
}

// outdate lets everything be asked for again, but for what can never be good again. changed says that something has
// changed indeed.
func (v *verdicts) outdate(changed bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.epoch++
	close(v.moved)
	v.moved = make(chan struct{})
	for hash, d := range v.good {
		d.asked = time.Time{}
		d.suspect = d.suspect || changed
		v.good[hash] = d
	}
	for hash, d := range v.refused {
		if !d.revoked {
			delete(v.refused, hash)
		}
	}
}

// end notes that a session is over, for as long as an access token of it can be about.
func (v *verdicts) end(session uuid.UUID, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	maps.DeleteFunc(v.ended, func(_ uuid.UUID, at time.Time) bool { return now.Sub(at) > accessFor+clockSkew })
	makeRoom(v.ended, maxEnded)
	v.ended[session] = now
}

func (v *verdicts) hasEnded(session uuid.UUID) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.ended[session]
	return ok
}

// makeRoom drops any one entry when there are as many as there may be: to ask again costs little.
func makeRoom[K comparable, V any](m map[K]V, most int) {
	if len(m) < most {
		return
	}
	for key := range m {
		delete(m, key)
		return
	}
}
