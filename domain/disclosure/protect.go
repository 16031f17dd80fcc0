package disclosure

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Protect hides what must not be told. What a stricter look at the same figures hides (above: the publication for analysts,
// when this is the public one) is hidden here, too, so that the two read together tell no more than the first alone. The same
// figures under the same rules give the same result, in whatever order they come. Errors: *Refusal, or what is wrong with the
// figures or rules.
func Protect(f Figures, r Rules, above ...Protected) (Protected, error) {
	return Revise(f, r, nil, above...)
}

// Revise protects a new version of figures of which earlier ones were published. Whoever lays two versions side by side sees
// the change of each cell that both show, as if the changes had been published in tables of their own; so the rules hold for
// those, too: the change of a cell must be nobody's or be that of as many persons as are shown at all, and so must, taken
// together, the changes of the hidden parts of a shown sum. A cell that was hidden is shown again only when as many persons
// have changed it and all of it may be new as far as its wholes tell. Cells that break this are hidden in the new version,
// and protected as any other. A version in which fewer persons than are shown at all have changed anything is refused: it
// has to wait. Errors: as Protect.
func Revise(f Figures, r Rules, earlier []Version, above ...Protected) (Protected, error) {
	return run(f, r, earlier, above, true)
}

// run is Revise, where wanted without the complementary cells: tests need to see that attacks succeed then.
func run(f Figures, r Rules, earlier []Version, above []Protected, complementary bool) (Protected, error) {
	if err := r.check(); err != nil {
		return Protected{}, err
	}
	s, err := newSystem(f)
	if err != nil {
		return Protected{}, err
	}
	before, err := s.versions(earlier, r)
	if err != nil {
		return Protected{}, err
	}
	layers := s.layers(r, before)
	for i, g := range layers {
		copy(g.hidden, g.primary)
		for _, p := range above {
			if err := s.marks(p, g.hidden, i); err != nil {
				return Protected{}, err
			}
		}
	}
	report := Report{Cells: len(s.cells)}
	for i, g := range layers {
		if i > 0 {
			g.inherit(layers[0])
		}
		if !complementary {
			continue
		}
		rounds := g.close()
		for ; ; rounds++ {
			breaches, solved := g.audit()
			if len(breaches) == 0 {
				if report.Rounds += rounds; i == 0 {
					report.Solved = solved
				}
				break
			}
			hidden := 0
			for _, b := range breaches {
				hidden += g.yield(b.cell)
			}
			if report.Repaired += hidden; hidden == 0 || rounds > 200 {
				return Protected{}, s.refuse(breaches)
			}
			rounds += g.close()
		}
	}
	for c := range s.cells {
		main := layers[0]
		switch {
		case main.hidden[c] && main.primary[c]:
			report.Primary++
		case main.hidden[c]:
			report.Complementary++
		case s.cells[c].Persons == 0:
			report.Zero++
		}
		if !main.hidden[c] && layers[1].hidden[c] {
			report.NewHidden++
		}
		if !main.hidden[c] && layers[2].hidden[c] {
			report.RegularHidden++
		}
	}
	report.Worlds = report.Primary + report.Complementary - report.Solved
	return Protected{Year: f.Year, Tables: s.show(f, r, layers), Report: report}, nil
}

func (r Rules) check() error {
	if r.Threshold < 2 || r.Dominance < 1 || r.Dominance > 100 || r.PPercent < 0 || r.PPercent > 100 || r.RoundTo < 0 {
		return errors.New("disclosure: impossible rules")
	}
	if r.RoundTo > 1 && len(r.Key) < 16 {
		return errors.New("disclosure: rounding needs a secret key of 16 bytes at least")
	}
	return nil
}

// close hides until every hidden cell is proved, and gives how often it began anew.
func (g *guard) close() int {
	order := make([]int, 0, len(g.hidden))
	for c := range g.hidden {
		order = append(order, c)
		g.open[c] = true
	}
	slices.SortStableFunc(order, func(a, b int) int {
		margin := func(c int) int { return min(g.s.of[c].b, 0) } // they come first, as what they need lies in all tables
		return cmp.Or(cmp.Compare(margin(a), margin(b)), cmp.Compare(g.measures[0].value[b], g.measures[0].value[a]), cmp.Compare(a, b))
	})
	for round := 1; ; round++ {
		again := len(g.more()) > 0
		if g.drop() {
			return round
		}
		for _, c := range order {
			if !g.hidden[c] || !g.open[c] || g.idle[c] {
				continue
			}
			again = true
			if g.secure(c) {
				g.open[c] = false
			} else if g.yield(c) == 0 {
				g.open[c] = false // the audit says what is wrong with it
			}
		}
		if !again {
			return round
		}
	}
}

// secure hides what is needed to prove a hidden cell, and says whether that did it.
func (g *guard) secure(cell int) bool {
	if g.story != nil {
		return g.pair(cell)
	}
	up, down := g.needs(cell)
	return g.prove(cell, up, down, true) < 0
}

// drop hides everything once the total of all is hidden: then nothing is told of anybody, and there is nothing to prove.
func (g *guard) drop() bool {
	if !g.hidden[g.s.grand.base] {
		return false
	}
	for c := range g.hidden {
		if !g.gone(c) {
			g.hidden[c], g.open[c] = true, false
		}
	}
	return true
}

// yield hides what holds a cell in its bounds: the smallest of its shown wholes, and where all are hidden the shown parts and
// neighbours; the total of all only when nothing else is left. It gives how many it hid.
func (g *guard) yield(cell int) int {
	grand, best := g.s.grand.base, -1
	for _, w := range g.s.wholes[cell] {
		if w != grand && !g.hidden[w] && !g.gone(w) && (best < 0 || g.weight[w] < g.weight[best]) {
			best = w
		}
	}
	if best >= 0 {
		g.hidden[best] = true
		return 1
	}
	n := 0
	for _, i := range g.s.in[cell] {
		r := &g.s.relations[i]
		for _, c := range append(slices.Clone(r.left), r.right...) {
			if c != grand && !g.hidden[c] && !g.gone(c) {
				g.hidden[c] = true
				n++
			}
		}
	}
	if n == 0 && !g.hidden[grand] {
		g.hidden[grand] = true
		return 1
	}
	return n
}

// version is an earlier publication, by the cells of the new figures.
type version struct {
	news    *guard // of new persons, as they were published; nil where nothing at all was told of them
	of      []int  // the cell's number there; −1 where there was none
	known   []bool // the cell was there; one that was not is nobody's, for everybody to see
	hidden  []bool
	was     []Measures
	touched []int // persons whose figures have changed since
}

// versions reads what was published before.
func (s *system) versions(earlier []Version, r Rules) ([]version, error) {
	var read []version
	for i, e := range earlier {
		old, err := newSystem(e.Figures)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", i+1, err)
		}
		marked := make([]bool, len(old.cells))
		if err := old.marks(e.Protected, marked, 0); err != nil {
			return nil, fmt.Errorf("version %d: %w", i+1, err)
		}
		at := map[string]int{}
		for c := range old.cells {
			at[old.name(c)] = c
		}
		touched, err := s.touched(e.Touched)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", i+1, err)
		}
		n := len(s.cells)
		v := version{known: make([]bool, n), hidden: make([]bool, n), was: make([]Measures, n), of: make([]int, n), touched: touched}
		if v.news, err = old.toldOfNew(e.Protected, marked, r); err != nil {
			return nil, fmt.Errorf("version %d: %w", i+1, err)
		}
		for c := range s.cells {
			v.of[c] = -1
			if o, ok := at[s.name(c)]; ok {
				v.known[c], v.hidden[c], v.was[c], v.of[c] = true, marked[o], old.cells[o].Measures, o
			}
		}
		if touched == nil {
			v.touched = make([]int, n)
		}
		for c := range s.cells {
			proved := changed(v.was[c], s.cells[c].Measures)
			if touched == nil {
				v.touched[c] = proved
			} else if v.touched[c] < proved {
				return nil, fmt.Errorf("disclosure: version %d: %d persons have changed in %s, and figures say there were more", i+1, v.touched[c], s.name(c))
			}
		}
		if grand := s.grand.base; r.small(v.touched[grand]) && !v.hidden[grand] {
			return nil, &Refusal{[]Breach{{Cell: s.name(grand), Measure: "persons", Kind: Change}}}
		}
		read = append(read, v)
	}
	return read, nil
}

