package auth

import "net/netip"

// Network returns what one client has at least: an address of IPv4, and of IPv6 the 2^64 that every line gets. What is no
// address stays as it is.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	line, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return line.String()
}
