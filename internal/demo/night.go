package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed night.json
var nightFile []byte

// Night is what the observatory has planned.
type Night struct {
	Title        string        `json:"title"`
	Date         string        `json:"date"`
	Notes        []string      `json:"notes"`
	Observer     string        `json:"observer"`
	Faults       Faults        `json:"faults"`
	Modules      []Module      `json:"modules"`
	Observations []Observation `json:"observations"`
}

// Faults says when things fail.
type Faults struct {
	Cut  time.Time `json:"cut"`  // the link begins to swallow
	Kill time.Time `json:"kill"` // the API that executes dies
	Heal time.Time `json:"heal"` // the link is whole again
}

// Module is an instrument module and the files it writes.
type Module struct {
	Name        string   `json:"name"` // as in the seed data
	Instrument  string   `json:"instrument"`
	Package     string   `json:"package"` // beginning of the names of its packages
	Streams     []string `json:"streams"` // each writes files of its own, all at the same time
	FileSeconds int      `json:"file_s"`  // a stream begins a new file after this time
	// BytesPerSecond is the rate of one stream.
	BytesPerSecond             int64 `json:"bytes_per_s"`
	HousekeepingBytesPerSecond int64 `json:"housekeeping_bytes_per_s"` // 0: housekeeping is not this module's
	Book                       bool  `json:"book"`                     // whether each session is bound into one file at its end
	Batch                      int   `json:"batch"`                    // files registered at a time; 1: each by itself
}

// Observation is one planned execution of an observation unit.
type Observation struct {
	Title      string          `json:"title"`
	Program    string          `json:"program"` // of the unit, both as in the seed data
	Unit       string          `json:"unit"`
	Instrument string          `json:"instrument"`
	Modules    []string        `json:"modules"` // none: all of the instrument
	Start      time.Time       `json:"start"`
	Minutes    int             `json:"minutes"`
	Conditions json.RawMessage `json:"conditions"`
}

// End returns when the observation is over.
func (o Observation) End() time.Time { return o.Start.Add(time.Duration(o.Minutes) * time.Minute) }

// uses says whether a module takes part.
func (o Observation) uses(m Module) bool {
	return o.Instrument == m.Instrument && (len(o.Modules) == 0 || slices.Contains(o.Modules, m.Name))
}

// ReadNight returns the planned night. It fails if the plan contradicts itself.
func ReadNight() (Night, error) {
	decoder := json.NewDecoder(bytes.NewReader(nightFile))
	decoder.DisallowUnknownFields()
	var n Night
	if err := decoder.Decode(&n); err != nil {
		return n, fmt.Errorf("the planned night: %w", err)
	}
	return n, n.check()
}

func (n Night) check() error {
	var failures []error
	wrong := func(format string, args ...any) {
		failures = append(failures, fmt.Errorf("the planned night: "+format, args...))
	}
	if len(n.Observations) == 0 {
		return errors.New("the planned night: there is nothing to observe")
	}
	for _, m := range n.Modules {
		if m.FileSeconds < 1 || m.Batch < 1 || len(m.Streams) == 0 {
			wrong("module %s needs streams, file_s and batch", m.Name)
		}
	}
	for i, o := range n.Observations {
		if len(n.modulesOf(o)) == 0 {
			wrong("no module takes part in %s", o.Title)
		}
		if i > 0 && o.Start.Before(n.Observations[i-1].End()) {
			wrong("%s begins before %s is over: there is one telescope", o.Title, n.Observations[i-1].Title)
		}
	}
	order := []time.Time{n.begin(), n.Faults.Cut, n.Faults.Kill, n.Faults.Heal, n.end()}
	if !slices.IsSortedFunc(order, time.Time.Compare) {
		wrong("cut, kill and heal must follow one another within it")
	}
	return errors.Join(failures...)
}

func (n Night) begin() time.Time { return n.Observations[0].Start }

// end leaves the registrars a moment after the last observation.
func (n Night) end() time.Time { return n.Observations[len(n.Observations)-1].End().Add(time.Minute) }

