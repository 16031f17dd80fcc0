package camp

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Open starts a new camp. Errors: auth.forbidden, request.invalid, camp.region_unknown.
func (s *Service) Open(ctx context.Context, c Camp) (Camp, error) {
	now := s.clock.Now()
	c.ID, c.Version, c.Search = id.New(), 1, text.Search(c.Name)
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if err := c.validate(); err != nil {
			return err
		}
		if err := tx.Camps().Add(ctx, c); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "camp.opened",
			SubjectType: "camp", SubjectID: c.ID.String(), Detail: audit.Change(nil, c.listed())})
	})
	return c, err
}
