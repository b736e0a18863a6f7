package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/live"
)

const (
	headerProtocol = "Sec-WebSocket-Protocol"
	// bearerProtocol is what a token begins with that is offered as a subprotocol.
	bearerProtocol = "bearer."
	// observationsAtFirst is how many executions the snapshot of the observations has.
	observationsAtFirst = 50
)

// streamBearer returns the credential of a request for a stream that has none in its header, empty when there is none.
func (s *Server) streamBearer(r *http.Request) (string, error) {
	for _, offered := range protocols(r.Header) {
		if token, ok := strings.CutPrefix(offered, bearerProtocol); ok {
			return token, nil
		}
	}
	query := r.URL.Query()
	if ticket := query.Get("ticket"); ticket != "" {
		return s.tickets.Redeem(r.Context(), ticket)
	}
	if token := query.Get("token"); token != "" {
		if !s.access.StreamTokenInURL {
			return "", errs.New(errs.Unauthenticated, "This site takes no token from an address: offer it as a subprotocol, or get a ticket from /auth/ticket.")
		}
		return token, nil
	}
	return "", nil
}

// protocols returns the subprotocols that a client offers.
func protocols(header http.Header) []string {
	var offered []string
	for _, line := range header.Values(headerProtocol) {
		for one := range strings.SplitSeq(line, ",") {
			offered = append(offered, strings.TrimSpace(one))
		}
	}
	return offered
}

// CreateTicket gives a ticket out for the credential of the request.
func (s *Server) CreateTicket(ctx context.Context, _ api.CreateTicketRequestObject) (api.CreateTicketResponseObject, error) {
	ticket, err := s.tickets.Issue(ctx, exchangeOf(ctx).bearer)
	if err != nil {
		return nil, err
	}
	return api.CreateTicket201JSONResponse{Ticket: ticket, ExpiresIn: int32(auth.TicketLifetime.Seconds())}, nil
}

// stream is the answer to a request for a stream.
type stream struct {
	*live.Stream
	ctx       context.Context
	webSocket bool
}

func (a stream) visit(w http.ResponseWriter) error {
	if !a.webSocket {
		return a.Events(a.ctx, w)
	}
	r, err := http.NewRequestWithContext(a.ctx, http.MethodGet, "/", nil)
	if err != nil {
		a.Close()
		return err
	}
	r.Header = exchangeOf(a.ctx).sent
	return a.WebSocket(w, r)
}

// VisitFollowTransferResponse implements api.FollowTransferResponseObject.
func (a stream) VisitFollowTransferResponse(w http.ResponseWriter) error { return a.visit(w) }

// VisitFollowObservationsResponse implements api.FollowObservationsResponseObject.
func (a stream) VisitFollowObservationsResponse(w http.ResponseWriter) error { return a.visit(w) }

// VisitFollowBufferResponse implements api.FollowBufferResponseObject.
func (a stream) VisitFollowBufferResponse(w http.ResponseWriter) error { return a.visit(w) }

// VisitFollowHealthResponse implements api.FollowHealthResponseObject.
func (a stream) VisitFollowHealthResponse(w http.ResponseWriter) error { return a.visit(w) }

// FollowTransfer streams what changes in the data transfer.
func (s *Server) FollowTransfer(ctx context.Context, r api.FollowTransferRequestObject) (api.FollowTransferResponseObject, error) {
	return s.follow(ctx, resumption{r.Params.Epoch, r.Params.Offset, r.Params.LastEventID}, s.transferNow)
}

// FollowObservations streams what changes in executions, their files and packages.
func (s *Server) FollowObservations(ctx context.Context, r api.FollowObservationsRequestObject) (api.FollowObservationsResponseObject, error) {
	return s.follow(ctx, resumption{r.Params.Epoch, r.Params.Offset, r.Params.LastEventID}, s.observationsNow)
}

// FollowBuffer streams how far the writes of this site travel.
func (s *Server) FollowBuffer(ctx context.Context, r api.FollowBufferRequestObject) (api.FollowBufferResponseObject, error) {
	return s.follow(ctx, resumption{r.Params.Epoch, r.Params.Offset, r.Params.LastEventID}, s.bufferNow)
}

// FollowHealth streams how the site is.
func (s *Server) FollowHealth(ctx context.Context, r api.FollowHealthRequestObject) (api.FollowHealthResponseObject, error) {
	return s.follow(ctx, resumption{r.Params.Epoch, r.Params.Offset, r.Params.LastEventID}, s.healthNow)
}

// resumption is where a reader left a stream, if he did.
type resumption struct {
	epoch       *string
	offset      *int64
	lastEventID *string
}

// place returns the place, with an empty epoch for none. A browser sends the header when it reconnects, with an address that
// is the one it began with: the header counts.
func (r resumption) place() (epoch string, offset uint64, err error) {
	if r.lastEventID != nil {
		epoch, offset, ok := live.Resume(*r.lastEventID)
		if !ok {
			return "", 0, errs.New(errs.Invalid, "There is no such place in this stream.").At("header:Last-Event-ID", "is not the id of an event of this stream")
		}
		return epoch, offset, nil
	}
	if (r.epoch == nil) != (r.offset == nil) {
		return "", 0, errs.New(errs.Invalid, "A place in a stream has an epoch and an offset.").At("query:epoch", "goes together with offset")
	}
	if r.epoch == nil {
		return "", 0, nil
	}
	return *r.epoch, uint64(*r.offset), nil //nolint:gosec // the document has its minimum
}

