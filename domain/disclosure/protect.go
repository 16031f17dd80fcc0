package disclosure

import (
	"cmp"
	"errors"
	"math"
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

// layers are what is hidden together: all figures of a cell; the new persons, with those who return; the regular ones.
func (s *system) layers(r Rules, before []version) []*guard {
	main := newGuard(s, r)
	main.before = before
	n := len(s.cells)
	fresh, returning, regular, others, absent := make([]int, n), make([]int, n), make([]int, n), make([]int, n), make([]bool, n)
	has := map[*table]bool{}
	for i, c := range s.cells {
		has[s.of[i]] = has[s.of[i]] || c.RegularPersons != nil
	}
	for i, c := range s.cells {
		fresh[i], returning[i] = c.NewPersons, c.Persons-c.NewPersons
		if c.RegularPersons == nil {
			absent[i] = c.Persons > 0 || !has[s.of[i]]
			continue
		}
		regular[i], others[i] = *c.RegularPersons, c.Persons-*c.RegularPersons
	}
	return []*guard{main, part(s, r, measure{name: "new_persons", value: fresh}, returning, make([]bool, n)),
		part(s, r, measure{name: "regular_persons", value: regular, loose: true}, others, absent)}
}

// part guards a figure that counts some of a cell's persons, so that few of them and few others are hidden alike. New persons
// are attacked as if they added up along every axis: a stronger attacker than there is. Regular ones do so along exclusive axes
// alone. Elsewhere a whole has at least as many as each part (of periods: at most), which says nothing about few of them: a
// shown part has none, or more than the whole, and a shown whole enough. About few others it would need a shown part that
// lacks few of the whole's persons; that is hidden.
func part(s *system, r Rules, m measure, others []int, absent []bool) *guard {
	n, value := len(s.cells), m.value
	g := newLayer(s, r)
	g.absent = absent
	m.room = slices.Clone(others) // without bound where nobody knows how many persons there are
	g.measures = []measure{m}
	room := m.room
	whole := make([]bool, n) // hidden as a whole
	g.inherit = func(main *guard) {
		for c, hidden := range main.hidden {
			if whole[c] = hidden; hidden {
				g.hidden[c], room[c] = true, math.MaxInt32
			}
			if absent[c] {
				g.hidden[c] = false
			}
		}
	}
	for c := range s.cells {
		g.weight[c] = s.weight(c, value[c])
		g.idle[c] = s.cells[c].Persons == 0
		g.primary[c] = !absent[c] && (r.small(value[c]) || r.small(others[c]))
	}
	g.needs = func(c int) (up, down want) {
		if whole[c] {
			return up, down
		}
		if r.small(value[c]) {
			up[0], down[0] = r.Threshold-value[c], value[c]
		}
		if r.small(others[c]) {
			up[0], down[0] = max(up[0], others[c]), max(down[0], r.Threshold-others[c])
		}
		for _, w := range s.wholes[c] {
			if lacks := value[w] - value[c]; !absent[w] && !g.hidden[w] && r.small(lacks) {
				down[0] = max(down[0], r.Threshold-lacks)
			}
		}
		return up, down
	}
	g.more = func() []finding {
		var found []finding
		for c := range s.cells {
			for _, w := range s.wholes[c] {
				if !g.hidden[c] && !g.hidden[w] && !absent[c] && !absent[w] && r.small(value[w]-value[c]) && value[c] > 0 {
					g.hidden[c] = true
					found = append(found, finding{c, Difference})
				}
			}
		}
		for i := range s.relations {
			rel := &s.relations[i]
			if len(rel.left) != 1 || g.hidden[rel.left[0]] || g.lacks(rel) || m.loose && !rel.adds {
				continue
			}
			sum, rest, best := 0, 0, rel.left[0]
			for _, c := range rel.right {
				if g.hidden[c] {
					sum, rest = sum+value[c], rest+others[c]
				} else if best == rel.left[0] || min(value[c], others[c]) > min(value[best], others[best]) {
					best = c
				}
			}
			if r.small(sum) || r.small(rest) {
				g.hidden[best] = true
				found = append(found, finding{best, Remainder})
			}
		}
		return found
	}
	return g
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
			if up, down := g.needs(c); g.prove(c, up, down, true) < 0 {
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
