package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/site"
)

const (
	oldestPostgreSQL = 150000
	clockTolerated   = time.Second
	staleAfter       = time.Minute
	application      = "opsdb doctor"
)

// databaseFacts is what a database says about itself.
type databaseFacts struct {
	server   replicadb.DoctorServerRow
	settings map[string]string
	slots    []replicadb.DoctorSlotsRow
	archiver replicadb.DoctorArchiverRow
	schema   int64 // zero: it has none
	ahead    time.Duration
	trip     time.Duration
	beat     *time.Time // the main site's clock as the database knows it
}

func examineMain(ctx context.Context, p Patient) []Finding {
	e := examination{subject: "main-database"}
	facts, err := ask(ctx, p.Main)
	if err != nil {
		// A secondary site does its work without it; that is what it is for.
		severity := Error
		if p.Site.Type == site.Secondary {
			severity = Warning
		}
		e.add(severity, "main-unreachable", "check the link, MAIN_DB_HOST, MAIN_DB_PORT, MAIN_DB_USER and MAIN_DB_PASSWORD", "%v", err)
		return e.findings
	}
	return judgeMain(facts, p.Schema)
}

func examineLocal(ctx context.Context, p Patient) []Finding {
	if p.Site.Type == site.Main && p.Local == p.Main {
		return nil
	}
	e := examination{subject: "local-database"}
	facts, err := ask(ctx, p.Local)
	if err != nil {
		e.fail("local-unreachable", "start it, or correct LOCAL_DB_HOST, LOCAL_DB_PORT, LOCAL_DB_USER and LOCAL_DB_PASSWORD", "%v", err)
		return e.findings
	}
	return judgeLocal(facts, p.Site, p.Schema)
}

// ask collects the facts of a database.
func ask(ctx context.Context, address postgres.Address) (facts databaseFacts, err error) {
	conn, err := pgx.Connect(ctx, address.ConnString(application))
	if err != nil {
		return facts, err
	}
	defer func() {
		if closing := conn.Close(context.WithoutCancel(ctx)); err == nil {
			err = closing
		}
	}()
	db := replicadb.New(conn)
	sent := time.Now()
	if facts.server, err = db.DoctorServer(ctx); err != nil {
		return facts, err
	}
	facts.trip = time.Since(sent)
	facts.ahead = facts.server.Clock.Sub(sent.Add(facts.trip / 2))
	if facts.slots, err = db.DoctorSlots(ctx); err != nil {
		return facts, err
	}
	if facts.archiver, err = db.DoctorArchiver(ctx); err != nil {
		return facts, err
	}
	rows, err := db.DoctorSettings(ctx, replicadb.DoctorSettingsParams{Names: []string{
		"fsync", "full_page_writes", "synchronous_commit", "wal_level", "max_slot_wal_keep_size", "hot_standby_feedback", "max_standby_streaming_delay",
		"archive_mode", "archive_command", "archive_library",
	}})
	if err != nil {
		return facts, err
	}
	facts.settings = map[string]string{}
	for _, row := range rows {
		facts.settings[row.Name] = row.Setting
	}
	return facts, facts.askSchema(ctx, db)
}

