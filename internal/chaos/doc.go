// Package chaos tests the promise of the system on a whole one: what was acknowledged is never lost, never doubled,
// visible at once where it was recorded, and in exactly one state, whatever the network and the processes do. It holds
// tests only: "make test" runs them in a short form, "make chaos" in a long one with a seed of your choice.
//
// # Nemeses
//
// SIGKILL and SIGSTOP of the API that executes, of the other API, of Redis, of the main database and of the replica, at
// random moments and at every named point of package faults; a link that swallows in both directions or in one, that
// refuses, flaps, stalls, is slow and thin, and that is cut at a chosen byte; a failover to a standby that misses a tail;
// the reboot of a whole site without link and replica; clients with wrong clocks, clients that repeat themselves, and
// two that contradict each other at the same moment.
//
// # Checkers
//
// Clients write each answer, with the content it is for, into a file of their own. That file is compared with SELECTs on
// both databases, with a history that triggers of the test write beside the tables, with the keys of Redis, and with
// what the site's API answers; figures of the servers are never asked. The rules:
//
//	content   each acknowledged record is there once, with the acknowledged content, on both databases
//	invented  nothing else is there
//	history   each record has had exactly the acknowledged changes, each once, in the order of their acknowledgement
//	ledger    each acknowledged transaction is in the ledger as applied, those of one record in the order of their batches
//	state     each transaction that Redis holds is in exactly one state
//	stopped   no transaction is parked, blocked or waits for another attempt
//	leak      in the end Redis holds nothing but the journal and its counters
//	read      what the site shows is what was acknowledged, at once and in the end
//	refused   no client was refused a write that was right
//
// The same checkers must find a violation when a guard is switched off: the ledger, the fence, the row guard, the look
// at how Redis keeps its data.
package chaos
