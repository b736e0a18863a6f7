package chaos_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// The tables that are written through the buffer.
const (
	executions = "executed_obs_unit"
	packages   = "raw_data_package"
	files      = "raw_data_file"
)

var tables = []string{executions, packages, files}

// fields are columns of a row, or members of an answer, as JSON has them.
type fields map[string]any

// change is what an answered write does to one record.
type change struct {
	Table  string `json:"table"`
	ID     string `json:"id"`
	Set    fields `json:"set,omitempty"`
	Delete bool   `json:"delete,omitempty"`
}

// answered is one write that a client was promised.
type answered struct {
	Transaction string   `json:"transaction"`
	Changes     []change `json:"changes"`
}

// answers is the clients' own file of what they were promised, one line for each write in the order of the answers.
// Beside it, in memory, are the marks of writes that got no answer and cannot be repeated: they may be there or not.
type answers struct {
	path string

	mu   sync.Mutex
	file *os.File
	open map[string]bool
}

func newAnswers(t testing.TB) *answers {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return &answers{path: path, file: file, open: make(map[string]bool)}
}

// note writes an answer down.
func (a *answers) note(w answered) error {
	line, err := json.Marshal(w)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err = a.file.Write(append(line, '\n'))
	return err
}

// leaveOpen notes the mark of a write whose outcome nobody will learn.
func (a *answers) leaveOpen(mark string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open[mark] = true
}

func (a *answers) isOpen(mark string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open[mark]
}

// promised is a record as the answers make it.
type promised struct {
	table        string
	id           string
	versions     []fields // after each change
	deleted      bool
	transactions []string // that changed it, in order
}

// last returns the newest content.
func (p *promised) last() fields { return p.versions[len(p.versions)-1] }

// promises is everything that the file holds.
type promises struct {
	records      map[string]*promised // by id
	transactions []string
}

// read reads the file.
func (a *answers) read() (p promises, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	file, err := os.Open(a.path)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	p.records = make(map[string]*promised)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var w answered
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			return p, err
		}
		p.transactions = append(p.transactions, w.Transaction)
		for _, c := range w.Changes {
			p.apply(w.Transaction, c)
		}
	}
	return p, lines.Err()
}

func (p *promises) apply(transaction string, c change) {
	r := p.records[c.ID]
	if r == nil {
		r = &promised{table: c.Table, id: c.ID}
		p.records[c.ID] = r
	}
	r.transactions = append(r.transactions, transaction)
	if c.Delete {
		r.deleted = true
		return
	}
	version := make(fields)
	if len(r.versions) > 0 {
		version = maps.Clone(r.last())
	}
	maps.Copy(version, c.Set)
	r.versions = append(r.versions, version)
}
