package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// The secret of a session is its id, for finding it, 24 bytes that nobody can guess, and a mark by which a secret that
// was made here is known: an old one that comes again has been copied, a forged one says nothing about the session.
const (
	idLength     = 16
	hiddenLength = 24
	markLength   = 16
)

// newSecret returns the first secret of a session.
func (k Key) newSecret(id uuid.UUID) string {
	hidden := make([]byte, hiddenLength)
	rand.Read(hidden)
	return k.secret(id, hidden)
}

// nextSecret returns the secret that comes after one. It is always the same one: a page whose answer got lost, or that
// renewed at the same time as another, gets what the other got.
func (k Key) nextSecret(id uuid.UUID, secret string) string {
	return k.secret(id, k.mac("next secret of a session", []byte(secret))[:hiddenLength])
}

func (k Key) secret(id uuid.UUID, hidden []byte) string {
	bytes := append(id[:], hidden...)
	return base64.RawURLEncoding.EncodeToString(append(bytes, k.mark(bytes)...))
}

func (k Key) mark(bytes []byte) []byte { return k.mac("secret of a session", bytes)[:markLength] }

func (k Key) mac(purpose string, bytes []byte) []byte {
	mac := hmac.New(sha256.New, k.sessions)
	mac.Write(append([]byte(purpose), 0))
	mac.Write(bytes)
	return mac.Sum(nil)
}

// follows returns which secret of a session has a hash: one that comes after the given one, by whichever key a process has
// made it while keys are being changed, or the given one itself. It is empty when none has.
func (k Keys) follows(id uuid.UUID, secret, hash string) string {
	candidates := []string{secret}
	for _, key := range k.all() {
		candidates = append(candidates, key.nextSecret(id, secret))
	}
	for _, candidate := range candidates {
		if slices.Contains(k.hashes(candidate), hash) {
			return candidate
		}
	}
	return ""
}

// sessionOf returns the session that a secret belongs to. It fails for whatever these keys have not made.
func (k Keys) sessionOf(secret string) (uuid.UUID, error) {
	bytes, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(bytes) != idLength+hiddenLength+markLength || base64.RawURLEncoding.EncodeToString(bytes) != secret {
		return uuid.Nil, errors.New("not the secret of a session")
	}
	marked := bytes[:idLength+hiddenLength]
	for _, key := range k.all() {
		if hmac.Equal(key.mark(marked), bytes[len(marked):]) {
			return uuid.UUID(bytes[:idLength]), nil
		}
	}
	return uuid.Nil, errors.New("not the secret of a session")
}
