package settlement

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
)

// from are the states from which a statement may be moved to another.
var from = map[State][]State{
	Confirmed: {Prepared, Answered},
	Disputed:  {Prepared, Answered},
	Answered:  {Disputed},
	Approved:  {Confirmed, Prepared, Answered}, // the last two when the merchant has said nothing for long enough
	Paid:      {Approved},
}

// Decision moves a statement on.
type Decision struct {
	Key
	To     State
	Reason string // required to dispute and to answer
	Payment
}

// Payment is what the city's treasury did outside.
type Payment struct {
	Reference string       // of the transfer (지급 번호)
	PaidOn    calendar.Day // the bank's day
}

// Decide takes the next step: a merchant's manager confirms or disputes, the centre answers, approves and pays, each step by
// somebody who may. With the payment the ledger says what was paid, in the chain of what this merchant was paid; the merchant
// and that account are locked, so a statement is paid once. Errors: auth.sign_in, auth.forbidden, settlement.not_found,
// duty.conflict_of_interest, request.invalid, settlement.state, settlement.objection_period, settlement.nothing_to_pay.
func (s *Service) Decide(ctx context.Context, d Decision) (Full, error) {
	now := s.clock.Now()
	d.Month = d.Month.FirstOfMonth()
	var moved Full
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanSee(p, d.MerchantID); err != nil {
			return err
		}
		if _, err := tx.Merchants().Lock(ctx, d.MerchantID); err != nil {
			return err
		}
		f, err := tx.Settlements().Get(ctx, d.Key)
		if err != nil {
			return err
		}
		if err := mayTake(ctx, tx, p, f, d.To); err != nil {
			return err
		}
		if err := d.check(f, s.clock.Day(now)); err != nil {
			return err
		}
		if err := s.ready(f, d.To, now); err != nil {
			return err
		}
		step := f.step(d.To, p.AccountID, d.Reason, now)
		if d.To == Paid {
			if err := s.pay(ctx, tx, f.Statement, d.Payment, &step); err != nil {
				return err
			}
		}
		if err := tx.Settlements().Move(ctx, step); err != nil {
			return err
		}
		if err := tx.Audit().Record(ctx, event(f.Statement, "settlement."+string(d.To), p.AccountID, d.Reason,
			audit.Change(audit.Members{"state": f.State}, audit.Members{"state": d.To}), now)); err != nil {
			return err
		}
		moved, err = tx.Settlements().Get(ctx, d.Key)
		return err
	})
	return moved, err
}

// check wants words for a dispute and its answer, and of a payment its reference and day.
func (d Decision) check(f Full, today calendar.Day) error {
	wrong := fault.Collect()
	minimum := 0
	if d.To == Disputed || d.To == Answered {
		minimum = 1
	}
	text.Block(wrong, "reason", d.Reason, minimum, 500)
	if d.To == Paid {
		text.Line(wrong, "reference", d.Reference, 1, 100)
		switch {
		case !wrong.Require(!d.PaidOn.IsZero(), "paid_on"):
		case d.PaidOn.After(today):
			wrong.Add("paid_on", "future")
		case d.PaidOn.Before(f.Month.AddMonths(1)):
			wrong.Add("paid_on", "order", "after", "month")
		}
	}
	return wrong.Err()
}

// ready tells whether a statement can be moved to a state now.
func (s *Service) ready(f Full, to State, now time.Time) error {
	if !slices.Contains(from[to], f.State) {
		return ErrState.With("state", f.State)
	}
	if to == Approved && f.State != Confirmed {
		if until := s.clock.Day(f.MovedAt).Add(ObjectionDays); !s.clock.Day(now).After(until) {
			return ErrWaiting.With("day", until)
		}
	}
	if to == Paid && f.Payable == 0 {
		return ErrNotPayable
	}
	return nil
}

// pay posts a payment: from what the merchant is owed to what he was paid.
func (s *Service) pay(ctx context.Context, tx Tx, paid Statement, p Payment, step *Step) error {
	account, err := tx.Ledger().LockPaid(ctx, paid.MerchantID)
	if err != nil {
		return err
	}
	owed, err := tx.Ledger().Counters(ctx, ledger.MerchantPoints, []id.ID{paid.MerchantID})
	if err != nil {
		return err
	}
	entries, moved, err := ledger.Post(map[id.ID]ledger.Account{id.Nil: account}, []ledger.Draft{{Kind: ledger.Payment, SourceType: SourceType,
		SourceID: paid.ID, EffectiveDay: s.clock.Day(step.HappenedAt), Minutes: int(paid.Payable), ActorID: step.AccountID, Reason: p.Reference,
		Against: []ledger.Posting{{AccountID: owed[paid.MerchantID], Amount: -paid.Payable}}}}, step.HappenedAt)
	if err != nil {
		return fmt.Errorf("settlement %s: %w", paid.ID, err)
	}
	if err := tx.Ledger().Append(ctx, entries, moved); err != nil {
		return err
	}
	step.Reference, step.PaidOn, step.EntryID = p.Reference, p.PaidOn, &entries[0].ID
	return nil
}

// SourceType is the ledger's name for a statement as the source of an entry.
const SourceType = "settlement"
