package disclosure

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small is a city that the exact attacker can take whole.
func small(t *rapid.T) city {
	c := city{axes: []Axis{homes(rapid.IntRange(1, 2).Draw(t, "gus"), rapid.IntRange(1, 2).Draw(t, "dongs")), months(rapid.IntRange(1, 4).Draw(t, "months")),
		flat("sex", "each", true, "female", "male"), flat("field", "group", false, numbered(rapid.IntRange(1, 2).Draw(t, "fields"))...)}}
	c.pairs = []pair{
		{"home", "time", []string{"dong", "gu", "city"}, []string{"month", "quarter"}},
		{"home", "sex", []string{"dong", "gu", "city"}, []string{"each"}},
		{"field", "time", []string{"group"}, []string{"month", "quarter"}},
	}
	if rapid.Bool().Draw(t, "field at home") {
		c.pairs = append(c.pairs, pair{"home", "field", []string{"dong", "gu", "city"}, []string{"group"}})
	}
	c.people(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), rapid.IntRange(1, 150).Draw(t, "persons"), rapid.IntRange(1, 6).Draw(t, "visits"))
	return c
}

// holes are what the exact attacker finds out.
func holes(t interface{ Fatal(...any) }, f Figures, p Protected, r Rules) (found []string) {
	bounds, err := Attack(f, p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSystem(f)
	if err != nil {
		t.Fatal(err)
	}
	at, whole, hidden := map[string]Cell{}, map[string]bool{}, make([]bool, len(s.cells))
	if err := s.marks(p, hidden, 0); err != nil {
		t.Fatal(err)
	}
	for c := range s.cells {
		at[s.name(c)], whole[s.name(c)] = s.cells[c], hidden[c]
	}
	for _, b := range bounds {
		true := at[b.Cell].Measures
		fresh := true.fresh()
		v := map[string]int{"persons": true.Persons, "visits": true.Visits, "minutes": true.Minutes, "new_persons": fresh}[b.Measure]
		if v < b.Low || b.High >= 0 && v > b.High {
			t.Fatal("the attacker is wrong: ", b, v)
		}
		tooFew := r.small(true.Persons) && (b.Low > 0 || b.Measure != "minutes" && b.High >= 0 && b.High < r.Threshold)
		if b.Measure == "new_persons" {
			tooFew = r.small(true.Persons) && b.Low > 0 || !r.small(true.Persons) && (r.small(fresh) && (b.Low > 0 || b.High < r.Threshold) ||
				// where all of the cell is hidden nobody knows how many return
				!whole[b.Cell] && r.small(true.Persons-fresh) && (b.High < true.Persons || true.Persons-b.Low < r.Threshold))
			if true.Persons == 0 {
				continue
			}
		}
		if b.Determined || b.Low == b.High && b.Measure != "new_persons" || tooFew {
			found = append(found, Breach{Cell: b.Cell, Measure: b.Measure, Low: b.Low, High: b.High, Kind: Narrow}.String())
		}
	}
	return found
}

// S11: the exact attacker, over all cuts of small cities, finds no figure and no narrow bounds. Without the complementary
// cells he does.
func TestLinearAttack(t *testing.T) {
	const most = 60 // hidden cells that the attacker takes on: his work grows with their cube
	hidden, attackedCities := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := small(t).figures()
		p := protect(t, f, Analyst())
		if p.Report.Primary+p.Report.Complementary > most {
			return
		}
		attackedCities++
		if found := holes(t, f, p, Analyst()); len(found) > 0 {
			t.Fatal(found)
		}
		hidden += p.Report.Primary
	})
	crossed := city{axes: []Axis{ages(), flat("sex", "each", true, "female", "male")}, pairs: []pair{{"age", "sex", []string{"tens", "youth"}, []string{"each"}}}}
	crossed.people(rand.New(rand.NewPCG(5, 6)), 90, 3) // two ways to cut the same ages
	f := crossed.figures()
	if found := holes(t, f, protect(t, f, Analyst()), Analyst()); len(found) > 0 {
		t.Fatal(found)
	}
	f = demo(1, 3, 3, 3, 60, 4).figures()
	bare, err := run(f, Analyst(), nil, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	attacked, audited := holes(t, f, bare, Analyst()), audit(t, f, bare, Analyst())
	if hidden == 0 || attackedCities < 15 || len(attacked) == 0 || len(audited) == 0 {
		t.Fatal("nothing was put to the test: ", hidden, attackedCities, len(attacked), len(audited))
	}
	t.Logf("%d cells too small in %d cities; without complementary cells the attacker finds %d figures, the audit %d breaches", hidden, attackedCities, len(attacked), len(audited))
}

