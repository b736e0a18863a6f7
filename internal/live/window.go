package live

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
)

const (
	// windowBytes bounds the memory that the events of a topic take in a process.
	windowBytes = 8 << 20
	// sharedFrames is how many messages are kept until the next event, one for each place at which readers are.
	sharedFrames = 16
	// frameEvents and frameBytes bound a message.
	frameEvents = 500
	frameBytes  = 256 << 10
)

// frame is a message with events up to an offset.
type frame struct {
	last   uint64
	text   []byte
	framed []byte // for WebSockets
}

// window is the end of a topic. It is safe for concurrent use.
type window struct {
	mu      sync.Mutex
	epoch   string   // empty: not read yet
	events  [][]byte // encoded, of the epoch; the last is that of the offset last
	last    uint64
	hole    uint64 // before this offset events were dropped that this process has never read
	bytes   int
	made    map[uint64]frame // messages for all who have read up to this offset
	changed chan struct{}    // closed with the next change
	idle    map[*Stream]bool // those that have sent everything and wait
}

func newWindow() *window { return &window{changed: make(chan struct{}), idle: map[*Stream]bool{}} }

// load takes in a topic from its oldest entry on, in place of all that was known. What has no beginning any more is of this
// epoch.
func (w *window) load(epoch string, list []read) {
	w.mu.Lock()
	w.epoch, w.events, w.last, w.hole, w.bytes = epoch, nil, 0, 0, 0
	if len(list) > 0 {
		w.last, w.hole = list[0].offset-1, list[0].offset
	}
	w.take(list)
	w.mu.Unlock()
	for _, s := range w.waiting() {
		w.wake(s)
	}
}

// read is an entry as it was read.
type read struct {
	offset uint64
	epoch  string // not empty: an epoch begins here
	event  string
}

// extend takes in what was read, and hands it out.
func (w *window) extend(list []read) {
	if len(list) == 0 {
		return
	}
	w.mu.Lock()
	before := spot{w.epoch, w.last}
	w.take(list)
	w.mu.Unlock()
	w.handOut(before)
}

// take takes in what was read. The window is locked.
func (w *window) take(list []read) {
	w.made = nil
	for _, r := range list {
		switch {
		case r.offset <= w.last:
			continue
		case r.epoch != "":
			w.epoch, w.events, w.bytes = r.epoch, nil, 0
		default:
			if r.offset != w.last+1 { // dropped before it was read
				w.events, w.hole, w.bytes = nil, r.offset, 0
			}
			text := `{"offset":` + strconv.FormatUint(r.offset, 10) + `,` + r.event[1:]
			w.events = append(w.events, []byte(text))
			w.bytes += len(text)
		}
		w.last = r.offset
	}
	w.shorten()
	close(w.changed)
	w.changed = make(chan struct{})
}

// handOut offers what came after a place to all who wait there, one after the other: a thousand goroutines that were woken at
// once would keep everybody else from the processors for a while. Who does not take it, or cannot, is woken.
func (w *window) handOut(before spot) {
	f, behind, _, ok := w.next(before)
	shared := ok && behind > 0 && f.last-before.offset == behind
	if shared {
		f.framed = framed(f.text)
	}
	for _, s := range w.waiting() {
		if shared && s.offer(before, f) {
			continue
		}
		w.wake(s)
	}
}

// wake lets a stream that waited look itself. In this order: it may wait again at once, and is told once too often then.
func (w *window) wake(s *Stream) {
	w.forget(s)
	s.rouse()
}

// waiting returns all who wait.
func (w *window) waiting() []*Stream {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.idle))
}

// wait lets a stream at a place wait there; false when something has come meanwhile.
func (w *window) wait(s *Stream, at spot) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at != (spot{w.epoch, w.last}) {
		return false
	}
	w.idle[s] = true
	return true
}

// forget takes a stream out of those that wait.
func (w *window) forget(s *Stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.idle, s)
}

// shorten drops the oldest events when there are too many, and some more, so that it has nothing to do mostly.
func (w *window) shorten() {
	if len(w.events) <= historyLength+historyLength/10 && w.bytes <= windowBytes {
		return
	}
	drop := 0
	for len(w.events)-drop > historyLength || w.bytes > windowBytes/8*7 {
		w.bytes -= len(w.events[drop])
		drop++
	}
	w.events = append([][]byte(nil), w.events[drop:]...)
}

// encode returns the message with some of the events.
func (w *window) encode(from, to int) frame {
	var text bytes.Buffer
	text.WriteString(`{"type":"events","epoch":`)
	text.Write(quoted(w.epoch))
	text.WriteString(`,"events":[`)
	for i := from; i < to; i++ {
		if i > from {
			text.WriteByte(',')
		}
		text.Write(w.events[i])
	}
	text.WriteString(`]}`)
	behind := uint64(len(w.events))                                      //nolint:gosec // a length
	return frame{last: w.last - behind + uint64(to), text: text.Bytes()} //nolint:gosec // places in the window
}

func quoted(text string) []byte {
	encoded, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`)
	}
	return encoded
}

// spot is a place of a reader.
type spot struct {
	epoch  string
	offset uint64
}

// end returns the place behind all that was read; ok is false before anything was.
func (w *window) end() (s spot, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return spot{w.epoch, w.last}, w.epoch != ""
}

// has tells whether everything after a place is there.
func (w *window) has(s spot) bool {
	return s.epoch != "" && s.epoch == w.epoch && s.offset <= w.last && w.last-s.offset <= uint64(len(w.events))
}

// forgotten tells whether of all that was known at a place nothing is there any more, though this process has read what came
// after it.
func (w *window) forgotten(s spot) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return s.epoch == w.epoch && w.hole <= s.offset && w.last-uint64(len(w.events)) >= s.offset
}

// next returns the message after a place, the number of events after it in all, and what is closed with the next change.
// Without an event the message is empty. ok is false when what follows the place is not there any more.
func (w *window) next(s spot) (f frame, behind uint64, changed <-chan struct{}, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.has(s) {
		return frame{}, 0, w.changed, false
	}
	behind = w.last - s.offset
	if behind == 0 {
		return frame{}, 0, w.changed, true
	}
	if f, ok := w.made[s.offset]; ok {
		return f, behind, w.changed, true
	}
	from := len(w.events) - int(behind) //nolint:gosec // at most the length
	to, size := from, 0
	for to < len(w.events) && to-from < frameEvents && size < frameBytes {
		size += len(w.events[to])
		to++
	}
	f = w.encode(from, to)
	if w.made == nil {
		w.made = map[uint64]frame{}
	}
	if len(w.made) < sharedFrames {
		w.made[s.offset] = f
	}
	return f, behind, w.changed, true
}
