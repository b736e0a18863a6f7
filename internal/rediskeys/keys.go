// Package rediskeys names every Redis key of the system. Nothing expires unless its comment says so.
package rediskeys

// Site makes the keys of one site; its value is the site's name. Two sites can share a Redis without meeting.
type Site string

// Prefix is what every key of the site begins with; scripts append to it.
func (s Site) Prefix() string { return "site:" + string(s) + ":" }

// Buffer is a list of transaction ids that are to be executed: new ones at the head, the oldest at the tail, always in
// the order of their sequence numbers.
func (s Site) Buffer() string { return s.Prefix() + "transaction_buffer" }

// Transaction is a hash: payload and state of a transaction that is not yet replicated, or stopped.
func (s Site) Transaction(id string) string { return s.Prefix() + "transaction:" + id }

// Audit is a list of JSON entries: what people did to a transaction. It goes when the transaction goes.
func (s Site) Audit(id string) string { return s.Prefix() + "audit:" + id }

// Sequence is a counter: the place of the newest transaction in the site's order.
func (s Site) Sequence() string { return s.Prefix() + "sequence" }

// Version is a counter of changes of the overlay.
func (s Site) Version() string { return s.Prefix() + "version" }

// Cleaned is a number: the highest version whose transaction has left the overlay as replicated.
func (s Site) Cleaned() string { return s.Prefix() + "cleaned" }

// Committed is a sorted set of transaction ids by batch: executed by the main database, not yet replicated.
func (s Site) Committed() string { return s.Prefix() + "committed" }

// Direct is a sorted set of transaction ids by sequence: executed past the buffer, not yet replicated.
func (s Site) Direct() string { return s.Prefix() + "direct" }

// Parked is a sorted set of transaction ids by sequence: stopped by a permanent error.
func (s Site) Parked() string { return s.Prefix() + "parked" }

// Blocked is a sorted set of transaction ids by sequence: waiting behind a stopped one.
func (s Site) Blocked() string { return s.Prefix() + "blocked" }

// Retrying is a sorted set of transaction ids by sequence: failed, with attempts left.
func (s Site) Retrying() string { return s.Prefix() + "retrying" }

// RetryAt is a sorted set of transaction ids by the millisecond when they return to the buffer by themselves.
func (s Site) RetryAt() string { return s.Prefix() + "retry_at" }

// Discarded is a sorted set of transaction ids by sequence: discarded by a person, not yet replicated as such.
func (s Site) Discarded() string { return s.Prefix() + "discarded" }

// Stops is a counter that changes with each transaction that is stopped, put back or discarded.
func (s Site) Stops() string { return s.Prefix() + "stops" }

// Lease is a string: who executes at this site. It expires by itself when its holder is gone.
func (s Site) Lease() string { return s.Prefix() + "lease" }

// Executor is a string: what the holder of the lease last said of itself, as JSON.
func (s Site) Executor() string { return s.Prefix() + "executor" }

// Progress is a hash: incarnation, fence and batch of the last flight that this site knows to be committed.
func (s Site) Progress() string { return s.Prefix() + "progress" }

// Flight is a hash: the sequence numbers of the flight under way, for a successor who must ask what became of it.
func (s Site) Flight() string { return s.Prefix() + "flight" }

// Overlay is a hash of a table: record id to "version|transaction ids in order", for each record with pending writes.
func (s Site) Overlay(table string) string { return s.Prefix() + "overlay:" + table }

// Index is a sorted set, all of score 0, of pending records in list order: sort key followed by record id.
func (s Site) Index(table, list string) string { return s.Prefix() + "index:" + table + ":" + list }

// Prepared is a sorted set of transaction ids by millisecond: id maps written ahead of a bulk registration.
func (s Site) Prepared() string { return s.Prefix() + "prepared" }

// PreparedRows is a set of "table record-id" written ahead of a bulk registration.
func (s Site) PreparedRows(id string) string { return s.Prefix() + "prepared:" + id }

// Journal is a stream of replicated transactions with their payloads, bounded in age and bytes: what is executed again
// when the main database has lost a tail.
func (s Site) Journal() string { return s.Prefix() + "journal" }

