package merchant

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// Scope is what a reader of the register may see: the merchants that he applied for or manages, or all.
type Scope struct {
	All     bool
	Account id.ID
	Managed []id.ID
}

// ScopeOf lets everybody see his own, and the centre all.
func ScopeOf(p auth.Principal) Scope {
	return Scope{All: p.Is(auth.CentreOfficer), Account: p.AccountID, Managed: p.Scopes(auth.MerchantManager)}
}

// CanApply lets everybody who is signed in as a person apply for his business.
func CanApply(p auth.Principal) error {
	if p.VolunteerID == id.Nil {
		return auth.ErrForbidden
	}
	return nil
}

// CanSee lets those whose application or merchant it is, and the centre, know of one that is not approved.
func CanSee(p auth.Principal, m Merchant) error {
	if m.State == Approved || p.Is(auth.CentreOfficer) || p.Has(m.ID, auth.MerchantManager) || p.AccountID == m.AppliedBy {
		return nil
	}
	return ErrNotFound
}

// CanEdit lets the centre edit every merchant, the applicant his application until it is decided, and a manager the
// telephone and address of his: its name, place and discount are what was approved.
func CanEdit(p auth.Principal, m Merchant, e Edit) error {
	contact := e == Edit{MerchantID: e.MerchantID, Version: e.Version, Address: e.Address, Phone: e.Phone}
	switch {
	case p.Is(auth.CentreOfficer), m.State == Applied && p.AccountID == m.AppliedBy, contact && p.Has(m.ID, auth.MerchantManager):
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

// CanServe lets the managers of a merchant work at its counter.
func CanServe(p auth.Principal, merchant id.ID) error {
	if p.Has(merchant, auth.MerchantManager) {
		return nil
	}
	return auth.ErrForbidden
}
