package cube

import (
	"slices"
	"time"

	"dure/domain/kernel/calendar"
)

// Key names a cell of the kept tables: Table is an index into Kept.
type Key struct {
	Year, Table int
	Row, Column string
}

// Counts are figures by cell. Those of some persons are taken off and put back when what is known of them changes.
type Counts map[Key]Figures

// spot is a Key in numbers, as the counter that made it has numbered the keys of its sides: year, table, row and column.
type spot uint64

func at(year, table int, row, column uint16) spot {
	return spot(year)<<40 | spot(table)<<32 | spot(row)<<16 | spot(column)
}

// part is what one person adds to one cell.
type part struct {
	spot
	Figures
}

// Counter counts persons into the kept tables. It is not safe for concurrent use.
type Counter struct {
	atlas *Atlas
	sides []Side // all sides of the kept tables, each once
	pairs []pair
	axes  []axis
	names [][]string // by side: its keys, by their numbers
	// Of one person, used again for the next.
	made []part
	mine [][]int // by table: the places of his cells in made
}

// pair is a kept table: indexes into sides, and how long the period of one of its cells is.
type pair struct {
	row, column int
	period      Level
}

// axis numbers the keys of the sides that one trait of a fact decides.
type axis struct {
	Axis
	sides []int
	known map[string][]uint16 // by trait: the numbers of its keys, in the order of sides
}

// NewCounter makes one for an atlas.
func NewCounter(a *Atlas) *Counter {
	c := &Counter{atlas: a}
	index := func(s Side) int {
		if s.Level == Total {
			s.Axis = ""
		}
		i := slices.Index(c.sides, s)
		if i < 0 {
			i, c.sides = len(c.sides), append(c.sides, s)
		}
		return i
	}
	for _, g := range Kept {
		c.pairs = append(c.pairs, pair{index(g.Row), index(g.Column), g.Period()})
	}
	for i, s := range c.sides {
		n := slices.IndexFunc(c.axes, func(a axis) bool { return a.Axis == s.Axis })
		if n < 0 {
			n, c.axes = len(c.axes), append(c.axes, axis{Axis: s.Axis, known: map[string][]uint16{}})
		}
		c.axes[n].sides = append(c.axes[n].sides, i)
	}
	c.names, c.mine = make([][]string, len(c.sides)), make([][]int, len(c.pairs))
	return c
}

// key gives a spot its name back.
func (c *Counter) key(s spot) Key {
	t := int(s >> 32 & 0xff)
	return Key{int(s >> 40), t, c.names[c.pairs[t].row][s>>16&0xffff], c.names[c.pairs[t].column][s&0xffff]}
}

// Add adds (or with sign -1 takes away) what one person's facts come to, of years that want says yes to. Facts are all that
// there are of the person, in any order.
func (c *Counter) Add(to Counts, facts []Fact, sign int64, want func(year int) bool) {
	for _, s := range c.person(facts, want) {
		k := c.key(s.spot)
		f := to[k]
		f.add(s.Figures, sign)
		if f.IsZero() {
			delete(to, k)
		} else {
			to[k] = f
		}
	}
}

func (f *Figures) add(o Figures, sign int64) {
	f.Persons += sign * o.Persons
	f.Visits += sign * o.Visits
	f.Minutes += sign * o.Minutes
	f.Newcomer += sign * o.Newcomer
	f.Regular += sign * o.Regular
}

// Tally counts many persons, each once.
type Tally struct {
	counter *Counter
	of      map[spot]*Figures
}

// Tally begins at zero.
func (c *Counter) Tally() *Tally { return &Tally{c, map[spot]*Figures{}} }

// Add counts a person by all facts that there are of him, in any order.
func (t *Tally) Add(facts []Fact) {
	for _, s := range t.counter.person(facts, anyYear) {
		f := t.of[s.spot]
		if f == nil {
			f = &Figures{}
			t.of[s.spot] = f
		}
		f.add(s.Figures, 1)
	}
}

// Counts are the figures of all who were counted.
func (t *Tally) Counts() Counts {
	all := make(Counts, len(t.of))
	for s, f := range t.of {
		all[t.counter.key(s)] = *f
	}
	return all
}

