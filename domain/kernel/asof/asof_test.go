package asof_test

import (
	"errors"
	"testing"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

func TestOnlyTheSettledPastIsAnswered(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	now := time.Date(2026, 2, 1, 0, 1, 0, 0, seoul)
	clock := calendar.Clock{Zone: seoul}
	at := func(s string) asof.Point {
		i, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return asof.Point{Instant: i}
	}
	for _, c := range []struct {
		point asof.Point
		want  string
		err   error
	}{
		{at("2026-01-31T23:59:00+09:00"), "2026-01-31T14:59:00Z", nil},
		{at("2026-01-31T14:58:59.123456789Z"), "2026-01-31T14:58:59.123456Z", nil},
		{at("2026-01-31T23:59:00.000001+09:00"), "", asof.ErrTooRecent},
		{at("2026-02-01T00:01:00+09:00"), "", asof.ErrTooRecent},
		{at("2026-02-01T00:01:00.000001+09:00"), "", asof.ErrFuture},
		{asof.Point{Day: calendar.MustParse("2026-01-30")}, "2026-01-30T14:59:59.999999Z", nil},
		{asof.Point{Day: calendar.MustParse("2026-01-31")}, "", asof.ErrTooRecent}, // a minute ago
		{asof.Point{Day: calendar.MustParse("2026-02-01")}, "", asof.ErrFuture},    // today has not ended
	} {
		got, err := c.point.Settled(clock, now)
		if !errors.Is(err, c.err) || err == nil && got.Format(time.RFC3339Nano) != c.want {
			t.Errorf("%+v: %v %v", c.point, got, err)
		}
	}
	_, err := at("2026-02-01T00:00:30+09:00").Settled(clock, now)
	if f, ok := fault.From(err); !ok || f.Args["latest"] != "2026-01-31T23:59:00+09:00" {
		t.Errorf("%v", err)
	}
	if !(asof.Point{}).IsZero() || at("2026-01-01T00:00:00Z").IsZero() {
		t.Error("nothing is now, and something is not")
	}
}
