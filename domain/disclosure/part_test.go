package disclosure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// settled is a city with enough people that some of its new persons can be told.
func settled(t *rapid.T, nmonths int) city {
	c := small(t)
	c.axes[1] = months(nmonths)
	c.acts, c.fresh = nil, nil
	c.people(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed of the settled"), 2)), rapid.IntRange(40, 500).Draw(t, "people"), rapid.IntRange(1, 3).Draw(t, "often"))
	return c
}

// newsOf is the layer of new persons as it was published.
func newsOf(t fatal, f Figures, p Protected) *guard {
	t.Helper()
	s, err := newSystem(f)
	if err != nil {
		t.Fatal(err)
	}
	main, g := newGuard(s, Rules{}), newcomers(s, Rules{}, nil)
	for i, g := range []*guard{main, g} {
		if err := s.marks(p, g.hidden, i); err != nil {
			t.Fatal(err)
		}
	}
	g.inherit(main)
	return g
}

// Where some new persons are told and others hidden, for analysts and for everybody, the audit finds nothing, and the exact attacker
// neither, who knows all that ties them. Where nothing is done for those that are too few he finds them.
func TestNewPersons(t *testing.T) {
	mixed, shown, bare := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := settled(t, rapid.IntRange(2, 9).Draw(t, "months")).figures()
		analyst := protect(t, f, Analyst())
		for i, r := range []Rules{Analyst(), Public([]byte("0123456789abcdef"))} {
			p := analyst
			if i == 1 {
				p = protect(t, f, r, analyst)
			}
			if found := audit(t, f, p, r); found != nil {
				t.Fatal(found)
			}
			if p.Report.Primary+p.Report.Complementary > 40 {
				continue
			}
			for _, hole := range holes(t, f, p, r) {
				if strings.HasPrefix(hole, "new_persons") {
					t.Fatal(hole)
				}
			}
			g := newsOf(t, f, p)
			told := 0
			for c := range g.hidden {
				if !g.hidden[c] && !g.gone(c) && !g.idle[c] {
					told++
				}
			}
			if shown += told; told > 0 && p.Report.NewHidden > 0 {
				mixed++
			}
		}
		open, err := run(f, Analyst(), nil, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range audit(t, f, open, Analyst()) {
			if b.Measure == "new_persons" && (b.Kind == Determined || b.Kind == Narrow) {
				bare++
			}
		}
	})
	if mixed < 5 || shown == 0 || bare == 0 {
		t.Fatal("nothing was put to the test: ", mixed, shown, bare)
	}
	t.Logf("%d cells told, %d publications with some of them hidden; %d figures known where no others are hidden", shown, mixed, bare)
}

// byMonth is a city of 100 persons a month, of whom so many are new.
func byMonth(persons []int, news ...int) Figures {
	f := Figures{Year: 2026, Axes: []Axis{months(len(news)), flat("sex", "each", true, "female", "male")}}
	total, quarters := Cell{Row: Total, Column: Total}, Table{Row: Side{"time", "quarter"}, Column: Side{"sex", Total}}
	month := Table{Row: Side{"time", "month"}, Column: Side{"sex", Total}}
	sum := func(c *Cell, part Cell) {
		c.add(part.Measures)
		c.NewPersons = new(c.fresh() + part.fresh())
		c.Top1, c.Top2 = 100, 100
	}
	for i, n := range news {
		c := Cell{Row: fmt.Sprintf("2026-%02d", i+1), Column: Total, Measures: Measures{Persons: persons[i], Visits: 2 * persons[i], Minutes: 100 * persons[i], NewPersons: new(n)}, Top1: 100, Top2: 100}
		month.Cells = append(month.Cells, c)
		if i%3 == 0 {
			quarters.Cells = append(quarters.Cells, Cell{Row: fmt.Sprintf("2026-Q%d", i/3+1), Column: Total})
		}
		sum(&quarters.Cells[i/3], c)
		sum(&total, c)
	}
	for i, n := range persons[len(news):] { // distinct persons of the quarters, and of the year
		if i < len(quarters.Cells) {
			quarters.Cells[i].Persons = n
		} else {
			total.Persons = n
		}
	}
	f.Tables = []Table{month, quarters, {Row: Side{"time", Total}, Column: Side{"sex", Total}, Cells: []Cell{total}}}
	return f
}

// set hides or shows the new persons of a month.
func set(p *Protected, month string, hidden bool) {
	for i := range p.Tables {
		for j := range p.Tables[i].Cells {
			if c := &p.Tables[i].Cells[j]; c.Row == month {
				c.NewHidden = hidden
			}
		}
	}
}

