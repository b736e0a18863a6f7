package auth

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNewTokensAreWellFormedAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := newToken(tokenPrefix)
		if !wellFormed(token) || len(token) != len(tokenPrefix)+randomLength+checksumLength || strings.Trim(token[len(tokenPrefix):], base62) != "" {
			t.Fatalf("token %q", token)
		}
		if seen[token] {
			t.Fatalf("token %q came twice", token)
		}
		seen[token] = true
	}
}

func TestATypingErrorIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := newToken(tokenPrefix)
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		with := rapid.SampledFrom([]byte(base62+"_- ")).Draw(t, "with")
		if with == token[at] {
			return
		}
		if mistyped := token[:at] + string(with) + token[at+1:]; wellFormed(mistyped) {
			t.Fatalf("%q was taken for %q", mistyped, token)
		}
	})
	for _, text := range []string{"", tokenPrefix, strings.Repeat("x", len(tokenPrefix)+randomLength+checksumLength), newToken(tokenPrefix) + "0", newToken(tokenPrefix)[1:]} {
		if wellFormed(text) {
			t.Errorf("%q is well-formed", text)
		}
	}
}

// Tokens outlive releases: what was issued must stay good.
func TestTokenFormatNeverChanges(t *testing.T) {
	const token = tokenPrefix + "00000000000000000000000000000000000000000CC" + "4YnQLD"
	if want := checksum(token[:len(token)-checksumLength]); !wellFormed(token) {
		t.Errorf("checksum is %s", want)
	}
	keys, err := NewKeys("q7Jd0wZr3mXk9bVt2LhGf5YcNs8PaUeI", "")
	if err != nil {
		t.Fatal(err)
	}
	key := keys.present
	if got, want := key.hash(token), "72cfe89b2f5b9c360c8da804aa41c040c1dba6b1bfd1cd1dda6635f8a2b95c27"; got != want {
		t.Errorf("hash %s", got)
	}
	other, err := NewKeys("another secret of thirty-two bytes", "")
	if err != nil {
		t.Fatal(err)
	}
	if other.present.hash(token) == key.hash(token) {
		t.Error("two keys give one hash")
	}
}