// askSchema asks what a database without a schema cannot answer.
func (f *databaseFacts) askSchema(ctx context.Context, db *replicadb.Queries) error {
	version, err := db.SchemaVersion(ctx)
	if state := postgres.SQLState(err); state == undefinedFunction || state == undefinedTable {
		return nil
	}
	if err != nil {
		return err
	}
	f.schema = version
	beat, err := db.Heartbeat(ctx)
	if err == nil {
		f.beat = &beat.At
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	return nil
}

const (
	undefinedFunction = "42883"
	undefinedTable    = "42P01"
)

func judgeMain(f databaseFacts, schema int64) []Finding {
	e := examination{subject: "main-database"}
	if f.server.Standby {
		e.fail("main-read-only", "point MAIN_DB_HOST at the primary", "it is a standby: nothing can be written")
	}
	e.judgeCommon(f, schema, `run "opsdb migrate"`)
	if f.settings["fsync"] != "on" || f.settings["full_page_writes"] != "on" {
		e.fail("main-no-fsync", "fsync = on and full_page_writes = on", "it does not survive a power cut")
	}
	if level := f.settings["wal_level"]; level == "minimal" {
		e.fail("main-wal-level", "wal_level = replica", "wal_level is %s: nothing can be replicated", level)
	}
	e.judgeSlots(f)
	e.judgeArchive(f)
	return e.result("PostgreSQL %s, schema %d, clock %s apart, answers in %s%s", f.server.VersionName, f.schema,
		f.ahead.Abs().Round(time.Millisecond), f.trip.Round(time.Millisecond), kept(f.slots))
}

// kept says what is kept for each replica.
func kept(slots []replicadb.DoctorSlotsRow) string {
	var b strings.Builder
	for _, slot := range slots {
		fmt.Fprintf(&b, ", slot %s %s with %s of WAL", slot.Name, slot.WalStatus, mebibytes(slot.RetainedBytes))
	}
	return b.String()
}

func (e *examination) judgeSlots(f databaseFacts) {
	if len(f.slots) > 0 && f.settings["max_slot_wal_keep_size"] == "-1" {
		e.warn("slots-unbounded", "max_slot_wal_keep_size: the longest outage times the WAL written meanwhile, with half of the disk as the bound",
			"max_slot_wal_keep_size is not set: a replica that stays away fills the disk")
	}
	for _, slot := range f.slots {
		switch {
		case slot.WalStatus == "lost":
			e.fail("slot-lost", "make the replica anew with pg_basebackup", "slot %s: the WAL its replica needs is gone", slot.Name)
		case slot.WalStatus == "unreserved":
			e.fail("slot-almost-lost", "bring the replica back now, or raise max_slot_wal_keep_size", "slot %s: the WAL its replica needs goes at the next checkpoint", slot.Name)
		case !slot.Active:
			e.warn("slot-inactive", "see why the replica is not connected; drop the slot if it is gone for good",
				"slot %s: no replica is connected, %s of WAL are kept for it%s", slot.Name, mebibytes(slot.RetainedBytes), margin(slot))
		}
	}
}

// judgeArchive looks for WAL that is kept because nobody takes it into an archive.
func (e *examination) judgeArchive(f databaseFacts) {
	mode := f.settings["archive_mode"]
	switch {
	case mode != "on" && mode != "always":
	case f.settings["archive_command"] == "" && f.settings["archive_library"] == "":
		e.fail("archive-nowhere", "set archive_command, or archive_mode = off",
			"archive_mode is %s and there is no archive_command: all WAL is kept until the disk is full", mode)
	case f.archiver.Failing:
		e.warn("archive-fails", "see in the log of PostgreSQL why archive_command fails",
			"segment %s could not be archived: WAL is kept until it can, or until the disk is full", f.archiver.Segment)
	}
}

func margin(slot replicadb.DoctorSlotsRow) string {
	if slot.SafeBytes == nil {
		return ""
	}
	return fmt.Sprintf(", %s more until it is lost", mebibytes(*slot.SafeBytes))
}

func judgeLocal(f databaseFacts, s site.Site, schema int64) []Finding {
	e := examination{subject: "local-database"}
	if s.Type == site.Secondary && !f.server.Standby {
		e.fail("local-not-standby", "make it a standby of the main database", "it is not a replica: what is read there is not what the main database has")
	}
	e.judgeCommon(f, schema, "it comes by replication: see whether the replica is connected")
	if f.server.Standby {
		if f.settings["max_standby_streaming_delay"] == "-1" {
			e.warn("replay-waits", "max_standby_streaming_delay = 30s", "one long query can hold up the replay without end")
		}
		if age := f.age(); age > staleAfter {
			e.warn("replica-stale", "check the link and the WAL receiver", "it shows the state of %s ago", age.Round(time.Second))
		}
	}
	return e.result("PostgreSQL %s, schema %d, clock %s apart, state of %s ago", f.server.VersionName, f.schema,
		f.ahead.Abs().Round(time.Millisecond), f.age().Round(time.Millisecond))
}

// age returns how old the state is that the database shows; zero when nothing has beaten yet.
func (f databaseFacts) age() time.Duration {
	if f.beat == nil {
		return 0
	}
	return max(0, f.server.Clock.Sub(*f.beat))
}

func (e *examination) judgeCommon(f databaseFacts, schema int64, migrate string) {
	if f.server.Version < oldestPostgreSQL {
		e.fail("postgresql-old", "PostgreSQL 15 or newer", "it is PostgreSQL %s", f.server.VersionName)
	}
	switch {
	case f.schema == 0:
		e.fail("schema-missing", migrate, "it has no schema")
	case f.schema < schema-1:
		e.fail("schema-older", migrate, "its schema is version %d, this program needs %d or %d", f.schema, schema-1, schema)
	case f.schema < schema:
		e.warn("schema-before", migrate, "its schema is version %d, one before this program's %d", f.schema, schema)
	case f.schema > schema+1:
		e.fail("schema-newer", "install the release that belongs to it", "its schema is version %d, this program knows %d", f.schema, schema)
	}
	if f.ahead.Abs() > clockTolerated+f.trip/2 {
		e.warn("clock-offset", "synchronise the clocks (chrony)", "its clock and this machine's are %s apart", f.ahead.Abs().Round(time.Millisecond))
	}
}
