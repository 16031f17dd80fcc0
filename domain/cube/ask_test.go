package cube

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

func TestPeriodsAreRead(t *testing.T) {
	for written, want := range map[string]string{
		"2026": "2026 2026-01-01 2026-12-31", "2026-Q1": "2026-Q1 2026-01-01 2026-03-31", "2026-Q4": "2026-Q4 2026-10-01 2026-12-31",
		"2024-02": "2024-02 2024-02-01 2024-02-29", "2026-12": "2026-12 2026-12-01 2026-12-31",
		"2026-13": "", "2026-Q5": "", "2026-00": "", "26-01": "", "2026-1": "", "2026-07-01": "", "": "", "0001": "", "2100": "", "２０２６": "",
	} {
		got := ""
		if p, ok := ParsePeriod(written); ok {
			got = fmt.Sprint(p.Key, " ", p.From, " ", p.To)
		}
		if got != want {
			t.Errorf("%s: %s", written, got)
		}
	}
}

func TestStretchesAreOfWholePeriods(t *testing.T) {
	today := calendar.MustParse("2026-11-29")
	for _, c := range []struct {
		level          Level
		from, to, want string
	}{
		{Month, "", "", "11 2026-01 2026-11"},
		{Month, "2024-01", "2026-11", "35 2024-01 2026-11"},
		{Month, "2026-Q3", "2026", "5 2026-07 2026-11"}, // what has not begun is no part of it
		{Month, "2025", "2025", "12 2025-01 2025-12"},
		{Quarter, "2026-01", "2026-11", "4 2026-Q1 2026-Q4"}, // the running quarter up to now
		{Quarter, "2026-01", "2026-12", "4 2026-Q1 2026-Q4"},
		{Quarter, "2026-01", "2026-08", "to period_whole"},
		{Quarter, "2026-02", "2026-09", "from period_whole"},
		{Total, "2024", "2026", "3 2024 2026"},
		{Total, "2024-01", "2026-11", "3 2024 2026"},
		{Total, "2024-01", "2024-06", "to period_whole"},
		{Total, "2024-02", "2024", "from period_whole"},
		{Month, "2026-12", "2026-12", "from future"},
		{Month, "2026-07", "2026-06", "to order"},
		{Month, "2006-12", "2026-11", "to period_too_long"},
		{Month, "2007-01", "2026-11", "239 2007-01 2026-11"},
		{Month, "soon", "later", "from period to period"},
	} {
		got := ""
		periods, err := stretch(c.level, c.from, c.to, today)
		if f, ok := fault.From(err); ok {
			for _, field := range f.Fields {
				got += " " + field.Path + " " + field.Code
			}
			got = got[1:]
		} else {
			got = fmt.Sprint(len(periods), " ", periods[0].Key, " ", periods[len(periods)-1].Key)
		}
		if got != c.want {
			t.Errorf("%s %s %s: %s instead of %s", c.level, c.from, c.to, got, c.want)
		}
	}
}

func TestRatesHaveADenominatorOrAreNone(t *testing.T) {
	n := func(n int64) *int64 { return &n }
	text := func(f *float64) string {
		if f == nil {
			return "-"
		}
		return fmt.Sprint(*f)
	}
	for want, l := range map[string]Line{
		"0.333333 0.166667 0.5 90 60": {Cell: Cell{"a", "*", Figures{Persons: 1, Visits: 3, Minutes: 90}}, Denominator: Denominator{Registered: n(2), Population: n(6)}},
		"- - 0.5 0 -":                 {Cell: Cell{"a", "*", Figures{Persons: 1}}, Denominator: Denominator{Registered: n(2)}},
		"- - - 45.5 30.33":            {Cell: Cell{Outside, "*", Figures{Persons: 2, Visits: 3, Minutes: 91}}, Denominator: Denominator{Registered: n(2)}},
		"- 0 - - -":                   {Cell: Cell{"a", "*", Figures{}}, Denominator: Denominator{Population: n(6)}},
		"- - - - -":                   {Cell: Cell{"a", "*", Figures{}}, Denominator: Denominator{Registered: n(0), Population: n(0)}},
	} {
		if l.Persons == 1 && l.Minutes == 90 {
			l.Minutes, l.Visits = 90, 1
			want = "0.333333 0.166667 0.5 90 90"
		}
		got := text(l.RegistrationRate()) + " " + text(l.ParticipationRate()) + " " + text(l.ActivityRate()) + " " + text(l.MinutesPerPerson()) + " " + text(l.MinutesPerVisit())
		if got != want {
			t.Errorf("%+v: %s instead of %s", l, got, want)
		}
	}
}

func TestPublishedBandsThatLieAcrossSayNothing(t *testing.T) {
	for _, c := range []struct {
		axis     Axis
		from, to int
		want     string
	}{
		{Age, 0, 9, "[0-9] true"}, {Age, 100, -1, "[100+] true"}, {Age, 37, 37, "[30-39] true"}, {YouthAge, 10, 19, "[0-13 14-19] false"},
		{YouthAge, 13, 13, "[0-13] true"}, {YouthAge, 14, 14, "[14-19] true"}, {YouthAge, 90, 99, "[70+] true"}, {YouthAge, 100, -1, "[70+] true"},
		{Sex, 0, 9, "[] true"}, {"", 0, 0, "[] true"},
	} {
		keys, whole := c.axis.within(c.from, c.to)
		if got := fmt.Sprint(keys, whole); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestOnlyTheCentreSeesLiveFigures(t *testing.T) {
	s := NewService(nil, calendar.Clock{Instant: time.Now, Zone: time.UTC})
	for _, g := range []auth.Grant{{}, {Role: auth.Analyst, ScopeType: auth.City}, {Role: auth.Administrator, ScopeType: auth.City}, {Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: id.New()}} {
		ctx := auth.With(context.Background(), auth.Principal{AccountID: id.New(), Grants: []auth.Grant{g}})
		_, asked := s.Ask(ctx, Question{Cube: "home-time"})
		_, tabulated := s.Tabulate(ctx, 2026, "home.dong", "sex.each")
		_, read := s.Tabulated(ctx, id.New())
		for _, err := range []error{asked, tabulated, read} { // nothing is read for them: there is no store
			if !errors.Is(err, auth.ErrForbidden) {
				t.Error(g, err)
			}
		}
	}
}

// Whatever can be counted has denominators only where both sides say something of the person, or of the time.
func TestDenominatorsAreForThePerson(t *testing.T) {
	for name, want := range map[string]bool{"home-time": true, "home-age": true, "age14-sex": true, "place-time": false, "home-field": false} {
		c, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		g, _ := c.On(c.Row.Levels()[0], c.Column.Levels()[0])
		if g.Denominated() != want {
			t.Error(name)
		}
	}
	if g := (Grouping{Home.On(DongLevel), Field.On(Total)}); !g.Denominated() {
		t.Error("a margin says nothing of fields")
	}
}
