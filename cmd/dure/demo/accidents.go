package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/claim"
	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	claimstore "dure/repository/claim"
)

// handlers are who handles claims: two, for who approves does not pay.
var handlers = []string{Claims, "claims2@demo.dure"}

// handle entrusts the claims officers.
func (c *city) handle(r chance) {
	for _, login := range handlers {
		at := c.at(c.today.Add(-1200), 660)
		p := &person{account: r.id(at), login: login, joined: at}
		c.entrust(r, p, auth.ClaimsOfficer, id.Nil, at.Add(time.Hour))
		c.handlers = append(c.handlers, p)
	}
}

// accident is a story of a claim: how many days ago at most it happened, and to what state it has come.
type accident struct {
	within, before int // days before today
	place, text    string
	health         string
	days           int           // in hospital
	to             []claim.State // after it was reported
	absent         bool          // it happened where nothing of his was
}

var accidents = []accident{
	{150, 90, "캠프 앞 계단", "배식 상자를 옮기다가 계단에서 넘어졌습니다.", "손목이 부러져 사흘 입원하였습니다.", 3, []claim.State{claim.Filed, claim.Approved, claim.Paid}, false},
	{88, 50, "골목 배수로 옆", "청소를 하다가 배수로 뚜껑에 발이 빠졌습니다.", "발목을 삐어 하루 입원하였습니다.", 1, []claim.State{claim.Filed, claim.Approved}, false},
	{48, 25, "경로당 주방", "설거지를 하다가 그릇이 깨졌습니다.", "", 1, []claim.State{claim.Filed}, false},
	{40, 20, "집 앞 버스 정류장", "장을 보러 가다가 미끄러졌습니다.", "", 1, []claim.State{claim.Refused}, true},
	{15, 3, "공원 산책로", "짐수레에 부딪혔습니다.", "", 1, nil, false},
}

// claims has people report accidents, the volunteer of the cast the first, and the two officers handle them. What was written
// lies in the vault.
func (s store) claims(ctx context.Context) error {
	officers := make([]context.Context, len(s.city.handlers))
	for i, p := range s.city.handlers {
		var err error
		if officers[i], err = s.as(ctx, p); err != nil {
			return err
		}
	}
	told, hurt := 0, map[*person]bool{}
	for _, a := range accidents {
		p, at, items, err := s.victim(ctx, a, hurt)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		hurt[p] = true
		if err := s.claim(ctx, a, p, at, items, officers); err != nil {
			return fmt.Errorf("claim of an accident at %s: %w", a.place, err)
		}
		told++
	}
	return s.tell("%d claims on the insurance", told)
}

// victim finds somebody who was present in those days and covered, or for an absent one was covered by nothing at the time, and
// what he can claim.
func (s store) victim(ctx context.Context, a accident, hurt map[*person]bool) (*person, time.Time, []insurance.Item, error) {
	tx := claimstore.Unit{Tx: s.tx}
	from, to := s.city.now.AddDate(0, 0, -a.within), s.city.now.AddDate(0, 0, -a.before)
	for _, p := range s.city.people {
		if p.account == id.Nil || hurt[p] || len(p.grants) > 0 || p.guardian != nil {
			continue
		}
		for _, seen := range p.presences {
			if seen.State != attendance.Verified || seen.CountedInAt.Before(from) || seen.CountedInAt.After(to) || seen.CountedOutAt == nil {
				continue
			}
			at := seen.CountedInAt.Add(seen.CountedOutAt.Sub(seen.CountedInAt) / 2).Truncate(time.Minute)
			if a.absent {
				at = at.Add(-12 * time.Hour)
			}
			covers, err := insurance.At(ctx, tx.Insurance(), s.clock.Zone, []insurance.Question{{VolunteerID: p.ID, At: at}})
			if err != nil {
				return nil, at, nil, err
			}
			if covers[0].Policy == nil || covers[0].Covered() == a.absent {
				break
			}
			items, _, err := tx.Insurance().Items(ctx, covers[0].Policy.ID, covers[0].Policy.Version)
			if err == nil && !a.absent {
				items = insurance.Benefits(items, covers[0], s.clock.Zone)
			}
			items = slices.DeleteFunc(items, func(i insurance.Item) bool { return i.Unit != insurance.PerDay })
			slices.SortFunc(items, func(x, y insurance.Item) int { return cmp.Compare(x.Kind, y.Kind) })
			return p, at, items, err
		}
	}
	return nil, time.Time{}, nil, nil
}

// claim reports an accident on the next day and handles it as far as it has come: filed or refused after a week, approved after three,
// paid after four.
func (s store) claim(ctx context.Context, a accident, p *person, at time.Time, items []insurance.Item, officers []context.Context) error {
	if len(items) == 0 {
		return nil
	}
	mine, err := s.as(ctx, p)
	if err != nil {
		return err
	}
	service := func(days int) *claim.Service {
		return claim.NewService(claimsIn{s.tx}, s.vault, s.then(at.Add(time.Duration(days)*24*time.Hour)))
	}
	report := claim.Report{HappenedAt: at, Place: a.place, Text: a.text, Kinds: []string{items[0].Kind}, Health: a.health}
	if a.health != "" {
		report.Consent, report.ConsentVersion = true, "1"
	}
	l, err := service(1).Report(mine, report)
	if err != nil {
		return err
	}
	for _, to := range a.to {
		d := claim.Decision{ClaimID: l.ID, To: to}
		days, by := 7, officers[0]
		switch to {
		case claim.Filed:
			d.Reason = "서류 원본은 우편으로 받음"
		case claim.Approved:
			days, d.Amounts = 21, []claim.Approval{{Kind: items[0].Kind, Days: &a.days, AmountWon: items[0].LimitWon*int64(a.days) - items[0].DeductibleWon}}
		case claim.Refused:
			d.Reason = "봉사활동 중의 사고가 아님"
		case claim.Paid:
			days, by = 28, officers[1]
		}
		if l, err = service(days).Decide(by, d); err != nil {
			return err
		}
	}
	return nil
}
