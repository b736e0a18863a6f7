package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ccatobs/opsdb/internal/auth"
)

// exchange is one request on its way through the server.
type exchange struct {
	requestID string
	address   string            // of the client; empty when it is not known
	operation *operation        // nil while, and when, no operation is found
	principal auth.Principal    // who calls; the zero value at public operations
	bearer    string            // the credential; empty at public operations
	params    map[string]string // of the path
	body      any               // as validated, defaults included; nil when there is none
	header    http.Header       // of the answer
	sent      http.Header       // of the request
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf returns the exchange of a request's context. Every context that reaches a handler has one.
func exchangeOf(ctx context.Context) *exchange {
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		panic("httpapi: a handler was called past the server")
	}
	return x
}

// fingerprint returns what makes two requests the same: operation, path parameters and body, whatever the order of its
// fields or the spaces between them.
func (x *exchange) fingerprint() (string, error) {
	canonical, err := json.Marshal([]any{x.operation.id, x.params, x.body})
	if err != nil {
		return "", fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}
