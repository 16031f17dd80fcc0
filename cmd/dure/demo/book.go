package demo

import (
	"cmp"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
)

// book is a person's page of the ledger while his history is gone through. It posts by the same functions as the program
// does when somebody verifies; only where they would read the database, it looks at what it knows.
type book struct {
	zone    *time.Location
	rules   recognition.Rules
	account ledger.Account
	entries []ledger.Entry
	posted  map[posted]sum
}

type posted struct {
	attendance id.ID
	day        calendar.Day
}

type sum struct{ minutes, visits, entries int }

// history takes a person's steps in the order in which they happened.
func (b *book) history(p *person) error {
	type event struct {
		step
		*presence
	}
	var events []event
	for _, a := range p.presences {
		for _, s := range a.steps {
			events = append(events, event{s, a})
		}
	}
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Compare(x.at.UnixMicro(), y.at.UnixMicro()) })
	for _, e := range events {
		before := e.Attendance
		cause := attendance.Cause{Actor: e.by, Now: e.at}
		switch ch := e.step.change; {
		case ch == nil:
		case ch.Kind == attendance.Reversal:
			cause.Kind, cause.Reason = ledger.Reversal, ch.Reason
			e.State, e.DecidedAt, e.DecidedBy, e.Reason = attendance.Reversed, ch.DecidedAt, ch.DecidedBy, ch.Reason
		default:
			cause.Kind, cause.Reason = ledger.Correction, ch.Reason
			e.CountedInAt, e.CountedOutAt = *ch.CheckedInAt, ch.CheckedOutAt
			e.WorkedMinutes, e.Day = e.Span().Minutes(), calendar.Of(e.CountedInAt, b.zone)
		}
		if e.State == attendance.Pending || e.State == attendance.AutoClosed {
			e.State, e.VerifiedAt, e.VerifiedBy = attendance.Verified, &e.at, &e.by
			if e.Evidence == attendance.QR && before.State == attendance.Pending {
				e.VerifiedBy = &id.Nil // the code itself is the second witness
			}
		}
		if err := b.post(p, before, e.presence, cause); err != nil {
			return err
		}
	}
	return nil
}

// post counts the days anew that a presence touches or touched.
func (b *book) post(p *person, before attendance.Attendance, a *presence, cause attendance.Cause) error {
	days := b.days(before, a.Attendance)
	drafts := attendance.Drafts(days, b.zone, b.rows(p, days), map[id.ID]*attendance.Attendance{a.ID: &a.Attendance}, b.rules, cause)
	entries, moved, err := ledger.Post(map[id.ID]ledger.Account{p.ID: b.account}, drafts, cause.Now)
	if err != nil {
		return err
	}
	for _, e := range entries {
		i := slices.IndexFunc(p.presences, func(o *presence) bool { return o.ID == e.SourceID })
		p.presences[i].RecognisedMinutes += e.Minutes
		k := posted{e.SourceID, e.EffectiveDay}
		b.posted[k] = sum{b.posted[k].minutes + e.Minutes, b.posted[k].visits + e.Visits, b.posted[k].entries + 1}
	}
	if len(moved) > 0 {
		b.account = moved[0]
	}
	b.entries = append(b.entries, entries...)
	return nil
}

// days are those that either form of a presence touches, in order.
func (b *book) days(before, after attendance.Attendance) []attendance.PersonDay {
	touched := append(before.Span().Days(b.zone), after.Span().Days(b.zone)...)
	slices.SortFunc(touched, calendar.Day.Compare)
	days := []attendance.PersonDay{}
	for _, d := range slices.Compact(touched) {
		days = append(days, attendance.PersonDay{VolunteerID: after.VolunteerID, AccountID: b.account.ID, Day: d,
			Start: d.Start(b.zone), End: d.End(b.zone)})
	}
	return days
}

// rows are a person's presences around days, with what is posted of each on each day.
func (b *book) rows(p *person, days []attendance.PersonDay) (rows []attendance.DayRow) {
	from, to := days[0].Start.AddDate(0, 0, -2), days[len(days)-1].End.AddDate(0, 0, 2)
	for _, a := range p.presences {
		if a.CountedInAt.Before(from) || a.CountedInAt.After(to) {
			continue
		}
		for _, d := range days {
			s := b.posted[posted{a.ID, d.Day}]
			rows = append(rows, attendance.DayRow{VolunteerID: p.ID, Day: d.Day, AttendanceID: a.ID, ShiftID: a.ShiftID, State: a.State,
				Evidence: a.Evidence, FieldCode: a.shift.listing.FieldCode, CountedInAt: a.CountedInAt, CountedOutAt: a.CountedOutAt,
				TravelMinutes: a.TravelMinutes, StartsAt: a.shift.StartsAt, EndsAt: a.shift.EndsAt, BreakMinutes: a.shift.BreakMinutes,
				PostedMinutes: s.minutes, PostedVisits: s.visits, PostedEntries: s.entries})
		}
	}
	return rows
}
