package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// Redis is a running server.
type Redis struct {
	*Process
	Dir  string // holds the append-only files and redis.log
	Port int    // on 127.0.0.1
}

// StartRedis starts a server on the files in dir and on a port of 127.0.0.1, and returns when it answers. It acknowledges
// nothing before it is on the disk and never evicts; settings are pairs of name and value that are added.
func StartRedis(ctx context.Context, dir string, port int, settings ...string) (*Redis, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server is not installed: apt-get install redis-server: %w", err)
	}
	arguments := []string{
		"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir, "--save", "", "--appendonly", "yes",
		"--appendfsync", "always", "--no-appendfsync-on-rewrite", "no", "--maxmemory-policy", "noeviction",
		"--hash-max-listpack-value", "4096",
	}
	for i := 0; i+1 < len(settings); i += 2 {
		arguments = append(arguments, "--"+settings[i], settings[i+1])
	}
	log, err := os.OpenFile(filepath.Join(dir, "redis.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program, arguments...)
	cmd.Stdout, cmd.Stderr = log, log
	process, err := Start(cmd, syscall.SIGKILL)
	if err := errors.Join(err, log.Close()); err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	r := &Redis{Process: process, Dir: dir, Port: port}
	if err := r.until(ctx, r.answers); err != nil {
		return nil, fmt.Errorf("start Redis: %w: %s", errors.Join(err, r.Kill()), lastLines(log.Name()))
	}
	return r, nil
}

// Address returns host:port.
func (r *Redis) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)) }

// Stop shuts the server down in order.
func (r *Redis) Stop(ctx context.Context) error { return r.End(ctx, syscall.SIGTERM) }

// Pause stops the server where it is: connections hang.
func (r *Redis) Pause() error { return r.Signal(syscall.SIGSTOP) }

// Continue ends a Pause.
func (r *Redis) Continue() error { return r.Signal(syscall.SIGCONT) }

// answers returns nil when the server answers and has loaded its files.
func (r *Redis) answers(ctx context.Context) (err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", r.Address())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if answer != "+PONG\r\n" {
		return fmt.Errorf("redis answers %q", answer)
	}
	return nil
}
