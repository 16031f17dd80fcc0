package target

import (
	"math"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
)

// Pace says how a target stands.
type Pace string

const (
	Ahead   Pace = "ahead"    // above the straight line from baseline to goal, by more than the metric's tolerance
	OnTrack Pace = "on_track" // on it
	Behind  Pace = "behind"   // below it
	Reached Pace = "reached"  // the goal is reached, or was on the day it was due
	Missed  Pace = "missed"   // it was not reached on that day
	Unknown Pace = "later"    // nothing to measure it by yet
)

// Value is what a metric came to, on a day or in a year up to it.
type Value struct {
	Value float64
	On    calendar.Day
}

// Forecast is what it will come to if all goes on as it did.
type Forecast struct {
	Value
	GoalOn calendar.Day // when the goal is reached then; no day for not within fifty years
}

// horizon bounds how far a forecast looks, in years.
const horizon = 50

// Position is how a target stands: computed, never kept.
type Position struct {
	Actual   *Value
	Pace     Pace
	Forecast *Forecast
}

// upward tells whether more is better.
func (t Target) upward() bool { return t.GoalValue > t.BaselineValue }

func (t Target) reachedBy(v float64) bool {
	if t.upward() {
		return v >= t.GoalValue
	}
	return v <= t.GoalValue
}

// Line is what the value should be on a day: on the straight line from the baseline to the goal, by days; before and after, its ends.
func (t Target) Line(on calendar.Day) float64 {
	way := float64(on.Sub(t.BaselineOn)) / float64(t.DueOn.Sub(t.BaselineOn))
	return t.BaselineValue + (t.GoalValue-t.BaselineValue)*min(max(way, 0), 1)
}

// PaceOf compares a value with what it should be on a day up to the due one.
func (t Target) PaceOf(m Metric, v float64, on calendar.Day) Pace {
	off := v - t.Line(on)
	if !t.upward() {
		off = -off
	}
	switch slack := m.Tolerance * math.Abs(t.GoalValue-t.BaselineValue); {
	case off > slack:
		return Ahead
	case off < -slack:
		return Behind
	default:
		return OnTrack
	}
}

// stand holds a target against the books. Figures are shown as show gives them, and nothing else is computed from.
func (t Target) stand(m Metric, b books, show func(Figure) Figure) Position {
	switch m.Measured {
	case ByDay:
		return t.standDaily(m, b, show)
	case ByYear:
		return t.standYearly(m, b, show)
	default:
		return Position{Pace: Unknown}
	}
}

// final is the pace once the day is over, or the goal reached; ok is false while it is neither.
func (t Target) final(v float64, overdue bool) (p Pace, ok bool) {
	switch {
	case t.reachedBy(v):
		return Reached, true
	case overdue:
		return Missed, true
	}
	return "", false
}

// standDaily judges by the value of today, and of the due day once that is over. Where the books do not reach back to it, today's
// value has to do.
func (t Target) standDaily(m Metric, b books, show func(Figure) Figure) Position {
	overdue := t.DueOn.Before(b.today)
	f, _ := b.daily(m.Code, b.today)
	if overdue {
		if then, ok := b.daily(m.Code, t.DueOn); ok {
			f = then
		}
	}
	actual := m.value(show(f))
	if actual == nil {
		return Position{Pace: Unknown}
	}
	s := Position{Actual: actual}
	var decided bool
	if s.Pace, decided = t.final(actual.Value, overdue); !decided {
		s.Pace = t.PaceOf(m, actual.Value, b.today)
	}
	if slope, ok := trend(monthEnds(m, b, show)); ok && !overdue {
		s.Forecast = &Forecast{Value: Value{m.bounded(actual.Value + slope*float64(t.DueOn.Sub(b.today))), t.DueOn}}
		if days := math.Ceil((t.GoalValue - actual.Value) / slope); s.Pace != Reached && days > 0 && days <= horizon*365 {
			s.Forecast.GoalOn = b.today.Add(int(days))
		}
	}
	return s
}

// monthEnds gives the values at the ends of the last twelve whole months, those that the books know.
func monthEnds(m Metric, b books, show func(Figure) Figure) (values []Value) {
	for i := range 12 {
		on := b.today.Add(1).FirstOfMonth().AddMonths(-i).Add(-1)
		if f, ok := b.daily(m.Code, on); ok {
			if v := m.value(show(f)); v != nil {
				values = append(values, *v)
			}
		}
	}
	return values
}

