// Package live tells readers what changes, as it changes.
//
// # What is published
//
// Each topic of a site is a stream in the site's Redis, bounded in length: events with offsets that count by one. They come
// from three sources. What other writers change stands in event_outbox, filled by triggers, and arrives with replication.
// What this site has accepted stands in the buffer's stream of state changes, also while the site is cut off. The health
// of the site is looked at every second.
//
// A Publisher moves events from the sources to the topics. How far it has come in each source stands beside the topics
// and moves in the same script, which does nothing when somebody else has moved it meanwhile: whichever process of the
// site does it, and however often, each event is published once. A lease keeps the others from working in vain.
//
// The outbox is read below the oldest transaction that is still under way. Transactions get their numbers in one order
// and commit in another; below that horizon nothing can be committed any more, so nothing that comes late is passed over.
//
// # Epochs
//
// An epoch is the name of a history. Within it an offset means the same for ever. A new one begins when what was
// published may not be what happened: the main database has another timeline, is another one, was set back, or does not
// have the event that was read last; the outbox or the buffer's stream were shortened before they were read; the site's
// Redis was lost. It stands in each topic as an entry of its own, so readers meet it at its place.
//
// That a machine is busy, or a process stands still, begins none: places move in scripts, and what is read late is read
// all the same. Whether the main database was set back is judged by its heartbeats, by their number and their clock together:
// a replica that has just started shows an older state for a moment, a clock alone can be changed, and before the first
// heartbeat nothing has an age. What is read late is lost only where the sources are bounded: 10,000 changes of state in the
// buffer's stream, six days in the outbox. Then a new epoch is the only honest answer, for readers would miss something
// without a word.
//
// # What a reader gets
//
// A Hub, one in each process, reads all topics over one connection and keeps the end of each in memory. An event is encoded
// once; events that come within 20 ms share a message, made once for all readers. A reader has a place in the window and
// no queue: it takes no memory to be slow. Who reads on gets whatever the window holds, however much comes at once, and a
// new snapshot in the same stream when more comes than that. Who takes so long for one message that nothing is left of what
// there was to tell is cut. With the epoch and the offset of his last message he goes on, at any process of the site: one that
// has not read so far waits until it has.
//
// Who has everything waits in the window, which sends him what comes as far as that takes no waiting: one goroutine sends to
// all, and a thousand readers keep nobody from the processors. For whom it takes waiting, his own goroutine sends.
package live
