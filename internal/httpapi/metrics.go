package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ccatobs/opsdb/gen/api"
	"github.com/ccatobs/opsdb/internal/buffer"
)

// metrics holds the figures of one server.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	page     http.Handler
}

func newMetrics(stats *recentStats, streams func() int) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "opsdb_http_request_seconds", Help: "Time from a request's first byte to its answer.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"operation", "status"}),
	}
	open := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "opsdb_streams", Help: "Streams that are followed now."},
		func() float64 { return float64(streams()) })
	m.registry.MustRegister(m.requests, bufferCollector{stats}, open,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.page = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

// gauge is one figure of the buffer.
type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(buffer.Stats) (float64, bool) // false: not known now
}

func newGauge(name, help string, value func(buffer.Stats) (float64, bool)) gauge {
	return gauge{prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, value}
}

func known(f float64) (float64, bool) { return f, true }

func count(of func(buffer.Stats) int) func(buffer.Stats) (float64, bool) {
	return func(s buffer.Stats) (float64, bool) { return float64(of(s)), s.RedisReachable }
}

func age(of func(buffer.Stats) *time.Time) func(buffer.Stats) (float64, bool) {
	return func(s buffer.Stats) (float64, bool) {
		if t := of(s); t != nil {
			return time.Since(*t).Seconds(), true
		}
		return 0, s.RedisReachable
	}
}

func yes(of func(buffer.Stats) bool) func(buffer.Stats) (float64, bool) {
	return func(s buffer.Stats) (float64, bool) {
		if of(s) {
			return 1, true
		}
		return 0, true
	}
}

// gauges answers "are we safe?": what waits, for how long, and whether each part does its work.
var gauges = []gauge{
	newGauge("opsdb_buffer_depth", "Accepted and not yet executed transactions.", count(func(s buffer.Stats) int { return s.Buffered })),
	newGauge("opsdb_buffer_retrying", "Failed transactions with attempts left.", count(func(s buffer.Stats) int { return s.Retrying })),
	newGauge("opsdb_buffer_unreplicated", "Executed transactions that the replica does not have.", count(func(s buffer.Stats) int { return s.Unreplicated })),
	newGauge("opsdb_buffer_parked", "Transactions stopped by a permanent error.", count(func(s buffer.Stats) int { return s.Parked })),
	newGauge("opsdb_buffer_blocked", "Transactions waiting behind a parked one.", count(func(s buffer.Stats) int { return s.Blocked })),
	newGauge("opsdb_buffer_oldest_seconds", "Age of the oldest transaction that waits to be executed, or to be tried again; 0 when there is none.",
		age(func(s buffer.Stats) *time.Time { return s.OldestUnapplied })),
	newGauge("opsdb_buffer_oldest_unreplicated_seconds", "Age of the oldest executed transaction that the replica does not have; 0 when there is none.",
		age(func(s buffer.Stats) *time.Time { return s.OldestUnreplicated })),
	newGauge("opsdb_buffer_rate", "Transactions executed a second, over the last minute.", func(s buffer.Stats) (float64, bool) { return known(s.Rate) }),
	newGauge("opsdb_buffer_days_left", "Days until the buffer is full at the present rate.", func(s buffer.Stats) (float64, bool) {
		if s.DaysLeft == nil {
			return 0, false
		}
		return known(*s.DaysLeft)
	}),
	newGauge("opsdb_redis_used_bytes", "Memory that Redis uses.", func(s buffer.Stats) (float64, bool) { return float64(s.RedisUsed), s.RedisReachable }),
	newGauge("opsdb_redis_max_bytes", "Memory that Redis may use.", func(s buffer.Stats) (float64, bool) { return float64(s.RedisMax), s.RedisReachable }),
	newGauge("opsdb_redis_up", "Whether Redis answers.", yes(func(s buffer.Stats) bool { return s.RedisReachable })),
	newGauge("opsdb_main_up", "Whether the main database answers.", yes(func(s buffer.Stats) bool { return s.MainReachable })),
	newGauge("opsdb_replica_up", "Whether the replica answers.", yes(func(s buffer.Stats) bool { return s.ReplicaReachable })),
	newGauge("opsdb_replica_lag_bytes", "How far the replica is behind the main database.", func(s buffer.Stats) (float64, bool) { return float64(s.LagBytes), s.ReplicaReachable }),
	newGauge("opsdb_replica_lag_seconds", "Age of what the replica shows.", func(s buffer.Stats) (float64, bool) { return s.Age.Seconds(), !s.AsOf.IsZero() }),
	newGauge("opsdb_replica_lagging", "Whether replication takes longer than LSN_TIMEOUT.", yes(func(s buffer.Stats) bool { return s.Lagging })),
	newGauge("opsdb_executor_alarm", "Whether the executor needs a person.", yes(func(s buffer.Stats) bool { return s.Alarm != "" })),
	{
		prometheus.NewDesc("opsdb_executed_total", "Transactions executed since the present executor started.", nil, nil), prometheus.CounterValue,
		func(s buffer.Stats) (float64, bool) { return known(float64(s.Processed)) },
	},
}

// bufferCollector shows the buffer's figures of the moment it is asked.
type bufferCollector struct{ stats *recentStats }

// Describe implements prometheus.Collector.
func (bufferCollector) Describe(to chan<- *prometheus.Desc) {
	for _, g := range gauges {
		to <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c bufferCollector) Collect(to chan<- prometheus.Metric) {
	stats := c.stats.read(context.Background())
	for _, g := range gauges {
		if value, ok := g.value(stats); ok {
			to <- prometheus.MustNewConstMetric(g.desc, g.kind, value)
		}
	}
}

// metricsPage is the answer for Prometheus in its plain text form.
type metricsPage struct {
	page    http.Handler
	request *http.Request
}

// VisitGetMetricsResponse implements api.GetMetricsResponseObject.
func (p metricsPage) VisitGetMetricsResponse(w http.ResponseWriter) error {
	p.page.ServeHTTP(w, p.request)
	return nil
}

// GetMetrics answers with the figures of this server.
func (s *Server) GetMetrics(ctx context.Context, _ api.GetMetricsRequestObject) (api.GetMetricsResponseObject, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return nil, err
	}
	return metricsPage{s.metrics.page, request}, nil
}
