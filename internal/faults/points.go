package faults

// Points of death, in the order in which a write passes them.
const (
	BeforeEnqueue  = "before-enqueue"
	AfterEnqueue   = "after-enqueue"
	FlightHalfSent = "flight-half-sent"
	CommitSent     = "commit-sent"
	NotRecorded    = "committed-not-recorded"
	DuringCleanup  = "during-cleanup"
)

// Guards that can be switched off in builds with the tag "faults". Those that are functions of the main database, the
// fence and the row guard, are replaced there.
const (
	Ledger     = "ledger"
	FsyncCheck = "fsync-check"
)

// Points lists every point of death.
var Points = []string{BeforeEnqueue, AfterEnqueue, FlightHalfSent, CommitSent, NotRecorded, DuringCleanup}
