package statistics

import (
	"context"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Between asks for entries posted after From, up to and with To, of days from Days.From to Days.To; either may be no day.
type Between struct {
	From time.Time
	To   Known
	Days Period
}

// Posted is an entry of the ledger without the person: what it did to the figures.
type Posted struct {
	ID           id.ID
	EffectiveDay calendar.Day
	PostedAt     time.Time
	Minutes      int // signed
	Visits       int // signed
	Kind         string
	FieldCode    string
	Evidence     string
	RegionCode   string // where the person lived on the day, as known at Between.To
}

// MonthSum is what the entries of a month's days add up to.
type MonthSum struct {
	Month   calendar.Day // its first day
	Entries int
	Minutes int64
	Visits  int
}

// Differences is why a report as of From differs from the same report as of To.
type Differences struct {
	From, To time.Time
	page.Page[Posted]
	Months []MonthSum // of all the entries, not only of this page
}

// Differences names the entries that were posted between two points of knowledge, oldest first, never the persons. Errors: auth.forbidden, request.invalid, as_of.future, as_of.too_recent.
func (s *Service) Differences(ctx context.Context, from, to asof.Point, days Period, p page.Request) (Differences, error) {
	if err := CanRead(auth.From(ctx)); err != nil {
		return Differences{}, err
	}
	f := fault.Collect()
	f.Require(!from.IsZero(), "from_as_of")
	f.Require(!to.IsZero(), "to_as_of")
	if !days.From.IsZero() && !days.To.IsZero() && days.To.Before(days.From) {
		f.Add("to", "order", "after", "from")
	}
	if err := f.Err(); err != nil {
		return Differences{}, err
	}
	now := s.clock.Now()
	start, err := from.Settled(s.clock, now)
	if err != nil {
		return Differences{}, err
	}
	end, err := to.Settled(s.clock, now)
	if err != nil {
		return Differences{}, err
	}
	if end.Before(start) {
		f.Add("to_as_of", "order", "after", "from_as_of")
		return Differences{}, f.Err()
	}
	if err := s.note(ctx, now, "differences", audit.Members{"from_as_of": start, "to_as_of": end, "from": days.From, "to": days.To}); err != nil {
		return Differences{}, err
	}
	d := Differences{From: start, To: end}
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		between := Between{From: start, To: Known{end, s.clock.Day(end)}, Days: days}
		if d.Page, err = r.Entries(ctx, between, p); err != nil {
			return err
		}
		d.Months, err = r.Sums(ctx, between)
		return err
	})
	return d, err
}
