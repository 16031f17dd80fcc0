package window

import (
	"context"
	"fmt"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// CanSet lets the volunteer centre set windows.
func CanSet(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// Set adds a window, which wins over those of its gu before it for activities from its first day on. That day is tomorrow
// at the earliest: who was active before keeps the time that he had. Errors: auth.forbidden, request.invalid.
func (s *Service) Set(ctx context.Context, w Window) (Window, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	w.ID = id.New()
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanSet(p); err != nil {
			return err
		}
		known := true
		if w.GuCode != "" {
			if known, err = tx.Windows().Gu(ctx, w.GuCode, today); err != nil {
				return err
			}
		}
		if err := w.acceptable(today, known); err != nil {
			return err
		}
		last, err := tx.Windows().Lock(ctx)
		if err != nil {
			return err
		}
		w.Version = last + 1
		if err := tx.Windows().Add(ctx, w); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "window.set", SubjectType: "late_window",
			SubjectID: w.ID.String(), Detail: fmt.Sprintf(`{"version":%d,"gu_code":%q,"months":%d}`, w.Version, w.GuCode, w.Months)})
	})
	return w, err
}

// acceptable notes all that is wrong with a new window.
func (w Window) acceptable(today calendar.Day, guKnown bool) error {
	f := fault.Collect()
	if !guKnown {
		f.Add("gu_code", "unknown")
	}
	if w.Months < MinMonths || w.Months > MaxMonths {
		f.Add("months", "range", "min", MinMonths, "max", MaxMonths)
	}
	if f.Require(!w.EffectiveFrom.IsZero(), "effective_from") && !w.EffectiveFrom.After(today) {
		f.Add("effective_from", "order", "after", today)
	}
	text.Line(f, "reference", w.Reference, 1, 200)
	return f.Err()
}
