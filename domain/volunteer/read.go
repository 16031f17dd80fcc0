package volunteer

import (
	"context"

	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Filter says which of a camp's people are wanted; zero members do not restrict. A person fits when one of them fits.
type Filter struct {
	Word     string // in the name
	Number   string // as ParseNumber gives it
	LastFour string // digits of the mobile number
}

// Search reads what somebody typed to find a person: a part of the name, a number, or the mobile number's last four digits.
func Search(q string) Filter {
	f := Filter{Word: q}
	if number, err := ParseNumber(q); err == nil {
		f.Number = number
	}
	if len(q) == 4 && allDigits(q) {
		f.LastFour = q
	}
	return f
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// AtCamp gives a camp's own people to those who work there; that they looked is kept.
// Errors: camp.not_found, auth.forbidden.
func (s *Service) AtCamp(ctx context.Context, campID id.ID, f Filter, req page.Request) (page.Page[Volunteer], error) {
	now := s.clock.Now()
	var people page.Page[Volunteer]
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := tx.Camps().Get(ctx, campID)
		if err != nil {
			return err
		}
		if err := camp.CanWork(p, c); err != nil {
			return err
		}
		if people, err = tx.Volunteers().AtCamp(ctx, campID, f, req); err != nil {
			return err
		}
		seen := make([]id.ID, len(people.Items))
		for i, v := range people.Items {
			seen[i] = v.ID
		}
		return tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "volunteer.listed", Of: seen})
	})
	return people, err
}

// Read gives a whole record to the centre's officers; that they looked is kept. Errors: volunteer.not_found.
func (s *Service) Read(ctx context.Context, person id.ID) (Record, error) {
	now := s.clock.Now()
	var r Record
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanRead(p); err != nil {
			return err
		}
		if r, err = tx.Volunteers().Record(ctx, person); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "volunteer.read",
			SubjectType: "volunteer", SubjectID: person.String(), VolunteerID: &r.ID})
	})
	return r, err
}
