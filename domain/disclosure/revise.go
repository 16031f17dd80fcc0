package disclosure

import "fmt"

// version is an earlier publication, by the cells of the new figures.
type version struct {
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
		v := version{known: make([]bool, n), hidden: make([]bool, n), was: make([]Measures, n), touched: touched}
		for c := range s.cells {
			if o, ok := at[s.name(c)]; ok {
				v.known[c], v.hidden[c], v.was[c] = true, marked[o], old.cells[o].Measures
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

// changed is how many persons at least are behind the difference of two figures.
func changed(was, is Measures) int {
	n := max(was.Persons-is.Persons, is.Persons-was.Persons)
	n = max(n, was.NewPersons-is.NewPersons, is.NewPersons-was.NewPersons)
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
