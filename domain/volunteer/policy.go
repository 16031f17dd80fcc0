package volunteer

import (
	"slices"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// CanRead lets the centre's officers see a whole record; for everybody else it is not there.
func CanRead(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return ErrNotFound
}

// CanConfirm lets the centre's officers confirm a guardian's consent, but not their own, nor for their own ward.
func CanConfirm(p auth.Principal, v Volunteer, related []id.ID) error {
	if err := CanRead(p); err != nil {
		return err
	}
	if p.VolunteerID == v.ID || slices.Contains(related, v.ID) {
		return ErrOwnWard
	}
	return nil
}

// CanHandOver lets those who work at a camp hand a record over to its person, if it was made at that camp.
func CanHandOver(v Volunteer, campID id.ID) error {
	if v.CampID != nil && *v.CampID == campID {
		return nil
	}
	return ErrNotFound
}
