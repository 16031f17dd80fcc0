package site

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// Scope is what a reader may see: approved sites, those he applied for or manages, or all.
type Scope struct {
	All     bool
	Account id.ID
	Managed []id.ID
}

// ScopeOf lets everybody who is signed in see approved sites and his own, and the centre all.
func ScopeOf(p auth.Principal) Scope {
	return Scope{All: p.Is(auth.CentreOfficer), Account: p.AccountID, Managed: p.Scopes(auth.SiteManager)}
}

// CanApply lets a registered person apply for his organisation.
func CanApply(p auth.Principal) error {
	if p.VolunteerID == id.Nil {
		return auth.ErrForbidden
	}
	return nil
}

// CanSee lets those whose application or site it is, and the centre, know of one that is not approved.
func CanSee(p auth.Principal, s Site) error {
	if s.State == Approved || p.Is(auth.CentreOfficer) || p.Has(s.ID, auth.SiteManager) || p.AccountID == s.AppliedBy {
		return nil
	}
	return ErrNotFound
}

// CanEdit lets the centre edit every site, the applicant his application until it is decided, and a manager the
// address and telephone of his site: under its name and kind it was approved.
func CanEdit(p auth.Principal, s Site, e Edit) error {
	contact := e.Name == nil && e.Kind == nil && e.RegionCode == nil
	switch {
	case p.Is(auth.CentreOfficer), s.State == Applied && p.AccountID == s.AppliedBy, contact && p.Has(s.ID, auth.SiteManager):
		return nil
	}
	return auth.ErrForbidden
}

// CanDecide lets centre officers decide, but nobody on an application of his own or his family's.
func CanDecide(p auth.Principal, ties duty.Ties, applied []duty.Act) error {
	if !p.Is(auth.CentreOfficer) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, id.Nil, applied...)
}
