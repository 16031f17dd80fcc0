package award

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Get gives a nomination with its whole story to those who have a part in it and to the centre; while it looks for supporters,
// everybody who was given its id sees what it says (whole is false). That the centre looked is kept. Errors:
// award.nomination_not_found.
func (s *Service) Get(ctx context.Context, nomination id.ID) (story Story, whole bool, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if story, err = tx.Awards().Story(ctx, nomination); err != nil {
			return err
		}
		if whole, err = CanSee(p, story); err != nil {
			return err
		}
		if p.VolunteerID == story.NomineeID || p.VolunteerID == story.NominatorID {
			return nil
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "award.nomination_read",
			SubjectType: "nomination", SubjectID: story.ID.String(), VolunteerID: &story.NomineeID})
	})
	return story, whole, err
}

// OfRound gives a round's nominations to the centre's officers; whose they are is kept as looked at. Errors: auth.forbidden,
// award.round_not_found, page.cursor.
func (s *Service) OfRound(ctx context.Context, round id.ID, f Filter, p page.Request) (page.Page[Listed], error) {
	now := s.clock.Now()
	if err := CanRun(auth.From(ctx)); err != nil {
		return page.Page[Listed]{}, err
	}
	found, err := s.reader.OfRound(ctx, round, f, p)
	if err != nil {
		return found, err
	}
	look := audit.Look{At: now, Day: s.clock.Day(now), By: auth.From(ctx), Action: "award.nominations_listed"}
	for _, l := range found.Items {
		look.Of = append(look.Of, l.NomineeID, l.NominatorID)
	}
	return found, s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Awards().Round(ctx, round); err != nil {
			return err
		}
		return tx.Audit().Looked(ctx, look)
	})
}

// MyNominations gives what the caller nominated, and what he was nominated in. Errors: award.no_person, page.cursor.
func (s *Service) MyNominations(ctx context.Context, p page.Request) (page.Page[Listed], error) {
	me := auth.From(ctx)
	if me.VolunteerID == id.Nil {
		return page.Page[Listed]{}, ErrNoPerson
	}
	return s.reader.OfPerson(ctx, me.VolunteerID, p)
}

// Honours is the hall of fame (명예의 전당), for everybody. Whoever does not want to be named is masked. Errors: page.cursor.
func (s *Service) Honours(ctx context.Context, round id.ID, p page.Request) (page.Page[Honour], error) {
	found, err := s.reader.Honours(ctx, round, p)
	for i, h := range found.Items {
		found.Items[i].DecidedOn = s.clock.Day(h.DecidedAt)
	}
	return found, err
}
