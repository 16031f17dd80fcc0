package disclosure

import (
	"math"
	"slices"
)

// prove looks for other worlds: figures of hidden cells that agree with everything shown, in which the cell's own are as far
// down and as far up as is wanted. With mayHide it hides what they need. It gives the measure it fails for, or -1.
func (l *layer) prove(cell int, up, down want, mayHide bool) int {
	if l.measures[0].loose {
		return l.loosen(cell, up, down, mayHide)
	}
	if mayHide { // what is hidden already may do
		if l.prove(cell, up, down, false) < 0 {
			return -1
		}
	}
	if up == (want{}) && down == (want{}) { // no bounds are wanted, it just must not be determined
		return l.unsettle(cell, mayHide)
	}
	for k := range l.measures {
		v := l.measures[k].value[cell]
		down[k] = min(down[k], v)
		if l.measures[k].room != nil {
			up[k] = min(up[k], l.measures[k].room[cell])
		}
		if up[k] == 0 && down[k] == 0 { // at least it moves
			if down[k] = 1; v == 0 {
				up[k], down[k] = 1, 0
			}
		}
	}
	together := func() int {
		if l.search(cell, up, down, -1, mayHide); l.best.reach > 0 {
			l.hide(l.best)
			return -1
		}
		return 0
	}
	if !mayHide {
		if together() < 0 {
			return -1
		}
		return l.apart(cell, up, down, false)
	}
	return l.cheapest(together, func() int { return l.apart(cell, up, down, true) })
}

// cheapest tries ways to prove a cell, and hides what the cheapest one needs. It gives what the last one fails for when all do.
func (l *layer) cheapest(ways ...func() int) int {
	before := slices.Clone(l.hidden)
	var best []bool
	least, fails := 0, -1
	for _, way := range ways {
		copy(l.hidden, before)
		if fails = way(); fails >= 0 {
			continue
		}
		cost := 0
		for c, hidden := range l.hidden {
			if hidden && !before[c] {
				cost += l.weight[c]
			}
		}
		if best == nil || cost < least {
			best, least = slices.Clone(l.hidden), cost
		}
	}
	if best == nil {
		copy(l.hidden, before)
		return fails
	}
	copy(l.hidden, best)
	return -1
}

// apart proves a cell measure by measure.
func (l *layer) apart(cell int, up, down want, mayHide bool) int {
	gone := l.dissolve(cell, mayHide)
	for k := len(l.measures) - 1; k >= 0; k-- { // persons last: what others hid makes room for them
		if !gone && down[k] > 0 && !l.reach(cell, k, -down[k], mayHide) || up[k] > 0 && !l.reach(cell, k, up[k], mayHide) {
			return k
		}
	}
	return -1
}

// loosen proves a cell of a figure that adds up along few axes: its partners are in the same sums.
func (l *layer) loosen(cell int, up, down want, mayHide bool) int {
	m := &l.measures[0]
	v := m.value[cell]
	for {
		ok := false
		if up == (want{}) && down == (want{}) {
			ok = v > 0 && l.stretch(cell, 0, v-1) || m.room[cell] > 0 && l.stretch(cell, 0, v+1)
		} else {
			ok = l.stretch(cell, 0, v-min(v, down[0])) && l.stretch(cell, 0, v+min(m.room[cell], up[0]))
		}
		if ok {
			return -1
		}
		partner := -1
		for _, i := range l.s.in[cell] {
			r := &l.s.relations[i]
			if !r.adds || !mayHide || l.lacks(r) {
				continue
			}
			for _, c := range append(append([]int(nil), r.left...), r.right...) {
				if !l.hidden[c] && (partner < 0 || l.weight[c] < l.weight[partner]) {
					partner = c
				}
			}
		}
		if partner < 0 {
			return 0
		}
		l.hidden[partner] = true
	}
}

// unsettle proves that a cell is not determined: every measure that it has can be other than it is.
func (l *layer) unsettle(cell int, mayHide bool) int {
	var one want
	zero := true
	for k := range l.measures {
		if l.measures[k].value[cell] > 0 {
			one[k], zero = 1, false
		}
	}
	if !zero {
		if l.search(cell, want{}, one, -1, false); l.best.reach > 0 {
			return -1
		}
	}
	all := want{}
	for k := range l.measures {
		all[k] = 1
		if l.measures[k].room != nil && l.measures[k].room[cell] == 0 {
			all[k] = 0
		}
	}
	if all != (want{}) {
		if l.search(cell, all, want{}, -1, false); l.best.reach > 0 {
			return -1
		}
	}
	if zero || !mayHide {
		return l.each(cell, all, mayHide)
	}
	return l.cheapest(func() int {
		if l.search(cell, want{}, one, -1, true); l.best.reach > 0 {
			l.hide(l.best)
			return -1
		}
		return 0
	}, func() int { return l.each(cell, all, true) })
}

// each proves measure by measure that a cell can be otherwise.
func (l *layer) each(cell int, up want, mayHide bool) int {
	if up != (want{}) && mayHide {
		if l.search(cell, up, want{}, -1, true); l.best.reach > 0 {
			l.hide(l.best)
			return -1
		}
	}
	for k := range l.measures {
		less := l.measures[k].value[cell] > 0 && l.reach(cell, k, -1, mayHide)
		if !less && (up[k] == 0 || !l.reach(cell, k, 1, mayHide)) {
			return k
		}
	}
	return -1
}

