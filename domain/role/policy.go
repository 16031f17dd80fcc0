package role

import (
	"slices"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanGrant tells who may grant and revoke a role: administrators any, the centre's officers those of camps, demand
// sites and merchants, a camp's head its keepers.
func CanGrant(p auth.Principal, g Grant) error {
	switch {
	case p.Is(auth.Administrator):
		return nil
	case p.Is(auth.CentreOfficer) && slices.Contains([]auth.Role{auth.CampHead, auth.CampKeeper, auth.SiteManager, auth.MerchantManager}, g.Role):
		return nil
	case g.Role == auth.CampKeeper && g.ScopeID != id.Nil && p.Has(g.ScopeID, auth.CampHead):
		return nil
	}
	return auth.ErrForbidden
}

// CanEntrust is CanGrant for somebody: nobody grants or revokes a role of his own or his family's.
func CanEntrust(p auth.Principal, g Grant, holder account.Account, ties duty.Ties) error {
	if err := CanGrant(p, g); err != nil {
		return err
	}
	person := id.Nil
	if holder.VolunteerID != nil {
		person = *holder.VolunteerID
	}
	return duty.Conflict(p, ties, person, duty.Act{Account: holder.ID, Case: duty.Self})
}

// Visible is which grants somebody may see: all, or those of some kinds of scope and of some scopes.
type Visible struct {
	All    bool
	Types  []auth.ScopeType
	Scopes []id.ID
}

// VisibleTo tells which grants somebody may see: those that he may grant, or that others hold where he does.
func VisibleTo(p auth.Principal) (Visible, error) {
	v := Visible{All: p.Is(auth.Administrator), Scopes: p.Scopes(auth.CampHead)}
	if p.Is(auth.CentreOfficer) {
		v.Types = []auth.ScopeType{auth.Camp, auth.DemandSite, auth.Merchant}
	}
	if !v.All && len(v.Types) == 0 && len(v.Scopes) == 0 {
		return v, auth.ErrForbidden
	}
	return v, nil
}

// Sees tells whether a grant is among those that may be seen.
func (v Visible) Sees(g Grant) bool {
	return v.All || slices.Contains(v.Types, g.ScopeType) || g.ScopeID != id.Nil && slices.Contains(v.Scopes, g.ScopeID)
}
