package disclosure

import (
	"math"
	"slices"
)

// guard is what has to be kept of a layer: which of its cells are too small by themselves, and how far others must reach.
type guard struct {
	layer
	rules   Rules
	primary []bool
	open    []bool // by cell: not proved yet
	idle    []bool // by cell: there is nobody of whom the figure could tell, or everybody knows it; it may follow from others
	// needs says how far a hidden cell must be able to go.
	needs func(cell int) (up, down want)
	// more hides cells that must be for other reasons than their own, seeing which others are shown.
	more     func() []finding
	inherit  func(main *guard) // takes over what is hidden as a whole; nil for that layer itself
	before   []version
	programs map[[2]int]*program // of the solver, by measure and first cell
	story    *story              // by which the solver alone proves cells; nil for a layer in which moves do
}

// finding is a shown cell that tells something about hidden ones.
type finding struct {
	cell int
	kind Kind
}

// small says whether so many persons are too few to be shown.
func (r Rules) small(persons int) bool { return persons > 0 && persons < r.Threshold }

// one says whether one person, or two, gave too much of a cell's minutes (S3).
func (r Rules) one(c Cell) bool {
	return c.Persons > 0 && c.Minutes > 0 &&
		(c.Top1*100 > c.Minutes*r.Dominance || (c.Minutes-c.Top1-c.Top2)*100 < c.Top1*r.PPercent)
}

// few says whether too few organisers stand behind a cell of a table that shows organisers.
func (r Rules) few(s *system, cell int) bool {
	c, t := s.cells[cell], s.of[cell]
	if c.Persons == 0 || c.Organisers >= r.MinOrganisers {
		return false
	}
	for _, x := range []int{t.a, t.b} {
		if x >= 0 && slices.Contains(r.OrganiserAxes, s.axes[x].name) {
			return true
		}
	}
	return false
}

func newLayer(s *system, r Rules) *guard {
	n := len(s.cells)
	return &guard{layer: layer{s: s, hidden: make([]bool, n), weight: make([]int, n)}, rules: r, primary: make([]bool, n),
		open: make([]bool, n), idle: make([]bool, n), programs: map[[2]int]*program{}}
}

// newGuard is the layer of persons, visits and minutes.
func newGuard(s *system, r Rules) *guard {
	n := len(s.cells)
	g := newLayer(s, r)
	persons, visits, minutes := make([]int, n), make([]int, n), make([]int, n)
	for i, c := range s.cells {
		persons[i], visits[i], minutes[i] = c.Persons, c.Visits, c.Minutes
		g.primary[i] = r.small(c.Persons) || r.one(c) || r.few(s, i)
		g.weight[i] = s.weight(i, c.Persons)
	}
	g.measures = []measure{{name: "persons", value: persons, unions: true}, {name: "visits", value: visits}, {name: "minutes", value: minutes}}
	g.needs, g.more = g.reaches, g.tells
	return g
}

// coarse and margin say how many fine cells are hidden rather than one of a coarser level, or of a table of one axis.
const coarse, margin = 5, 10

// weight is what it costs to hide a cell: the more, the more persons it is about, the coarser, and most for a zero.
func (s *system) weight(cell, figure int) int {
	w := 12
	for f := figure; f > 0; f /= 2 {
		w++
	}
	if figure == 0 {
		w = 60
	}
	t := s.of[cell]
	for x := range s.axes {
		if l := s.level(t, x); (x == t.a || x == t.b) && len(s.axes[x].keys[l])*2 <= s.axes[x].count() {
			w *= coarse
		}
	}
	if t.b < 0 {
		w *= margin
	}
	return w
}

// reaches says how far a hidden cell's figures must be able to go. Of too few persons it must stay open whether there is
// nobody or as many as would be shown; of minutes also the share by which one person's must not be guessed. A cell that is
// hidden because it lacks few persons of a shown whole must be able to lack as many as would be shown.
func (g *guard) reaches(cell int) (up, down want) {
	c, r := g.s.cells[cell], g.rules
	if r.small(c.Persons) {
		down = want{c.Persons, c.Visits, c.Minutes}
		up = want{r.Threshold - c.Persons, max(0, r.Threshold-c.Visits), share(c.Minutes, r.PPercent)}
	}
	if r.one(c) {
		up[2], down[2] = max(up[2], share(c.Top1, r.PPercent)), max(down[2], share(c.Top1, r.PPercent))
	}
	if r.few(g.s, cell) {
		up[2], down[2] = max(up[2], share(c.Minutes, r.PPercent)), max(down[2], share(c.Minutes, r.PPercent))
	}
	for _, w := range g.s.wholes[cell] {
		if lacks := g.s.cells[w].Persons - c.Persons; !g.hidden[w] && r.small(lacks) {
			down[0] = max(down[0], r.Threshold-lacks)
		}
	}
	for i := range g.before {
		g.before[i].reaches(g, cell, &up, &down)
	}
	return up, down
}

