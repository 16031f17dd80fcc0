package statistics

import "dure/domain/kernel/auth"

// CanRead lets analysts and the centre see figures of the city.
func CanRead(p auth.Principal) error {
	if p.Is(auth.Analyst, auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}
