package camp

import "dure/domain/kernel/auth"

// CanManage lets the centre open, edit and close camps.
func CanManage(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanWork lets the camp's head and keepers, and the centre, do the camp's daily work:
// recording attendance, registering people on paper, looking at its shifts.
func CanWork(p auth.Principal, c Camp) error {
	if p.Has(c.ID, auth.CampHead, auth.CampKeeper) || p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}
