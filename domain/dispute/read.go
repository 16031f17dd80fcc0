package dispute

import (
	"context"

	"dure/domain/attendance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Get gives a dispute with its whole story to the volunteer, the organiser's people and the centre; that somebody else than
// the volunteer looked is kept. Errors: dispute.not_found.
func (s *Service) Get(ctx context.Context, dispute id.ID) (Full, error) {
	now := s.clock.Now()
	var found Full
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if found, err = tx.Disputes().Full(ctx, dispute); err != nil {
			return err
		}
		if err := CanSee(p, found.Dispute); err != nil || own(p, found.Dispute) {
			return err
		}
		return tx.Audit().Record(ctx, event(found.Dispute, &p.AccountID, "dispute.read", "", now))
	})
	return found, err
}

// Mine gives the caller his own disputes. Errors: attendance.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	me := auth.From(ctx)
	if me.VolunteerID == id.Nil {
		return page.Page[Listed]{}, attendance.ErrNoPerson
	}
	return s.reader.OfVolunteer(ctx, me.VolunteerID, f, p)
}

// OfOrganiser gives the disputes about an organiser's shifts to its people and the centre. Errors:
// attendance.organiser_not_found, auth.forbidden, page.cursor.
func (s *Service) OfOrganiser(ctx context.Context, o attendance.Organiser, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := s.reader.Organiser(ctx, o); err != nil {
		return page.Page[Listed]{}, err
	}
	if err := attendance.CanWork(auth.From(ctx), o.ID); err != nil {
		return page.Page[Listed]{}, err
	}
	found, err := s.reader.OfOrganiser(ctx, o.ID, f, p)
	if err != nil {
		return found, err
	}
	return found, s.looked(ctx, found.Items)
}

// OfCity gives the disputes of the whole city to the centre's officers. Errors: auth.forbidden, page.cursor.
func (s *Service) OfCity(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	if !auth.From(ctx).Is(auth.CentreOfficer) {
		return page.Page[Listed]{}, auth.ErrForbidden
	}
	found, err := s.reader.OfCity(ctx, f, p)
	if err != nil {
		return found, err
	}
	return found, s.looked(ctx, found.Items)
}

// looked keeps whose disputes are about to be shown; what cannot be kept is not shown.
func (s *Service) looked(ctx context.Context, rows []Listed) error {
	if len(rows) == 0 {
		return nil
	}
	now := s.clock.Now()
	look := audit.Look{At: now, Day: s.clock.Day(now), By: auth.From(ctx), Action: "dispute.listed"}
	for _, row := range rows {
		look.Of = append(look.Of, row.VolunteerID)
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Audit().Looked(ctx, look) })
}
