package signup

import (
	"dure/domain/activity"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// canSignUp lets registered persons sign up, once their guardian has agreed where one is needed.
func canSignUp(status string) error {
	switch status {
	case "active":
		return nil
	case "pending_guardian":
		return ErrGuardianPending
	}
	return auth.ErrForbidden
}

// canCancel lets the volunteer himself, and the shift's organiser, give a place back.
func canCancel(p auth.Principal, s SignUp, organiser id.ID) error {
	if p.VolunteerID == s.VolunteerID || activity.CanOrganise(p, organiser) == nil {
		return nil
	}
	return ErrNotFound
}

// canOrganise lets a shift's organiser see and change it; one that is not open is unknown to others.
func canOrganise(p auth.Principal, o Offer) error {
	err := activity.CanOrganise(p, o.OrganiserID)
	if err != nil && !o.Open {
		return activity.ErrShiftNotFound
	}
	return err
}
