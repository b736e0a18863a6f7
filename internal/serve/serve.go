// Package serve runs the API of a site: it puts the parts together from the settings and ends them in order.
package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ccatobs/opsdb/internal/buildinfo"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/errs"
)

const (
	// finishTime bounds how long requests under way may take to finish, and after them everything else.
	finishTime = 10 * time.Second
	// redisPause is between two looks at a Redis that is away.
	redisPause = 50 * time.Millisecond
)

// Run serves until ctx ends, then finishes what is under way, in at most 20 seconds after the announced pause. Settings
// are read from environ and .env; logs are written as lines of JSON.
//
// It fails at once with config.ErrInvalid, and when the address is in use. It fails with errs.Invalid when Redis turns
// out not to keep what it acknowledges; whatever else is away, it waits for.
func Run(ctx context.Context, environ []string, logs io.Writer) error {
	c, err := config.Load(environ)
	if err != nil {
		return err
	}
	if err := c.Validate(); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: c.Server.LogLevel})).With("site", c.Site.Name)
	for _, unknown := range c.Unknown {
		log.WarnContext(ctx, "a setting is unknown", "name", unknown.Name, "nearest", unknown.Nearest)
	}
	var network net.ListenConfig
	listener, err := network.Listen(ctx, "tcp", c.Server.ListenAddress)
	if err != nil {
		return err
	}
	p, err := assemble(ctx, c, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log.InfoContext(ctx, "serving", "address", listener.Addr().String(), "site_type", c.Site.Type, "program", buildinfo.Read().String())
	return p.serve(ctx, listener, c.Server)
}

// serve works until ctx ends or a part fails. It owns the listener.
func (p *parts) serve(ctx context.Context, listener net.Listener, settings config.Server) error {
	server := p.api.HTTPServer(listener.Addr().String())
	// Work goes on while the last requests are answered: some wait for their write to be replicated.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, working := errgroup.WithContext(working)
	group.Go(func() error { return p.buffer.Run(working) })
	group.Go(func() error { return p.verifier.Run(working) })
	group.Go(func() error { return p.usage.Run(working) })
	group.Go(func() error { return p.sky.Run(working) })
	group.Go(func() error { return p.hub.Run(working) })
	group.Go(func() error { return p.events.Run(working) })
	group.Go(func() error { return p.awaitRedis(working) })
	if settings.ProfileSocket != "" {
		group.Go(func() error {
			if err := profiles(working, settings.ProfileSocket); err != nil {
				p.log.ErrorContext(ctx, "profiles are not served", "error", err)
			}
			return nil
		})
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	finished := make(chan error, 1)
	go func() {
		err := group.Wait()
		p.close()
		finished <- err
	}()

	select {
	case <-ctx.Done():
		p.finishRequests(server, settings.ShutdownPause.Duration())
	case <-working.Done():
		if err := server.Close(); err != nil {
			p.log.ErrorContext(ctx, "the server did not close", "error", err)
		}
	}
	stop()
	select {
	case err := <-finished:
		return err
	case <-time.After(finishTime):
		return errors.New("not everything ended in time; a successor will find out from the ledger what was executed")
	}
}

// finishRequests says for a while that no more should come, then takes no more, and returns when the last is answered.
func (p *parts) finishRequests(server *http.Server, pause time.Duration) {
	p.log.Info("shutting down")
	p.api.Drain()
	<-time.After(pause)
	ctx, cancel := context.WithTimeout(context.Background(), finishTime)
	defer cancel()
	// They would not end by themselves, and the server does not know of WebSockets.
	p.hub.Stop(ctx)
	if err := server.Shutdown(ctx); err != nil {
		p.log.Warn("requests were cut off", "error", errors.Join(err, server.Close()))
	}
}

// awaitRedis returns when Redis was seen to keep what it acknowledges; the buffer takes nothing before.
func (p *parts) awaitRedis(ctx context.Context) error {
	ticker := time.NewTicker(redisPause)
	defer ticker.Stop()
	said := ""
	for {
		err := p.buffer.CheckRedis(ctx)
		if err == nil || errs.KindOf(err) == errs.Invalid {
			return err
		}
		if text := err.Error(); text != said && ctx.Err() == nil {
			p.log.WarnContext(ctx, "waiting for Redis", "error", err)
			said = text
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
