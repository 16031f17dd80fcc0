package disclosure

import (
	"math/big"
	"slices"
)

// program is what an attacker knows about one measure of some hidden cells: a system of equations over figures that are not
// negative, with one unknown for each cell, solved in fractions.
type program struct {
	cells  []int
	at     map[int]int
	rows   [][]*big.Rat // nil for zero; the last column is the right side
	basis  []int
	width  int // columns without the right side
	plain  [][]*big.Rat
	barred int // columns from here on are artificial and may not come back
}

// component are the hidden cells that are tied to one another, but for those that everybody has anyway.
func (l *layer) component(cell int) []int {
	seen, queue := map[int]bool{cell: true}, []int{cell}
	for i := 0; i < len(queue); i++ {
		for _, c := range l.around(queue[i]) {
			if l.hidden[c] && !seen[c] && !l.gone(c) {
				seen[c], queue = true, append(queue, c)
			}
		}
	}
	slices.Sort(queue)
	return queue
}

// around are the cells that something is known of together with a cell, itself among them, and not those that everybody has.
func (l *layer) around(cell int) (found []int) {
	for _, k := range l.s.in[cell] {
		found = append(append(found, l.s.relations[k].left...), l.s.relations[k].right...)
	}
	for _, s := range l.spans {
		if slices.Contains(s.parts, cell) {
			found = append(found, s.parts...)
		}
	}
	return slices.DeleteFunc(found, func(c int) bool { return l.given != nil && l.given[c] })
}

// newProgram writes down all that is known about a measure of the cells.
func (l *layer) newProgram(k int, cells []int) *program {
	p := &program{cells: cells, at: map[int]int{}}
	for i, c := range cells {
		p.at[c] = i
	}
	p.write(l.known(k, cells, p.at))
	return p
}

// write makes a system of what is known of the cells, and finds its first solution.
func (p *program) write(lines []line) {
	lines = slices.DeleteFunc(lines, func(ln line) bool {
		for _, v := range ln.coefs {
			if v != 0 {
				return false
			}
		}
		return true
	})
	slacks := 0
	for _, ln := range lines {
		if ln.slack {
			slacks++
		}
	}
	p.barred = len(p.cells) + slacks
	p.width = p.barred + len(lines)
	next := len(p.cells)
	for i, ln := range lines {
		sign := int64(1)
		if ln.right < 0 {
			sign = -1
		}
		row := make([]*big.Rat, p.width+1)
		for j, v := range ln.coefs {
			if v != 0 {
				row[j] = big.NewRat(sign*v, 1)
			}
		}
		if !ln.slack {
			p.plain = append(p.plain, slices.Clone(row[:len(p.cells)]))
		} else {
			row[next] = big.NewRat(-sign, 1)
			next++
		}
		row[p.barred+i] = big.NewRat(1, 1)
		if ln.right != 0 {
			row[p.width] = big.NewRat(sign*ln.right, 1)
		}
		p.rows, p.basis = append(p.rows, row), append(p.basis, p.barred+i)
	}
	p.start()
}

// line is something that is known of cells: what they come to, each as often as its coefficient says, is the right side; or is that
// at least, where there is slack.
type line struct {
	coefs map[int]int64
	right int64
	slack bool
}

// known is all that is known of a measure of the cells, at being their numbers as unknowns.
func (l *layer) known(k int, cells []int, at map[int]int) (lines []line) {
	m := &l.measures[k]
	put := func(ln *line, c int, sign int64) {
		if i, ok := at[c]; ok {
			ln.coefs[i] += sign
		} else {
			ln.right -= sign * int64(m.value[c])
		}
	}
	made := func(slack bool, plus, minus []int) line {
		ln := line{coefs: map[int]int64{}, slack: slack}
		for _, c := range plus {
			put(&ln, c, 1)
		}
		for _, c := range minus {
			put(&ln, c, -1)
		}
		return ln
	}
	done := map[int]bool{}
	for _, c := range cells {
		for _, i := range l.s.in[c] {
			r := &l.s.relations[i]
			if done[i] || l.lacks(r) {
				continue
			}
			done[i] = true
			switch m.bond(r) {
			case sums:
				lines = append(lines, made(false, r.left, r.right))
			case contains:
				for _, c := range r.right {
					lines = append(lines, made(true, r.left, []int{c}))
				}
			case unites:
				for _, sides := range [][2][]int{{r.left, r.right}, {r.right, r.left}} {
					for _, c := range sides[1] { // the sum of one side is at least each of the other
						lines = append(lines, made(true, sides[0], []int{c}))
						if !m.news {
							continue
						}
						others := made(true, []int{c}, sides[0]) // and so it is of those who return
						least, ok := m.persons(c)
						for _, d := range sides[0] {
							n, known := m.persons(d)
							least, ok = least-n, ok && known
						}
						if others.right += int64(least); ok {
							lines = append(lines, others)
						}
					}
				}
			}
		}
		if m.room != nil {
			if n, ok := m.persons(c); ok {
				lines = append(lines, line{coefs: map[int]int64{at[c]: -1}, right: -int64(n), slack: true})
			}
		}
	}
	for _, s := range l.spans {
		whole, ok := m.persons(s.whole)
		for i, c := range s.parts {
			if n, known := m.persons(c); ok && known {
				later := made(true, nil, s.parts[i+1:])
				later.right += int64(n - whole)
				lines = append(lines, later)
			}
		}
	}
	return lines
}

// lacks says whether a relation has cells without the figure, and so says nothing about it.
func (l *layer) lacks(r *relation) bool {
	if l.absent == nil {
		return false
	}
	none := func(c int) bool { return l.absent[c] }
	return slices.ContainsFunc(r.left, none) || slices.ContainsFunc(r.right, none)
}

