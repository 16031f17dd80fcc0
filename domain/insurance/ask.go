package insurance

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Answer is a cover with what it pays for.
type Answer struct {
	Cover
	Items  []Item
	Papers []Paper
}

// Mine tells a volunteer whether he is covered at an instant; the zero instant is now. Errors: insurance.no_person.
func (s *Service) Mine(ctx context.Context, at time.Time) (Answer, error) {
	now := s.clock.Now()
	var a Answer
	person := auth.From(ctx).VolunteerID
	if person == id.Nil {
		return a, ErrNoPerson
	}
	err := s.store.Snapshot(ctx, func(ctx context.Context, r Repository) error {
		facts, places, err := gather(ctx, r, s.clock.Zone, []Question{{person, orNow(at, now)}})
		if err != nil {
			return err
		}
		if len(facts) == 0 {
			return ErrNoPerson
		}
		a, err = s.answer(ctx, r, facts[0].Cover(s.clock.Zone, places[0]))
		return err
	})
	return a, err
}

// Of tells the centre, or an organiser's people of who has a place at their shifts, whether somebody is covered at an
// instant; the zero instant is now. That they asked is kept. Errors: volunteer.not_found.
func (s *Service) Of(ctx context.Context, person id.ID, at time.Time) (Answer, error) {
	now := s.clock.Now()
	at = orNow(at, now)
	var a Answer
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		facts, places, err := gather(ctx, tx.Insurance(), s.clock.Zone, []Question{{person, at}})
		if err != nil {
			return err
		}
		theirs, err := CanAsk(p, places[0])
		if err != nil {
			return err
		}
		if len(facts) == 0 {
			return volunteer.ErrNotFound
		}
		if a, err = s.answer(ctx, tx.Insurance(), facts[0].Cover(s.clock.Zone, theirs)); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "insurance.cover_asked",
			SubjectType: "volunteer", SubjectID: person.String(), VolunteerID: &person, Detail: fmt.Sprintf(`{"at":%q}`, at.UTC().Format(time.RFC3339))})
	})
	return a, err
}

func (s *Service) answer(ctx context.Context, r Repository, c Cover) (Answer, error) {
	a := Answer{Cover: c}
	if !c.Covered() {
		return a, nil
	}
	items, papers, err := r.Items(ctx, c.Policy.ID, c.Policy.Version)
	a.Items, a.Papers = Benefits(items, c, s.clock.Zone), papers
	return a, err
}

func orNow(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return at
}
