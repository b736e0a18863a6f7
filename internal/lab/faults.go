package lab

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// Kill ends all processes of a server by SIGKILL, as named in PIDs. The lab starts it again after RestartAfter.
func (l *Lab) Kill(name string) error { return l.tell(name, server.Kill) }

// Pause stops a server where it is, with all its processes, so that its clients hang.
func (l *Lab) Pause(name string) error { return l.tell(name, server.Pause) }

// Continue ends a Pause.
func (l *Lab) Continue(name string) error { return l.tell(name, server.Continue) }

// PowerOff kills servers at once, and they stay down until BringUp. A server that is down already is no error.
func (l *Lab) PowerOff(names ...string) error {
	return l.each(names, (*member).powerOff)
}

// TakeDown stops servers in good order, and they stay down until BringUp.
func (l *Lab) TakeDown(ctx context.Context, names ...string) error {
	return l.each(names, func(m *member) error { return m.down(ctx) })
}

// BringUp starts servers that PowerOff or TakeDown ended, on the same data, and returns when they are ready.
func (l *Lab) BringUp(ctx context.Context, names ...string) error {
	return l.each(names, func(m *member) error { return m.up(ctx) })
}

// WaitReady waits until servers are up and ready, as after Kill.
func (l *Lab) WaitReady(ctx context.Context, names ...string) error {
	return l.each(names, func(m *member) error {
		return Until(ctx, m.name+" is ready", func(ctx context.Context) error {
			if _, err := m.running(); err != nil || m.ready == nil {
				return err
			}
			return m.ready(ctx)
		})
	})
}

// Replicated waits until the standby of a site has replayed all that the main database has written by now.
func (l *Lab) Replicated(ctx context.Context, site string) error {
	s, err := l.secondary(site)
	if err != nil {
		return err
	}
	position, err := l.main.database.position(ctx)
	if err != nil {
		return err
	}
	return s.database.asSuperuser(ctx, "postgres", func(conn *pgx.Conn) error {
		return Until(ctx, site+" has replayed "+position, func(ctx context.Context) error {
			var replayed string
			var enough bool
			const query = `select coalesce(pg_last_wal_replay_lsn()::text, ''), coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)`
			if err := conn.QueryRow(ctx, query, position).Scan(&replayed, &enough); err != nil {
				return FinalError{Err: err}
			}
			if !enough {
				return fmt.Errorf("it is at %q", replayed)
			}
			return nil
		})
	})
}

// Log returns what a server has logged.
func (l *Lab) Log(name string) (string, error) {
	m, err := l.find(name)
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(m.logFile)
	return string(content), err
}

// Failover replaces the main database, whose server is killed, by the standby of a site with what that one has: it gets
// the place and the address of the main database, and all standbys are made anew from it. Everything that it had not
// replayed is lost.
func (l *Lab) Failover(ctx context.Context, site string) error {
	s, err := l.secondary(site)
	if err != nil {
		return err
	}
	if err := l.main.database.powerOff(); err != nil {
		return err
	}
	if err := s.database.promote(ctx); err != nil {
		return err
	}
	for _, s := range l.secondaries {
		if err := s.database.down(ctx); err != nil {
			return err
		}
	}
	if err := l.main.database.copyFrom(ctx, s.database); err != nil {
		return err
	}
	if err := l.copyToStandbys(ctx); err != nil {
		return err
	}
	if err := l.runMain(ctx); err != nil {
		return err
	}
	for _, s := range l.secondaries {
		if err := s.database.up(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Promote makes the standby of a site writable with what it has; the main database knows nothing of it. Failover does
// all that a failover needs.
func (l *Lab) Promote(ctx context.Context, site string) error {
	s, err := l.secondary(site)
	if err != nil {
		return err
	}
	return s.database.promote(ctx)
}

func (d *database) promote(ctx context.Context) error {
	return d.asSuperuser(ctx, "postgres", func(conn *pgx.Conn) error {
		var promoted bool
		if err := conn.QueryRow(ctx, `select pg_promote(true, 60)`).Scan(&promoted); err != nil {
			return fmt.Errorf("promote %s: %w", d.name, err)
		}
		if !promoted {
			return fmt.Errorf("promote %s: not done in time", d.name)
		}
		return nil
	})
}

func (l *Lab) tell(name string, what func(server) error) error {
	m, err := l.find(name)
	if err != nil {
		return err
	}
	s, err := m.running()
	if err != nil {
		return err
	}
	return what(s)
}

// each does something with several servers at the same time.
func (l *Lab) each(names []string, do func(*member) error) error {
	members := make([]*member, len(names))
	for i, name := range names {
		m, err := l.find(name)
		if err != nil {
			return err
		}
		members[i] = m
	}
	var group errgroup.Group
	for _, m := range members {
		group.Go(func() error { return do(m) })
	}
	return group.Wait()
}

func (l *Lab) find(name string) (*member, error) {
	for _, s := range l.sites() {
		for _, m := range s.members() {
			if m.name == name {
				return m, nil
			}
		}
	}
	return nil, fmt.Errorf("the lab has no server %q", name)
}

func (l *Lab) secondary(name string) (*installation, error) {
	for _, s := range l.secondaries {
		if s.name == name {
			return s, nil
		}
	}
	return nil, errors.New("the lab has no secondary site " + name)
}
