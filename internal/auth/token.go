package auth

import (
	"crypto/rand"
	"hash/crc32"
	"strings"
)

// A token is a prefix, 43 characters that hold 256 random bits, and a checksum of 6 characters. Prefix and checksum
// let scanners find a leaked token, and let a mistyped one be refused without asking anyone.
const (
	tokenPrefix    = "ops_api_token_"
	demoPrefix     = "demo_token_"
	randomLength   = 43
	checksumLength = 6
	// shownRandom is how many random characters of a token lists show: too few to help anyone who guesses.
	shownRandom = 4
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newToken returns a token that nobody has seen.
func newToken(prefix string) string {
	token := prefix + randomText(randomLength)
	return token + checksum(token)
}

// randomText returns characters of base62 that nobody can guess.
func randomText(length int) string {
	text := make([]byte, 0, length)
	random := make([]byte, length)
	for len(text) < length {
		rand.Read(random)
		for _, b := range random {
			// Beyond 4 * 62 the first characters would come up more often than the last.
			if b < 4*62 && len(text) < length {
				text = append(text, base62[b%62])
			}
		}
	}
	return string(text)
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
	random, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok {
		random, ok = strings.CutPrefix(text, demoPrefix)
	}
	end := len(text) - checksumLength
	return ok && len(random) == randomLength+checksumLength && checksum(text[:end]) == text[end:]
}

// shown is the part of a token that lists show.
func shown(token string) string {
	return token[:len(token)-randomLength-checksumLength+shownRandom]
}
