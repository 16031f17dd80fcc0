package target

import (
	"slices"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
)

// Unit is what a metric's values are.
type Unit string

const (
	Rate  Unit = "rate"  // a share of 1
	Count Unit = "count" // a whole number
)

// Measured says when a metric has a value.
type Measured string

const (
	ByDay  Measured = "day"   // on every day: how many there are
	ByYear Measured = "year"  // of a calendar year: what was done in it
	Later  Measured = "later" // not yet: the feature that it counts comes later
)

// Metric is something that a target can be set for, as data.
type Metric struct {
	Code         string
	Name, NameEn string
	Unit         Unit
	Measured     Measured
	Tolerance    float64 // how far from the straight line still is on it, as a share of the way from baseline to goal
	Definition   string
	DefinitionEn string
	Rank         int // order in lists
}

// Codes of the metrics that are measured.
const (
	RegistrationRate  = "registration_rate"
	ParticipationRate = "participation_rate"
	ActivityRate      = "activity_rate"
	Registered        = "registered"
	Persons           = "persons"
	Visits            = "visits"
	Minutes           = "minutes"
	Camps             = "camps"
)

// Figure is a metric's value on a day, or of the days of a year up to it.
type Figure struct {
	N, Of int64 // Of is the denominator of a rate; 0 where there is none
	On    calendar.Day
}

// value is nil where there is nothing to divide by.
func (m Metric) value(f Figure) *Value {
	v := Value{float64(f.N), f.On}
	if m.Unit == Rate {
		if f.Of <= 0 {
			return nil
		}
		v.Value = rounded(float64(f.N) / float64(f.Of))
	}
	return &v
}

// Everybody is shown persons, visits and minutes in tens, and rates of no fewer than so many.
const (
	step = 10
	many = 1000
)

// open is a figure as everybody may see it: one person more or less in it can hardly be told. Of camps everything is public.
func (m Metric) open(f Figure) Figure {
	if m.Code == Camps {
		return f
	}
	f.N = (f.N + step/2) / step * step
	if f.Of < many {
		f.Of = 0
	}
	return f
}

// Stock is how many more persons were registered as living somewhere at a month's end than at its beginning.
type Stock struct {
	Month    calendar.Day // its first day
	HomeCode string
	Delta    int64
}

// Camp is as much of a camp as targets need.
type Camp struct {
	RegionCode         string
	OpenedOn, ClosedOn calendar.Day // ClosedOn is the last day; no day while it is open
}

// Year are the counted figures of a calendar year, of those who live in a region.
type Year struct {
	Year int
	Key  string // of the region
	cube.Figures
}

// Stretch names days of one year, and where people lived.
type Stretch struct {
	From, To calendar.Day
	Key      string   // of the region
	Codes    []string // all codes that are counted under it
}

// books are what the actuals of one region are computed from.
type books struct {
	today  calendar.Day
	stock  []Stock // of the region, in the order of months
	people []region.Total
	camps  []Camp
	years  map[int]cube.Figures
	begin  int          // first year in which anything was counted anywhere; 0 for none
	before cube.Figures // of the last year, up to the day of today
}

// registered is how many were registered at the end of the last month that had ended by a day; today, by now. ok is false for
// days before the first that the books know.
func (b books) registered(on calendar.Day) (n int64, ok bool) {
	month := on.Add(1).FirstOfMonth() // the first that does not count
	if on == b.today {
		month = on.FirstOfMonth().AddMonths(1)
	}
	for _, s := range b.stock {
		if s.Month.Before(month) {
			n, ok = n+s.Delta, true
		}
	}
	return n, ok
}

// residents is the population of the latest month that is not after a day, or of the earliest where none is older.
func (b books) residents(on calendar.Day) (n int64) {
	var month calendar.Day
	for _, t := range b.people { // in the order of months
		if month.IsZero() || !t.Month.After(on) {
			month = t.Month
		}
	}
	for _, t := range b.people {
		if t.Month == month {
			n += int64(t.Count)
		}
	}
	return n
}

// open is how many camps were open on a day.
func (b books) open(on calendar.Day) (n int64, ok bool) {
	for _, c := range b.camps {
		if c.OpenedOn.After(on) {
			continue
		}
		ok = true
		if c.ClosedOn.IsZero() || !c.ClosedOn.Before(on) {
			n++
		}
	}
	return n, ok
}

// daily is the value of a metric that has one on every day; ok is false for days that the books do not reach back to.
func (b books) daily(metric string, on calendar.Day) (f Figure, ok bool) {
	f.On = on
	switch metric {
	case Camps:
		f.N, ok = b.open(on)
	default:
		f.N, ok = b.registered(on)
		f.Of = b.residents(on)
	}
	return f, ok
}

// yearly is what figures of a year's days up to one come to.
func (b books) yearly(metric string, of cube.Figures, on calendar.Day) Figure {
	f := Figure{On: on}
	switch metric {
	case Visits:
		f.N = of.Visits
	case Minutes:
		f.N = of.Minutes
	case ActivityRate:
		f.N = of.Persons
		f.Of, _ = b.registered(on)
	default:
		f.N, f.Of = of.Persons, b.residents(on)
	}
	return f
}

// Keys of the regions of some targets, each once.
func keysOf(targets []Target) (keys []string) {
	for _, t := range targets {
		if !slices.Contains(keys, t.Region) {
			keys = append(keys, t.Region)
		}
	}
	return keys
}
