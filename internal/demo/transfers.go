package demo

import (
	"context"

	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

// moving plays the programs that move data as fast as the night passes; a millionth of the data takes a millionth of the
// bandwidth.
var moving = transfers.Options{Seed: 1, Speed: 1000, Bandwidth: 100, Bundle: 5}

// stages are how many packages are where on their way into the archive.
type stages struct{ filed, bundled, moving, archiving, archived int }

func (s stages) any() bool { return s != stages{} }

// line shows them.
func (s stages) line() line {
	var l line
	l.add(dim, margin+"packages ")
	for _, part := range []struct {
		style style
		name  string
		count int
	}{
		{"", "filed", s.filed}, {"", "bundled", s.bundled}, {yellow, "moving", s.moving}, {yellow, "archiving", s.archiving}, {green, "archived", s.archived},
	} {
		l.add(dim, " %s ", part.name)
		l.add(part.style, "%d", part.count)
	}
	return l
}

// stages counts the packages at each stage.
func (d database) stages(ctx context.Context) (s stages, err error) {
	err = d.conn.QueryRow(ctx, `
		select count(*) filter (where stage < 2), count(*) filter (where stage = 2), count(*) filter (where stage in (3, 4)),
		       count(*) filter (where stage = 5 and state <> 'archived'), count(*) filter (where state = 'archived')
		from raw_data_package_pipeline`).Scan(&s.filed, &s.bundled, &s.moving, &s.archiving, &s.archived)
	return s, err
}
