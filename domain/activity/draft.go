package activity

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// Draft writes down a new activity of an organiser. Errors: auth.forbidden, camp.not_found, camp.closed, site.not_found,
// site.not_approved, request.invalid.
func (s *Service) Draft(ctx context.Context, a Activity) (Activity, error) {
	now := s.clock.Now()
	a.ID, a.Search, a.State, a.CreatedAt, a.Version = id.New(), Search(a.Title), Draft, now, 1
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if a.OrganiserType != ByCamp && a.OrganiserType != ByDemandSite {
			return errOrganiser
		}
		o, err := tx.Activities().Organiser(ctx, a.OrganiserType, a.OrganiserID)
		if err != nil {
			return err
		}
		if err := canOrganiseAt(p, o); err != nil {
			return err
		}
		if err := o.open(s.clock.Day(now)); err != nil {
			return err
		}
		a.CreatedBy = p.AccountID
		if err := checked(ctx, tx, a); err != nil {
			return err
		}
		return tx.Activities().Add(ctx, a)
	})
	return a, err
}

// Edit changes what is given of an activity.
type Edit struct {
	ActivityID id.ID
	Version    int // the version the editor saw; 0 for any

	Title, Description, FieldCode, RegionCode, Place *string
	Lat, Lon                                         *float64
	Adults, Youths, Families, Groups                 *bool
}

// Edit changes an activity. Errors: auth.forbidden, activity.not_found, activity.state, request.changed, request.invalid.
func (s *Service) Edit(ctx context.Context, cmd Edit) (Activity, error) {
	now := s.clock.Now()
	var a Activity
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if a, err = tx.Activities().Lock(ctx, cmd.ActivityID); err != nil {
			return err
		}
		if err := CanEdit(p, a); err != nil {
			return err
		}
		if cmd.Version != 0 && cmd.Version != a.Version {
			return ErrChanged
		}
		before := a.listed()
		a.apply(cmd)
		if err := checked(ctx, tx, a); err != nil {
			return err
		}
		if err := tx.Activities().Update(ctx, a); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "activity.edited",
			SubjectType: "activity", SubjectID: a.ID.String(), Detail: audit.Change(before, a.listed())})
	})
	return a, err
}

// listed is what the log of acts keeps of a listing; its texts may name people.
func (a Activity) listed() audit.Members {
	return audit.Members{"version": a.Version, "field_code": a.FieldCode, "region_code": a.RegionCode, "lat": a.Lat, "lon": a.Lon,
		"adults": a.Adults, "youths": a.Youths, "families": a.Families, "groups": a.Groups}
}

func (a *Activity) apply(cmd Edit) {
	set(&a.Title, cmd.Title)
	set(&a.Description, cmd.Description)
	set(&a.FieldCode, cmd.FieldCode)
	set(&a.RegionCode, cmd.RegionCode)
	set(&a.Place, cmd.Place)
	set(&a.Adults, cmd.Adults)
	set(&a.Youths, cmd.Youths)
	set(&a.Families, cmd.Families)
	set(&a.Groups, cmd.Groups)
	if cmd.Lat != nil {
		a.Lat = cmd.Lat
	}
	if cmd.Lon != nil {
		a.Lon = cmd.Lon
	}
	a.Search, a.OriginHash = Search(a.Title), nil
	a.Version++
}

func set[T any](member *T, value *T) {
	if value != nil {
		*member = *value
	}
}
