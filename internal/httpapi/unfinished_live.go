package httpapi

import (
	"context"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

var errLive = errs.New(errs.Unavailable, "not yet")

func (s *Server) CreateTicket(context.Context, api.CreateTicketRequestObject) (api.CreateTicketResponseObject, error) {
	return nil, errLive
}
func (s *Server) FollowTransfer(context.Context, api.FollowTransferRequestObject) (api.FollowTransferResponseObject, error) {
	return nil, errLive
}
func (s *Server) FollowBuffer(context.Context, api.FollowBufferRequestObject) (api.FollowBufferResponseObject, error) {
	return nil, errLive
}
func (s *Server) FollowHealth(context.Context, api.FollowHealthRequestObject) (api.FollowHealthResponseObject, error) {
	return nil, errLive
}
func (s *Server) FollowObservations(context.Context, api.FollowObservationsRequestObject) (api.FollowObservationsResponseObject, error) {
	return nil, errLive
}
