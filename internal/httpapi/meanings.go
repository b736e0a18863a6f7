package httpapi

import (
	"context"
	"net/http"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/errs"
)

// meaning is what a kind of problem stands for.
type meaning struct {
	status int
	title  string
	text   string
}

// meanings holds every problem this API can answer with. The slugs are part of the contract and never change.
var meanings = map[api.ProblemSlug]meaning{
	api.ProblemSlugMalformed: {
		http.StatusBadRequest, "Malformed JSON",
		"The body is not JSON in UTF-8. Nothing was done.",
	},
	api.ProblemSlugUnauthenticated: {
		http.StatusUnauthorized, "No valid token",
		"The request has no token, or one that is unknown, expired or revoked. Send Authorization: Bearer and a valid token.",
	},
	api.ProblemSlugTicketRefused: {
		http.StatusUnauthorized, "Not a good ticket",
		"The ticket is unknown, older than 30 seconds, used before, or of another site. Get a new one from /auth/ticket.",
	},
	api.ProblemSlugUpgradeRequired: {
		http.StatusUpgradeRequired, "Not a request for a stream",
		"The operation answers with a WebSocket, or with server-sent events to those who send Accept: text/event-stream.",
	},
	api.ProblemSlugTokenMalformed: {
		http.StatusUnauthorized, "Not a token",
		"The token is not one of this system, or it is mistyped or cut off.",
	},
	api.ProblemSlugTokenUnknown: {
		http.StatusUnauthorized, "Unknown token",
		"This site does not know the token. One that was just made at the main site is known here when it is replicated.",
	},
	api.ProblemSlugTokenExpired: {
		http.StatusUnauthorized, "Token expired",
		"The token was good until a date that has passed.",
	},
	api.ProblemSlugTokenRevoked: {
		http.StatusUnauthorized, "Token revoked",
		"The token was revoked.",
	},
	api.ProblemSlugUserDisabled: {
		http.StatusUnauthorized, "User disabled",
		"The user whom the token belongs to is disabled.",
	},
	api.ProblemSlugForbidden: {
		http.StatusForbidden, "Missing permission",
		"The token is good but lacks a permission that this operation asks for.",
	},
	api.ProblemSlugNotFound: {
		http.StatusNotFound, "Not found",
		"There is no such path or record. A record that another site has just made can be here a moment later.",
	},
	api.ProblemSlugRecordMissing: {
		http.StatusNotFound, "Record missing",
		"The main database has no record that this write could change.",
	},
	api.ProblemSlugUnknownObject: {
		http.StatusNotFound, "Unknown object",
		"Neither this observatory nor SIMBAD and NED know an object of this name.",
	},
	api.ProblemSlugTransactionUnknown: {
		http.StatusNotFound, "Unknown transaction",
		"Neither this site nor the ledger that it sees knows the transaction.",
	},
	api.ProblemSlugMethodNotAllowed: {
		http.StatusMethodNotAllowed, "Method not allowed",
		"The path does not take this method; the header Allow lists those it takes.",
	},
	api.ProblemSlugConflict: {
		http.StatusConflict, "Conflict",
		"What the request asks for contradicts the present state. Nothing was done.",
	},
	api.ProblemSlugRecordDiffers: {
		http.StatusConflict, "The record has other content",
		"The record exists with other content. The members recorded and requested show both versions; nobody's version is overwritten.",
	},
	api.ProblemSlugTransitionForbidden: {
		http.StatusConflict, "Not from this state",
		"The record cannot go from its state to the one that is asked for; the detail names those it can go to.",
	},
	api.ProblemSlugJobRunning: {
		http.StatusConflict, "Another one is running",
		"This site computes one thing ahead at a time. Wait for it, or cancel it.",
	},
	api.ProblemSlugNotStopped: {
		http.StatusConflict, "Not stopped",
		"Only parked and blocked transactions can be retried, edited or discarded.",
	},
	api.ProblemSlugBlocked: {
		http.StatusConflict, "Blocked",
		"The transaction waits behind a parked one; decide about that one.",
	},
	api.ProblemSlugOthersWaitBehind: {
		http.StatusConflict, "Others wait behind",
		"Other transactions need what this one writes. Discard with cascade gives them up, too.",
	},
	api.ProblemSlugTooManyTokens: {
		http.StatusConflict, "Too many tokens",
		"The user has as many API tokens that are good as he may have. Revoke some that nobody needs.",
	},
	api.ProblemSlugTooLarge: {
		http.StatusRequestEntityTooLarge, "Too large",
		"The body has more bytes or rows than the operation takes. Send it in parts.",
	},
	api.ProblemSlugUnsupportedMediaType: {
		http.StatusUnsupportedMediaType, "Unsupported media type",
		"Send the body as application/json.",
	},
	api.ProblemSlugInvalid: {
		http.StatusUnprocessableEntity, "Invalid request",
		"The request does not match the document. The member errors points at every offending part.",
	},
	api.ProblemSlugNoEphemeris: {
		http.StatusUnprocessableEntity, "No ephemeris",
		"The program knows the Sun, the Moon and the planets; where other bodies are it cannot compute.",
	},
	api.ProblemSlugReferenceUnknown: {
		http.StatusUnprocessableEntity, "Unknown reference",
		"The request refers to something that does not exist, such as a unit or a package; the member errors says what.",
	},
	api.ProblemSlugValuesRefused: {
		http.StatusUnprocessableEntity, "Values refused",
		"The main database refuses the values, such as an end before the start.",
	},
	api.ProblemSlugStepsInvalid: {
		http.StatusUnprocessableEntity, "Steps cannot be read",
		"The steps of the edit have an unknown kind, or parameters that the kind does not have.",
	},
	api.ProblemSlugIdempotencyKeyReused: {
		http.StatusUnprocessableEntity, "Idempotency key reused",
		"The Idempotency-Key belongs to another request of yours. Take a new key for each new request.",
	},
	api.ProblemSlugResolverUnreachable: {
		http.StatusServiceUnavailable, "Nobody can be asked",
		"The name is not known at this site, and neither CDS Sesame nor NED answers. Give coordinates, or try again later.",
	},
	api.ProblemSlugTokenUnverifiable: {
		http.StatusServiceUnavailable, "Token cannot be checked",
		"The site's database does not answer and the token was not used here before. Try again after Retry-After.",
	},
	api.ProblemSlugSessionEnded: {
		http.StatusUnauthorized, "Session ended",
		"The session was ended, was not renewed for too long, or its cookie was used twice. Sign in again.",
	},
	api.ProblemSlugBreakGlassRefused: {
		http.StatusUnauthorized, "Name or password wrong",
		"There is no operator for emergencies of this name with this password at this site.",
	},
	api.ProblemSlugSignInFailed: {
		http.StatusUnauthorized, "Sign-in failed",
		"GitHub refused, or the browser did not bring back what it was sent with. Start again at /github/login.",
	},
	api.ProblemSlugNotInOrganisation: {
		http.StatusForbidden, "Not in the organisation",
		"The GitHub account does not belong to the organisation of this observatory, or has not accepted its invitation.",
	},
	api.ProblemSlugNoRole: {
		http.StatusForbidden, "No role",
		"No team of the GitHub account gives it a role here.",
	},
	api.ProblemSlugOriginRefused: {
		http.StatusForbidden, "Origin refused",
		"A page of this origin may not use the session. The setting CORS_ORIGINS lists those that may.",
	},
	api.ProblemSlugScopeExceeded: {
		http.StatusForbidden, "Scopes exceeded",
		"A token cannot be good for more than its maker and its user may do now.",
	},
	api.ProblemSlugSignInOff: {
		http.StatusNotFound, "No sign-in by GitHub",
		"This site has no GitHub app configured.",
	},
	api.ProblemSlugBreakGlassOff: {
		http.StatusNotFound, "No operator for emergencies",
		"The setting BREAK_GLASS is off at this site.",
	},
	api.ProblemSlugDemoOff: {
		http.StatusNotFound, "No demo tokens",
		"The setting DEMO_TOKENS is off at this site.",
	},
	api.ProblemSlugLastAdmin: {
		http.StatusConflict, "The last administrator",
		"Nobody could manage users any more. Make somebody else an administrator first.",
	},
	api.ProblemSlugNameTaken: {
		http.StatusConflict, "Name taken",
		"Another record has the name, or another user the GitHub account. An administrator can join the account to its user by github_login.",
	},
	api.ProblemSlugTokenEnded: {
		http.StatusConflict, "Token ended",
		"The token is revoked or has expired, so nothing can take its place. Make a new one.",
	},
	api.ProblemSlugPreconditionFailed: {
		http.StatusPreconditionFailed, "Changed meanwhile",
		"The record is not the version that If-Match names. Read it again.",
	},
	api.ProblemSlugTooManyRequests: {
		http.StatusTooManyRequests, "Too many requests",
		"Wait for Retry-After. Writes marked x-critical are never limited.",
	},
	api.ProblemSlugGithubUnreachable: {
		http.StatusServiceUnavailable, "GitHub unreachable",
		"GitHub does not answer. Sessions and tokens go on; new sign-ins have to wait.",
	},
	api.ProblemSlugInternal: {
		http.StatusInternalServerError, "Internal error",
		"The server failed. The site's log has the cause under the request_id. Repeating a write with the same Idempotency-Key is safe.",
	},
	api.ProblemSlugUnavailable: {
		http.StatusServiceUnavailable, "Not available now",
		"A part that this request needs cannot be reached or is too slow. Try again after Retry-After; repeating a write with the same Idempotency-Key is safe.",
	},
	api.ProblemSlugPositionNotReached: {
		http.StatusServiceUnavailable, "Position not reached",
		"This site has not yet got the write that the header Ops-Position names. Try again after Retry-After, or read without the header.",
	},
	api.ProblemSlugBufferUnavailable: {
		http.StatusServiceUnavailable, "Buffer not available",
		"The site's buffer does not answer, so nothing can be accepted durably. Reads go on.",
	},
	api.ProblemSlugBufferShort: {
		http.StatusServiceUnavailable, "Buffer short of memory",
		"Bulk registrations wait until the backlog shrinks; single writes are still accepted.",
	},
	api.ProblemSlugContended: {
		http.StatusServiceUnavailable, "Too many writers",
		"Others change the same record faster than this request can be decided. Try again.",
	},
	api.ProblemSlugMainUnreachable: {
		http.StatusServiceUnavailable, "Main database unreachable",
		"The write cannot be buffered and the main database does not answer. With an Idempotency-Key it can be repeated safely even if it was executed.",
	},
	api.ProblemSlugReplicaUnreachable: {
		http.StatusServiceUnavailable, "Database of the site unreachable",
		"The database that this site reads does not answer. Critical writes go on.",
	},
	api.ProblemSlugReplicaUnavailable: {
		http.StatusServiceUnavailable, "Ledger unreachable",
		"The site has forgotten the transaction, and the database with the ledger does not answer.",
	},
	api.ProblemSlugDatabaseBusy: {
		http.StatusServiceUnavailable, "Database busy",
		"A database answers but cannot do it now.",
	},
	api.ProblemSlugEarlierWritesPending: {
		http.StatusServiceUnavailable, "Earlier writes pending",
		"Buffered writes of the same record have not reached the main database; this one would overtake them.",
	},
}

// GetProblem says what a problem means.
func (s *Server) GetProblem(_ context.Context, r api.GetProblemRequestObject) (api.GetProblemResponseObject, error) {
	m, ok := meanings[r.Slug]
	if !ok {
		return nil, errs.New(errs.NotFound, "There is no such problem.")
	}
	return api.GetProblem200JSONResponse{Slug: string(r.Slug), Title: m.title, Status: int32(m.status), Meaning: m.text}, nil
}