// instruments returns the names of the instruments in the order of the plan's modules.
func (n Night) instruments() []string {
	var names []string
	for _, m := range n.Modules {
		if !slices.Contains(names, m.Instrument) {
			names = append(names, m.Instrument)
		}
	}
	return names
}

func (n Night) modulesOf(o Observation) []Module {
	var used []Module
	for _, m := range n.Modules {
		if o.uses(m) {
			used = append(used, m)
		}
	}
	return used
}

// writes returns how many requests the night takes.
func (n Night) writes() int {
	total := 0
	for _, o := range n.Observations {
		total += 2 // start and finish
		for _, m := range n.modulesOf(o) {
			total += len(m.batches(o)) + 2 // and package and finalize
		}
	}
	return total
}

// bytes returns how much data the night's files have in truth.
func (n Night) bytes() int64 {
	var total int64
	for _, o := range n.Observations {
		for _, m := range n.modulesOf(o) {
			for _, f := range m.files(o) {
				total += f.bytes
			}
		}
	}
	return total
}

// dataFile is a file as an instrument names it.
type dataFile struct {
	path   string // relative to the module's data directory
	format string
	done   time.Time // when it is complete
	bytes  int64     // its size at the telescope
}

func (f dataFile) name() string { return path.Base(f.path) }

// batches returns the files of an observation as they are registered, in the order in which they are complete.
func (m Module) batches(o Observation) [][]dataFile {
	return slices.Collect(slices.Chunk(m.files(o), m.Batch))
}

// files returns the files that a module writes during an observation, in the order in which they are complete.
func (m Module) files(o Observation) []dataFile {
	var files []dataFile
	var total int64
	for sequence, begin := 0, o.Start; begin.Before(o.End()); sequence, begin = sequence+1, begin.Add(m.fileTime()) {
		end := earlier(begin.Add(m.fileTime()), o.End())
		size := int64(end.Sub(begin).Seconds()) * m.BytesPerSecond
		for _, stream := range m.Streams {
			files = append(files, streamFile(stream, o.Start.Unix(), sequence, end, size))
			total += size
		}
	}
	if m.HousekeepingBytesPerSecond > 0 {
		size := int64(o.End().Sub(o.Start).Seconds()) * m.HousekeepingBytesPerSecond
		files = append(files, dataFile{path: fmt.Sprintf("hk/%d/%d.g3", o.Start.Unix()/session, o.Start.Unix()), format: "g3", done: o.End(), bytes: size})
		total += size
	}
	if m.Book {
		files = append(files, dataFile{
			path: fmt.Sprintf("level0/%d/level0_%d.h5", o.Start.Unix()/session, o.Start.Unix()), format: "hdf5", done: o.End(), bytes: total,
		})
	}
	return files
}

func (m Module) fileTime() time.Duration { return time.Duration(m.FileSeconds) * time.Second }

// session is the length of a session of the streamers in seconds, about a day.
const session = 100000

// streamFile names a file as the streamers do: those of Prime-Cam have one stream for each drone of an RFSoC.
func streamFile(stream string, start int64, sequence int, done time.Time, size int64) dataFile {
	f := dataFile{done: done, bytes: size}
	dir, format := stream, "fits"
	var board, drone int
	if n, err := fmt.Sscanf(stream, "r%02dd%d", &board, &drone); err == nil && n == 2 {
		dir, format = fmt.Sprintf("rfsoc%02ddrone%d", board, drone), "g3"
	}
	f.format = format
	f.path = fmt.Sprintf("%d/%s/%s_%010d_%03d.%s", start/session, dir, stream, start, sequence, format)
	return f
}

// packagePath returns the path of the package of a module's files of an observation.
func (m Module) packagePath(o Observation) string {
	return fmt.Sprintf("%d/%s_%d.tar", o.Start.Unix()/session, m.Package, o.Start.Unix())
}

// slug makes a title part of an idempotency key.
func slug(title string) string {
	fields := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(fields, "-")
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
