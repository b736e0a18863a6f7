package doctor

import (
	"maps"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ccatobs/opsdb/gen/replicadb"
	"github.com/ccatobs/opsdb/internal/postgres"
	"github.com/ccatobs/opsdb/internal/postgres/pgtest"
	"github.com/ccatobs/opsdb/internal/redisclient"
	"github.com/ccatobs/opsdb/internal/redistest"
	"github.com/ccatobs/opsdb/internal/site"
	"github.com/ccatobs/opsdb/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// codes returns code and severity of each finding.
func codes(findings []Finding) map[string]Severity {
	found := map[string]Severity{}
	for _, f := range findings {
		found[f.Code] = f.Severity
	}
	return found
}

func TestRedis(t *testing.T) {
	for _, tc := range []struct {
		code     string
		severity Severity
		command  []string
	}{
		{"redis-good", Good, nil},
		{"redis-unbounded", Warning, []string{"CONFIG", "SET", "maxmemory", "0"}},
		{"redis-full", Warning, []string{"CONFIG", "SET", "maxmemory", "1300000"}},
		{"redis-evicts", Error, []string{"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}},
		{"redis-forgets", Error, []string{"CONFIG", "SET", "appendonly", "no"}},
		{"redis-no-fsync", Error, []string{"CONFIG", "SET", "appendfsync", "everysec"}},
		{"redis-no-fsync-on-rewrite", Error, []string{"CONFIG", "SET", "no-appendfsync-on-rewrite", "yes"}},
		{"redis-closed", Error, []string{"ACL", "SETUSER", "default", "-config"}},
	} {
		t.Run(tc.code, func(t *testing.T) {
			client := redisclient.New(redisclient.Options{Address: redistest.New(t, "maxmemory", "100mb").Address()})
			defer client.Close()
			if tc.command != nil {
				c, err := client.Get()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Do(t.Context(), c.B().Arbitrary(tc.command...).Build()).Error(); err != nil {
					t.Fatal(err)
				}
			}
			got := codes(examineRedis(t.Context(), Patient{Redis: client}))
			if diff := cmp.Diff(map[string]Severity{tc.code: tc.severity}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRedisThatCannotBeAsked(t *testing.T) {
	redis := redistest.New(t)
	for name, options := range map[string]redisclient.Options{
		"database": {Address: redis.Address(), DB: 99},
		"address":  {Address: "127.0.0.1:1"},
	} {
		client := redisclient.New(options)
		got := codes(examineRedis(t.Context(), Patient{Redis: client}))
		client.Close()
		if diff := cmp.Diff(map[string]Severity{"redis-unreachable": Error}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRedisFacts(t *testing.T) {
	good := func() redisFacts {
		return redisFacts{
			settings: map[string]string{
				"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "maxmemory": "1000",
			},
			report: map[string]string{"redis_version": "7.2.4", "role": "master", "used_memory": "10", "aof_last_write_status": "ok"},
		}
	}
	for _, tc := range []struct {
		code  string
		spoil func(redisFacts)
	}{
		{"redis-good", func(redisFacts) {}},
		{"redis-old", func(f redisFacts) { f.report["redis_version"] = "6.2.1" }},
		{"redis-disk", func(f redisFacts) { f.report["aof_last_write_status"] = "err" }},
		{"redis-replica", func(f redisFacts) { f.report["role"] = "slave" }},
	} {
		f := good()
		tc.spoil(f)
		if got := codes(judgeRedis(f)); len(got) != 1 || got[tc.code] == "" {
			t.Errorf("got %v, want %s", got, tc.code)
		}
	}
}

// healthy is a main database as it should be, with one connected replica.
func healthy() databaseFacts {
	safe := int64(1 << 30)
	return databaseFacts{
		server: replicadb.DoctorServerRow{Version: 150018, VersionName: "15.18", Clock: time.Now()},
		settings: map[string]string{
			"fsync": "on", "full_page_writes": "on", "wal_level": "replica", "max_slot_wal_keep_size": "65536", "max_standby_streaming_delay": "30000",
		},
		slots:  []replicadb.DoctorSlotsRow{{Name: "observatory", Active: true, WalStatus: "reserved", SafeBytes: &safe}},
		schema: 4,
	}
}

func TestMainDatabaseFacts(t *testing.T) {
	for _, tc := range []struct {
		code     string
		severity Severity
		spoil    func(*databaseFacts)
	}{
		{"main-database-good", Good, func(*databaseFacts) {}},
		{"main-read-only", Error, func(f *databaseFacts) { f.server.Standby = true }},
		{"main-no-fsync", Error, func(f *databaseFacts) { f.settings["fsync"] = "off" }},
		{"main-no-fsync", Error, func(f *databaseFacts) { f.settings["full_page_writes"] = "off" }},
		{"main-wal-level", Error, func(f *databaseFacts) { f.settings["wal_level"] = "minimal" }},
		{"postgresql-old", Error, func(f *databaseFacts) { f.server.Version = 140012 }},
		{"schema-missing", Error, func(f *databaseFacts) { f.schema = 0 }},
		{"schema-older", Error, func(f *databaseFacts) { f.schema = 2 }},
		{"schema-before", Warning, func(f *databaseFacts) { f.schema = 3 }},
		{"main-database-good", Good, func(f *databaseFacts) { f.schema = 5 }},
		{"schema-newer", Error, func(f *databaseFacts) { f.schema = 6 }},
		{"clock-offset", Warning, func(f *databaseFacts) { f.ahead = -2 * time.Second }},
		{"clock-offset", Warning, func(f *databaseFacts) { f.ahead, f.trip = 3*time.Second, time.Second }},
		{"main-database-good", Good, func(f *databaseFacts) { f.ahead, f.trip = 1200*time.Millisecond, time.Second }},
		{"slots-unbounded", Warning, func(f *databaseFacts) { f.settings["max_slot_wal_keep_size"] = "-1" }},
		{"main-database-good", Good, func(f *databaseFacts) { f.settings["max_slot_wal_keep_size"], f.slots = "-1", nil }},
		{"archive-nowhere", Error, func(f *databaseFacts) { f.settings["archive_mode"] = "on" }},
		{"archive-nowhere", Error, func(f *databaseFacts) { f.settings["archive_mode"] = "always" }},
		{"main-database-good", Good, func(f *databaseFacts) { f.settings["archive_mode"], f.archiver.Failing = "off", true }},
		{"main-database-good", Good, func(f *databaseFacts) { f.settings["archive_mode"], f.settings["archive_command"] = "on", "true" }},
		{"main-database-good", Good, func(f *databaseFacts) {
			f.settings["archive_mode"], f.settings["archive_library"] = "on", "basic_archive"
		}},
		{"archive-fails", Warning, func(f *databaseFacts) {
			f.settings["archive_mode"], f.settings["archive_command"], f.archiver.Failing = "on", "false", true
		}},
		{"slot-lost", Error, func(f *databaseFacts) { f.slots[0].WalStatus, f.slots[0].Active = "lost", false }},
		{"slot-almost-lost", Error, func(f *databaseFacts) { f.slots[0].WalStatus = "unreserved" }},
		{"slot-inactive", Warning, func(f *databaseFacts) { f.slots[0].Active = false }},
		{"slot-inactive", Warning, func(f *databaseFacts) { f.slots[0].Active, f.slots[0].SafeBytes = false, nil }},
	} {
		f := healthy()
		tc.spoil(&f)
		got := codes(judgeMain(f, 4))
		if diff := cmp.Diff(map[string]Severity{tc.code: tc.severity}, got); diff != "" {
			t.Errorf("%s: %s", tc.code, diff)
		}
	}
}

func TestLocalDatabaseFacts(t *testing.T) {
	remote := site.Site{Name: "observatory", Type: site.Secondary}
	for _, tc := range []struct {
		code     string
		severity Severity
		spoil    func(*databaseFacts)
	}{
		{"local-database-good", Good, func(*databaseFacts) {}},
		{"local-not-standby", Error, func(f *databaseFacts) { f.server.Standby = false }},
		{"replay-waits", Warning, func(f *databaseFacts) { f.settings["max_standby_streaming_delay"] = "-1" }},
		{"replica-stale", Warning, func(f *databaseFacts) { *f.beat = f.beat.Add(-time.Hour) }},
		{"schema-older", Error, func(f *databaseFacts) { f.schema = 1 }},
		{"local-database-good", Good, func(f *databaseFacts) { f.beat = nil }},
	} {
		f := healthy()
		f.server.Standby = true
		beat := f.server.Clock.Add(-time.Second)
		f.beat = &beat
		tc.spoil(&f)
		got := codes(judgeLocal(f, remote, 4))
		if diff := cmp.Diff(map[string]Severity{tc.code: tc.severity}, got); diff != "" {
			t.Errorf("%s: %s", tc.code, diff)
		}
	}
}

func TestEveryFindingHasARemedy(t *testing.T) {
	f := healthy()
	f.server.Standby, f.server.Version, f.schema, f.ahead = true, 1, 0, time.Hour
	f.settings = map[string]string{"max_slot_wal_keep_size": "-1", "archive_mode": "on", "wal_level": "minimal", "max_standby_streaming_delay": "-1"}
	f.slots = []replicadb.DoctorSlotsRow{{Name: "a", WalStatus: "lost"}, {Name: "b", WalStatus: "unreserved"}, {Name: "c"}}
	findings := append(judgeMain(f, 4), judgeLocal(f, site.Site{Type: site.Secondary}, 4)...)
	findings = append(findings, judgeRedis(redisFacts{})...)
	for _, finding := range findings {
		if finding.Remedy == "" || finding.Detail == "" || finding.Subject == "" || finding.Severity == Good {
			t.Errorf("%+v", finding)
		}
	}
}

func TestExamine(t *testing.T) {
	address := pgtest.New(t)
	redis := redistest.New(t, "maxmemory", "100mb")
	client := redisclient.New(redisclient.Options{Address: redis.Address()})
	defer client.Close()
	away := address
	away.Port++
	empty := address
	empty.Name = "postgres"
	main := site.Site{Name: "cologne", Type: site.Main}
	remote := site.Site{Name: "observatory", Type: site.Secondary}
	// The tests' server does not wait for its disk and takes no replicas.
	tests := map[string]Severity{"main-no-fsync": Error, "main-wal-level": Error}
	with := func(more map[string]Severity) map[string]Severity {
		all := maps.Clone(tests)
		maps.Copy(all, more)
		return all
	}
	for _, tc := range []struct {
		name        string
		site        site.Site
		main, local postgres.Address
		want        map[string]Severity
	}{
		{"main", main, address, address, with(map[string]Severity{"redis-good": Good})},
		{"main database away", main, away, away, map[string]Severity{"redis-good": Good, "main-unreachable": Error}},
		{"link down", remote, away, address, map[string]Severity{"redis-good": Good, "main-unreachable": Warning, "local-not-standby": Error}},
		{"replica down", remote, address, away, with(map[string]Severity{"redis-good": Good, "local-unreachable": Error})},
		{"not migrated", main, empty, empty, with(map[string]Severity{"redis-good": Good, "schema-missing": Error})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			findings := Examine(t.Context(), Patient{Site: tc.site, Main: tc.main, Local: tc.local, Redis: client, Schema: schema.Version()})
			if diff := cmp.Diff(tc.want, codes(findings)); diff != "" {
				t.Errorf("%s\n%+v", diff, findings)
			}
			if last := findings[len(findings)-1]; last.Severity == Error && tc.want["redis-good"] == Good {
				t.Errorf("the gravest do not come first: %+v", findings)
			}
		})
	}
}
