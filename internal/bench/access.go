package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/redisclient"
)

// benchSecret keys what the bench makes for itself; the APIs of the lab have another.
const benchSecret = "bench 5f2c9d81e07b4a36 only here, never there"

// accessPart measures what it costs to find out who calls, for a token and for a session that were seen a moment ago: to
// verify it and to look for one permission. The limit is one keyed hash of the token.
func accessPart() part {
	names := []string{"auth_token_us", "auth_session_us"}
	return part{names, func(ctx context.Context, s *station) ([]Figure, error) {
		gate, err := s.gate(ctx)
		if err != nil {
			return nil, err
		}
		defer gate.close()
		token, err := gate.token(ctx, s.main)
		if err != nil {
			return nil, err
		}
		session, err := gate.session(ctx, token)
		if err != nil {
			return nil, err
		}
		limit := microseconds(s.sizes.checks, func() error {
			mac := hmac.New(sha256.New, []byte(benchSecret))
			mac.Write([]byte(token))
			mac.Sum(nil)
			return nil
		})
		var figures []Figure
		for i, credential := range []string{token, session} {
			var failed error
			cost := microseconds(s.sizes.checks, func() error {
				failed = gate.check(ctx, credential)
				return failed
			})
			if failed != nil {
				return nil, failed
			}
			figures = append(figures, figure(names[i], "µs", cost, limit))
		}
		return figures, nil
	}}
}

// microseconds returns how long one of many calls takes, until one fails.
func microseconds(calls int, f func() error) float64 {
	began := time.Now()
	for range calls {
		if f() != nil {
			break
		}
	}
	return float64(time.Since(began).Nanoseconds()) / 1000 / float64(calls)
}

// gate is what checks credentials at the secondary site.
type gate struct {
	replica  *postgres.Replica
	redis    *redisclient.Client
	keys     auth.Keys
	sessions *auth.Sessions
	verifier *auth.Verifier
}

func (s *station) gate(ctx context.Context) (*gate, error) {
	config, err := pgx.ParseConfig(s.site.Database)
	if err != nil {
		return nil, err
	}
	redis, err := url.Parse(s.site.Redis)
	if err != nil {
		return nil, err
	}
	g := &gate{redis: redisclient.New(redisclient.Options{Address: redis.Host})}
	if g.keys, err = auth.NewKeys(benchSecret, ""); err != nil {
		return nil, err
	}
	g.replica, err = postgres.NewReplica(ctx, postgres.Address{
		Host: config.Host, Port: int(config.Port), User: config.User, Password: config.Password, Name: config.Database,
	}, "opsdb bench")
	if err != nil {
		return nil, err
	}
	if g.sessions, err = auth.NewSessions(g.keys, secondary, g.redis, time.Hour); err != nil {
		return nil, err
	}
	g.verifier = auth.NewVerifier(g.keys, auth.NewDirectory(g.replica, nil), g.sessions, slog.New(slog.DiscardHandler))
	return g, nil
}

func (g *gate) close() {
	g.replica.Close()
	g.redis.Close()
}

// token makes a token and waits until the site knows it.
func (g *gate) token(ctx context.Context, main *pgx.Conn) (string, error) {
	var issued auth.Issued
	err := pgx.BeginFunc(ctx, main, func(tx pgx.Tx) (err error) {
		issued, err = auth.Issue(ctx, maindb.New(tx), g.keys, auth.Grant{User: "bench", Role: "observer", Name: "bench " + uuid.NewString(), By: "bench"})
		return err
	})
	if err != nil {
		return "", err
	}
	return issued.Token, lab.Until(ctx, "the token is replicated", func(ctx context.Context) error { return g.check(ctx, issued.Token) })
}

// session opens a session of the user of a token and returns its access token.
func (g *gate) session(ctx context.Context, token string) (string, error) {
	owner, err := g.verifier.Verify(ctx, token)
	if err != nil {
		return "", err
	}
	session, _, err := g.sessions.Open(ctx, auth.Session{UserID: owner.UserID, Name: owner.Name, Credential: auth.BySession})
	if err != nil {
		return "", err
	}
	text, _, err := g.sessions.AccessToken(session)
	return text, err
}

// check is what the server does for each request.
func (g *gate) check(ctx context.Context, credential string) error {
	principal, err := g.verifier.Verify(ctx, credential)
	if err == nil && !principal.Can("write:observations") {
		err = fmt.Errorf("%s may not record observations", principal.Name)
	}
	return err
}
