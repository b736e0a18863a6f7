package lab_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
)

func TestWholeLab(t *testing.T) {
	l := labtest.Start(t, lab.Options{})
	t.Run("servers keep what they acknowledge", func(t *testing.T) { testSettings(t, l) })
	t.Run("databases need a password", func(t *testing.T) { testPasswords(t, l) })
	t.Run("control refuses", func(t *testing.T) { testControlRefuses(t, l) })
	t.Run("promote", func(t *testing.T) {
		must(t, l.Promote(labtest.Context(t), observatory))
		execute(t, l.Site(observatory).Database, "create table written (n int)")
	})
}

func testSettings(t *testing.T, l *lab.Lab) {
	main, replica := l.Site(lab.MainSite), l.Site(observatory)
	settings := map[string]map[string]string{
		main.Database: {"synchronous_commit": "on", "wal_level": "replica", "fsync": "off"},
		replica.Database: {
			"hot_standby": "on", "wal_receiver_timeout": "1s", "wal_retrieve_retry_interval": "1s", "in_hot_standby": "on",
			"primary_slot_name": observatory, "transaction_read_only": "on",
		},
	}
	for address, wanted := range settings {
		for name, value := range wanted {
			if got := query[string](t, address, "select current_setting($1)", name); got != value {
				t.Errorf("%s is %s instead of %s", name, got, value)
			}
		}
	}
	if query[bool](t, main.Database, "select rolsuper or rolreplication from pg_roles where rolname = current_user") {
		t.Error("an API would work as a superuser")
	}
	if n := query[int](t, replica.Database, "select count(*)::int from instrument"); n == 0 {
		t.Error("the observatory's own data is missing")
	}
	for _, s := range []lab.Site{main, replica} {
		for name, value := range map[string]string{
			"appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "maxmemory-policy": "noeviction",
		} {
			if got := redis(t, s.Redis, "CONFIG GET "+name); !strings.HasSuffix(got, " "+value) {
				t.Errorf("%s is %q instead of %s", name, got, value)
			}
		}
	}
}

func testPasswords(t *testing.T, l *lab.Lab) {
	for _, site := range []string{lab.MainSite, observatory} {
		u, err := url.Parse(l.Site(site).Database)
		must(t, err)
		for _, user := range []*url.Userinfo{url.User("postgres"), url.UserPassword(u.User.Username(), "guessed")} {
			u.User = user
			if conn, err := pgx.Connect(labtest.Context(t), u.String()); err == nil {
				t.Errorf("%s lets %s in", site, user.Username())
				must(t, conn.Close(t.Context()))
			}
		}
	}
}

func TestReplicationCrossesTheLink(t *testing.T) {
	l := labtest.Start(t, lab.Options{})
	main, replica, link := l.Site(lab.MainSite), l.Site(observatory), l.Link(observatory)
	before := link.State().Down
	execute(t, main.Database, "create table seen (n int)")
	replicated(t, l, observatory)
	if link.State().Down == before {
		t.Error("the replica got its data past the link")
	}

	must(t, link.Cut(lab.Swallow, lab.Both))
	execute(t, main.Database, "insert into seen values (1)")
	labtest.Eventually(t, "the main database gives the standby up", func(context.Context) error {
		if query[bool](t, main.Database, "select active from pg_replication_slots") {
			return errors.New("its slot is active")
		}
		return nil
	})
	if n := query[int](t, replica.Database, "select count(*)::int from seen"); n != 0 {
		t.Errorf("%d rows crossed a cut link", n)
	}
	must(t, link.Heal())
	replicated(t, l, observatory)
	if n := query[int](t, replica.Database, "select count(*)::int from seen"); n != 1 {
		t.Errorf("%d rows after healing", n)
	}
	must(t, link.Cut(lab.Refuse, lab.Both))
	execute(t, main.Database, "insert into seen values (2)")
	must(t, link.Heal())
	replicated(t, l, observatory)
}

