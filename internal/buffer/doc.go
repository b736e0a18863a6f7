// Package buffer keeps the writes of a site until the main database and the site's own replica have them.
//
// # Guarantees
//
//  1. Never lost. A receipt is given after an fsync in the site's Redis. A transaction leaves Redis only when the site's
//     replica shows that the main database has executed it, and even then it stays in a journal for a while.
//  2. Never doubled. The ledger row of a transaction is written in the database transaction that executes it. Ids are made
//     before anything is written, and the same request gives the same ids at every site, for ever.
//  3. All or nothing. The steps of a transaction are executed in one database transaction.
//  4. In order. Two transactions of which one writes what the other writes or needs are executed in the order of their
//     acceptance at the site, whatever fails, is retried, edited or discarded in between.
//  5. Visible at once. From the receipt on, every merged read of the site shows the write, and never again an older state.
//  6. Nobody's fault is not counted. Only errors that the transaction itself causes cost an attempt; a link, a server or
//     a schema that is not as it should be is waited for, with an alarm where a person is needed.
//
// # The states of a transaction
//
//	accepted ─ fsync ─> buffered ─> executing ─> committed ─> replicated ─> journal
//	                     ^  ^  │
//	                     │  │  ├─ permanent error, attempts left ─> buffered, tried again after a pause
//	                     │  │  ├─ permanent error, no attempts left ─> parked ─┐
//	                     │  │  └─ behind a stopped one ──────────────> blocked │
//	                     │  └──── what it waited for is gone ───────────┘      │
//	                     └─────── retry, or the time to try again ─────────────┤
//	                                                     discard, or edit ─────┴─> discarded
//
// Executing is not stored: it is what the flight under way carries. A discarded transaction goes through the buffer once
// more, to write its ledger row and nothing else, so that it can never be executed later, not even from another site.
//
// # How it is executed
//
// One process of the site holds the lease (Redis, three seconds). The lease only says who tries. What counts is the row
// of the site in site_progress on the main database: taking over raises its fence, and each flight begins by advancing
// its batch by one, which fails for everybody but the holder of the newest fence.
//
// A flight is many transactions in one database transaction in one round trip: the fence, the ledger rows, every step,
// COMMIT, the position of the log. As COMMIT is sent before any answer is there, every statement guards its own row
// count in SQL. When a statement fails nothing of the flight is committed; the culprit and what depends on it are taken
// out, and the rest is sent again at once.
//
// Nothing is removed from Redis before its flight has landed. When the answer to a flight is lost, the next session,
// whoever opens it, first ends what is left of the last one on the main database, takes the fence, and asks the ledger.
//
// # How it is tracked
//
// The row of the site in site_progress, read on the replica, proves that everything up to its batch is replicated: one
// read for any backlog. Positions of the log say how far behind the replica is, and nothing else: after a failover the
// positions of two time lines do not compare. What went past the buffer is proved by its ledger row.
//
// The row also carries the incarnation of the batch numbers. When the main database stands below what the site has seen
// committed, it has lost a tail (a failover, a restore). Then everything that the ledger does not hold, also what was
// replicated and cleaned already, goes from the journal back into the buffer in its old order, and a new incarnation
// begins, so that the numbers of the lost time line prove nothing any more.
//
// # How it is read
//
// The overlay of a record is the list of the transactions that write it and are not yet replicated, in order. It holds
// references, no copies: what a pending write looks like is computed from its steps (package ops). Lists are sorted sets
// in list order, one for each combination of filters that a list offers, so that a page costs what it shows and not what
// waits. A reader looks at the overlay first and at the replica after it: what is replayed in between shows on both
// sides, and the merge (package overlay) shows it once.
//
// A handler that decides on what it saw tells so (Transaction.Saw). The script that accepts the transaction compares the
// versions of these records and refuses when one has got another pending write since; then the handler decides again.
//
// # What is lost in which disaster
//
//	the process dies                  nothing; another one takes over within the time of the lease
//	Redis dies, its disk survives     nothing
//	the disk of Redis dies            what was not yet committed by the main database; the API says how much that is
//	                                  at any time (buffer-stats), and how old the oldest is
//	the link is down                  nothing; the buffer grows, health says how many days are left
//	Redis is full                     nothing; new writes are refused, what was accepted is executed and makes room
//	the replica dies                  nothing; reads fail, writes go on, the new replica proves what the old one could not
//	the main database dies            nothing of a buffering site; the main site itself cannot write meanwhile
//	the main database loses a tail    nothing of a buffering site, as far back as its journal goes (JOURNAL_KEEP,
//	                                  JOURNAL_MAX_BYTES); direct writes of the main site in that tail
//	main database and Redis both      what was in the lost tail, if the journal was lost with Redis
package buffer
