package signup

import (
	"context"

	"dure/domain/activity"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Change changes what is given of a shift.
type Change struct {
	ShiftID                id.ID
	Capacity, BreakMinutes *int
}

// Change changes a shift before it begins; places that become free go to those who wait. Errors: auth.forbidden,
// activity.shift_not_found, activity.shift_cancelled, activity.shift_started, signup.capacity_taken, request.invalid.
func (s *Service) Change(ctx context.Context, cmd Change) (activity.Shift, error) {
	now := s.clock.Now()
	var changed activity.Shift
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		offer, err := tx.SignUps().LockShift(ctx, cmd.ShiftID)
		if err != nil {
			return err
		}
		if err := canOrganise(p, offer); err != nil {
			return err
		}
		if err := offer.Upcoming(now); err != nil {
			return err
		}
		before := audit.Members{"capacity": offer.Capacity, "break_minutes": offer.BreakMinutes}
		if cmd.Capacity != nil {
			offer.Capacity = *cmd.Capacity
		}
		if cmd.BreakMinutes != nil {
			offer.BreakMinutes = *cmd.BreakMinutes
		}
		f := fault.Collect()
		if activity.CheckNumbers(f, offer.Span(), offer.BreakMinutes, offer.Capacity); f.Err() != nil {
			return f.Err()
		}
		if offer.Capacity < offer.Confirmed {
			return ErrCapacityTaken.With("confirmed", offer.Confirmed)
		}
		if changed, err = promote(ctx, tx, offer, now); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "shift.changed",
			SubjectType: "shift", SubjectID: cmd.ShiftID.String(), Detail: audit.Change(before,
				audit.Members{"capacity": changed.Capacity, "break_minutes": changed.BreakMinutes})})
	})
	return changed, err
}
