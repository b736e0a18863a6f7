package lab

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"
)

// server is a running server with all its processes.
type server interface {
	PID() int
	Done() <-chan struct{}
	Err() error                     // how it ended
	Stop(ctx context.Context) error // in good order; by force when ctx ends first
	Kill() error                    // returns when it is gone
	Pause() error
	Continue() error
}

// member is one server of the lab, which is started again when it ends without having been told to.
type member struct {
	name    string // "cologne/postgres"
	logFile string
	start   func(context.Context) (server, error) // on the same data and the same port as before
	ready   func(context.Context) error           // nil: it is as soon as start returns
	restart time.Duration                         // pause before it is started again; negative: it is not
	log     *slog.Logger

	mu      sync.Mutex
	current server             // nil while it is down
	quit    context.CancelFunc // nil when it shall be down
	kept    chan struct{}      // closed when nobody restarts it any more
	failure error              // exits that nobody asked for
}

// up starts the server and waits until it is ready.
func (m *member) up(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.quit != nil {
		return fmt.Errorf("%s is up already", m.name)
	}
	s, err := m.start(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	if err := m.wait(ctx, s); err != nil {
		return errors.Join(err, s.Kill(), fmt.Errorf("its log: %s", tail(m.logFile)))
	}
	keeping, quit := context.WithCancel(context.WithoutCancel(ctx))
	m.current, m.quit, m.kept = s, quit, make(chan struct{})
	go m.keep(keeping, s, m.kept)
	return nil
}

// wait waits until the server is ready. It gives up when the server ends.
func (m *member) wait(ctx context.Context, s server) error {
	if m.ready == nil {
		return nil
	}
	return Until(ctx, m.name+" is ready", func(ctx context.Context) error {
		select {
		case <-s.Done():
			return FinalError{Err: fmt.Errorf("%s ended while starting: %w", m.name, s.Err())}
		default:
			return m.ready(ctx)
		}
	})
}

// keep starts the server again whenever it has ended, until ctx ends.
func (m *member) keep(ctx context.Context, s server, kept chan<- struct{}) {
	defer close(kept)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Done():
		}
		m.ended(s)
		if s = m.again(ctx); s == nil {
			return
		}
		m.mu.Lock()
		m.current = s
		m.mu.Unlock()
		m.log.Info("server started again", "server", m.name, "pid", s.PID())
	}
}

// again starts the server after the pause, as often as it takes; nil when ctx ended first.
func (m *member) again(ctx context.Context) server {
	for {
		if m.restart < 0 {
			<-ctx.Done()
			return nil
		}
		timer := time.NewTimer(m.restart)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		s, err := m.start(ctx)
		if err == nil {
			return s
		}
		if ctx.Err() == nil {
			m.log.Warn("server does not start", "server", m.name, "error", err)
		}
	}
}

// ended takes notice of a server that ended. A signal came from outside, but an exit of its own is a failure.
func (m *member) ended(s server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.current = nil
	m.log.Warn("server ended", "server", m.name, "how", s.Err())
	m.judge(s)
}

func (m *member) judge(s server) {
	if exit, ok := errors.AsType[*exec.ExitError](s.Err()); ok && exit.Exited() {
		m.failure = errors.Join(m.failure, fmt.Errorf("%s ended by itself: %w", m.name, exit))
	}
}

// down stops the server in good order, by force when ctx ends first, and keeps it down.
func (m *member) down(ctx context.Context) error {
	return m.end(func(s server) error {
		if err := s.Stop(ctx); err != nil {
			return err
		}
		m.judge(s)
		return nil
	})
}

// powerOff kills the server and keeps it down.
func (m *member) powerOff() error { return m.end(server.Kill) }

// end ends the server, if it is up, and nobody starts it again.
func (m *member) end(how func(server) error) error {
	m.mu.Lock()
	quit, kept := m.quit, m.kept
	m.quit = nil
	m.mu.Unlock()
	if quit == nil {
		return nil
	}
	quit()
	<-kept
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.current
	m.current = nil
	if s == nil {
		return nil
	}
	if err := how(s); err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	return nil
}

// running returns the server, or an error that says that it is down.
func (m *member) running() (server, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == nil {
		return nil, fmt.Errorf("%s is down", m.name)
	}
	select {
	case <-m.current.Done():
		return nil, fmt.Errorf("%s is down: %w", m.name, m.current.Err())
	default:
		return m.current, nil
	}
}

// failed returns the exits that nobody asked for.
func (m *member) failed() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failure
}

// tail returns the last lines of a log.
func tail(path string) string {
	const enough = 4000
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-enough):])
}
