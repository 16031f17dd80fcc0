package points

import (
	"context"
	"fmt"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/ledger"
)

// Budget (예산) is a programme's budget and what became of it. What was granted is what is held, spent, expired, donated and
// taken back.
type Budget struct {
	ProgrammeID id.ID
	Funded      int
	Available   int // funded, less grants, and with what came back
	Granted     int
	Held        int
	Spent       int // less cancelled redemptions
	Expired     int
	Donated     int
	TakenBack   int // went back to the budget, or into debts
	Owed        int // still owed by persons whose points of this programme were taken back after they had used them
}

// most is the highest number of points that one request moves.
const most = 1_000_000_000_000

// amount notes a number of points that cannot be moved.
func amount(points int) fault.Fields {
	f := fault.Collect()
	if points < 1 || points > most {
		f.Add("points", "range", "min", 1, "max", most)
	}
	return f
}

// Fund raises a programme's budget. Errors: auth.sign_in, auth.forbidden, request.invalid, points.budget_not_found.
func (s *Service) Fund(ctx context.Context, programme id.ID, points int, reason string) (Budget, error) {
	now := s.clock.Now()
	f := amount(points)
	text.Block(f, "reason", reason, 1, 500)
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanFund(p); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		entry, err := Fund(ctx, tx, s.cause(p.AccountID, reason, now), programme, points)
		if err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "points.funded", SubjectType: "programme",
			SubjectID: programme.String(), Reason: reason, Detail: fmt.Sprintf(`{"points":%d,"entry_id":%q}`, points, entry.ID)})
	})
	if err != nil {
		return Budget{}, err
	}
	return s.reader.Budget(ctx, programme)
}

// Fund moves points that the city issues into a programme's budget. Errors: points.amount, points.budget_not_found.
func Fund(ctx context.Context, tx Ports, c Cause, programme id.ID, points int) (ledger.Entry, error) {
	if points <= 0 {
		return ledger.Entry{}, ErrAmount
	}
	b, err := open(ctx, tx, c, nil, []id.ID{programme})
	if err != nil {
		return ledger.Entry{}, err
	}
	pot, ok := b.budgets[programme]
	if !ok {
		return ledger.Entry{}, ErrNoBudget
	}
	b.wallets[id.Nil] = &Wallet{Account: pot.account} // as it is before; what is nobody's is posted to the budget itself
	b.steps = append(b.steps, step{
		draft:  b.draft(ledger.Funding, id.Nil, points, "programme", programme, leg(ledger.PointsIssued, -points)),
		budget: b.move(programme, points),
	})
	entries, err := b.post(ctx, tx)
	if err != nil {
		return ledger.Entry{}, err
	}
	return entries[0], nil
}

// Budget shows a programme's budget to the centre. Errors: auth.forbidden, points.budget_not_found.
func (s *Service) Budget(ctx context.Context, programme id.ID) (Budget, error) {
	if err := CanFund(auth.From(ctx)); err != nil {
		return Budget{}, err
	}
	return s.reader.Budget(ctx, programme)
}

// AddCause names a cause that points can be given to. Errors: auth.sign_in, auth.forbidden, request.invalid, points.cause_taken.
func (s *Service) AddCause(ctx context.Context, name string) (Charity, error) {
	now := s.clock.Now()
	c := Charity{ID: id.New(), Name: name, AddedAt: now}
	f := fault.Collect()
	text.Line(f, "name", name, 1, 100)
	return c, s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanFund(p); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Points().AddCause(ctx, c); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "points.cause_added", SubjectType: "point_cause",
			SubjectID: c.ID.String()})
	})
}

// EndCause ends a cause: nothing more can be given to it. Ending it again changes nothing. Errors: auth.sign_in,
// auth.forbidden, points.cause_not_found.
func (s *Service) EndCause(ctx context.Context, cause id.ID) (Charity, error) {
	now := s.clock.Now()
	var c Charity
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanFund(p); err != nil {
			return err
		}
		if c, err = tx.Points().Cause(ctx, cause); err != nil || c.EndedAt != nil {
			return err
		}
		c.EndedAt = &now
		if err := tx.Points().EndCause(ctx, c); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "points.cause_ended", SubjectType: "point_cause",
			SubjectID: cause.String()})
	})
	return c, err
}
