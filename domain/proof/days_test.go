package proof

import (
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/recognition"
)

func TestTheMostThatADayMayHold(t *testing.T) {
	day := calendar.MustParse
	rule := func(kind recognition.Kind, code string, minutes, version int, from, to string) recognition.Rule {
		r := recognition.Rule{Kind: kind, FieldCode: code, Minutes: minutes, Version: version, EffectiveFrom: day(from)}
		if to != "" {
			r.EffectiveTo = day(to)
		}
		return r
	}
	nation := rule(recognition.KindDailyCap, "", 480, 1, "2000-01-01", "")
	for _, c := range []struct {
		name    string
		rules   recognition.Rules
		want    int
		bounded bool
	}{
		{"no rules", nil, 0, false},
		{"a cap", recognition.Rules{nation}, 480, true},
		{"a newer cap", recognition.Rules{rule(recognition.KindDailyCap, "", 600, 2, "2026-07-14", ""), nation}, 600, true},
		{"one to come", recognition.Rules{nation, rule(recognition.KindDailyCap, "", 600, 2, "2026-07-15", "")}, 480, true},
		{"one that ended", recognition.Rules{nation, rule(recognition.KindDailyCap, "", 600, 2, "2026-07-01", "2026-07-13")}, 480, true},
		{"a field's cap only narrows", recognition.Rules{nation, rule(recognition.KindDailyCap, "0503", 600, 2, "2000-01-01", "")}, 480, true},
		{"only a field's cap", recognition.Rules{rule(recognition.KindDailyCap, "0503", 240, 2, "2000-01-01", "")}, 0, false},
		{"travel", recognition.Rules{nation, rule(recognition.KindTravel, "1200", 120, 2, "2000-01-01", ""), rule(recognition.KindTravel, "1201", 60, 3, "2000-01-01", "")}, 600, true},
		{"travel taken back", recognition.Rules{nation, rule(recognition.KindTravel, "", 120, 2, "2000-01-01", ""), rule(recognition.KindTravel, "", 0, 3, "2026-07-14", "")}, 480, true},
		{"other kinds", recognition.Rules{nation, rule(recognition.KindBreak, "", 99, 2, "2000-01-01", ""), rule(recognition.KindShiftWindow, "", 99, 3, "2000-01-01", "")}, 480, true},
	} {
		if minutes, bounded := limit(c.rules, day("2026-07-14")); bounded != c.bounded || bounded && minutes != c.want {
			t.Errorf("%s: %d %t", c.name, minutes, bounded)
		}
	}
}
