package attendance

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
)

// ErrSentToSchool refuses to change what a school has: after the transfer only the school corrects it (나이스 전송 후 정정).
var ErrSentToSchool = fault.New(fault.Conflict, "export.locked_by_school")

// Cause says why days are counted again: what the subjects' own entries are called (nothing when they are counted for the
// first time), who decided, when, and why.
type Cause struct {
	Kind   ledger.Kind
	Actor  id.ID
	Reason string
	Now    time.Time
	Late   bool // it came after the window, by a document: that is the subjects' evidence then
}

// Ports is what settling touches.
type Ports interface {
	Attendance() Repository
	Ledger() ledger.Repository
}

// Settle writes attendances whose state or times changed, counts the days anew that they touch or touched, and posts the
// differences, which it gives back. The persons' accounts must be locked. before holds the rows as they were where times
// or validity change; after is written, its recognised minutes brought up to date. Whoever decides on presences (a
// verification, a correction, a dispute, an import) ends here. What a school has is not changed: export.locked_by_school.
func Settle(ctx context.Context, tx Ports, zone *time.Location, accounts map[id.ID]ledger.Account, before, after []Attendance, c Cause) ([]ledger.Entry, error) {
	if err := tx.Attendance().Unsent(ctx, before); err != nil {
		return nil, err
	}
	days, err := personDays(zone, accounts, append(slices.Clone(before), after...))
	if err != nil {
		return nil, err
	}
	subjects := make(map[id.ID]*Attendance, len(after))
	ids := make([]id.ID, len(after))
	for i := range after {
		subjects[after[i].ID], ids[i] = &after[i], after[i].ID
	}
	book, err := tx.Attendance().DayBook(ctx, days, ids)
	if err != nil {
		return nil, err
	}
	rules, err := tx.Attendance().Rules(ctx)
	if err != nil {
		return nil, err
	}
	drafts := Drafts(days, zone, book, subjects, rules, c)
	entries, moved, err := ledger.Post(accounts, drafts, c.Now)
	if err != nil {
		return nil, err
	}
	others := map[id.ID]int{}
	for _, d := range drafts {
		if subject, ok := subjects[d.SourceID]; ok {
			subject.RecognisedMinutes += d.Minutes
		} else {
			others[d.SourceID] += d.Minutes
		}
	}
	if err := tx.Attendance().Decide(ctx, after); err != nil {
		return nil, err
	}
	if err := tx.Ledger().Append(ctx, entries, moved); err != nil {
		return nil, err
	}
	return entries, tx.Attendance().Recognised(ctx, others)
}

// personDays lists the days that attendances touch, each once, a person's days in order.
func personDays(zone *time.Location, accounts map[id.ID]ledger.Account, touched []Attendance) ([]PersonDay, error) {
	type key struct {
		volunteer id.ID
		day       calendar.Day
	}
	seen := map[key]bool{}
	var days []PersonDay
	for _, a := range touched {
		account, ok := accounts[a.VolunteerID]
		if !ok {
			return nil, ledger.ErrNoAccount
		}
		for _, day := range a.Span().Days(zone) {
			if k := (key{a.VolunteerID, day}); !seen[k] {
				seen[k] = true
				days = append(days, PersonDay{a.VolunteerID, account.ID, day, day.Start(zone), day.End(zone)})
			}
		}
	}
	slices.SortStableFunc(days, func(a, b PersonDay) int { return a.Day.Compare(b.Day) })
	return days, nil
}

// Drafts turns the difference between what days are worth now and what the ledger holds for them into entries.
// Pure: book holds the days' attendances as they were read, subjects those that change, as they stand afterwards.
func Drafts(days []PersonDay, zone *time.Location, book []DayRow, subjects map[id.ID]*Attendance, rules recognition.Rules, c Cause) []ledger.Draft {
	var (
		known  = map[id.ID]DayRow{}                   // each attendance once
		people = map[id.ID][]recognition.Presence{}   // by person
		posted = map[PersonDay][]recognition.Posted{} // by person and day alone
	)
	key := func(volunteer id.ID, day calendar.Day) PersonDay { return PersonDay{VolunteerID: volunteer, Day: day} }
	for _, row := range book {
		if row.PostedEntries > 0 {
			k := key(row.VolunteerID, row.Day)
			posted[k] = append(posted[k], recognition.Posted{AttendanceID: row.AttendanceID, Minutes: row.PostedMinutes, Visits: row.PostedVisits})
		}
		if _, seen := known[row.AttendanceID]; seen {
			continue
		}
		known[row.AttendanceID] = row
		if p, counts := row.presence(subjects[row.AttendanceID]); counts {
			people[row.VolunteerID] = append(people[row.VolunteerID], p)
		}
	}
	var drafts []ledger.Draft
	for _, d := range days {
		credits := recognition.Recognise(d.Day, zone, touching(people[d.VolunteerID], d), rules)
		for _, change := range recognition.Difference(d.Day, posted[key(d.VolunteerID, d.Day)], credits) {
			credit := change.Credit
			row := known[credit.AttendanceID]
			_, subject := subjects[credit.AttendanceID]
			if subject && c.Late {
				row.Evidence = LateProof
			}
			drafts = append(drafts, ledger.Draft{
				Kind: c.kindOf(change, subject), VolunteerID: d.VolunteerID, SourceType: "attendance", SourceID: credit.AttendanceID,
				EffectiveDay: d.Day, Minutes: change.Minutes, Visits: change.Visits, WorkedMinutes: credit.Worked,
				Reductions: reductions(credit.Reductions), FieldCode: row.FieldCode, Evidence: string(row.Evidence),
				RuleVersion: credit.RuleVersion, ActorID: c.Actor, Reason: c.Reason,
			})
		}
	}
	return drafts
}

// presence is the row as recognition sees it: a subject as it stands after the decision, others as they were read.
func (r DayRow) presence(subject *Attendance) (p recognition.Presence, counts bool) {
	state, in, out := r.State, r.CountedInAt, r.CountedOutAt
	if subject != nil {
		state, in, out = subject.State, subject.CountedInAt, subject.CountedOutAt
	}
	if state != Verified {
		return p, false
	}
	return recognition.Presence{AttendanceID: r.AttendanceID, ShiftID: r.ShiftID, FieldCode: r.FieldCode, In: in, Out: *out,
		ShiftStart: r.StartsAt, ShiftEnd: r.EndsAt, BreakMinutes: r.BreakMinutes, TravelMinutes: r.TravelMinutes}, true
}

func (c Cause) kindOf(change recognition.Change, subject bool) ledger.Kind {
	switch {
	case subject && c.Kind == ledger.Reversal:
		return ledger.Reversal
	case change.First:
		return ledger.Recognition
	case subject:
		return ledger.Correction
	default:
		return ledger.Adjustment
	}
}

func reductions(from []recognition.Reduction) []ledger.Reduction {
	list := make([]ledger.Reduction, len(from))
	for i, r := range from {
		list[i] = ledger.Reduction(r)
	}
	return list
}

// touching keeps the presences that touch a day, or began on it without lasting.
func touching(presences []recognition.Presence, d PersonDay) []recognition.Presence {
	return slices.DeleteFunc(slices.Clone(presences), func(p recognition.Presence) bool {
		return !p.In.Before(d.End) || p.Out.Before(d.Start)
	})
}