// trend is the slope by day of the straight line through values, by least squares; ok is false for fewer than three.
func trend(values []Value) (slope float64, ok bool) {
	if len(values) < 3 {
		return 0, false
	}
	var days, sum float64
	first := values[0].On
	for _, v := range values {
		days += float64(v.On.Sub(first))
		sum += v.Value
	}
	days, sum = days/float64(len(values)), sum/float64(len(values))
	var up, across float64
	for _, v := range values {
		d := float64(v.On.Sub(first)) - days
		up, across = up+d*(v.Value-sum), across+d*d
	}
	return up / across, true
}

// bounded keeps a forecast within what the metric can be.
func (m Metric) bounded(v float64) float64 {
	if v = max(v, 0); m.Unit == Rate {
		return rounded(min(v, 1))
	}
	return math.Round(v)
}

// standYearly judges by the running year up to today, and by the whole year of the due day once that is over. Where the books do
// not reach back to it, the running year has to do.
func (t Target) standYearly(m Metric, b books, show func(Figure) Figure) Position {
	year := b.today.Year()
	due := t.DueOn.Year()
	if due < year && b.begin > 0 && b.begin <= due {
		actual := m.value(show(b.yearly(m.Code, b.years[due], t.DueOn)))
		if actual == nil {
			return Position{Pace: Unknown}
		}
		p, _ := t.final(actual.Value, true)
		return Position{Actual: actual, Pace: p}
	}
	sofar := show(b.yearly(m.Code, b.years[year], b.today))
	actual := m.value(sofar)
	if actual == nil {
		return Position{Pace: Unknown}
	}
	s := Position{Actual: actual}
	whole, change := b.project(m, sofar, show)
	decided := false
	if t.upward() || due < year { // less is better: that can be told of whole years only
		s.Pace, decided = t.final(actual.Value, due < year)
	}
	if !decided {
		s.Pace = t.PaceOf(m, whole, lastOfYear(year))
	}
	if due < year {
		return s
	}
	s.Forecast = &Forecast{Value: Value{m.bounded(whole + change*float64(due-year)), t.DueOn}}
	for y := year; s.Pace != Reached && y <= year+horizon; y++ {
		if t.reachedBy(m.bounded(whole + change*float64(y-year))) {
			s.Forecast.GoalOn = lastOfYear(y)
			break
		}
	}
	return s
}

// lastWhole tells whether last year is in the books as a whole: the year in which they begin may not be.
func (b books) lastWhole() bool { return b.begin > 0 && b.begin < b.today.Year()-1 }

// project is what the running year will come to, like compared with like: last year, times what there was of this year up to
// today over what there was of last year up to the same day; and how much that is more than last year. Where last year is not in
// the books as a whole, the year goes on as it went so far.
func (b books) project(m Metric, sofar Figure, show func(Figure) Figure) (whole, change float64) {
	year := b.today.Year()
	value := func(n float64) float64 {
		if m.Unit == Rate {
			return n / float64(sofar.Of)
		}
		return n
	}
	if !b.lastWhole() {
		elapsed, all := b.today.Sub(calendar.Date(year, 1, 1))+1, lastOfYear(year).Sub(calendar.Date(year, 1, 1))+1
		return value(float64(sofar.N) * float64(all) / float64(elapsed)), 0
	}
	last := show(b.yearly(m.Code, b.years[year-1], lastOfYear(year-1)))
	same := show(b.yearly(m.Code, b.before, b.today.AddMonths(-12)))
	n := max(float64(last.N), float64(sofar.N)) // nothing to compare by on the first days of a year
	if same.N > 0 {
		n = float64(last.N) * float64(sofar.N) / float64(same.N)
	}
	if whole = value(n); m.Unit == Count || last.Of > 0 {
		before := float64(last.N)
		if m.Unit == Rate {
			before /= float64(last.Of)
		}
		change = whole - before
	}
	return whole, change
}

// stretch is the days of last year that the running one is compared with; ok is false where these are not needed.
func (b books) stretch() (from, to calendar.Day, ok bool) {
	return calendar.Date(b.today.Year()-1, 1, 1), b.today.AddMonths(-12), b.lastWhole()
}

// figuresOf gathers a region's years.
func figuresOf(years []Year, key string) map[int]cube.Figures {
	of := map[int]cube.Figures{}
	for _, y := range years {
		if y.Key == key {
			of[y.Year] = y.Figures
		}
	}
	return of
}
