// Package redistest gives a test a real Redis of its own, which acknowledges nothing before it is on the disk.
package redistest

import (
	"context"
	"testing"

	"github.com/ccatobs/opsdb/internal/servers"
)

// Redis is a server of a test. It ends with the test, and when the test binary is killed.
type Redis struct {
	t        testing.TB
	server   *servers.Redis
	dir      string
	port     int
	settings []string
}

// New starts an empty server on a free port. settings are pairs of name and value that are added to its configuration.
func New(t testing.TB, settings ...string) *Redis {
	t.Helper()
	port, err := servers.FreePort()
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	r := &Redis{t: t, dir: t.TempDir(), port: port, settings: settings}
	r.Start()
	t.Cleanup(func() { r.check(r.server.Kill()) })
	return r
}

// Address returns host:port, the same for the server's whole life.
func (r *Redis) Address() string { return r.server.Address() }

// Start starts the server on the files it left, after Stop or Kill.
func (r *Redis) Start() {
	r.t.Helper()
	server, err := servers.StartRedis(context.WithoutCancel(r.t.Context()), r.dir, r.port, r.settings...)
	r.check(err)
	r.server = server
}

// Restart kills the server and starts it again.
func (r *Redis) Restart() {
	r.t.Helper()
	r.Kill()
	r.Start()
}

// Kill ends the server at once.
func (r *Redis) Kill() {
	r.t.Helper()
	r.check(r.server.Kill())
}

// Stop shuts the server down in order.
func (r *Redis) Stop() {
	r.t.Helper()
	r.check(r.server.Stop(r.t.Context()))
}

// Pause stops the server where it is: connections hang.
func (r *Redis) Pause() {
	r.t.Helper()
	r.check(r.server.Pause())
}

// Continue ends a Pause.
func (r *Redis) Continue() {
	r.t.Helper()
	r.check(r.server.Continue())
}

func (r *Redis) check(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("redistest: %v", err)
	}
}