func share(n, percent int) int { return (n*percent + 99) / 100 }

// tells finds shown cells that tell of hidden persons. A shown part that lacks few persons of a shown whole tells of those few
// (S10), and of a small group one that lacks nobody tells of all; so do the zeros around the only part that is none (S4). The
// hidden parts of a shown whole are told together: they must be enough persons for certain.
func (g *guard) tells() []finding {
	var found []finding
	for c := range g.s.cells {
		if g.hidden[c] || g.s.cells[c].Persons == 0 {
			continue
		}
		for _, w := range g.s.wholes[c] {
			if !g.hidden[w] && g.tell(c, w) {
				found = append(found, finding{c, Difference})
				break
			}
		}
	}
	for _, f := range found {
		g.hidden[f.cell] = true
	}
	for i := range g.s.relations {
		for _, c := range g.alike(&g.s.relations[i]) {
			g.hidden[c] = true
			found = append(found, finding{c, Group})
		}
		if c := g.rest(&g.s.relations[i], g.measures[0].value, g.hidden); c >= 0 {
			g.hidden[c] = true
			found = append(found, finding{c, Remainder})
		}
	}
	for i := range g.before {
		found = append(found, g.changes(&g.before[i])...)
	}
	return found
}

func (g *guard) tell(cell, whole int) bool {
	of := g.s.cells[whole].Persons
	lacks := of - g.s.cells[cell].Persons
	return g.rules.small(lacks) || lacks == 0 && of <= g.rules.GroupUpTo
}

// alike finds what to hide where all of a small group are in one of several parts: that part, and one of the empty ones, so
// that nobody knows where the others were not. Which one hardly matters; one that hangs together with others that are hidden
// costs least. One where nobody of a larger group is either, for all to see, would hide nothing.
func (g *guard) alike(r *relation) (found []int) {
	if of := g.s.cells[r.left[0]].Persons; len(r.left) != 1 || len(r.right) == 1 || of == 0 || of > g.rules.GroupUpTo {
		return nil
	}
	only, empty, ties := -1, -1, -1
	for _, c := range r.right {
		if g.s.cells[c].Persons > 0 {
			if only >= 0 {
				return nil
			}
			only = c
			continue
		}
		if g.nowhere(r.left[0], c) {
			continue
		}
		n := 0
		for _, i := range g.s.in[c] {
			for _, d := range g.s.relations[i].right {
				if g.hidden[d] {
					n++
				}
			}
		}
		if g.hidden[c] {
			n = math.MaxInt
		}
		if n > ties {
			empty, ties = c, n
		}
	}
	if empty < 0 {
		return nil
	}
	for _, c := range []int{only, empty} {
		if !g.hidden[c] {
			found = append(found, c)
		}
	}
	return found
}

// nowhere says whether it is shown of a larger group that nobody of it is where a part of a smaller one would be: where nobody
// in the city goes, nobody of a few does, which tells nothing about them.
func (g *guard) nowhere(whole, part int) bool {
	for _, w := range g.s.wholes[part] {
		if g.s.cells[w].Persons > 0 || g.hidden[w] {
			continue
		}
		for _, of := range g.s.wholes[w] {
			if g.s.cells[of].Persons > g.rules.GroupUpTo && !g.hidden[of] && slices.Contains(g.s.wholes[whole], of) {
				return true
			}
		}
	}
	return false
}

// rest finds the cell to hide so that the hidden parts of a shown whole, taken together, are enough persons, or -1 where they
// are. Persons of all of them are at least those of the largest, and what the shown ones leave.
func (g *guard) rest(r *relation, persons []int, hidden []bool) int {
	if len(r.left) != 1 || hidden[r.left[0]] {
		return -1
	}
	if !g.scarce(r, persons, hidden) {
		return -1
	}
	best := -1
	for _, c := range r.right {
		if hidden[c] || persons[c] == 0 {
			continue
		}
		enough, was := persons[c] >= g.rules.Threshold, best >= 0 && persons[best] >= g.rules.Threshold
		if best < 0 || enough && !was || enough == was && (enough && g.weight[c] < g.weight[best] || !enough && persons[c] > persons[best]) {
			best = c
		}
	}
	if best < 0 {
		return r.left[0]
	}
	return best
}

// scarce says whether the hidden parts of a shown whole may be too few persons taken together.
func (g *guard) scarce(r *relation, persons []int, hidden []bool) bool {
	most, sum, shown := 0, 0, 0
	for _, c := range r.right {
		if hidden[c] {
			most, sum = max(most, persons[c]), sum+persons[c]
		} else {
			shown += persons[c]
		}
	}
	if r.adds {
		return g.rules.small(sum)
	}
	return g.rules.small(max(most, persons[r.left[0]]-shown))
}
