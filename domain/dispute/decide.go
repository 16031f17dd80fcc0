package dispute

import (
	"context"
	"encoding/json"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
	"dure/domain/signup"
)

// Decision is what is decided on a dispute. A grant may name the times that shall count; without them those that the
// volunteer wants do, else those that were recorded.
type Decision struct {
	Outcome      Outcome // ForHim or AgainstHim
	CheckedInAt  *time.Time
	CheckedOutAt *time.Time
	Reason       string
}

// Decide decides on a dispute; nothing else does. A grant posts the difference at once and links it. What is decided after an
// escalation is final, and closes the dispute; else the volunteer may go to the centre against a refusal. Whoever decides has
// had no part in the matter (행정안전부 자원봉사 실적 인증 절차: entry and approval by different persons). Errors:
// dispute.not_found, auth.forbidden, request.invalid, dispute.state (undecided disputes are answered or escalated first; of
// two who decide at once one is told so), duty.conflict_of_interest, and for a grant those of attendance.Granted.
func (s *Service) Decide(ctx context.Context, dispute id.ID, v Decision) (Dispute, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(v.Outcome != Undecided, "decision") && v.Outcome != ForHim && v.Outcome != AgainstHim {
		f.Add("decision", "unknown")
	}
	pair(f, v.CheckedInAt, v.CheckedOutAt)
	if v.Outcome == AgainstHim && v.CheckedInAt != nil {
		f.Add("checked_in_at", "not_here")
	}
	text.Block(f, "reason", v.Reason, 1, maxReason)
	var answer Dispute
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		d, accounts, err := locked(ctx, tx, p, dispute)
		if err != nil {
			return err
		}
		if err := CanJudge(p, d); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if d.State != Answered && d.State != Escalated {
			return ErrState.With("state", d.State)
		}
		shift, err := shiftOf(ctx, tx, d.ShiftID)
		if err != nil {
			return err
		}
		a, err := presence(ctx, tx, d, v, shift)
		if err != nil {
			return err
		}
		if err := mayDecide(ctx, tx, p, d, a); err != nil {
			return err
		}
		final := d.State == Escalated
		d.State, d.Outcome, d.DecidedAt, d.DecidedBy, d.DueAt = Declined, AgainstHim, &now, &p.AccountID, after(s.clock, now, s.deadlines.Appeal)
		decided, detail := stepDeclined, `{"decision":"declined"}`
		if v.Outcome == ForHim {
			decided = stepGranted
			if detail, err = s.grant(ctx, tx, accounts, &d, a, shift, v, now); err != nil {
				return err
			}
		}
		step := d.step(decided, &p.AccountID, capacity(p), v.Reason, now)
		step.CheckedInAt, step.CheckedOutAt = d.GrantedInAt, d.GrantedOutAt
		steps := []Step{step}
		if final {
			d.close(now)
			steps = append(steps, d.step(stepClosed, &p.AccountID, capacity(p), "", now))
		}
		answer = d
		if err := tx.Disputes().Move(ctx, []Dispute{d}, steps); err != nil {
			return err
		}
		told := event(d, &p.AccountID, "dispute.decided", detail, now)
		told.Reason = v.Reason
		if err := tx.Audit().Record(ctx, told); err != nil {
			return err
		}
		return tx.Outbox().Emit(ctx, outbox.Event{Topic: outbox.DisputeDecided, At: now, OrganiserID: d.OrganiserID, Data: map[string]any{
			"dispute_id": d.ID, "organiser_id": d.OrganiserID, "volunteer_id": d.VolunteerID, "shift_id": d.ShiftID, "attendance_id": d.GrantedAttendanceID, "outcome": d.Outcome,
			"state": d.State, "posted_minutes": d.PostedMinutes}})
	})
	return answer, err
}

// presence finds what a decision is about, as it stands now: the presence disputed, or where there is none, or it was reversed,
// one that was recorded meanwhile. Nil is none.
func presence(ctx context.Context, tx Tx, d Dispute, v Decision, shift attendance.Shift) (*attendance.Attendance, error) {
	var disputed *attendance.Attendance
	if d.AttendanceID != nil {
		rows, err := tx.Attendance().Get(ctx, []id.ID{*d.AttendanceID})
		if err != nil {
			return nil, err
		}
		if disputed = &rows[0]; disputed.State != attendance.Reversed {
			return disputed, nil
		}
	}
	span := calendar.Span{Start: shift.StartsAt, End: shift.EndsAt}
	if in, out := v.times(d, disputed); in != nil && out != nil {
		span = calendar.Span{Start: *in, End: *out}
	}
	rows, err := tx.Attendance().Same(ctx, d.OrganiserID, nil, []attendance.SignUp{{ShiftID: d.ShiftID, VolunteerID: d.VolunteerID}})
	if err != nil {
		return nil, err
	}
	if a, there := attendance.Standing(rows, span); there {
		return &a, nil
	}
	return disputed, nil
}