// A flight that was cut half way leaves a session at the main database that no timeout of the server ends.
func TestSwallowLeavesABackend(t *testing.T) {
	l := labtest.Start(t, lab.Options{})
	main, link := l.Superuser(lab.MainSite), l.Link(observatory)
	execute(t, l.Site(lab.MainSite).Database, "create table flight (content text)")

	through := connect(t, l.Site(observatory).Main+"&application_name=flight")
	flight := new(pgx.Batch)
	flight.Queue("begin")
	for range 1000 {
		flight.Queue("insert into flight values ($1)", strings.Repeat("x", 1000))
	}
	flight.Queue("commit")
	fired := link.CutAfter(100_000, lab.Up, lab.Both)
	ctx, cancel := context.WithCancel(labtest.Context(t))
	sent := make(chan error, 1)
	go func() {
		sent <- through.SendBatch(ctx, flight).Close()
	}()
	<-fired
	cancel()
	if err := <-sent; err == nil {
		t.Fatal("a flight arrived of which the greater part was lost")
	}
	must(t, link.Heal())

	execute(t, l.Site(observatory).Main, "insert into flight values ('after healing')")
	const left = `select count(*)::int from pg_stat_activity where application_name = 'flight' and state = 'active' and wait_event = 'ClientRead'`
	if n := query[int](t, main, left); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
	execute(t, main, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'flight'")
	labtest.Eventually(t, "the link forgets the connection", func(context.Context) error {
		if s := link.State(); s.Silent != 0 {
			return fmt.Errorf("the link is %+v", s)
		}
		return nil
	})
}

func TestKilledServersComeBackWithTheirData(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 1, RestartAfter: time.Millisecond})
	main, replica := l.Site(lab.MainSite), l.Site(observatory)
	execute(t, main.Database, "create table kept as select 1 as n")
	replicated(t, l, observatory)
	if got := redis(t, replica.Redis, "SET kept 1"); got != "+OK" {
		t.Fatal(got)
	}
	before := l.PIDs()
	servers := []string{"cologne/postgres", "observatory/postgres", "observatory/redis", "observatory/api-1"}
	for _, name := range servers {
		must(t, l.Kill(name))
	}
	must(t, l.WaitReady(labtest.Context(t), servers...))
	for _, name := range servers {
		if after := l.PIDs()[name]; after == before[name] {
			t.Errorf("%s still has the process id %d", name, after)
		}
	}
	for _, address := range []string{main.Database, replica.Database} {
		if n := query[int](t, address, "select n from kept"); n != 1 {
			t.Errorf("%d came back", n)
		}
	}
	if got := redis(t, replica.Redis, "EXISTS kept"); got != ":1" {
		t.Errorf("redis answers %q", got)
	}
	execute(t, main.Database, "insert into kept values (2)")
	replicated(t, l, observatory)

	// As a person would: one process, from outside.
	must(t, syscall.Kill(l.PIDs()["cologne/postgres"], syscall.SIGKILL))
	labtest.Eventually(t, "the main database is back", func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, main.Database)
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
	execute(t, main.Database, "insert into kept values (3)")
}

func TestServersStayDownOrStandStill(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 1, RestartAfter: time.Millisecond})
	all := []string{"observatory/postgres", "observatory/redis", "observatory/api-1"}
	must(t, l.PowerOff(all...))
	must(t, l.PowerOff(all...))
	if got, want := len(l.PIDs()), 3; got != want {
		t.Errorf("%d servers are up: %v", got, l.PIDs())
	}
	if err := l.Kill(all[0]); err == nil {
		t.Error("killed a server that was down")
	}
	must(t, l.BringUp(labtest.Context(t), all...))
	if err := l.BringUp(labtest.Context(t), all[0]); err == nil {
		t.Error("brought a server up twice")
	}
	must(t, l.TakeDown(labtest.Context(t), "observatory/redis"))
	must(t, l.BringUp(labtest.Context(t), "observatory/redis"))

	conn := connect(t, l.Site(lab.MainSite).Database)
	must(t, l.Pause("cologne/postgres"))
	brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(brief, "select 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a server that stands still: %v", err)
	}
	must(t, l.Continue("cologne/postgres"))
	execute(t, l.Site(lab.MainSite).Database, "select 1")
	replicated(t, l, observatory)

	if _, err := l.Log("nowhere/postgres"); err == nil {
		t.Error("a server that does not exist has a log")
	}
}

