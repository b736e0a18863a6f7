package demo

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// shrink is how many times smaller than at the telescope the data files are made.
const shrink = 1_000_000

// dataDir is the directory of an instrument module's data.
type dataDir string

// content is what a file is known by.
type content struct {
	size   int64
	sha256 string
}

// write makes a data file. What is in it follows from its path.
func (d dataDir) write(f dataFile) (err error) {
	name := filepath.Join(string(d), filepath.FromSlash(f.path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	noise := rand.NewChaCha8(sha256.Sum256([]byte(f.path)))
	_, err = io.CopyN(file, noise, max(f.bytes/shrink, 1))
	return err
}

// read returns what a file is known by.
func (d dataDir) read(path string) (c content, err error) {
	file, err := os.Open(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	return content{size: size, sha256: hex.EncodeToString(hash.Sum(nil))}, err
}

// pack makes a tar of files that keeps their directories.
func (d dataDir) pack(path string, files []dataFile) (err error) {
	archive, err := os.Create(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	writer := tar.NewWriter(archive)
	for _, f := range files {
		if err := d.add(writer, f.path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return writer.Close()
}

func (d dataDir) add(archive *tar.Writer, path string) error {
	bytes, err := os.ReadFile(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: path, Mode: 0o644, Size: int64(len(bytes))}); err != nil {
		return err
	}
	_, err = archive.Write(bytes)
	return err
}
