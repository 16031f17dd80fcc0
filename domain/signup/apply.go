package signup

import (
	"context"
	"time"

	"dure/domain/activity"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// Apply signs the volunteer up for a shift: confirmed while there are places, then waitlisted. Errors: auth.forbidden,
// activity.shift_not_found, activity.shift_cancelled, activity.shift_started, signup.guardian_pending, signup.exists,
// signup.overlap, signup.full.
func (s *Service) Apply(ctx context.Context, shift id.ID) (Placed, error) {
	now := s.clock.Now()
	var placed Placed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		offer, err := tx.SignUps().LockShift(ctx, shift)
		if err != nil {
			return err
		}
		if !offer.Open && offer.CancelledAt == nil {
			return activity.ErrShiftNotFound
		}
		if err := offer.Upcoming(now); err != nil {
			return err
		}
		status, err := tx.SignUps().LockPersons(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := canSignUp(status[p.VolunteerID]); err != nil {
			return err
		}
		placed, err = place(ctx, tx, offer, p.VolunteerID, now)
		return err
	})
	return placed, err
}

// place gives a locked person a place on a locked shift.
func place(ctx context.Context, tx Tx, offer Offer, volunteer id.ID, now time.Time) (Placed, error) {
	before, again, err := tx.SignUps().Find(ctx, Place{offer.ID, volunteer})
	if err != nil {
		return Placed{}, err
	}
	if again && before.State != Cancelled {
		return Placed{}, ErrExists
	}
	busy, err := tx.SignUps().Busy(ctx, offer.Shift, volunteer)
	if err != nil {
		return Placed{}, err
	}
	if busy[volunteer] {
		return Placed{}, ErrOverlap
	}
	placed := Placed{SignUp: SignUp{ID: id.New(), ShiftID: offer.ID, VolunteerID: volunteer, State: Confirmed,
		StartsAt: offer.StartsAt, EndsAt: offer.EndsAt, AppliedAt: now, ChangedAt: now}}
	if offer.Confirmed < offer.Capacity {
		offer.Confirmed++
		if err := tx.SignUps().UpdateShift(ctx, offer.Shift); err != nil {
			return Placed{}, err
		}
	} else {
		waiting, last, err := tx.SignUps().Queue(ctx, offer.ID)
		if err != nil {
			return Placed{}, err
		}
		if waiting >= maxWaitlist {
			return Placed{}, ErrFull
		}
		next := last + 1
		placed.State, placed.Queued, placed.Position = Waitlisted, &next, waiting+1
	}
	if again {
		placed.ID = before.ID
		_, err = tx.SignUps().Update(ctx, Cancelled, placed.SignUp)
		return placed, err
	}
	return placed, tx.SignUps().Add(ctx, placed.SignUp)
}
