package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/oapi-codegen/nullable"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/auth"
	"github.com/ccatobs/opsdb/internal/buffer"
	"github.com/ccatobs/opsdb/internal/errs"
	"github.com/ccatobs/opsdb/internal/ops"
)

// ListTransactions lists writes that this site still holds.
func (s *Server) ListTransactions(ctx context.Context, r api.ListTransactionsRequestObject) (api.ListTransactionsResponseObject, error) {
	filter := buffer.ListFilter{Hide: hiddenFrom(exchangeOf(ctx).principal), SQLState: value(r.Params.Sqlstate), After: value(r.Params.Cursor), Limit: int(value(r.Params.Limit))}
	for _, state := range r.Params.State {
		filter.States = append(filter.States, buffer.State(state))
	}
	list, next, err := s.buffer.Transactions(ctx, filter)
	if err != nil {
		return nil, err
	}
	page := api.TransactionPage{Items: make([]api.Transaction, len(list)), NextCursor: cursorOf(next)}
	for i, status := range list {
		page.Items[i] = transactionOf(status)
	}
	return api.ListTransactions200JSONResponse{Body: page}, nil
}

// GetTransaction reads one write, and waits for it if asked to.
func (s *Server) GetTransaction(ctx context.Context, r api.GetTransactionRequestObject) (api.GetTransactionResponseObject, error) {
	var (
		status buffer.Status
		err    error
	)
	if r.Params.Wait == nil {
		status, err = s.buffer.Transaction(ctx, r.ID)
	} else {
		timeout, wrong := parseWait(value(r.Params.Timeout))
		if wrong != nil {
			return nil, wrong
		}
		status, err = s.buffer.Wait(ctx, r.ID, buffer.State(*r.Params.Wait), timeout)
	}
	if err == nil {
		err = visible(ctx, status)
	}
	if err != nil {
		return nil, err
	}
	return api.GetTransaction200JSONResponse{Body: transactionOf(status)}, nil
}

// RetryTransaction puts a parked write back into the buffer.
func (s *Server) RetryTransaction(ctx context.Context, r api.RetryTransactionRequestObject) (api.RetryTransactionResponseObject, error) {
	if _, err := s.visibleTransaction(ctx, r.ID); err != nil {
		return nil, err
	}
	status, err := s.buffer.Retry(ctx, r.ID, exchangeOf(ctx).principal.Name)
	if err != nil {
		return nil, err
	}
	return api.RetryTransaction200JSONResponse{Body: transactionOf(status)}, nil
}

// RetryTransactions puts all parked writes with one SQLSTATE back into the buffer.
func (s *Server) RetryTransactions(ctx context.Context, r api.RetryTransactionsRequestObject) (api.RetryTransactionsResponseObject, error) {
	retried, err := s.buffer.RetryAll(ctx, r.Body.Sqlstate, exchangeOf(ctx).principal.Name)
	if err != nil {
		return nil, err
	}
	return api.RetryTransactions200JSONResponse{Body: api.RetryAllResult{Retried: retried}}, nil
}

// DiscardTransaction gives a parked write up.
func (s *Server) DiscardTransaction(ctx context.Context, r api.DiscardTransactionRequestObject) (api.DiscardTransactionResponseObject, error) {
	if _, err := s.visibleTransaction(ctx, r.ID); err != nil {
		return nil, err
	}
	by := exchangeOf(ctx).principal.Name
	status, err := s.buffer.Discard(ctx, r.ID, by, r.Body.Reason, value(r.Body.Cascade))
	if err != nil {
		return nil, err
	}
	return api.DiscardTransaction200JSONResponse{Body: transactionOf(status)}, nil
}

