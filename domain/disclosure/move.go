package disclosure

import "math"

// measure is one figure of all cells, and what an attacker knows of it.
type measure struct {
	name   string
	value  []int
	room   []int // by how much a cell's may rise; nil for without bound
	unions bool  // adds up only where the relation says so; otherwise a whole is between its largest part and their sum
	loose  bool  // adds up only where the relation says so; otherwise it says nothing
	news   bool  // is new persons
}

// bond is what a relation says about the figure.
func (m *measure) bond(r *relation) bond {
	switch {
	case m.news:
		return r.news
	case r.adds || !m.unions && !m.loose:
		return sums
	case m.unions:
		return unites
	}
	return nothing
}

// persons are how many the figure counts some of in a cell; not ok where nobody knows.
func (m *measure) persons(cell int) (n int, ok bool) {
	return m.value[cell] + m.room[cell], m.room[cell] < unknown
}

// unknown is the room of a cell of which nobody knows how many persons it has.
const unknown = math.MaxInt32

// span is a period with those that it consists of, one after the other. Who is active in one of them is not new in a later one.
type span struct {
	whole int
	parts []int
}

// layer is a set of figures that are hidden together.
type layer struct {
	s        *system
	measures []measure
	hidden   []bool
	absent   []bool // has no such figure: nothing to hide, nothing told; nil for none
	given    []bool // everybody has the figure from an earlier version, so that hiding it hides nothing; nil for none
	spans    []span // nil for none
	weight   []int  // what hiding a cell costs

	// the move being looked at, and the best one so far
	try, best move
	most      int // try.reach when nothing limits it
	up, down  want
	only      int // the one measure looked at; −1 for all
	mayHide   bool
	changed   map[int]int
}

// want is by how much a figure must be able to be less or more than it is, for each measure of a layer.
type want [3]int

// move is a change of the city that leaves all shown figures as they are. It is made of people who swap what they are on one
// axis or on two, so that it is possible in all tables at once: on two axes four cells of each table of the pair change, the
// margins do not; on one axis two cells of the margin do, and two cells in every table that breaks the margin down.
type move struct {
	terms []term
	cost  int // of cells it would have to hide
	reach int // how far it can go
}

type term struct{ cell, sign int }

// add takes a cell into the move being looked at, and says whether it may still become the best one: cost only grows, reach
// only shrinks.
func (l *layer) add(cell, sign int) bool {
	if l.gone(cell) {
		return true
	}
	if !l.hidden[cell] {
		if !l.mayHide {
			return false
		}
		l.try.cost += l.weight[cell]
	}
	for k := range l.measures {
		if l.only >= 0 && k != l.only {
			continue
		}
		less, more := l.measures[k].value[cell], math.MaxInt
		if l.measures[k].room != nil {
			more = l.measures[k].room[cell]
		}
		up, down := less, more // how far the move can go up, and down, for this cell's sake
		if sign > 0 {
			up, down = more, less
		}
		if l.only < 0 {
			if up < l.up[k] || down < l.down[k] {
				return false
			}
		} else if l.up[k] > 0 {
			l.try.reach = min(l.try.reach, up)
		} else {
			l.try.reach = min(l.try.reach, down)
		}
	}
	l.try.terms = append(l.try.terms, term{cell, sign})
	return l.better()
}

func (l *layer) better() bool { return l.try.beats(l.best) }

// beats compares moves by what each step of their way costs; of two that cost the same the farther one is better.
func (m move) beats(o move) bool {
	if m.reach == 0 || o.reach == 0 {
		return m.reach > o.reach
	}
	if one, other := m.cost*o.reach, o.cost*m.reach; one != other {
		return one < other
	}
	return m.reach > o.reach
}

// perfect says whether the best move costs nothing and reaches all that is wanted, so that looking on is idle.
func (l *layer) perfect() bool { return l.best.cost == 0 && l.best.reach == l.most }

func (l *layer) begin() { l.try = move{terms: l.try.terms[:0], reach: l.most} }

// done keeps the move that was looked at, if unions stay possible in it.
func (l *layer) done() {
	if len(l.try.terms) == 0 || l.try.reach == 0 || !l.better() {
		return
	}
	for k := range l.measures {
		if !l.measures[k].unions || l.only >= 0 && k != l.only {
			continue
		}
		up, down := l.up[k], l.down[k]
		if l.only >= 0 {
			up, down = min(up, l.try.reach), min(down, l.try.reach)
		}
		if up > 0 && !l.possible(k, up) || down > 0 && !l.possible(k, -down) {
			return
		}
	}
	l.best = move{terms: append(l.best.terms[:0], l.try.terms...), cost: l.try.cost, reach: l.try.reach}
}

