package cube

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
)

func town() *Atlas {
	regions := []region.Region{{Code: "1200000000", Level: region.City}}
	for _, gu := range []string{"12210", "12240"} {
		regions = append(regions, region.Region{Code: gu + "00000", Level: region.Gu, Parent: "1200000000"})
		for _, dong := range []string{"52500", "54500"} {
			regions = append(regions, region.Region{Code: gu + dong, Level: region.Dong, Parent: gu + "00000"})
		}
	}
	return NewAtlas(regions, []string{"1221052500", "1224052500"}, []calendar.Day{calendar.MustParse("2026-01-01")})
}

func someFact(t *rapid.T, person id.ID) Fact {
	days := []calendar.Day{calendar.Date(2025, time.Month(1+rapid.IntRange(0, 11).Draw(t, "m")), 5), calendar.Date(2026, time.Month(1+rapid.IntRange(0, 11).Draw(t, "n")), 1)}
	area := rapid.SampledFrom([]string{"1221052500", "1224052500", "1224054500", "9999999999", "1221000000"})
	camp := rapid.SampledFrom([]string{"", "1221052500"}).Draw(t, "camp")
	organiser := map[bool]string{true: "demand_site", false: "camp"}[camp == ""]
	return Fact{Act: Act{VolunteerID: person, AttendanceID: id.New(), Day: rapid.SampledFrom(days).Draw(t, "day"), Visits: rapid.IntRange(0, 1).Draw(t, "visits"),
		Minutes: rapid.IntRange(1, 3).Draw(t, "hours") * 60, FieldCode: rapid.SampledFrom([]string{"0801", "0201"}).Draw(t, "field"),
		Evidence: rapid.SampledFrom([]string{"qr", "leader"}).Draw(t, "evidence"), PlaceCode: area.Draw(t, "place"), CampCode: camp, OrganiserType: organiser,
		Party: Individual}, HomeCode: area.Draw(t, "home"), Sex: rapid.SampledFrom([]string{"female", "male"}).Draw(t, "sex"), Age: rapid.IntRange(0, 105).Draw(t, "age")}
}

// What changes by the difference is what counting all again would change, whether or not somebody becomes new or regular.
func TestDifferencesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counter, person := NewCounter(town()), id.New()
		var facts []Fact
		kept := Counts{}
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			before := append([]Fact{}, facts...)
			for range rapid.IntRange(1, 3).Draw(t, "at once") {
				if len(facts) > 0 && rapid.IntRange(0, 3).Draw(t, "away") == 0 {
					i := rapid.IntRange(0, len(facts)-1).Draw(t, "which")
					facts = append(append([]Fact{}, facts[:i]...), facts[i+1:]...)
				} else {
					facts = append(facts, someFact(t, person))
				}
			}
			counter.Difference(kept, before, facts)
			all := Counts{}
			counter.Add(all, facts, 1, anyYear)
			if !maps.Equal(kept, all) {
				t.Fatalf("%d figures instead of %d", len(kept), len(all))
			}
		}
	})
}

// Many persons counted at once are the sum of each of them.
func TestATallyIsTheSumOfItsPersons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counter, sums := NewCounter(town()), Counts{}
		tally := counter.Tally()
		for range rapid.IntRange(1, 5).Draw(t, "persons") {
			person := id.New()
			var facts []Fact
			for range rapid.IntRange(0, 20).Draw(t, "facts") {
				facts = append(facts, someFact(t, person))
			}
			tally.Add(facts)
			NewCounter(town()).Add(sums, facts, 1, anyYear) // which has numbered the keys in another order
		}
		if got := tally.Counts(); !maps.Equal(got, sums) {
			t.Fatalf("%v instead of %v", got, sums)
		}
	})
}

// BenchmarkTally counts a person who comes every few weeks, mostly to the same place.
func BenchmarkTally(b *testing.B) {
	tally, facts := NewCounter(town()).Tally(), make([]Fact, 40)
	for i := range facts {
		facts[i] = Fact{Act: Act{AttendanceID: id.New(), Day: calendar.Date(2024, 1, 3).Add(i * 27), Visits: 1, Minutes: 120, FieldCode: []string{"0801", "0201"}[i%2],
			Evidence: "qr", PlaceCode: []string{"1221052500", "1224052500"}[i/9%2], CampCode: "1221052500", OrganiserType: "camp", Party: Individual},
			HomeCode: "1221054500", Sex: "female", Age: 40 + i/14}
	}
	for b.Loop() {
		tally.Add(facts)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(facts)), "ns/fact")
}

// A margin is one table, wherever it comes from, and every table of a listed cube is kept.
func TestKeptTables(t *testing.T) {
	names := map[string]bool{}
	for _, g := range Kept {
		if names[g.Name()] || g.Flipped() {
			t.Error(g.Name())
		}
		names[g.Name()] = true
	}
	for _, c := range Listed {
		for _, g := range c.Groupings() {
			if !names[g.Name()] {
				t.Errorf("%s: %s is not kept", c.Name(), g.Name())
			}
		}
	}
	if len(Kept) != 61 {
		t.Error(fmt.Sprint(len(Kept), " tables"))
	}
}

func TestBandsHoldEveryAge(t *testing.T) {
	for age, want := range map[int][2]string{-1: {"0-9", "0-13"}, 0: {"0-9", "0-13"}, 9: {"0-9", "0-13"}, 10: {"10-19", "0-13"}, 13: {"10-19", "0-13"}, 14: {"10-19", "14-19"},
		19: {"10-19", "14-19"}, 20: {"20-29", "20-29"}, 69: {"60-69", "60-69"}, 70: {"70-79", "70+"}, 99: {"90-99", "70+"}, 100: {"100+", "70+"}, 117: {"100+", "70+"}} {
		if got := [2]string{tens(age), youth(age)}; got != want {
			t.Error(age, got)
		}
	}
}

// Who is registered, and where, follows his moves; who withdraws is not registered any more on that day.
func TestStepsFollowAPerson(t *testing.T) {
	day := calendar.MustParse
	for want, p := range map[string]Person{
		"2024-03-01 A +1": {RegisteredOn: day("2024-03-01"), RegionCode: "A"},
		"2024-03-01 B +1": {RegisteredOn: day("2024-03-01"), RegionCode: "A", Moves: []Move{{day("2025-01-01"), "B"}}},
		"2024-03-01 B +1 2025-01-01 B -1 2025-01-01 C +1": {RegisteredOn: day("2024-03-01"), Moves: []Move{{day("2024-03-01"), "B"}, {day("2025-01-01"), "C"}}},
		"2024-03-01 B +1 2025-01-01 B -1":                 {RegisteredOn: day("2024-03-01"), RegionCode: "B", Withdrawn: true, WithdrawnOn: day("2025-01-01")},
		"":                                                {RegisteredOn: day("2024-03-01"), RegionCode: "B", Withdrawn: true},
		"2024-03-01 B +1 2024-06-01 B -1":                 {RegisteredOn: day("2024-03-01"), Moves: []Move{{day("2024-01-01"), "B"}, {day("2025-01-01"), "C"}}, Withdrawn: true, WithdrawnOn: day("2024-06-01")},
		"2024-03-01 B +1 ":                                {RegisteredOn: day("2024-03-01"), Moves: []Move{{day("2024-01-01"), "B"}, {day("2025-01-01"), "B"}}},
	} {
		got := ""
		for i, s := range p.Steps() {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s %s %+d", s.Day, s.HomeCode, s.Delta)
		}
		if want != got && want != got+" " {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}
