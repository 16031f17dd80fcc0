package export

import (
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/transfer"
)

func day(s string) calendar.Day { return calendar.MustParse("2026-" + s) }

// 7 class periods leave one hour, 6 leave two, 4 leave four; Saturdays and the vacation leave all eight.
func TestLimitsOfSchoolDays(t *testing.T) {
	table := Timetable{
		{Version: 1, FirstDay: day("03-02"), LastDay: day("07-17"), Weekdays: "1111100", Periods: 6},
		{Version: 2, School: "가", FirstDay: day("03-02"), LastDay: day("07-17"), Weekdays: "1111000", Periods: 7},
		{Version: 3, School: "가", FirstDay: day("05-05"), LastDay: day("05-05"), Weekdays: "1111111", Periods: 0},
		{Version: 4, FirstDay: day("07-06"), LastDay: day("07-06"), Weekdays: "1000000", Periods: 4},
	}
	for _, c := range []struct {
		school, day string
		want        int
	}{
		{"가", "07-07", 60}, {"나", "07-07", 120}, {"가", "07-10", 120}, {"가", "07-11", 480}, {"가", "07-20", 480},
		{"가", "05-05", 480}, {"나", "05-05", 120}, {"나", "07-06", 240}, {"가", "07-06", 60}, {"", "07-06", 240},
	} {
		if got := table.Limit(c.school, day(c.day)); got != c.want {
			t.Errorf("%s on %s: %d, want %d", c.school, c.day, got, c.want)
		}
	}
}

func TestSchoolDays(t *testing.T) {
	v := id.New()
	rules := transfer.DonationRules{{Kind: "plasma", Quota: "all", YearlyMaximum: 1, FirstMonth: 3, Minutes: 240, EffectiveFrom: day("01-01")}}
	work := []Work{
		{v, id.New(), day("03-10"), 240, "plasma"}, {v, id.New(), day("02-10"), 240, "plasma"}, {v, id.New(), day("03-11"), 240, "plasma"},
		{v, id.New(), day("03-11"), 300, ""}, {v, id.New(), day("03-11"), 240, ""}, {v, id.New(), day("03-12"), 30, ""},
	}
	days := schoolDays(work, rules, nil, "", Period{day("03-10"), day("03-11")})[v]
	if len(days) != 2 || days[0] != (SchoolDay{Day: day("03-10"), Minutes: 240, Limit: 480, SchoolMinutes: 240}) ||
		days[1] != (SchoolDay{Day: day("03-11"), Minutes: 780, Limit: 480, SchoolMinutes: 480}) {
		t.Errorf("%+v", days)
	}
}

// Days are hours ÷ 8, and a part of a day counts whole.
func TestDaysForTheTaxOffice(t *testing.T) {
	for minutes, days := range map[int]int{1: 1, 479: 1, 480: 1, 481: 2, 960: 2, 961: 3} {
		if item := taxItem(Area{WonPerDay: 80_000}, minutes); item.Days != days || item.Won != days*80_000 {
			t.Errorf("%d minutes: %+v", minutes, item)
		}
	}
}

func TestWeekdayDigits(t *testing.T) {
	for d, want := range map[string]string{"07-13": "1000000", "07-14": "0100000", "07-19": "0000001"} {
		if got := (PortalRow{Day: day(d)}).Weekday(); got != want {
			t.Errorf("%s: %s", d, got)
		}
	}
}
