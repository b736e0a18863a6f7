package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/redis/rueidis"

	"github.com/ccatobs/opsdb/internal/errs"
)

// TicketLifetime is how long a ticket is good.
const TicketLifetime = 30 * time.Second

// ticketBytes is how many random bytes a ticket has.
const ticketBytes = 32

// Tickets are given out in place of credentials, for addresses that end in logs: each is good once, at one site. The
// credential it stands for is kept encrypted with it, so that who reads Redis has neither.
type Tickets struct{ sessions *Sessions }

// NewTickets returns the tickets of the site of the sessions.
func NewTickets(sessions *Sessions) *Tickets {
	return &Tickets{sessions: sessions}
}

// Issue returns a new ticket for a credential. It fails with errs.Unavailable when Redis is away.
func (t *Tickets) Issue(ctx context.Context, bearer string) (string, error) {
	secret := make([]byte, ticketBytes)
	if _, err := rand.Read(secret); err != nil {
		return "", err
	}
	ticket := base64.RawURLEncoding.EncodeToString(secret)
	key, sealer, err := t.parts(ticket)
	if err != nil {
		return "", err
	}
	// The key is used once, so its nonce may be any.
	sealed := sealer.Seal(nil, make([]byte, sealer.NonceSize()), []byte(bearer), nil)
	c, err := t.sessions.redis.Get()
	if err == nil {
		err = c.Do(ctx, c.B().Set().Key(key).Value(rueidis.BinaryString(sealed)).Nx().Ex(TicketLifetime).Build()).Error()
	}
	if err != nil {
		return "", ticketsAway(err)
	}
	return ticket, nil
}

// Redeem returns the credential that a ticket stands for, which is not good any more then. It fails with
// errs.Unauthenticated for one that is not good and with errs.Unavailable when Redis is away.
func (t *Tickets) Redeem(ctx context.Context, ticket string) (string, error) {
	refused := refuse("ticket-refused", "the ticket is unknown, too old, used before, or of another site")
	if base64.RawURLEncoding.DecodedLen(len(ticket)) != ticketBytes {
		return "", refused
	}
	key, sealer, err := t.parts(ticket)
	if err != nil {
		return "", err
	}
	c, err := t.sessions.redis.Get()
	if err != nil {
		return "", ticketsAway(err)
	}
	sealed, err := c.Do(ctx, c.B().Getdel().Key(key).Build()).AsBytes()
	if rueidis.IsRedisNil(err) {
		return "", refused
	}
	if err != nil {
		return "", ticketsAway(err)
	}
	bearer, err := sealer.Open(nil, make([]byte, sealer.NonceSize()), sealed, nil)
	if err != nil {
		return "", refused.Because(errors.New("what the ticket stands for was changed"))
	}
	return string(bearer), nil
}

// parts returns where a ticket is kept and what with: neither tells the other.
func (t *Tickets) parts(ticket string) (key string, sealer cipher.AEAD, err error) {
	place, secret := sha256.Sum256([]byte("place "+ticket)), sha256.Sum256([]byte("secret "+ticket))
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return "", nil, err
	}
	sealer, err = cipher.NewGCM(block)
	return t.sessions.names.Ticket(hex.EncodeToString(place[:])), sealer, err
}

func ticketsAway(cause error) error {
	return errs.New(errs.Unavailable, "tickets are kept in the site's Redis, which does not answer").After(time.Second).Because(cause)
}
