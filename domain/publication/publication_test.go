package publication

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"dure/domain/cube"
	"dure/domain/disclosure"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

func maybe(t *rapid.T, name string) *int {
	return rapid.Ptr(rapid.IntRange(0, 1_000_000), true).Draw(t, name)
}

// What is written of a cell is read back, whatever of it is hidden.
func TestLinesAreReadBack(t *testing.T) {
	same := func(a, b *int) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	rapid.Check(t, func(t *rapid.T) {
		c := Cell{Row: "1221052500", Column: "2026-07", Hidden: rapid.Bool().Draw(t, "hidden"), Registered: maybe(t, "registered"),
			Rates: rapid.Bool().Draw(t, "rates"), Population: maybe(t, "population")}
		if !c.Hidden {
			c.Persons, c.Visits, c.Minutes, c.Means = rapid.IntRange(0, 99).Draw(t, "persons"), rapid.IntRange(0, 999).Draw(t, "visits"), rapid.IntRange(0, 99_999).Draw(t, "minutes"), rapid.Bool().Draw(t, "means")
			c.NewPersons, c.RegularPersons = maybe(t, "new"), maybe(t, "regular")
		}
		read, err := Table{Name: "x", Lines: c.line(rapid.Bool().Draw(t, "has new"), rapid.Bool().Draw(t, "has regular"), rapid.Bool().Draw(t, "counted")) + "\n"}.Cells()
		if err != nil || len(read) != 1 {
			t.Fatal(read, err)
		}
		r := read[0]
		if !same(r.NewPersons, c.NewPersons) || !same(r.RegularPersons, c.RegularPersons) || !same(r.Registered, c.Registered) || !same(r.Population, c.Population) {
			t.Fatal(r, c)
		}
		r.NewPersons, r.RegularPersons, r.Registered, r.Population = nil, nil, nil, nil
		c.NewPersons, c.RegularPersons, c.Registered, c.Population = nil, nil, nil, nil
		if r != c {
			t.Fatal(r, c)
		}
		f := fine{Cell: disclosure.Cell{Row: "a", Column: "b", Measures: disclosure.Measures{Persons: 3, Visits: 4, Minutes: 5, NewPersons: maybe(t, "fresh"), RegularPersons: maybe(t, "r")}, Top1: 4, Top2: 1, Organisers: 2},
			registered: maybe(t, "n"), population: maybe(t, "p")}
		made, err := Table{Figures: f.line() + "\n"}.made()
		if err != nil || made[0].line() != f.line() {
			t.Fatal(made, err)
		}
	})
	for _, broken := range []string{"a\tb\t1", "a\tb\tone\t1\t1\t1\t-\t1\t-\t0\t-", ""} {
		if _, err := (Table{Lines: broken + "\n"}).Cells(); err == nil {
			t.Errorf("%q is read", broken)
		}
	}
}

// Only whole months that are over are published.
func TestThroughTheLastMonthThatIsOver(t *testing.T) {
	today := calendar.MustParse("2026-03-01")
	for _, c := range []struct {
		year          int
		through, want string // empty for a refusal
	}{
		{2026, "", "2026-02-28"}, {2026, "2026-01-01", "2026-01-31"}, {2026, "2026-03-01", ""}, {2025, "", "2025-12-31"},
		{2025, "2025-06-01", "2025-06-30"}, {2025, "2026-01-01", ""}, {2027, "", ""}, {1999, "", ""}, {2024, "2024-02-01", "2024-02-29"},
	} {
		p := Proposal{Year: c.year}
		if c.through != "" {
			p.Through = calendar.MustParse(c.through)
		}
		got, err := p.through(today)
		if (err == nil) != (c.want != "") || err == nil && got.String() != c.want || err != nil && !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%+v: %s %v", c, got, err)
		}
	}
	if _, err := (Proposal{Year: 2026}).through(calendar.MustParse("2026-01-31")); err == nil {
		t.Error("no month of the year is over")
	}
}

// A frame is the same when it is read back, and its keys are those of all tables.
func TestFramesAreReadBack(t *testing.T) {
	f := Frame{Places: []Place{{Code: "1221000000", Level: "gu", Name: "동구", Former: []string{"2911000000"}},
		{Code: "1221052500", Level: "dong", Name: "충장동", Parent: "1221000000", Former: []string{"2911052500", "2911053000"}}},
		Fields: []Field{{"0100", "생활편의지원"}}, Months: months(2026, calendar.MustParse("2026-05-31"))}
	read, err := f.table().Frame()
	if err != nil || read.table() != f.table() {
		t.Fatal(read, err)
	}
	for code, want := range map[string]string{"2911000000": "1221000000", "2911052500": "1221052500", "2911053000": "1221052500", "1221052500": "1221052500",
		"2911054500": "2911054500", "city": "city"} {
		if got := read.Newest(code); got != want {
			t.Errorf("%s has become %s", code, got)
		}
	}
	for _, broken := range []string{"former\t2911052500\t\t\n", "month\t2026-01\n"} {
		if _, err := (Table{Name: frameName, Lines: broken}).Frame(); err == nil {
			t.Errorf("%q is read", broken)
		}
	}
	if !f.whole(cube.Quarter, "2026-Q1") || f.whole(cube.Quarter, "2026-Q2") || f.whole(cube.Total, cube.All) || !f.whole(cube.Month, "2026-05") {
		t.Error("whole periods")
	}
	for _, g := range cube.Kept {
		if len(f.Keys(g.Row)) == 0 || len(f.Keys(g.Column)) == 0 {
			t.Errorf("%s has no keys", g.Name())
		}
	}
	if q := Quarter("2026-10"); q != "2026-Q4" || Quarter("2026-01") != "2026-Q1" || Quarter("2026-09") != "2026-Q3" {
		t.Error(q)
	}
}
