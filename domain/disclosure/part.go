package disclosure

import (
	"cmp"
	"slices"
)

// part guards a figure that counts some of a cell's persons, so that few of them and few others are hidden alike.
type part struct {
	*guard
	value, others []int
	whole         []bool // the cell is hidden as a whole
}

func newPart(s *system, r Rules, m measure, others []int, absent []bool) part {
	n := len(s.cells)
	m.room = slices.Clone(others)
	p := part{newLayer(s, r), m.value, others, make([]bool, n)}
	p.absent, p.measures = absent, []measure{m}
	for c := range s.cells {
		p.weight[c] = s.weight(c, m.value[c])
		p.idle[c] = s.cells[c].Persons == 0
		p.primary[c] = !absent[c] && (r.small(m.value[c]) || r.small(others[c]))
	}
	p.inherit = func(main *guard) {
		for c, hidden := range main.hidden {
			if p.whole[c] = hidden; hidden {
				p.hidden[c], m.room[c] = true, unknown
			}
			if absent[c] {
				p.hidden[c] = false
			}
		}
	}
	return p
}

// few says how far a hidden cell must be able to go so that few of the figure, or few others, are not known.
func (p part) few(c int) (up, down want) {
	if p.rules.small(p.value[c]) {
		up[0], down[0] = p.rules.Threshold-p.value[c], p.value[c]
	}
	if p.rules.small(p.others[c]) {
		up[0], down[0] = max(up[0], p.others[c]), max(down[0], p.rules.Threshold-p.others[c])
	}
	return up, down
}

// layers are what is hidden together: all figures of a cell; the new persons, with those who return; the regular ones.
func (s *system) layers(r Rules, before []version) []*guard {
	main := newGuard(s, r)
	main.before = before
	return []*guard{main, newcomers(s, r, before), regulars(s, r)}
}

// regulars guards regular persons. They add up along exclusive axes alone. Elsewhere a whole has at least as many as each part (of
// periods: at most), which says nothing about few of them: a shown part has none, or more than the whole, and a shown whole
// enough. About few others it would need a shown part that lacks few of the whole's persons; that is hidden.
func regulars(s *system, r Rules) *guard {
	n := len(s.cells)
	regular, others, absent := make([]int, n), make([]int, n), make([]bool, n)
	has := map[*table]bool{}
	for i, c := range s.cells {
		has[s.of[i]] = has[s.of[i]] || c.RegularPersons != nil
	}
	for i, c := range s.cells {
		if c.RegularPersons == nil {
			absent[i] = c.Persons > 0 || !has[s.of[i]]
			continue
		}
		regular[i], others[i] = *c.RegularPersons, c.Persons-*c.RegularPersons
	}
	p := newPart(s, r, measure{name: "regular_persons", value: regular, loose: true}, others, absent)
	p.needs = func(c int) (up, down want) {
		if p.whole[c] {
			return up, down
		}
		up, down = p.few(c)
		for _, w := range s.wholes[c] {
			if lacks := regular[w] - regular[c]; !absent[w] && !p.hidden[w] && r.small(lacks) {
				down[0] = max(down[0], r.Threshold-lacks)
			}
		}
		return up, down
	}
	p.more = p.tells
	return p.guard
}

// fresh guards new persons, and those who return. They are in few tables, and all that ties them is counted on: where and when they
// add up, what unions allow, that they are some of the persons, that whoever was active before is not new, and what earlier versions
// told. So it is the solver that proves every cell.
type fresh struct {
	part
	before []version // those that told something of new persons
}

