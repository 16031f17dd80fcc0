package activity

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// MaxShift is the longest that a shift may take.
const MaxShift = 24 * time.Hour

const (
	maxCapacity = 10_000
	maxRepeats  = 400 // shifts made in one call, or of one imported listing
)

// Shift (회차) is one dated slot of an activity with capacity.
type Shift struct {
	ID           id.ID
	ActivityID   id.ID
	OrganiserID  id.ID // of the activity
	StartsAt     time.Time
	EndsAt       time.Time
	BreakMinutes int
	Capacity     int
	Confirmed    int // places taken: sign-ups that are confirmed, attended or no-show
	CancelledAt  *time.Time
	CodeSecret   string // makes the check-in codes; in no answer
}

// Span is when the shift takes place.
func (s Shift) Span() calendar.Span { return calendar.Span{Start: s.StartsAt, End: s.EndsAt} }

// Upcoming refuses a shift that is cancelled or has begun.
func (s Shift) Upcoming(now time.Time) error {
	if s.CancelledAt != nil {
		return ErrShiftCancelled
	}
	if !now.Before(s.StartsAt) {
		return ErrShiftStarted
	}
	return nil
}

// CheckNumbers notes a break that is not shorter than a shift's span, and a capacity that is not 1 to 10,000.
func CheckNumbers(f fault.Fields, span calendar.Span, breakMinutes, capacity int) {
	if longest := max(0, span.Minutes()-1); breakMinutes < 0 || breakMinutes > longest {
		f.Add("break_minutes", "range", "min", 0, "max", longest)
	}
	if capacity < 1 || capacity > maxCapacity {
		f.Add("capacity", "range", "min", 1, "max", maxCapacity)
	}
}

// Schedule adds one shift to an activity, or with Repeat one on each day of a rule.
type Schedule struct {
	ActivityID   id.ID
	Span         calendar.Span // the first shift
	BreakMinutes int
	Capacity     int
	Repeat       *Repeat
}

// Repeat says on which days a shift comes again, at the same time of the city's clock.
type Repeat struct {
	Rule  string       // RFC 5545 RRULE of FREQ (DAILY, WEEKLY, MONTHLY), INTERVAL, COUNT, BYDAY, BYMONTHDAY, WKST
	Until calendar.Day // the last day, included
}

// Scheduled tells which shifts were made, and which spans were not, for the activity has a shift there already.
type Scheduled struct {
	Title   string // of the activity
	Made    []Shift
	Skipped []calendar.Span
}

// Schedule adds shifts to an activity that is not over. Errors: auth.forbidden, activity.not_found, activity.state,
// activity.shift_exists when nothing was left to make, request.invalid.
func (s *Service) Schedule(ctx context.Context, cmd Schedule) (Scheduled, error) {
	now := s.clock.Now()
	var result Scheduled
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		a, err := tx.Activities().Lock(ctx, cmd.ActivityID)
		if err != nil {
			return err
		}
		if err := CanManage(p, a); err != nil {
			return err
		}
		if a.State == Cancelled || a.State == Ended {
			return ErrState.With("state", a.State)
		}
		spans, err := cmd.spans(s.clock.Zone)
		if err != nil {
			return err
		}
		live, err := tx.Activities().Spans(ctx, a.ID, false)
		if err != nil {
			return err
		}
		result = cmd.plan(a, spans, live)
		if len(result.Made) == 0 {
			return ErrShiftExists
		}
		if err := tx.Activities().AddShifts(ctx, result.Made); err != nil {
			return err
		}
		a.FirstDay, a.LastDay = period(append(live, spans...), s.clock)
		a.OriginHash = nil
		a.Version++
		return tx.Activities().Update(ctx, a)
	})
	return result, err
}

// plan sorts spans into shifts to make and spans that the activity has already.
func (cmd Schedule) plan(a Activity, spans, live []calendar.Span) Scheduled {
	p := Scheduled{Title: a.Title}
	for _, span := range spans {
		if slices.ContainsFunc(live, same(span)) {
			p.Skipped = append(p.Skipped, span)
			continue
		}
		p.Made = append(p.Made, newShift(a, span, cmd.BreakMinutes, cmd.Capacity))
	}
	return p
}

func newShift(a Activity, span calendar.Span, breakMinutes, capacity int) Shift {
	return Shift{ID: id.New(), ActivityID: a.ID, OrganiserID: a.OrganiserID, StartsAt: span.Start, EndsAt: span.End,
		BreakMinutes: breakMinutes, Capacity: capacity, CodeSecret: id.Secret()}
}

func same(a calendar.Span) func(calendar.Span) bool {
	return func(b calendar.Span) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) }
}

// spans gives the spans of all shifts asked for, or what is wrong with the request.
func (cmd Schedule) spans(zone *time.Location) ([]calendar.Span, error) {
	f := fault.Collect()
	started, ended := f.Require(!cmd.Span.Start.IsZero(), "starts_at"), f.Require(!cmd.Span.End.IsZero(), "ends_at")
	if started && ended {
		if checkSpan(f, cmd.Span) {
			CheckNumbers(f, cmd.Span, cmd.BreakMinutes, cmd.Capacity)
		}
	}
	if err := f.Err(); err != nil || cmd.Repeat == nil {
		return []calendar.Span{cmd.Span}, err
	}
	spans := cmd.Repeat.of(f.Under("repeat"), cmd.Span, zone)
	for _, span := range spans { // where clocks change, a span may shrink or grow
		if checkSpan(f, span) {
			CheckNumbers(f, span, cmd.BreakMinutes, cmd.Capacity)
		}
	}
	return spans, f.Err()
}

