package site

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Apply asks for an organisation to become a demand site. Errors: auth.forbidden, request.invalid.
func (s *Service) Apply(ctx context.Context, applied Site) (Site, error) {
	now := s.clock.Now()
	applied.ID, applied.Search, applied.State = id.New(), text.Search(applied.Name), Applied
	applied.AppliedAt, applied.Version = now, 1
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanApply(p); err != nil {
			return err
		}
		applied.AppliedBy = p.AccountID
		if err := checked(ctx, tx, applied); err != nil {
			return err
		}
		return tx.Sites().Add(ctx, applied)
	})
	return applied, err
}

// Edit changes what is given of a demand site.
type Edit struct {
	SiteID  id.ID
	Version int // the version the editor saw; 0 for any

	Name, RegionCode, Address, Phone *string
	Kind                             *Kind
}

// Edit changes a demand site. Errors: auth.forbidden, site.not_found, site.state, request.changed, request.invalid.
func (s *Service) Edit(ctx context.Context, cmd Edit) (Site, error) {
	now := s.clock.Now()
	var edited Site
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if edited, err = tx.Sites().Lock(ctx, cmd.SiteID); err != nil {
			return err
		}
		if err := CanSee(p, edited); err != nil {
			return err
		}
		if err := CanEdit(p, edited, cmd); err != nil {
			return err
		}
		if edited.State == Rejected || edited.State == Closed {
			return ErrState.With("state", edited.State)
		}
		if cmd.Version != 0 && cmd.Version != edited.Version {
			return ErrChanged
		}
		before := edited.listed()
		edited.apply(cmd)
		if err := checked(ctx, tx, edited); err != nil {
			return err
		}
		if err := tx.Sites().Update(ctx, edited); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "site.edited",
			SubjectType: "demand_site", SubjectID: edited.ID.String(), Detail: audit.Change(before, edited.listed())})
	})
	return edited, err
}

// listed is what the log of acts keeps of an organisation.
func (s Site) listed() audit.Members {
	return audit.Members{"version": s.Version, "name": s.Name, "kind": s.Kind, "region_code": s.RegionCode, "address": s.Address}
}

func (s *Site) apply(cmd Edit) {
	set(&s.Name, cmd.Name)
	set(&s.Kind, cmd.Kind)
	set(&s.RegionCode, cmd.RegionCode)
	set(&s.Address, cmd.Address)
	set(&s.Phone, cmd.Phone)
	s.Search = text.Search(s.Name)
	s.Version++
}

func set[T any](member *T, value *T) {
	if value != nil {
		*member = *value
	}
}
