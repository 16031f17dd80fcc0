package points

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// CanFund lets the volunteer centre raise budgets, look at them, and name causes.
func CanFund(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// owner is the person whose points they are.
func owner(p auth.Principal) (id.ID, error) {
	if p.VolunteerID == id.Nil {
		return id.Nil, ErrNoPerson
	}
	return p.VolunteerID, nil
}
