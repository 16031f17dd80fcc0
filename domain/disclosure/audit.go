package disclosure

import (
	"math/big"
	"slices"
)

// solvable is how many cells that hang together the audit gives to the exact solver.
const solvable = 150

// Audit looks for what the published tables tell, versions before them taken together with them. Finding nothing is a proof:
// for every hidden cell it has built other figures of hidden cells that agree with all that is shown (so the cell's indicator
// lies outside the space of the published sums, and what is needed between its bounds is possible), or else, where it finds no
// such worlds and not more than 150 cells hang together, solved the exact system. What it can do neither for is Unproven, and
// counts as a breach. New persons are proved by the exact system alone, of all versions together; those of a cell that is hidden
// for the sake of others need only not follow from the sums of a first version. Each measure is attacked by itself, persons by what
// unions allow; figures are taken as exact, rounding is not counted on. Not counted on either is that an attacker does not know
// these rules, but he is not thought to run them backwards. Errors: what is wrong with the figures, rules or marks.
func Audit(f Figures, p Protected, r Rules, earlier ...Version) ([]Breach, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	s, err := newSystem(f)
	if err != nil {
		return nil, err
	}
	before, err := s.versions(earlier, r)
	if err != nil {
		return nil, err
	}
	var found []breach
	layers := s.layers(r, before)
	for i, g := range layers {
		if err := s.marks(p, g.hidden, i); err != nil {
			return nil, err
		}
		if i > 0 {
			g.inherit(layers[0])
		}
		breaches, _ := g.audit()
		found = append(found, breaches...)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return s.refuse(found).Breaches, nil
}

// breach is a Breach whose cell is still a number.
type breach struct {
	Breach
	cell int
}

func (s *system) refuse(found []breach) *Refusal {
	r := &Refusal{}
	for _, b := range found {
		b.Breach.Cell = s.name(b.cell)
		r.Breaches = append(r.Breaches, b.Breach)
	}
	return r
}

// audit proves every hidden cell of a layer, or says where it cannot; and how many only the solver could.
func (g *guard) audit() (found []breach, solved int) {
	name := g.measures[0].name
	for c := range g.hidden {
		if g.primary[c] && !g.hidden[c] {
			found = append(found, breach{Breach{Measure: name, Kind: Unhidden}, c})
		}
	}
	kept := slices.Clone(g.hidden)
	for _, f := range g.more() {
		found = append(found, breach{Breach{Measure: name, Kind: f.kind}, f.cell})
	}
	g.hidden = kept
	if all(g.hidden, g.absent) {
		return found, 0
	}
	for c, hidden := range g.hidden {
		if !hidden || g.idle[c] {
			continue
		}
		up, down := g.needs(c)
		if g.story == nil && g.prove(c, up, down, false) < 0 {
			continue
		}
		open, ok := g.solve(c, up, down)
		if ok && open == nil {
			solved++
			continue
		}
		if !ok {
			open = &breach{Breach{Measure: name, Kind: Unproven}, c}
		}
		found = append(found, *open)
	}
	return found, solved
}

// all says whether nothing at all is shown.
func all(hidden, absent []bool) bool {
	for c := range hidden {
		if !hidden[c] && (absent == nil || !absent[c]) {
			return false
		}
	}
	return true
}

// solve finds the exact bounds of a cell's figures, and whether they are wide enough; not ok where too much hangs together.
func (g *guard) solve(cell int, up, down want) (*breach, bool) {
	if g.story != nil {
		return g.story.solve(len(g.story.versions)-1, cell, up, down)
	}
	cells := g.component(cell)
	if len(cells) > solvable {
		return nil, false
	}
	for k := range g.measures {
		id := [2]int{k, cells[0]}
		if p := g.programs[id]; p == nil || !slices.Equal(p.cells, cells) {
			g.programs[id] = g.newProgram(k, cells)
		}
		if open := g.tight(g.programs[id], g.programs[id].at[cell], k, cell, up, down); open != nil {
			return open, true
		}
	}
	return nil, true
}

// tight says in how far the bounds of the i-th unknown, a measure of a cell, are not wide enough; nil where they are.
func (g *guard) tight(p *program, i, k, cell int, up, down want) *breach {
	low, high := p.bounds(i)
	v := g.measures[k].value[cell]
	least, most := big.NewRat(int64(v-min(down[k], v)), 1), v+up[k]
	if g.measures[k].room != nil {
		most = v + min(up[k], g.measures[k].room[cell])
	}
	b := breach{Breach{Measure: g.measures[k].name, Kind: Narrow, Low: ceil(low), High: -1}, cell}
	if high != nil {
		b.High = floor(high)
	}
	switch {
	case high != nil && low.Cmp(high) == 0:
		b.Kind = Determined
		return &b
	case low.Cmp(least) > 0 || high != nil && high.Cmp(big.NewRat(int64(most), 1)) < 0:
		return &b
	}
	return nil
}

func floor(r *big.Rat) int {
	return int(new(big.Int).Div(r.Num(), r.Denom()).Int64()) // Euclidean: towards less
}

func ceil(r *big.Rat) int { return -floor(new(big.Rat).Neg(r)) }

// Bound is what an exact attacker knows about one hidden figure. High is −1 where there is no bound.
type Bound struct {
	Cell, Measure string
	Low, High     int
	Determined    bool // follows from the sums alone: the cell's indicator lies in the space of their rows
}

// Attack finds exact bounds of every hidden figure of persons, visits, minutes and new persons, by elimination and by the simplex
// method in fractions: persons additive where the axis is exclusive, between the largest part and the sum elsewhere; new ones by
// all that ties them to one another and to persons. Where no new persons at all are told there are no bounds of them. It knows
// nothing of how Protect and Audit work. It is for small cities, as it takes its time. Errors: as Audit.
func Attack(f Figures, p Protected) ([]Bound, error) {
	s, err := newSystem(f)
	if err != nil {
		return nil, err
	}
	main, fresh := newGuard(s, Rules{}), newcomers(s, Rules{}, nil)
	for i, g := range []*guard{main, fresh} {
		if err := s.marks(p, g.hidden, i); err != nil {
			return nil, err
		}
	}
	fresh.inherit(main)
	bounds := main.bounds()
	if !all(fresh.hidden, fresh.absent) {
		bounds = append(bounds, fresh.bounds()...)
	}
	return bounds, nil
}

func (g *guard) bounds() (bounds []Bound) {
	done := make([]bool, len(g.hidden))
	for c, hidden := range g.hidden {
		if !hidden || done[c] {
			continue
		}
		cells := g.component(c)
		for k, m := range g.measures {
			program := g.newProgram(k, cells)
			determined := program.determined()
			for i, d := range cells {
				done[d] = true
				low, high := program.bounds(i)
				b := Bound{Cell: g.s.name(d), Measure: m.name, Low: ceil(low), High: -1, Determined: determined[i]}
				if high != nil {
					b.High = floor(high)
				}
				bounds = append(bounds, b)
			}
		}
	}
	return bounds
}