// person gives what one person adds to each cell that he is in, in no order; it is good until the next call.
func (c *Counter) person(facts []Fact, want func(year int) bool) []part {
	if len(facts) == 0 {
		return nil
	}
	c.made = c.made[:0]
	for t := range c.mine {
		c.mine[t] = c.mine[t][:0]
	}
	habit := habits(facts)
	numbers := make([]uint16, len(c.sides))
	for i := range facts {
		f := &facts[i]
		year := f.Day.Year()
		if !want(year) {
			continue
		}
		c.number(f, numbers)
		for t, pair := range c.pairs {
			cell := at(year, t, numbers[pair.row], numbers[pair.column])
			s := c.find(t, cell)
			if s == nil {
				c.mine[t] = append(c.mine[t], len(c.made))
				c.made = append(c.made, part{spot: cell})
				s = &c.made[len(c.made)-1]
				s.Persons = 1
				s.Newcomer = one(habit.new(f.Day, pair.period))
				s.Regular = one(habit.regular(f.Day, pair.period))
			}
			s.Visits += int64(f.Visits)
			s.Minutes += int64(f.Minutes)
		}
	}
	return c.made
}

// find looks for the person's share in a cell, the newest first: people come back to where they were. A table has few cells of
// one person, which are looked through more quickly than any index.
func (c *Counter) find(table int, cell spot) *part {
	mine := c.mine[table]
	for i := len(mine) - 1; i >= 0; i-- {
		if s := &c.made[mine[i]]; s.spot == cell {
			return s
		}
	}
	return nil
}

// number gives the numbers of a fact's keys on all sides.
func (c *Counter) number(f *Fact, numbers []uint16) {
	for i := range c.axes {
		a := &c.axes[i]
		trait := c.trait(a.Axis, f)
		known, ok := a.known[trait]
		if !ok {
			known = make([]uint16, len(a.sides))
			for j, side := range a.sides {
				known[j] = c.numbered(side, c.keyOf(c.sides[side], f))
			}
			a.known[trait] = known
		}
		for j, side := range a.sides {
			numbers[side] = known[j]
		}
	}
}

// numbered gives the number of a key on a side, the next one where it is new.
func (c *Counter) numbered(side int, key string) uint16 {
	n := slices.Index(c.names[side], key)
	if n < 0 {
		n, c.names[side] = len(c.names[side]), append(c.names[side], key)
	}
	return uint16(n)
}

