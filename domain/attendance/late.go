package attendance

import (
	"context"
	"errors"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/window"
)

var (
	ErrLateClosed         = fault.New(fault.Conflict, "attendance.late_window_closed")
	ErrLateProofNotNeeded = fault.New(fault.Invalid, "attendance.late_proof_not_needed")
	ErrLateApproval       = fault.New(fault.Forbidden, "attendance.late_approval_required")
)

// day is the activity's day, from which the time to enter it runs: the one on which the shift ends.
func (s Shift) day(clock calendar.Clock) calendar.Day {
	return clock.Day(s.EndsAt.Add(-time.Microsecond))
}

// timeliness is until when an organiser's presences may be entered, and which of the proofs named are the teller's own.
type timeliness struct {
	windows window.Windows
	proofs  map[id.ID]bool
}

// timelinessOf reads what it takes to judge tellings of these shifts that name these proofs. Of recent shifts it reads nothing.
func timelinessOf(ctx context.Context, tx Tx, p auth.Principal, clock calendar.Clock, organiser id.ID, shifts []Shift, proofs []id.ID, now time.Time) (t timeliness, err error) {
	today := clock.Day(now)
	for _, s := range shifts {
		if t.windows == nil && !window.SurelyOpen(s.day(clock), today) {
			if t.windows, err = tx.Attendance().Windows(ctx, organiser); err != nil {
				return t, err
			}
		}
	}
	t.proofs = map[id.ID]bool{}
	for _, proof := range proofs {
		if _, looked := t.proofs[proof]; looked || proof == id.Nil {
			continue
		}
		err := tx.Documents().Usable(ctx, p.AccountID, []id.ID{proof}, document.LateProof)
		if err != nil && !errors.Is(err, document.ErrNotFound) {
			return t, err
		}
		t.proofs[proof] = err == nil
	}
	return t, nil
}

// judge tells whether a telling is late. It is refused when it is late without a proof, or with one that is not the
// teller's own, or names a proof without being late.
func (t timeliness) judge(s Shift, clock calendar.Clock, proof id.ID, now time.Time) (late bool, err error) {
	last, limited := t.windows.LastDay(s.day(clock))
	late = limited && clock.Day(now).After(last)
	switch {
	case late && proof == id.Nil:
		return late, ErrLateClosed.With("last_day", last)
	case !late && proof != id.Nil:
		return late, ErrLateProofNotNeeded
	case late && !t.proofs[proof]:
		return late, document.ErrNotFound
	}
	return late, nil
}

// approves wants the right to approve late entries (기한 후 입력 승인) of whoever decides on one.
func approves(p auth.Principal, proof *id.ID) error {
	if proof == nil || p.Is(auth.LateEntryApprover) {
		return nil
	}
	return ErrLateApproval
}

// timely judges a proposed correction by the time that its shift leaves.
func (s *Service) timely(ctx context.Context, tx Tx, p auth.Principal, a Attendance, c Change, now time.Time) error {
	if c.Kind != Correction {
		return nil
	}
	shifts, err := tx.Attendance().Shifts(ctx, []id.ID{a.ShiftID})
	if err != nil {
		return err
	}
	proof := id.Nil
	if c.LateProofID != nil {
		proof = *c.LateProofID
	}
	t, err := timelinessOf(ctx, tx, p, s.clock, a.OrganiserID, shifts, []id.ID{proof}, now)
	if err != nil {
		return err
	}
	_, err = t.judge(shifts[0], s.clock, proof, now)
	return err
}
