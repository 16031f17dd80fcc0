package signup

import (
	"context"
	"time"

	"dure/domain/activity"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Cancel gives a place back before the shift begins, and gives it to the first who waits and is free. Errors:
// signup.not_found, duty.conflict_of_interest, signup.state, activity.shift_started, request.invalid.
func (s *Service) Cancel(ctx context.Context, signUp id.ID, reason string) (SignUp, error) {
	now := s.clock.Now()
	var cancelled SignUp
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		unlocked, err := tx.SignUps().Get(ctx, signUp)
		if err != nil {
			return err
		}
		offer, err := tx.SignUps().LockShift(ctx, unlocked.ShiftID)
		if err != nil {
			return err
		}
		if cancelled, err = tx.SignUps().Get(ctx, signUp); err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := canCancel(p, cancelled, offer.OrganiserID, ties); err != nil {
			return err
		}
		f := fault.Collect()
		if text.Block(f, "reason", reason, 0, 500); f.Err() != nil {
			return f.Err()
		}
		before := cancelled.State
		if err := release(ctx, tx, offer, &cancelled, now); err != nil {
			return err
		}
		if p.VolunteerID == cancelled.VolunteerID {
			return nil
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "signup.cancelled", Reason: reason,
			SubjectType: "sign_up", SubjectID: signUp.String(), VolunteerID: &cancelled.VolunteerID,
			Detail: audit.Change(audit.Members{"state": before}, audit.Members{"state": cancelled.State})})
	})
	return cancelled, err
}

// release cancels a sign-up of a locked shift and fills the place it held.
func release(ctx context.Context, tx Tx, offer Offer, s *SignUp, now time.Time) error {
	before := s.State
	if before != Confirmed && before != Waitlisted && before != Applied {
		return ErrState.With("state", before)
	}
	if err := offer.Upcoming(now); err != nil {
		return err
	}
	s.State, s.Queued, s.ChangedAt = Cancelled, nil, now
	changed, err := tx.SignUps().Update(ctx, before, *s)
	if err != nil {
		return err
	}
	if changed == 0 { // attendance came first
		return ErrState.With("state", Attended)
	}
	if before != Confirmed {
		return nil
	}
	offer.Confirmed--
	_, err = promote(ctx, tx, offer, now)
	return err
}

// promote gives the free places of a locked shift to those who wait, in their order, passing over who has a place
// elsewhere at that time, and writes the shift.
func promote(ctx context.Context, tx Tx, offer Offer, now time.Time) (activity.Shift, error) {
	for offer.Confirmed < offer.Capacity {
		next, err := tx.SignUps().Waiting(ctx, offer.Shift, offer.Capacity-offer.Confirmed)
		if err != nil {
			return offer.Shift, err
		}
		if len(next) == 0 {
			break
		}
		confirmed, err := confirm(ctx, tx, offer, next, now)
		if err != nil {
			return offer.Shift, err
		}
		offer.Confirmed += confirmed
	}
	return offer.Shift, tx.SignUps().UpdateShift(ctx, offer.Shift)
}

// confirm locks persons and confirms those who have not got a place elsewhere meanwhile.
func confirm(ctx context.Context, tx Tx, offer Offer, next []SignUp, now time.Time) (int, error) {
	volunteers := make([]id.ID, len(next))
	for i, s := range next {
		volunteers[i] = s.VolunteerID
	}
	if _, err := tx.SignUps().LockPersons(ctx, volunteers...); err != nil {
		return 0, err
	}
	busy, err := tx.SignUps().Busy(ctx, offer.Shift, volunteers...)
	if err != nil {
		return 0, err
	}
	free := make([]SignUp, 0, len(next))
	for _, s := range next {
		if !busy[s.VolunteerID] {
			s.State, s.Queued, s.ChangedAt = Confirmed, nil, now
			free = append(free, s)
		}
	}
	if len(free) == 0 {
		return 0, nil // whoever got a place elsewhere is not among the next ones again
	}
	return tx.SignUps().Update(ctx, Waitlisted, free...)
}
