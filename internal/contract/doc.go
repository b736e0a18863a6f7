// Package contract has no code of its own: its tests hold the document, api/openapi.yaml, against what it promises.
//
//	lint          rules every operation keeps, and the public rules of redocly
//	breaking      nothing that a client of the last release relies on is taken away (api/releases)
//	typescript    the types that front ends are written with fit the running system, and refuse what does not
//	schemathesis  both sites of a running lab answer as the document says to whatever it allows, and to what it does not;
//	              the secondary one cut off from the main database
//
// "make tools" installs what they run. Against the running server the other tests check each answer themselves: package
// contracttest.
package contract
