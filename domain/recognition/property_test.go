package recognition

import (
	"cmp"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// The days of the properties: around a lost hour in New York, and plain ones in Seoul.
var (
	spring  = calendar.MustParse("2026-03-08")
	zones   = []string{"Asia/Seoul", "America/New_York"}
	fields  = []string{"", "0503", "1200", "1201", "1202"}
	reasons = []string{CutOutsideShift, CutOverlap, CutBreak, CutFieldCap, CutDailyCap, CutTravel}
)

// around lists every day that a drawn presence may touch.
func around() []calendar.Day {
	var days []calendar.Day
	for n := -2; n <= 4; n++ {
		days = append(days, spring.Add(n))
	}
	return days
}

func drawZone(t *rapid.T) *time.Location { return zone(rapid.SampledFrom(zones).Draw(t, "zone")) }

func drawPresences(t *rapid.T) []Presence {
	var out []Presence
	for n := range rapid.IntRange(0, 7).Draw(t, "presences") {
		in := spring.Add(-1).Start(time.UTC).Add(time.Duration(rapid.IntRange(0, 2*86400).Draw(t, "in")) * time.Second)
		length := rapid.OneOf(rapid.IntRange(-600, 14400), rapid.IntRange(0, 100000)).Draw(t, "seconds")
		margin := rapid.IntRange(-90, 240)
		minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
		p := Presence{
			AttendanceID: nth(byte(n + 1)), ShiftID: nth(rapid.ByteRange(1, 3).Draw(t, "shift")),
			FieldCode: rapid.SampledFrom(fields).Draw(t, "field"), In: in, Out: in.Add(time.Duration(length) * time.Second),
			BreakMinutes:  rapid.IntRange(0, 120).Draw(t, "break"),
			TravelMinutes: rapid.IntRange(0, 200).Draw(t, "travel"),
		}
		p.ShiftStart = p.In.Add(minutes(margin.Draw(t, "shift start")))
		p.ShiftEnd = p.Out.Add(minutes(margin.Draw(t, "shift end")))
		if len(out) > 0 && rapid.IntRange(0, 3).Draw(t, "twin") == 0 { // same times at another shift
			p.In, p.Out = out[0].In, out[0].Out
		}
		out = append(out, p)
	}
	return out
}

func drawRules(t *rapid.T) Rules {
	var out Rules
	for n := range rapid.IntRange(0, 8).Draw(t, "rules") {
		from := spring.Add(rapid.IntRange(-3, 2).Draw(t, "from"))
		rule := Rule{
			ID: nth(byte(n)), Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind"),
			FieldCode: rapid.SampledFrom(fields).Draw(t, "rule field"), Minutes: rapid.IntRange(0, 600).Draw(t, "rule minutes"),
			EffectiveFrom: from, Version: rapid.IntRange(1, 3).Draw(t, "version"),
		}
		if rapid.Bool().Draw(t, "closed") {
			rule.EffectiveTo = from.Add(rapid.IntRange(0, 3).Draw(t, "to"))
		}
		out = append(out, rule)
	}
	return out
}

func (c Credit) reduced(rule string) (n int) {
	for _, r := range c.Reductions {
		if r.Rule == rule {
			n += r.Minutes
		}
	}
	return n
}

func TestOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, presences, rules := drawZone(t), drawPresences(t), drawRules(t)
		shuffled, table := rapid.Permutation(presences).Draw(t, "order"), rapid.Permutation(rules).Draw(t, "table")
		for _, day := range around() {
			if a, b := Recognise(day, z, presences, rules), Recognise(day, z, shuffled, table); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s\n%q\n%q", day, lines(a), lines(b))
			}
		}
	})
}

func TestEveryMinuteIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, presences, rules := drawZone(t), drawPresences(t), drawRules(t)
		worked, paused, visits := map[id.ID]int{}, map[id.ID]int{}, map[id.ID]int{}
		for _, day := range around() {
			for _, c := range Recognise(day, z, presences, rules) {
				sum, last := c.Worked+c.Travel, -1
				for _, r := range c.Reductions {
					place := slices.Index(reasons, r.Rule)
					if r.Minutes <= 0 || place <= last {
						t.Fatalf("%s %q: reduction out of place", day, lines([]Credit{c}))
					}
					sum, last = sum-r.Minutes, place
				}
				if sum != c.Minutes || min(c.Worked, c.Travel, c.Minutes) < 0 || c.Day != day || c.RuleVersion != rules.Version(day) {
					t.Fatalf("%s %+v: does not add up", day, c)
				}
				if c.Worked == 0 && !c.Visit || c.Travel > 0 && !c.Visit {
					t.Fatalf("%s %+v: is of another day", day, c)
				}
				worked[c.AttendanceID] += c.Worked
				paused[c.AttendanceID] += c.reduced(CutBreak)
				if c.Visit {
					visits[c.AttendanceID]++
				}
			}
		}
		for _, p := range presences {
			whole := calendar.Span{Start: p.In, End: p.Out}.Minutes()
			if worked[p.AttendanceID] != whole || visits[p.AttendanceID] != 1 || paused[p.AttendanceID] > p.BreakMinutes {
				t.Fatalf("%+v: %d minutes, %d visits, %d break", p, worked[p.AttendanceID], visits[p.AttendanceID], paused[p.AttendanceID])
			}
		}
	})
}

func TestBreakIsTakenOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, p := range drawPresences(t) {
			paused := 0
			for _, day := range around() {
				for _, c := range Recognise(day, seoul, []Presence{p}, Rules{breaks, cap480}) {
					paused += c.reduced(CutBreak)
				}
			}
			if want := min(p.BreakMinutes, p.span().Minutes()); paused != want {
				t.Fatalf("%+v: %d, want %d", p, paused, want)
			}
		}
	})
}

// TestCapsHold takes the rules that win from a table of its own: one row a field, all effective.
func TestCapsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		presences := drawPresences(t)
		limit := rapid.MapOf(rapid.SampledFrom(fields), rapid.IntRange(0, 900)).Draw(t, "caps")
		grant := rapid.MapOf(rapid.SampledFrom(fields), rapid.IntRange(0, 200)).Draw(t, "travel rules")
		var rules Rules
		for code, n := range limit {
			rules = append(rules, Rule{Kind: KindDailyCap, FieldCode: code, Minutes: n, EffectiveFrom: always, Version: 1})
		}
		most := 0
		for code, n := range grant {
			rules = append(rules, Rule{Kind: KindTravel, FieldCode: code, Minutes: n, EffectiveFrom: always, Version: 1})
			most = max(most, n)
		}
		field := map[id.ID]string{}
		for _, p := range presences {
			field[p.AttendanceID] = p.FieldCode
		}
		for _, day := range around() {
			sum, travel := map[string]int{}, 0
			for _, c := range Recognise(day, seoul, presences, rules) {
				way := c.Travel - c.reduced(CutTravel)
				travel += way
				code := field[c.AttendanceID]
				for _, covering := range fields {
					if covering == "" || covering == code || covering == "1200" && (code == "1201" || code == "1202") {
						sum[covering] += c.Minutes - way
					}
				}
			}
			for code, n := range limit {
				if sum[code] > n {
					t.Fatalf("%s: %d minutes of %q over %d", day, sum[code], code, n)
				}
			}
			if travel > most {
				t.Fatalf("%s: %d minutes of travel over %d", day, travel, most)
			}
		}
	})
}

// TestAgainstEveryMinute compares with a count that ticks off one minute after the other.
func TestAgainstEveryMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, presences := drawZone(t), drawPresences(t)
		limit := rapid.OneOf(rapid.Just(-1), rapid.IntRange(0, 900)).Draw(t, "cap")
		margin := rapid.OneOf(rapid.Just(-1), rapid.IntRange(0, 60)).Draw(t, "window")
		var rules Rules
		if limit >= 0 {
			rules = append(rules, Rule{Kind: KindDailyCap, Minutes: limit, EffectiveFrom: always, Version: 1})
		}
		if margin >= 0 {
			rules = append(rules, Rule{Kind: KindShiftWindow, Minutes: margin, EffectiveFrom: always, Version: 1})
		}

		minute := func(t time.Time) int64 { return t.Unix() / 60 }
		ordered := slices.Clone(presences)
		slices.SortFunc(ordered, func(a, b Presence) int {
			return cmp.Or(cmp.Compare(minute(a.In), minute(b.In)), cmp.Compare(minute(a.Out), minute(b.Out)),
				cmp.Compare(a.ShiftID[15], b.ShiftID[15]), cmp.Compare(a.AttendanceID[15], b.AttendanceID[15]))
		})
		ticked, want := map[int64]bool{}, map[calendar.Day]map[id.ID]int{}
		total := map[calendar.Day]int{}
		for _, p := range ordered {
			for m := minute(p.In); m < minute(p.Out); m++ {
				inside := margin < 0 ||
					m >= minute(p.ShiftStart)-int64(margin) && m < minute(p.ShiftEnd)+int64(margin)
				if !inside || ticked[m] {
					continue
				}
				ticked[m] = true
				day := calendar.Of(time.Unix(m*60, 0), z)
				if limit >= 0 && total[day] == limit {
					continue
				}
				if want[day] == nil {
					want[day] = map[id.ID]int{}
				}
				want[day][p.AttendanceID]++
				total[day]++
			}
		}
		for _, day := range around() {
			sum := 0
			for _, c := range Recognise(day, z, presences, rules) {
				sum += c.Minutes
				if c.Minutes != want[day][c.AttendanceID] {
					t.Fatalf("%s: %q, want %d", day, lines([]Credit{c}), want[day][c.AttendanceID])
				}
			}
			if sum != total[day] {
				t.Fatalf("%s: %d, want %d", day, sum, total[day])
			}
		}
	})
}