func newcomers(s *system, r Rules, before []version) *guard {
	n := len(s.cells)
	value, others, absent := make([]int, n), make([]int, n), make([]bool, n)
	for i, c := range s.cells {
		value[i], others[i], absent[i] = c.fresh(), c.Persons-c.fresh(), !s.of[i].news
	}
	s = s.news
	p := fresh{part: newPart(s, r, measure{name: "new_persons", value: value, news: true}, others, absent)}
	p.spans, p.given, p.story = s.spans(), make([]bool, n), &story{}
	for i := range before {
		if v := &before[i]; v.news != nil {
			p.before = append(p.before, *v)
			p.story.add(v.news)
			for c := range s.cells {
				o := v.of[c]
				p.given[c] = p.given[c] || o >= 0 && !v.news.hidden[o] && !v.news.gone(o) && !absent[c] && untouched(v.was[c], s.cells[c].Measures)
				p.idle[c] = p.idle[c] || p.given[c]
			}
		}
	}
	p.story.add(p.guard)
	p.needs = p.reaches
	p.more = func() []finding {
		if p.hidden[s.grand.base] { // nothing is told
			return nil
		}
		found := p.tells()
		for i := range p.before {
			found = append(found, p.changes(&p.before[i])...)
		}
		return append(found, p.betrays()...)
	}
	return p.guard
}

// toldOfNew is what a publication that hides these cells tells of new persons; nil where that is nothing.
func (s *system) toldOfNew(p Protected, hidden []bool, r Rules) (*guard, error) {
	g := newcomers(s, r, nil)
	if err := s.marks(p, g.hidden, 1); err != nil {
		return nil, err
	}
	if g.inherit(&guard{layer: layer{hidden: hidden}}); all(g.hidden, g.absent) {
		return nil, nil
	}
	return g, nil
}

// untouched says whether all that everybody may see of a cell is as it was.
func untouched(was, is Measures) bool {
	return was.Persons == is.Persons && was.Visits == is.Visits && was.Minutes == is.Minutes && was.fresh() == is.fresh()
}

// spans are the periods of the whole city that have new persons, and what they consist of.
func (s *system) spans() (all []span) {
	for x := range s.axes {
		if !s.axes[x].periods {
			continue
		}
		for _, t := range s.margins[x] {
			for _, u := range append(slices.Clone(s.margins[x]), s.grand) {
				if !t.news || !u.news || !s.finer(t, u) {
					continue
				}
				parts := make([][]int, u.na)
				for c := t.base; c < t.base+t.na; c++ { // in the order of their keys, which is that of time
					w := s.within(c, u) - u.base
					parts[w] = append(parts[w], c)
				}
				for w, p := range parts {
					all = append(all, span{u.base + w, p})
				}
			}
		}
	}
	return all
}

// reaches says how far a hidden cell's new persons must be able to go. Where the cell is hidden as a whole nobody knows how many
// return; of too few persons it must stay open whether there is anybody.
func (p fresh) reaches(c int) (up, down want) {
	if p.whole[c] {
		if p.rules.small(p.value[c]) {
			down[0] = p.value[c]
			if !p.rules.small(p.s.cells[c].Persons) {
				up[0] = p.rules.Threshold - p.value[c]
			}
		}
		return up, down
	}
	up, down = p.few(c)
	for _, w := range p.s.wholes[c] {
		if p.gone(w) || p.hidden[w] {
			continue
		}
		if lacks := p.value[w] - p.value[c]; p.rules.small(lacks) {
			down[0] = max(down[0], p.rules.Threshold-lacks)
		}
		if lacks := p.others[w] - p.others[c]; p.rules.small(lacks) && p.s.period(c) == p.s.period(w) {
			up[0] = max(up[0], p.rules.Threshold-lacks)
		}
	}
	for i := range p.before { // between what it was and a change of as many as are shown
		v := &p.before[i]
		if !p.said(v, c) || !v.known[c] {
			continue
		}
		d, e := p.moved(v, c)
		if p.changed(d) {
			up[0], down[0] = max(up[0], p.rules.Threshold-d), max(down[0], d)
		}
		if p.changed(e) {
			up[0], down[0] = max(up[0], e), max(down[0], p.rules.Threshold-e)
		}
	}
	return up, down
}

