package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
)

// A token is tokenPrefix, 43 characters that hold 256 random bits, and a checksum of 6 characters. Prefix and checksum
// let scanners find a leaked token, and let a mistyped one be refused without asking anyone.
const (
	tokenPrefix    = "ops_api_token_"
	randomLength   = 43
	checksumLength = 6
	tokenLength    = len(tokenPrefix) + randomLength + checksumLength
	// displayLength is how much of a token lists show: too little to help anyone who guesses.
	displayLength = len(tokenPrefix) + 4
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newToken returns a token that nobody has seen.
func newToken() string {
	token := make([]byte, 0, tokenLength)
	token = append(token, tokenPrefix...)
	random := make([]byte, randomLength)
	for len(token) < len(tokenPrefix)+randomLength {
		rand.Read(random)
		for _, b := range random {
			// Beyond 4 * 62 the first characters would come up more often than the last.
			if b < 4*62 && len(token) < len(tokenPrefix)+randomLength {
				token = append(token, base62[b%62])
			}
		}
	}
	return string(token) + checksum(string(token))
}

func checksum(text string) string {
	var digits [checksumLength]byte
	sum := crc32.ChecksumIEEE([]byte(text))
	for i := range digits {
		digits[checksumLength-1-i] = base62[sum%62]
		sum /= 62
	}
	return string(digits[:])
}

// wellFormed reports whether text can be a token at all.
func wellFormed(text string) bool {
	return len(text) == tokenLength && strings.HasPrefix(text, tokenPrefix) &&
		checksum(text[:tokenLength-checksumLength]) == text[tokenLength-checksumLength:]
}

// Key is what the hashes of tokens are keyed with: whoever has only the database cannot tell whether a guess is right.
type Key struct{ bytes []byte }

// NewKey derives the key from the secret that all sites share.
func NewKey(secret string) (Key, error) {
	bytes, err := hkdf.Key(sha256.New, []byte(secret), nil, "opsdb api token", sha256.Size)
	if err != nil {
		return Key{}, fmt.Errorf("derive the key of tokens: %w", err)
	}
	return Key{bytes: bytes}, nil
}

// hash returns the form in which a token is stored and looked up, in hexadecimal digits. As tokens are found by it and
// never compared, the time that takes says nothing about them.
func (k Key) hash(token string) string {
	mac := hmac.New(sha256.New, k.bytes)
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}
