package transfer

import (
	"context"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

func attendances(from []candidate) []attendance.Attendance {
	list := make([]attendance.Attendance, len(from))
	for i, c := range from {
		list[i] = c.attendance
	}
	return list
}

// Verify confirms the attendances of a transfer, each for itself, and posts the minutes that count on the person's whole day.
// Without ids it is all of them. Whoever confirms is neither who imported them nor the volunteer, his guardian, ward or
// household. Errors of the whole: auth.forbidden, transfer.not_found, request.invalid (over 1,000 ids).
func (s *Service) Verify(ctx context.Context, transfer id.ID, ids []id.ID) ([]attendance.Verdict, error) {
	return s.decide(ctx, transfer, ids, "", func(a *attendance.Attendance, p auth.Principal, ties duty.Ties, now time.Time) (attendance.VerdictStatus, error) {
		if err := attendance.CanVerify(p, *a, ties); err != nil {
			return attendance.WasRefused, err
		}
		switch a.State {
		case attendance.Verified:
			return attendance.AlreadyVerified, nil
		case attendance.Pending:
			a.State, a.VerifiedAt, a.VerifiedBy = attendance.Verified, &now, &p.AccountID
			return attendance.WasVerified, nil
		}
		return attendance.WasRefused, attendance.ErrState.With("state", a.State)
	})
}

// Reject refuses attendances of a transfer that were never confirmed, with a reason. Errors as for Verify.
func (s *Service) Reject(ctx context.Context, transfer id.ID, ids []id.ID, reason string) ([]attendance.Verdict, error) {
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.decide(ctx, transfer, ids, reason, func(a *attendance.Attendance, p auth.Principal, ties duty.Ties, now time.Time) (attendance.VerdictStatus, error) {
		if err := attendance.CanReject(p, *a, ties); err != nil {
			return attendance.WasRefused, err
		}
		switch a.State {
		case attendance.Rejected:
			return attendance.AlreadyRejected, nil
		case attendance.Pending:
			a.State, a.DecidedAt, a.DecidedBy, a.Reason = attendance.Rejected, &now, &p.AccountID, reason
			return attendance.WasRejected, nil
		}
		return attendance.WasRefused, attendance.ErrState.With("state", a.State)
	})
}

type rule func(a *attendance.Attendance, p auth.Principal, ties duty.Ties, now time.Time) (attendance.VerdictStatus, error)

// decide applies a rule to attendances of a transfer under the locks of the persons.
func (s *Service) decide(ctx context.Context, transfer id.ID, ids []id.ID, reason string, rule rule) ([]attendance.Verdict, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if len(ids) > attendance.MaxItems {
		f.Add("attendance_ids", "too_many", "max", attendance.MaxItems)
	}
	var verdicts []attendance.Verdict
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanTransfer(p); err != nil {
			return err
		}
		of, err := tx.Transfers().Attendances(ctx, transfer)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		wanted := ids
		if len(wanted) == 0 {
			wanted = of
		}
		accounts, err := tx.Attendance().LockOf(ctx, of)
		if err != nil {
			return err
		}
		rows, err := tx.Attendance().Get(ctx, of)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		var changed []attendance.Attendance
		verdicts, changed = judgeAll(wanted, rows, func(a *attendance.Attendance) (attendance.VerdictStatus, error) { return rule(a, p, ties, now) })
		if len(changed) == 0 {
			return nil
		}
		if err := tx.Audit().Record(ctx, decisions(changed, p, now, reason)...); err != nil {
			return err
		}
		if changed[0].State != attendance.Verified { // one decision is either all verification or all rejection
			return tx.Attendance().Decide(ctx, changed)
		}
		_, err = attendance.Settle(ctx, tx, s.clock.Zone, accounts, nil, changed, attendance.Cause{Actor: p.AccountID, Now: now})
		return err
	})
	return verdicts, err
}

// judgeAll gives a verdict for each id in the order asked for, and the rows that changed.
func judgeAll(ids []id.ID, rows []attendance.Attendance, rule func(*attendance.Attendance) (attendance.VerdictStatus, error)) (verdicts []attendance.Verdict, changed []attendance.Attendance) {
	verdicts = make([]attendance.Verdict, len(ids))
	for i, wanted := range ids {
		v := attendance.Verdict{AttendanceID: wanted, Status: attendance.WasRefused, Err: ErrNotInFile}
		if n := slices.IndexFunc(rows, func(a attendance.Attendance) bool { return a.ID == wanted }); n >= 0 {
			v.Status, v.Err = rule(&rows[n])
			v.State = rows[n].State
			if v.Status == attendance.WasVerified || v.Status == attendance.WasRejected {
				changed = append(changed, rows[n])
			}
		}
		verdicts[i] = v
	}
	return verdicts, changed
}

func decisions(rows []attendance.Attendance, p auth.Principal, now time.Time, reason string) []audit.Event {
	events := make([]audit.Event, len(rows))
	for i, a := range rows {
		events[i] = audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "attendance." + string(a.State), SubjectType: "attendance",
			SubjectID: a.ID.String(), VolunteerID: &a.VolunteerID, Reason: reason}
	}
	return events
}
