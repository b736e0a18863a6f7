package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// cachedCluster returns where the user's copy of a new cluster of the installed release is kept; "" if the user has no
// cache.
func cachedCluster(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "opsdb")
		err = os.MkdirAll(cache, 0o700)
	}
	if err != nil {
		return "", nil //nolint:nilerr // a user without a home has no cache
	}
	cmd, err := PostgreSQLCommand(ctx, "postgres", "--version")
	if err != nil {
		return "", err
	}
	version, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("PostgreSQL's version: %w", err)
	}
	name := strings.NewReplacer(" ", "-", "(", "", ")", "", "/", "-").Replace(strings.TrimSpace(string(version)))
	return filepath.Join(cache, name+"-wal"+walSegmentMB), nil
}

// walSegmentMB is the size of a segment of the log. A standby that reconnects is sent the current one from its beginning:
// over a link of 64 kB/s PostgreSQL's own size of 16 MB would hold up replication for four minutes.
const walSegmentMB = "1"

func initdb(ctx context.Context, data string) error {
	cmd, err := PostgreSQLCommand(ctx, "initdb", "--pgdata="+data, "--username="+Superuser, "--auth=trust", "--encoding=UTF8",
		"--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions", "--wal-segsize="+walSegmentMB)
	if err != nil {
		return err
	}
	return run(cmd)
}

// store copies a new cluster into the cache. Of several that do it at once the first wins.
func store(ctx context.Context, data, cached string) error {
	half, err := os.MkdirTemp(filepath.Dir(cached), "half-")
	if err != nil {
		return fmt.Errorf("cache a new cluster: %w", err)
	}
	copied := filepath.Join(half, "data")
	err = run(exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", data, copied))
	if err == nil {
		if err = os.Rename(copied, cached); errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
			err = nil
		}
	}
	return errors.Join(err, os.RemoveAll(half))
}

// all sends a signal to the server and its children, which cannot become more meanwhile, and returns the children. Those
// that end are no error.
func (p *PostgreSQL) all(s syscall.Signal) ([]int, error) {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return nil, err
	}
	children, err := p.children()
	if err != nil {
		return nil, err
	}
	for _, pid := range children {
		if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			return nil, fmt.Errorf("signal process %d: %w", pid, err)
		}
	}
	return children, p.Signal(s)
}

// awaitEnd waits until killed processes, which are not our own children, have let go of what they held.
func awaitEnd(pids []int) error {
	const patience = 10 * time.Second
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-tick.C:
			case <-deadline:
				return fmt.Errorf("process %d does not end", pid)
			}
		}
	}
	return nil
}

// alive says whether a process runs; one that only waits for its parent to take notice of its end does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// children returns the processes of the server beside its first; none if it has ended.
func (p *PostgreSQL) children() ([]int, error) {
	select {
	case <-p.Done():
		return nil, nil
	default:
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.PID()))
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, task := range tasks {
		list, err := os.ReadFile(task)
		if err != nil {
			continue // the process has just ended
		}
		for field := range strings.FieldsSeq(string(list)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", task, err)
			}
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// releaseMemory removes the shared memory of a killed server, which the kernel would keep for ever. Its id is the last
// number of the seventh line of postmaster.pid.
func (p *PostgreSQL) releaseMemory() error {
	content, err := os.ReadFile(filepath.Join(p.Dir, "data", "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("release shared memory: %w", err)
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) < 7 {
		return nil
	}
	fields := strings.Fields(lines[6])
	if len(fields) != 2 {
		return nil
	}
	id, err := strconv.Atoi(fields[1])
	if err != nil {
		return fmt.Errorf("release shared memory: %w", err)
	}
	if _, err := unix.SysvShmCtl(id, unix.IPC_RMID, nil); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EIDRM) {
		return fmt.Errorf("release shared memory %d: %w", id, err)
	}
	return nil
}

func run(cmd *exec.Cmd) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, output)
	}
	return nil
}
