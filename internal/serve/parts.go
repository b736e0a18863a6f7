package serve

import (
	"context"
	"log/slog"
	"net"
	"strings"

	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/auth/github"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/buildinfo"
	"github.com/ccatobs/opsdb/internal/cache"
	"github.com/ccatobs/opsdb/internal/config"
	"github.com/ccatobs/opsdb/internal/httpapi"
	"github.com/ccatobs/opsdb/internal/live"
	"github.com/ccatobs/opsdb/internal/ops"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/resolver"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/internal/sky"
	"github.com/ccatobs/opsdb/internal/visibility"
)

// parts are what a serving process consists of.
type parts struct {
	log      *slog.Logger
	main     *postgres.Main
	replica  *postgres.Replica
	redis    *redisclient.Client
	buffer   *buffer.Buffer
	verifier *auth.Verifier
	usage    *auth.Usage
	sky      *visibility.Planner
	hub      *live.Hub
	events   *live.Publisher
	api      *httpapi.Server
}

// assemble puts the parts together. It connects to nothing: everything may be away.
func assemble(ctx context.Context, c config.Config, log *slog.Logger) (*parts, error) {
	keys, err := auth.NewKeys(c.Access.SecretKey.Reveal(), c.Access.SecretKeyPrevious.Reveal())
	if err != nil {
		return nil, err
	}
	// The pools outlive ctx: what is under way when it ends is finished.
	ctx = context.WithoutCancel(ctx)
	application := "opsdb " + c.Site.Name
	p := &parts{log: log, redis: Redis(c.Redis)}
	if p.main, err = postgres.NewMain(ctx, Address(c.Main), application, c.Buffer.MainWriteTimeout.Duration()); err != nil {
		return nil, err
	}
	if p.replica, err = postgres.NewReplica(ctx, Address(c.Local), application); err != nil {
		p.main.Close()
		return nil, err
	}
	p.buffer = buffer.New(bufferConfig(c), p.redis, p.main, p.replica, &ops.Registry, log)
	access, err := p.access(c, keys)
	if err != nil {
		p.close()
		return nil, err
	}
	p.verifier, p.usage = access.Verifier, access.Usage
	p.hub = live.NewHub(c.Site.Name, p.redis, c.Server.Streams, log)
	kept := cache.New(p.redis, c.Site.Name, log)
	p.sky = visibility.New(sky.FYST, kept, cache.NewBoard(p.redis, c.Site.Name), log)
	names := resolver.New(resolver.Config{SesameURL: c.Names.SesameURL, NEDURL: c.Names.NEDURL}, kept, log)
	p.api, err = httpapi.New(httpapi.Deps{
		Site: c.Site.Site(), Buffer: p.buffer, Replica: p.replica, Access: access, Cache: kept, Sky: p.sky, Names: names, Live: p.hub, Log: log, PublicURL: c.Server.PublicURL,
		MainHost: c.Main.Host, LocalHost: c.Local.Host, Version: buildinfo.Read().Version,
		Stalled: c.Transfer.Stalled.Duration(),
	})
	if err != nil {
		p.close()
		return nil, err
	}
	p.events = live.NewPublisher(c.Site.Name, p.redis, p.replica, p.api.Condition, log)
	return p, nil
}

