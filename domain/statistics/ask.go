package statistics

import (
	"context"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

// Registration counts the registered on a day: on that of the point it is asked as of, unless another is given, and else today. A
// past day is answered as its end knew it; today, and a day that is given without a point, as is known now.
// Errors: auth.forbidden, as_of.future, as_of.too_recent.
func (s *Service) Registration(ctx context.Context, by By, on calendar.Day, at asof.Point) (Table, error) {
	if err := CanRead(auth.From(ctx)); err != nil {
		return Table{}, err
	}
	now := s.clock.Now()
	today := s.clock.Day(now)
	if at.Day == today {
		at = asof.Point{}
	}
	known, err := s.known(at, now)
	if err != nil {
		return Table{}, err
	}
	switch {
	case !on.IsZero():
	case known.Now():
		on = today
	default:
		on = known.Day
	}
	if err := s.note(ctx, now, "registration", audit.Members{"by": by, "on": on, "as_of": known.note()}); err != nil {
		return Table{}, err
	}
	return s.ask(ctx, by, Period{To: on}, nil, known, now)
}

// Participation counts who was active in a period of up to 50 years, against the registered and the residents at its end, all of
// it as known at an instant, or now. Where grades of evidence are given (qr, leader, self, imported, late_proof), only entries
// with one of them count. Errors: auth.forbidden, request.invalid, as_of.future, as_of.too_recent.
func (s *Service) Participation(ctx context.Context, by By, p Period, evidence []string, at asof.Point) (Table, error) {
	if err := CanRead(auth.From(ctx)); err != nil {
		return Table{}, err
	}
	if err := p.validate(); err != nil {
		return Table{}, err
	}
	now := s.clock.Now()
	known, err := s.known(at, now)
	if err != nil {
		return Table{}, err
	}
	if err := s.note(ctx, now, "participation", audit.Members{"by": by, "from": p.From, "to": p.To, "evidence": evidence, "as_of": known.note()}); err != nil {
		return Table{}, err
	}
	return s.ask(ctx, by, p, evidence, known, now)
}

// known is what a question may be answered with.
func (s *Service) known(at asof.Point, now time.Time) (Known, error) {
	if at.IsZero() {
		return Known{}, nil
	}
	settled, err := at.Settled(s.clock, now)
	return Known{At: settled, Day: s.clock.Day(settled)}, err
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

func (s *Service) ask(ctx context.Context, by By, p Period, evidence []string, known Known, now time.Time) (Table, error) {
	t := Table{By: by, Period: p, Evidence: evidence, AsOf: now}
	if !known.Now() {
		t.AsOf, t.Final = known.At, true
	}
	err := s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		places, err := r.Places(ctx, known)
		if err != nil {
			return err
		}
		month, residents, err := r.Residents(ctx, by, p.To, known)
		if err != nil {
			return err
		}
		cells, err := r.Cells(ctx, by, p, evidence, known)
		if err != nil {
			return err
		}
		t.PopulationOf, t.Rows = month, tabulate(by, newCity(places, p.To), residents, cells)
		return nil
	})
	return t, err
}
