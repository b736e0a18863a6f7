package postgres

import (
	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/gen/replicadb"
)

// Any lets tests send a replica what no generated query would.
func (r *Replica) Any() replicadb.DBTX { return r.guard }

// Any lets tests send a main database what no generated query would.
func (m *Main) Any() maindb.DBTX { return m.guard }