// said says whether a version told a cell's new persons, or that there was no such cell and so nobody in it.
func (p fresh) said(v *version, c int) bool {
	return !v.known[c] || !v.news.hidden[v.of[c]] && !v.news.gone(v.of[c])
}

// moved is by how many a cell's new persons, and those who return, are more than in a version.
func (p fresh) moved(v *version, c int) (news, others int) {
	was := v.was[c].fresh()
	return p.value[c] - was, p.others[c] - (v.was[c].Persons - was)
}

// changed says whether a change is of too few persons.
func (p part) changed(by int) bool { return p.rules.small(max(by, -by)) }

// changes hides what two versions laid side by side would tell.
func (p fresh) changes(v *version) (found []finding) {
	hide := func(c int) {
		p.hidden[c] = true
		found = append(found, finding{c, Change})
	}
	n := len(p.hidden)
	apart, news, others := make([]bool, n), make([]int, n), make([]int, n)
	for c := range p.hidden {
		if p.gone(c) {
			continue
		}
		news[c], others[c] = p.moved(v, c)
		if !p.hidden[c] && v.known[c] && p.said(v, c) && (p.changed(news[c]) || p.changed(others[c])) {
			hide(c)
		}
		apart[c] = p.hidden[c] || !p.said(v, c)
	}
	for i := range p.s.relations {
		r := &p.s.relations[i]
		never := func(c int) bool { return v.known[c] && v.news.gone(v.of[c]) }
		if len(r.left) != 1 || apart[r.left[0]] || slices.ContainsFunc(r.right, never) {
			continue
		}
		if !p.scarce(r, news, apart) && (r.spans || !p.scarce(r, others, apart)) {
			continue
		}
		best := r.left[0]
		for _, c := range r.right {
			if !apart[c] && !p.given[c] && (best == r.left[0] || p.weight[c] < p.weight[best]) {
				best = c
			}
		}
		hide(best)
		apart[best] = true
	}
	return found
}

// betrays hides what would tell, together with an earlier version, what that one hid.
func (p fresh) betrays() (found []finding) {
	for i, old := range p.story.versions[:len(p.before)] {
		for c := range old.hidden {
			for old.hidden[c] && !old.idle[c] && !p.hidden[p.s.grand.base] {
				up, down := old.needs(c)
				if open, ok := p.story.solve(i, c, up, down); ok && open == nil {
					break
				}
				found = append(found, finding{p.partner(p.story.component(i, c)), Change})
				p.hidden[found[len(found)-1].cell] = true
			}
		}
	}
	return found
}

// pair hides the cheapest cells that hang together with one until the solver finds its bounds wide enough; the total of all when
// nothing else is left.
func (g *guard) pair(cell int) bool {
	now := len(g.story.versions) - 1
	for !g.hidden[g.s.grand.base] {
		up, down := g.needs(cell)
		if open, ok := g.solve(cell, up, down); ok && open == nil {
			break
		}
		g.hidden[g.partner(g.story.component(now, cell))] = true
	}
	return true
}

// partner is the cheapest shown cell that hangs together with unknown ones of a story; the total of all where there is none.
func (g *guard) partner(unknown []spot) int {
	best := g.s.grand.base
	try := func(c int) {
		if !g.hidden[c] && !g.gone(c) && !g.idle[c] && c != g.s.grand.base &&
			(best == g.s.grand.base || cmp.Or(cmp.Compare(g.weight[c], g.weight[best]), cmp.Compare(c, best)) < 0) {
			best = c
		}
	}
	for _, u := range unknown {
		if c := g.story.now(u); c >= 0 {
			try(c)
			for _, d := range g.around(c) {
				try(d)
			}
		}
	}
	return best
}

