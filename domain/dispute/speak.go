package dispute

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Answer is what the organiser's people or the centre say to a dispute. It does not decide it; whoever answers leaves the
// decision to another. Errors: dispute.not_found, auth.forbidden, duty.conflict_of_interest, request.invalid, dispute.state.
func (s *Service) Answer(ctx context.Context, dispute id.ID, words string) (Dispute, error) {
	return s.say(ctx, dispute, words, 1, func(ctx context.Context, tx Tx, p auth.Principal, d Dispute) error {
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		return CanAnswer(p, d, ties)
	}, func(d *Dispute, p auth.Principal, now time.Time) ([]Step, error) {
		if d.State != Opened {
			return nil, ErrState.With("state", d.State)
		}
		d.State, d.AnsweredBy, d.DueAt = Answered, &p.AccountID, after(s.clock, now, s.deadlines.Answer)
		return []Step{d.step(stepAnswered, &p.AccountID, capacity(p), words, now)}, nil
	})
}

// Escalate takes a declined dispute to the centre, where another officer decides for good. Errors: dispute.not_found,
// auth.forbidden, request.invalid, dispute.state, dispute.too_late.
func (s *Service) Escalate(ctx context.Context, dispute id.ID, words string) (Dispute, error) {
	return s.say(ctx, dispute, words, 0, mine, func(d *Dispute, p auth.Principal, now time.Time) ([]Step, error) {
		switch {
		case d.State != Declined:
			return nil, ErrState.With("state", d.State)
		case !now.Before(*d.DueAt):
			return nil, ErrTooLate
		}
		d.State, d.Outcome, d.DueAt = Escalated, Undecided, nil
		return []Step{d.step(stepEscalated, &p.AccountID, AsVolunteer, words, now)}, nil
	})
}

// Withdraw ends a dispute that waits for an answer or a decision. Errors: dispute.not_found, auth.forbidden, request.invalid,
// dispute.state.
func (s *Service) Withdraw(ctx context.Context, dispute id.ID, words string) (Dispute, error) {
	return s.say(ctx, dispute, words, 0, mine, func(d *Dispute, p auth.Principal, now time.Time) ([]Step, error) {
		if d.State != Opened && d.State != Answered && d.State != Escalated {
			return nil, ErrState.With("state", d.State)
		}
		d.Outcome = Withdrawn
		d.close(now)
		return []Step{d.step(stepWithdrawn, &p.AccountID, AsVolunteer, words, now)}, nil
	})
}

func mine(_ context.Context, _ Tx, p auth.Principal, d Dispute) error { return CanSpeak(p, d) }

// say takes a dispute one step on by words alone.
func (s *Service) say(ctx context.Context, dispute id.ID, words string, minimum int,
	may func(context.Context, Tx, auth.Principal, Dispute) error, rule func(*Dispute, auth.Principal, time.Time) ([]Step, error)) (Dispute, error) {
	now := s.clock.Now()
	f := fault.Collect()
	text.Block(f, "text", words, minimum, maxClaim)
	var answer Dispute
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		d, _, err := locked(ctx, tx, p, dispute)
		if err != nil {
			return err
		}
		if err := may(ctx, tx, p, d); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		steps, err := rule(&d, p, now)
		if err != nil {
			return err
		}
		answer = d
		if err := tx.Disputes().Move(ctx, []Dispute{d}, steps); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(d, &p.AccountID, "dispute."+string(steps[0].Kind), "", now))
	})
	return answer, err
}

// Expire moves disputes on whose days have passed: unanswered and undecided ones to the centre, decided ones to their end. It is a job of
// the program itself, and may run any number of times, at any time; it tells how many it moved.
func (s *Service) Expire(ctx context.Context) (moved int, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		due, err := tx.Disputes().Due(ctx, now)
		if err != nil {
			return err
		}
		moved = len(due)
		steps, events := make([]Step, len(due)), make([]audit.Event, len(due))
		for i := range due {
			d := &due[i]
			if d.State == Opened || d.State == Answered {
				d.State, d.DueAt = Escalated, nil
				steps[i] = d.step(stepEscalated, nil, AsSystem, "", now)
			} else {
				d.close(now)
				steps[i] = d.step(stepClosed, nil, AsSystem, "", now)
			}
			events[i] = event(*d, nil, "dispute."+string(steps[i].Kind), "", now)
		}
		if moved == 0 {
			return nil
		}
		if err := tx.Disputes().Move(ctx, due, steps); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, events...)
	})
	return moved, err
}
