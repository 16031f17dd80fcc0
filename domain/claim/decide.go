package claim

import (
	"context"
	"slices"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Decision moves a claim on.
type Decision struct {
	ClaimID id.ID
	To      State
	Reason  string
	Amounts []Approval // for Approved
}

// Approval is what the insurer pays for an item.
type Approval struct {
	Kind      string
	Days      *int // of an item per day
	AmountWon int64
}

// Spent is what was approved already for the same person and day.
type Spent struct {
	Kind string
	Days int
	Won  int64
}

// from are the states that a claim may be moved from to another.
var from = map[State][]State{
	Filed:     {Reported, Documents},
	Approved:  {Filed},
	Refused:   {Reported, Documents, Filed},
	Paid:      {Approved},
	Closed:    {Refused, Paid},
	Withdrawn: {Reported, Documents, Filed},
}

// Decide files, approves, refuses, pays or closes a claim, or withdraws it: the last the volunteer himself, the others claims
// officers who have no part in the matter. What is approved is bound by the items that apply to the person's age on the day of
// the accident; it is paid as a whole, by another than approved it. Errors: claim.not_found, auth.forbidden,
// duty.conflict_of_interest, request.invalid, claim.state (of two who do the same at once one is told so), claim.no_contract,
// claim.papers_missing and claim.deadline_passed (filing goes on with a reason), claim.not_covered.
func (s *Service) Decide(ctx context.Context, d Decision) (Listed, error) {
	now := s.clock.Now()
	var l Listed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := locked(ctx, tx, p, d.ClaimID)
		if err != nil {
			return err
		}
		if d.To == Withdrawn {
			err = CanSpeak(p, c)
		} else {
			err = mayDecide(ctx, tx, p, c, d.To)
		}
		if err != nil {
			return err
		}
		if err := d.check(); err != nil {
			return err
		}
		if !slices.Contains(from[d.To], c.State) {
			return ErrState.With("state", c.State)
		}
		before := c
		step := c.move(d.To, p.AccountID, d.Reason, now)
		cover, amounts, err := s.consequences(ctx, tx, &c, &step, d)
		if err != nil {
			return err
		}
		if err := tx.Claims().Move(ctx, c, step, cover, amounts); err != nil {
			return err
		}
		if err := tell(ctx, tx, c, now); err != nil {
			return err
		}
		if l, err = tx.Claims().Listed(ctx, c.ID); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(c, p, "claim."+string(d.To), d.Reason, audit.Change(members(before), members(c)), now))
	})
	return l, err
}

// check wants words for what is decided against the volunteer, and amounts for what is decided for him.
func (d Decision) check() error {
	f := fault.Collect()
	minimum := 0
	if d.To == Refused {
		minimum = 1
	}
	text.Block(f, "reason", d.Reason, minimum, maxReason)
	if d.To == Approved && f.Require(len(d.Amounts) > 0, "items") && len(d.Amounts) > maxKinds {
		f.Add("items", "too_many", "max", maxKinds)
	}
	return f.Err()
}

// consequences are what a step brings with it: what is known of the cover now, and amounts.
func (s *Service) consequences(ctx context.Context, tx Tx, c *Claim, step *Step, d Decision) (*Cover, []Amount, error) {
	switch d.To {
	case Filed:
		cover, err := s.file(ctx, tx, c, d.Reason, step.HappenedAt)
		return cover, nil, err
	case Approved:
		return s.approve(ctx, tx, c, step, d)
	case Paid:
		c.PaidBy, step.AmountWon = &step.AccountID, c.ApprovedWon
	}
	return nil, nil, nil
}

// file wants a contract to file under; papers that are missing and a deadline that has passed take a reason.
func (s *Service) file(ctx context.Context, tx Tx, c *Claim, reason string, now time.Time) (*Cover, error) {
	answer, err := s.ask(ctx, tx, c.VolunteerID, c.HappenedAt)
	if err != nil {
		return nil, err
	}
	if answer.Policy == nil {
		return nil, ErrNoContract
	}
	required, err := tx.Claims().Required(ctx, []id.ID{c.ID})
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(required, func(r Required) bool { return r.Given })
	switch {
	case reason != "":
	case len(missing) > 0:
		return nil, ErrPapersMissing.With("count", len(missing))
	case c.Late(s.clock.Day(now)):
		return nil, ErrLate.With("deadline_on", c.DeadlineOn.String())
	}
	cover := c.covered(answer)
	return &cover, nil
}