// changed is how many persons at least are behind the difference of two figures. That some are new now, or no longer, is not
// their doing in the cell: of that newcomers takes care.
func changed(was, is Measures) int {
	n := max(was.Persons-is.Persons, is.Persons-was.Persons)
	if was.RegularPersons != nil && is.RegularPersons != nil {
		n = max(n, *was.RegularPersons-*is.RegularPersons, *is.RegularPersons-*was.RegularPersons)
	}
	if n == 0 && (was.Visits != is.Visits || was.Minutes != is.Minutes) {
		return 1
	}
	return n
}

// touched reads how many persons have changed by cell; nil where nobody has counted.
func (s *system) touched(tables []Table) ([]int, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	touched := make([]int, len(s.cells))
	byKeys := map[Side]map[Side]int{}
	for i := range s.given {
		row, column := s.rows[i], s.columns[i]
		if byKeys[row] == nil {
			byKeys[row] = map[Side]int{}
		}
		byKeys[row][column] = i + 1
	}
	for _, t := range tables {
		i := byKeys[t.Row][t.Column] - 1
		if i < 0 {
			return nil, fmt.Errorf("disclosure: changes of %s.%s × %s.%s, which is no table", t.Row.Axis, t.Row.Level, t.Column.Axis, t.Column.Level)
		}
		for _, c := range t.Cells {
			at, err := s.find(i, c.Row, c.Column)
			if err != nil {
				return nil, err
			}
			touched[at] = max(touched[at], c.Persons)
		}
	}
	return touched, nil
}

