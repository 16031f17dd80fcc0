package recognition

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

func TestDifference(t *testing.T) {
	credit := func(name byte, minutes int, visit bool) Credit {
		return Credit{AttendanceID: nth(name), Day: newYear, Worked: minutes, Minutes: minutes, Visit: visit}
	}
	gone := func(name byte) Credit {
		return Credit{AttendanceID: nth(name), Day: newYear, Reductions: []Reduction{}}
	}
	held := func(name byte, minutes, visits int) Posted { return Posted{nth(name), minutes, visits} }
	now := credit('A', 60, true)
	nothing, night := credit('A', 0, true), credit('A', 0, false)

	for _, c := range []struct {
		name    string
		posted  []Posted
		credits []Credit
		want    []Change
	}{
		{"nothing at all", nil, nil, nil},
		{"first", nil, []Credit{now}, []Change{{now, 60, 1, true}}},
		{"first of no minutes", nil, []Credit{nothing}, []Change{{nothing, 0, 1, true}}},
		{"first of no minutes and no visit", nil, []Credit{night}, []Change{{night, 0, 0, true}}},
		{"unchanged", []Posted{held('A', 60, 1)}, []Credit{now}, nil},
		{"unchanged nothing", []Posted{held('A', 0, 1)}, []Credit{nothing}, nil},
		{"more", []Posted{held('A', 20, 1)}, []Credit{now}, []Change{{now, 40, 0, false}}},
		{"less", []Posted{held('A', 90, 1)}, []Credit{now}, []Change{{now, -30, 0, false}}},
		{"check-in moved to the day before", []Posted{held('A', 0, 1)}, []Credit{night}, []Change{{night, 0, -1, false}}},
		{"several entries are summed", []Posted{held('A', 90, 1), held('A', -30, 0)}, []Credit{now}, nil},
		{"reversed", []Posted{held('A', 60, 1)}, nil, []Change{{gone('A'), -60, -1, false}}},
		{"reversed of no minutes", []Posted{held('A', 0, 1)}, nil, []Change{{gone('A'), 0, -1, false}}},
		{"reversed already", []Posted{held('A', 60, 1), held('A', -60, -1)}, nil, nil},
		{"back again", []Posted{held('A', 0, 0)}, []Credit{now}, []Change{{now, 60, 1, false}}},
		{"in counting order, then the gone by id",
			[]Posted{held('Z', 5, 1), held('X', 5, 1), held('Y', 5, 1), held('A', 50, 1)},
			[]Credit{credit('B', 30, true), now},
			[]Change{{credit('B', 30, true), 30, 1, true}, {now, 10, 0, false},
				{gone('X'), -5, -1, false}, {gone('Y'), -5, -1, false}, {gone('Z'), -5, -1, false}}},
	} {
		if got := Difference(newYear, c.posted, c.credits); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// TestLedgerFollows adds and takes back attendances at random; only the days that each touches are counted again.
func TestLedgerFollows(t *testing.T) {
	type key struct {
		day        calendar.Day
		attendance id.ID
	}
	rapid.Check(t, func(t *rapid.T) {
		z, pool, rules := drawZone(t), drawPresences(t), drawRules(t)
		var live []Presence
		ledger, seen := map[calendar.Day][]Posted{}, map[key]bool{}

		toggle := func(p Presence) {
			if at := slices.Index(live, p); at >= 0 {
				live = slices.Delete(live, at, at+1)
			} else {
				live = append(live, p)
			}
			for _, day := range p.span().Days(z) {
				credits := Recognise(day, z, live, rules)
				for _, c := range Difference(day, ledger[day], credits) {
					k := key{day, c.Credit.AttendanceID}
					if c.First == seen[k] {
						t.Fatalf("%s %+v: first is wrong", day, c)
					}
					seen[k] = true
					ledger[day] = append(ledger[day], Posted{c.Credit.AttendanceID, c.Minutes, c.Visits})
				}
				if again := Difference(day, ledger[day], credits); again != nil {
					t.Fatalf("%s: posting twice would post %+v", day, again)
				}
			}
		}
		check := func() {
			for _, day := range around() {
				held, worth, came := Posted{}, 0, 0
				for _, p := range ledger[day] {
					held.Minutes, held.Visits = held.Minutes+p.Minutes, held.Visits+p.Visits
				}
				for _, c := range Recognise(day, z, live, rules) {
					worth += c.Minutes
				}
				for _, p := range live {
					if calendar.Of(p.In, z) == day {
						came++
					}
				}
				if held.Minutes != worth || held.Visits != came {
					t.Fatalf("%s: ledger %+v, day %d minutes, %d visits", day, held, worth, came)
				}
			}
		}

		if len(pool) > 0 {
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, len(pool)-1), 0, 20).Draw(t, "toggles") {
				toggle(pool[n])
				check()
			}
		}
		for len(live) > 0 {
			toggle(live[len(live)-1])
		}
		check()
	})
}
