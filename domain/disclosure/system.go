package disclosure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// axis is an Axis in numbers. Its last level is the total; names, levels, keys and leaves are sorted, so that nothing depends
// on the order things come in.
type axis struct {
	name      string
	levels    []string
	keys      [][]string     // by level
	up        [][]int        // by level: a leaf's key
	leaves    [][][]int      // by level and key: its leaves
	level     map[string]int // by name
	key       []map[string]int
	finer     [][]bool // finer[l][m]: level m is made of whole keys of l; of equal levels the first is the finer
	exclusive bool
	periods   bool
}

func (a *axis) count() int { return len(a.up[0]) }
func (a *axis) total() int { return len(a.levels) - 1 }

// table is a grouping that is there once, however often it was given: b is -1 for a margin, a, too, for the grand total.
type table struct {
	a, la, b, lb int
	na, nb       int
	base         int  // of its cells' numbers: base + row·nb + column
	news         bool // its cells have new persons
}

// relation says that left and right are the same visits and minutes. Mostly left is one cell, and right its parts.
type relation struct {
	left, right []int
	adds        bool // persons add up
	news        bond // what it says about new persons
	spans       bool // the parts are of shorter periods than the whole: who is new in it may return in a part
}

// bond is what a relation says about a figure.
type bond int

const (
	nothing  bond = iota
	sums          // the whole is the sum of the parts
	unites        // the whole is at least the largest part, and at most their sum
	contains      // the whole is at least the largest part
)

// system is all figures of a year as one set of numbered cells with all that ties them together.
type system struct {
	axes      []axis
	tables    []*table
	cubes     map[[2]int][]*table // without margins
	margins   map[int][]*table
	grand     *table
	given     []*table // as in Figures.Tables
	turned    []bool   // given with the axes the other way round
	rows      []Side   // as given
	columns   []Side
	cells     []Cell   // Row and Column are those of table.a and table.b
	of        []*table // by cell
	relations []relation
	in        [][]int // by cell: its relations
	wholes    [][]int // by cell: the cells of coarser tables that contain it and more
	news      *system // the same cells, of which only those are tied that have new persons
}

// newSystem numbers the figures and checks them: whatever follows trusts that they add up.
func newSystem(f Figures) (*system, error) {
	s := &system{cubes: map[[2]int][]*table{}, margins: map[int][]*table{}}
	for _, a := range f.Axes {
		made, err := newAxis(a)
		if err != nil {
			return nil, err
		}
		s.axes = append(s.axes, made)
	}
	slices.SortFunc(s.axes, func(a, b axis) int { return cmp.Compare(a.name, b.name) })
	for i := 1; i < len(s.axes); i++ {
		if s.axes[i].name == s.axes[i-1].name {
			return nil, fmt.Errorf("disclosure: axis %s is given twice", s.axes[i].name)
		}
	}
	if err := s.layOut(f.Tables); err != nil {
		return nil, err
	}
	if err := s.closed(); err != nil {
		return nil, err
	}
	if err := s.fill(f.Tables); err != nil {
		return nil, err
	}
	s.relate()
	if err := s.narrow(); err != nil {
		return nil, err
	}
	return s, s.agree()
}

