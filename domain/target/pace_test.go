package target

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"dure/domain/cube"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/region"
)

var day = calendar.MustParse

var (
	camps        = Metric{Code: Camps, Unit: Count, Measured: ByDay, Tolerance: 0.05}
	registration = Metric{Code: RegistrationRate, Unit: Rate, Measured: ByDay, Tolerance: 0.05}
	visits       = Metric{Code: Visits, Unit: Count, Measured: ByYear, Tolerance: 0.05}
	taking       = Metric{Code: ParticipationRate, Unit: Rate, Measured: ByYear, Tolerance: 0.05}
)

func of(m Metric, from float64, on string, goal float64, due string) Target {
	return Target{Metric: m.Code, BaselineValue: from, BaselineOn: day(on), GoalValue: goal, DueOn: day(due)}
}

func exact(f Figure) Figure { return f }

// told is how a target stands, in a line.
func told(p Position) string {
	s := "-"
	if p.Actual != nil {
		s = fmt.Sprintf("%v on %s", p.Actual.Value, p.Actual.On)
	}
	s += " " + string(p.Pace)
	if f := p.Forecast; f != nil {
		s += fmt.Sprintf(", %v on %s", f.Value.Value, f.On)
		if !f.GoalOn.IsZero() {
			s += ", goal on " + f.GoalOn.String()
		}
	}
	return s
}

