package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
)

// place is where in the pipeline a package is.
type place struct {
	Stage  int32
	Status replicadb.TransferStatus
}

// piece is a package with all that its place follows from.
type piece struct {
	ID        uuid.UUID
	Bundle    *uuid.UUID
	State     replicadb.PackageState
	Status    replicadb.PackageStatus
	Bundled   replicadb.TransferStatus // how the transfer package stands
	Transfers []movement
	Archives  []replicadb.TransferStatus
}

type movement struct{ Status, Unpacking replicadb.TransferStatus }

// progress are the statuses on the way, in its order.
var progress = []replicadb.TransferStatus{
	replicadb.TransferStatusPending, replicadb.TransferStatusScheduled, replicadb.TransferStatusInProgress, replicadb.TransferStatusCompleted,
}

// furthest is how what is done in several places stands: it has failed only when it has everywhere.
func furthest(statuses []replicadb.TransferStatus) replicadb.TransferStatus {
	for _, status := range slices.Backward(progress) {
		if slices.Contains(statuses, status) {
			return status
		}
	}
	return replicadb.TransferStatusFailed
}

// place says where a package is as the document puts it, stage by stage.
func (p piece) place() place {
	at := p.way()
	switch p.State {
	case replicadb.PackageStateArchived:
		return place{5, replicadb.TransferStatusCompleted}
	case replicadb.PackageStateFailed:
		return place{at.Stage, replicadb.TransferStatusFailed}
	default:
		return at
	}
}

// way is the place of a package whose state is not looked at.
func (p piece) way() place {
	if p.Status == replicadb.PackageStatusBuilding {
		return place{0, replicadb.TransferStatusInProgress}
	}
	if p.Bundle == nil {
		return place{1, replicadb.TransferStatusPending}
	}
	if len(p.Transfers) == 0 {
		return place{2, p.Bundled}
	}
	var sent, unpacked []replicadb.TransferStatus
	for _, t := range p.Transfers {
		sent = append(sent, t.Status)
		if t.Status == replicadb.TransferStatusCompleted {
			unpacked = append(unpacked, t.Unpacking)
		}
	}
	if status := furthest(sent); status != replicadb.TransferStatusCompleted {
		return place{3, status}
	}
	if status := furthest(unpacked); status != replicadb.TransferStatusCompleted {
		return place{4, status}
	}
	status := replicadb.TransferStatusPending
	if len(p.Archives) > 0 {
		status = furthest(p.Archives)
	}
	if status == replicadb.TransferStatusCompleted { // the metadata are still missing
		status = replicadb.TransferStatusInProgress
	}
	return place{5, status}
}

// pieces reads all packages in the order of the lists, table by table.
func pieces(t *testing.T, conn *pgx.Conn) []piece {
	t.Helper()
	ctx := t.Context()
	bundles, transfers, archives := map[uuid.UUID]replicadb.TransferStatus{}, map[uuid.UUID][]movement{}, map[uuid.UUID][]replicadb.TransferStatus{}
	var (
		id uuid.UUID
		m  movement
		p  piece
	)
	each := func(sql string, into []any, f func()) {
		rows, err := conn.Query(ctx, sql)
		check(t, err)
		_, err = pgx.ForEachRow(rows, into, func() error { f(); return nil })
		check(t, err)
	}
	each("select id, status from data_transfer_package", []any{&id, &m.Status}, func() { bundles[id] = m.Status })
	each("select data_transfer_package_id, status, unpack_status from data_transfer", []any{&id, &m.Status, &m.Unpacking}, func() {
		transfers[id] = append(transfers[id], m)
	})
	each("select raw_data_package_id, status from long_term_archive_transfer", []any{&id, &m.Status}, func() { archives[id] = append(archives[id], m.Status) })
	var all []piece
	each("select id, data_transfer_package_id, state, status from raw_data_package order by created_at, id", []any{&p.ID, &p.Bundle, &p.State, &p.Status}, func() {
		found := p
		if p.Bundle != nil {
			found.Bundle = new(*p.Bundle)
			found.Bundled, found.Transfers = bundles[*p.Bundle], transfers[*p.Bundle]
		}
		found.Archives = archives[p.ID]
		all = append(all, found)
	})
	return all
}

const (
	someBundles  = 6
	somePackages = 24
)

// numbered is the id of a thing of a test.
func numbered(kind byte, n int) uuid.UUID { return uuid.UUID{0: kind, 15: byte(n)} }

// started returns a database with packages that are built and transfer packages that are empty.
func started(t *testing.T) postgres.Address {
	t.Helper()
	a := pgtest.New(t)
	conn := pgtest.Connect(t, a)
	execute(t, conn, "insert into executed_obs_unit (id, obs_unit_id, site, start_time, recorded_at) values ($1, 1, 'x', $2, $2)", numbered('e', 0), night)
	for n := range someBundles {
		execute(t, conn, "insert into data_transfer_package (id, name, origin_site_id) values ($1, 'b' || $2::integer, 1)", numbered('b', n), n)
	}
	for n := range somePackages {
		execute(t, conn, `insert into raw_data_package (id, executed_obs_unit_id, instrument_module_id, name, relative_path, created_at) values ($1, $2, 1, 'x', 'x', $3)`,
			numbered('p', n), numbered('e', 0), night.Add(time.Duration(n/2)*time.Minute))
	}
	return a
}

