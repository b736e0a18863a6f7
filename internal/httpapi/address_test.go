package httpapi

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An address that a client made up is never taken for his.
func TestClientAddresses(t *testing.T) {
	networks := func(texts ...string) (list []*net.IPNet) {
		for _, text := range texts {
			_, network, err := net.ParseCIDR(text)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, network)
		}
		return list
	}
	proxies := networks("10.1.0.0/16", "2001:db8::/32")
	for name, test := range map[string]struct {
		trusted []*net.IPNet
		peer    string
		claims  []string // lines of X-Forwarded-For
		want    string
	}{
		"direct":                       {nil, "203.0.113.9:4711", nil, "203.0.113.9"},
		"direct, IPv6":                 {nil, "[2001:db8::9]:4711", nil, "2001:db8::9"},
		"claimed by a stranger":        {proxies, "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		"nobody trusted":               {nil, "10.1.0.1:80", []string{"198.51.100.1"}, "10.1.0.1"},
		"loopback is no proxy":         {nil, "127.0.0.1:80", []string{"198.51.100.1"}, "127.0.0.1"},
		"private is no proxy":          {proxies, "192.168.0.1:80", []string{"198.51.100.1"}, "192.168.0.1"},
		"one proxy":                    {proxies, "10.1.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		"two proxies":                  {proxies, "10.1.0.1:80", []string{"198.51.100.1, 10.1.0.2"}, "198.51.100.1"},
		"proxy of IPv6":                {proxies, "[2001:db8::1]:80", []string{"2001:db9::5"}, "2001:db9::5"},
		"mapped":                       {proxies, "[::ffff:10.1.0.1]:80", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"forged on the left":           {proxies, "10.1.0.1:80", []string{"1.2.3.4, 10.1.0.9, 198.51.100.1"}, "198.51.100.1"},
		"forged in another line":       {proxies, "10.1.0.1:80", []string{"1.2.3.4", "198.51.100.1"}, "198.51.100.1"},
		"a proxy that is not ours":     {proxies, "10.1.0.1:80", []string{"198.51.100.1, 10.2.0.1"}, "10.2.0.1"},
		"nothing claimed":              {proxies, "10.1.0.1:80", nil, "10.1.0.1"},
		"an empty claim":               {proxies, "10.1.0.1:80", []string{""}, "10.1.0.1"},
		"nonsense":                     {proxies, "10.1.0.1:80", []string{"<script>"}, "10.1.0.1"},
		"nonsense before":              {proxies, "10.1.0.1:80", []string{"unknown, 198.51.100.1"}, "198.51.100.1"},
		"nonsense behind":              {proxies, "10.1.0.1:80", []string{"198.51.100.1, unknown"}, "10.1.0.1"},
		"all of them ours":             {proxies, "10.1.0.1:80", []string{"10.1.0.3, 10.1.0.2"}, "10.1.0.3"},
		"very many":                    {proxies, "10.1.0.1:80", []string{strings.Repeat("1.2.3.4,", 1000) + "198.51.100.1"}, "198.51.100.1"},
		"a socket, which has no host":  {proxies, "@", []string{"198.51.100.1"}, ""},
		"everybody trusted, by choice": {networks("0.0.0.0/0"), "203.0.113.9:1", []string{"198.51.100.1"}, "198.51.100.1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{access: Access{TrustedProxies: test.trusted}}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.RemoteAddr = test.peer
			for _, line := range test.claims {
				r.Header.Add("X-Forwarded-For", line)
			}
			for _, name := range []string{"X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"} {
				r.Header.Set(name, "for=6.6.6.6")
			}
			if got := s.clientAddress(r); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
