package disclosure

import (
	"fmt"
	"slices"
)

// level of a table on an axis: the total where it has none.
func (s *system) level(t *table, x int) int {
	switch x {
	case t.a:
		return t.la
	case t.b:
		return t.lb
	}
	return s.axes[x].total()
}

// finer says whether every cell of u is made of whole cells of t, and t is another table.
func (s *system) finer(t, u *table) bool {
	if t == u {
		return false
	}
	for x := range s.axes {
		if l, m := s.level(t, x), s.level(u, x); l != m && !s.axes[x].finer[l][m] {
			return false
		}
	}
	return true
}

// within is the cell of a coarser table that contains a cell.
func (s *system) within(cell int, u *table) int {
	t := s.of[cell]
	a, b := s.keys(cell)
	key := func(x int) int {
		switch x {
		case -1:
			return 0
		case t.a:
			return s.axes[x].up[s.level(u, x)][s.axes[x].leaves[t.la][a][0]]
		}
		return s.axes[x].up[s.level(u, x)][s.axes[x].leaves[t.lb][b][0]]
	}
	return u.base + key(u.a)*u.nb + key(u.b)
}

// period is how long a cell's period is: its level on the axis of periods.
func (s *system) period(cell int) int {
	for x := range s.axes {
		if s.axes[x].periods {
			return s.level(s.of[cell], x)
		}
	}
	return 0
}

// leaves counts the finest values of a table's cell along an axis.
func (s *system) leaves(cell, x int) int {
	a, b := s.keys(cell)
	switch t := s.of[cell]; x {
	case t.a:
		return len(s.axes[x].leaves[t.la][a])
	case t.b:
		return len(s.axes[x].leaves[t.lb][b])
	}
	return s.axes[x].count()
}

// relate finds all that ties cells together: each table to the next coarser ones, and tables that cut the same whole
// differently to one another, by the smallest sets of their keys that cover the same.
func (s *system) relate() {
	s.in, s.wholes = make([][]int, len(s.cells)), make([][]int, len(s.cells))
	for _, t := range s.tables {
		var coarser []*table
		for _, u := range s.tables {
			if s.finer(t, u) {
				coarser = append(coarser, u)
			} else if u.base > t.base && !s.finer(u, t) {
				s.mesh(t, u)
			}
		}
		for _, u := range coarser {
			for c := t.base; c < t.base+t.na*t.nb; c++ {
				w := s.within(c, u)
				for x := range s.axes {
					if s.leaves(c, x) != s.leaves(w, x) {
						s.wholes[c] = append(s.wholes[c], w)
						break
					}
				}
			}
			if slices.ContainsFunc(coarser, func(v *table) bool { return s.finer(v, u) }) {
				continue
			}
			adds, spans := true, false
			for x := range s.axes {
				adds = adds && (s.level(t, x) == s.level(u, x) || s.axes[x].exclusive)
				spans = spans || s.level(t, x) != s.level(u, x) && s.axes[x].periods
			}
			parts := make([][]int, u.na*u.nb)
			for c := t.base; c < t.base+t.na*t.nb; c++ {
				w := s.within(c, u) - u.base
				parts[w] = append(parts[w], c)
			}
			for w, p := range parts {
				s.tie(relation{left: []int{u.base + w}, right: p, adds: adds || len(p) == 1, spans: spans})
			}
		}
	}
}