// shown says whether everybody knows what the cell was.
func (v *version) shown(cell int) bool { return !v.known[cell] || !v.hidden[cell] }

// changes hides what two versions laid side by side would tell.
func (g *guard) changes(v *version) []finding {
	var found []finding
	hide := func(c int) {
		g.hidden[c] = true
		found = append(found, finding{c, Change})
	}
	apart := make([]bool, len(g.hidden)) // the change of the cell is not told
	for c := range g.hidden {
		if !g.hidden[c] && (v.shown(c) && v.known[c] && g.rules.small(v.touched[c]) || !v.shown(c) && !g.anew(v, c)) {
			hide(c)
		}
		apart[c] = g.hidden[c] || !v.shown(c)
	}
	for i := range g.s.relations {
		r := &g.s.relations[i]
		if len(r.left) != 1 || apart[r.left[0]] || v.touched[r.left[0]] == 0 {
			continue
		}
		if c := g.rest(r, v.touched, apart); c >= 0 {
			hide(c)
			apart[c] = true
		}
	}
	return found
}

// anew says whether all of a cell that was hidden may be new, as far as the shown wholes tell: then showing what it is now
// says nothing about what it was.
func (g *guard) anew(v *version, cell int) bool {
	if v.touched[cell] < g.rules.Threshold {
		return false
	}
	is := g.s.cells[cell]
	for _, w := range g.s.wholes[cell] {
		if whole := g.s.cells[w]; !g.hidden[w] && v.shown(w) &&
			(whole.Visits-v.was[w].Visits < is.Visits || whole.Minutes-v.was[w].Minutes < is.Minutes) {
			return false
		}
	}
	return true
}

// reaches lets a cell that few persons have changed stay open between what it was and a change of as many as are shown.
func (v *version) reaches(g *guard, cell int, up, down *want) {
	if v.hidden[cell] || !v.known[cell] || !g.rules.small(v.touched[cell]) {
		return
	}
	is, was := g.s.cells[cell].Measures, v.was[cell]
	for k, d := range []int{is.Persons - was.Persons, is.Visits - was.Visits, is.Minutes - was.Minutes} {
		if down[k] = max(down[k], d); d < 0 {
			up[k] = max(up[k], -d)
		}
		if k < 2 {
			up[k] = max(up[k], g.rules.Threshold-d)
		}
	}
}
