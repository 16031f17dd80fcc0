package volunteer

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanRead lets the centre's officers see a whole record; for everybody else it is not there.
func CanRead(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return ErrNotFound
}

// CanConfirm lets the centre's officers confirm a guardian's consent, but not their own, nor for somebody near to them.
func CanConfirm(p auth.Principal, v Volunteer, ties duty.Ties) error {
	if err := CanRead(p); err != nil {
		return err
	}
	return duty.Conflict(p, ties, v.ID)
}

// CanDecideHousehold lets the centre's officers decide who lives with whom, but not about themselves or those near to them.
func CanDecideHousehold(p auth.Principal, ties duty.Ties, persons ...id.ID) error {
	if err := CanRead(p); err != nil {
		return err
	}
	for _, person := range persons {
		if err := duty.Conflict(p, ties, person); err != nil {
			return err
		}
	}
	return nil
}

// CanHandOver lets those who work at a camp hand a record over to its person, if it was made at that camp, and the person
// is not near to them: with the code somebody could take the record himself.
func CanHandOver(p auth.Principal, v Volunteer, campID id.ID, ties duty.Ties) error {
	if v.CampID == nil || *v.CampID != campID {
		return ErrNotFound
	}
	return duty.Conflict(p, ties, v.ID)
}
