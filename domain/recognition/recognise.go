package recognition

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Presence is one verified attendance, as recognition sees it. Instants are cut to the whole minute.
type Presence struct {
	AttendanceID, ShiftID id.ID
	FieldCode             string    // 1365 field of the activity
	In, Out               time.Time // check-in and check-out; an Out before In counts as no time at all
	ShiftStart, ShiftEnd  time.Time
	BreakMinutes          int // pause noted for the whole attendance
	TravelMinutes         int // way there and back; belongs to the day of the check-in
}

// Names of reductions, in the order in which they are applied.
const (
	CutOutsideShift = "outside_shift" // before or after the shift's window
	CutOverlap      = "overlap"       // the person was already counted elsewhere (중복)
	CutBreak        = "break"
	CutFieldCap     = "field_cap"
	CutDailyCap     = "daily_cap"
	CutTravel       = "travel" // travel that no rule recognises, or that is more than it recognises
)

// Reduction says why minutes that happened do not count; Minutes is always above zero.
type Reduction struct {
	Rule    string `json:"rule"`
	Minutes int    `json:"minutes"`
}

// Credit is what one attendance brings on one day. Minutes = Worked + Travel − all Reductions, none of them below zero.
type Credit struct {
	AttendanceID id.ID
	Day          calendar.Day
	Worked       int         // minutes present on this day (활동시간)
	Travel       int         // minutes of travel, on the day of the check-in
	Minutes      int         // minutes recognised (인정시간)
	Reductions   []Reduction // in order of application; empty, never nil
	RuleVersion  int         // Rules.Version of the day
	Visit        bool        // true on the day of the check-in: the one on which it counts as a visit (연인원)
}

func (c *Credit) cut(rule string, minutes int) {
	if minutes > 0 {
		c.Reductions = append(c.Reductions, Reduction{rule, minutes})
		c.Minutes -= minutes
	}
}

// Recognise counts one person's day in the city's zone, from all verified presences that touch it; others may be
// among them and change nothing. The credits come in counting order: by check-in, check-out, shift, attendance.
// A presence has a credit on every day on which it has minutes, and always one on the day of its check-in.
func Recognise(day calendar.Day, zone *time.Location, presences []Presence, rules Rules) []Credit {
	var (
		credits []Credit
		version = rules.Version(day)
		counted []calendar.Span // disjoint stretches that earlier presences have taken
		left    = caps{day, rules, map[string]int{}}
		travel  int // minutes of travel recognised so far
	)
	for _, p := range inOrder(presences) {
		part, _ := p.span().On(day, zone)
		credit := Credit{
			AttendanceID: p.AttendanceID, Day: day, Worked: part.Minutes(), Reductions: []Reduction{},
			RuleVersion: version, Visit: calendar.Of(p.In, zone) == day,
		}
		if credit.Worked == 0 && !credit.Visit {
			continue
		}
		credit.Minutes = credit.Worked

		window := p.recognisable(day, zone, rules)
		credit.cut(CutOutsideShift, credit.Worked-window.Minutes())

		fresh := without(window, counted)
		counted = append(counted, fresh...)
		credit.cut(CutOverlap, window.Minutes()-minutes(fresh))

		credit.cut(CutBreak, min(p.breakOn(day, zone, rules), credit.Minutes))

		covering := codes(p.FieldCode)
		ofField := covering[:len(covering)-1]
		credit.cut(CutFieldCap, credit.Minutes-left.room(credit.Minutes, ofField...))
		credit.cut(CutDailyCap, credit.Minutes-left.room(credit.Minutes, ""))
		left.spend(credit.Minutes, covering...)

		if credit.Visit {
			credit.Travel = max(0, p.TravelMinutes)
			rule, _ := rules.closest(day, KindTravel, p.FieldCode)
			granted := min(credit.Travel, max(0, rule.Minutes-travel))
			travel += granted
			credit.Minutes += credit.Travel
			credit.cut(CutTravel, credit.Travel-granted)
		}
		credits = append(credits, credit)
	}
	return credits
}

