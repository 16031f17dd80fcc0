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
