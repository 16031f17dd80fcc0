package signup

import (
	"context"
	"time"

	"dure/domain/insurance"
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

// Coming is a sign-up with whether its volunteer is insured at the shift.
type Coming struct {
	Theirs
	Cover *insurance.Cover // of who has a place; nil for others
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

// coming tells of those who have a place whether they are insured at the shift: now, before it at its beginning, after it in
// its last moment.
func (s *Service) coming(ctx context.Context, tx Tx, found []Theirs, now time.Time) ([]Coming, error) {
	all := make([]Coming, len(found))
	var asked []insurance.Question
	var of []int
	for i, t := range found {
		all[i].Theirs = t
		all[i].VolunteerName = text.Mask(t.VolunteerName)
		if t.State == Confirmed || t.State == Attended {
			at := now
			if at.Before(t.StartsAt) {
				at = t.StartsAt
			} else if !at.Before(t.EndsAt) {
				at = t.EndsAt.Add(-time.Microsecond)
			}
			asked, of = append(asked, insurance.Question{VolunteerID: t.VolunteerID, At: at}), append(of, i)
		}
	}
	if len(asked) == 0 {
		return all, nil
	}
	covers, err := insurance.At(ctx, tx.Insurance(), s.clock.Zone, asked)
	for i := range covers {
		all[of[i]].Cover = &covers[i]
	}
	return all, err
}

// OfShift gives a shift's sign-ups to its organiser, names masked; that somebody looked is kept. Errors: auth.forbidden,
// activity.shift_not_found.
func (s *Service) OfShift(ctx context.Context, shift id.ID, states []State, req page.Request) (page.Page[Coming], error) {
	now := s.clock.Now()
	var answer page.Page[Coming]
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
		found, err := tx.SignUps().OfShift(ctx, shift, states, req)
		if err != nil {
			return err
		}
		answer.Next = found.Next
		if answer.Items, err = s.coming(ctx, tx, found.Items, now); err != nil {
			return err
		}
		seen := make([]id.ID, len(found.Items))
		for i, s := range found.Items {
			seen[i] = s.VolunteerID
		}
		return tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "signup.listed", Of: seen})
	})
	return answer, err
}
