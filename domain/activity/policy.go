package activity

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/site"
)

// CanOrganise lets an organiser's people (a camp's head and keepers, a site's managers) and the centre act for it.
func CanOrganise(p auth.Principal, organiser id.ID) error {
	if p.Has(organiser, auth.CampHead, auth.CampKeeper, auth.SiteManager) || p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// canOrganiseAt is CanOrganise for an organiser that was named; a site that is not approved is unknown to others.
func canOrganiseAt(p auth.Principal, o Organiser) error {
	err := CanOrganise(p, o.ID)
	if err != nil && o.Type == ByDemandSite && o.SiteState != site.Approved {
		return site.ErrNotFound
	}
	return err
}

// CanManage is CanOrganise for an activity; one that is not approved is unknown to others.
func CanManage(p auth.Principal, a Activity) error {
	err := CanOrganise(p, a.OrganiserID)
	if err != nil && a.State != Approved {
		return ErrNotFound
	}
	return err
}

// CanEdit lets the organiser's people edit what is not submitted or approved, and the centre also correct what it approved.
func CanEdit(p auth.Principal, a Activity) error {
	if err := CanManage(p, a); err != nil {
		return err
	}
	switch {
	case a.State == Draft, a.State == Rejected, a.State == Approved && p.Is(auth.CentreOfficer):
		return nil
	}
	return ErrState.With("state", a.State)
}

// CanDecide lets centre officers approve and reject, but nobody what he or his family wrote or submitted.
func CanDecide(p auth.Principal, a Activity, ties duty.Ties, proposed []duty.Act) error {
	if err := CanManage(p, a); err != nil {
		return err
	}
	if !p.Is(auth.CentreOfficer) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, id.Nil, proposed...)
}