// start finds a first solution: there is one, the truth. It drives the artificial columns out.
func (p *program) start() {
	cost := make([]*big.Rat, p.width)
	for j := p.barred; j < p.width; j++ {
		cost[j] = big.NewRat(-1, 1)
	}
	limit := p.barred
	p.barred = p.width
	p.maximise(cost)
	p.barred = limit
	for i := 0; i < len(p.rows); i++ { // what is left of them is zero: pivot it away, or the row said nothing new
		if p.basis[i] < p.barred {
			continue
		}
		j := 0
		for j < p.barred && (p.rows[i][j] == nil || p.rows[i][j].Sign() == 0) {
			j++
		}
		if j < p.barred {
			eliminate(p.rows, i, j)
			p.basis[i] = j
			continue
		}
		p.rows, p.basis = slices.Delete(p.rows, i, i+1), slices.Delete(p.basis, i, i+1)
		i--
	}
	for i, row := range p.rows {
		p.rows[i] = append(row[:p.barred], row[p.width])
	}
	p.width = p.barred
}

// maximise goes from the solution at hand to a best one, by Bland's rule, which never runs in circles. It gives its worth, and
// whether there is a best one.
func (p *program) maximise(cost []*big.Rat) (*big.Rat, bool) {
	gain := make([]*big.Rat, p.width+1) // of each column, were it to enter; last the worth, negative
	copy(gain, cost)
	for i, b := range p.basis {
		if cost[b] == nil {
			continue
		}
		for j, v := range p.rows[i] {
			if v != nil {
				d := new(big.Rat).Mul(cost[b], v)
				if gain[j] != nil {
					d.Sub(gain[j], d)
				} else {
					d.Neg(d)
				}
				gain[j] = d
			}
		}
	}
	for {
		enter := slices.IndexFunc(gain[:p.barred], func(v *big.Rat) bool { return v != nil && v.Sign() > 0 })
		if enter < 0 {
			worth := new(big.Rat)
			if gain[p.width] != nil {
				worth.Neg(gain[p.width])
			}
			return worth, true
		}
		leave := -1
		var least *big.Rat
		for i, row := range p.rows {
			if row[enter] == nil || row[enter].Sign() <= 0 {
				continue
			}
			ratio := new(big.Rat)
			if row[p.width] != nil {
				ratio.Quo(row[p.width], row[enter])
			}
			if least == nil || ratio.Cmp(least) < 0 || ratio.Cmp(least) == 0 && p.basis[i] < p.basis[leave] {
				leave, least = i, ratio
			}
		}
		if leave < 0 {
			return nil, false
		}
		eliminate(append(slices.Clone(p.rows), gain), leave, enter)
		p.basis[leave] = enter
	}
}

// eliminate makes a column the unit vector of a row.
func eliminate(rows [][]*big.Rat, leave, enter int) {
	row := rows[leave]
	by := new(big.Rat).Inv(row[enter])
	unit := by.IsInt() && by.Num().IsInt64() && by.Num().Int64() == 1
	var full []int
	for j, v := range row {
		if v != nil && v.Sign() != 0 {
			if !unit {
				row[j] = new(big.Rat).Mul(v, by)
			}
			full = append(full, j)
		} else {
			row[j] = nil
		}
	}
	for i, other := range rows {
		if i == leave || other[enter] == nil || other[enter].Sign() == 0 {
			continue
		}
		by := new(big.Rat).Set(other[enter])
		sign := 0
		if by.IsInt() && by.Num().IsInt64() {
			sign = int(by.Num().Int64())
		}
		for _, j := range full {
			d := new(big.Rat)
			switch {
			case sign == 1 && other[j] != nil:
				other[j] = zeroAsNil(d.Sub(other[j], row[j]))
				continue
			case sign == -1 && other[j] != nil:
				other[j] = zeroAsNil(d.Add(other[j], row[j]))
				continue
			}
			d.Mul(by, row[j])
			if other[j] != nil {
				d.Sub(other[j], d)
			} else {
				d.Neg(d)
			}
			other[j] = zeroAsNil(d)
		}
	}
}

func zeroAsNil(r *big.Rat) *big.Rat {
	if r.Sign() == 0 {
		return nil
	}
	return r
}

// bounds are the least and the largest the i-th unknown can be; the largest is nil where there is none.
func (p *program) bounds(i int) (low, high *big.Rat) {
	cost := make([]*big.Rat, p.width)
	cost[i] = big.NewRat(1, 1)
	high, ok := p.maximise(cost)
	if !ok {
		high = nil
	}
	cost[i] = big.NewRat(-1, 1)
	low, _ = p.maximise(cost)
	return low.Neg(low), high
}

// determined says which unknowns follow from the equations alone: whose indicator lies in the space of their rows.
func (p *program) determined() []bool {
	rows := make([][]*big.Rat, len(p.plain))
	for i := range rows {
		rows[i] = slices.Clone(p.plain[i])
	}
	found, top := make([]bool, len(p.cells)), 0
	for j := range p.cells {
		for i := top; i < len(rows); i++ {
			if rows[i][j] != nil && rows[i][j].Sign() != 0 {
				rows[top], rows[i] = rows[i], rows[top]
				eliminate(rows, top, j)
				top++
				break
			}
		}
	}
	for _, row := range rows[:top] {
		at, n := 0, 0
		for j, v := range row {
			if v != nil && v.Sign() != 0 {
				at, n = j, n+1
			}
		}
		if n == 1 {
			found[at] = true
		}
	}
	return found
}