func checkSpan(f fault.Fields, span calendar.Span) bool {
	switch {
	case !span.Start.Before(span.End):
		f.Add("ends_at", "order", "after", "starts_at")
		return false
	case span.End.Sub(span.Start) > MaxShift:
		f.Add("ends_at", "shift_too_long", "hours", int(MaxShift/time.Hour))
		return false
	}
	return true
}

// of gives the spans of a rule that begin on first's day or later, each at the same time of the zone's clock.
func (r Repeat) of(f fault.Fields, first calendar.Span, zone *time.Location) []calendar.Span {
	from := calendar.Of(first.Start, zone)
	rule := r.parse()
	if rule == nil {
		f.Add("rule", "repeat_rule")
	}
	if f.Require(!r.Until.IsZero(), "until") && r.Until.Before(from) {
		f.Add("until", "order", "after", "starts_at")
	}
	if f.Err() != nil {
		return nil
	}
	// Days are counted in UTC, where all have 24 hours; the time of day is put on them afterwards.
	rule.Dtstart, rule.Until = from.Start(time.UTC), r.Until.Start(time.UTC)
	days, err := rrule.NewRRule(*rule)
	if err != nil {
		f.Add("rule", "repeat_rule")
		return nil
	}
	nights := calendar.Of(first.End, zone).Sub(from)
	var spans []calendar.Span
	for next := days.Iterator(); len(spans) <= maxRepeats; {
		t, ok := next()
		if !ok {
			break
		}
		day := calendar.Of(t, time.UTC)
		spans = append(spans, calendar.Span{Start: onClock(day, first.Start, zone), End: onClock(day.Add(nights), first.End, zone)})
	}
	switch {
	case len(spans) == 0:
		f.Add("rule", "repeat_none")
	case len(spans) > maxRepeats:
		f.Add("until", "too_many", "max", maxRepeats)
		return nil
	}
	return spans
}

// parse reads a rule of the few parts that days need; nil for anything else.
func (r Repeat) parse() *rrule.ROption {
	if len(r.Rule) > 200 || strings.ContainsAny(r.Rule, "\r\n") {
		return nil
	}
	o, err := rrule.StrToROption(r.Rule)
	if err != nil || o.Freq > rrule.DAILY || o.Freq == rrule.YEARLY || o.Interval < 0 || o.Interval > 366 || o.Count < 0 ||
		!o.Dtstart.IsZero() || !o.Until.IsZero() || len(o.Bysetpos)+len(o.Bymonth)+len(o.Byyearday)+len(o.Byweekno)+
		len(o.Byhour)+len(o.Byminute)+len(o.Bysecond)+len(o.Byeaster) > 0 {
		return nil
	}
	nth := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	if (nth || len(o.Bymonthday) > 0) && o.Freq != rrule.MONTHLY || nth && len(o.Bymonthday) > 0 ||
		slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() < -5 || d.N() > 5 }) {
		return nil
	}
	return o
}

// onClock gives the instant of a day at which the zone's clock shows the time of wall.
func onClock(day calendar.Day, wall time.Time, zone *time.Location) time.Time {
	y, m, d := day.Start(zone).Date()
	wall = wall.In(zone)
	return time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone).UTC()
}

// CancelShift calls a shift off before it begins, and with it its sign-ups. Errors: auth.forbidden,
// activity.not_found, activity.shift_not_found, activity.shift_cancelled, activity.shift_started, request.invalid.
func (s *Service) CancelShift(ctx context.Context, shift id.ID, reason string) (ListedShift, error) {
	now := s.clock.Now()
	var cancelled ListedShift
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		var a Activity
		if a, cancelled.Shift, err = tx.Activities().LockShift(ctx, shift); err != nil {
			return err
		}
		if err := CanManage(p, a); err != nil {
			return err
		}
		if err := reasoned(reason); err != nil {
			return err
		}
		if err := cancelled.Upcoming(now); err != nil {
			return err
		}
		if err := tx.Activities().CancelShift(ctx, shift, now); err != nil {
			return err
		}
		left, err := tx.Activities().Spans(ctx, a.ID, false)
		if err != nil {
			return err
		}
		a.FirstDay, a.LastDay = period(left, s.clock)
		a.Version++
		if err := tx.Activities().Update(ctx, a); err != nil {
			return err
		}
		cancelled.CancelledAt, cancelled.Confirmed, cancelled.ActivityTitle = &now, 0, a.Title
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "shift.cancelled",
			SubjectType: "shift", SubjectID: shift.String(), Reason: reason,
			Detail: audit.Change(audit.Members{"cancelled_at": nil}, audit.Members{"cancelled_at": now})})
	})
	return cancelled, err
}
