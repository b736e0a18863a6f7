// Package demo plays a night of observations at an observatory whose link is cut in the middle, and counts what was lost.
//
// A lab stands for the two sites. The observatory's scripts, one for each instrument, and the registrars of its files,
// one for each instrument module, write over HTTP as they would on site: they start and finish executions, register files
// singly and in bulk, package and finalize them, and send a request again under the same Idempotency-Key when no answer
// came. Now and then the demo throws an answer away to make them do so. While the link swallows everything, the API that
// executes the buffered writes is killed.
//
// What counts at the end is the scripts' own file of answers: each line is one acknowledged write with the ids it was
// given and the content it was sent with. It is compared, field by field, with what SELECT finds in the main database and
// in the observatory's replica. No counter of a server takes part.
package demo
