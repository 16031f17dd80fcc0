package statistics

import "dure/domain/kernel/auth"

// CanRead lets the centre see the exact figures of the city; analysts see those that were published.
func CanRead(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}
