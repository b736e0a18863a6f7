package httpapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/site"
)

func TestWhatASiteSaysOfItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(setup{kind: site.Main}) // its heartbeat tells the other site how old its copy is
	s := w.open(setup{kind: site.Secondary})
	info := decode[api.SiteInfo](s.do(call{op: "getSiteInfo", token: "-"}).want(http.StatusOK))
	want := api.SiteInfo{
		SiteName: "observatory", SiteType: api.SiteTypeSecondary, BufferingEnabled: true, MainDBHost: "db.cologne", LocalDBHost: "db.here", Version: "test",
	}
	if info != want {
		t.Errorf("got %+v, want %+v", info, want)
	}
	receipt := s.start(nil)
	s.replicated(receipt.TransactionID.String())
	eventually(t, "the site is healthy", func() bool {
		h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK))
		return h.Status == api.HealthStatusHealthy && h.Database == api.ComponentConnected && h.Redis == api.ComponentConnected &&
			h.BackgroundProcessor == api.HealthBackgroundProcessorRunning && h.Schema.Database != nil && *h.Schema.Database == h.Schema.Binary
	})
	stats := decode[api.BufferStats](s.do(call{op: "getBufferStats", token: "-"}).want(http.StatusOK))
	if stats.PendingTransactions != 0 || stats.FailedTransactions != 0 || stats.Processed < 1 {
		t.Errorf("the figures: %+v", stats)
	}
	eventually(t, "answers say how old they are", func() bool {
		a := s.do(call{op: "getSiteInfo", token: "-"})
		at, err := time.Parse(time.RFC3339Nano, a.header.Get("Ops-As-Of"))
		return err == nil && time.Since(at) < time.Minute && a.header.Get("Ops-Pending") == "0"
	})
}

// An unreachable main database degrades a site; it goes on accepting.
func TestCutOff(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, mainAway: true})
	s.start(nil)
	eventually(t, "the site has noticed", func() bool {
		h := decode[api.Health](s.do(call{op: "getHealth", token: "-"}).want(http.StatusOK))
		return h.Status == api.HealthStatusDegraded && !h.Main.Reachable && h.Main.Error != nil && h.TransactionBuffer.Size == 1 && len(h.Remarks) > 0
	})
	s.do(call{op: "getReadiness", token: "-"}).want(http.StatusOK)
	stats := decode[api.BufferStats](s.do(call{op: "getBufferStats", token: "-"}))
	if stats.PendingTransactions != 1 || stats.OldestUnapplied == nil || stats.OldestUnappliedSeconds == nil {
		t.Errorf("the figures: %+v", stats)
	}
}

func TestTheMainSiteNeedsItsDatabase(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main, mainAway: true, replicaAway: true})
	s.do(call{op: "getReadiness", token: "-"}).problem(http.StatusServiceUnavailable, "unavailable")
	if h := decode[api.Health](s.do(call{op: "getHealth", token: "-"})); h.Status != api.HealthStatusUnhealthy {
		t.Errorf("health: %+v", h)
	}
	s.do(call{op: "getLiveness", token: "-"}).want(http.StatusOK)
}

func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Main})
	a := s.do(call{op: "getDocument", token: "-"}).want(http.StatusOK)
	if _, err := openapi3.NewLoader().LoadFromData(a.text); err != nil {
		t.Error(err)
	}
	page := string(s.do(call{op: "getDocs", token: "-"}).want(http.StatusOK).text)
	for _, item := range s.doc.Paths.Map() {
		for _, o := range item.Operations() {
			if !strings.Contains(page, `id="`+o.OperationID+`"`) {
				t.Errorf("the page does not show %s", o.OperationID)
			}
		}
	}
	if to := s.do(call{op: "getRedoc", token: "-"}).want(http.StatusFound).header.Get("Location"); to != "docs" {
		t.Errorf("/redoc leads to %q", to)
	}
	// Whatever is loaded or linked is of this site: the page works without a network.
	for _, link := range regexp.MustCompile(`(?:src|href|url)\s*[=(]\s*["']?([^"')> ]+)`).FindAllStringSubmatch(page, -1) {
		anchor, inside := strings.CutPrefix(link[1], "#")
		if !inside && !strings.HasPrefix(link[1], "/") {
			t.Errorf("the page needs %s", link[1])
		}
		if inside && !strings.Contains(page, `id="`+anchor+`"`) {
			t.Errorf("the page has no %s", anchor)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the page runs a script")
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := newWorld(t).open(setup{kind: site.Secondary, idle: true})
	s.start(nil)
	eventually(t, "the start is counted", func() bool {
		text := string(s.do(call{op: "getMetrics", token: "-"}).want(http.StatusOK).text)
		return strings.Contains(text, "\nopsdb_buffer_depth 1\n") && strings.Contains(text, "\nopsdb_redis_up 1\n") &&
			strings.Contains(text, `opsdb_http_request_seconds_count{operation="startExecutedObsUnit",status="201"} 1`)
	})
}
