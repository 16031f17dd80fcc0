package statistics

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Registration counts the registered on a day; today where none is given. Errors: auth.forbidden.
func (s *Service) Registration(ctx context.Context, by By, asOf calendar.Day) (Table, error) {
	if err := CanRead(auth.From(ctx)); err != nil {
		return Table{}, err
	}
	if asOf.IsZero() {
		asOf = s.clock.Day(s.clock.Now())
	}
	return s.ask(ctx, by, Period{To: asOf})
}

// Participation counts who was active in a period of up to 50 years, against the registered and the residents at its end.
// Errors: auth.forbidden, request.invalid.
func (s *Service) Participation(ctx context.Context, by By, p Period) (Table, error) {
	if err := CanRead(auth.From(ctx)); err != nil {
		return Table{}, err
	}
	if err := p.validate(); err != nil {
		return Table{}, err
	}
	return s.ask(ctx, by, p)
}

// maxYears bounds a period.
const maxYears = 50

func (p Period) validate() error {
	f := fault.Collect()
	from, to := f.Require(!p.From.IsZero(), "from"), f.Require(!p.To.IsZero(), "to")
	switch {
	case !from || !to:
	case p.To.Before(p.From):
		f.Add("to", "order", "after", "from")
	case p.To.Year()-p.From.Year() > maxYears:
		f.Add("to", "period_too_long", "years", maxYears)
	}
	return f.Err()
}

func (s *Service) ask(ctx context.Context, by By, p Period) (Table, error) {
	t := Table{By: by, Period: p, AsOf: s.clock.Now()}
	err := s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		places, err := r.Places(ctx)
		if err != nil {
			return err
		}
		month, residents, err := r.Residents(ctx, by, p.To)
		if err != nil {
			return err
		}
		cells, err := r.Cells(ctx, by, p)
		if err != nil {
			return err
		}
		t.PopulationOf, t.Rows = month, tabulate(by, newCity(places, p.To), residents, cells)
		return nil
	})
	return t, err
}