// times are those that a grant lets count, as far as anybody has told any.
func (v Decision) times(d Dispute, a *attendance.Attendance) (in, out *time.Time) {
	switch {
	case v.CheckedInAt != nil:
		return v.CheckedInAt, v.CheckedOutAt
	case d.WantedInAt != nil:
		return d.WantedInAt, d.WantedOutAt
	case a != nil:
		return &a.CountedInAt, a.CountedOutAt
	}
	return nil, nil
}

// mayDecide reads who has had a part in the matter.
func mayDecide(ctx context.Context, tx Tx, p auth.Principal, d Dispute, a *attendance.Attendance) error {
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	var hands []duty.Act
	if a != nil {
		if hands, err = tx.Disputes().Hands(ctx, a.ID, d.ID); err != nil {
			return err
		}
	}
	return CanDecide(p, d, a, ties, hands)
}

// grant lets the presence count, posts the difference, links it, and gives what the log of acts keeps of it.
func (s *Service) grant(ctx context.Context, tx Tx, accounts map[id.ID]ledger.Account, d *Dispute, a *attendance.Attendance, shift attendance.Shift,
	v Decision, now time.Time) (detail string, err error) {
	in, out := v.times(*d, a)
	if in == nil || out == nil {
		return "", attendance.ErrTimesMissing
	}
	given := a
	if a != nil && a.State == attendance.Reversed {
		given = nil // the reversal stays, and another presence begins
	}
	if given == nil && d.About == Missing {
		if err := marked(ctx, tx, d); err != nil {
			return "", err
		}
	}
	counts, entries, err := attendance.Granted(ctx, tx, s.clock, accounts, given, attendance.Grant{Shift: shift, VolunteerID: d.VolunteerID,
		In: *in, Out: *out, ClaimedBy: d.OpenedBy, GrantedBy: *d.DecidedBy, Reason: v.Reason, Now: now})
	if err != nil {
		return "", err
	}
	d.State, d.Outcome = Granted, ForHim
	d.GrantedAttendanceID, d.GrantedInAt, d.GrantedOutAt = &counts.ID, in, out
	for _, e := range entries {
		d.PostedMinutes += e.Minutes
	}
	return told(a, counts, d.PostedMinutes), tx.Disputes().Link(ctx, d.ID, entries)
}

// marked keeps the no-show mark that came while the dispute waited: the new presence turns it.
func marked(ctx context.Context, tx Tx, d *Dispute) error {
	place, found, err := tx.SignUps().Find(ctx, signup.Place{ShiftID: d.ShiftID, VolunteerID: d.VolunteerID})
	if err == nil && found && place.State == signup.NoShow {
		d.About, d.SignUpID, d.NoShowAt = NoShow, &place.ID, &place.ChangedAt
	}
	return err
}

// told is a grant in the log of acts: what the presence was before and after.
func told(before *attendance.Attendance, after attendance.Attendance, posted int) string {
	type side struct {
		AttendanceID      id.ID            `json:"attendance_id"`
		State             attendance.State `json:"state"`
		CheckedInAt       time.Time        `json:"checked_in_at"`
		CheckedOutAt      *time.Time       `json:"checked_out_at"`
		RecognisedMinutes int              `json:"recognised_minutes"`
	}
	show := func(a *attendance.Attendance) *side {
		if a == nil {
			return nil
		}
		return &side{a.ID, a.State, a.CountedInAt, a.CountedOutAt, a.RecognisedMinutes}
	}
	text, err := json.Marshal(struct {
		Decision string `json:"decision"`
		Before   *side  `json:"before"`
		After    *side  `json:"after"`
		Posted   int    `json:"posted_minutes"`
	}{"granted", show(before), show(&after), posted})
	if err != nil {
		panic(err) // plain values always marshal
	}
	return string(text)
}
