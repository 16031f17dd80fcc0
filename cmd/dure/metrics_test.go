package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"dure/repository/dbtest"
)

func TestMetricsNameRoutesNotPaths(t *testing.T) {
	m := newMetrics(dbtest.Open(t, dbtest.SQLite(t)))
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.Use(m.observe)
	e.GET("/camps/:camp_id", func(c *gin.Context) { c.Status(404) })
	for _, request := range []string{"GET /camps/1", "GET /camps/2", "GET /secret", "BREW /camps/1", "BREW /coffee"} {
		method, path, _ := strings.Cut(request, " ")
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
	}
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`dure_http_request_duration_seconds_count{method="GET",route="/camps/:camp_id",status="4xx"} 2`,
		`dure_http_request_duration_seconds_count{method="any",route="unmatched",status="4xx"} 3`,
		`dure_http_requests_in_flight 0`, `go_sql_open_connections{db_name="sqlite"}`, `go_goroutines`, `process_start_time_seconds`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, never := range []string{"secret", "BREW", "coffee"} {
		if strings.Contains(w.Body.String(), never) {
			t.Errorf("%s is there", never)
		}
	}
}