// tells hides cells that tell of few of the figure, or of few others, in cells around them.
func (p part) tells() (found []finding) {
	hide := func(c, otherwise int, kind Kind) {
		if p.given != nil && p.given[c] { // it would still be known
			c = otherwise
		}
		p.hidden[c] = true
		found = append(found, finding{c, kind})
	}
	m := &p.measures[0]
	for c := range p.s.cells {
		for _, w := range p.s.wholes[c] {
			if p.hidden[c] || p.hidden[w] || p.gone(c) || p.gone(w) {
				continue
			}
			if p.rules.small(p.value[w]-p.value[c]) && p.value[c] > 0 ||
				m.news && p.s.period(c) == p.s.period(w) && p.rules.small(p.others[w]-p.others[c]) && p.others[c] > 0 {
				hide(c, w, Difference)
			}
		}
	}
	for i := range p.s.relations {
		r := &p.s.relations[i]
		if len(r.left) != 1 || p.hidden[r.left[0]] || p.lacks(r) {
			continue
		}
		if !p.scarce(r, p.value, p.hidden) && (r.spans || !p.scarce(r, p.others, p.hidden)) {
			continue
		}
		best := r.left[0]
		for _, c := range r.right {
			if !p.hidden[c] && (p.given == nil || !p.given[c]) && (best == r.left[0] || p.better(c, best)) {
				best = c
			}
		}
		hide(best, best, Remainder)
	}
	return found
}

// better says whether a cell is better hidden than another one: the one that has more of those who are too few or, where the solver
// says what is enough, the one that costs less.
func (p part) better(c, best int) bool {
	if p.story != nil {
		return p.weight[c] < p.weight[best]
	}
	return min(p.value[c], p.others[c]) > min(p.value[best], p.others[best])
}

// scarce says whether the hidden parts of a shown whole may be too few, taken together. What everybody has is not hidden.
func (p part) scarce(r *relation, figure []int, hidden []bool) bool {
	most, sum, shown := 0, 0, 0
	for _, c := range r.right {
		if hidden[c] && (p.given == nil || !p.given[c]) {
			most, sum = max(most, figure[c], -figure[c]), sum+figure[c]
		} else {
			shown += figure[c]
		}
	}
	switch p.measures[0].bond(r) {
	case sums:
		return p.changed(sum)
	case unites:
		return p.changed(max(most, figure[r.left[0]]-shown))
	}
	return false
}

// story is all that was told of new persons in versions of a year, the newest last. Whoever has them all knows what has not changed,
// and that nobody who has come goes again, unless figures say so.
type story struct {
	versions []*guard
	after    []map[int]int // by version: a cell's number in the one after
	before   []map[int]int // and in the one before
	known    map[spot]chapter
}

// spot is a cell of a version.
type spot struct{ version, cell int }

// chapter is what is known of figures that hang together.
type chapter struct {
	unknown []spot
	*program
}

// add takes up a version.
func (t *story) add(g *guard) {
	n, names := len(t.versions), map[string]int{}
	t.versions, t.after, t.before = append(t.versions, g), append(t.after, map[int]int{}), append(t.before, map[int]int{})
	if n == 0 {
		t.known = map[spot]chapter{}
		return
	}
	for c := range g.hidden {
		if !g.gone(c) {
			names[g.s.name(c)] = c
		}
	}
	for o, old := 0, t.versions[n-1]; o < len(old.hidden); o++ {
		if c, ok := names[old.s.name(o)]; ok && !old.gone(o) {
			t.after[n-1][o], t.before[n][c] = c, o
		}
	}
}

// next is the same cell in the version after, and last in the one before; not ok where there was none.
func (t *story) next(u spot) (spot, bool) {
	c, ok := t.after[u.version][u.cell]
	return spot{u.version + 1, c}, ok
}

func (t *story) last(u spot) (spot, bool) {
	c, ok := t.before[u.version][u.cell]
	return spot{u.version - 1, c}, ok
}