func (l *layer) hide(m move) {
	for _, t := range m.terms {
		l.hidden[t.cell] = true
	}
}

// reach builds a world for one measure out of several moves, and takes it apart again.
func (l *layer) reach(cell, k, by int, mayHide bool) bool {
	m := &l.measures[k]
	if m.unions {
		target := m.value[cell] + by
		return l.stretch(cell, k, target) || l.steps(cell, k, by, mayHide) || l.stretch(cell, k, target)
	}
	return l.steps(cell, k, by, mayHide)
}

// steps builds the world of moves, one after the other.
func (l *layer) steps(cell, k, by int, mayHide bool) bool {
	var made []move
	for rest := by; rest != 0 && len(made) < 24; {
		var up, down want
		if rest > 0 {
			up[k] = rest
		} else {
			down[k] = -rest
		}
		l.search(cell, up, down, k, mayHide)
		step := l.best.reach
		if step == 0 {
			break
		}
		if rest < 0 {
			step = -step
		}
		one := move{reach: step}
		one.terms = append(one.terms, l.best.terms...)
		l.hide(one)
		l.walk(k, one, step)
		made = append(made, one)
		rest -= step
		by = rest
	}
	for _, one := range made {
		l.walk(k, one, -one.reach)
	}
	return by == 0
}

// walk goes a move, or back.
func (l *layer) walk(k int, m move, step int) {
	for _, t := range m.terms {
		l.measures[k].value[t.cell] += t.sign * step
		if l.measures[k].room != nil {
			l.measures[k].room[t.cell] -= t.sign * step
		}
	}
}

// stretch looks for a world for persons that uses what unions leave open: the cell is set, and what is no longer possible is
// put right in other hidden cells, one after the other. Nothing but the world itself is believed in the end.
func (l *layer) stretch(cell, k, target int) bool {
	value := l.measures[k].value
	before, times := map[int]int{}, map[int]int{cell: 3}
	set := func(c, v int) {
		if _, ok := before[c]; !ok {
			before[c] = value[c]
		}
		value[c] = v
		times[c]++
	}
	defer func() {
		for c, v := range before {
			value[c] = v
		}
	}()
	top := func(c int) int { // the most a cell can be
		if l.measures[k].room == nil {
			return math.MaxInt
		}
		v, ok := before[c]
		if !ok {
			v = value[c]
		}
		return v + l.measures[k].room[c]
	}
	set(cell, target)
	queue := append([]int(nil), l.s.in[cell]...)
	for steps := 0; len(queue) > 0; steps++ {
		if steps > 300 {
			return false
		}
		r := &l.s.relations[queue[0]]
		c, v := l.mend(&l.measures[k], r, times, top)
		if c == nowhere {
			return false
		}
		if c == fine {
			queue = queue[1:]
			continue
		}
		set(c, v)
		queue = append(queue, l.s.in[c]...)
	}
	return true
}

const (
	fine    = -1
	nowhere = -2
)

// mend finds one cell, not changed too often yet, and a figure for it that brings a relation nearer to being kept.
func (l *layer) mend(m *measure, r *relation, times map[int]int, atMost func(int) int) (int, int) {
	if (m.loose && !r.adds) || l.lacks(r) {
		return fine, 0
	}
	value := m.value
	left, right, most, top := 0, 0, -1, 0
	for i, side := range [][]int{r.left, r.right} {
		for _, c := range side {
			if i == 0 {
				left += value[c]
			} else {
				right += value[c]
			}
			if value[c] > most {
				most, top = value[c], c
			}
		}
	}
	// Cells that were not changed yet come first: going back and forth gets nowhere.
	for limit := 1; limit <= 4; limit += 3 {
		may := func(c int) bool { return times[c] < limit && l.hidden[c] }
		if r.adds {
			gap, low, high := right-left, r.left, r.right
			if gap < 0 {
				gap, low, high = -gap, r.right, r.left
			}
			if gap == 0 {
				return fine, 0
			}
			most, top := 0, nowhere
			for _, c := range high {
				if may(c) && value[c] > most {
					most, top = value[c], c
				}
			}
			if most >= gap {
				return top, value[top] - gap
			}
			if c, room := l.widest(m, low, may, atMost); room > 0 {
				return c, value[c] + min(gap, room)
			}
			if top != nowhere {
				return top, 0
			}
			continue
		}
		if most <= min(left, right) {
			return fine, 0
		}
		short, sum := r.left, left
		if right < left {
			short, sum = r.right, right
		}
		if c, room := l.widest(m, short, may, atMost); room > 0 {
			return c, value[c] + min(most-sum, room)
		}
		if may(top) {
			return top, min(left, right)
		}
	}
	return nowhere, 0
}

// widest is the cell that can rise most before it is more than a whole that is shown.
func (l *layer) widest(m *measure, cells []int, may func(int) bool, atMost func(int) int) (best, room int) {
	value := m.value
	for _, c := range cells {
		if !may(c) {
			continue
		}
		free := atMost(c) - value[c]
		for _, i := range l.s.in[c] {
			if r := &l.s.relations[i]; len(r.left) == 1 && r.left[0] != c && !l.hidden[r.left[0]] && (!m.loose || r.adds) && !l.lacks(r) {
				free = min(free, value[r.left[0]]-value[c])
			}
		}
		if free > room {
			best, room = c, free
		}
	}
	return best, room
}
