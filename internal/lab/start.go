package lab

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/servers"
	"github.com/ccatobs/opsdb/schema"
)

// run starts all servers: what does not need one another at the same time.
func (l *Lab) run(ctx context.Context) error {
	stores, databases := errgroup.WithContext(ctx)
	for _, s := range l.sites() {
		stores.Go(func() error { return s.redis.up(databases) })
	}
	stores.Go(func() error { return l.runDatabases(databases) })
	if err := stores.Wait(); err != nil {
		return err
	}
	apis, ctx := errgroup.WithContext(ctx)
	for _, s := range l.sites() {
		for _, a := range s.apis {
			apis.Go(func() error { return a.up(ctx) })
		}
	}
	if err := apis.Wait(); err != nil {
		return err
	}
	l.control.serve()
	if l.options.Transfers != nil {
		l.pipeline = l.movePackages(*l.options.Transfers)
	}
	return nil
}

func (l *Lab) runDatabases(ctx context.Context) error {
	if err := servers.InitDB(ctx, l.main.database.dir); err != nil {
		return err
	}
	if err := l.copyToStandbys(ctx); err != nil {
		return err
	}
	if err := l.runMain(ctx); err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return l.populate(running) })
	for _, s := range l.secondaries {
		group.Go(func() error { return s.database.up(running) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, s := range l.secondaries {
		if err := l.Replicated(ctx, s.name); err != nil {
			return err
		}
	}
	return nil
}

// copyToStandbys makes the files of all standbys from those of the main database, which is down.
func (l *Lab) copyToStandbys(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range l.secondaries {
		group.Go(func() error {
			if err := s.database.copyFrom(ctx, l.main.database); err != nil {
				return err
			}
			return s.database.configure()
		})
	}
	return group.Wait()
}

// runMain starts the main database with what the standbys and the APIs need of it.
func (l *Lab) runMain(ctx context.Context) error {
	if err := l.main.database.configure(); err != nil {
		return err
	}
	if err := l.main.database.up(ctx); err != nil {
		return err
	}
	standbys := make([]*database, len(l.secondaries))
	for i, s := range l.secondaries {
		standbys[i] = s.database
	}
	return l.main.database.prepare(ctx, standbys)
}

// populate fills the main database: tables, the observatory's own data, an administrator's token for each site.
func (l *Lab) populate(ctx context.Context) error {
	address := l.main.database.address(l.main.database.port)
	if _, _, err := schema.Migrate(ctx, address); err != nil {
		return fmt.Errorf("main database: %w", err)
	}
	if err := schema.Seed(ctx, address); err != nil {
		return fmt.Errorf("main database: %w", err)
	}
	keys, err := auth.NewKeys(l.secret, "")
	if err != nil {
		return err
	}
	return l.main.database.asSuperuser(ctx, databaseName, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, s := range l.sites() {
				issued, err := auth.Issue(ctx, maindb.New(tx), keys, auth.Grant{User: "lab", Role: "admin", Name: s.name, By: "opsdb lab"})
				if err != nil {
					return fmt.Errorf("token for %s: %w", s.name, err)
				}
				s.token = issued.Token
			}
			return nil
		})
	})
}
