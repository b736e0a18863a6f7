package demo

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/ccatobs/opsdb/gen/client"
)

// seen is what a site says of an observation.
type seen struct {
	status   string
	packages int // complete ones
	files    int
	sync     string
}

// observed is an observation as both sites see it.
type observed struct {
	observation          Observation
	cologne, observatory seen
}

// ask asks a site for an execution with all that belongs to it. sync is that of the part that has come least far.
func (s *station) ask(ctx context.Context, id uuid.UUID) (seen, error) {
	answer, err := send(ctx, s, "read execution "+id.String(), func(ctx context.Context, api *client.ClientWithResponses) (*client.GetExecutedObsUnitResponse, error) {
		return api.GetExecutedObsUnitWithResponse(ctx, id, nil)
	})
	if answer != nil && answer.StatusCode() == http.StatusNotFound {
		return seen{status: "missing"}, nil
	}
	if err != nil {
		return seen{}, err
	}
	e := answer.JSON200
	states := []client.SyncState{e.Sync}
	complete := 0
	for _, p := range e.RawDataPackages {
		states = append(states, p.Sync)
		if p.Status == client.PackageStatusComplete {
			complete++
		}
	}
	for _, f := range e.RawDataFiles {
		states = append(states, f.Sync)
	}
	sync := client.SyncStateReplicated
	for _, s := range states {
		if s != client.SyncStateReplicated {
			sync = s
		}
	}
	return seen{status: string(e.Status), packages: complete, files: len(e.RawDataFiles), sync: string(sync)}, nil
}

const (
	observationColumns = "%-7s%-23s"
	siteColumns        = "%-9s %3s %5s  %-12s"
	// sideBySide is the width of a table with the sites beside one another.
	sideBySide = 95
)

// table shows every observation as both sites see it, beside one another when there is room.
func table(all []observed, width int) []line {
	var head, under line
	head.add("", margin+observationColumns, "", "")
	under.add(dim, margin+observationColumns, "UTC", "observation")
	under.add(dim, siteColumns, "status", "pkg", "files", "state")
	lines := []line{under}
	if width >= sideBySide {
		head.add(bold, siteColumns, "cologne", "", "", "")
		head.add(bold, "observatory")
		under.add(dim, siteColumns, "status", "pkg", "files", "state")
		lines = []line{head, under}
	}
	for _, o := range all {
		var l line
		l.add("", margin+observationColumns, o.observation.Start.UTC().Format("15:04"), o.observation.Title)
		l.addSite(o.cologne)
		if width < sideBySide {
			l.add(dim, "cologne")
			lines, l = append(lines, l), line{}
			l.add("", margin+observationColumns, "", "")
		}
		l.addSite(o.observatory)
		if width < sideBySide {
			l.add(dim, "observatory")
		}
		lines = append(lines, l)
	}
	return lines
}

func (l *line) addSite(s seen) {
	state := green
	if s.sync != string(client.SyncStateReplicated) {
		state = yellow
	}
	l.add("", "%-9s %3d %5d  ", s.status, s.packages, s.files)
	l.add(state, "%-12s", s.sync)
}
