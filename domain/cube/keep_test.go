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
