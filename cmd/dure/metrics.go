package main

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dure/repository"
)

// metrics counts what the program does, for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	inFlight prometheus.Gauge
	duration *prometheus.HistogramVec
}

func newMetrics(db *repository.DB) metrics {
	m := metrics{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dure_http_requests_in_flight", Help: "Requests being answered.",
		}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dure_http_request_duration_seconds", Help: "Time to answer, by route, method and class of status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dure_build_info", Help: "The version that runs.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.inFlight, m.duration, build, collectors.NewDBStatsCollector(db.Pool(), string(db.Dialect())),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe times every request. Labels are bounded: routes by their pattern, never by what a client made up.
func (m metrics) observe(c *gin.Context) {
	begin := time.Now()
	m.inFlight.Inc()
	defer func() { // answers that break off, too
		m.inFlight.Dec()
		route, method := c.FullPath(), c.Request.Method
		if route == "" {
			route, method = "unmatched", "any"
		}
		m.duration.WithLabelValues(route, method, strconv.Itoa(c.Writer.Status()/100)+"xx").Observe(time.Since(begin).Seconds())
	}()
	c.Next()
}

// handler serves the metrics, and profiles for who looks why something is slow. It is meant for loopback.
func (m metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry}))
	return mux
}
