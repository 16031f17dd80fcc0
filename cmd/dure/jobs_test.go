package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobsAreRepeatedWhateverHappensInThem(t *testing.T) {
	for name, run := range map[string]func(ctx context.Context) error{
		"good":      func(context.Context) error { return nil },
		"failing":   func(context.Context) error { return errors.New("boom") },
		"panicking": func(context.Context) error { panic("ouch") },
		"slow":      func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				runs := 0
				ctx, stop := context.WithCancel(t.Context())
				wait := start(ctx, slog.New(slog.NewTextHandler(&log, nil)), []job{{name, time.Hour, time.Minute, func(ctx context.Context) error {
					runs++
					return run(ctx)
				}}})
				time.Sleep(2*time.Hour + 2*time.Minute) // of the test's own clock: no time passes
				stop()
				wait()
				if runs != 3 {
					t.Error(runs, " runs")
				}
				if told := strings.Count(log.String(), "job failed"); told != map[bool]int{true: 0, false: 3}[name == "good"] {
					t.Error(told, " failures told: ", log.String())
				}
			})
		})
	}
}

// A process that stops waits for its jobs, and ends them.
func TestStoppingEndsJobsInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		ctx, stop := context.WithCancel(t.Context())
		wait := start(ctx, slog.New(slog.DiscardHandler), []job{{"long", time.Hour, time.Hour, func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second) // tidying up
			ended = true
			return ctx.Err()
		}}})
		synctest.Wait()
		stop()
		wait()
		if !ended {
			t.Error("nobody waited")
		}
	})
}
