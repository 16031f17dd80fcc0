package attendance

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// List gives an organiser's attendances to its people. Errors: attendance.organiser_not_found, auth.forbidden, page.cursor.
func (s *Service) List(ctx context.Context, o Organiser, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := s.readable(ctx, o); err != nil {
		return page.Page[Listed]{}, err
	}
	return s.reader.OfOrganiser(ctx, o.ID, f, p)
}

// ListChanges gives the corrections and reversals of an organiser's attendances to its people. Errors as for List.
func (s *Service) ListChanges(ctx context.Context, o Organiser, state ChangeState, p page.Request) (page.Page[ListedChange], error) {
	if err := s.readable(ctx, o); err != nil {
		return page.Page[ListedChange]{}, err
	}
	return s.reader.Changes(ctx, o.ID, state, p)
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
