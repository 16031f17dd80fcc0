package demo_test

import (
	"context"
	"os"
	"testing"
	"time"

	"dure/cmd/dure/demo"
	"dure/domain/kernel/calendar"
	"dure/repository"
	"dure/repository/dbtest"
)

func TestTown(t *testing.T) {
	zone, _ := time.LoadLocation("Asia/Seoul")
	clock := calendar.Clock{Instant: func() time.Time { return time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC) }, Zone: zone}
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		b := time.Now()
		if err := demo.Fill(context.Background(), db, clock, demo.Scales["town"], os.Stdout); err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(b))
	})
}
