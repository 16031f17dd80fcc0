package merchant

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// from says out of which states the centre may decide for a state.
var from = map[State][]State{
	Approved:  {Applied, Suspended},
	Rejected:  {Applied},
	Suspended: {Approved},
	Closed:    {Approved, Suspended},
}

// Decision is the centre's word on a merchant.
type Decision struct {
	MerchantID id.ID
	To         State  // approved, rejected, suspended or closed
	Reason     string // required unless To is approved
}

// Decide approves, rejects, suspends or closes a merchant. With the approval the applicant becomes its manager;
// with the closure all its roles end. Errors: auth.forbidden, merchant.not_found, duty.conflict_of_interest, merchant.state, request.invalid.
func (s *Service) Decide(ctx context.Context, cmd Decision) (Merchant, error) {
	now := s.clock.Now()
	var decided Merchant
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if decided, err = tx.Merchants().Lock(ctx, cmd.MerchantID); err != nil {
			return err
		}
		if err := CanSee(p, decided); err != nil {
			return err
		}
		applied, err := tx.Duties().Acts(ctx, duty.Proposed, decided.AppliedBy)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanDecide(p, ties, applied); err != nil {
			return err
		}
		if err := cmd.validate(); err != nil {
			return err
		}
		if !slices.Contains(from[cmd.To], decided.State) {
			return ErrState.With("state", decided.State)
		}
		before := decided.State
		decided.State, decided.DecidedBy, decided.DecidedAt, decided.Reason = cmd.To, &p.AccountID, &now, cmd.Reason
		decided.Version++
		if err := tx.Merchants().Update(ctx, decided); err != nil {
			return err
		}
		if err := tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "merchant." + string(cmd.To),
			SubjectType: "merchant", SubjectID: decided.ID.String(), Reason: cmd.Reason}); err != nil {
			return err
		}
		return entrust(ctx, tx, before, decided, p.AccountID, now)
	})
	return decided, err
}

func (d Decision) validate() error {
	f := fault.Collect()
	minimum := 1
	if d.To == Approved {
		minimum = 0
	}
	text.Block(f, "reason", d.Reason, minimum, 500)
	return f.Err()
}

// entrust gives and takes the roles that follow from a decision.
func entrust(ctx context.Context, tx Tx, before State, m Merchant, by id.ID, at time.Time) error {
	action := ""
	switch {
	case m.State == Approved && before == Applied:
		made, err := tx.Merchants().Entrust(ctx, m, m.AppliedBy, by, at)
		if err != nil {
			return err
		}
		if made {
			action = "role.granted"
		}
	case m.State == Closed:
		ended, err := tx.Merchants().Dismiss(ctx, m, by, at)
		if err != nil {
			return err
		}
		if ended > 0 {
			action = "role.revoked"
		}
	}
	if action == "" {
		return nil
	}
	return tx.Audit().Record(ctx, audit.Event{HappenedAt: at, AccountID: &by, Action: action,
		SubjectType: "merchant", SubjectID: m.ID.String(), Reason: "merchant." + string(m.State)})
}