// EditTransaction replaces a parked write by a corrected one. Lists find its records where they found those of the old
// one.
func (s *Server) EditTransaction(ctx context.Context, r api.EditTransactionRequestObject) (api.EditTransactionResponseObject, error) {
	old, err := s.visibleTransaction(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var places []buffer.Place
	for _, step := range old.Steps {
		places = append(places, step.At...)
	}
	steps := make([]buffer.Step, len(r.Body.Steps))
	for i, step := range r.Body.Steps {
		if ops.OfAccess(step.Kind) {
			return nil, errs.New(errs.Invalid, "What concerns users and tokens cannot be edited: discard it, and do it anew.").
				Named("steps-invalid").At(fmt.Sprintf("/steps/%d/kind", i), "is about who may do what")
		}
		steps[i] = buffer.Step{Kind: step.Kind, Params: step.Params, At: places}
	}
	receipt, err := s.buffer.Edit(ctx, r.ID, exchangeOf(ctx).principal.Name, r.Body.Reason, steps)
	if err != nil {
		return nil, err
	}
	return api.EditTransaction200JSONResponse{
		Body: api.EditReceipt{
			TransactionID: receipt.Transaction, Replaces: r.ID, Status: api.TransactionState(receipt.State), AcceptedAt: receipt.AcceptedAt,
		},
		Headers: api.EditTransaction200ResponseHeaders{OpsPosition: &receipt.Position},
	}, nil
}

// hiddenFrom tells which transactions somebody may not know of: those about who may do what are for those who manage
// users, and for who made them.
func hiddenFrom(p auth.Principal) func(principal string, steps []buffer.Step) bool {
	if p.Can("manage:users") {
		return nil
	}
	return func(principal string, steps []buffer.Step) bool {
		return principal != p.Name && slices.ContainsFunc(steps, func(s buffer.Step) bool { return ops.OfAccess(s.Kind) })
	}
}

// visible returns errs.NotFound for a transaction that the caller may not know of.
func visible(ctx context.Context, s buffer.Status) error {
	if hidden := hiddenFrom(exchangeOf(ctx).principal); hidden != nil && hidden(s.Principal, s.Steps) {
		return errs.New(errs.NotFound, "transaction %s is not known at this site", s.ID).Named("transaction-unknown")
	}
	return nil
}

func (s *Server) visibleTransaction(ctx context.Context, id api.UUID) (buffer.Status, error) {
	status, err := s.buffer.Transaction(ctx, id)
	if err == nil {
		err = visible(ctx, status)
	}
	return status, err
}

func transactionOf(s buffer.Status) api.Transaction {
	t := api.Transaction{
		ID: s.ID, State: api.TransactionState(s.State), Site: s.Site, Operation: s.Operation, Principal: s.Principal,
		Sequence: optional(s.Sequence), AcceptedAt: s.AcceptedAt, ExecutedAt: s.ExecutedAt, ReplicatedAt: s.ReplicatedAt,
		RetryAt: s.RetryAt, Batch: optional(s.Batch), Fence: optional(s.Fence), Attempts: s.Attempts,
		BlockedBy: append([]api.UUID{}, s.BlockedBy...), Replaces: s.Replaces, ReplacedBy: s.ReplacedBy,
		Records: make([]api.RecordRef, len(s.Records)), Steps: make([]api.Step, len(s.Steps)), Audit: make([]api.AuditEntry, len(s.Audit)),
	}
	if s.LSN != 0 {
		t.LSN = optional(s.LSN.String())
	}
	if f := s.Failure; f != nil {
		t.Failure = &api.Failure{SQLState: f.SQLState, Message: f.Message, Detail: f.Detail, At: f.At}
	}
	for i, r := range s.Records {
		t.Records[i] = api.RecordRef{Table: r.Table, ID: r.ID}
	}
	for i, step := range s.Steps {
		t.Steps[i] = api.Step{Kind: step.Kind, Params: withoutHashes(step)}
	}
	for i, a := range s.Audit {
		t.Audit[i] = api.AuditEntry{At: a.At, By: a.By, Action: a.Action, Reason: a.Reason}
	}
	return t
}

// withoutHashes returns the parameters of a step as they are shown: without what tokens are found by.
func withoutHashes(step buffer.Step) json.RawMessage {
	var params map[string]json.RawMessage
	if !ops.OfAccess(step.Kind) || json.Unmarshal(step.Params, &params) != nil {
		return object(step.Params)
	}
	for _, name := range []string{"token_hash", "hashes"} {
		delete(params, name)
	}
	text, err := json.Marshal(params)
	if err != nil {
		return json.RawMessage("{}")
	}
	return text
}

// object returns the parameters of a step. What could not be decoded is no object but the text as it is stored.
func object(params json.RawMessage) json.RawMessage {
	switch {
	case len(params) == 0:
		return json.RawMessage("{}")
	case params[0] != '{':
		return json.RawMessage(`{"stored":` + string(params) + `}`)
	default:
		return params
	}
}

// value returns what p points to; the zero value for nil.
func value[T any](p *T) T {
	var none T
	if p == nil {
		return none
	}
	return *p
}

// cursorOf returns the cursor of the next page, null on the last.
func cursorOf(next string) nullable.Nullable[string] {
	return nullableOf(optional(next))
}

// nullableOf returns null for nil: a required field that is left unset would be sent as its zero value.
func nullableOf[T any](p *T) nullable.Nullable[T] {
	if p == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*p)
}