func newAxis(a Axis) (axis, error) {
	made := axis{name: a.Name, exclusive: a.Exclusive, periods: a.Periods, level: map[string]int{}}
	order := make([]int, len(a.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(a.Levels[i], a.Levels[j]) })
	var paths [][]string
	for _, p := range a.Paths {
		if len(p) != len(a.Levels) {
			return made, fmt.Errorf("disclosure: axis %s: %d keys in a path of %d levels", a.Name, len(p), len(a.Levels))
		}
		sorted := make([]string, len(p))
		for i, j := range order {
			sorted[i] = p[j]
		}
		paths = append(paths, sorted)
	}
	slices.SortFunc(paths, slices.Compare[[]string])
	paths = slices.CompactFunc(paths, slices.Equal[[]string])
	if len(paths) == 0 || len(a.Levels) == 0 {
		return made, fmt.Errorf("disclosure: axis %s has no levels or no values", a.Name)
	}
	for _, j := range order {
		made.levels = append(made.levels, a.Levels[j])
	}
	made.levels = append(made.levels, Total)
	for l, name := range made.levels {
		if _, twice := made.level[name]; twice || name == "" {
			return made, fmt.Errorf("disclosure: axis %s: level %q is given twice or has no name", a.Name, name)
		}
		made.level[name] = l
		at := func(p []string) string {
			if name == Total {
				return Total
			}
			return p[l]
		}
		var keys []string
		for _, p := range paths {
			keys = append(keys, at(p))
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		key, up, leaves := map[string]int{}, make([]int, len(paths)), make([][]int, len(keys))
		for i, k := range keys {
			key[k] = i
		}
		for leaf, p := range paths {
			up[leaf] = key[at(p)]
			leaves[up[leaf]] = append(leaves[up[leaf]], leaf)
		}
		made.keys, made.key = append(made.keys, keys), append(made.key, key)
		made.up, made.leaves = append(made.up, up), append(made.leaves, leaves)
	}
	made.refine()
	return made, nil
}

func (a *axis) refine() {
	whole := func(l, m int) bool {
		for _, leaves := range a.leaves[l] {
			for _, leaf := range leaves[1:] {
				if a.up[m][leaf] != a.up[m][leaves[0]] {
					return false
				}
			}
		}
		return true
	}
	a.finer = make([][]bool, len(a.levels))
	for l := range a.levels {
		a.finer[l] = make([]bool, len(a.levels))
		for m := range a.levels {
			a.finer[l][m] = l != m && whole(l, m) && (l < m || !whole(m, l))
		}
	}
}

// side finds an axis and level.
func (s *system) side(x Side) (int, int, error) {
	for i := range s.axes {
		if s.axes[i].name == x.Axis {
			if l, ok := s.axes[i].level[x.Level]; ok {
				return i, l, nil
			}
		}
	}
	return 0, 0, fmt.Errorf("disclosure: no level %s of axis %s", x.Level, x.Axis)
}

// layOut numbers the cells of each table that is given, once.
func (s *system) layOut(tables []Table) error {
	found := map[[4]int]*table{}
	for _, t := range tables {
		a, la, err := s.side(t.Row)
		if err != nil {
			return err
		}
		b, lb, err := s.side(t.Column)
		if err != nil {
			return err
		}
		if a == b {
			return fmt.Errorf("disclosure: a table of axis %s with itself", t.Row.Axis)
		}
		turned := false
		if totalA, totalB := la == s.axes[a].total(), lb == s.axes[b].total(); totalA && totalB {
			a, la, b, lb = -1, -1, -1, -1
		} else if totalB {
			b, lb = -1, -1
		} else if totalA {
			a, la, b, lb, turned = b, lb, -1, -1, true
		} else if a > b {
			a, la, b, lb, turned = b, lb, a, la, true
		}
		id := [4]int{a, la, b, lb}
		if found[id] == nil {
			made := &table{a: a, la: la, b: b, lb: lb, na: 1, nb: 1}
			if a >= 0 {
				made.na = len(s.axes[a].keys[la])
			}
			if b >= 0 {
				made.nb = len(s.axes[b].keys[lb])
			}
			found[id], s.tables = made, append(s.tables, made)
		}
		s.given, s.turned = append(s.given, found[id]), append(s.turned, turned)
		s.rows, s.columns = append(s.rows, t.Row), append(s.columns, t.Column)
	}
	slices.SortFunc(s.tables, func(x, y *table) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.la, y.la), cmp.Compare(x.lb, y.lb))
	})
	n := 0
	for _, t := range s.tables {
		t.base = n
		n += t.na * t.nb
		for range t.na * t.nb {
			s.of = append(s.of, t)
		}
		switch {
		case t.a < 0:
			s.grand = t
		case t.b < 0:
			s.margins[t.a] = append(s.margins[t.a], t)
		default:
			s.cubes[[2]int{t.a, t.b}] = append(s.cubes[[2]int{t.a, t.b}], t)
		}
	}
	s.cells = make([]Cell, n)
	return nil
}

// closed wants all combinations of levels of each pair of axes.
func (s *system) closed() error {
	missing := func(a, la, b, lb int) error {
		name := func(x, l int) string {
			if x < 0 {
				return Total
			}
			return s.axes[x].name + "." + s.axes[x].levels[l]
		}
		return fmt.Errorf("disclosure: the table %s × %s is missing", name(a, la), name(b, lb))
	}
	if s.grand == nil {
		return missing(-1, -1, -1, -1)
	}
	for _, t := range s.tables {
		if t.b < 0 {
			continue
		}
		for _, m := range [][2]int{{t.a, t.la}, {t.b, t.lb}} {
			if !slices.ContainsFunc(s.margins[m[0]], func(x *table) bool { return x.la == m[1] }) {
				return missing(m[0], m[1], -1, -1)
			}
		}
		for _, u := range s.cubes[[2]int{t.a, t.b}] {
			if !slices.ContainsFunc(s.cubes[[2]int{t.a, t.b}], func(x *table) bool { return x.la == t.la && x.lb == u.lb }) {
				return missing(t.a, t.la, t.b, u.lb)
			}
		}
	}
	return nil
}

