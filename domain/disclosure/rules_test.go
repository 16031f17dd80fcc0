package disclosure

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// since is the city of those visits that are in one of two cities and not in the other.
func (c city) since(old city) city {
	diff := c
	diff.acts = nil
	for _, sides := range [][2][]act{{c.acts, old.acts}, {old.acts, c.acts}} {
		other := make(map[int]bool, len(sides[1]))
		for _, a := range sides[1] {
			other[a.id] = true
		}
		for _, a := range sides[0] {
			if !other[a.id] {
				diff.acts = append(diff.acts, a)
			}
		}
	}
	return diff
}

// S8, S10: versions of a year, each with a month more and with late and withdrawn visits in the months before. Between any two
// of them no cell's change is of few persons, and what was hidden comes back only with enough persons changed. Each version
// alone stands the exact attacker (where few enough cells are hidden for him); protected without regard to the ones before, the audit finds changes of few persons.
func TestRevise(t *testing.T) {
	compared, refused, careless := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		year, rules := small(t), Analyst()
		year.axes[1] = months(6)
		year.acts, year.fresh = nil, nil
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		year.people(r, rapid.IntRange(10, 400).Draw(t, "people"), 5)
		counted := rapid.Bool().Draw(t, "changes are counted")
		late := make([]int, len(year.acts)) // months until it is known
		for i := range late {
			if year.acts[i].id = i + 1; r.IntN(10) == 0 {
				late[i] = r.IntN(4)
			}
		}
		var versions []Version
		var cities []city
		for _, month := range []int{2, 3, 4} {
			now := year
			now.axes = slices.Clone(year.axes)
			now.axes[1] = months(month)
			now.acts = nil
			for i, a := range year.acts {
				if a.at["time"] < month && a.at["time"]+late[i] < month && !(month == 4 && i%97 == 0) {
					now.acts = append(now.acts, a)
				}
			}
			var earlier []Version
			few := false
			for i, v := range versions {
				diff := now.since(cities[i])
				if counted {
					v.Touched = diff.figures().Tables
				}
				earlier = append(earlier, v)
				few = few || rules.small(len(diff.persons(group{}))) && !cells(t, v.Figures, v.Protected)[Total].Hidden
			}
			f := now.figures()
			p, err := Revise(f, rules, earlier)
			var refusal *Refusal
			if errors.As(err, &refusal) && (few || !counted) {
				refused++
				return
			}
			if err != nil || few {
				t.Fatal(err, few)
			}
			if found := audit(t, f, p, rules, earlier...); found != nil {
				t.Fatal(found)
			}
			if p.Report.Primary+p.Report.Complementary < 40 {
				if found := holes(t, f, p, rules); found != nil {
					t.Fatal(found)
				}
			}
			shown := cells(t, f, p)
			for i, v := range versions {
				before, diff := cells(t, v.Figures, v.Protected), now.since(cities[i])
				for _, g := range now.groups() {
					was, known := before[g.name]
					if shown[g.name].Hidden || !known {
						continue
					}
					compared++
					if n := len(diff.persons(g)); rules.small(n) || was.Hidden && n < rules.Threshold {
						t.Fatal(g.name, ": changed by ", n)
					}
				}
			}
			if len(earlier) > 0 {
				careless += len(audit(t, f, protect(t, f, rules), rules, earlier...))
			}
			versions, cities = append(versions, Version{Figures: f, Protected: p}), append(cities, now)
		}
	})
	if compared == 0 || careless == 0 {
		t.Fatal("nothing was put to the test: ", compared, refused, careless)
	}
	t.Logf("%d cells compared between versions, %d series refused, %d breaches where nobody looks back", compared, refused, careless)
}