type fatal interface {
	Helper()
	Fatal(...any)
}

func protect(t fatal, f Figures, r Rules, above ...Protected) Protected {
	t.Helper()
	p, err := Protect(f, r, above...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func audit(t fatal, f Figures, p Protected, r Rules, earlier ...Version) []Breach {
	t.Helper()
	found, err := Audit(f, p, r, earlier...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// cells are what is published, by name, each cell once.
func cells(t fatal, f Figures, p Protected) map[string]Shown {
	t.Helper()
	s, err := newSystem(f)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Shown{}
	for i, table := range p.Tables {
		for _, c := range table.Cells {
			at, err := s.find(i, c.Row, c.Column)
			if err != nil {
				t.Fatal(err)
			}
			name := s.name(at)
			c.Row, c.Column = "", ""
			if was, ok := by[name]; ok && !reflect.DeepEqual(was, c) {
				t.Fatal(name, " differs between tables: ", was, c)
			}
			by[name] = c
		}
	}
	return by
}

// group is a cell as what it takes together: by axis the paths.
type group struct {
	name string
	of   map[string]map[int]bool
}

// groups are all cells, made without the package's own numbers.
func (c city) groups() []group {
	var all []group
	seen := map[string]bool{}
	for _, p := range c.pairs {
		for _, r := range c.keys(p.row, p.rows) {
			for _, k := range c.keys(p.column, p.cols) {
				names := slices.DeleteFunc([]string{r.name, k.name}, func(s string) bool { return s == "" })
				slices.Sort(names)
				name := cmp.Or(strings.Join(names, " "), Total)
				if !seen[name] {
					seen[name] = true
					all = append(all, group{name, map[string]map[int]bool{p.row: r.paths, p.column: k.paths}})
				}
			}
		}
	}
	return all
}

type key struct {
	name  string
	paths map[int]bool
}

func (c city) keys(name string, levels []string) []key {
	at := slices.IndexFunc(c.axes, func(a Axis) bool { return a.Name == name })
	whole := key{paths: map[int]bool{}}
	byName := map[string]map[int]bool{}
	for i, p := range c.axes[at].Paths {
		whole.paths[i] = true
		for l, level := range c.axes[at].Levels {
			if slices.Contains(levels, level) {
				n := name + "." + level + "=" + p[l]
				if byName[n] == nil {
					byName[n] = map[int]bool{}
				}
				byName[n][i] = true
			}
		}
	}
	out := []key{whole}
	for n, paths := range byName {
		out = append(out, key{n, paths})
	}
	return out
}

// within says whether a group is part of another one, and less than it.
func (c city) within(g, whole group) bool {
	less := false
	for _, x := range c.axes {
		for i := range x.Paths {
			in, out := g.of[x.Name] == nil || g.of[x.Name][i], whole.of[x.Name] == nil || whole.of[x.Name][i]
			if in && !out {
				return false
			}
			less = less || out && !in
		}
	}
	return less
}

// persons of a group.
func (c city) persons(g group) map[int]bool {
	found := map[int]bool{}
	for _, a := range c.acts {
		in := true
		for x, paths := range g.of {
			in = in && paths[a.at[x]]
		}
		if in {
			found[a.person] = true
		}
	}
	return found
}

// S10, S3, S4, S6: of shown cells, counted by hand from the visits, none is of few persons or has few new, returning or regular
// ones; of two of which one contains the other the difference is nobody or enough, and nobody only in large groups.
func TestDifferencing(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		c, r := small(t), Analyst()
		f := c.figures()
		shown := cells(t, f, protect(t, f, r))
		var open []group
		persons := map[string]map[int]bool{}
		for _, g := range c.groups() {
			s := shown[g.name]
			if s.Hidden {
				if s.Persons+s.Visits+s.Minutes > 0 || s.NewPersons != nil || s.RegularPersons != nil || !s.NewHidden || !s.RegularHidden || !s.MeansHidden {
					t.Fatal("hidden, and shown: ", s)
				}
				continue
			}
			p := c.persons(g)
			if len(p) != s.Persons || r.small(len(p)) || s.MeansHidden != (len(p) < r.MeanMin) {
				t.Fatal(g.name, s, len(p))
			}
			if n := s.NewPersons; n != nil && (r.small(*n) || r.small(s.Persons-*n)) {
				t.Fatal("few are new, or return: ", g.name, s)
			}
			if s.RegularPersons != nil && (r.small(*s.RegularPersons) || r.small(s.Persons-*s.RegularPersons)) {
				t.Fatal("few are regular, or not: ", g.name, s)
			}
			if open = append(open, g); len(p) > 0 {
				persons[g.name] = p
			}
		}
		for _, g := range open {
			for _, w := range open {
				if len(persons[g.name]) == 0 || !c.within(g, w) {
					continue
				}
				pairs++
				if lacks := len(persons[w.name]) - len(persons[g.name]); r.small(lacks) || lacks == 0 && len(persons[w.name]) <= r.GroupUpTo {
					t.Fatal(g.name, " of ", w.name, ": ", len(persons[g.name]), " of ", len(persons[w.name]))
				}
			}
		}
	})
	if pairs == 0 {
		t.Fatal("nothing was put to the test")
	}
}

// S16: two cubes of the same dong, taken together, do not count few persons of a dong, a sex and a field.
func TestJoinedCubes(t *testing.T) {
	met := 0
	joined := func(t *rapid.T) {
		c, r := small(t), Analyst()
		f := c.figures()
		shown := cells(t, f, protect(t, f, r))
		for name, whole := range shown {
			if !strings.HasPrefix(name, "home.") || strings.Contains(name, " ") || whole.Hidden {
				continue
			}
			for first, a := range shown {
				for second, b := range shown {
					if first != name+" sex.each=male" && first != name+" sex.each=female" || !strings.HasPrefix(second, "field.") ||
						!strings.HasSuffix(second, " "+name) || a.Hidden || b.Hidden || a.Persons*b.Persons == 0 {
						continue
					}
					met++
					low, high := max(0, a.Persons+b.Persons-whole.Persons), min(a.Persons, b.Persons)
					if low == high && r.small(low) || high < r.Threshold {
						t.Fatal(first, " and ", second, ": ", low, high)
					}
				}
			}
		}
	}
	for range 5 { // in few cities are both shown; once in twenty times in none of a hundred
		if met == 0 {
			rapid.Check(t, joined)
		}
	}
	if met == 0 {
		t.Fatal("nothing was put to the test")
	}
}

// S12: the same figures in any order, again and again, give the same.
func TestRepeat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := small(t)
		f, rules := c.figures(), Public([]byte("0123456789abcdef"))
		want := cells(t, f, protect(t, f, rules))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		for i := range f.Tables {
			cells := f.Tables[i].Cells
			r.Shuffle(len(cells), func(a, b int) { cells[a], cells[b] = cells[b], cells[a] })
			if r.IntN(2) == 0 {
				f.Tables[i].Row, f.Tables[i].Column = f.Tables[i].Column, f.Tables[i].Row
				for j := range cells {
					cells[j].Row, cells[j].Column = cells[j].Column, cells[j].Row
				}
			}
		}
		r.Shuffle(len(f.Tables), func(a, b int) { f.Tables[a], f.Tables[b] = f.Tables[b], f.Tables[a] })
		r.Shuffle(len(f.Axes), func(a, b int) { f.Axes[a], f.Axes[b] = f.Axes[b], f.Axes[a] })
		for i := range f.Axes {
			paths := f.Axes[i].Paths
			r.Shuffle(len(paths), func(a, b int) { paths[a], paths[b] = paths[b], paths[a] })
		}
		if got := cells(t, f, protect(t, f, rules)); !reflect.DeepEqual(got, want) {
			t.Fatal("another order, another publication")
		}
	})
}

