package auth

import "context"

// strangersAtOnce is how many tokens that are new to this process are looked up at once: few of the connections to the
// replica, so that whoever guesses holds up only those who come for the first time.
const strangersAtOnce = 4

// admit lets a token be looked up and returns what to call after it. One that was good before, as this process or the
// site's Redis remembers, does not wait.
func (v *Verifier) admit(ctx context.Context, hashes []string, before verdict) (leave func(), err error) {
	if before.principal.Name != "" {
		return func() {}, nil
	}
	leave = func() { <-v.strangers }
	select {
	case v.strangers <- struct{}{}:
		return leave, nil
	default:
	}
	if v.remembered(ctx, hashes) {
		return func() {}, nil
	}
	select {
	case v.strangers <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, unverifiable(ctx.Err())
	}
}

// remembered tells whether Redis has a copy of a token.
func (v *Verifier) remembered(ctx context.Context, hashes []string) bool {
	ctx, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	text, err := v.copies.token(ctx, hashes)
	return err == nil && text != ""
}
