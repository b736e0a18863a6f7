// Package lab runs a whole system of several sites on one machine, with nothing but the installed PostgreSQL and Redis:
// the main database at the site cologne, a streaming standby of it at each secondary site, a Redis and the APIs of every
// site, and between the sites a link whose faults can be chosen. Every server is a process of its own. It is what
// "opsdb lab", the demo, the bench and the tests of the whole system run on; it needs Linux.
//
//	               cologne (main)                             observatory (secondary)
//	api-1 ──> PostgreSQL, the main database  <──── link ────  api-1 ──> PostgreSQL, the replica
//	  └─────> Redis                          <──── link ────    │         (its standby connection)
//	                                                            └─────> Redis
//
// # By hand
//
//	opsdb lab                                start it; it prints addresses, tokens and the link's control
//	curl -X POST $LINK/cut                   bytes vanish, connects hang; also ?mode=refuse, ?direction=up or down
//	curl -X POST $LINK/heal                  whole again; what was lost stays lost
//	curl -X POST "$LINK/slow?rtt=230ms&rate=64k"
//	curl -X POST "$LINK/stall?p=0.05"        random pauses and resets
//	curl -X POST $LINK/reset                 perfect again
//	curl $LINK/                              state of the links, process ids
//	kill -9 <pid>                            it is started again on the same data after --restart-after
//
// Each POST takes site=<name>; without it, all links change.
//
// # GitHub
//
// People sign in at /github/login of every API by a GitHub of the lab's own, package fakegithub, in whose pages they choose
// who they are. It is beyond the link: a site that is cut off from the main site still reaches it unless it is made to fail.
//
// # Names
//
// Where objects are is asked of a Sesame and a NED of the lab's own, package fakeresolver, which know a handful of them and
// can be made to fail, too.
//
// # Data
//
// opsdb lab --transfers 100x also plays the programs that move data from the observatory into the archives, a hundred times
// faster than they are: package transfers.
//
// # The link
//
// A cut swallows: there is no FIN and no RST, as on a radio link. What makes it harsher than most networks is that lost
// bytes are not sent again: a direction of a connection that lost something stays silent after healing, too. So a
// session of the main database whose flight was cut half way waits for the rest until somebody ends it, and an API waits
// for an answer until its own deadline. Connections that lost nothing go on. A connect during a cut waits for healing,
// as a SYN that is sent again does. Only a standby's connection that lost something is reset when the link is whole.
//
// A slow link delays by half the round trip in each direction, a connect by a whole one, and takes no more from a sender
// than the line holds. Its rate is for all connections of a site together, in each direction.
//
// # In tests
//
// Package labtest starts a lab with the test program itself as the APIs. Lab.Kill, Pause, PowerOff, TakeDown and
// Failover make the faults of servers, Link.Cut and Link.CutAfter those of the network, and Replicated and WaitReady wait
// for the recovery.
package lab
