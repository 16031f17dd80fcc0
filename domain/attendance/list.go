package attendance

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// List gives an organiser's attendances to its people; that they looked is kept. Errors: attendance.organiser_not_found, auth.forbidden, page.cursor.
func (s *Service) List(ctx context.Context, o Organiser, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := s.readable(ctx, o); err != nil {
		return page.Page[Listed]{}, err
	}
	found, err := s.reader.OfOrganiser(ctx, o.ID, f, p)
	if err != nil {
		return found, err
	}
	return found, looked(ctx, s, "attendance.listed", found.Items, func(l Listed) id.ID { return l.VolunteerID })
}

// ListChanges gives the corrections and reversals of an organiser's attendances to its people. Errors as for List.
func (s *Service) ListChanges(ctx context.Context, o Organiser, state ChangeState, p page.Request) (page.Page[ListedChange], error) {
	if err := s.readable(ctx, o); err != nil {
		return page.Page[ListedChange]{}, err
	}
	found, err := s.reader.Changes(ctx, o.ID, state, p)
	if err != nil {
		return found, err
	}
	return found, looked(ctx, s, "attendance.changes_listed", found.Items, func(c ListedChange) id.ID { return c.VolunteerID })
}

// looked keeps whose rows are about to be shown; what cannot be kept is not shown.
func looked[T any](ctx context.Context, s *Service, action string, rows []T, whose func(T) id.ID) error {
	now := s.clock.Now()
	look := audit.Look{At: now, Day: s.clock.Day(now), By: auth.From(ctx), Action: action, Of: make([]id.ID, len(rows))}
	for i, row := range rows {
		look.Of[i] = whose(row)
	}
	if len(rows) == 0 {
		return nil
	}
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Audit().Looked(ctx, look) })
}

// readable refuses whoever does not work for the organiser, by the grants that the request came with.
func (s *Service) readable(ctx context.Context, o Organiser) error {
	if err := s.reader.Organiser(ctx, o); err != nil {
		return err
	}
	return CanWork(auth.From(ctx), o.ID)
}

// Mine gives the caller's own attendances, newest first. Errors: attendance.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, p page.Request) (page.Page[Listed], error) {
	me := auth.From(ctx)
	if me.VolunteerID == id.Nil {
		return page.Page[Listed]{}, ErrNoPerson
	}
	return s.reader.OfVolunteer(ctx, me.VolunteerID, p)
}
