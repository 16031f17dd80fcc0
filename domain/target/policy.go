package target

import "dure/domain/kernel/auth"

// CanKeep lets the centre set and withdraw targets, and see exact actuals of every region.
func CanKeep(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}
