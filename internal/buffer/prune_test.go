package buffer_test

import (
	"testing"
	"time"

	"github.com/ccatobs/opsdb/internal/site"
)

// More events than a busy site leaves in a minute are gone within seconds, while the heartbeat goes on; what is young stays.
func TestOldEventsAndLedgerRowsAreRemovedFasterThanTheyCome(t *testing.T) {
	const old, young = 60_000, 3_000
	f := newFixture(t)
	execute := func(sql string, args ...any) {
		t.Helper()
		if _, err := f.db.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, batch := range []struct {
		age  string
		rows int
	}{{"8 days", old}, {"1 hour", young}} {
		execute(`insert into event_outbox (topic, action, ids, at) select 'executed_obs_unit', 'insert', '{}', now() - $1::interval from generate_series(1, $2)`, batch.age, batch.rows)
	}
	execute(`insert into buffered_transaction (id, site, operation, principal, fingerprint, outcome, accepted_at, executed_at)
		select gen_random_uuid(), 'cologne', 'x', 'x', 'x', 'applied', now(), now() - interval '3 years' from generate_series(1, $1)`, old)
	began := time.Now()
	cfg := settings()
	cfg.Site = site.Site{Name: "cologne", Type: site.Main, BufferCritical: true}
	f.run(f.open(cfg))
	f.eventually("what is old is gone", func() bool {
		return f.count("select count(*) from event_outbox") == young && f.count("select count(*) from buffered_transaction") == 0
	})
	took := time.Since(began)
	if rate := 2 * old / took.Seconds(); rate < 2000 {
		t.Errorf("%.0f rows/s are removed", rate)
	}
	t.Logf("%d rows in %s", 2*old, took)
	if beats := f.count("select beat from heartbeat"); beats == 0 {
		t.Error("the heartbeat has stopped")
	}
}
