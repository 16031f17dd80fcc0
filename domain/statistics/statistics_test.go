package statistics

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/region"
)

var day = calendar.MustParse

func TestBandsAgreeWithAges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		on := day("1996-01-01").Add(rapid.IntRange(0, 20_000).Draw(t, "on"))
		birth := on.Add(-rapid.IntRange(0, 42_000).Draw(t, "days"))
		band := rapid.SampledFrom(Bands).Draw(t, "band")
		if old := calendar.AgeOn(birth, on) >= band.From; old == birth.After(band.BornBy(on)) {
			t.Fatalf("born %s, on %s, band %s: by %s", birth, on, band.Key, band.BornBy(on))
		}
	})
	for on, want := range map[string]string{"2024-02-29": "2014-02-28", "2025-02-28": "2015-02-28", "2025-03-01": "2015-03-01", "2026-12-31": "2016-12-31"} {
		if got := Bands[1].BornBy(day(on)); got != day(want) {
			t.Errorf("%s: %s", on, got)
		}
	}
}

func TestWholeMonths(t *testing.T) {
	for _, c := range []struct{ from, to, first, last string }{
		{"2026-07-01", "2026-07-31", "2026-07-01", "2026-07-31"}, {"2024-01-02", "2024-02-29", "2024-02-01", "2024-02-29"},
		{"2024-12-31", "2027-01-30", "2025-01-01", "2026-12-31"}, {"2024-02-01", "2024-02-28", "", ""}, {"2026-07-02", "2026-07-31", "", ""},
		{"2026-07-01", "2026-07-01", "", ""}, {"2026-07-02", "2026-08-30", "", ""},
	} {
		months := Period{day(c.from), day(c.to)}.Months()
		if months.Empty() != (c.first == "") || !months.Empty() && months != (Period{day(c.first), day(c.last)}) {
			t.Error(c, months)
		}
	}
}

// Each day of a period is in one of the parts that it is cut into, and no other day is.
func TestCutPeriodsAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string) calendar.Day { return day("2026-01-01").Add(rapid.IntRange(0, 60).Draw(t, name)) }
		p, after, on := Period{some("from"), some("to")}, some("after"), some("on")
		until, later := p.Cut(after)
		in := func(p Period) bool { return !on.Before(p.From) && !on.After(p.To) }
		if in(until) != (in(p) && !on.After(after)) || in(later) != (in(p) && on.After(after)) {
			t.Fatalf("%v after %s: %v and %v", p, after, until, later)
		}
	})
}

func TestRatesHaveADenominatorOrAreNone(t *testing.T) {
	show := func(r Row) string {
		text := func(f *float64) string {
			if f == nil {
				return "-"
			}
			return fmt.Sprint(*f)
		}
		return text(r.RegistrationRate()) + " " + text(r.ParticipationRate()) + " " + text(r.ActivityRate())
	}
	n := func(i int) *int { return &i }
	for want, r := range map[string]Row{
		"0.333333 0.166667 0.5": {Key: "1221052500", Registered: 2, Persons: 1, Population: n(6)},
		"0 0 -":                 {Key: "1221052500", Population: n(6)},
		"- - 0.5":               {Key: "undisclosed", Registered: 2, Persons: 1},
		"- - -":                 {Key: Outside, Registered: 2, Persons: 1},
		"- - 3":                 {Key: "1221052500", Registered: 1, Persons: 3, Population: n(0)},
	} {
		if got := show(r); got != want {
			t.Errorf("%+v: %s", r, got)
		}
	}
}

func TestOnlyTheCentreReadsExactFigures(t *testing.T) {
	camp := id.New()
	for _, c := range []struct {
		grant auth.Grant
		want  error
	}{
		{auth.Grant{Role: auth.Analyst, ScopeType: auth.City}, auth.ErrForbidden}, // they read what is published
		{auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City}, nil},
		{auth.Grant{Role: auth.Administrator, ScopeType: auth.City}, auth.ErrForbidden},
		{auth.Grant{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: camp}, auth.ErrForbidden},
		{auth.Grant{Role: auth.SiteManager, ScopeType: auth.DemandSite, ScopeID: camp}, auth.ErrForbidden},
		{auth.Grant{Role: auth.Analyst, ScopeType: auth.Camp, ScopeID: camp}, auth.ErrForbidden},
	} {
		if err := CanRead(auth.Principal{AccountID: id.New(), Grants: []auth.Grant{c.grant}}); !errors.Is(err, c.want) {
			t.Error(c.grant, err)
		}
	}
	s := NewService(nil, calendar.Clock{Instant: time.Now, Zone: time.UTC})
	for _, p := range []auth.Principal{{}, {AccountID: id.New()}} { // a stranger, a volunteer: nothing is read for them
		ctx := auth.With(context.Background(), p)
		if _, err := s.Registration(ctx, ByCity, calendar.Day{}, asof.Point{}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if _, err := s.Participation(ctx, ByCity, Period{}, nil, asof.Point{}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if _, err := s.Differences(ctx, asof.Point{}, asof.Point{}, Period{}, page.Request{}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
	}
}

func TestPeriodsThatCannotBeAreRefused(t *testing.T) {
	for want, p := range map[string]Period{
		"from required to required ": {},
		"to required ":               {From: day("2026-01-01")},
		"to order ":                  {day("2026-01-02"), day("2026-01-01")},
		"to period_too_long ":        {day("1975-12-31"), day("2026-01-01")},
		"":                           {day("1976-01-01"), day("2026-12-31")},
	} {
		got := ""
		if f, ok := fault.From(p.validate()); ok {
			for _, field := range f.Fields {
				got += field.Path + " " + field.Code + " "
			}
		}
		if got != want {
			t.Errorf("%v: %s", p, got)
		}
	}
}

// What the tables about a whole city, with its merger, look like is tested where they are read; here the rare places.
func TestPeopleWithoutAKeyOfTheirOwnStillCount(t *testing.T) {
	c := newCity([]Place{
		{Region: region.Region{Code: "2900000000", Level: region.City, Name: "광주광역시"}},
		{Region: region.Region{Code: "2917000000", Level: region.Gu, Parent: "2900000000", Name: "북구"}},
		{Region: region.Region{Code: "2917053500", Level: region.Dong, Parent: "2917000000", Name: "중흥동"}, Counted: true},
		{Region: region.Region{Code: "2917060000", Level: region.Dong, Parent: "2917000000", Name: "새동"}},
		{Region: region.Region{Code: "2917099900", Level: region.Dong, Parent: "2917000000", Name: "옛동", ValidTo: day("2020-12-31")}},
	}, day("2026-01-01"))
	residents := []Residents{{"2917053500", "", 100}}
	cells := []Cell{{RegionCode: "2917000000", Registered: 1}, {RegionCode: "2917060000", Registered: 2},
		{RegionCode: "2917099900", Registered: 4}, {RegionCode: "2900000000", Registered: 8}, {RegionCode: "9999999999", Registered: 16}}
	got := ""
	for _, r := range tabulate(ByDong, c, residents, cells) {
		got += fmt.Sprintf("%s %s %d %v; ", r.Key, r.Name, r.Registered, r.Population != nil)
	}
	want := "2917000000 북구 1 false; 2917053500 중흥동 0 true; 2917060000 새동 2 false; 2917099900 옛동 4 false; outside  24 false; "
	if got != want {
		t.Error(got)
	}
	if gu := tabulate(ByGu, c, residents, cells); len(gu) != 2 || gu[0].Registered != 7 || *gu[0].Population != 100 {
		t.Errorf("%+v", gu)
	}
}
