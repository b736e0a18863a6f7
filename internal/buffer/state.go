package buffer

import (
	"time"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/internal/lsn"
)

// State is where a transaction is on its way.
type State string

// The states, in the order of a normal life, then those of a troubled one.
const (
	Buffered   State = "buffered"
	Executing  State = "executing"
	Committed  State = "committed"
	Replicated State = "replicated"
	Parked     State = "parked"
	Blocked    State = "blocked"
	Discarded  State = "discarded"
)

// States lists every state.
var States = []State{Buffered, Executing, Committed, Replicated, Parked, Blocked, Discarded}

// Failure is why the last attempt of a transaction failed.
type Failure struct {
	SQLState string    `json:"sqlstate"`
	Message  string    `json:"message"`
	Detail   string    `json:"detail,omitempty"` // for a conflict: the record as it is in the main database
	At       time.Time `json:"at"`
}

// AuditEntry is what a person did to a transaction.
type AuditEntry struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Action string    `json:"action"`
	Reason string    `json:"reason,omitempty"`
	// ReplacedBy is the transaction that an edit put in the place of the one that was edited. Both have the entry.
	ReplacedBy *uuid.UUID `json:"replaced_by,omitempty"`
	// Number is that of the record which was created.
	Number *int32 `json:"number,omitempty"`
}

// Status is a transaction and how far it has travelled.
type Status struct {
	ID           uuid.UUID
	State        State
	Site         string
	Operation    string
	Principal    string
	Sequence     int64 // order of acceptance at the site; 0 when the site has forgotten
	AcceptedAt   time.Time
	ExecutedAt   *time.Time
	ReplicatedAt *time.Time
	RetryAt      *time.Time // when it is tried again by itself
	Batch        int64      // 0: not executed, or past the buffer
	Fence        int64
	LSN          lsn.LSN
	Attempts     int
	Failure      *Failure
	BlockedBy    []uuid.UUID
	Replaces     *uuid.UUID
	ReplacedBy   *uuid.UUID
	Records      []Record
	Steps        []Step // empty when only the ledger knows the transaction
	Audit        []AuditEntry
}

// Receipt is what the writer gets.
type Receipt struct {
	Transaction uuid.UUID
	State       State
	Replayed    bool   // the same request was accepted before
	Position    string // for a read at any site that must see this write
	AcceptedAt  time.Time
}

// stored is the hash of a transaction as Redis holds it.
type stored struct {
	id          uuid.UUID
	raw         string
	payload     payload
	undecodable error
	state       State
	fingerprint string
	sequence    int64
	batch       int64
	fence       int64
	lsn         lsn.LSN
	accepted    time.Time
	executed    *time.Time
	attempts    int
	failure     *Failure
	blockedBy   []uuid.UUID
	outcome     string
	replacedBy  *uuid.UUID
	audit       string // JSON array
	understood  bool
	writes      []Record
	needs       []Record
}