// Events is a stream of state changes, bounded in length.
func (s Site) Events() string { return s.Prefix() + "events" }

// Live is a hash: the epoch of the live topics, how far their sources were read, and the last offset of each.
func (s Site) Live() string { return s.Prefix() + "live" }

// LiveTopic is a stream of the events of a topic, bounded in length; the ids are their offsets.
func (s Site) LiveTopic(topic string) string { return s.Prefix() + "live:" + topic }

// LiveLease is a string: which process publishes. It expires by itself when that is gone.
func (s Site) LiveLease() string { return s.Prefix() + "live_lease" }

// Ticket is a string: a credential, encrypted with the ticket that stands for it, by the ticket's hash. It expires after half
// a minute.
func (s Site) Ticket(hash string) string { return s.Prefix() + "ticket:" + hash }

// Token is a string: the JSON of what the replica said of a token and its user when it was last asked, by token id. It
// expires when the token does.
func (s Site) Token(id string) string { return s.Prefix() + "token:" + id }

// TokenOf is a string: the id of the token with a hash. It expires when the token does.
func (s Site) TokenOf(hash string) string { return s.Prefix() + "token_of:" + hash }

// Account is a string: the JSON of what the replica said of a user when it was last asked, by user id. It expires when no
// session can need it any more.
func (s Site) Account(id string) string { return s.Prefix() + "account:" + id }

// AccessSwept is a string of two numbers: at which version of everybody's rights, and up to which microsecond, the copies
// of tokens and users that have changed were removed.
func (s Site) AccessSwept() string { return s.Prefix() + "access_swept" }

// AccessChanged is a channel: each message is the id of a session that has ended, or says that somebody's rights were
// changed at this site.
func (s Site) AccessChanged() string { return s.Prefix() + "access_changed" }

// Session is a hash: a session of a person, by its id. It expires when it can be renewed no more.
func (s Site) Session(id string) string { return s.Prefix() + "session:" + id }

// Sessions is a sorted set of session ids of a user by the second when they end. It expires with the last of them.
func (s Site) Sessions(user string) string { return s.Prefix() + "sessions:" + user }

// SignIn is a string: the JSON of a sign-in that went to GitHub and has not come back, by its state. It expires after
// ten minutes.
func (s Site) SignIn(state string) string { return s.Prefix() + "sign_in:" + state }

// Device is a string: the JSON of a sign-in from a terminal, by the digest of its code. It expires with the code that the
// user enters.
func (s Site) Device(digest string) string { return s.Prefix() + "device:" + digest }

// DeviceAsked is a string that is there as long as GitHub must not be asked about a sign-in from a terminal again.
func (s Site) DeviceAsked(digest string) string { return s.Prefix() + "device_asked:" + digest }

// BreakGlass is a hash of operators for emergencies: name to JSON.
func (s Site) BreakGlass() string { return s.Prefix() + "break_glass" }

// Failures is a hash: how many sign-ins from a network have failed, and the microsecond until which the next wrong one has
// to wait. It expires when the last one is long enough ago. Of "all" and "untold" it is a counter, of everybody's failures
// in a second, which expires then, and of those that the audit trail has not; of "told" a string that expires when it may
// have the next entry.
func (s Site) Failures(who string) string { return s.Prefix() + "failures:" + who }

// Cached is a string: a kept answer behind its generation and times, by the name of its area and a hash of its key. It
// expires.
func (s Site) Cached(name string) string { return s.Prefix() + "cached:" + name }

// CacheIndex is a sorted set of the names of all kept answers by the millisecond when they expire.
func (s Site) CacheIndex() string { return s.Prefix() + "cache_index" }

// CacheSizes is a hash: name to bytes of all kept answers, and their sum under the empty name.
func (s Site) CacheSizes() string { return s.Prefix() + "cache_sizes" }

// CacheGenerations is a hash: area to a counter that moves when its kept answers become invalid.
func (s Site) CacheGenerations() string { return s.Prefix() + "cache_generations" }

// Note is a string that the processes of a site tell each other, or the owner of a claim. It expires.
func (s Site) Note(name string) string { return s.Prefix() + "note:" + name }