// S13: one person more or less changes no figure of a cell that is shown in both and that he is not part of; and of hidden
// cells nothing is told, whatever is in them.
func TestOnePerson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		with := small(t)
		who := with.acts[rapid.IntRange(0, len(with.acts)-1).Draw(t, "who")].person
		without := with
		without.acts = slices.DeleteFunc(slices.Clone(with.acts), func(a act) bool { return a.person == who })
		rules := Public([]byte("0123456789abcdef"))
		f, g := with.figures(), without.figures()
		a, b := cells(t, f, protect(t, f, rules)), cells(t, g, protect(t, g, rules))
		for _, x := range with.groups() {
			one, other := a[x.name], b[x.name]
			if one.Hidden && other.Hidden && one != other {
				t.Fatal("two hidden cells differ: ", one, other)
			}
			one.NewHidden, one.RegularHidden, one.NewPersons, one.RegularPersons = other.NewHidden, other.RegularHidden, other.NewPersons, other.RegularPersons
			if !one.Hidden && !other.Hidden && !with.persons(x)[who] && one != other {
				t.Fatal(x.name, one, other)
			}
		}
	})
}

// The public reads nothing that analysts do not, in fives, always the same; both together are as safe as the first alone.
func TestPublic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, rules := small(t).figures(), Public([]byte("0123456789abcdef"))
		p := protect(t, f, Analyst())
		q := protect(t, f, rules, p)
		analyst, public := cells(t, f, p), cells(t, f, q)
		for name, c := range public {
			a := analyst[name]
			if a.Hidden && !c.Hidden || a.NewHidden && !c.NewHidden || a.RegularHidden && !c.RegularHidden {
				t.Fatal("analysts do not see ", name)
			}
			if c.Persons%5+c.Visits%5+c.Minutes%5+c.fresh()%5 > 0 || c.fresh() > c.Persons {
				t.Fatal(name, c)
			}
			if !c.Hidden && (max(c.Persons-a.Persons, a.Persons-c.Persons) > 4 || (c.Persons == 0) != (a.Persons == 0)) {
				t.Fatal(name, c, a)
			}
		}
		if found := audit(t, f, q, rules); found != nil {
			t.Fatal(found)
		}
	})
}

// Totals are hidden last: in a city as the demo's each gu's year is told, though that of many a dong is not.
func TestTotalsStay(t *testing.T) {
	gus, hidden := 0, 0
	for _, table := range protect(t, listed(17, 1400, 23).figures(), Analyst()).Tables {
		if table.Row.Axis != "home" || table.Column != (Side{"time", Total}) {
			continue
		}
		for _, cell := range table.Cells {
			switch {
			case table.Row.Level == "dong" && cell.Hidden:
				hidden++
			case table.Row.Level == "gu":
				if gus++; cell.Hidden {
					t.Error(cell.Row)
				}
			}
		}
	}
	if gus == 0 || hidden == 0 {
		t.Fatal("nothing was put to the test: ", gus, hidden)
	}
}