// plain is a city of two axes whose cells are written down: by home and month.
func plain(cells ...Cell) Figures {
	f := Figures{Year: 2026, Axes: []Axis{flat("camp", "dong", false, "A", "B", "C"), months(3)}}
	sums := map[[4]string]Cell{}
	for _, c := range cells {
		for _, row := range []Side{{"camp", "dong"}, {"camp", Total}} {
			for _, column := range []Side{{"time", "month"}, {"time", Total}} {
				r, k := c.Row, c.Column
				if row.Level == Total {
					r = Total
				}
				if column.Level == Total {
					k = Total
				}
				id := [4]string{row.Level, column.Level, r, k}
				s := sums[id]
				s.Row, s.Column = r, k
				s.add(c.Measures)
				if fresh := s.fresh() + c.fresh(); row.Level == Total || column.Level == Total {
					s.NewPersons = &fresh
				}
				s.Organisers = max(s.Organisers, c.Organisers)
				s.Top1, s.Top2 = max(s.Top1, c.Top1), max(s.Top2, c.Top2)
				sums[id] = s
			}
		}
	}
	for _, row := range []string{"dong", Total} {
		for _, column := range []string{"month", Total} {
			t := Table{Row: Side{"camp", row}, Column: Side{"time", column}}
			for id, c := range sums {
				if id[0] == row && id[1] == column {
					t.Cells = append(t.Cells, c)
				}
			}
			f.Tables = append(f.Tables, t)
		}
	}
	return f
}

// full has nine cells of 40 persons, 100 visits and 9,000 minutes, of which nobody gave much.
func full(change func(cells map[string]*Cell)) Figures {
	byName := map[string]*Cell{}
	var cells []Cell
	for _, d := range []string{"A", "B", "C"} {
		for _, m := range []string{"2026-01", "2026-02", "2026-03"} {
			byName[d+m[5:]] = &Cell{Row: d, Column: m, Measures: Measures{Persons: 40, Visits: 100, Minutes: 9000, NewPersons: new(20)}, Top1: 600, Top2: 500, Organisers: 3}
		}
	}
	change(byName)
	for _, c := range byName {
		cells = append(cells, *c)
	}
	return plain(cells...)
}

// Each rule hides its cell, and nothing is hidden where none applies.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]*Cell)
		hidden bool
		also   string
	}{
		"nothing":       {func(map[string]*Cell) {}, false, ""},
		"four persons":  {func(c map[string]*Cell) { c["A01"].Persons, c["A01"].NewPersons = 4, nil }, true, ""},
		"five persons":  {func(c map[string]*Cell) { c["A01"].Persons, c["A01"].NewPersons = 5, nil }, false, ""},
		"half by one":   {func(c map[string]*Cell) { c["A01"].Top1 = 4500 }, false, ""},
		"more than one": {func(c map[string]*Cell) { c["A01"].Top1 = 4501 }, true, ""},
		"two by themselves": {func(c map[string]*Cell) {
			c["A01"].Minutes, c["A01"].Top1, c["A01"].Top2 = 1000, 490, 450
		}, true, ""},
		"two organisers": {func(c map[string]*Cell) { c["A01"].Organisers = 2 }, true, ""},
		"nobody": {func(c map[string]*Cell) {
			*c["A01"] = Cell{Row: "A", Column: "2026-01"}
		}, false, ""},
		"all of a small group in one month": {func(c map[string]*Cell) {
			for _, m := range []string{"A02", "A03"} {
				*c[m] = Cell{Row: "A", Column: "2026-" + m[1:]}
			}
		}, true, "A × 2026-02 or 2026-03"},
	} {
		f := full(c.change)
		p := protect(t, f, Analyst())
		shown := cells(t, f, p)
		if got := shown["camp.dong=A time.month=2026-01"].Hidden; got != c.hidden {
			t.Errorf("%s: hidden %v", name, got)
		}
		n := 0
		for _, s := range shown {
			if s.Hidden {
				n++
			}
		}
		if (n > 0) != c.hidden || n > 6 {
			t.Errorf("%s: %d cells are hidden: %+v", name, n, p.Report)
		}
		zero := shown["camp.dong=A time.month=2026-02"].Hidden || shown["camp.dong=A time.month=2026-03"].Hidden
		if c.also != "" && !zero {
			t.Errorf("%s: the months without anybody tell it", name)
		}
		if found := audit(t, f, p, Analyst()); found != nil {
			t.Errorf("%s: %v", name, found)
		}
		for i := range p.Tables { // whoever shows a cell again is found out
			for j := range p.Tables[i].Cells {
				p.Tables[i].Cells[j].Hidden = false
			}
		}
		if found := audit(t, f, p, Analyst()); (len(found) > 0) != c.hidden {
			t.Errorf("%s: shown again: %v", name, found)
		}
	}
}