// possible says whether the move, gone so far, leaves every whole at least as large as each of its parts. That it is at most
// their sum, and equal where persons add up, no move changes.
func (l *layer) possible(k, step int) bool {
	if l.changed == nil {
		l.changed = map[int]int{}
	}
	clear(l.changed)
	value := l.measures[k].value
	for _, t := range l.try.terms {
		l.changed[t.cell] = t.sign * step
	}
	for _, t := range l.try.terms {
		for _, i := range l.s.in[t.cell] {
			r := &l.s.relations[i]
			if r.adds {
				continue
			}
			if len(r.left) == 1 && t.cell != r.left[0] { // a part
				if t.sign*step > 0 && value[t.cell]+t.sign*step > value[r.left[0]]+l.changed[r.left[0]] {
					return false
				}
				continue
			}
			if len(r.left) == 1 && t.sign*step > 0 {
				continue
			}
			most, left, right := 0, 0, 0
			for _, c := range r.left {
				v := value[c] + l.changed[c]
				most, left = max(most, v), left+v
			}
			for _, c := range r.right {
				v := value[c] + l.changed[c]
				most, right = max(most, v), right+v
			}
			if most > min(left, right) {
				return false
			}
		}
	}
	return true
}

// search looks at all moves through a cell that raise it. With only < 0 it finds the cheapest that can go as far up and as far
// down as is wanted in all measures; otherwise the one whose steps in that measure cost least. Whether one was found is whether
// best.reach is positive.
func (l *layer) search(cell int, up, down want, only int, mayHide bool) {
	l.up, l.down, l.only, l.mayHide = up, down, only, mayHide
	l.most = 1
	if only >= 0 {
		l.most = max(up[only], down[only])
	}
	l.best = move{terms: l.best.terms[:0]}
	s, t := l.s, l.s.of[cell]
	ka, kb := s.keys(cell)
	if t.a >= 0 && t.b >= 0 {
		if l.swaps(t, ka, kb); l.perfect() {
			return
		}
		l.shifts(t.a, s.axes[t.a].leaves[t.la][ka], t.la, ka, t.b, s.axes[t.b].leaves[t.lb][kb])
		l.shifts(t.b, s.axes[t.b].leaves[t.lb][kb], t.lb, kb, t.a, s.axes[t.a].leaves[t.la][ka])
	} else if t.a >= 0 {
		l.shifts(t.a, s.axes[t.a].leaves[t.la][ka], t.la, ka, -1, nil)
	}
}

// swaps looks at the moves on two axes.
func (l *layer) swaps(t *table, ka, kb int) {
	a, b, tables := &l.s.axes[t.a], &l.s.axes[t.b], l.s.cubes[[2]int{t.a, t.b}]
	for _, r := range a.leaves[t.la][ka] {
		for r2 := range a.count() {
			if a.up[t.la][r2] == ka || !l.mayHide && !l.hidden[t.base+a.up[t.la][r2]*t.nb+kb] {
				continue
			}
			for _, c := range b.leaves[t.lb][kb] {
				for c2 := range b.count() {
					if b.up[t.lb][c2] == kb || !l.mayHide && !l.hidden[t.base+ka*t.nb+b.up[t.lb][c2]] {
						continue
					}
					l.begin()
					if l.swap(tables, a, b, r, r2, c, c2) {
						l.done()
					}
					if l.perfect() {
						return
					}
				}
			}
		}
	}
}

func (l *layer) swap(tables []*table, a, b *axis, r, r2, c, c2 int) bool {
	for _, u := range tables {
		i, i2, j, j2 := a.up[u.la][r], a.up[u.la][r2], b.up[u.lb][c], b.up[u.lb][c2]
		if i == i2 || j == j2 {
			continue
		}
		if !l.add(u.base+i2*u.nb+j2, 1) || !l.add(u.base+i*u.nb+j2, -1) || !l.add(u.base+i2*u.nb+j, -1) || !l.add(u.base+i*u.nb+j, 1) {
			return false
		}
	}
	return true
}

// shifts looks at the moves on one axis; where the cell is of a table with another axis, at one of the leaves there.
func (l *layer) shifts(x int, from []int, level, key, other int, at []int) {
	a := &l.s.axes[x]
	for _, r := range from {
		for r2 := range a.count() {
			if a.up[level][r2] == key {
				continue
			}
			l.begin()
			ok := true
			for _, u := range l.s.margins[x] {
				if i, i2 := a.up[u.la][r], a.up[u.la][r2]; i != i2 {
					ok = ok && l.add(u.base+i, 1) && l.add(u.base+i2, -1)
				}
			}
			for d := 0; ok && d < len(l.s.axes); d++ {
				leaves := at
				if d != other {
					leaves = l.s.axes[d].up[l.s.axes[d].total()] // as many as there are leaves
				}
				ok = l.along(x, d, r, r2, leaves, d == other)
			}
			if ok {
				l.done()
			}
			if l.perfect() {
				return
			}
		}
	}
}

