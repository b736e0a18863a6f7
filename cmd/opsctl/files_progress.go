package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// progress is a bar on a terminal; without one it shows nothing. It is safe for concurrent use.
type progress struct {
	app   *app
	files int
	bytes int64
	began time.Time

	mu      sync.Mutex
	doneN   int   // files looked at
	doneB   int64 // their sizes
	sent    int   // files registered
	hashed  int64 // bytes read
	partial int64 // bytes read of files that are not done

	stop chan struct{}
	gone chan struct{}
}

const progressEvery = 200 * time.Millisecond

func startProgress(a *app, files []found) *progress {
	p := &progress{app: a, files: len(files), began: time.Now(), stop: make(chan struct{}), gone: make(chan struct{})}
	for _, f := range files {
		p.bytes += f.size
	}
	go p.draw()
	return p
}

func (p *progress) draw() {
	defer close(p.gone)
	if p.app.json || p.app.width(p.app.err) == 0 {
		return
	}
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	for {
		fmt.Fprintf(p.app.err, "\r\x1b[K%s", p.line(p.app.width(p.app.err), time.Now()))
		select {
		case <-ticker.C:
		case <-p.stop:
			fmt.Fprint(p.app.err, "\r\x1b[K")
			return
		}
	}
}

// end removes the bar.
func (p *progress) end() {
	close(p.stop)
	<-p.gone
}

// read notes bytes of a file that is being read.
func (p *progress) read(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.partial, p.hashed = p.partial+int64(n), p.hashed+int64(n)
}

// done notes that a file was looked at, for which so many bytes were read.
func (p *progress) done(size, read int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doneN, p.doneB, p.partial = p.doneN+1, p.doneB+size, p.partial-read
}

// registered notes that files were registered.
func (p *progress) registered(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent += n
}

// line returns what a terminal of so many columns shows. The last column stays free: some terminals go on to the next
// line behind it.
func (p *progress) line(columns int, now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	share := 1.0
	if p.bytes > 0 {
		share = min(float64(p.doneB+p.partial)/float64(p.bytes), 1)
	} else if p.files > 0 {
		share = float64(p.doneN) / float64(p.files)
	}
	elapsed := now.Sub(p.began).Seconds()
	rate := float64(p.hashed) / max(elapsed, 0.001)
	text := fmt.Sprintf(" %3.0f%%  %d of %d files, %d registered, %s/s", 100*share, p.doneN, p.files, p.sent, size(int64(rate)))
	if left := float64(p.bytes - p.doneB - p.partial); rate > 0 && left > 0 {
		text += ", " + seconds(float64(int64(left/rate))) + " left"
	}
	columns--
	if room := columns - len(text) - 2; room >= 10 {
		full := int(share * float64(min(room, 40)))
		text = "[" + strings.Repeat("#", full) + strings.Repeat(".", min(room, 40)-full) + "]" + text
	}
	return cut(strings.TrimSpace(text), columns)
}