// What does not add up, or is not whole, is refused in words.
func TestImpossibleFigures(t *testing.T) {
	for want, spoil := range map[string]func(*Figures, *Rules){
		"does not agree with its parts": func(f *Figures, _ *Rules) { f.Tables[0].Cells[0].Visits++ },
		"impossible figures":            func(f *Figures, _ *Rules) { f.Tables[0].Cells[0].NewPersons = new(41) },
		"given twice in one table":      func(f *Figures, _ *Rules) { f.Tables[0].Cells[1] = f.Tables[0].Cells[0] },
		"is missing":                    func(f *Figures, _ *Rules) { f.Tables = f.Tables[:1] },
		"no such cell":                  func(f *Figures, _ *Rules) { f.Tables[0].Cells[0].Row = "D" },
		"no level week":                 func(f *Figures, _ *Rules) { f.Tables[0].Column.Level = "week" },
		"axis time is given twice":      func(f *Figures, _ *Rules) { f.Axes = append(f.Axes, months(1)) },
		"keys in a path":                func(f *Figures, _ *Rules) { f.Axes[0].Paths[0] = nil },
		"no levels or no values":        func(f *Figures, _ *Rules) { f.Axes[0].Paths = nil },
		"impossible rules":              func(_ *Figures, r *Rules) { r.Threshold = 1 },
		"secret key":                    func(_ *Figures, r *Rules) { *r = Public([]byte("short")) },
		"differs between the tables": func(f *Figures, _ *Rules) {
			again := f.Tables[3]
			again.Cells = []Cell{again.Cells[0]}
			again.Cells[0].Visits++
			f.Tables = append(f.Tables, again)
		},
	} {
		f, r := full(func(map[string]*Cell) {}), Analyst()
		spoil(&f, &r)
		if _, err := Protect(f, r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// One late visit is not published by itself, whatever else is shown.
func TestOneLateVisit(t *testing.T) {
	old := full(func(map[string]*Cell) {})
	p := protect(t, old, Analyst())
	late := full(func(c map[string]*Cell) { c["A01"].Visits++ })
	var refusal *Refusal
	if _, err := Revise(late, Analyst(), []Version{{Figures: old, Protected: p}}); !errors.As(err, &refusal) || refusal.Breaches[0].Kind != Change {
		t.Fatal(err)
	}
	if _, err := Revise(old, Analyst(), []Version{{Figures: old, Protected: p}}); err != nil {
		t.Fatal(err)
	}
	many := full(func(c map[string]*Cell) {
		for _, m := range []string{"A01", "B02"} {
			c[m].Persons += 3
			c[m].Visits += 9
		}
	})
	q, err := Revise(many, Analyst(), []Version{{Figures: old, Protected: p}})
	if err != nil {
		t.Fatal(err)
	}
	shown := cells(t, many, q)
	if !shown["camp.dong=A time.month=2026-01"].Hidden || !shown["camp.dong=A"].Hidden || shown[Total].Hidden {
		t.Fatal(shown)
	}
}

func BenchmarkProtect(b *testing.B) {
	for name, c := range map[string]city{"demo": listed(15, 1500, 8), "year": listed(60, 30000, 8)} {
		f := c.figures()
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p := protect(b, f, Analyst())
				b.ReportMetric(float64(p.Report.Cells), "cells")
				b.ReportMetric(float64(p.Report.Primary), "primary")
				b.ReportMetric(float64(p.Report.Complementary), "complementary")
			}
		})
	}
}
