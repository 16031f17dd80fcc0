package cube

import (
	"slices"

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
		for j, s := range c.sides {
			keys[j] = c.key(s, f)
		}
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
		return c.area(f.HomeCode, s.Level)
	case Place:
		return c.area(f.PlaceCode, s.Level)
	case CampArea:
		if f.CampCode == "" {
			return None
		}
		return c.area(f.CampCode, s.Level)
	case Time:
		month, quarter := c.atlas.when(f.Day)
		if s.Level == Month {
			return month
		}
		return quarter
	case Age:
		return tens(f.Age)
	case YouthAge:
		return youth(f.Age)
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

func (c *Counter) area(code string, l Level) string {
	dong, gu, city := c.atlas.Area(code)
	switch l {
	case DongLevel:
		return dong
	case GuLevel:
		return gu
	default:
		return city
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
	years := map[int]bool{}
	same := map[Fact]bool{}
	for _, f := range before {
		same[f] = true
	}
	for _, f := range after {
		if same[f] {
			delete(same, f)
			continue
		}
		years[f.Day.Year()] = true
	}
	for f := range same {
		years[f.Day.Year()] = true
	}
	if len(before) > 0 && len(after) > 0 {
		if was, is := habits(before).first, habits(after).first; was != is {
			years[was.Year()], years[is.Year()] = true, true
		}
	}
	if len(years) == 0 {
		return
	}
	want := func(year int) bool { return years[year] }
	c.Add(to, before, -1, want)
	c.Add(to, after, 1, want)
}