// along extends the move to the tables of one more axis, at the leaf there that is best.
func (l *layer) along(x, d, r, r2 int, leaves []int, given bool) bool {
	pair, turned := [2]int{x, d}, false
	if d < x {
		pair, turned = [2]int{d, x}, true
	}
	tables := l.s.cubes[pair]
	if len(tables) == 0 {
		return true
	}
	before := move{terms: l.try.terms, cost: l.try.cost, reach: l.try.reach}
	n := len(before.terms)
	var found []term
	var leaf move // the best one
	for w, at := range leaves {
		if !given {
			at = w
		}
		l.try = move{terms: before.terms[:n], cost: before.cost, reach: before.reach}
		ok := true
		for _, u := range tables {
			lx, ld := u.la, u.lb
			if turned {
				lx, ld = u.lb, u.la
			}
			i, i2, j := l.s.axes[x].up[lx][r], l.s.axes[x].up[lx][r2], l.s.axes[d].up[ld][at]
			if i == i2 {
				continue
			}
			if turned {
				ok = ok && l.add(u.base+j*u.nb+i, 1) && l.add(u.base+j*u.nb+i2, -1)
			} else {
				ok = ok && l.add(u.base+i*u.nb+j, 1) && l.add(u.base+i2*u.nb+j, -1)
			}
		}
		if ok && l.try.beats(leaf) {
			found = append(found[:0], l.try.terms[n:]...)
			leaf = move{cost: l.try.cost, reach: l.try.reach}
		}
	}
	l.try = move{terms: append(before.terms[:n], found...), cost: leaf.cost, reach: leaf.reach}
	return leaf.reach > 0
}

// gone says whether a cell has no such figure.
func (l *layer) gone(cell int) bool { return l.absent != nil && l.absent[cell] }

// dissolve proves that there may be nothing at all in a cell of a margin: everybody in it is somebody of a neighbouring key
// instead, who does the same.
func (l *layer) dissolve(cell int, mayHide bool) bool {
	s, t := l.s, l.s.of[cell]
	if t.a < 0 || t.b >= 0 {
		return false
	}
	a, key := &s.axes[t.a], cell-t.base
	l.mayHide, l.only = mayHide, 0
	var best []int
	least := math.MaxInt
	for to := range a.count() {
		if a.up[t.la][to] == key {
			continue
		}
		from, into, cost := l.merge(t, key, to)
		if from != nil && cost < least && l.merged(from, into) {
			best, least = append(append([]int(nil), from...), into...), cost
		}
	}
	for _, c := range best {
		l.hidden[c] = true
	}
	return best != nil
}

// merge are the cells that lose all they have, those that gain it, and what it costs to hide them.
func (l *layer) merge(t *table, key, to int) (from, into []int, cost int) {
	s, a, x := l.s, &l.s.axes[t.a], t.a
	for _, u := range s.tables {
		if u.a != x && u.b != x {
			continue
		}
		level, others := s.level(u, x), u.nb
		if u.b == x {
			others = u.na
		}
		k2 := a.up[level][to]
		for k, leaves := range a.leaves[level] {
			inside := 0
			for _, leaf := range leaves {
				if a.up[t.la][leaf] == key {
					inside++
				}
			}
			if inside == 0 || k == k2 {
				continue
			}
			if inside < len(leaves) {
				return nil, nil, 0
			}
			for o := range others {
				lose, gain := s.cross(u, x, k, o), s.cross(u, x, k2, o)
				if l.gone(lose) || !l.any(lose) {
					continue
				}
				for _, c := range []int{lose, gain} {
					if !l.hidden[c] {
						if !l.mayHide {
							return nil, nil, 0
						}
						cost += l.weight[c]
					}
				}
				from, into = append(from, lose), append(into, gain)
			}
		}
	}
	return from, into, cost
}

func (l *layer) any(cell int) bool {
	for k := range l.measures {
		if l.measures[k].value[cell] > 0 {
			return true
		}
	}
	return false
}

// merged says whether the world in which cells have merged is possible.
func (l *layer) merged(from, into []int) bool {
	for k := range l.measures {
		m, changed := &l.measures[k], map[int]int{}
		for i, c := range from {
			changed[c] = -m.value[c]
			if changed[into[i]] += m.value[c]; m.room != nil { // a part of persons comes with all of them
				return false
			}
		}
		seen := map[int]bool{}
		for c := range changed {
			for _, i := range l.s.in[c] {
				if !seen[i] && !l.holds(&l.s.relations[i], m, changed) {
					return false
				}
				seen[i] = true
			}
		}
	}
	return true
}
