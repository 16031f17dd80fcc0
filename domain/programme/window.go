package programme

import (
	"time"

	"dure/domain/kernel/calendar"
)

// Span is a stretch of days, both included; From is no day where it has no beginning.
type Span struct{ From, To calendar.Day }

// Has tells whether a day lies in the span.
func (s Span) Has(d calendar.Day) bool { return !d.Before(s.From) && !d.After(s.To) }

// Before gives the day so many months before another, the last of its month where there is none such: what 민법 제160조 says
// of periods counted in months.
func before(d calendar.Day, months int) calendar.Day { return after(d, -months) }

func after(d calendar.Day, months int) calendar.Day {
	first := calendar.Date(d.Year(), d.Month()+time.Month(months), 1)
	last := calendar.Date(first.Year(), first.Month()+1, 0)
	there := first.Add(d.Sub(d.FirstOfMonth()))
	if there.After(last) {
		return last
	}
	return there
}

// On gives the days that the window has when it is seen from a day.
func (w Window) On(day calendar.Day) Span {
	switch w.Kind {
	case Rolling:
		return Span{before(day, w.Months).Add(1), day}
	case ThisMonth:
		return month(day)
	case PreviousMonth:
		return month(day.FirstOfMonth().Add(-1))
	case ThisYear:
		return w.year(day)
	case PreviousYear:
		return w.year(w.year(day).From.Add(-1))
	default: // Lifetime
		return Span{To: day}
	}
}

func month(d calendar.Day) Span {
	first := d.FirstOfMonth()
	return Span{first, calendar.Date(first.Year(), first.Month()+1, 0)}
}

// year gives the year from the window's first month on in which a day lies.
func (w Window) year(d calendar.Day) Span {
	y, first := d.Year(), time.Month(w.FirstMonth)
	if d.Month() < first {
		y--
	}
	return Span{calendar.Date(y, first, 1), calendar.Date(y+1, first, 0)}
}

// period is the name under which one may have the benefit once.
func (t Terms) period(day calendar.Day) string {
	if t.Repeat != EachWindow {
		return ""
	}
	return t.Conditions()[0].Window.On(day).From.String()
}

// inSeason tells whether one may apply on a day. A season that ends on 02-29 ends on 02-28 in common years.
func (t Terms) inSeason(day calendar.Day) bool {
	if len(t.Seasons) == 0 {
		return true
	}
	today := day.String()[5:]
	for _, s := range t.Seasons {
		if s.From <= s.To && s.From <= today && today <= s.To || s.From > s.To && (s.From <= today || today <= s.To) {
			return true
		}
	}
	return false
}

// begins is the day from which a benefit granted on a day is there.
func (p Payment) begins(granted calendar.Day) calendar.Day {
	if p.Kind == AtOnce {
		return granted
	}
	at := calendar.Date(granted.Year(), granted.Month(), p.Day)
	for at.Before(granted) || p.Kind == Quarterly && at.Month()%3 != 1 {
		at = calendar.Date(at.Year(), at.Month()+1, p.Day)
	}
	return at
}

// begins is the day from which a benefit granted on a day is there: mileage counts at once, whenever it is paid.
func (t Terms) begins(granted calendar.Day) calendar.Day {
	if t.Benefit.Kind == Mileage {
		return granted
	}
	return t.Payment.begins(granted)
}

// ends is the last day of a benefit that begins on a day; no day when it does not end.
func (v Validity) ends(begins calendar.Day) calendar.Day {
	switch v.Kind {
	case ForMonths:
		if last := after(begins, v.Months); last.Sub(last.FirstOfMonth()) == begins.Sub(begins.FirstOfMonth()) {
			return last.Add(-1)
		} else {
			return last // no such day in that month: it ends with the month
		}
	case YearEnd:
		return calendar.Date(begins.Year(), 12, 31)
	case UntilDay:
		return v.Day
	default:
		return calendar.Day{}
	}
}

// latestBirth is the last birth day of those who are so many years old on a day.
func latestBirth(age int, on calendar.Day) calendar.Day { return before(on, 12*age) }
