package resolver

import "time"

// Hurry sets how long one service is waited for.
func (r *Resolver) Hurry(wait time.Duration) { r.wait = wait }
