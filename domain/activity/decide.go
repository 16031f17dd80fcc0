package activity

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// from says out of which states an activity may come into a state.
var from = map[State][]State{
	Submitted: {Draft, Rejected},
	Approved:  {Submitted},
	Rejected:  {Submitted},
	Cancelled: {Draft, Submitted, Approved, Rejected},
}

// Submit asks the centre to approve an activity. Errors: auth.forbidden, activity.not_found, activity.state,
// camp.closed, site.not_approved.
func (s *Service) Submit(ctx context.Context, activity id.ID) (Activity, error) {
	return s.move(ctx, activity, Submitted, "", manages, func(ctx context.Context, tx Tx, a *Activity, now time.Time) error {
		o, err := tx.Activities().Organiser(ctx, a.OrganiserType, a.OrganiserID)
		if err != nil {
			return err
		}
		return o.open(s.clock.Day(now))
	})
}

// Approve lists an activity: from now on it takes sign-ups and attendance. Errors: auth.forbidden, duty.conflict_of_interest,
// activity.not_found, activity.state.
func (s *Service) Approve(ctx context.Context, activity id.ID) (Activity, error) {
	return s.move(ctx, activity, Approved, "", decides, nil)
}

// Reject gives an activity back with a reason. Errors: as Approve, request.invalid.
func (s *Service) Reject(ctx context.Context, activity id.ID, reason string) (Activity, error) {
	if err := reasoned(reason); err != nil {
		return Activity{}, err
	}
	return s.move(ctx, activity, Rejected, reason, decides, nil)
}

// Cancel calls an activity off, and with it all shifts that have not begun and their sign-ups; one that has begun
// ends. Errors: auth.forbidden, activity.not_found, activity.state, request.invalid.
func (s *Service) Cancel(ctx context.Context, activity id.ID, reason string) (Activity, error) {
	if err := reasoned(reason); err != nil {
		return Activity{}, err
	}
	return s.move(ctx, activity, Cancelled, reason, manages, func(ctx context.Context, tx Tx, a *Activity, now time.Time) error {
		if err := tx.Activities().CancelUpcoming(ctx, a.ID, now); err != nil {
			return err
		}
		begun, err := tx.Activities().Spans(ctx, a.ID, false)
		if len(begun) > 0 {
			a.State = Ended
		}
		a.FirstDay, a.LastDay = period(begun, s.clock)
		return err
	})
}

// move takes a locked activity into a state, with what follows from it.
func (s *Service) move(ctx context.Context, activity id.ID, to State, reason string, policy func(context.Context, Tx, auth.Principal, Activity) error,
	follow func(ctx context.Context, tx Tx, a *Activity, now time.Time) error,
) (Activity, error) {
	now := s.clock.Now()
	var a Activity
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if a, err = tx.Activities().Lock(ctx, activity); err != nil {
			return err
		}
		if err := policy(ctx, tx, p, a); err != nil {
			return err
		}
		if !slices.Contains(from[to], a.State) {
			return ErrState.With("state", a.State)
		}
		before := a.State
		a.State, a.Reason = to, reason
		if to != Submitted {
			a.DecidedBy, a.DecidedAt = &p.AccountID, &now
		}
		if follow != nil {
			if err := follow(ctx, tx, &a, now); err != nil {
				return err
			}
		}
		a.Version++
		if err := tx.Activities().Update(ctx, a); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "activity." + string(a.State),
			SubjectType: "activity", SubjectID: a.ID.String(), Reason: reason,
			Detail: audit.Change(audit.Members{"state": before}, audit.Members{"state": a.State})})
	})
	return a, err
}

// manages and decides are the policies of a move, with what they ask the database.
func manages(_ context.Context, _ Tx, p auth.Principal, a Activity) error { return CanManage(p, a) }

func decides(ctx context.Context, tx Tx, p auth.Principal, a Activity) error {
	submitters, err := tx.Activities().Submitters(ctx, a.ID)
	if err != nil {
		return err
	}
	proposed, err := tx.Duties().Acts(ctx, duty.Proposed, append(submitters, a.CreatedBy)...)
	if err != nil {
		return err
	}
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	return CanDecide(p, a, ties, proposed)
}

func reasoned(reason string) error {
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	return f.Err()
}

// period gives the first and last city day of spans; no days for none.
func period(spans []calendar.Span, clock calendar.Clock) (first, last calendar.Day) {
	for _, span := range spans {
		days := span.Days(clock.Zone)
		if d := days[0]; first.IsZero() || d.Before(first) {
			first = d
		}
		if d := days[len(days)-1]; d.After(last) {
			last = d
		}
	}
	return first, last
}
