package cube

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Changes of a person are put together: each day that changed is there once, and no other.
func TestEachChangedDayIsMadeAnewOnce(t *testing.T) {
	people := []id.ID{id.New(), id.New()}
	day := rapid.Custom(func(t *rapid.T) calendar.Day {
		return calendar.Date(rapid.IntRange(2024, 2026).Draw(t, "year"), 12, 30).Add(rapid.IntRange(0, 3).Draw(t, "day"))
	})
	change := rapid.Custom(func(t *rapid.T) Changed {
		c := Changed{VolunteerID: rapid.SampledFrom(people).Draw(t, "person")}
		switch d := day.Draw(t, "on"); rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0: // any day
		case 1:
			c.Year = d.Year()
		default:
			c.Year, c.Day = d.Year(), d
		}
		return c
	})
	rapid.Check(t, func(t *rapid.T) {
		changed := rapid.SliceOf(change).Draw(t, "changed")
		ids, of := persons(changed)
		if len(ids) != len(of) {
			t.Fatalf("%d persons, %d with changes", len(ids), len(of))
		}
		person, on := rapid.SampledFrom(people).Draw(t, "whose"), day.Draw(t, "when")
		told, made := 0, 0
		for _, c := range changed {
			if c.VolunteerID == person && c.covers(on) {
				told++
			}
		}
		for _, c := range of[person] {
			if from, to := c.Days(); c.covers(on) != (!on.Before(from) && !on.After(to)) {
				t.Fatalf("%v does not agree with its days about %s", c, on)
			}
			if c.covers(on) {
				made++
			}
		}
		if made != min(told, 1) || told > 0 && !slices.Contains(ids, person) {
			t.Fatalf("%s changed %d times and is made anew %d times", on, told, made)
		}
	})
}

// Corrections and reversals are entries of the same act: they add up, and the newest says of what kind it was, in whatever order they are read.
func TestEntriesOfAnActAddUp(t *testing.T) {
	attendance, other := id.New(), id.New()
	entry := func(sequence int64, attendance id.ID, day, visits, minutes int, field, evidence string) Entry {
		return Entry{Act{AttendanceID: attendance, Day: calendar.Date(2026, 7, day), Visits: visits, Minutes: minutes, FieldCode: field, Evidence: evidence}, sequence}
	}
	entries := []Entry{
		entry(1, attendance, 1, 1, 120, "0801", "leader"), entry(2, attendance, 2, 0, 60, "0801", "leader"), // across midnight
		entry(3, other, 1, 1, 90, "0201", "qr"),
		entry(4, attendance, 1, 0, -30, "0801", "document"), entry(5, other, 1, -1, -90, "0201", "qr"),
		entry(6, attendance, 1, 0, 15, "0802", "leader"),
	}
	want := map[Act]bool{
		{AttendanceID: attendance, Day: calendar.Date(2026, 7, 1), Visits: 1, Minutes: 105, FieldCode: "0802", Evidence: "leader"}: true,
		{AttendanceID: attendance, Day: calendar.Date(2026, 7, 2), Minutes: 60, FieldCode: "0801", Evidence: "leader"}:             true,
		{AttendanceID: other, Day: calendar.Date(2026, 7, 1), FieldCode: "0201", Evidence: "qr"}:                                   true,
	}
	for range 2 {
		acts := net(entries)
		if len(acts) != len(want) {
			t.Fatalf("%d acts, want %d", len(acts), len(want))
		}
		for _, a := range acts {
			if !want[a] {
				t.Errorf("%+v", a)
			}
		}
		slices.Reverse(entries)
	}
}