// program is one of two that move data at the same time. Rows are changed by one of them only; what they stand on is shared.
type program struct {
	conn   *pgx.Conn
	random *rand.Rand
	turn   int // 0 or 1
}

// mine is a number below a limit that is this program's.
func (p *program) mine(limit int) int { return p.random.IntN(limit/2)*2 + p.turn }

// act does one thing that may be done, or nothing when it may not.
func (p *program) act(ctx context.Context, tx pgx.Tx) error {
	pack, bundle := numbered('p', p.mine(somePackages)), numbered('b', p.random.IntN(someBundles))
	moving := numbered('b', p.random.IntN(someBundles-1)) // the last one waits for ever, or nothing might be seen waiting
	transfer, archive := numbered('t', p.mine(3*someBundles)), numbered('a', p.mine(2*somePackages))
	status := []string{"pending", "scheduled", "in_progress", "completed", "completed", "failed"}[p.random.IntN(6)]
	state := []string{"waiting", "transferring", "transferring", "transferring", "failed", "archived"}[p.random.IntN(6)]
	transition := func(table, column, machine, kind, also string) string {
		return fmt.Sprintf(`update %s r set %s = s.to_state::%s%s from state_transition s
			where r.id = @id and s.machine = '%s' and s.from_state = r.%[2]s::text and s.to_state = @to`, table, column, kind, also, machine)
	}
	transfers := func(table, column, also string) string {
		return transition(table, column, "transfer", "transfer_status", also)
	}
	const ends = ", finished_at = case s.to_state when 'completed' then now() end"
	step := []struct {
		sql string
		id  uuid.UUID
		to  string
	}{
		{transfers("data_transfer", "status", ends), transfer, status}, // the first are done most often
		{transfers("data_transfer", "unpack_status", "") + ` and (r.status = 'completed' or s.to_state in ('pending', 'failed'))`, transfer, status},
		{`update raw_data_package set status = 'complete', finalized_at = now() where id = @id`, pack, ""},
		{`update raw_data_package set data_transfer_package_id = @bundle where id = @id and status = 'complete'`, pack, ""},
		{transfers("long_term_archive_transfer", "status", ends), archive, status},
		{`insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, size_bytes)
		  values (@id, @moving, 1, 4, 5, 10) on conflict do nothing`, transfer, ""},
		{`insert into long_term_archive_transfer (id, raw_data_package_id, destination_location_id)
		  values (@id, @pack, @archive) on conflict do nothing`, archive, ""},
		{transfers("data_transfer_package", "status", ""), numbered('b', p.mine(someBundles)), status},
		{transition("raw_data_package", "state", "package", "package_state", "") + ` and (r.status = 'complete' or s.to_state in ('waiting', 'failed'))`, pack, state},
		{`update raw_data_package set data_transfer_package_id = null where id = @id and state = 'waiting'`, pack, ""},
		{`delete from data_transfer where id = @id and status = 'failed'`, transfer, ""},
		{`delete from long_term_archive_transfer where id = @id and status = 'failed'`, archive, ""},
	}[min(p.random.IntN(12), p.random.IntN(12))]
	_, err := tx.Exec(ctx, step.sql, pgx.NamedArgs{
		"id": step.id, "to": step.to, "bundle": bundle, "moving": moving, "pack": numbered('p', p.random.IntN(somePackages)), "archive": 6 + 2*p.turn,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", step.sql, err)
	}
	return nil
}

// play does several things in one transaction, and now and then none of them after all.
func (p *program) play(ctx context.Context) error {
	undone := errors.New("undone")
	err := pgx.BeginFunc(ctx, p.conn, func(tx pgx.Tx) error {
		for range 1 + p.random.IntN(60) {
			if err := p.act(ctx, tx); err != nil {
				return err
			}
		}
		if p.random.IntN(8) == 0 {
			return undone
		}
		return nil
	})
	if errors.Is(err, undone) {
		return nil
	}
	return err
}

// filtered reads all of a list with a filter, in pages of a random length.
func filtered(t *testing.T, q *replicadb.Queries, stage *int32, status *replicadb.TransferStatus, limit int32, oldestFirst bool) (ids []uuid.UUID) {
	t.Helper()
	before, after := always, time.Time{}
	id := uuid.Nil
	for {
		var (
			page []replicadb.RawDataPackagePipeline
			err  error
		)
		if oldestFirst {
			page, err = q.ListPipelinePackagesAscending(t.Context(), replicadb.ListPipelinePackagesAscendingParams{
				Stage: stage, StageStatus: status, CreatedBefore: always, AfterAt: after, AfterID: id, RowLimit: limit,
			})
		} else {
			page, err = q.ListPipelinePackagesDescending(t.Context(), replicadb.ListPipelinePackagesDescendingParams{
				Stage: stage, StageStatus: status, BeforeAt: before, BeforeID: id, RowLimit: limit,
			})
		}
		check(t, err)
		for _, row := range page {
			ids, id = append(ids, row.ID), row.ID
			before, after = row.CreatedAt, row.CreatedAt
		}
		if len(page) < int(limit) {
			return ids
		}
	}
}

// compare checks that every filter finds what is there, and that the counts of the overview are right.
func compare(t *testing.T, q *replicadb.Queries, all []piece, limit int32) {
	t.Helper()
	counts := map[place]int64{}
	for _, p := range all {
		counts[p.place()]++
	}
	rows, err := q.PipelineCounts(t.Context())
	check(t, err)
	for _, row := range rows {
		at := place{int32(row.Stage), row.StageStatus}
		if row.Packages != counts[at] {
			t.Errorf("counts %d packages at %v, want %d", row.Packages, at, counts[at])
		}
		delete(counts, at)
	}
	if len(counts) != 0 {
		t.Errorf("does not count %v", counts)
	}
	for stage := int32(-1); stage <= 5; stage++ {
		for _, status := range append(slices.Clone(progress), replicadb.TransferStatusFailed, "") {
			var want []uuid.UUID
			for _, p := range all {
				if at := p.place(); (stage < 0 || at.Stage == stage) && (status == "" || at.Status == status) {
					want = append(want, p.ID)
				}
			}
			wanted, standing := &stage, &status
			if stage < 0 {
				wanted = nil
			}
			if status == "" {
				standing = nil
			}
			if got := filtered(t, q, wanted, standing, limit, true); !slices.Equal(got, want) {
				t.Errorf("stage %d %q, oldest first: %v\nwant %v", stage, status, got, want)
			}
			slices.Reverse(want)
			if got := filtered(t, q, wanted, standing, limit, false); !slices.Equal(got, want) {
				t.Errorf("stage %d %q, newest first: %v\nwant %v", stage, status, got, want)
			}
		}
	}
}

// Whatever two programs do at the same time, each filter finds the packages that are there by all that is recorded.
func TestStagesAreFoundWhateverHasHappened(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	a := started(t)
	conn, q := pgtest.Connect(t, a), newReplica(t, a).Queries
	programs := make([]*program, 2)
	for turn := range programs {
		programs[turn] = &program{conn: pgtest.Connect(t, a), random: rand.New(rand.NewPCG(seed, uint64(turn))), turn: turn}
	}
	seen := map[place]bool{}
	for round := range 40 {
		outcomes := make(chan error, len(programs))
		for _, p := range programs {
			go func() { outcomes <- p.play(t.Context()) }()
		}
		for range programs {
			check(t, <-outcomes)
		}
		all := pieces(t, conn)
		for _, p := range all {
			seen[p.place()] = true
		}
		if compare(t, q, all, int32(1+round%7)); t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("%d places", len(seen))
	for stage := range int32(6) {
		if !slices.ContainsFunc(append(slices.Clone(progress), replicadb.TransferStatusFailed), func(s replicadb.TransferStatus) bool { return seen[place{stage, s}] }) {
			t.Errorf("no package was at stage %d", stage)
		}
	}
}

// Two transactions that see nothing of each other take the two transfers of one package further.
func TestTwoTransfersOfAPackageChangeAtOnce(t *testing.T) {
	a := started(t)
	conn, q := pgtest.Connect(t, a), newReplica(t, a).Queries
	execute(t, conn, "update raw_data_package set status = 'complete', finalized_at = now(), data_transfer_package_id = $1", numbered('b', 0))
	for n, unpacking := range []string{"pending", "in_progress"} {
		execute(t, conn, `insert into data_transfer (id, data_transfer_package_id, data_transfer_route_id, origin_location_id, destination_location_id, size_bytes, status, unpack_status, finished_at)
			values ($1, $2, 1, 4, 5, 10, 'completed', $3::text::transfer_status, now())`, numbered('t', n), numbered('b', 0), unpacking)
	}
	at := func(stage int32, status replicadb.TransferStatus) {
		t.Helper()
		if got := filtered(t, q, &stage, &status, 100, true); len(got) != somePackages {
			t.Errorf("%d of %d packages are at stage %d %s", len(got), somePackages, stage, status)
		}
	}
	at(4, replicadb.TransferStatusInProgress)
	both := []*pgx.Conn{pgtest.Connect(t, a), pgtest.Connect(t, a)}
	for n, status := range []string{"in_progress", "failed"} {
		execute(t, both[n], "begin isolation level repeatable read")
		execute(t, both[n], "select count(*) from data_transfer")
		execute(t, both[n], "update data_transfer set unpack_status = $2::text::transfer_status where id = $1", numbered('t', n), status)
	}
	at(4, replicadb.TransferStatusInProgress)
	execute(t, both[1], "commit")
	at(4, replicadb.TransferStatusPending)
	execute(t, both[0], "commit")
	at(4, replicadb.TransferStatusInProgress)
	execute(t, both[0], "update data_transfer set unpack_status = 'failed' where id = $1", numbered('t', 0))
	at(4, replicadb.TransferStatusFailed)
}