// access puts together who may do what.
func (p *parts) access(c config.Config, keys auth.Keys) (httpapi.Access, error) {
	var pending auth.Overlay
	if c.Site.Type == site.Secondary {
		pending = p.buffer
	}
	sessions, err := auth.NewSessions(keys, c.Site.Name, p.redis, c.Access.SessionLifetime.Duration())
	if err != nil {
		return httpapi.Access{}, err
	}
	directory := auth.NewDirectory(p.replica, pending)
	a := httpapi.Access{
		Keys: keys, Directory: directory, Sessions: sessions, Verifier: auth.NewVerifier(keys, directory, sessions, p.log),
		Usage:       auth.NewUsage(keys, c.Site.Name, p.buffer, p.log),
		FrontendURL: c.Access.FrontendURL, CORSOrigins: c.Access.CORSOrigins, RateLimit: c.Access.RateLimit,
		TokenLifetime: c.Access.TokenLifetime.Duration(), TokenLifetimeMax: c.Access.TokenLifetimeMax.Duration(), TokensPerUser: c.Access.TokensPerUser,
		DemoTokens: c.Access.DemoTokens, TokenInURL: c.Access.TokenInURL, StreamTokenInURL: c.Access.StreamTokenInURL,
	}
	if c.Access.GitHubClientID != "" {
		a.SignIn = auth.NewSignIn(gitHub(c), auth.RoleRules{Teams: c.Access.GitHubTeams, Default: c.Access.GitHubDefaultRole}, directory, sessions)
	}
	if c.Access.BreakGlass {
		a.Operators = auth.NewOperators(sessions)
		a.Verifier.Admit(a.Operators)
	}
	for _, text := range c.Access.TrustedProxies {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return a, err
		}
		a.TrustedProxies = append(a.TrustedProxies, network)
	}
	return a, nil
}

// gitHub returns a client of GitHub, which asks when somebody signs in.
func gitHub(c config.Config) *github.Client {
	return github.New(github.Config{
		ClientID: c.Access.GitHubClientID, ClientSecret: c.Access.GitHubSecret.Reveal(), URL: c.Access.GitHubURL, APIURL: c.Access.GitHubAPIURL,
		Callback: strings.TrimSuffix(c.Server.PublicURL, "/") + "/github/callback", Organisation: c.Access.GitHubOrg,
	})
}

func (p *parts) close() {
	p.main.Close()
	p.replica.Close()
	p.redis.Close()
}

// Address returns the address of a database as postgres takes it.
func Address(d config.Database) postgres.Address {
	return postgres.Address{Host: d.Host, Port: d.Port, User: d.User, Password: d.Password.Reveal(), Name: d.Name}
}

// Redis returns a client of the site's Redis, which connects when it is used.
func Redis(r config.Redis) *redisclient.Client {
	return redisclient.New(redisclient.Options{Address: r.Address(), Password: r.Password.Reveal(), DB: r.DB})
}

// Buffer returns the buffer of a site for a command that writes and does not serve, and a function that closes what it
// works with. It connects to nothing: everything may be away.
func Buffer(ctx context.Context, c config.Config, redis *redisclient.Client) (*buffer.Buffer, func(), error) {
	main, err := postgres.NewMain(ctx, Address(c.Main), "opsdb command", c.Buffer.MainWriteTimeout.Duration())
	if err != nil {
		return nil, nil, err
	}
	replica, err := postgres.NewReplica(ctx, Address(c.Local), "opsdb command")
	if err != nil {
		main.Close()
		return nil, nil, err
	}
	b := buffer.New(bufferConfig(c), redis, main, replica, &ops.Registry, slog.New(slog.DiscardHandler))
	return b, func() { main.Close(); replica.Close() }, nil
}

func bufferConfig(c config.Config) buffer.Config {
	return buffer.Config{
		Site:               c.Site.Site(),
		BufferSize:         c.Buffer.Size,
		RetryAttempts:      c.Buffer.RetryAttempts,
		RetryDelay:         c.Buffer.RetryDelay.Duration(),
		Interval:           c.Buffer.ProcessingInterval.Duration(),
		LSNTracking:        c.LSN.TrackingEnabled,
		LSNCheckInterval:   c.LSN.CheckInterval.Duration(),
		LSNTimeout:         c.LSN.Timeout.Duration(),
		ReferenceFreshness: c.Buffer.ReferenceFreshness.Duration(),
		JournalKeep:        c.Buffer.JournalKeep.Duration(),
		JournalMaxBytes:    int64(c.Buffer.JournalMaxBytes),
		LedgerKeep:         c.Buffer.LedgerKeep.Duration(),
		DirectTimeout:      c.Buffer.MainWriteTimeout.Duration(),
	}
}
