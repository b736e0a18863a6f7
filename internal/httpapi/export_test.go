package httpapi

import "net/http"

// Careless returns the server as it would be if the chain of one operation were built wrongly: without finding out who
// calls, or without asking what he may do.
func (s *Server) Careless(operationID string, unknown, unasked bool) (http.Handler, error) {
	c, err := theContract()
	if err != nil {
		return nil, err
	}
	ops, err := operations(c.doc)
	if err != nil {
		return nil, err
	}
	for _, op := range ops {
		if op.id == operationID {
			op.authenticated = op.authenticated && !unknown
			if unasked {
				op.permissions = nil
			}
		}
	}
	return s.route(c.doc, ops), nil
}

// PlanPointers are the constraints of the plan whose fields are known.
var PlanPointers = planPointers

// DayObsBegin is when an observing day begins.
var DayObsBegin = dayObsBegin
