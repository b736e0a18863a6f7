// Package opsdb is the client of the operations database for programs in Go: the client that is generated from the
// document (gen/client), with what a program at an observatory needs around it.
//
//	api, err := opsdb.New("https://ops.example.org", token)
//	receipt, err := opsdb.Value[client.WriteReceipt](api.StartExecutedObsUnitWithResponse(ctx, nil, client.ExecutedObsUnitStart{ObsUnitID: 17}))
//	write, err := api.Wait(ctx, receipt.TransactionID, client.WaitStateReplicated)
//
// # Writes
//
// Every write that can be repeated carries an Idempotency-Key, one of the caller's own or a new one, which is the same on
// all attempts: however often an answer gets lost, the write is executed once. A program that may be started again in the
// middle of its work gives keys, or ids, of its own.
//
// # Attempts
//
// A request whose answer is lost, or says "not now" (429, 502, 503, 504), is sent again after a pause that grows at random
// up to a bound and is at least what Retry-After asks for; until the patience (WithPatience) is over, or no pause fits
// into what is left of it. That is done for GET, PUT and DELETE, for what carries an Idempotency-Key, and for whatever
// certainly never left this machine or was refused before anything was done (429). All else is sent once.
//
// # Errors
//
// A site that answers no is a *Problem; one from which nothing is heard, *UnreachableError. Wait ends with *StoppedError for a write
// that a person must decide about.
package opsdb
