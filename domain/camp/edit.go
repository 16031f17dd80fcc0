package camp

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Edit changes what is given of a camp.
type Edit struct {
	CampID  id.ID
	Version int // the version the editor saw; 0 for any

	Name, Address, Phone, OpeningHours, RegionCode *string
	Lat, Lon                                       *float64
	OpenedOn, ClosedOn                             *calendar.Day
}

// Edit changes a camp. Errors: auth.forbidden, camp.not_found, request.changed, request.invalid, camp.region_unknown.
func (s *Service) Edit(ctx context.Context, cmd Edit) (Camp, error) {
	now := s.clock.Now()
	var c Camp
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if c, err = tx.Camps().Get(ctx, cmd.CampID); err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		if cmd.Version != 0 && cmd.Version != c.Version {
			return ErrChanged
		}
		before := c.listed()
		c.apply(cmd)
		if err := c.validate(); err != nil {
			return err
		}
		c.Version++
		if err := tx.Camps().Update(ctx, c, c.Version-1); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "camp.edited",
			SubjectType: "camp", SubjectID: c.ID.String(), Detail: audit.Change(before, c.listed())})
	})
	return c, err
}

func (c *Camp) apply(cmd Edit) {
	set(&c.Name, cmd.Name)
	set(&c.Address, cmd.Address)
	set(&c.Phone, cmd.Phone)
	set(&c.OpeningHours, cmd.OpeningHours)
	set(&c.RegionCode, cmd.RegionCode)
	set(&c.Lat, cmd.Lat)
	set(&c.Lon, cmd.Lon)
	set(&c.OpenedOn, cmd.OpenedOn)
	set(&c.ClosedOn, cmd.ClosedOn)
	c.Search = text.Search(c.Name)
}

func set[T any](member *T, value *T) {
	if value != nil {
		*member = *value
	}
}