// A month with few new persons is hidden, and another of its quarter; whoever shows one of them again is found out. Nothing is
// hidden of what lies elsewhere.
func TestNewPersonsByMonth(t *testing.T) {
	f := byMonth([]int{100, 100, 100, 100, 100, 100, 200, 200, 350}, 30, 3, 12, 20, 9, 11)
	p := protect(t, f, Analyst())
	hidden := func(p Protected) (names []string) {
		for name, c := range cells(t, f, p) {
			if c.NewHidden {
				names = append(names, strings.TrimPrefix(name, "time."))
			}
		}
		slices.Sort(names)
		return names
	}
	if got := hidden(p); !slices.Equal(got, []string{"month=2026-02", "month=2026-03"}) {
		t.Fatal(got)
	}
	if got := cells(t, f, p)["time.quarter=2026-Q1"]; *got.NewPersons != 45 || audit(t, f, p, Analyst()) != nil {
		t.Fatal(got)
	}
	for month, kind := range map[string]Kind{"2026-02": Unhidden, "2026-03": Determined} {
		set(&p, month, false)
		found := audit(t, f, p, Analyst())
		if len(found) == 0 || !slices.ContainsFunc(found, func(b Breach) bool { return b.Kind == kind && b.Measure == "new_persons" }) {
			t.Error(month, found)
		}
		set(&p, month, true)
	}
	// Of 200 persons 188 were there in January, so at most 12 are new in February and March: nine of them in March, and the three of
	// February stand alone, whatever adds up.
	f = byMonth([]int{188, 100, 100, 100, 100, 100, 200, 200, 350}, 30, 3, 9, 20, 9, 11)
	p = protect(t, f, Analyst())
	if got := hidden(p); !slices.Equal(got, []string{"month=2026-02", "month=2026-03"}) {
		t.Fatal(got)
	}
	set(&p, "2026-03", false)
	set(&p, "2026-01", true) // it adds up no more
	found := audit(t, f, p, Analyst())
	if !slices.ContainsFunc(found, func(b Breach) bool { return b.Kind == Narrow && b.Low == 0 && b.High == 3 }) {
		t.Error(found)
	}
}

// Two versions laid side by side tell nothing of few new persons: not where the year has few more, nor where the month before was
// told already and so hides nobody.
func TestNewPersonsOfVersions(t *testing.T) {
	tells := func(f Figures, p Protected) (told []string) {
		for name, c := range cells(t, f, p) {
			if c.NewPersons != nil {
				told = append(told, strings.TrimPrefix(name, "time."))
			}
		}
		slices.Sort(told)
		return told
	}
	old := byMonth([]int{100, 120, 160, 160}, 30, 20)
	first := Version{Figures: old, Protected: protect(t, old, Analyst())}
	if got := tells(old, first.Protected); !slices.Equal(got, []string{"*", "month=2026-01", "month=2026-02", "quarter=2026-Q1"}) {
		t.Fatal(got)
	}
	for name, c := range map[string]struct {
		f    Figures
		want []string
	}{
		"few new in March":            {byMonth([]int{100, 120, 150, 190, 190}, 30, 20, 3), nil},
		"few who return come anew":    {byMonth([]int{100, 120, 150, 190, 190}, 30, 20, 27), nil},
		"enough in March":             {byMonth([]int{100, 120, 150, 190, 190}, 30, 20, 12), []string{"*", "month=2026-01", "month=2026-02", "month=2026-03", "quarter=2026-Q1"}},
		"few in March, more in April": {byMonth([]int{100, 120, 150, 140, 190, 140, 260}, 30, 20, 3, 25), []string{"*", "month=2026-01", "month=2026-02"}},
	} {
		p, err := Revise(c.f, Analyst(), []Version{first})
		if err != nil {
			t.Fatal(err)
		}
		if got := tells(c.f, p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
		if found := audit(t, c.f, p, Analyst(), first); found != nil {
			t.Errorf("%s: %v", name, found)
		}
		if careless := audit(t, c.f, protect(t, c.f, Analyst()), Analyst(), first); (len(careless) > 0) == (name == "enough in March") {
			t.Errorf("%s, where nobody looks back: %v", name, careless)
		}
	}
}

// Whoever has all versions of a year, knows that nobody's coming is undone and which cells nobody has touched, and solves them at
// once, still finds no few persons who are new, or return; nor do few make the difference of two figures that are told.
func TestNewPersonsOfVersionsTogether(t *testing.T) {
	attacked, careless := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		year, r := settled(t, 6), Analyst()
		var earlier []Version
		var told, bare []*guard
		for _, month := range []int{rapid.IntRange(1, 2).Draw(t, "first"), rapid.IntRange(3, 4).Draw(t, "second"), rapid.IntRange(5, 6).Draw(t, "third")} {
			now := year
			now.axes = slices.Clone(year.axes)
			now.axes[1] = months(month)
			now.acts = slices.DeleteFunc(slices.Clone(year.acts), func(a act) bool { return a.at["time"] >= month })
			f := now.figures()
			p, err := Revise(f, r, earlier)
			if err != nil {
				return // too few have come
			}
			if found := audit(t, f, p, r, earlier...); found != nil {
				t.Fatal(found)
			}
			earlier = append(earlier, Version{Figures: f, Protected: p})
			if g := newsOf(t, f, p); !all(g.hidden, g.absent) {
				told = append(told, g)
			}
			if g := newsOf(t, f, protect(t, f, r)); !all(g.hidden, g.absent) {
				bare = append(bare, g)
			}
		}
		if len(told) > 1 {
			attacked++
			if found := together(t, told, r); found != nil {
				t.Fatal(found)
			}
		}
		if len(bare) > 1 {
			careless += len(together(t, bare, r))
		}
	})
	if attacked < 5 || careless == 0 {
		t.Fatal("nothing was put to the test: ", attacked, careless)
	}
	t.Logf("%d series of versions attacked; %d figures known where nobody looks back", attacked, careless)
}

