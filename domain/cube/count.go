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

// Share is what one person adds to one cell.
type Share struct {
	Key
	Figures
}

// Counter counts persons into the kept tables.
type Counter struct {
	atlas *Atlas
	sides []Side // all sides of the kept tables, each once
	pairs []pair
	// Of one person, used again for the next.
	mine map[Key]*Share
	made []Share
}

// pair is a kept table: indexes into sides, and how long the period of one of its cells is.
type pair struct {
	row, column int
	period      Level
}

// NewCounter makes one for an atlas.
func NewCounter(a *Atlas) *Counter {
	c := &Counter{atlas: a, mine: map[Key]*Share{}}
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
	return c
}

// Add adds (or with sign -1 takes away) what one person's facts come to, of years that want says yes to. Facts are all that
// there are of the person, in any order.
func (c *Counter) Add(to Counts, facts []Fact, sign int64, want func(year int) bool) {
	for _, s := range c.Person(facts, want) {
		f := to[s.Key]
		f.Persons += sign * s.Persons
		f.Visits += sign * s.Visits
		f.Minutes += sign * s.Minutes
		f.Newcomer += sign * s.Newcomer
		f.Regular += sign * s.Regular
		if f.IsZero() {
			delete(to, s.Key)
		} else {
			to[s.Key] = f
		}
	}
}

// Person gives what one person adds to each cell that he is in, in no order; it is good until the next call.
func (c *Counter) Person(facts []Fact, want func(year int) bool) []Share {
	if len(facts) == 0 {
		return nil
	}
	clear(c.mine)
	c.made = c.made[:0]
	if n := len(facts) * len(c.pairs); cap(c.made) < n {
		c.made = make([]Share, 0, n) // so that the pointers into it stay good
	}
	habit := habits(facts)
	keys := make([]string, len(c.sides))
	for i := range facts {
		f := &facts[i]
		year := f.Day.Year()
		if !want(year) {
			continue
		}
		c.keys(f, keys)
		for t, pair := range c.pairs {
			k := Key{year, t, keys[pair.row], keys[pair.column]}
			s := c.mine[k]
			if s == nil {
				c.made = append(c.made, Share{Key: k})
				s = &c.made[len(c.made)-1]
				c.mine[k] = s
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

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// key is where a fact is counted on a side.
func (c *Counter) key(s Side, f *Fact) string {
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
	h := habit{facts[0].Day, map[int]uint16{}}
	for i := range facts {
		d := facts[i].Day
		if d.Before(h.first) {
			h.first = d
		}
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
	kept := c.keysOf(before)
	moved := make([]string, len(c.sides))
	seen := map[Key]bool{}
	for i, f := range slices.Concat(gone, fresh) {
		sign := int64(1)
		if i < len(gone) {
			sign = -1
		}
		year := f.Day.Year()
		c.keys(&f, moved)
		for t, pair := range c.pairs {
			k := Key{year, t, moved[pair.row], moved[pair.column]}
			total := to[k]
			total.Visits += sign * int64(f.Visits)
			total.Minutes += sign * int64(f.Minutes)
			if !seen[k] {
				seen[k] = true
				n := 0
				for j, mine := range kept {
					if before[j].Day.Year() == year && mine[pair.row] == k.Row && mine[pair.column] == k.Column {
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
		if f.Day.Year() == k.Year && c.key(c.sides[pair.row], f) == k.Row && c.key(c.sides[pair.column], f) == k.Column {
			n++
		}
	}
	return n
}

// keysOf gives the keys of each fact on all sides.
func (c *Counter) keysOf(facts []Fact) [][]string {
	all, keys := make([]string, len(facts)*len(c.sides)), make([][]string, len(facts))
	for i := range facts {
		keys[i] = all[i*len(c.sides) : (i+1)*len(c.sides)]
		c.keys(&facts[i], keys[i])
	}
	return keys
}

func (c *Counter) keys(f *Fact, keys []string) {
	for i, s := range c.sides {
		keys[i] = c.key(s, f)
	}
}
