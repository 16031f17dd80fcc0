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

// Weigh adds what one person's facts of a year come to, of days up to one. Facts are all that there are of the person, of other
// years too, in any order.
func (c *Counter) Weigh(to Weights, facts []Fact, year int, until calendar.Day) {
	known := make([]Fact, 0, len(facts))
	for _, f := range facts {
		if !f.Day.After(until) {
			known = append(known, f)
		}
	}
	want := func(y int) bool { return y == year }
	for _, s := range c.Person(known, want) {
		w := to[s.Key]
		if w == nil {
			w = &Weight{}
			to[s.Key] = w
		}
		w.Persons += s.Persons
		w.Visits += s.Visits
		w.Minutes += s.Minutes
		w.Newcomer += s.Newcomer
		w.Regular += s.Regular
		switch {
		case s.Minutes > w.Top1:
			w.Top1, w.Top2 = s.Minutes, w.Top1
		case s.Minutes > w.Top2:
			w.Top2 = s.Minutes
		}
	}
	for i := range known {
		if f := &known[i]; f.Day.Year() == year {
			c.organised(to, f)
		}
	}
}

// organised notes who organised a fact, in the cells that tell camps' areas apart.
func (c *Counter) organised(to Weights, f *Fact) {
	for t, pair := range c.pairs {
		row, column := c.sides[pair.row], c.sides[pair.column]
		if row.Axis != CampArea && column.Axis != CampArea {
			continue
		}
		w := to[Key{f.Day.Year(), t, c.key(row, f), c.key(column, f)}]
		if w.organisers == nil {
			w.organisers = map[id.ID]bool{}
		}
		w.organisers[f.OrganiserID] = true
	}
}
