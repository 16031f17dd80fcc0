package role

import (
	"context"
	"fmt"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Revoke ends a grant at once; who may grant a role may revoke it. Errors: role.not_found, auth.forbidden, duty.conflict_of_interest,
// role.revoked, request.invalid.
func (s *Service) Revoke(ctx context.Context, grantID id.ID, reason string) (Listed, error) {
	now := s.clock.Now()
	var l Listed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		g, err := tx.Roles().Get(ctx, grantID)
		if err != nil {
			return err
		}
		if seen, _ := VisibleTo(p); !seen.Sees(g) {
			return ErrNotFound
		}
		holder, err := tx.Accounts().Get(ctx, g.AccountID)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanEntrust(p, g, holder, ties); err != nil {
			return err
		}
		f := fault.Collect()
		text.Block(f, "reason", reason, 1, 500)
		if err := f.Err(); err != nil {
			return err
		}
		g.RevokedAt, g.RevokedBy = &now, &p.AccountID
		if err := tx.Roles().Revoke(ctx, g); err != nil {
			return err
		}
		l = Listed{g, holder.Login}
		return tx.Audit().Record(ctx, g.event("role.revoked", &p.AccountID, holder.VolunteerID, reason, now))
	})
	if err == nil {
		s.forget(l.AccountID)
	}
	return l, err
}

// List gives grants to who may see them, newest first; that he looked is kept. Errors: auth.forbidden.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (page.Page[Listed], error) {
	now := s.clock.Now()
	f.At = now
	var grants page.Page[Listed]
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		visible, err := VisibleTo(p)
		if err != nil {
			return err
		}
		if grants, err = tx.Roles().List(ctx, visible, f, req); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "role.listed",
			SubjectType: "role_grant", Detail: fmt.Sprintf(`{"grants":%d}`, len(grants.Items))})
	})
	return grants, err
}
