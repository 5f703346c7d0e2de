package site

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"yousaid/server/jobs"
	"yousaid/surveys/tenant"
)

// Metrics counts what an operator watches, in the format that Prometheus reads. Routes are patterns: no address, no organisation,
// nobody's answer.
type Metrics struct{ set *metrics.Set }

// NewMetrics begins at nought.
func NewMetrics() *Metrics { return &Metrics{metrics.NewSet()} }

// Request counts an answered request and the seconds it took.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf(`yousaid_requests_total{method=%q,route=%q,status="%d"}`, method, route, status)).Inc()
	m.set.GetOrCreatePrometheusHistogram(fmt.Sprintf(`yousaid_request_seconds{route=%q}`, route)).Update(took.Seconds())
}

// Stored counts a transaction of answers: how many pages it stored, and how long the oldest had waited.
func (m *Metrics) Stored(pages int, waited time.Duration) {
	m.set.GetOrCreatePrometheusHistogramExt(`yousaid_batch_pages`, []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}).Update(float64(pages))
	m.set.GetOrCreatePrometheusHistogram(`yousaid_batch_wait_seconds`).Update(waited.Seconds())
}

// Refused counts a table that was refused for the public.
func (m *Metrics) Refused() { m.set.GetOrCreateCounter(`yousaid_releases_refused_total`).Inc() }

// exports counts how the making of files ends.
func (m *Metrics) exports(run jobs.Handler) jobs.Handler {
	return func(ctx context.Context, org tenant.Org, payload []byte) error {
		err := run(ctx, org, payload)
		outcome := "made"
		if err != nil {
			outcome = "failed"
		}
		m.set.GetOrCreateCounter(fmt.Sprintf(`yousaid_exports_total{outcome=%q}`, outcome)).Inc()
		return err
	}
}

// watch adds what is measured when somebody asks.
func (m *Metrics) watch(s *Site) {
	m.set.GetOrCreateCounter(`yousaid_releases_refused_total`)
	for _, outcome := range []string{"made", "failed"} {
		m.set.GetOrCreateCounter(fmt.Sprintf(`yousaid_exports_total{outcome=%q}`, outcome))
	}
	m.set.GetOrCreateGauge(`yousaid_answers_waiting`, func() float64 { n, _ := s.Collector.Waiting(); return float64(n) })
	m.set.GetOrCreateGauge(`yousaid_answers_waiting_seconds`, func() float64 { _, age := s.Collector.Waiting(); return age.Seconds() })
	m.set.GetOrCreateGauge(`yousaid_jobs_waiting_seconds`, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		age, err := s.Jobs.Oldest(ctx)
		if err != nil {
			return -1 // not known
		}
		return age.Seconds()
	})
}

// ServeHTTP answers GET /metrics.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/metrics" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}
