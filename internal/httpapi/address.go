package httpapi

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// clientAddress returns the IP address from which a request comes, empty when it is not known. What X-Forwarded-For says
// is believed as far as trusted proxies have written it: from the right to the first address that is not one of them.
func (s *Server) clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		claimed := net.ParseIP(strings.TrimSpace(hop))
		if !s.trusts(host) || claimed == nil {
			break
		}
		host = claimed.String()
	}
	if net.ParseIP(host) == nil {
		return ""
	}
	return host
}

func (s *Server) trusts(address string) bool {
	ip := net.ParseIP(address)
	return ip != nil && slices.ContainsFunc(s.access.TrustedProxies, func(n *net.IPNet) bool { return n.Contains(ip) })
}
