package lab_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ccatobs/opsdb/internal/lab"
	"github.com/ccatobs/opsdb/internal/lab/labtest"
	"github.com/ccatobs/opsdb/internal/lab/transfers"
)

// What moves data goes on after the main database was killed, and the standbys see it.
func TestDataAreMoved(t *testing.T) {
	l := labtest.Start(t, lab.Options{Transfers: &transfers.Options{Speed: 5000, PackagesPerHour: 6}})
	replica := connect(t, l.Describe().Sites[1].Database)
	count := func(sql string) (n int) {
		must(t, replica.QueryRow(labtest.Context(t), sql).Scan(&n))
		return n
	}
	archived := func() int { return count("select coalesce(sum(packages), 0) from archived_packages") }
	more := func(than int) func(context.Context) error {
		return func(context.Context) error {
			if now := archived(); now <= than {
				return fmt.Errorf("%d packages are archived", now)
			}
			return nil
		}
	}
	labtest.Eventually(t, "a package is archived", more(0))
	must(t, l.Kill(lab.MainSite+"/postgres"))
	labtest.Eventually(t, "more are after the main database was killed", more(archived()+5))
	if count("select count(*) from event_outbox where topic = 'data_transfer'") == 0 {
		t.Error("nobody was told")
	}
}
