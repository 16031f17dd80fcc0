package attendance

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

var ErrState = fault.New(fault.Conflict, "attendance.state")

// Verdict is what became of one attendance in a bulk decision.
type Verdict struct {
	AttendanceID id.ID
	Status       VerdictStatus
	State        State // where the attendance stands now; empty when it is not the decider's to see
	Err          error
}

// VerdictStatus names a verdict.
type VerdictStatus string

const (
	WasVerified     VerdictStatus = "verified"
	AlreadyVerified VerdictStatus = "already_verified"
	WasRejected     VerdictStatus = "rejected"
	AlreadyRejected VerdictStatus = "already_rejected"
	WasRefused      VerdictStatus = "refused" // Err says why
)

// Verify confirms what others entered for an organiser's shifts, each attendance for itself, and posts the minutes that
// count. Whoever verifies is neither the volunteer, nor his guardian, ward or household, nor the one who entered it; listing, entry
// and approval are three steps (행정안전부 자원봉사 실적 인증 절차). Errors of the whole: auth.forbidden,
// attendance.organiser_not_found, request.invalid (none or over 1,000 ids).
func (s *Service) Verify(ctx context.Context, o Organiser, ids []id.ID) ([]Verdict, error) {
	return s.decide(ctx, o, ids, "", func(a *Attendance, p auth.Principal, ties duty.Ties, now time.Time) (VerdictStatus, error) {
		if err := CanVerify(p, *a, ties); err != nil {
			return WasRefused, err
		}
		switch a.State {
		case Verified:
			return AlreadyVerified, nil
		case Pending, AutoClosed:
			a.State, a.VerifiedAt, a.VerifiedBy = Verified, &now, &p.AccountID
			return WasVerified, nil
		default:
			return WasRefused, ErrState.With("state", a.State)
		}
	})
}

// Reject refuses presences that were never verified, with a reason. Errors as for Verify.
func (s *Service) Reject(ctx context.Context, o Organiser, ids []id.ID, reason string) ([]Verdict, error) {
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.decide(ctx, o, ids, reason, func(a *Attendance, p auth.Principal, _ duty.Ties, now time.Time) (VerdictStatus, error) {
		switch a.State {
		case Rejected:
			return AlreadyRejected, nil
		case Open, Pending, AutoClosed:
			a.State, a.DecidedAt, a.DecidedBy, a.Reason = Rejected, &now, &p.AccountID, reason
			return WasRejected, nil
		default:
			return WasRefused, ErrState.With("state", a.State)
		}
	})
}

type rule func(a *Attendance, p auth.Principal, ties duty.Ties, now time.Time) (VerdictStatus, error)

// decide applies a rule to each attendance of an organiser under the locks of the persons.
func (s *Service) decide(ctx context.Context, o Organiser, ids []id.ID, reason string, rule rule) ([]Verdict, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(len(ids) > 0, "attendance_ids") && len(ids) > MaxItems {
		f.Add("attendance_ids", "too_many", "max", MaxItems)
	}
	var verdicts []Verdict
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := tx.Attendance().Organiser(ctx, o); err != nil {
			return err
		}
		if err := CanWork(p, o.ID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		accounts, err := tx.Attendance().LockOf(ctx, ids)
		if err != nil {
			return err
		}
		rows, err := tx.Attendance().Get(ctx, ids)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		var before, changed []Attendance
		verdicts, before, changed = judgeAll(o, ids, rows, func(a *Attendance) (VerdictStatus, error) { return rule(a, p, ties, now) })
		if len(changed) == 0 {
			return nil
		}
		if err := tx.Audit().Record(ctx, decisions(before, changed, p, now, reason)...); err != nil {
			return err
		}
		if changed[0].State != Verified { // one decision is either all verification or all rejection
			return tx.Attendance().Decide(ctx, changed)
		}
		_, err = Settle(ctx, tx, s.clock.Zone, accounts, nil, changed, Cause{Actor: p.AccountID, Now: now})
		return err
	})
	return verdicts, err
}

// judgeAll gives a verdict for each id in the order asked for, and the rows that changed as they were and as they are.
func judgeAll(o Organiser, ids []id.ID, rows []Attendance, rule func(*Attendance) (VerdictStatus, error)) (verdicts []Verdict, before, changed []Attendance) {
	byID := make(map[id.ID]*Attendance, len(rows))
	for i := range rows {
		if rows[i].OrganiserID == o.ID {
			byID[rows[i].ID] = &rows[i]
		}
	}
	verdicts = make([]Verdict, len(ids))
	for i, wanted := range ids {
		v := Verdict{AttendanceID: wanted, Status: WasRefused, Err: ErrNotFound}
		if a, ok := byID[wanted]; ok {
			was := *a
			v.Status, v.Err = rule(a)
			v.State = a.State
			if v.Status == WasVerified || v.Status == WasRejected {
				before, changed = append(before, was), append(changed, *a)
			}
		}
		verdicts[i] = v
	}
	return verdicts, before, changed
}

func decisions(before, rows []Attendance, p auth.Principal, now time.Time, reason string) []audit.Event {
	events := make([]audit.Event, len(rows))
	for i, a := range rows {
		events[i] = audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "attendance." + string(a.State),
			SubjectType: "attendance", SubjectID: a.ID.String(), VolunteerID: &a.VolunteerID, Reason: reason,
			Detail: audit.Change(audit.Members{"state": before[i].State}, audit.Members{"state": a.State})}
	}
	return events
}
