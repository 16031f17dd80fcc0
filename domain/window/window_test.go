package window

import (
	"slices"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

var day = calendar.MustParse

func TestTheLastDayToEnter(t *testing.T) {
	table := Windows{
		{GuCode: "", Months: 3, EffectiveFrom: day("2000-01-01"), Version: 1},
		{GuCode: "", Months: 2, EffectiveFrom: day("2026-06-01"), Version: 4},
		{GuCode: "1221000000", Months: 1, EffectiveFrom: day("2026-03-01"), Version: 2},
		{GuCode: "1221000000", Months: 6, EffectiveFrom: day("2026-07-01"), Version: 3},
	}
	city := Windows{table[0], table[1]}
	for _, c := range []struct {
		windows        Windows
		activity, last string
	}{
		{city, "2026-02-10", "2026-05-10"},
		{city, "2026-05-31", "2026-08-31"},
		{city, "2026-06-01", "2026-08-01"},
		{city, "2026-12-31", "2027-02-28"},
		{table, "2026-02-28", "2026-05-28"}, // before the gu set one: the city's
		{table, "2026-03-01", "2026-04-01"},
		{table, "2026-03-31", "2026-04-30"},
		{table, "2026-06-30", "2026-07-30"}, // the city's is newer, the gu's own goes first
		{table, "2026-07-01", "2027-01-01"},
		{table, "2026-08-31", "2027-02-28"},
	} {
		for range 2 { // in any order
			if last, ok := c.windows.LastDay(day(c.activity)); !ok || last != day(c.last) {
				t.Errorf("%s: %s %v, want %s", c.activity, last, ok, c.last)
			}
			c.windows = slices.Clone(c.windows)
			slices.Reverse(c.windows)
		}
	}
	if last, ok := (Windows{table[1]}).LastDay(day("2026-05-31")); ok {
		t.Error("a limit where none is set: ", last)
	}
}

func TestWhatIsRecentNeedsNoTable(t *testing.T) {
	for today, want := range map[string]bool{"2026-01-31": true, "2026-02-28": true, "2026-03-01": false} {
		if SurelyOpen(day("2026-01-31"), day(today)) != want {
			t.Error(today)
		}
	}
}

func TestWhatIsWrongWithAWindow(t *testing.T) {
	today := day("2026-07-15")
	good := Window{GuCode: "1221000000", Months: 1, EffectiveFrom: day("2026-07-16"), Reference: "동구자원봉사센터 운영지침 제12조"}
	for name, c := range map[string]struct {
		change func(w *Window)
		known  bool
		want   []string
	}{
		"nothing":      {func(*Window) {}, true, nil},
		"two years":    {func(w *Window) { w.Months = 24 }, true, nil},
		"no month":     {func(w *Window) { w.Months = 0 }, true, []string{"months range"}},
		"over 2 years": {func(w *Window) { w.Months = 25 }, true, []string{"months range"}},
		"today":        {func(w *Window) { w.EffectiveFrom = today }, true, []string{"effective_from order"}},
		"no day":       {func(w *Window) { w.EffectiveFrom = calendar.Day{} }, true, []string{"effective_from required"}},
		"nobody's gu":  {func(*Window) {}, false, []string{"gu_code unknown"}},
		"no source":    {func(w *Window) { w.Reference = " " }, true, []string{"reference required"}},
	} {
		w := good
		c.change(&w)
		var got []string
		if f, ok := fault.From(w.acceptable(today, c.known)); ok {
			for _, field := range f.Fields {
				got = append(got, field.Path+" "+field.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
