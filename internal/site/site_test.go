package site_test

import (
	"strings"
	"testing"

	"github.com/ccatobs/opsdb/internal/site"
)

func TestBuffersOnlyCriticalWritesOfASecondarySite(t *testing.T) {
	for _, tc := range []struct {
		site     site.Site
		critical bool
		want     bool
	}{
		{site.Site{Type: site.Main, BufferCritical: true}, true, false},
		{site.Site{Type: site.Main, BufferCritical: true}, false, false},
		{site.Site{Type: site.Secondary, BufferCritical: true}, true, true},
		{site.Site{Type: site.Secondary, BufferCritical: true}, false, false},
		{site.Site{Type: site.Secondary, BufferCritical: false}, true, false},
	} {
		if got := tc.site.Buffers(tc.critical); got != tc.want {
			t.Errorf("%+v critical=%v: buffers %v, want %v", tc.site, tc.critical, got, tc.want)
		}
	}
}

func TestValidate(t *testing.T) {
	for name, ok := range map[string]bool{
		"observatory": true, "cologne": true, "site-2": true, "a": true, strings.Repeat("a", 32): true,
		"": false, "Observatory": false, "two words": false, "a:b": false, "2nd": false, strings.Repeat("a", 33): false, "{x}": false,
	} {
		err := site.Site{Name: name, Type: site.Main}.Validate()
		if (err == nil) != ok {
			t.Errorf("name %q: %v, want ok=%v", name, err, ok)
		}
	}
	if err := (site.Site{Name: "cologne", Type: "primary"}).Validate(); err == nil {
		t.Error("type primary was accepted")
	}
}

func TestTypeUnmarshalText(t *testing.T) {
	var got site.Type
	if err := got.UnmarshalText([]byte("secondary")); err != nil || got != site.Secondary {
		t.Errorf("secondary: %q, %v", got, err)
	}
	for _, bad := range []string{"", "Main", "replica"} {
		if err := got.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