// fill reads the cells; a margin that is given more than once must be the same.
func (s *system) fill(tables []Table) error {
	filled := map[*table]bool{}
	for i, t := range s.given {
		seen := make([]bool, t.na*t.nb)
		for _, c := range tables[i].Cells {
			at, err := s.find(i, c.Row, c.Column)
			if err != nil {
				return err
			}
			if seen[at-t.base] {
				return fmt.Errorf("disclosure: %s is given twice in one table", s.name(at))
			}
			seen[at-t.base] = true
			if c.Row, c.Column = "", ""; !filled[t] {
				s.cells[at] = c
			} else if !same(s.cells[at], c) {
				return fmt.Errorf("disclosure: %s differs between the tables it is in", s.name(at))
			}
			if m := c.Measures; m.Persons < 0 || m.Visits < 0 || m.Minutes < 0 || c.Top1 < c.Top2 || c.Top2 < 0 || !of(m.NewPersons, m.Persons) ||
				!of(m.RegularPersons, m.Persons) ||
				m.Persons == 0 && (m.Visits > 0 || m.Minutes > 0) {
				return fmt.Errorf("disclosure: %s has impossible figures", s.name(at))
			}
		}
		if filled[t] {
			for k, ok := range seen {
				if !ok && s.cells[t.base+k].Persons > 0 {
					return fmt.Errorf("disclosure: %s differs between the tables it is in", s.name(t.base+k))
				}
			}
		}
		filled[t] = true
	}
	return nil
}

// narrow finds which tables have new persons, and what ties those to one another.
func (s *system) narrow() error {
	for c := range s.cells {
		s.of[c].news = s.of[c].news || s.cells[c].NewPersons != nil
	}
	for c := range s.cells {
		if s.of[c].news && s.cells[c].NewPersons == nil && s.cells[c].Persons > 0 {
			return fmt.Errorf("disclosure: %s has no new persons, and its table has", s.name(c))
		}
	}
	n := *s
	n.relations, n.tables = nil, slices.DeleteFunc(slices.Clone(s.tables), func(t *table) bool { return !t.news })
	n.relate()
	s.news = &n
	return nil
}

// fresh are a cell's new persons; nobody where there are none.
func (m Measures) fresh() int {
	if m.NewPersons == nil {
		return 0
	}
	return *m.NewPersons
}

// of says whether a figure may count some of so many persons.
func of(part *int, persons int) bool { return part == nil || *part >= 0 && *part <= persons }

func same(a, b Cell) bool {
	equal := func(m, n *int) bool { return (m == nil) == (n == nil) && (m == nil || *m == *n) }
	if !equal(a.NewPersons, b.NewPersons) || !equal(a.RegularPersons, b.RegularPersons) {
		return false
	}
	a.NewPersons, a.RegularPersons, b.NewPersons, b.RegularPersons = nil, nil, nil, nil
	return a == b
}

// find is the number of a cell of the i-th table given.
func (s *system) find(i int, row, column string) (int, error) {
	t := s.given[i]
	if s.turned[i] {
		row, column = column, row
	}
	at := func(x, l int, key string) (int, bool) {
		if x < 0 {
			return 0, key == Total
		}
		k, ok := s.axes[x].key[l][key]
		return k, ok
	}
	a, okA := at(t.a, t.la, row)
	b, okB := at(t.b, t.lb, column)
	if !okA || !okB {
		return 0, fmt.Errorf("disclosure: no such cell: %s × %s", row, column)
	}
	return t.base + a*t.nb + b, nil
}

// keys are a cell's keys on its table's axes.
func (s *system) keys(cell int) (int, int) {
	t := s.of[cell]
	return (cell - t.base) / t.nb, (cell - t.base) % t.nb
}

// name is a cell in words, the same in every version of the year.
func (s *system) name(cell int) string {
	t := s.of[cell]
	a, b := s.keys(cell)
	var parts []string
	if t.a >= 0 {
		parts = append(parts, s.axes[t.a].name+"."+s.axes[t.a].levels[t.la]+"="+s.axes[t.a].keys[t.la][a])
	}
	if t.b >= 0 {
		parts = append(parts, s.axes[t.b].name+"."+s.axes[t.b].levels[t.lb]+"="+s.axes[t.b].keys[t.lb][b])
	}
	if parts == nil {
		return Total
	}
	return strings.Join(parts, " ")
}