// caps keeps what is left of a day's caps. They nest: a field's cap narrows its group's and the whole day's,
// it never widens them.
type caps struct {
	day   calendar.Day
	rules Rules
	spent map[string]int // minutes recognised so far, by the code of a cap
}

// room is how many of the wanted minutes the caps of all these codes leave.
func (c caps) room(wanted int, codes ...string) int {
	for _, code := range codes {
		if rule, ok := c.rules.row(c.day, KindDailyCap, code); ok {
			wanted = min(wanted, max(0, rule.Minutes-c.spent[code]))
		}
	}
	return wanted
}

func (c caps) spend(minutes int, codes ...string) {
	for _, code := range codes {
		c.spent[code] += minutes
	}
}

// inOrder gives the presences, cut to the minute, in counting order.
func inOrder(presences []Presence) []Presence {
	ordered := slices.Clone(presences)
	for i := range ordered {
		for _, t := range []*time.Time{&ordered[i].In, &ordered[i].Out, &ordered[i].ShiftStart, &ordered[i].ShiftEnd} {
			*t = t.Truncate(time.Minute)
		}
	}
	slices.SortFunc(ordered, func(a, b Presence) int {
		return cmp.Or(
			a.In.Compare(b.In),
			a.Out.Compare(b.Out),
			bytes.Compare(a.ShiftID[:], b.ShiftID[:]),
			bytes.Compare(a.AttendanceID[:], b.AttendanceID[:]),
		)
	})
	return ordered
}

func (p Presence) span() calendar.Span { return calendar.Span{Start: p.In, End: p.Out} }

// recognisable is the presence's part on a day that lies inside its shift's window, if a rule sets one.
func (p Presence) recognisable(day calendar.Day, zone *time.Location, rules Rules) calendar.Span {
	part, _ := p.span().On(day, zone)
	if rule, ok := rules.closest(day, KindShiftWindow, p.FieldCode); ok {
		margin := time.Duration(rule.Minutes) * time.Minute
		if opens := p.ShiftStart.Add(-margin); part.Start.Before(opens) {
			part.Start = opens
		}
		if closes := p.ShiftEnd.Add(margin); part.End.After(closes) {
			part.End = closes
		}
	}
	return part
}

// breakOn is the share of the break that falls on a day: the earlier days' recognisable minutes take theirs first.
// It looks at this presence alone, so that no other attendance can move a break from one day to the next.
func (p Presence) breakOn(day calendar.Day, zone *time.Location, rules Rules) int {
	if _, ok := rules.closest(day, KindBreak, p.FieldCode); !ok {
		return 0
	}
	left := p.BreakMinutes
	for d := calendar.Of(p.In, zone); d.Before(day) && left > 0; d = d.Add(1) {
		left -= p.recognisable(d, zone, rules).Minutes()
	}
	return max(0, left)
}

// without gives what is left of a span beside the taken ones; an empty or inverted span leaves nothing.
func without(s calendar.Span, taken []calendar.Span) []calendar.Span {
	if !s.Start.Before(s.End) {
		return nil
	}
	rest := []calendar.Span{s}
	for _, t := range taken {
		var pieces []calendar.Span
		for _, r := range rest {
			if !r.Overlaps(t) {
				pieces = append(pieces, r)
				continue
			}
			if r.Start.Before(t.Start) {
				pieces = append(pieces, calendar.Span{Start: r.Start, End: t.Start})
			}
			if t.End.Before(r.End) {
				pieces = append(pieces, calendar.Span{Start: t.End, End: r.End})
			}
		}
		rest = pieces
	}
	return rest
}

func minutes(spans []calendar.Span) int {
	n := 0
	for _, s := range spans {
		n += s.Minutes()
	}
	return n
}
