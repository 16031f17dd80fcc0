package attendance

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// List gives an organiser's attendances to its people. Errors: auth.forbidden, page.cursor.
func (s *Service) List(ctx context.Context, organiser id.ID, f Filter, p page.Request) (page.Page[Listed], error) {
	if err := CanWork(auth.From(ctx), organiser); err != nil {
		return page.Page[Listed]{}, err
	}
	return s.reader.OfOrganiser(ctx, organiser, f, p)
}

// ListChanges gives the corrections and reversals of an organiser's attendances to its people. Errors as for List.
func (s *Service) ListChanges(ctx context.Context, organiser id.ID, state ChangeState, p page.Request) (page.Page[Change], error) {
	if err := CanWork(auth.From(ctx), organiser); err != nil {
		return page.Page[Change]{}, err
	}
	return s.reader.Changes(ctx, organiser, state, p)
}

// Mine gives the caller's own attendances, newest first. Errors: attendance.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, p page.Request) (page.Page[Listed], error) {
	me := auth.From(ctx)
	if me.VolunteerID == id.Nil {
		return page.Page[Listed]{}, ErrNoPerson
	}
	return s.reader.OfVolunteer(ctx, me.VolunteerID, p)
}
