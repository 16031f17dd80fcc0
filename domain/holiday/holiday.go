// Package holiday knows the public holidays (공휴일), by which the city's figures tell kinds of days apart.
package holiday

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/text"
)

// Holiday is a public holiday, substitute days and days of elections among them.
type Holiday struct {
	Day  calendar.Day
	Name string
}

// CanChange lets administrators keep reference data.
func CanChange(p auth.Principal) error {
	if p.Is(auth.Administrator) {
		return nil
	}
	return auth.ErrForbidden
}

// most bounds how many are kept at once: those of some years.
const most = 366

// Reader reads the holidays.
type Reader interface {
	// Year gives the holidays of a year, in order.
	Year(ctx context.Context, year int) ([]Holiday, error)
}

// Repository keeps holidays inside a transaction.
type Repository interface {
	// Kept gives what is kept of days.
	Kept(ctx context.Context, days []calendar.Day) ([]Holiday, error)
	// Save keeps holidays, replacing those of the same days. All days are counted anew afterwards.
	Save(ctx context.Context, holidays []Holiday) error
	// Remove takes a holiday away, and tells whether there was one. All days are counted anew afterwards.
	Remove(ctx context.Context, day calendar.Day) (bool, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Holidays() Repository
	Audit() audit.Log
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

var ErrNotFound = fault.New(fault.NotFound, "holiday.not_found")

// Add keeps holidays, or names those that are there already anew. Errors: auth.forbidden, request.invalid.
func (s *Service) Add(ctx context.Context, holidays []Holiday) error {
	by := auth.From(ctx)
	if err := CanChange(by); err != nil {
		return err
	}
	_, err := s.keep(ctx, holidays, func(f fault.Fields, i int) fault.Fields { return f.Under("items[%d]", i) }, &by)
	return err
}

// Line is a holiday as one line of a table tells it.
type Line struct {
	Number int // in the table, for what is said about it
	Holiday
}

// Import keeps a table of holidays; it tells how many were not there like that. Who may run a program beside
// the database may import. Errors: request.invalid, naming lines.
func (s *Service) Import(ctx context.Context, lines []Line) (changed int, err error) {
	holidays := make([]Holiday, len(lines))
	for i, l := range lines {
		holidays[i] = l.Holiday
	}
	return s.keep(ctx, holidays, func(f fault.Fields, i int) fault.Fields { return f.Under("line %d", lines[i].Number) }, nil)
}

func (s *Service) keep(ctx context.Context, holidays []Holiday, under func(f fault.Fields, i int) fault.Fields, by *auth.Principal) (changed int, err error) {
	f := fault.Collect()
	days, seen := make([]calendar.Day, 0, len(holidays)), map[calendar.Day]bool{}
	if len(holidays) == 0 {
		f.Add("items", "required")
	}
	if by != nil && len(holidays) > most {
		f.Add("items", "too_many", "max", most)
	}
	for i, h := range holidays {
		at := under(f, i)
		text.Line(at, "name", h.Name, 1, 50)
		if at.Require(!h.Day.IsZero(), "day") && seen[h.Day] {
			at.Add("day", "repeated")
		}
		seen[h.Day] = true
		days = append(days, h.Day)
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		kept, err := tx.Holidays().Kept(ctx, days)
		if err != nil {
			return err
		}
		names := map[calendar.Day]string{}
		for _, h := range kept {
			names[h.Day] = h.Name
		}
		var fresh []Holiday
		var events []audit.Event
		for _, h := range holidays {
			if before, there := names[h.Day]; !there || before != h.Name {
				fresh = append(fresh, h)
				events = append(events, told("holiday.kept", now, by, h.Day, before, h.Name))
			}
		}
		if changed = len(fresh); changed == 0 {
			return nil
		}
		if err := tx.Holidays().Save(ctx, fresh); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, events...)
	})
	return changed, err
}

// Remove takes a day off the holidays. Errors: auth.forbidden, holiday.not_found.
func (s *Service) Remove(ctx context.Context, day calendar.Day) error {
	by := auth.From(ctx)
	if err := CanChange(by); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		kept, err := tx.Holidays().Kept(ctx, []calendar.Day{day})
		if err != nil {
			return err
		}
		if there, err := tx.Holidays().Remove(ctx, day); err != nil {
			return err
		} else if !there || len(kept) == 0 {
			return ErrNotFound
		}
		return tx.Audit().Record(ctx, told("holiday.removed", now, &by, day, kept[0].Name, ""))
	})
}

// told is what is kept of a change; an empty name is no holiday.
func told(action string, at time.Time, by *auth.Principal, day calendar.Day, before, after string) audit.Event {
	e := audit.Event{HappenedAt: at, Action: action, SubjectType: "holiday", SubjectID: fmt.Sprint(day),
		Detail: audit.Change(audit.Members{"name": before}, audit.Members{"name": after})}
	if by != nil {
		e.AccountID = &by.AccountID
	}
	return e
}
