package lab

import (
	"context"
	"fmt"

	"github.com/ccatobs/opsdb/internal/servers"
)

// store is one site's Redis.
type store struct {
	*member
	dir    string
	port   int
	memory int64 // bytes it may use before it refuses writes
}

// run starts the server on the files it has.
func (s *store) run(ctx context.Context) (server, error) {
	return servers.StartRedis(ctx, s.dir, s.port, "maxmemory", fmt.Sprint(s.memory))
}

// address returns the URL of the server.
func (s *store) address() string { return "redis://" + loopback(s.port).String() + "/0" }