// component are the hidden cells of all versions that are tied to one another.
func (t *story) component(version, cell int) []spot {
	first := spot{version, cell}
	seen, queue := map[spot]bool{first: true}, []spot{first}
	for i := 0; i < len(queue); i++ {
		var around []spot
		for _, c := range t.versions[queue[i].version].around(queue[i].cell) {
			around = append(around, spot{queue[i].version, c})
		}
		for _, find := range []func(spot) (spot, bool){t.next, t.last} {
			if u, ok := find(queue[i]); ok {
				around = append(around, u)
			}
		}
		for _, u := range around {
			if g := t.versions[u.version]; g.hidden[u.cell] && !g.gone(u.cell) && !g.given[u.cell] && !seen[u] {
				seen[u], queue = true, append(queue, u)
			}
		}
	}
	slices.SortFunc(queue, func(a, b spot) int { return cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(a.cell, b.cell)) })
	return queue
}

// solve is guard.solve with all versions. What is hidden for the sake of others alone must not follow from sums; but it may be as
// good as known from bounds (none are new in May where none are in its quarter), and from before.
func (t *story) solve(version, cell int, up, down want) (*breach, bool) {
	others := up == (want{}) && down == (want{})
	if others && len(t.versions) > 1 {
		return nil, true
	}
	unknown := t.component(version, cell)
	if len(unknown) > solvable {
		return nil, false
	}
	known := t.known[unknown[0]]
	if !slices.Equal(known.unknown, unknown) {
		known = chapter{unknown, t.program(unknown)}
		t.known[unknown[0]] = known
	}
	i, g := slices.Index(unknown, spot{version, cell}), t.versions[version]
	if open := g.tight(known.program, i, 0, cell, up, down); open != nil && (!others || known.determined()[i]) {
		return open, true
	}
	return nil, true
}

// program writes down all that is known of the cells.
func (t *story) program(unknown []spot) *program {
	p := &program{cells: make([]int, len(unknown))}
	at := map[spot]int{}
	cells, by := make([][]int, len(t.versions)), make([]map[int]int, len(t.versions))
	for i, u := range unknown {
		if at[u] = i; by[u.version] == nil {
			by[u.version] = map[int]int{}
		}
		p.cells[i], by[u.version][u.cell] = u.cell, i
		cells[u.version] = append(cells[u.version], u.cell)
	}
	var lines []line
	for v, g := range t.versions {
		lines = append(lines, g.known(0, cells[v], by[v])...)
	}
	for _, u := range unknown {
		if v, ok := t.next(u); ok {
			lines = append(lines, t.since(u, v, at)...)
		}
		if o, ok := t.last(u); ok {
			if _, twice := at[o]; !twice {
				lines = append(lines, t.since(o, u, at)...)
			}
		}
	}
	p.write(lines)
	return p
}

// since is what is known of a cell in two versions.
func (t *story) since(was, is spot, at map[spot]int) (lines []line) {
	g, old := t.versions[is.version], t.versions[was.version]
	come := line{coefs: map[int]int64{}, slack: true}
	for u, sign := range map[spot]int64{was: -1, is: 1} {
		if i, ok := at[u]; ok {
			come.coefs[i] = sign
		} else {
			come.right -= sign * int64(t.versions[u.version].measures[0].value[u.cell])
		}
	}
	before, all := old.measures[0].persons(was.cell)
	now, both := g.measures[0].persons(is.cell)
	news := g.measures[0].value[is.cell] - old.measures[0].value[was.cell]
	switch {
	case all && both && untouched(old.s.cells[was.cell].Measures, g.s.cells[is.cell].Measures):
		come.slack = false
		return []line{come}
	case news >= 0:
		lines = append(lines, come)
	}
	if returned := now - before - news; all && both && returned >= 0 {
		back := line{coefs: map[int]int64{}, slack: true, right: -come.right - int64(now-before)}
		for i, sign := range come.coefs {
			back.coefs[i] = -sign
		}
		lines = append(lines, back)
	}
	return lines
}

// now is a cell in the newest version; −1 where it is not there.
func (t *story) now(u spot) int {
	for ok := true; u.version < len(t.versions)-1; {
		if u, ok = t.next(u); !ok {
			return -1
		}
	}
	return u.cell
}