// follow begins a stream.
func (s *Server) follow(ctx context.Context, from resumption, snapshot func(context.Context) (any, error)) (*stream, error) {
	x := exchangeOf(ctx)
	webSocket, err := s.checkStream(x)
	if err != nil {
		return nil, err
	}
	epoch, offset, err := from.place()
	if err != nil {
		return nil, err
	}
	var expires time.Time
	if x.principal.Expires != nil {
		expires = *x.principal.Expires
	}
	opened, err := s.live.Open(ctx, live.Reader{
		Topic: x.operation.topic, Epoch: epoch, Offset: offset, Principal: callerOf(x.principal), Expires: expires,
		Snapshot: func(ctx context.Context) (json.RawMessage, error) {
			now, err := snapshot(withExchange(ctx, &exchange{operation: x.operation, header: http.Header{}, sent: http.Header{}}))
			if err != nil {
				return nil, err
			}
			return json.Marshal(now)
		},
		Check:   func(ctx context.Context) error { return s.stillMay(ctx, x.bearer, x.operation) },
		Changed: s.access.Verifier.Moved,
	})
	if err != nil {
		return nil, err
	}
	return &stream{Stream: opened, ctx: ctx, webSocket: webSocket}, nil
}

// checkStream tells whether a request is for a WebSocket; else it is for server-sent events. It refuses pages of foreign
// origins, handshakes that cannot succeed, and who asks for neither.
func (s *Server) checkStream(x *exchange) (webSocket bool, err error) {
	if origin := x.sent.Values(echo.HeaderOrigin); slices.ContainsFunc(origin, func(o string) bool { return !s.ownOrigin(o) }) {
		return false, errs.New(errs.Forbidden, "The page that sends this may not read streams.").Named("origin-refused")
	}
	if live.Upgrade(x.sent) {
		return true, checkHandshake(x.sent)
	}
	if !strings.Contains(x.sent.Get(echo.HeaderAccept), "text/event-stream") {
		x.header.Set(echo.HeaderUpgrade, "websocket")
		e := errs.New(errs.Invalid, "Open a WebSocket here, or send Accept: text/event-stream.").Named("upgrade-required")
		e.Status = http.StatusUpgradeRequired
		return false, e
	}
	return false, nil
}

func checkHandshake(sent http.Header) error {
	wrong := errs.New(errs.Invalid, "The WebSocket cannot be opened.")
	key, err := base64.StdEncoding.DecodeString(sent.Get("Sec-WebSocket-Key"))
	if err != nil || len(key) != 16 || len(sent.Values("Sec-WebSocket-Key")) != 1 {
		return wrong.At("header:Sec-WebSocket-Key", "must be 16 bytes in base64, once")
	}
	if sent.Get("Sec-WebSocket-Version") != "13" {
		return wrong.At("header:Sec-WebSocket-Version", "must be 13")
	}
	// A browser ends a connection of which none of the subprotocols that it offered was taken, without a word on why.
	if offered := protocols(sent); len(offered) > 0 && !slices.Contains(offered, live.Subprotocol) {
		return wrong.At("header:"+headerProtocol, "must have "+live.Subprotocol+" among others")
	}
	return nil
}

// stillMay tells whether a credential is good for an operation now.
func (s *Server) stillMay(ctx context.Context, bearer string, op *operation) error {
	principal, err := s.access.Verifier.Verify(ctx, bearer)
	if err != nil {
		return err
	}
	for _, p := range op.permissions {
		if !principal.Can(p) {
			return errs.New(errs.Forbidden, "This needs the permission %s.", p)
		}
	}
	return nil
}

func (s *Server) observationsNow(ctx context.Context) (any, error) {
	limit := api.Limit(observationsAtFirst)
	answer, err := s.ListExecutedObsUnits(ctx, api.ListExecutedObsUnitsRequestObject{Params: api.ListExecutedObsUnitsParams{Limit: &limit}})
	if page, ok := answer.(api.ListExecutedObsUnits200JSONResponse); ok {
		return page.Body, err
	}
	return nil, unexpected(err)
}

func (s *Server) bufferNow(ctx context.Context) (any, error) {
	answer, err := s.GetBufferStats(ctx, api.GetBufferStatsRequestObject{})
	if stats, ok := answer.(api.GetBufferStats200JSONResponse); ok {
		return stats.Body, err
	}
	return nil, unexpected(err)
}

func (s *Server) healthNow(ctx context.Context) (any, error) {
	return s.healthReport(ctx)
}

func (s *Server) healthReport(ctx context.Context) (api.Health, error) {
	answer, err := s.GetHealth(ctx, api.GetHealthRequestObject{})
	if health, ok := answer.(api.GetHealth200JSONResponse); ok {
		return health.Body, err
	}
	return api.Health{}, unexpected(err)
}

// unexpected returns the error of a handler, or one that says that it answered something else than a snapshot is made of.
func unexpected(err error) error {
	if err != nil {
		return err
	}
	return errors.New("what a snapshot is made of is another answer")
}

// Condition tells the other readers of this site how it is.
func (s *Server) Condition(ctx context.Context) (live.Condition, error) {
	h, err := s.healthReport(ctx)
	if err != nil {
		return live.Condition{}, err
	}
	report, err := json.Marshal(h)
	return live.Condition{
		Report: report,
		Kind: fmt.Sprint(h.Status, h.Database, h.Redis, h.BackgroundProcessor, h.Executor.State, h.Main.Reachable, h.Replica.Reachable,
			h.Replica.Fresh, h.Replica.Lagging, len(h.Remarks)),
	}, err
}

// transferNow is shared by those who ask at the same time, and is made after they have asked.
func (s *Server) transferNow(ctx context.Context) (any, error) { return s.overview.get(ctx) }