func TestTheLineRunsByDays(t *testing.T) {
	up, down := of(camps, 48, "2019-01-01", 95, "2021-12-31"), of(camps, 95, "2019-01-01", 48, "2021-12-31")
	for on, want := range map[string]float64{"2018-01-01": 48, "2019-01-01": 48, "2020-07-01": 71.478, "2021-12-31": 95, "2030-01-01": 95} {
		if got := up.Line(day(on)); math.Abs(got-want) > 0.001 {
			t.Errorf("%s: %v", on, got)
		}
		if got := down.Line(day(on)); math.Abs(got-(143-want)) > 0.001 {
			t.Errorf("%s down: %v", on, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // more is never a worse pace, and a day later never a better one
		target := of(camps, float64(rapid.IntRange(0, 100).Draw(t, "from")), "2019-01-01", float64(rapid.IntRange(101, 300).Draw(t, "goal")), "2023-12-31")
		rank := map[Pace]int{Behind: 0, OnTrack: 1, Ahead: 2}
		v, on := float64(rapid.IntRange(0, 300).Draw(t, "value")), day("2019-01-01").Add(rapid.IntRange(0, 1800).Draw(t, "days"))
		p := rank[target.PaceOf(camps, v, on)]
		if rank[target.PaceOf(camps, v+1, on)] < p || rank[target.PaceOf(camps, v, on.Add(1))] > p {
			t.Fatal(v, on)
		}
	})
}

// opened are camps of which one opens on each of some days.
func opened(days ...string) (list []Camp) {
	for _, d := range days {
		list = append(list, Camp{OpenedOn: day(d)})
	}
	return list
}

func TestCampsAreCountedOnTheDay(t *testing.T) {
	// One on the first of each month of 2025 and 2026; the first one closed on 2026-06-10.
	var list []Camp
	for m := range 18 {
		list = append(list, Camp{OpenedOn: day("2025-01-01").AddMonths(m)})
	}
	list[0].ClosedOn = day("2026-06-10")
	for _, c := range []struct{ name, today, want string }{
		{"the last day of the closed one", "2026-06-10", "18 on 2026-06-10 on_track, 25 on 2026-12-31, goal on 2027-02-09"},
		{"the day after", "2026-06-11", "17 on 2026-06-11 behind, 24 on 2026-12-31, goal on 2027-03-12"},
		{"before any", "2024-12-31", "0 on 2024-12-31 on_track"},
		{"too young for a trend", "2025-02-15", "2 on 2025-02-15 on_track"},
		{"the due day", "2026-12-31", "17 on 2026-12-31 behind, 17 on 2026-12-31, goal on 2029-05-24"},
		{"the day after it", "2027-01-01", "17 on 2026-12-31 missed"},
	} {
		b := books{today: day(c.today), camps: list}
		target := of(camps, 0, "2024-12-31", 26, "2026-12-31")
		if c.name == "the day after it" { // what came later does not count for it
			b.camps = append(b.camps, opened("2027-01-01", "2027-01-01")...)
		}
		if got := told(target.stand(camps, b, exact)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestGoalsAreReachedOrMissed(t *testing.T) {
	b := books{today: day("2026-11-21"), camps: opened("2020-01-01", "2021-12-31", "2022-01-01")}
	for _, c := range []struct {
		t    Target
		want string
	}{
		{of(camps, 1, "2019-01-01", 2, "2021-12-31"), "2 on 2021-12-31 reached"},
		{of(camps, 1, "2019-01-01", 3, "2021-12-31"), "2 on 2021-12-31 missed"},
		{of(camps, 1, "2019-01-01", 3, "2027-12-31"), "3 on 2026-11-21 reached, 3 on 2027-12-31"},
		{of(camps, 9, "2019-01-01", 3, "2027-12-31"), "3 on 2026-11-21 reached, 3 on 2027-12-31"},
		{of(camps, 9, "2019-01-01", 2, "2021-12-31"), "2 on 2021-12-31 reached"},
		{of(camps, 1, "2001-01-01", 3, "2010-12-31"), "3 on 2026-11-21 reached"}, // the books do not reach back
		{of(camps, 1, "2001-01-01", 4, "2010-12-31"), "3 on 2026-11-21 missed"},
		{of(camps, 1, "2026-01-01", 30, "2027-12-31"), "3 on 2026-11-21 behind, 3 on 2027-12-31"}, // and never, at this pace
	} {
		if got := told(c.t.stand(camps, b, exact)); got != c.want {
			t.Errorf("%v: %s", c.t, got)
		}
	}
	later := Metric{Code: "courses", Unit: Count, Measured: Later}
	if got := told(of(later, 0, "2019-01-01", 3, "2021-12-31").stand(later, b, exact)); got != "- later" {
		t.Error(got)
	}
}

func TestRegistrationIsOfThePopulationKnown(t *testing.T) {
	b := books{today: day("2026-07-15"), people: []region.Total{{Month: day("2026-03-01"), Count: 1000}, {Month: day("2026-07-01"), Count: 1250}}}
	for m := range 7 {
		b.stock = append(b.stock, Stock{Month: day("2026-01-01").AddMonths(m), Delta: 10})
	}
	for on, want := range map[string]string{
		"2025-12-31": "{0 1000 2025-12-31} false", // the earliest population there is
		"2026-01-30": "{0 1000 2026-01-30} false", // the month is not over
		"2026-01-31": "{10 1000 2026-01-31} true",
		"2026-06-30": "{60 1000 2026-06-30} true",
		"2026-07-15": "{70 1250 2026-07-15} true", // today, as of now
	} {
		f, ok := b.daily(RegistrationRate, day(on))
		if got := fmt.Sprint(f, " ", ok); got != want {
			t.Errorf("%s: %s", on, got)
		}
	}
	if got := told(of(registration, 0.01, "2025-12-31", 0.3, "2026-12-31").stand(registration, b, exact)); got != "0.056 on 2026-07-15 behind, 0.112003 on 2026-12-31, goal on 2028-07-21" {
		t.Error(got)
	}
	// Everybody sees tens of many: 70 of 1,250, and nothing of 1,000 less one.
	b.people[1].Count, b.stock[6].Delta = 1250, 13
	if got := told(of(registration, 0.01, "2025-12-31", 0.3, "2026-12-31").stand(registration, b, registration.open)); got[:24] != "0.056 on 2026-07-15 behi" {
		t.Error(got)
	}
	b.people[1].Count = many - 1
	if got := told(of(registration, 0.01, "2025-12-31", 0.3, "2026-12-31").stand(registration, b, registration.open)); got != "- later" {
		t.Error(got)
	}
}

func TestYearsAreHeldAgainstTheSameStretch(t *testing.T) {
	years := map[int]cube.Figures{2024: {Persons: 50, Visits: 500}, 2025: {Persons: 100, Visits: 1000}, 2026: {Persons: 90, Visits: 800}}
	b := books{today: day("2026-06-30"), years: years, begin: 2024, before: cube.Figures{Persons: 60, Visits: 500},
		people: []region.Total{{Month: day("2024-01-01"), Count: 1000}}}
	for _, c := range []struct {
		name string
		m    Metric
		t    Target
		want string
	}{
		// 800 so far against 500 then: 1,600 by the end of the year, 600 more than last year.
		{"visits", visits, of(visits, 1000, "2025-12-31", 2000, "2027-12-31"), "800 on 2026-06-30 ahead, 2200 on 2027-12-31, goal on 2027-12-31"},
		{"this year", visits, of(visits, 1000, "2025-12-31", 2000, "2026-12-31"), "800 on 2026-06-30 behind, 1600 on 2026-12-31, goal on 2027-12-31"},
		{"on the line", visits, of(visits, 1000, "2025-12-31", 1610, "2026-12-31"), "800 on 2026-06-30 on_track, 1600 on 2026-12-31, goal on 2027-12-31"},
		{"reached already", visits, of(visits, 100, "2023-12-31", 700, "2028-12-31"), "800 on 2026-06-30 reached, 2800 on 2028-12-31"},
		{"fewer are better", visits, of(visits, 5000, "2023-12-31", 900, "2026-12-31"), "800 on 2026-06-30 behind, 1600 on 2026-12-31"},
		{"a rate", taking, of(taking, 0.1, "2025-12-31", 0.2, "2027-12-31"), "0.09 on 2026-06-30 on_track, 0.2 on 2027-12-31, goal on 2027-12-31"},
		{"a year that is over", taking, of(taking, 0.01, "2023-12-31", 0.1, "2025-12-31"), "0.1 on 2025-12-31 reached"},
		{"and missed", visits, of(visits, 100, "2023-12-31", 1001, "2025-12-31"), "1000 on 2025-12-31 missed"},
		{"before the books", visits, of(visits, 100, "2013-12-31", 1001, "2021-12-31"), "800 on 2026-06-30 missed"},
	} {
		if got := told(c.t.stand(c.m, b, exact)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	// The first year of the books may not be whole: then the year goes on as it went, 181 days of 365.
	b.begin = 2025
	if got := told(of(visits, 1000, "2025-12-31", 2000, "2027-12-31").stand(visits, b, exact)); got != "800 on 2026-06-30 ahead, 1613 on 2027-12-31" {
		t.Error(got)
	}
	// On the first days of a year there is nothing to compare by: last year it is.
	b = books{today: day("2026-01-01"), years: map[int]cube.Figures{2025: {Visits: 1000}}, begin: 2024}
	if got := told(of(visits, 500, "2024-12-31", 2000, "2026-12-31").stand(visits, b, exact)); got != "0 on 2026-01-01 behind, 1000 on 2026-12-31" {
		t.Error(got)
	}
	if from, to, ok := (books{today: day("2028-02-29"), begin: 2020}).stretch(); from != day("2027-01-01") || to != day("2027-02-28") || !ok {
		t.Error(from, to, ok)
	}
}

func TestOnlySomeTargetsAreForEverybody(t *testing.T) {
	for code, want := range map[string]bool{cube.City: false, "1221000000": false, "1221052500": true} {
		if (Target{Region: code, Metric: Persons}).closed() != want || (Target{Region: code, Metric: Camps}).closed() {
			t.Error(code)
		}
	}
	for n, want := range map[int64]int64{0: 0, 4: 0, 5: 10, 14: 10, 1234: 1230} {
		if got := visits.open(Figure{N: n}).N; got != want {
			t.Errorf("%d: %d", n, got)
		}
		if camps.open(Figure{N: n}).N != n {
			t.Error("camps are no secret")
		}
	}
	for _, g := range []auth.Grant{{}, {Role: auth.Analyst, ScopeType: auth.City}, {Role: auth.Administrator, ScopeType: auth.City}, {Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: id.New()}} {
		if err := CanKeep(auth.Principal{AccountID: id.New(), Grants: []auth.Grant{g}}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(g, err)
		}
	}
}

func TestWhatCannotBeATargetIsRefused(t *testing.T) {
	whole := func(m Metric, change func(*Target)) error {
		x := of(m, 0.1, "2025-12-31", 0.2, "2027-12-31")
		if m.Unit == Count {
			x.BaselineValue, x.GoalValue = 1, 2
		}
		x.Title, x.Source = "목표", "계획"
		change(&x)
		return x.validate(m)
	}
	for _, c := range []struct {
		want   string
		m      Metric
		change func(*Target)
	}{
		{"", taking, func(*Target) {}},
		{"title required source required ", taking, func(x *Target) { x.Title, x.Source = " ", "" }},
		{"goal.value range ", taking, func(x *Target) { x.GoalValue = 15 }},
		{"goal.value range ", taking, func(x *Target) { x.GoalValue = math.NaN() }},
		{"goal.value decimals ", taking, func(x *Target) { x.GoalValue = 0.1500001 }},
		{"baseline.value range ", taking, func(x *Target) { x.BaselineValue = -0.1 }},
		{"goal.value number ", camps, func(x *Target) { x.GoalValue = 1.5 }},
		{"goal.value number ", camps, func(x *Target) { x.GoalValue = 1e13 }},
		{"goal.value same_as ", camps, func(x *Target) { x.GoalValue = 1 }},
		{"due_on order ", taking, func(x *Target) { x.DueOn = x.BaselineOn }},
		{"due_on end_of_year ", taking, func(x *Target) { x.DueOn = day("2027-06-30") }},
		{"", camps, func(x *Target) { x.DueOn = day("2027-06-30") }},
		{"baseline.on required due_on required ", camps, func(x *Target) { x.BaselineOn, x.DueOn = calendar.Day{}, calendar.Day{} }},
	} {
		got := ""
		if f, ok := fault.From(whole(c.m, c.change)); ok {
			for _, field := range f.Fields {
				got += field.Path + " " + field.Code + " "
			}
		}
		if got != c.want {
			t.Errorf("want %q, got %q", c.want, got)
		}
	}
}