// trait is what of a fact decides its keys on the sides of an axis.
func (c *Counter) trait(a Axis, f *Fact) string {
	switch a {
	case Home:
		return f.HomeCode
	case Place:
		return f.PlaceCode
	case CampArea:
		return f.CampCode
	case Time:
		month, _ := c.atlas.when(f.Day)
		return month
	case Field:
		return f.FieldCode
	default:
		return c.keyOf(a.On(Each), f)
	}
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// keyOf is where a fact is counted on a side.
func (c *Counter) keyOf(s Side, f *Fact) string {
	switch s.Axis {
	case Home:
		return c.atlas.Key(f.HomeCode, s.Level)
	case Place:
		return c.atlas.Key(f.PlaceCode, s.Level)
	case CampArea:
		if f.CampCode == "" {
			return None
		}
		return c.atlas.Key(f.CampCode, s.Level)
	case Time:
		month, quarter := c.atlas.when(f.Day)
		if s.Level == Month {
			return month
		}
		return quarter
	case Age, YouthAge:
		return s.Axis.Band(f.Age)
	case Sex:
		return f.Sex
	case Field:
		return FieldGroup(f.FieldCode)
	case DayKind:
		return c.atlas.DayKind(f.Day)
	case Organiser:
		return f.OrganiserType
	case Evidence:
		return f.Evidence
	case Party:
		return f.Party
	default:
		return All
	}
}

// FieldGroup is the code of the group that a 1365 field is in: its first two digits.
func FieldGroup(code string) string {
	if len(code) < 2 {
		return code
	}
	return code[:2] + "00"
}

// habit is in which months a person was active, over all years.
type habit struct {
	first  calendar.Day
	months map[int]uint16 // by year, a bit for each month
}

func habits(facts []Fact) habit {
	h := habit{FirstDay(facts), map[int]uint16{}}
	for i := range facts {
		d := facts[i].Day
		h.months[d.Year()] |= 1 << (d.Month() - 1)
	}
	return h
}

// new tells whether the first activity ever lies in the same period as a day.
func (h habit) new(d calendar.Day, l Level) bool {
	if h.first.Year() != d.Year() {
		return false
	}
	switch l {
	case Month:
		return h.first.Month() == d.Month()
	case Quarter:
		return (h.first.Month()-1)/3 == (d.Month()-1)/3
	default:
		return true
	}
}

// regular tells whether every month of the period of a day saw activity; of a month that would say nothing.
func (h habit) regular(d calendar.Day, l Level) bool {
	months := h.months[d.Year()]
	switch l {
	case Month:
		return false
	case Quarter:
		all := uint16(0b111) << ((d.Month() - 1) / 3 * 3)
		return months&all == all
	default:
		return months == 0b1111_1111_1111
	}
}

// Difference is what must be added to the kept figures when what is known of a person changes. Only years are looked at in
// which something may have: those of facts that differ, and those in which he was or becomes new.
func (c *Counter) Difference(to Counts, before, after []Fact) {
	gone, fresh := apart(before, after)
	if len(gone) == 0 && len(fresh) == 0 {
		return
	}
	years := map[int]bool{}
	for _, f := range gone {
		years[f.Day.Year()] = true
	}
	for _, f := range fresh {
		years[f.Day.Year()] = true
	}
	if len(before) > 0 && len(after) > 0 {
		was, is := habits(before), habits(after)
		if was.first == is.first && was.asRegular(is, years) {
			c.touched(to, before, gone, fresh, is)
			return
		}
		years[was.first.Year()], years[is.first.Year()] = true, true
	}
	want := func(year int) bool { return years[year] }
	c.Add(to, before, -1, want)
	c.Add(to, after, 1, want)
}

// asRegular tells whether two habits make the person regular in the same quarters of years, and in the same of these years.
func (h habit) asRegular(other habit, years map[int]bool) bool {
	for year := range years {
		for month := time.January; month <= time.December; month += 3 {
			if d := calendar.Date(year, month, 1); h.regular(d, Quarter) != other.regular(d, Quarter) || h.regular(d, Total) != other.regular(d, Total) {
				return false
			}
		}
	}
	return true
}

// touched is Difference where nobody becomes new or regular or ceases to be: then only the cells of facts that differ change, as when one
// more presence is posted. It comes to the same as counting all again, for a fraction.
func (c *Counter) touched(to Counts, before, gone, fresh []Fact, h habit) {
	kept, moved := make([][]uint16, len(before)), make([]uint16, len(c.sides))
	for i := range before {
		kept[i] = make([]uint16, len(c.sides))
		c.number(&before[i], kept[i])
	}
	seen := map[spot]bool{}
	for i, f := range slices.Concat(gone, fresh) {
		sign := int64(1)
		if i < len(gone) {
			sign = -1
		}
		year := f.Day.Year()
		c.number(&f, moved)
		for t, pair := range c.pairs {
			cell := at(year, t, moved[pair.row], moved[pair.column])
			k := c.key(cell)
			total := to[k]
			total.Visits += sign * int64(f.Visits)
			total.Minutes += sign * int64(f.Minutes)
			if !seen[cell] {
				seen[cell] = true
				n := 0
				for j, mine := range kept {
					if before[j].Day.Year() == year && mine[pair.row] == moved[pair.row] && mine[pair.column] == moved[pair.column] {
						n++
					}
				}
				was, is := one(n > 0), one(n+c.within(fresh, k)-c.within(gone, k) > 0)
				total.Persons += is - was
				total.Newcomer += (is - was) * one(h.new(f.Day, pair.period))
				total.Regular += (is - was) * one(h.regular(f.Day, pair.period))
			}
			if total.IsZero() {
				delete(to, k)
			} else {
				to[k] = total
			}
		}
	}
}

// within counts the facts that are in a cell.
func (c *Counter) within(facts []Fact, k Key) (n int) {
	pair := c.pairs[k.Table]
	for i := range facts {
		f := &facts[i]
		if f.Day.Year() == k.Year && c.keyOf(c.sides[pair.row], f) == k.Row && c.keyOf(c.sides[pair.column], f) == k.Column {
			n++
		}
	}
	return n
}