// mesh ties two tables that differ on one axis only, in levels of which neither is finer.
func (s *system) mesh(t, u *table) {
	on := -1
	for x := range s.axes {
		if s.level(t, x) != s.level(u, x) {
			if on >= 0 {
				return
			}
			on = x
		}
	}
	x, l, m := &s.axes[on], s.level(t, on), s.level(u, on)
	if x.finer[l][m] || x.finer[m][l] {
		return
	}
	set := make([]int, x.count()) // by leaf: the first leaf of its set
	for i := range set {
		set[i] = i
	}
	for again := true; again; {
		again = false
		for _, level := range []int{l, m} {
			for _, leaves := range x.leaves[level] {
				least := set[leaves[0]]
				for _, leaf := range leaves {
					least = min(least, set[leaf])
				}
				for _, leaf := range leaves {
					if set[leaf] != least {
						set[leaf], again = least, true
					}
				}
			}
		}
	}
	n := t.nb // keys on the other axis
	if on == t.b {
		n = t.na
	}
	for first := range set {
		if set[first] != first {
			continue
		}
		for o := range n {
			var r relation
			for k, leaves := range x.leaves[l] {
				if set[leaves[0]] == first {
					r.left = append(r.left, s.cross(t, on, k, o))
				}
			}
			for k, leaves := range x.leaves[m] {
				if set[leaves[0]] == first {
					r.right = append(r.right, s.cross(u, on, k, o))
				}
			}
			if len(r.right) == 1 {
				r.left, r.right = r.right, r.left
			}
			r.adds, r.spans = x.exclusive || len(r.left) == 1 && len(r.right) == 1, x.periods
			if len(r.left) == 1 && len(r.right) > 1 {
				for _, c := range r.right {
					s.wholes[c] = append(s.wholes[c], r.left[0])
				}
			}
			s.tie(r)
		}
	}
}

// cross is the cell with a key on one axis and another one on the other.
func (s *system) cross(t *table, on, key, other int) int {
	if on == t.a {
		return t.base + key*t.nb + other
	}
	return t.base + other*t.nb + key
}

// tie keeps a relation. Of new persons it says what it does of all, unless its parts are of shorter periods. Then each is new in
// one of them, so that they add up in the whole city; but where he is new he need not be where he lives or what he does later.
func (s *system) tie(r relation) {
	switch t := s.of[r.right[0]]; {
	case r.adds || r.spans && t.b < 0:
		r.news = sums
	case !r.spans:
		r.news = unites
	case len(r.left) == 1:
		r.news = contains
	}
	for _, c := range append(slices.Clone(r.left), r.right...) {
		s.in[c] = append(s.in[c], len(s.relations))
	}
	s.relations = append(s.relations, r)
}

// agree checks that the figures add up as they must.
func (s *system) agree() error {
	for i := range s.news.relations {
		if r := &s.news.relations[i]; !s.fits(r) {
			return fmt.Errorf("disclosure: new persons of %s do not agree with those of its parts, %s and others", s.name(r.left[0]), s.name(r.right[0]))
		}
	}
	for _, r := range s.relations {
		var left, right Measures
		most := 0
		for _, c := range r.left {
			left.add(s.cells[c].Measures)
			most = max(most, s.cells[c].Persons)
		}
		for _, c := range r.right {
			right.add(s.cells[c].Measures)
			most = max(most, s.cells[c].Persons)
		}
		if left.Visits != right.Visits || left.Minutes != right.Minutes || r.adds && left.Persons != right.Persons ||
			!r.adds && most > min(left.Persons, right.Persons) {
			return fmt.Errorf("disclosure: %s does not agree with its parts, %s and others", s.name(r.left[0]), s.name(r.right[0]))
		}
	}
	return nil
}

// fits says whether new persons, and those who return, keep a relation.
func (s *system) fits(r *relation) bool {
	for _, of := range []func(m Measures) int{Measures.fresh, func(m Measures) int { return m.Persons - m.fresh() }} {
		most, sum := 0, [2]int{}
		for i, side := range [][]int{r.left, r.right} {
			for _, c := range side {
				v := of(s.cells[c].Measures)
				most, sum[i] = max(most, v), sum[i]+v
			}
		}
		if r.news == sums && sum[0] != sum[1] || r.news == unites && most > min(sum[0], sum[1]) || r.news == contains && most > sum[0] {
			return false
		}
		if r.spans { // those who return do not: who is new in the whole returns in later parts
			return true
		}
	}
	return true
}

func (m *Measures) add(o Measures) {
	m.Persons, m.Visits, m.Minutes = m.Persons+o.Persons, m.Visits+o.Visits, m.Minutes+o.Minutes
}

// holds says whether a relation is kept when some figures change.
func (l *layer) holds(r *relation, m *measure, changed map[int]int) bool {
	most, left, right := 0, 0, 0
	for _, c := range r.left {
		v := m.value[c] + changed[c]
		most, left = max(most, v), left+v
	}
	for _, c := range r.right {
		v := m.value[c] + changed[c]
		most, right = max(most, v), right+v
	}
	if !m.unions || r.adds {
		return left == right
	}
	return most <= min(left, right)
}
