package cube

import (
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Weight are a cell's figures, with what it takes to judge whether they tell of a few persons.
type Weight struct {
	Figures
	Top1, Top2 int64          // minutes of the two persons who gave most
	organisers map[id.ID]bool // only where one of the axes is the camp's area
}

// Organisers is how many organisers the visits of a cell were at; 0 where neither axis is the camp's area.
func (w *Weight) Organisers() int { return len(w.organisers) }

// Weights are the weights of cells that are not empty.
type Weights map[Key]*Weight

// Scale weighs the cells of a year, of days up to one.
type Scale struct {
	counter *Counter
	year    int
	until   calendar.Day
	of      map[spot]*Weight
}

// Scale begins with empty cells.
func (c *Counter) Scale(year int, until calendar.Day) *Scale {
	return &Scale{c, year, until, map[spot]*Weight{}}
}

// Add adds what one person's facts come to. They are all that there are of the person, of other years too, in any order.
func (s *Scale) Add(facts []Fact) {
	known := make([]Fact, 0, len(facts))
	for _, f := range facts {
		if !f.Day.After(s.until) {
			known = append(known, f)
		}
	}
	for _, mine := range s.counter.person(known, func(y int) bool { return y == s.year }) {
		w := s.of[mine.spot]
		if w == nil {
			w = &Weight{}
			s.of[mine.spot] = w
		}
		w.add(mine.Figures, 1)
		switch {
		case mine.Minutes > w.Top1:
			w.Top1, w.Top2 = mine.Minutes, w.Top1
		case mine.Minutes > w.Top2:
			w.Top2 = mine.Minutes
		}
	}
	numbers := make([]uint16, len(s.counter.sides))
	for i := range known {
		if f := &known[i]; f.Day.Year() == s.year {
			s.counter.number(f, numbers)
			s.organised(f, numbers)
		}
	}
}

// organised notes who organised a fact, in the cells that tell camps' areas apart.
func (s *Scale) organised(f *Fact, numbers []uint16) {
	for t, pair := range s.counter.pairs {
		if s.counter.sides[pair.row].Axis != CampArea && s.counter.sides[pair.column].Axis != CampArea {
			continue
		}
		w := s.of[at(s.year, t, numbers[pair.row], numbers[pair.column])]
		if w.organisers == nil {
			w.organisers = map[id.ID]bool{}
		}
		w.organisers[f.OrganiserID] = true
	}
}

// Weights are those of all who were added.
func (s *Scale) Weights() Weights {
	all := make(Weights, len(s.of))
	for cell, w := range s.of {
		all[s.counter.key(cell)] = w
	}
	return all
}
