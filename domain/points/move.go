package points

import (
	"context"
	"maps"
	"slices"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// Gift is what a programme grants to a person.
type Gift struct {
	VolunteerID id.ID
	ProgrammeID id.ID
	Points      int
	Year        int          // of the programme; cap and take-backs go by it
	Cap         int          // the most that a person may have been granted in that year, less what was asked back; 0 for none
	ExpiresOn   calendar.Day // the last day on which they can be used; no day: they never expire
	Donatable   bool         // can be given to a cause
}

// Grant gives points out of budgets, all of them or none, and has them settle debts first. Entries come in the order of the
// gifts, each followed by its settlements; expiries that were due come before. Errors: points.amount,
// points.budget_not_found, points.budget_spent, points.cap_reached.
func Grant(ctx context.Context, tx Ports, c Cause, gifts ...Gift) ([]ledger.Entry, error) {
	volunteers, programmes := map[id.ID]bool{}, map[id.ID]bool{}
	for _, g := range gifts {
		if g.Points <= 0 {
			return nil, ErrAmount
		}
		volunteers[g.VolunteerID], programmes[g.ProgrammeID] = true, true
	}
	b, err := open(ctx, tx, c, keys(volunteers), keys(programmes))
	if err != nil {
		return nil, err
	}
	granted := map[yearOf]int{}
	for _, g := range gifts {
		pot, ok := b.budgets[g.ProgrammeID]
		if !ok {
			return nil, ErrNoBudget
		}
		if pot.account.Balance < int64(g.Points) {
			return nil, ErrBudgetSpent.With("points", pot.account.Balance)
		}
		if g.Cap > 0 {
			of := yearOf{g.VolunteerID, g.ProgrammeID, g.Year}
			if _, known := granted[of]; !known {
				s, err := tx.Points().Standings(ctx, g.ProgrammeID, []id.ID{g.VolunteerID})
				if err != nil {
					return nil, err
				}
				granted[of] = s[g.VolunteerID][g.Year].net()
			}
			if granted[of] += g.Points; granted[of] > g.Cap {
				return nil, ErrCapReached.With("points", g.Cap)
			}
		}
		b.grant(b.wallets[g.VolunteerID], g)
	}
	return b.post(ctx, tx)
}

// net is what was granted and not asked back.
func (s Standing) net() int { return s.Granted - s.Asked }

// Claim is what a programme asks back of a person because what it was granted for is gone.
type Claim struct {
	VolunteerID id.ID
	ProgrammeID id.ID
	Points      int
	Year        int // for which they were granted
}

// TakeBack undoes a grant by compensation: what is held of the programme's lots goes back to its budget, what was used
// becomes a debt by name, what expired unused is not asked for. Errors: points.amount, points.budget_not_found,
// points.not_granted when that much was not granted in that year.
func TakeBack(ctx context.Context, tx Ports, c Cause, claim Claim) ([]ledger.Entry, error) {
	if claim.Points <= 0 {
		return nil, ErrAmount
	}
	b, err := open(ctx, tx, c, []id.ID{claim.VolunteerID}, []id.ID{claim.ProgrammeID})
	if err != nil {
		return nil, err
	}
	standings, err := tx.Points().Standings(ctx, claim.ProgrammeID, []id.ID{claim.VolunteerID})
	if err != nil {
		return nil, err
	}
	s := standings[claim.VolunteerID][claim.Year]
	if s.net() < claim.Points {
		return nil, ErrNotGranted.With("points", s.net())
	}
	if err := b.takeAllBack(ctx, tx, []Claim{claim}, standings); err != nil {
		return nil, err
	}
	return b.post(ctx, tx)
}

func (b *book) takeAllBack(ctx context.Context, tx Ports, claims []Claim, standings map[id.ID]map[int]Standing) error {
	var short []id.ID
	for _, c := range claims {
		if _, ok := b.budgets[c.ProgrammeID]; !ok {
			return ErrNoBudget
		}
		if b.wallets[c.VolunteerID].held(func(l Lot) bool { return l.ProgrammeID == c.ProgrammeID }) < c.Points { // may come to owe
			short = append(short, c.VolunteerID)
		}
	}
	if err := b.owing(ctx, tx, short); err != nil {
		return err
	}
	for _, c := range claims {
		b.takeBack(b.wallets[c.VolunteerID], c, standings[c.VolunteerID][c.Year])
	}
	return nil
}

// Purchase is what a person spends at a merchant.
type Purchase struct {
	VolunteerID id.ID
	MerchantID  id.ID
	Points      int
	SourceType  string // what it was spent for, e.g. "voucher"
	SourceID    id.ID
}

// Spend moves points from a person to a merchant, those first that expire first, and gives the redemption's entry. Errors:
// points.amount, points.insufficient.
func Spend(ctx context.Context, tx Ports, c Cause, p Purchase) (ledger.Entry, error) {
	return give(ctx, tx, c, p.VolunteerID, p.Points, ledger.Redemption, ledger.MerchantPoints, p.MerchantID, p.SourceType, p.SourceID, nil)
}

// Donate moves points from a person to a cause, of those that their programmes let him give away. Errors: points.amount, points.insufficient, points.cause_not_found.
func Donate(ctx context.Context, tx Ports, c Cause, volunteer, cause id.ID, points int) (ledger.Entry, error) {
	charity, err := tx.Points().Cause(ctx, cause)
	if err != nil {
		return ledger.Entry{}, err
	}
	if charity.EndedAt != nil {
		return ledger.Entry{}, ErrCauseNotFound
	}
	return give(ctx, tx, c, volunteer, points, ledger.Donation, ledger.DonatedPoints, cause, "point_cause", cause, func(l Lot) bool { return l.Donatable })
}

func give(ctx context.Context, tx Ports, c Cause, volunteer id.ID, points int, kind ledger.Kind, to ledger.AccountKind, owner id.ID,
	sourceType string, source id.ID, only func(Lot) bool) (ledger.Entry, error) {
	if points <= 0 {
		return ledger.Entry{}, ErrAmount
	}
	b, err := open(ctx, tx, c, []id.ID{volunteer}, nil)
	if err != nil {
		return ledger.Entry{}, err
	}
	counters, err := tx.Ledger().Counters(ctx, to, []id.ID{owner})
	if err != nil {
		return ledger.Entry{}, err
	}
	if err := b.pay(b.wallets[volunteer], kind, volunteer, points, counters[owner], sourceType, source, only); err != nil {
		return ledger.Entry{}, err
	}
	entries, err := b.post(ctx, tx)
	if err != nil {
		return ledger.Entry{}, err
	}
	return entries[len(entries)-1], nil
}

// Cancel takes a redemption back: the merchant gives the points back, and the lots have them again until the day on which
// they expire anyway. The first of its entries is the cancellation. Errors: points.spending_not_found,
// points.already_cancelled.
func Cancel(ctx context.Context, tx Ports, c Cause, redemption id.ID) ([]ledger.Entry, error) {
	s, err := tx.Points().Spending(ctx, redemption)
	if err != nil {
		return nil, err
	}
	b, err := open(ctx, tx, c, []id.ID{s.VolunteerID}, nil)
	if err != nil {
		return nil, err
	}
	if s, err = tx.Points().Spending(ctx, redemption); err != nil { // again, now that nobody else can cancel it
		return nil, err
	}
	if s.Cancelled {
		return nil, ErrCancelled
	}
	due := len(b.steps)
	b.giveBack(b.wallets[s.VolunteerID], redemption, s)
	entries, err := b.post(ctx, tx)
	if err != nil {
		return nil, err
	}
	return entries[due:], nil
}

// OpenBudget opens a programme's budget, which is empty until it is funded. The programme feature calls it for programmes
// that grant points; without it there is nothing to fund.
func OpenBudget(ctx context.Context, tx Ports, programme id.ID) error {
	return tx.Ledger().OpenBudget(ctx, programme)
}

func keys(of map[id.ID]bool) []id.ID { return slices.Collect(maps.Keys(of)) }
