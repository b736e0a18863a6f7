package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/ccatobs/opsdb/internal/servers"
)

// ports hands out ports of the loopback interface. A port stays the lab's own until the lab ends, also while the server
// that uses it is down: other labs see that from a name in the abstract socket namespace, which leaves no file behind.
type ports struct {
	next int // the next port; 0: any free one
	held []*net.UnixListener
}

// take returns the next port. It fails if that port is in use.
func (p *ports) take() (int, error) {
	if p.next != 0 {
		port := p.next
		p.next++
		listener, err := listen(port)
		if err != nil {
			return 0, fmt.Errorf("port %d: %w", port, err)
		}
		return port, errors.Join(listener.Close(), p.reserve(port))
	}
	const tries = 100
	var last error
	for range tries {
		port, err := servers.FreePort()
		if err != nil {
			return 0, err
		}
		if last = p.reserve(port); last == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port: %w", last)
}

func (p *ports) reserve(port int) error {
	name, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: fmt.Sprintf("@opsdb-lab-port-%d", port)})
	if err != nil {
		return fmt.Errorf("port %d belongs to another lab: %w", port, err)
	}
	p.held = append(p.held, name)
	return nil
}

// release gives all ports back.
func (p *ports) release() error {
	var err error
	for _, name := range p.held {
		err = errors.Join(err, name.Close())
	}
	p.held = nil
	return err
}

// loopback returns the address of a port of the lab.
func loopback(port int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(port))
}

func listen(port int) (*net.TCPListener, error) {
	return net.ListenTCP("tcp", net.TCPAddrFromAddrPort(loopback(port)))
}
