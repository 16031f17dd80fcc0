package card

import (
	"testing"

	"dure/domain/kernel/calendar"
)

func TestTheBestLevelOnTheBoundary(t *testing.T) {
	day := calendar.MustParse
	levels := []Level{
		{Code: "general", Rank: 0, Counted: Total, Minutes: 0, EffectiveFrom: day("2000-01-01"), Version: 1},
		{Code: "excellent", Rank: 10, Counted: Year, Minutes: 6000, EffectiveFrom: day("2000-01-01"), Version: 2},
		{Code: "gold", Rank: 20, Counted: Total, Minutes: 60_000, EffectiveFrom: day("2000-01-01"), Version: 3},
		{Code: "excellent", Rank: 10, Counted: Year, Minutes: 3000, EffectiveFrom: day("2026-08-01"), Version: 4},
		{Code: "gold", Rank: 20, Counted: Total, Minutes: Off, EffectiveFrom: day("2027-01-01"), Version: 5},
	}
	for name, c := range map[string]struct {
		h     Holder
		on    string
		want  string
		until string
	}{
		"nothing yet":                             {Holder{}, "2026-07-15", "general", ""},
		"one minute short":                        {Holder{Minutes: 5999, LastYear: 5999}, "2026-07-15", "general", ""},
		"exactly, last year":                      {Holder{Minutes: 6000, LastYear: 6000}, "2026-07-15", "excellent", "2026-12-31"},
		"this year":                               {Holder{Minutes: 6001, ThisYear: 6001}, "2026-07-15", "excellent", "2027-12-31"},
		"both years together do not":              {Holder{Minutes: 10_000, ThisYear: 5000, LastYear: 5000}, "2026-07-15", "general", ""},
		"the day before the new rule":             {Holder{Minutes: 3000, ThisYear: 3000}, "2026-07-31", "general", ""},
		"the day of the new rule":                 {Holder{Minutes: 3000, ThisYear: 3000}, "2026-08-01", "excellent", "2027-12-31"},
		"the highest one counts":                  {Holder{Minutes: 60_000, ThisYear: 6000}, "2026-07-15", "gold", ""},
		"until it is taken away":                  {Holder{Minutes: 60_000}, "2026-12-31", "gold", ""},
		"after it was taken away":                 {Holder{Minutes: 60_000, LastYear: 6000}, "2027-01-01", "excellent", "2027-12-31"},
		"before there were any":                   {Holder{Minutes: 60_000}, "1999-12-31", "none", ""},
		"a programme's card bears a level":        {Holder{Held: []Held{{Level: "excellent", Until: day("2028-03-01")}}}, "2026-07-15", "excellent", "2028-03-01"},
		"the later end counts":                    {Holder{ThisYear: 6000, Held: []Held{{Level: "excellent", Until: day("2026-12-31")}}}, "2026-07-15", "excellent", "2027-12-31"},
		"for good is later":                       {Holder{ThisYear: 6000, Held: []Held{{Level: "excellent"}}}, "2026-07-15", "excellent", ""},
		"the hours' level is higher":              {Holder{Minutes: 60_000, Held: []Held{{Level: "excellent"}}}, "2026-07-15", "gold", ""},
		"a programme's own card":                  {Holder{Held: []Held{{Level: "passbook", Minutes: 1200}, {Programme: "gwangju-card", Minutes: 6000, Until: day("2026-12-31")}}}, "2026-07-15", "gwangju-card", "2026-12-31"},
		"is below a level":                        {Holder{ThisYear: 6000, Held: []Held{{Level: "card", Minutes: 60_000}}}, "2026-07-15", "excellent", "2027-12-31"},
		"a level that was taken away is no level": {Holder{Held: []Held{{Level: "gold", Minutes: 5}}}, "2027-01-01", "gold", ""},
		"taken back below what was held":          {Holder{Minutes: 59_999}, "2026-07-15", "general", ""},
	} {
		best, until, ok := Best(levels, c.h, day(c.on))
		if !ok {
			best.Code = "none"
		}
		if best.Code != c.want || until.String() != c.until {
			t.Errorf("%s: %s until %s", name, best.Code, until)
		}
	}
}
