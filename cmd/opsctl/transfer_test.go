package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/client"
	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

func TestTransferOfNothing(t *testing.T) {
	s := at(t, lab.MainSite)
	s.run("transfer", "overview").exits(exitDone).says("7 deletion")
	none := "0198f2c4-6a00-7cc3-98c4-dc0c0c07398f"
	s.run("transfer", "show", none).exits(exitFailed).says("not-found")
	s.run("transfer", "reset", none).exits(exitFailed).says("not-found")
	s.run("transfer", "reset", none, "--archive").exits(exitFailed).says("not-found")
	s.run("transfer", "reset", none, "--archive", "--part", "unpack").exits(exitUsage)
	s.run("transfer", "safe-to-delete", none).exits(exitFailed).says("not-found")
}

// night is a pipeline of an hour ago, in which at each stage the first attempt of one package fails, and one transfer stalls.
type night struct {
	*transfers.Pipeline
	s  *shell
	db *pgx.Conn
}

func troubled(s *shell) night {
	s.t.Helper()
	conn, err := pgx.Connect(s.ctx, world.Site(lab.MainSite).Database)
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, conn.Close(context.WithoutCancel(s.ctx))) })
	failing, stalling := map[int]string{}, ""
	return night{s: s, db: conn, Pipeline: transfers.New(conn, transfers.Options{
		Bundle: 1, Now: func() time.Time { return time.Now().Add(-time.Hour) },
		Choose: func(a transfers.Attempt) transfers.Fate {
			switch {
			case a.Retry > 0:
				return transfers.Succeeds
			case failing[a.Stage] == "" || failing[a.Stage] == a.Name:
				failing[a.Stage] = a.Name
				return transfers.Fails
			case a.Stage == 3 && (stalling == "" || stalling == a.Name):
				stalling = a.Name
				return transfers.Stalls
			default:
				return transfers.Succeeds
			}
		},
	})}
}

func (n night) steps() {
	n.s.t.Helper()
	for range 20 {
		must(n.s.t, n.Step(n.s.ctx, time.Minute))
	}
}

// id is what a query finds.
func (n night) id(sql string) string {
	n.s.t.Helper()
	var id uuid.UUID
	must(n.s.t, n.db.QueryRow(n.s.ctx, sql).Scan(&id))
	return id.String()
}

func TestTransfersThatGoWrong(t *testing.T) {
	s := at(t, lab.MainSite)
	n := troubled(s)
	must(t, n.File(s.ctx, 6, 1<<20))
	s.run("package", "list", "--stage", "filing", "--stage-status", "in_progress").exits(exitDone).says("simulated/")
	n.steps()
	s.run("transfer", "overview").exits(exitDone).says("1 transfers, 1 unpackings, 1 transfers into archives").says("1, of them stalled 1")

	// Each of them is found by where it stands.
	at := func(args ...string) []client.PipelinePackage {
		t.Helper()
		return lines[client.PipelinePackage](t, s.ok(append([]string{"package", "list", "--json"}, args...)...))
	}
	for _, stage := range []struct{ name, number string }{{"transferring", "3"}, {"unpacking", "4"}, {"archiving", "5"}} {
		named, numbered := at("--stage", stage.name, "--stage-status", "failed"), at("--stage", stage.number, "--stage-status", "failed")
		if len(named) != 1 || len(numbered) != 1 || named[0].ID != numbered[0].ID || named[0].StageStatus != client.TransferStatusFailed {
			t.Errorf("failed at %s: %+v, %+v", stage.name, named, numbered)
		}
	}
	if failed, moving := at("--stage-status", "failed"), at("--stage", "3"); len(failed) != 3 || len(moving) != 2 {
		t.Errorf("%d have failed, %d are transferred", len(failed), len(moving))
	}
	s.run("package", "list", "--stage", "staging").exits(exitUsage).says("archiving, or its number")
	s.run("package", "list", "--stage-status", "lost").exits(exitUsage).says("in_progress")

	of := func(args ...string) client.Transfer {
		t.Helper()
		return decode[client.Transfer](t, s.ok(append([]string{"transfer", "list", "--json"}, args...)...))
	}
	stalled := of("--stalled")
	s.run("transfer", "show", stalled.ID.String()).exits(exitDone).says("stalled").says("50%")
	s.run("transfer", "list", "--stalled").exits(exitDone).says("stalled").says(stalled.ID.String())
	s.run("transfer", "reset", stalled.ID.String()).exits(exitFailed).says("transition-forbidden")

	failed := of("--status", "failed")
	s.run("transfer", "show", failed.ID.String()).exits(exitDone).says("connection reset by peer").says("failed")
	s.run("transfer", "reset", failed.ID.String(), "--key", "again-"+failed.ID.String()).exits(exitDone).says("pending")
	s.run("transfer", "reset", failed.ID.String()).exits(exitFailed).says("transition-forbidden")
	unpacking := of("--unpack-status", "failed")
	s.run("transfer", "reset", unpacking.ID.String(), "--part", "unpack").exits(exitDone).says("completed pending")
	archiving := n.id("select id from long_term_archive_transfer where status = 'failed'")
	s.run("transfer", "reset", archiving, "--archive").exits(exitDone).says("pending")
	n.steps()
	s.run("transfer", "show", failed.ID.String()).exits(exitDone).says("completed").says("100%")
	if got := at("--stage-status", "failed"); len(got) != 0 {
		t.Errorf("still failed: %+v", got)
	}
	if again := decode[client.Transfer](t, s.ok("transfer", "show", unpacking.ID.String(), "--json")); again.UnpackStatus != client.TransferStatusCompleted || again.RetryCount != 1 {
		t.Errorf("unpacked again: %+v", again)
	}
	s.run("transfer", "safe-to-delete", n.id("select f.id from raw_data_file f join raw_data_package p on p.id = f.raw_data_package_id where p.state = 'archived' limit 1")).
		exits(exitDone).says("safe")
}
