// Package bench measures a whole system of two sites on this machine, beside what the same machine does without it.
//
// The system is a lab: PostgreSQL and Redis wait for the disk, every server is a process of its own. The clients are
// another process, too: this program, started again as a load generator that speaks to one server over TCP from several
// connections, each of which waits for an answer before it asks again. Requests carry a token and are validated; the body
// of a write is the example that the document gives for it.
//
// A figure is measured together with its raw limit: what remains when the system is taken away and only the part of the
// machine that the figure cannot do without is asked, at the same number of clients.
//
//	write            LPUSH of a payload of the same size to the site's Redis, which waits for the disk
//	drain            single inserts, one transaction in a round trip, over the same link
//	replication      from the commit of one insert on the main database until a query on the replica finds it
//	merged list      /health/live, which does nothing
//	memory           the API's with nothing pending; the bare payloads in Redis
//	start            a process of this program that ends at once
package bench
