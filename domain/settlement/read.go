package settlement

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// List gives the statements that the caller may see, the newest months first: of the merchants that he manages, to the centre
// all. Errors:
// settlement.not_found (of one merchant, not his), auth.forbidden (he manages none), page.cursor.
func (s *Service) List(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error) {
	scope := ScopeOf(auth.From(ctx))
	if f.MerchantID != id.Nil {
		if err := CanSee(auth.From(ctx), f.MerchantID); err != nil {
			return page.Page[Listed]{}, err
		}
	}
	if !scope.All && len(scope.Managed) == 0 {
		return page.Page[Listed]{}, auth.ErrForbidden
	}
	return s.reader.List(ctx, scope, f, p)
}

// Statement gives one statement with its story. Errors: settlement.not_found.
func (s *Service) Statement(ctx context.Context, key Key) (Full, error) {
	if err := CanSee(auth.From(ctx), key.MerchantID); err != nil {
		return Full{}, err
	}
	key.Month = key.Month.FirstOfMonth()
	return s.reader.Statement(ctx, key)
}

// Lines gives lines of a statement, in order. Errors: settlement.not_found, page.cursor.
func (s *Service) Lines(ctx context.Context, key Key, p page.Request) (page.Page[Line], error) {
	f, err := s.Statement(ctx, key)
	if err != nil {
		return page.Page[Line]{}, err
	}
	return s.reader.Lines(ctx, f.ID, p)
}

// Whole gives a statement with all its lines, for a file. Errors: settlement.not_found.
func (s *Service) Whole(ctx context.Context, key Key) (Full, []Line, error) {
	f, err := s.Statement(ctx, key)
	if err != nil {
		return Full{}, nil, err
	}
	lines, err := s.reader.AllLines(ctx, f.ID)
	return f, lines, err
}
