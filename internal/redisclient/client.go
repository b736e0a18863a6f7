// Package redisclient opens the site's Redis. A site must start and serve reads while its Redis is still away, which
// the library's client cannot: it dials when it is made. This one is made at once and dials when it is used.
package redisclient

import (
	"net"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// Options says where Redis is.
type Options struct {
	Address  string // host:port
	Password string
	DB       int
}

const (
	dialTimeout = time.Second
	// callTimeout bounds a write to a Redis that is stopped but keeps its connections, and an answer to a ping.
	callTimeout = 2 * time.Second
	// pingPause is between the pings that find out whether Redis is stopped while answers are awaited.
	pingPause = time.Second
	// redialPause keeps requests from queueing for a dial each while Redis is away.
	redialPause = 100 * time.Millisecond
)

// Client connects at its first use, and again after a failure. It is safe for concurrent use.
type Client struct {
	option rueidis.ClientOption
	mu     sync.Mutex
	client rueidis.Client
	err    error
	failed time.Time
}

// New returns a client that is not yet connected.
func New(o Options) *Client {
	return &Client{option: rueidis.ClientOption{
		InitAddress: []string{o.Address},
		Password:    o.Password,
		SelectDB:    o.DB,
		// A write whose answer was lost may have happened: whether to send it again is the caller's decision.
		DisableRetry: true,
		// Without it the client probes for a cluster first and leaves a goroutine behind.
		ForceSingleClient: true,
		DisableCache:      true,
		BlockingPoolSize:  8,
		ConnWriteTimeout:  callTimeout,
		Dialer:            net.Dialer{Timeout: dialTimeout, KeepAlive: pingPause},
	}}
}

// Get returns the connected client, dialling when there is none yet.
func (c *Client) Get() (rueidis.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client, nil
	}
	if time.Since(c.failed) < redialPause {
		return nil, c.err
	}
	client, err := rueidis.NewClient(c.option)
	if err != nil {
		c.err, c.failed = err, time.Now()
		return nil, err
	}
	c.client, c.err = client, nil
	return client, nil
}

// Close ends the connection.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		c.client.Close()
		c.client = nil
	}
}
