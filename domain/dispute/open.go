package dispute

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
	"dure/domain/signup"
)

// Bounds of what is written.
const (
	maxClaim  = 2000 // characters
	maxReason = 500

	maxDocuments = 10
)

// Opening is what a volunteer objects to: exactly one of the ids is set.
type Opening struct {
	AttendanceID id.ID // other times, or that it counts
	EntryID      id.ID // the same, found by an entry of his account
	ShiftID      id.ID // nobody recorded that he was there
	SignUpID     id.ID // he was marked as not having come
	CheckedInAt  *time.Time
	CheckedOutAt *time.Time
	Claim        string
	Documents    []id.ID // evidence that he handed in for disputes
}

func (o Opening) check(f fault.Fields) {
	given := 0
	for _, i := range []id.ID{o.AttendanceID, o.EntryID, o.ShiftID, o.SignUpID} {
		if i != id.Nil {
			given++
		}
	}
	if given != 1 {
		f.Add("attendance_id", "one_of_four")
	}
	pair(f, o.CheckedInAt, o.CheckedOutAt)
	text.Block(f, "text", o.Claim, 1, maxClaim)
	if len(o.Documents) > maxDocuments {
		f.Add("document_ids", "too_many", "max", maxDocuments)
	}
	for i, one := range o.Documents {
		if slices.Contains(o.Documents[:i], one) {
			f.Add(fmt.Sprintf("document_ids[%d]", i), "repeated")
		}
	}
}

// pair wants both times or none.
func pair(f fault.Fields, in, out *time.Time) {
	f.Require(in != nil || out == nil, "checked_in_at")
	f.Require(out != nil || in == nil, "checked_out_at")
}

// Open begins a dispute about the caller's own presence. Errors: attendance.no_person, request.invalid (other than one id, no
// text, half a pair of times, none where they are needed), attendance.not_found, attendance.state (he is still there),
// ledger.entry_not_found, attendance.shift_not_found, signup.not_found, attendance.end_before_start, too_long, in_future,
// outside_shift, activity_not_approved, shift_cancelled, dispute.presence_recorded (it is there: dispute that one),
// dispute.open_already, document.not_found (not his, or not handed in for a dispute).
func (s *Service) Open(ctx context.Context, o Opening) (Dispute, error) {
	now := s.clock.Now()
	f := fault.Collect()
	o.check(f)
	var d Dispute
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if p.VolunteerID == id.Nil {
			return attendance.ErrNoPerson
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Documents().Usable(ctx, p.AccountID, o.Documents, document.Dispute); err != nil {
			return err
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{p.VolunteerID}); err != nil {
			return err
		}
		if d, err = subject(ctx, tx, p.VolunteerID, o, now); err != nil {
			return err
		}
		unsettled, err := tx.Disputes().Unsettled(ctx, d.VolunteerID, d.ShiftID, d.AttendanceID)
		if err != nil {
			return err
		}
		if unsettled {
			return ErrOpen
		}
		d.ID, d.VolunteerID, d.Claim, d.State = id.New(), p.VolunteerID, o.Claim, Opened
		d.OpenedAt, d.OpenedBy, d.DueAt = now, p.AccountID, after(s.clock, now, s.deadlines.Answer)
		opening := d.step(stepOpened, &p.AccountID, AsVolunteer, o.Claim, now)
		opening.CheckedInAt, opening.CheckedOutAt = d.WantedInAt, d.WantedOutAt
		if err := tx.Disputes().Add(ctx, d, opening, o.Documents); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(d, &p.AccountID, "dispute.opened", "", now))
	})
	return d, err
}

// subject finds what an opening is about.
func subject(ctx context.Context, tx Tx, volunteer id.ID, o Opening, now time.Time) (d Dispute, err error) {
	d = Dispute{VolunteerID: volunteer, ShiftID: o.ShiftID, WantedInAt: o.CheckedInAt, WantedOutAt: o.CheckedOutAt}
	disputed := o.AttendanceID
	if o.EntryID != id.Nil {
		if disputed, err = tx.Disputes().Source(ctx, volunteer, o.EntryID); err != nil {
			return d, err
		}
	}
	if disputed != id.Nil {
		return recorded(ctx, tx, d, disputed, now)
	}
	if o.SignUpID != id.Nil {
		place, err := tx.SignUps().Get(ctx, o.SignUpID)
		if err != nil {
			return d, err
		}
		if place.VolunteerID != volunteer {
			return d, signup.ErrNotFound
		}
		d.ShiftID = place.ShiftID
	}
	return unrecorded(ctx, tx, d, now)
}