// together solves versions as one system, and tells which hidden figures, and which changes of told ones, are of too few.
func together(t fatal, versions []*guard, r Rules) (found []string) {
	p := &program{}
	at := make([]map[int]int, len(versions))
	var lines []line
	for i, g := range versions {
		at[i] = map[int]int{}
		n := len(p.cells)
		for c := range g.hidden {
			if g.hidden[c] && !g.gone(c) && !g.idle[c] {
				at[i][c] = len(p.cells)
				p.cells = append(p.cells, c)
			}
		}
		lines = append(lines, g.known(0, p.cells[n:], at[i])...)
	}
	for j, b := range versions {
		for i, a := range versions[:j] {
			was := map[string]int{}
			for c := range a.s.cells {
				was[a.s.name(c)] = c
			}
			for c := range b.s.cells {
				o, ok := was[b.s.name(c)]
				if !ok || b.gone(c) {
					continue
				}
				x, y := a.s.cells[o].Measures, b.s.cells[c].Measures
				news, others := y.fresh()-x.fresh(), y.Persons-x.Persons-y.fresh()+x.fresh()
				if !a.hidden[o] && !b.hidden[c] && (r.small(news) || r.small(others)) {
					found = append(found, fmt.Sprint(b.s.name(c), " changed by ", news, " and ", others))
				}
				come := line{coefs: map[int]int64{}, slack: true} // new ones only come
				put := func(i, cell int, g *guard, sign int64) {
					if k, ok := at[i][cell]; ok {
						come.coefs[k] += sign
					} else {
						come.right -= sign * int64(g.measures[0].value[cell])
					}
				}
				put(j, c, b, 1)
				put(i, o, a, -1)
				lines = append(lines, come)
				before, known := a.measures[0].persons(o)
				now, also := b.measures[0].persons(c)
				if !known || !also {
					continue
				}
				back := line{coefs: map[int]int64{}, slack: true, right: -come.right - int64(now-before)} // and so do those who return
				for k, v := range come.coefs {
					back.coefs[k] = -v
				}
				lines = append(lines, back)
				if x.Persons == y.Persons && x.Visits == y.Visits && x.Minutes == y.Minutes { // nobody has touched it
					lines = append(lines, line{coefs: come.coefs, right: come.right})
				}
			}
		}
	}
	p.write(lines)
	for i, g := range versions {
		for c, k := range at[i] {
			low, high := p.bounds(k)
			v := g.measures[0].value[c]
			of, known := g.measures[0].persons(c)
			least, most := ceil(low), of
			if high != nil {
				most = floor(high)
			}
			if v < least || v > most {
				t.Fatal("the attacker is wrong: ", g.s.name(c), v, least, most)
			}
			few := known && r.small(v) && (least > 0 || most < r.Threshold)
			rest := known && r.small(of-v) && (most < of || of-least < r.Threshold)
			if few || rest || !known && r.small(g.s.cells[c].Persons) && least > 0 {
				found = append(found, fmt.Sprint(i, " ", g.s.name(c), ": ", v, " of ", of, " in [", least, ", ", most, "]"))
			}
		}
	}
	return found
}
