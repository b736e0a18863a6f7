package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/ccatobs/opsdb/gen/client"
)

// memory keeps the checksums of the files of a directory, so that none is read twice. It is a cache: what is lost is
// computed again. Processes that work on the same directory share it. It is safe for concurrent use.
type memory struct {
	mu    sync.Mutex
	file  *os.File // nil: there is no place for one
	known map[remembered]entry
}

// remembered is what a checksum is known by.
type remembered struct {
	Path      string                   `json:"path"`
	Algorithm client.ChecksumAlgorithm `json:"algorithm"`
}

// entry is a line of the file.
type entry struct {
	remembered
	mark
	Checksum string `json:"checksum"`
}

// openMemory reads what is known of a directory.
func openMemory(home, dir string) (*memory, error) {
	m := &memory{known: map[remembered]entry{}}
	if home == "" {
		return m, nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	sum := sha256.Sum256([]byte(dir))
	path := filepath.Join(home, ".cache", "opsdb", "checksums", hex.EncodeToString(sum[:12])+".jsonl")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lines := m.read(content)
	if lines > 2*len(m.known)+1000 {
		if err := m.compact(path); err != nil {
			return nil, err
		}
	}
	if m.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if len(content) > 0 && content[len(content)-1] != '\n' {
		_, err = m.file.WriteString("\n") // whoever wrote the last line was interrupted
	}
	return m, err
}

// read takes lines up and returns how many there are. What is no line of ours is passed over.
func (m *memory) read(content []byte) (lines int) {
	scanner := bufio.NewScanner(bytes.NewReader(content))
	scanner.Buffer(nil, 1<<20)
	for ; scanner.Scan(); lines++ {
		var e entry
		if err := json.Unmarshal(scanner.Bytes(), &e); err == nil && e.Path != "" {
			m.known[e.remembered] = e
		}
	}
	return lines
}

// compact writes the file anew with what is known.
func (m *memory) compact(path string) error {
	var all bytes.Buffer
	for _, e := range m.known {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		all.Write(append(line, '\n'))
	}
	temporary := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(temporary, all.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// recall returns the checksum of a file that is still the one that was read.
func (m *memory) recall(path string, algorithm client.ChecksumAlgorithm, now mark) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.known[remembered{path, algorithm}]
	return e.Checksum, ok && e.mark == now
}

// keep remembers a checksum.
func (m *memory) keep(path string, algorithm client.ChecksumAlgorithm, was mark, checksum string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := entry{remembered{path, algorithm}, was, checksum}
	m.known[e.remembered] = e
	if m.file == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = m.file.Write(append(line, '\n'))
	return err
}

func (m *memory) close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}
