package lab

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// path is one port by which a site reaches the main database.
type path struct {
	link    *Link
	port    int
	counted bool // its bytes move the trigger
	bounded bool // a connection that lost something is reset after healing, as by a TCP user timeout

	mu       sync.Mutex
	listener *net.TCPListener
	accepts  chan struct{} // closed when nobody accepts on listener any more
}

// open makes the path accept connections, if it does not yet.
func (p *path) open() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return nil
	}
	listener, err := listen(p.port)
	if err != nil {
		return fmt.Errorf("link of %s: %w", p.link.site, err)
	}
	p.listener, p.accepts = listener, make(chan struct{})
	go p.accept(p.listener, p.accepts)
	return nil
}

// close makes connects to the path fail.
func (p *path) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		return nil
	}
	err := p.listener.Close()
	<-p.accepts
	p.listener = nil
	return err
}

func (p *path) accept(listener *net.TCPListener, done chan<- struct{}) {
	defer close(done)
	for {
		tcp, err := listener.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			p.link.log.Error("link cannot accept", "site", p.link.site, "error", err)
			<-time.After(10 * time.Millisecond) // out of file descriptors, most likely
			continue
		}
		c := newConn(p, tcp)
		if !p.link.add(c) {
			c.abort()
			continue
		}
		go c.carry()
	}
}
