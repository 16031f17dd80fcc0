package programme

import (
	"slices"
	"testing"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
)

func TestPointsArePaidForTheDaysBeforeAPayDay(t *testing.T) {
	for _, c := range []struct{ kind, today, want string }{
		{AtOnce, "2026-07-15", ""},
		{Monthly, "2026-07-14", "2026-06-14"}, {Monthly, "2026-07-15", "2026-07-14"}, {Monthly, "2026-01-14", "2025-12-14"},
		{Quarterly, "2026-07-14", "2026-04-14"}, {Quarterly, "2026-07-15", "2026-07-14"}, {Quarterly, "2026-10-14", "2026-07-14"},
		{Quarterly, "2026-01-01", "2025-10-14"}, {Quarterly, "2026-03-31", "2026-01-14"},
	} {
		if got := (Payment{c.kind, 15}).paid(calendar.MustParse(c.today)); got.String() != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestNoDayBringsPointsTwice(t *testing.T) {
	w := Whole{Versions: []Version{{Number: 1, Terms: Terms{Payment: Payment{Kind: AtOnce}}}, {Number: 2, Terms: Terms{Payment: Payment{Monthly, 15}}}}}
	a, b := id.New(), id.New()
	day := func(s string) (d calendar.Day) {
		if s != "" {
			d = calendar.MustParse(s)
		}
		return d
	}
	hold := func(who id.ID, number int, state State, from, to string) Holding {
		return Holding{VolunteerID: who, Number: number, State: state, ValidFrom: day(from), ValidTo: day(to)}
	}
	stretch := func(who id.ID, number int, from, to string) Stretch {
		return Stretch{VolunteerID: who, Number: number, From: day(from), To: day(to)}
	}
	for name, c := range map[string]struct {
		holdings []Holding
		want     []Stretch
	}{
		"one":                     {[]Holding{hold(a, 1, Held, "2026-01-10", "2026-12-31")}, []Stretch{stretch(a, 1, "2026-01-10", "2026-12-31")}},
		"for good":                {[]Holding{hold(a, 1, Held, "2026-01-10", "")}, []Stretch{{VolunteerID: a, Number: 1, From: day("2026-01-10"), To: forever}}},
		"as far as it is paid":    {[]Holding{hold(a, 2, Held, "2026-01-10", "")}, []Stretch{stretch(a, 2, "2026-01-10", "2026-06-14")}},
		"not paid yet":            {[]Holding{hold(a, 2, Held, "2026-06-15", "")}, nil},
		"the first one keeps its": {[]Holding{hold(a, 1, Expired, "2026-01-10", "2026-03-31"), hold(a, 1, Held, "2026-03-01", "2026-05-31")}, []Stretch{stretch(a, 1, "2026-01-10", "2026-03-31"), stretch(a, 1, "2026-04-01", "2026-05-31")}},
		"paid or not":             {[]Holding{hold(a, 2, Held, "2026-06-15", "2026-08-31"), hold(a, 1, Held, "2026-07-01", "2026-09-30")}, []Stretch{stretch(a, 1, "2026-09-01", "2026-09-30")}},
		"inside another":          {[]Holding{hold(a, 1, Held, "2026-01-10", ""), hold(a, 1, Held, "2026-03-01", "2026-05-31")}, []Stretch{{VolunteerID: a, Number: 1, From: day("2026-01-10"), To: forever}}},
		"what was taken back":     {[]Holding{hold(a, 1, TakenBack, "2026-01-10", ""), hold(a, 1, Held, "2026-03-01", "2026-05-31")}, []Stretch{stretch(a, 1, "2026-03-01", "2026-05-31")}},
		"each person by himself":  {[]Holding{hold(a, 1, Held, "2026-01-10", ""), hold(b, 1, Held, "2026-02-01", "2026-05-31")}, []Stretch{{VolunteerID: a, Number: 1, From: day("2026-01-10"), To: forever}, stretch(b, 1, "2026-02-01", "2026-05-31")}},
	} {
		if got := w.stretches(c.holdings, day("2026-07-14")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestPointsEndAsTheTermsSay(t *testing.T) {
	for expire, want := range map[string]string{"never": "", "year_end": "2026-12-31", "months:1": "2026-02-28", "months:12": "2027-01-30"} {
		if got := (Benefit{PointsExpire: expire}).pointsEnd(calendar.MustParse("2026-01-31")); got.String() != want {
			t.Errorf("%s: %s", expire, got)
		}
	}
	if b := (Benefit{PointsPerHour: 1000, PointsPerYear: 5}); b.rate() != (points.Rate{PerHour: 1000, Cap: 5}) {
		t.Error(b.rate())
	}
}
