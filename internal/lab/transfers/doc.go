// Package transfers plays the programs that move data: it takes packages through the pipeline, from what is filed to the
// deletion of what is needed no more, by writing to the main database as they do. Who looks sees it through the outbox and
// by replication, as he would in reality. No data are moved.
//
//	0 filing        File: an execution, its files and packages, which are then complete
//	1 packaging     a copy of each package at the source, then in the buffer of the observatory
//	2 bundling      a transfer package of some of them
//	3 transferring  to each site with an archive in turn, by routes that are active
//	4 unpacking     copies of the packages in the buffer of that site, verified
//	5 archiving     a copy in the long-term archive, the metadata; archived
//	6 staging       of the jobs that people ask for
//	7 deletion      of the copies at the observatory, where two verified ones are elsewhere
//
// All state is in the database. Each Step takes each thing one state further at most, and bytes as far as the time and the
// bandwidth let them. What goes wrong is chosen by name and attempt: the same seed gives the same night.
package transfers