func (s *Service) approve(ctx context.Context, tx Tx, c *Claim, step *Step, d Decision) (*Cover, []Amount, error) {
	answer, err := s.ask(ctx, tx, c.VolunteerID, c.HappenedAt)
	if err != nil {
		return nil, nil, err
	}
	if !answer.Covered() {
		return nil, nil, ErrNotCovered.With("reason", answer.Reason)
	}
	items, _, err := tx.Insurance().Items(ctx, answer.Policy.ID, answer.Policy.Version)
	if err != nil {
		return nil, nil, err
	}
	kinds, err := tx.Claims().Kinds(ctx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	spent, err := tx.Claims().Spent(ctx, c.VolunteerID, c.Day, c.ID)
	if err != nil {
		return nil, nil, err
	}
	amounts, err := payable(insurance.Benefits(items, answer, s.clock.Zone), kinds, spent, d.Amounts)
	if err != nil {
		return nil, nil, err
	}
	for i := range amounts {
		amounts[i].ClaimID, amounts[i].Number = c.ID, step.Number
		step.AmountWon += amounts[i].AmountWon
	}
	c.ApprovedWon, c.ApprovedBy = step.AmountWon, &step.AccountID
	cover := c.covered(answer)
	return &cover, amounts, nil
}

// payable makes amounts of what is approved, each within its item: the limit, for an item per day times its days, less what the
// person bears himself and what was approved for the same accident before. Items are those that apply to the person and the
// day. Source: 행정안전부 자원봉사 종합보험, limits by contract year; no death benefit under 15 (상법 제732조).
func payable(items []insurance.Item, kinds []string, spent []Spent, approved []Approval) ([]Amount, error) {
	f := fault.Collect()
	amounts := make([]Amount, len(approved))
	for i, a := range approved {
		under := f.Under("items[%d]", i)
		at := slices.IndexFunc(items, func(item insurance.Item) bool { return item.Kind == a.Kind })
		switch {
		case !under.Require(a.Kind != "", "kind"):
		case !slices.Contains(kinds, a.Kind):
			under.Add("kind", "not_claimed")
		case slices.ContainsFunc(approved[:i], func(b Approval) bool { return b.Kind == a.Kind }):
			under.Add("kind", "repeated")
		case at < 0:
			under.Add("kind", "not_paid")
		default:
			within(under, items[at], spent, a)
			amounts[i] = Amount{ItemID: items[at].ID, Days: a.Days, AmountWon: a.AmountWon}
		}
	}
	return amounts, f.Err()
}

func within(f fault.Fields, item insurance.Item, spent []Spent, a Approval) {
	before := Spent{}
	for _, s := range spent {
		if s.Kind == item.Kind {
			before.Days, before.Won = before.Days+s.Days, before.Won+s.Won
		}
	}
	most := item.LimitWon - item.DeductibleWon - before.Won
	if item.Unit == insurance.PerDay {
		if !f.Require(a.Days != nil, "days") {
			return
		}
		longest := maxDays
		if item.MaxDays != nil {
			longest = *item.MaxDays
		}
		if longest -= before.Days; longest < 1 {
			f.Add("days", "limit_used")
			return
		}
		if *a.Days < 1 || *a.Days > longest {
			f.Add("days", "range", "min", 1, "max", longest)
			return
		}
		most = item.LimitWon*int64(*a.Days) - item.DeductibleWon
	} else if a.Days != nil {
		f.Add("days", "not_per_day")
	}
	switch {
	case most < 1:
		f.Add("amount_won", "limit_used")
	case a.AmountWon < 1 || a.AmountWon > most:
		f.Add("amount_won", "range", "min", 1, "max", most)
	}
}

// maxDays bounds an item per day without a bound of its own.
const maxDays = 3 * 366