// recorded is a dispute about a presence that was recorded. What counts already can only be given other times.
func recorded(ctx context.Context, tx Tx, d Dispute, disputed id.ID, now time.Time) (Dispute, error) {
	rows, err := tx.Attendance().Get(ctx, []id.ID{disputed})
	if err != nil {
		return d, err
	}
	if len(rows) == 0 || rows[0].VolunteerID != d.VolunteerID {
		return d, attendance.ErrNotFound
	}
	a := rows[0]
	if a.State == attendance.Open {
		return d, attendance.ErrState.With("state", a.State)
	}
	if a.State == attendance.Verified && d.WantedInAt == nil {
		return d, fault.ErrInvalid.On("checked_in_at", "required").On("checked_out_at", "required")
	}
	shift, err := shiftOf(ctx, tx, a.ShiftID)
	if err == nil && d.WantedInAt != nil {
		err = shift.Fits(*d.WantedInAt, *d.WantedOutAt, now)
	}
	d.About, d.AttendanceID, d.ShiftID, d.OrganiserID = Attendance, &a.ID, a.ShiftID, a.OrganiserID
	return d, err
}

// unrecorded is a dispute about a presence that nobody recorded; where the volunteer was marked for it, about the mark.
func unrecorded(ctx context.Context, tx Tx, d Dispute, now time.Time) (Dispute, error) {
	shift, err := shiftOf(ctx, tx, d.ShiftID)
	if err != nil {
		return d, err
	}
	if err := shift.TakesPresence(); err != nil {
		return d, err
	}
	place, found, err := tx.SignUps().Find(ctx, signup.Place{ShiftID: shift.ID, VolunteerID: d.VolunteerID})
	if err != nil {
		return d, err
	}
	d.About, d.OrganiserID = Missing, shift.OrganiserID
	span := calendar.Span{Start: shift.StartsAt, End: shift.EndsAt}
	if found && place.State == signup.NoShow {
		d.About, d.SignUpID, d.NoShowAt = NoShow, &place.ID, &place.ChangedAt
	}
	switch {
	case d.WantedInAt != nil:
		if err := shift.Fits(*d.WantedInAt, *d.WantedOutAt, now); err != nil {
			return d, err
		}
		span = calendar.Span{Start: *d.WantedInAt, End: *d.WantedOutAt}
	case d.About == Missing:
		return d, fault.ErrInvalid.On("checked_in_at", "required").On("checked_out_at", "required")
	}
	rows, err := tx.Attendance().Same(ctx, shift.OrganiserID, nil, []attendance.SignUp{{ShiftID: shift.ID, VolunteerID: d.VolunteerID}})
	if err != nil {
		return d, err
	}
	if _, there := attendance.Standing(rows, span); there {
		return d, ErrRecorded
	}
	return d, nil
}

func shiftOf(ctx context.Context, tx Tx, shift id.ID) (attendance.Shift, error) {
	shifts, err := tx.Attendance().Shifts(ctx, []id.ID{shift})
	if err == nil && len(shifts) == 0 {
		err = attendance.ErrShift
	}
	if err != nil {
		return attendance.Shift{}, err
	}
	return shifts[0], nil
}

// event is what the log of acts keeps of a step. What people wrote stays in the steps.
func event(d Dispute, account *id.ID, action, detail string, now time.Time) audit.Event {
	return audit.Event{HappenedAt: now, AccountID: account, Action: action, SubjectType: "dispute", SubjectID: d.ID.String(),
		VolunteerID: &d.VolunteerID, Detail: detail}
}

// locked reads a dispute under the lock of its volunteer. To who may not see it, it is not there.
func locked(ctx context.Context, tx Tx, p auth.Principal, dispute id.ID) (Dispute, map[id.ID]ledger.Account, error) {
	d, err := tx.Disputes().Get(ctx, dispute)
	if err == nil {
		err = CanSee(p, d)
	}
	if err != nil {
		return d, nil, err
	}
	accounts, err := tx.Ledger().Lock(ctx, []id.ID{d.VolunteerID})
	if err != nil {
		return d, nil, err
	}
	d, err = tx.Disputes().Get(ctx, dispute) // only now is it the latest
	return d, accounts, err
}
