package calendar

import "testing"

// Every day that can be written can be told from no day, those around 1970 too.
func TestDaysAreDays(t *testing.T) {
	for d, last := MustParse("1900-01-01"), MustParse("2100-12-31"); !d.After(last); d = d.Add(1) {
		if back := MustParse(d.String()); d.IsZero() || back != d {
			t.Fatalf("%s becomes %s", d, back)
		}
	}
	if (Day{}).String() != "" || !(Day{}).IsZero() {
		t.Error("no day is a day")
	}
}

func TestMonthsLaterIsNeverAMonthTooFar(t *testing.T) {
	for _, c := range []struct {
		day    string
		months int
		want   string
	}{
		{"2026-01-15", 1, "2026-02-15"}, {"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-08-31", 1, "2026-09-30"},
		{"2026-11-30", 3, "2027-02-28"}, {"2026-12-01", 1, "2027-01-01"}, {"2026-02-28", 1, "2026-03-28"}, {"2026-10-31", 24, "2028-10-31"},
		{"2024-02-29", 12, "2025-02-28"}, {"2026-07-14", 0, "2026-07-14"}, {"2026-12-31", 2, "2027-02-28"},
	} {
		if got := MustParse(c.day).AddMonths(c.months); got != MustParse(c.want) {
			t.Errorf("%s and %d months is %s, want %s", c.day, c.months, got, c.want)
		}
	}
}
