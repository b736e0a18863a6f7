package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ack is one write that the observatory's API has acknowledged, as the client that sent it knows it.
type ack struct {
	At          time.Time `json:"at"`
	Kind        string    `json:"kind"` // operationId
	Transaction uuid.UUID `json:"transaction"`
	Records     []record  `json:"records"`
}

// record is what a write says about one record: a creation everything, a change what it changes.
type record struct {
	Table   string         `json:"table"`
	ID      uuid.UUID      `json:"id"`
	Content map[string]any `json:"content"` // by column
}

// contentOf returns the content of a request: its fields have the names of the columns.
func contentOf(body any, without ...string) (map[string]any, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	for _, name := range without {
		delete(fields, name)
	}
	return fields, nil
}

// ackFile is the client's own file of answers. It is safe for concurrent use.
type ackFile struct {
	mu    sync.Mutex
	file  *os.File
	took  []time.Duration // from the first attempt to the answer
	count int
}

func createAckFile(path string) (*ackFile, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("file of answers: %w", err)
	}
	return &ackFile{file: file}, nil
}

// add writes an answer down; took is the time that the client waited for it.
func (f *ackFile) add(a ack, took time.Duration) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("file of answers: %w", err)
	}
	f.took = append(f.took, took)
	f.count++
	return nil
}

// figures returns the number of answers and how long the client waited for one: half of them came within p50, 99 of 100
// within p99.
func (f *ackFile) figures() (count int, p50, p99 time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sorted := slices.Sorted(slices.Values(f.took))
	return f.count, percentile(sorted, 50), percentile(sorted, 99)
}

// percentile returns the smallest value that at least p percent of the values do not exceed; 0 of none.
func percentile[T any](sorted []T, p int) T {
	var none T
	if len(sorted) == 0 {
		return none
	}
	rank := (len(sorted)*p + 99) / 100
	return sorted[max(rank, 1)-1]
}

func (f *ackFile) close() error { return f.file.Close() }

// readAcks reads a file of answers.
func readAcks(path string) (acks []ack, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("file of answers: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	decoder := json.NewDecoder(file)
	for {
		var a ack
		switch err := decoder.Decode(&a); {
		case errors.Is(err, io.EOF):
			return acks, nil
		case err != nil:
			return nil, fmt.Errorf("file of answers, line %d: %w", len(acks)+1, err)
		}
		acks = append(acks, a)
	}
}
