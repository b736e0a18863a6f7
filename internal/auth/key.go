package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// Key is made of one secret that all sites share: it keys the hashes of tokens, so that whoever has only the database
// cannot tell whether a guess is right, and signs the access tokens of sessions.
type Key struct {
	id        string // tells keys apart; says nothing about them
	*material        // behind a pointer, so that printing whatever holds a key does not print it
}

type material struct{ tokens, sessions []byte }

// Keys are the present key and, while secrets are being changed, the other one: first the one to come, then the previous
// one. What either has hashed or signed is accepted; everything new is made with the present one. Since hashes are moved to
// it as they are used, every process must accept a key before it is the present one of any.
type Keys struct {
	present Key
	other   *Key
}

// NewKeys derives keys from the present secret and the other one that is accepted, empty for none.
func NewKeys(present, other string) (Keys, error) {
	key, err := newKey(present)
	if err != nil || other == "" || other == present {
		return Keys{present: key}, err
	}
	second, err := newKey(other)
	return Keys{present: key, other: &second}, err
}

func newKey(secret string) (Key, error) {
	derive := func(purpose string) ([]byte, error) {
		bytes, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("derive a key: %w", err)
		}
		return bytes, nil
	}
	id, err := derive("opsdb key id")
	if err != nil {
		return Key{}, err
	}
	k := Key{id: hex.EncodeToString(id[:4]), material: &material{}}
	if k.tokens, err = derive("opsdb api token"); err != nil {
		return Key{}, err
	}
	k.sessions, err = derive("opsdb session")
	return k, err
}

// all returns the keys that are accepted, the present one first.
func (k Keys) all() []Key {
	if k.other == nil {
		return []Key{k.present}
	}
	return []Key{k.present, *k.other}
}

// hash returns the form in which a secret is stored and looked up, in hexadecimal digits. As secrets are found by it and
// never compared, the time that takes says nothing about them.
func (k Key) hash(secret string) string {
	mac := hmac.New(sha256.New, k.tokens)
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil))
}

// hashes returns the hash of a secret by each key that is accepted.
func (k Keys) hashes(secret string) []string {
	var hashes []string
	for _, key := range k.all() {
		hashes = append(hashes, key.hash(secret))
	}
	return hashes
}

// idOf derives the id of a token from its hash, so that one that was just made is found among the pending writes of the
// site, which are known by their ids.
func idOf(hash string) uuid.UUID {
	sum := sha256.Sum256([]byte("opsdb api token id " + hash))
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80 // version 8: made by rules of one's own
	id[8] = id[8]&0x3f | 0x80
	return id
}
