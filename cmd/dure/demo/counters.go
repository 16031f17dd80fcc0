package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/merchant"
	"dure/domain/points"
	"dure/domain/settlement"
	"dure/domain/voucher"
	voucherstore "dure/repository/voucher"
)

// What a budget of the city's own, of no programme, gives to a few people when the first month begins.
const (
	given  = 20_000
	savers = 6
)

// cancellable is for how long the program lets a redemption be cancelled unless it is set otherwise.
const cancellable = 30 * time.Minute

// counters has people pay with points in the last two months that have ended, two a month at each of some shops and one by
// mistake; the first of these months is settled and paid, the second waits for its statement.
func (s store) counters(ctx context.Context) error {
	r := newChance(partCounters)
	first := s.city.today.FirstOfMonth().AddMonths(-2)
	shops, holders := s.city.trading(first), s.city.savers(first)
	if len(shops) == 0 || len(holders) == 0 {
		return nil
	}
	if err := s.endow(ctx, r, holders, first); err != nil {
		return err
	}
	paid, wrong := 0, 0
	for month := range 2 {
		for i, m := range shops {
			for n := range 2 {
				p := holders[(2*i+n)%len(holders)]
				day := first.AddMonths(month).Add(r.between(2, 26))
				if err := s.pay(ctx, m, p, r.between(5, 30)*100, s.city.at(day, r.between(600, 1100)), false); err != nil {
					return err
				}
				paid++
			}
		}
		if err := s.pay(ctx, shops[0], holders[0], 1000, s.city.at(first.AddMonths(month).Add(27), 720), true); err != nil {
			return err
		}
		wrong++
	}
	// And one that has not been shown anywhere yet.
	mine, err := s.as(ctx, holders[0])
	if err != nil {
		return err
	}
	if _, err := s.vouchers(s.city.now.Add(-time.Hour)).Pay(mine, voucher.Payment{Points: 1500}); err != nil {
		return err
	}
	payable, err := s.settle(ctx, shops, first)
	if err != nil {
		return err
	}
	return s.tell("%d payments with points at %d shops, %d of them by mistake; %d points paid out for %s", paid+wrong, len(shops), wrong, payable, first.String()[:7])
}

// trading are the first shops that took vouchers when a month began.
func (c *city) trading(since calendar.Day) (some []merchant.Merchant) {
	for _, m := range c.merchants {
		if m.Open(since) && len(some) < 3 {
			some = append(some, m)
		}
	}
	return some
}

// savers are the volunteer of the cast and others who can sign in and have come often, none of them a shop's or anybody's kin.
func (c *city) savers(since calendar.Day) (some []*person) {
	for _, p := range c.people {
		if p.account != id.Nil && p.visits >= 20 && len(p.grants) == 0 && len(p.kin) == 0 && p.joined.Before(since.Start(c.zone)) && len(some) < savers {
			some = append(some, p)
		}
	}
	return some
}

// owner is who applied for a shop, and manages it.
func (c *city) owner(m merchant.Merchant) *person {
	return c.people[slices.IndexFunc(c.people, func(p *person) bool { return p.account == m.AppliedBy })]
}

// endow gives points, which do not expire.
func (s store) endow(ctx context.Context, r chance, holders []*person, first calendar.Day) error {
	at := s.city.at(first, 540)
	budget := r.id(at)
	why := points.Cause{Actor: s.city.staff[0].account, Reason: "마일리지 시범 지급", Now: at, Today: first}
	tx := voucherstore.Unit{Tx: s.tx}
	if err := points.OpenBudget(ctx, tx, budget); err != nil {
		return err
	}
	if _, err := points.Fund(ctx, tx, why, budget, 2*given*savers); err != nil {
		return err
	}
	gifts := make([]points.Gift, len(holders))
	for i, p := range holders {
		gifts[i] = points.Gift{VolunteerID: p.ID, ProgrammeID: budget, Points: given, Year: first.Year()}
	}
	_, err := points.Grant(ctx, tx, why, gifts...)
	return err
}

func (s store) vouchers(at time.Time) *voucher.Service {
	return voucher.NewService(vouchersIn{s.tx}, nil, s.then(at), cancellable)
}

// pay has somebody pay with points at a shop, and take it back at once when it was a mistake.
func (s store) pay(ctx context.Context, m merchant.Merchant, p *person, n int, at time.Time, mistake bool) error {
	payer, err := s.as(ctx, p)
	if err != nil {
		return err
	}
	counter, err := s.as(ctx, s.city.owner(m))
	if err != nil {
		return err
	}
	made, err := s.vouchers(at).Pay(payer, voucher.Payment{Points: n, MerchantID: &m.ID})
	if err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	_, code, err := s.vouchers(at).Draw(payer, made.ID)
	if err != nil {
		return err
	}
	done, err := s.vouchers(at.Add(time.Minute)).Redeem(counter, voucher.Show{Code: code, MerchantID: m.ID, Key: made.ID.String()})
	if err != nil || !mistake {
		return err
	}
	_, err = s.vouchers(at.Add(5*time.Minute)).Cancel(counter, m.ID, done.ID, "금액을 잘못 입력함")
	return err
}

// settle has a month's statements prepared by one officer, confirmed by the merchants, approved by a second officer and paid by
// the first, and gives what was paid.
func (s store) settle(ctx context.Context, shops []merchant.Merchant, month calendar.Day) (paid int64, err error) {
	next := month.AddMonths(1)
	at := func(day int) *settlement.Service {
		return settlement.NewService(settlementsIn{s.tx}, nil, s.then(s.city.at(next.Add(day), 600)))
	}
	first, err := s.as(ctx, s.city.staff[0])
	if err != nil {
		return 0, err
	}
	second, err := s.as(ctx, s.city.staff[1])
	if err != nil {
		return 0, err
	}
	if _, _, err := at(2).PrepareAll(first, month); err != nil {
		return 0, err
	}
	for _, m := range shops {
		owner, err := s.as(ctx, s.city.owner(m))
		if err != nil {
			return 0, err
		}
		d := settlement.Decision{Key: settlement.Key{MerchantID: m.ID, Month: month}, To: settlement.Confirmed}
		if _, err := at(4).Decide(owner, d); err != nil {
			return 0, fmt.Errorf("%s: %w", m.Name, err)
		}
		d.To = settlement.Approved
		if _, err := at(5).Decide(second, d); err != nil {
			return 0, err
		}
		d.To, d.Payment = settlement.Paid, settlement.Payment{Reference: fmt.Sprintf("정산-%s-%d", month.String()[:7], len(shops)), PaidOn: next.Add(9)}
		f, err := at(9).Decide(first, d)
		if err != nil {
			return 0, err
		}
		paid += f.Payable
	}
	return paid, nil
}
