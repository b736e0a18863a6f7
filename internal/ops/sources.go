package ops

import (
	"strconv"

	"github.com/ccatobs/opsdb/gen/maindb"
	"github.com/ccatobs/opsdb/internal/buffer"
)

// TableSource is the table of where the telescope points.
const TableSource = "source"

// The writes of sources, by people, who go to the main database directly.
var (
	CreateSource = buffer.Register(&Registry, "source.create", (*maindb.Queries).CreateSource,
		func(p maindb.CreateSourceParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: source(p.ID), Action: buffer.Insert}}}
		})

	UpdateSource = buffer.Register(&Registry, "source.update", (*maindb.Queries).UpdateSource,
		func(p maindb.UpdateSourceParams) buffer.Effect {
			return buffer.Effect{Writes: []buffer.Change{{Record: source(p.ID), Action: buffer.Patch}}}
		})
)

func source(id int32) buffer.Record {
	return buffer.Record{Table: TableSource, ID: strconv.Itoa(int(id))}
}