func TestFailoverLosesTheTail(t *testing.T) {
	l := labtest.Start(t, lab.Options{Secondaries: lab.SecondaryNames(2)})
	main := l.Site(lab.MainSite).Database
	execute(t, main, "create table written as select 1 as n")
	replicated(t, l, "observatory", "institute")
	must(t, l.Link("institute").Cut(lab.Swallow, lab.Both))
	execute(t, main, "insert into written values (2)")
	replicated(t, l, "observatory")

	must(t, l.Failover(labtest.Context(t), "institute"))
	must(t, l.Link("institute").Heal())
	execute(t, main, "insert into written values (3)")
	replicated(t, l, "observatory", "institute")
	for _, site := range []string{lab.MainSite, "observatory", "institute"} {
		got := query[[]int](t, l.Site(site).Database, "select array_agg(n order by n) from written")
		if diff := cmp.Diff([]int{1, 3}, got); diff != "" {
			t.Errorf("%s has other rows (-want +got):\n%s", site, diff)
		}
	}
	if query[int](t, main, "select timeline_id from pg_control_checkpoint()") < 2 {
		t.Error("the new main database goes on with the history of the old one")
	}
}

func TestTwoLabsSideBySide(t *testing.T) {
	first := labtest.Start(t, lab.Options{APIs: 1})
	second := labtest.Start(t, lab.Options{APIs: 1})
	execute(t, first.Site(lab.MainSite).Database, "create table first (n int)")
	must(t, first.Link(observatory).Cut(lab.Refuse, lab.Both))
	execute(t, second.Site(lab.MainSite).Database, "create table second (n int)")
	replicated(t, second, observatory)
	if query[bool](t, second.Site(lab.MainSite).Database, "select to_regclass('first') is not null") {
		t.Error("the labs share a database")
	}
	must(t, first.Close())
	for _, address := range second.Site(observatory).URLs {
		if got := get(t, address+"/health/ready"); got != "observatory secondary" {
			t.Errorf("an API of the second lab answers %q", got)
		}
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	l := labtest.Start(t, lab.Options{APIs: 2})
	pids := l.PIDs()
	if len(pids) != 8 {
		t.Errorf("the lab has the servers %v", pids)
	}
	u, err := url.Parse(l.Superuser(lab.MainSite))
	must(t, err)
	dir := filepath.Dir(filepath.Dir(u.Query().Get("host")))
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	must(t, l.Pause("observatory/api-1"))
	must(t, l.Kill("observatory/postgres"))
	must(t, l.Link(observatory).Cut(lab.Swallow, lab.Both))
	must(t, l.Close())
	for name, pid := range pids {
		if alive(pid) {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its files are still there: %v", err)
	}
}

func TestAPIThatDoesNotStart(t *testing.T) {
	l, err := lab.Start(labtest.Context(t), lab.Options{
		APIs: 1, Command: []string{os.Args[0], "serve"}, Env: []string{mustFail + "=1"}, NoFsync: true,
	})
	if err == nil {
		t.Fatal(l.Close())
	}
	if !strings.Contains(err.Error(), "no SECRET_KEY would be such a reason") {
		t.Errorf("the error does not say why: %v", err)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, options := range map[string]lab.Options{
		"two of a name":     {Secondaries: []string{"south", "south"}},
		"the main site":     {Secondaries: []string{lab.MainSite}},
		"two of a slot":     {Secondaries: []string{"south-pole", "south_pole"}},
		"a name with space": {Secondaries: []string{"south pole"}},
		"fewer than none":   {APIs: -1},
		"too high":          {PortBase: 65530},
	} {
		t.Run(name, func(t *testing.T) {
			if l, err := lab.Start(labtest.Context(t), options); err == nil {
				t.Error("started", l.Close())
			}
		})
	}
}
