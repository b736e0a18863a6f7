package auth

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCan(t *testing.T) {
	for _, tc := range []struct {
		granted, asked string
		want           bool
	}{
		{"write:observations", "write:observations", true},
		{"write:observations", "read:observations", false},
		{"write:observations", "write:users", false},
		{"read:*", "read:observations", true},
		{"read:*", "write:observations", false},
		{"*:observations", "delete:observations", true},
		{"*:observations", "delete:users", false},
		{"*:*", "configure:system", true},
		{"*", "configure:system", false},
		{"", "configure:system", false},
		{"read:observations", "read:*", false},
		{"read:observations", "*:*", false},
		{"read:observations", "", false},
		{"*:*", "", false},
		{"*:*", "read", false},
	} {
		p := Principal{Permissions: []string{"none:none", tc.granted}}
		if got := p.Can(tc.asked); got != tc.want {
			t.Errorf("%q granted, %q asked: %v", tc.granted, tc.asked, got)
		}
	}
	if (Principal{}).Can("read:observations") {
		t.Error("nobody can read")
	}
}

func TestLimit(t *testing.T) {
	for _, tc := range []struct{ permissions, scopes, want []string }{
		{[]string{"*:*"}, nil, []string{"*:*"}},
		{[]string{"*:*"}, []string{"read:*", "write:observations"}, []string{"read:*", "write:observations"}},
		{[]string{"read:observations", "write:observations"}, []string{"read:*"}, []string{"read:observations"}},
		{[]string{"read:*"}, []string{"*:observations"}, []string{"read:observations"}},
		{[]string{"read:observations"}, []string{"manage:users"}, []string{}},
		{[]string{"read:observations", "read:*"}, []string{"read:observations", "*:observations"}, []string{"read:observations"}},
		{[]string{}, []string{"*:*"}, []string{}},
	} {
		if diff := cmp.Diff(tc.want, limit(tc.permissions, tc.scopes)); diff != "" {
			t.Errorf("%v limited to %v: %s", tc.permissions, tc.scopes, diff)
		}
	}
}
