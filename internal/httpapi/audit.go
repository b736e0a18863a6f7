package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/internal/buffer"
)

// auditOperation names the transactions by which the audit trail is kept.
const auditOperation = "audit"

// audit enters in the audit trail what the caller of the request did that is no write of its own. It is buffered, so that
// it is known at a site that is cut off, too; what cannot even be buffered stands in the log.
func (s *Server) audit(ctx context.Context, e accessEvent) {
	// What happened has happened: that the client went away does not undo it.
	ctx = context.WithoutCancel(ctx)
	x := exchangeOf(ctx)
	_, err := s.buffer.Write(ctx, buffer.Request{
		Operation: auditOperation, Principal: x.principal.Name, Fingerprint: x.requestID, Critical: true,
	}, func(ctx context.Context, tx *buffer.Transaction) error { return s.note(ctx, tx, e) })
	if err != nil {
		s.log.ErrorContext(ctx, "the audit trail lacks an entry", "action", e.action, "actor", x.principal.Name, "address", x.address,
			"user_id", e.user, "token_id", e.token, "error", err)
	}
}
