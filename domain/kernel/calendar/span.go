package calendar

import "time"

// Span is a half-open stretch of time: from its start up to, not including, its end.
type Span struct{ Start, End time.Time }

// Overlaps tells whether two spans share an instant; back to back they do not.
func (s Span) Overlaps(o Span) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// Minutes counts the whole minutes of the span, after both ends were cut to the minute; never below zero.
func (s Span) Minutes() int {
	return max(0, int(s.End.Truncate(time.Minute).Sub(s.Start.Truncate(time.Minute))/time.Minute))
}

// Days lists the days that the span touches in a zone, in order.
func (s Span) Days(zone *time.Location) []Day {
	if !s.Start.Before(s.End) {
		return []Day{Of(s.Start, zone)}
	}
	var days []Day
	for d := Of(s.Start, zone); d.Start(zone).Before(s.End); d = d.Add(1) {
		days = append(days, d)
	}
	return days
}

// On cuts the span to a day in a zone; ok is false when nothing is left.
func (s Span) On(d Day, zone *time.Location) (cut Span, ok bool) {
	cut = s
	if b := d.Start(zone); cut.Start.Before(b) {
		cut.Start = b
	}
	if e := d.End(zone); cut.End.After(e) {
		cut.End = e
	}
	return cut, cut.Start.Before(cut.End)
}
