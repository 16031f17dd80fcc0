package signup

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Mine is a volunteer's sign-up as he sees it.
type Mine struct {
	Placed
	ActivityID    id.ID
	ActivityTitle string
	ActivityPlace string
	OrganiserName string
}

// Theirs is a sign-up as a shift's organiser sees it.
type Theirs struct {
	Placed
	VolunteerNumber string
	VolunteerName   string // masked: 홍*동
}

// Filter says which sign-ups are wanted; zero members do not restrict.
type Filter struct {
	From, To calendar.Day // whose shift touches these city days, both included
	States   []State
}

// Reader reads sign-ups, limited to one volunteer.
type Reader interface {
	// OfVolunteer gives a volunteer's sign-ups by the start of their shifts.
	OfVolunteer(ctx context.Context, volunteer id.ID, f Filter, p page.Request) (page.Page[Mine], error)
}

// Mine gives the volunteer his sign-ups. Errors: auth.forbidden.
func (s *Service) Mine(ctx context.Context, f Filter, p page.Request) (page.Page[Mine], error) {
	volunteer := auth.From(ctx).VolunteerID
	if volunteer == id.Nil {
		return page.Page[Mine]{}, auth.ErrForbidden
	}
	return s.reader.OfVolunteer(ctx, volunteer, f, p)
}

// The calendar holds what was confirmed, from so many days ago on, up to so many events.
const (
	calendarDays   = 30
	calendarEvents = 500
)

// Calendar gives the volunteer the confirmed sign-ups of his calendar. Errors: auth.forbidden.
func (s *Service) Calendar(ctx context.Context) ([]Mine, error) {
	from := s.clock.Day(s.clock.Now()).Add(-calendarDays)
	found, err := s.Mine(ctx, Filter{From: from, States: []State{Confirmed, Attended}}, page.Request{Limit: calendarEvents})
	return found.Items, err
}

// OfShift gives a shift's sign-ups to its organiser, names masked; that somebody looked is kept. Errors: auth.forbidden,
// activity.shift_not_found.
func (s *Service) OfShift(ctx context.Context, shift id.ID, states []State, req page.Request) (page.Page[Theirs], error) {
	now := s.clock.Now()
	var found page.Page[Theirs]
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		offer, err := tx.SignUps().Offer(ctx, shift)
		if err != nil {
			return err
		}
		if err := canOrganise(p, offer); err != nil {
			return err
		}
		if found, err = tx.SignUps().OfShift(ctx, shift, states, req); err != nil {
			return err
		}
		seen := make([]id.ID, len(found.Items))
		for i, s := range found.Items {
			seen[i] = s.VolunteerID
		}
		return tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "signup.listed", Of: seen})
	})
	for i := range found.Items {
		found.Items[i].VolunteerName = text.Mask(found.Items[i].VolunteerName)
	}
	return found, err
}
