package servers

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// prefix begins the name of each Dir, and of nothing else.
const prefix = "opsdb-servers-"

// Dir is a directory for the files of servers.
type Dir struct {
	Path string
	lock *os.File
}

// NewDir makes an empty directory that PostgreSQL may use, with a path short enough for a socket in it. Before, it
// removes the directories of owners that were killed.
func NewDir() (*Dir, error) {
	if err := sweep(); err != nil {
		return nil, err
	}
	hidden, err := os.MkdirTemp("", "."+prefix)
	if err != nil {
		return nil, fmt.Errorf("directory for servers: %w", err)
	}
	d := &Dir{Path: filepath.Join(filepath.Dir(hidden), filepath.Base(hidden)[1:])}
	// It gets the name that sweep looks for only when it is locked.
	if d.lock, err = lock(hidden); err != nil {
		return nil, errors.Join(err, os.RemoveAll(hidden))
	}
	if err := errors.Join(giveAway(hidden), os.Rename(hidden, d.Path)); err != nil {
		return nil, errors.Join(err, d.lock.Close(), os.RemoveAll(hidden))
	}
	return d, nil
}

// Remove deletes the directory. Its servers must have ended.
func (d *Dir) Remove() error {
	return errors.Join(os.RemoveAll(d.Path), d.lock.Close())
}

// lock locks a directory for as long as the returned file is open. It fails with EWOULDBLOCK if another has locked it.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), f.Close())
	}
	return f, nil
}

// sweep removes the directories whose owner is gone; those of other users are not ours to remove.
func sweep() error {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range left {
		held, err := lock(path)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		}
		if err := errors.Join(os.RemoveAll(path), held.Close()); err != nil {
			return fmt.Errorf("remove what a killed process left: %w", err)
		}
	}
	return nil
}

// FreePort returns a TCP port of the loopback interface on which nobody listens. It is below the range from which the
// kernel serves outgoing connections, so that a server can be restarted on it later.
func FreePort() (int, error) {
	const lowest, highest, tries = 15000, 32000, 100
	var last error
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			last = err
			continue
		}
		return port, listener.Close()
	}
	return 0, fmt.Errorf("no free port: %w", last)
}
