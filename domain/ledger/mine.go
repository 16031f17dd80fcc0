package ledger

import (
	"context"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// ErrNoPerson is the refusal of hours to an account without a volunteer behind it.
var ErrNoPerson = fault.New(fault.Forbidden, "ledger.no_person")

// Service shows everybody his own account, and nobody another's.
type Service struct {
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(reader Reader, clock calendar.Clock) *Service { return &Service{reader, clock} }

// Mine gives the caller's hours at a glance, as they are or as they were known. Errors: ledger.no_person, as_of.future, as_of.too_recent.
func (s *Service) Mine(ctx context.Context, at asof.Point) (Hours, error) {
	me, err := owner(ctx)
	if err != nil {
		return Hours{}, err
	}
	now := s.clock.Now()
	if at.IsZero() {
		return s.reader.Hours(ctx, me, s.clock.Day(now).Year())
	}
	then, err := at.Settled(s.clock, now)
	if err != nil {
		return Hours{}, err
	}
	return s.reader.HoursAsOf(ctx, me, then, s.clock.Day(then).Year())
}

// MyEntries gives the caller's entries, newest first, all or those that were there at a point.
// Errors: ledger.no_person, page.cursor, as_of.future, as_of.too_recent.
func (s *Service) MyEntries(ctx context.Context, at asof.Point, p page.Request) (page.Page[Listed], error) {
	me, err := owner(ctx)
	if err != nil {
		return page.Page[Listed]{}, err
	}
	var then time.Time
	if !at.IsZero() {
		if then, err = at.Settled(s.clock, s.clock.Now()); err != nil {
			return page.Page[Listed]{}, err
		}
	}
	return s.reader.Entries(ctx, me, then, p)
}

// MyEntry gives one of the caller's entries. Errors: ledger.no_person, ledger.entry_not_found.
func (s *Service) MyEntry(ctx context.Context, entry id.ID) (Listed, error) {
	me, err := owner(ctx)
	if err != nil {
		return Listed{}, err
	}
	return s.reader.Entry(ctx, me, entry)
}

func owner(ctx context.Context) (id.ID, error) {
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return id.Nil, ErrNoPerson
	}
	return me, nil
}
