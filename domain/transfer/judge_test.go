package transfer

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

var seoul = time.FixedZone("KST", 9*3600)

func at14(minutes int) time.Time { return at(calendar.MustParse("2026-07-14"), minutes, seoul) }

// Minutes without times never take any away from what was seen, as long as the day has room, and lie in the day.
func TestUnknownTimesGiveWay(t *testing.T) {
	d := calendar.MustParse("2026-07-14")
	for range 2000 {
		var taken []calendar.Span
		for range rand.IntN(6) {
			start := rand.IntN(1500) - 60
			taken = append(taken, calendar.Span{Start: at14(start), End: at14(start + rand.IntN(400))})
		}
		minutes := 1 + rand.IntN(600)
		got := latest(d, minutes, taken, seoul)
		if got.Minutes() != minutes || got.Start.Before(d.Start(seoul)) || got.End.After(d.End(seoul)) {
			t.Fatalf("%d minutes at %v", minutes, got)
		}
		overlaps := func(s calendar.Span) bool {
			for _, other := range taken {
				if s.Overlaps(other) && other.Start.Before(other.End) {
					return true
				}
			}
			return false
		}
		for end := 1440; end >= minutes; end-- { // the last free stretch, tried one by one
			if s := (calendar.Span{Start: at14(end - minutes), End: at14(end)}); !overlaps(s) {
				if !s.Start.Equal(got.Start) {
					t.Fatalf("%d minutes beside %v: %v instead of %v", minutes, taken, got, s)
				}
				break
			}
		}
	}
}

func TestSpansOfRows(t *testing.T) {
	b := &book{clock: calendar.Clock{Zone: seoul}, taken: map[id.ID][]calendar.Span{}}
	d := calendar.MustParse("2026-07-14")
	for name, c := range map[string]struct {
		line       Line
		start, end int
		err        error
	}{
		"times":                    {Line{Timed: true, Start: 540, End: 600}, 540, 600, nil},
		"fewer minutes than times": {Line{Timed: true, Start: 540, End: 600, Minutes: 50}, 540, 590, nil},
		"more minutes than times":  {Line{Timed: true, Start: 540, End: 600, Minutes: 61}, 0, 0, ErrMinutes},
		"over midnight":            {Line{Timed: true, Start: 1320, End: 60, Minutes: 180}, 1320, 1500, nil},
		"over midnight by mistake": {Line{Timed: true, Start: 1320, End: 60}, 0, 0, attendance.ErrEndBeforeStart},
		"minutes alone":            {Line{Minutes: 90}, 1350, 1440, nil},
		"nothing":                  {Line{}, 0, 0, ErrTimesMissing},
	} {
		c.line.Day = d
		got, err := b.span(c.line, id.Nil)
		if !errors.Is(err, c.err) || err == nil && (!got.Start.Equal(at14(c.start)) || !got.End.Equal(at14(c.end))) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestDonationYears(t *testing.T) {
	rules := DonationRules{
		{Kind: "plasma", Name: "혈장", Quota: "component", YearlyMaximum: 2, FirstMonth: 3, EffectiveFrom: calendar.MustParse("2010-07-01")},
		{Kind: "platelets", Name: "혈소판", Quota: "component", YearlyMaximum: 2, FirstMonth: 3, EffectiveFrom: calendar.MustParse("2010-07-01")},
	}
	if _, ok := rules.On("혈장", calendar.MustParse("2010-06-30")); ok {
		t.Error("a donation before the rule")
	}
	rule, _ := rules.On("혈장", calendar.MustParse("2026-07-01"))
	given := []Donation{{Kind: "plasma", Day: calendar.MustParse("2026-03-01")}, {Kind: "platelets", Day: calendar.MustParse("2027-02-28")}}
	for day, full := range map[string]bool{"2026-02-28": false, "2026-03-01": true, "2027-02-28": true, "2027-03-01": false} {
		if rules.Full(rule, calendar.MustParse(day), given) != full {
			t.Errorf("%s: full is not %v", day, full)
		}
	}
}
