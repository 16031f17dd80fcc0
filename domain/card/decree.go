package card

import (
	"context"
	"fmt"
	"regexp"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// CanDecree lets the volunteer centre set levels.
func CanDecree(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// Decree adds a level, or a new row of one, which counts from its first day on: tomorrow at the earliest.
// Errors: auth.forbidden, request.invalid, card.level.
func (s *Service) Decree(ctx context.Context, l Level) (Level, error) {
	now := s.clock.Now()
	l.ID = id.New()
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanDecree(p); err != nil {
			return err
		}
		if err := l.acceptable(s.clock.Day(now)); err != nil {
			return err
		}
		before, err := tx.Levels().Lock(ctx)
		if err != nil {
			return err
		}
		l.Version = 1
		for _, b := range before {
			l.Version = max(l.Version, b.Version+1)
			if (b.Code == l.Code) != (b.Rank == l.Rank) {
				return ErrCode
			}
		}
		if err := tx.Levels().Add(ctx, l); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "card.level_added",
			SubjectType: "card_level", SubjectID: l.ID.String(), Detail: fmt.Sprintf(`{"version":%d}`, l.Version)})
	})
	return l, err
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

func (l Level) acceptable(today calendar.Day) error {
	f := fault.Collect()
	if f.Require(l.Code != "", "code") && !codeForm.MatchString(l.Code) {
		f.Add("code", "unknown")
	}
	if l.Rank < 0 || l.Rank > 99 {
		f.Add("rank", "range", "min", 0, "max", 99)
	}
	text.Line(f, "name", l.Name, 1, 20)
	text.Line(f, "name_en", l.NameEn, 1, 40)
	if l.Counted != Total && l.Counted != Year {
		f.Add("counted", "unknown")
	}
	if l.Minutes < Off || l.Minutes > 10_000_000 {
		f.Add("minutes", "range", "min", Off, "max", 10_000_000)
	}
	if f.Require(!l.EffectiveFrom.IsZero(), "effective_from") && !l.EffectiveFrom.After(today) {
		f.Add("effective_from", "order", "after", today)
	}
	text.Line(f, "reference", l.Reference, 1, 200)
	return f.Err()
}
