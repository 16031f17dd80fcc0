package programme

import (
	"testing"

	"dure/domain/kernel/calendar"
)

func TestWindowsAsPeopleCountThem(t *testing.T) {
	for _, c := range []struct {
		window        Window
		day, from, to string
	}{
		{Window{Kind: Lifetime}, "2026-07-15", "", "2026-07-15"},
		{Window{Kind: Rolling, Months: 24}, "2026-07-15", "2024-07-16", "2026-07-15"},
		{Window{Kind: Rolling, Months: 12}, "2024-02-29", "2023-03-01", "2024-02-29"},
		{Window{Kind: Rolling, Months: 12}, "2025-02-28", "2024-02-29", "2025-02-28"}, // with the leap day
		{Window{Kind: Rolling, Months: 48}, "2028-02-29", "2024-03-01", "2028-02-29"},
		{Window{Kind: Rolling, Months: 1}, "2025-03-31", "2025-03-01", "2025-03-31"},
		{Window{Kind: Rolling, Months: 3}, "2026-05-31", "2026-03-01", "2026-05-31"},
		{Window{Kind: ThisYear, FirstMonth: 1}, "2026-01-01", "2026-01-01", "2026-12-31"},
		{Window{Kind: PreviousYear, FirstMonth: 1}, "2026-01-01", "2025-01-01", "2025-12-31"},
		{Window{Kind: PreviousYear, FirstMonth: 1}, "2025-12-31", "2024-01-01", "2024-12-31"},
		{Window{Kind: PreviousYear, FirstMonth: 12}, "2026-11-30", "2024-12-01", "2025-11-30"},
		{Window{Kind: PreviousYear, FirstMonth: 12}, "2026-12-01", "2025-12-01", "2026-11-30"},
		{Window{Kind: ThisYear, FirstMonth: 12}, "2026-12-01", "2026-12-01", "2027-11-30"},
		{Window{Kind: ThisYear, FirstMonth: 3}, "2024-02-29", "2023-03-01", "2024-02-29"},
		{Window{Kind: ThisMonth}, "2024-02-10", "2024-02-01", "2024-02-29"},
		{Window{Kind: PreviousMonth}, "2024-03-31", "2024-02-01", "2024-02-29"},
		{Window{Kind: PreviousMonth}, "2026-01-01", "2025-12-01", "2025-12-31"},
	} {
		if s := c.window.On(calendar.MustParse(c.day)); s.From.String() != c.from || s.To.String() != c.to {
			t.Errorf("%+v on %s is %s to %s, not %s to %s", c.window, c.day, s.From, s.To, c.from, c.to)
		}
	}
}

func TestBenefitsBeginAndEnd(t *testing.T) {
	for _, c := range []struct {
		payment           Payment
		validity          Validity
		granted, from, to string
	}{
		{Payment{Kind: AtOnce}, Validity{Kind: ForMonths, Months: 12}, "2026-07-15", "2026-07-15", "2027-07-14"},
		{Payment{Kind: AtOnce}, Validity{Kind: ForMonths, Months: 12}, "2024-02-29", "2024-02-29", "2025-02-28"},
		{Payment{Kind: AtOnce}, Validity{Kind: ForMonths, Months: 48}, "2024-02-29", "2024-02-29", "2028-02-28"},
		{Payment{Kind: AtOnce}, Validity{Kind: ForMonths, Months: 1}, "2026-01-31", "2026-01-31", "2026-02-28"},
		{Payment{Kind: AtOnce}, Validity{Kind: YearEnd}, "2026-12-31", "2026-12-31", "2026-12-31"},
		{Payment{Kind: AtOnce}, Validity{Kind: Unlimited}, "2026-12-31", "2026-12-31", ""},
		{Payment{Kind: AtOnce}, Validity{Kind: UntilDay, Day: calendar.MustParse("2026-10-31")}, "2026-07-15", "2026-07-15", "2026-10-31"},
		{Payment{Kind: Monthly, Day: 15}, Validity{Kind: ForMonths, Months: 24}, "2026-07-15", "2026-07-15", "2028-07-14"},
		{Payment{Kind: Monthly, Day: 15}, Validity{Kind: ForMonths, Months: 24}, "2026-07-16", "2026-08-15", "2028-08-14"},
		{Payment{Kind: Quarterly, Day: 15}, Validity{Kind: YearEnd}, "2026-07-15", "2026-07-15", "2026-12-31"},
		{Payment{Kind: Quarterly, Day: 15}, Validity{Kind: YearEnd}, "2026-07-16", "2026-10-15", "2026-12-31"},
		{Payment{Kind: Quarterly, Day: 15}, Validity{Kind: YearEnd}, "2026-10-16", "2027-01-15", "2027-12-31"},
	} {
		from := c.payment.begins(calendar.MustParse(c.granted))
		if to := c.validity.ends(from); from.String() != c.from || to.String() != c.to {
			t.Errorf("%+v %+v granted on %s: %s to %s, not %s to %s", c.payment, c.validity, c.granted, from, to, c.from, c.to)
		}
	}
}

func TestSeasonsComeEveryYear(t *testing.T) {
	spring, winter := Terms{Seasons: []Season{{"03-01", "06-30"}}}, Terms{Seasons: []Season{{"12-01", "02-29"}}}
	for day, want := range map[string][2]bool{"2026-02-28": {false, true}, "2026-03-01": {true, false}, "2026-06-30": {true, false}, "2026-07-01": {false, false},
		"2024-02-29": {false, true}, "2026-11-30": {false, false}, "2026-12-01": {false, true}, "2026-12-31": {false, true}} {
		d := calendar.MustParse(day)
		if got := [2]bool{spring.inSeason(d), winter.inSeason(d)}; got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
}

func TestAgesAtTheDay(t *testing.T) {
	for _, c := range []struct {
		birth, day      string
		young, old, fit bool
	}{
		{"2007-07-15", "2026-07-15", false, false, true}, {"2007-07-16", "2026-07-15", true, false, false},
		{"2004-02-29", "2023-02-28", true, false, false}, {"2004-02-29", "2023-03-01", false, false, true},
		{"2005-07-16", "2026-07-15", false, false, true}, {"2005-07-15", "2026-07-15", false, true, false},
	} {
		f, day := Facts{Status: "active", BirthDate: calendar.MustParse(c.birth)}, calendar.MustParse(c.day)
		p := Person{AgeFrom: 19, AgeTo: 20}
		reasons := p.barred(f, Atlas{}, day)
		if (len(reasons) == 0) != c.fit || c.young != (len(reasons) == 1 && reasons[0] == TooYoung) || c.old != (len(reasons) == 1 && reasons[0] == TooOld) {
			t.Errorf("%+v: %v", c, reasons)
		}
		if age := calendar.AgeOn(f.BirthDate, day); p.Births(day).Has(f.BirthDate) != (age >= 19 && age <= 20) {
			t.Errorf("%+v: %+v", c, p.Births(day))
		}
	}
}
