package main

import (
	"context"
	"crypto/md5" //nolint:gosec // a checksum against accidents, as instruments make them
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"syscall"

	"github.com/zeebo/xxh3"

	"github.com/ccatobs/opsdb/gen/client"
)

// mark tells whether a file is still the one that was read.
type mark struct {
	Size    int64  `json:"size"`
	ModTime int64  `json:"mtime_ns"`
	Inode   uint64 `json:"inode"`
}

func markOf(info os.FileInfo) mark {
	m := mark{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		m.Inode = stat.Ino
	}
	return m
}

// method is how a checksum is made.
type method struct {
	algorithm client.ChecksumAlgorithm
	short     bool // of xxh3 the checksum of 64 bits
}

// methodOf returns the method by which the checksum of a registration was made: of xxh3 there are two lengths, and clients take
// the long one, but for those who register only what they were told.
func methodOf(f client.RawDataFile) method {
	return method{f.ChecksumAlgorithm, f.ChecksumAlgorithm == client.ChecksumAlgorithmXxh3 && len(f.Checksum) == shortXXH3}
}

// shortXXH3 is how many hexadecimal digits 64 bits have.
const shortXXH3 = 16

// made tells whether a checksum can be one of the method.
func (m method) made(sum string) bool {
	return m.algorithm != client.ChecksumAlgorithmXxh3 || m.short == (len(sum) == shortXXH3)
}

func (m method) hash() hash.Hash {
	switch {
	case m.algorithm == client.ChecksumAlgorithmMd5:
		return md5.New() //nolint:gosec // see the import
	case m.algorithm != client.ChecksumAlgorithmXxh3:
		return sha256.New()
	case m.short:
		return xxh3.New()
	default:
		return long{xxh3.New()}
	}
}

// long is xxh3 with all of its 128 bits.
type long struct{ *xxh3.Hasher }

// Size implements hash.Hash.
func (long) Size() int { return 16 }

// Sum implements hash.Hash.
func (l long) Sum(b []byte) []byte {
	sum := l.Sum128().Bytes()
	return append(b, sum[:]...)
}

// open opens a regular file and nothing else, without waiting for whoever may write to a pipe of that name.
func open(root *os.Root, at string) (*os.File, mark, error) {
	file, err := root.OpenFile(at, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, mark{}, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file any more")
	}
	if err != nil {
		return nil, mark{}, errors.Join(err, file.Close())
	}
	return file, markOf(info), nil
}

// checksum reads a file and tells progress how many bytes at a time. It fails for a file that changes meanwhile.
func checksum(ctx context.Context, file *os.File, was mark, by method, progress func(int)) (string, error) {
	sum := by.hash()
	block := make([]byte, 1<<20)
	var read int64
	for {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		n, err := file.Read(block)
		sum.Write(block[:n])
		read += int64(n)
		progress(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if markOf(info) != was || read != was.Size {
		return "", errors.New("it changed while it was read: it is still being written; start this again later")
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
