package recognition

import (
	"errors"
	"slices"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

func TestRulesByVersionAndPeriod(t *testing.T) {
	day := calendar.MustParse
	rules := Rules{
		{Kind: KindDailyCap, Minutes: 480, EffectiveFrom: day("2010-01-01"), Version: 1},
		{Kind: KindDailyCap, Minutes: 240, EffectiveFrom: day("2026-02-01"), EffectiveTo: day("2026-02-28"), Version: 3},
		{Kind: KindDailyCap, Minutes: 300, EffectiveFrom: day("2026-02-10"), Version: 2},
		{Kind: KindTravel, FieldCode: "1200", Minutes: 120, EffectiveFrom: day("2026-03-05"), Version: 7},
	}
	for _, c := range []struct {
		day              string
		minutes, version int
	}{
		{"2009-12-31", 600, 0},
		{"2010-01-01", 480, 1},
		{"2026-01-31", 480, 1},
		{"2026-02-01", 240, 3},
		{"2026-02-28", 240, 3},
		{"2026-03-01", 300, 2},
		{"2026-03-05", 300, 7},
	} {
		noon := day(c.day).Start(seoul).Add(9 * 3600e9)
		p := []Presence{{AttendanceID: nth('A'), FieldCode: "0101", In: noon, Out: noon.Add(10 * 3600e9)}}
		for range 2 {
			got := Recognise(day(c.day), seoul, p, rules)
			if len(got) != 1 || got[0].Minutes != c.minutes || got[0].RuleVersion != c.version {
				t.Errorf("%s: %+v, want %d minutes by version %d", c.day, got, c.minutes, c.version)
			}
			if v := rules.Version(day(c.day)); v != c.version {
				t.Errorf("%s: version %d, want %d", c.day, v, c.version)
			}
			slices.Reverse(rules)
		}
	}
}

func TestRulesOfOneVersionInAnyOrder(t *testing.T) {
	a := Rule{ID: nth(1), Kind: KindDailyCap, Minutes: 300, EffectiveFrom: always, Version: 1}
	b, c := a, a
	b.ID, b.Minutes = nth(2), 200
	c.EffectiveFrom, c.Minutes = always.Add(1), 100
	for _, pair := range [][2]Rule{{a, b}, {a, c}, {b, c}} { // the latter wins
		for _, rules := range []Rules{{pair[0], pair[1]}, {pair[1], pair[0]}} {
			if got, _ := rules.row(newYear, KindDailyCap, ""); got != pair[1] {
				t.Errorf("%+v: got %+v", rules, got)
			}
		}
	}
}

func TestRulesCoverTheirFields(t *testing.T) {
	for _, c := range []struct {
		rule, field string
		covers      bool
	}{
		{"", "", true}, {"", "1201", true},
		{"1200", "1200", true}, {"1200", "1201", true}, {"1200", "1299", true},
		{"1200", "1301", false}, {"1200", "", false}, {"1200", "120101", false},
		{"1201", "1201", true}, {"1201", "1202", false}, {"1201", "1200", false},
		{"00", "12", false},
	} {
		rules := Rules{{Kind: KindBreak, FieldCode: c.rule, EffectiveFrom: always, Version: 1}}
		if _, ok := rules.closest(newYear, KindBreak, c.field); ok != c.covers {
			t.Errorf("rule %q on field %q: %v", c.rule, c.field, ok)
		}
	}
}

func TestValidate(t *testing.T) {
	day := calendar.MustParse
	good := Rule{Kind: KindTravel, Minutes: 120, EffectiveFrom: day("2026-01-01"), Version: 1}
	for _, c := range []struct {
		name   string
		change func(*Rule)
		wrong  []string
	}{
		{"good", func(*Rule) {}, nil},
		{"one day", func(r *Rule) { r.EffectiveTo = r.EffectiveFrom }, nil},
		{"bounds", func(r *Rule) { r.Minutes = 1440 }, nil},
		{"none", func(r *Rule) { r.Minutes = 0 }, nil},
		{"no kind", func(r *Rule) { r.Kind = "" }, []string{"kind required"}},
		{"strange kind", func(r *Rule) { r.Kind = "bonus" }, []string{"kind unknown"}},
		{"negative", func(r *Rule) { r.Minutes = -1 }, []string{"minutes range"}},
		{"over a day", func(r *Rule) { r.Minutes = 1441 }, []string{"minutes range"}},
		{"backwards", func(r *Rule) { r.EffectiveTo = day("2025-12-31") }, []string{"effective_to before_start"}},
		{"all at once", func(r *Rule) { *r = Rule{Minutes: -5} },
			[]string{"kind required", "minutes range", "effective_from required"}},
	} {
		r := good
		c.change(&r)
		err := r.Validate()
		var wrong []string
		if f, ok := fault.From(err); ok {
			for _, field := range f.Fields {
				wrong = append(wrong, field.Path+" "+field.Code)
			}
		}
		if !slices.Equal(wrong, c.wrong) || (err != nil) != errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v, want %v", c.name, wrong, c.wrong)
		}
	}
	for _, kind := range Kinds() {
		if err := (Rule{Kind: kind, EffectiveFrom: always}).Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
