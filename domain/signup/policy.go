package signup

import (
	"dure/domain/activity"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
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

// canCancel lets the volunteer himself give his place back, and the shift's organiser other people's, but nobody his family's.
func canCancel(p auth.Principal, s SignUp, organiser id.ID, ties duty.Ties) error {
	if p.VolunteerID == s.VolunteerID {
		return nil
	}
	if activity.CanOrganise(p, organiser) != nil {
		return ErrNotFound
	}
	return duty.Conflict(p, ties, s.VolunteerID)
}

// canOrganise lets a shift's organiser see and change it; one that is not open is unknown to others.
func canOrganise(p auth.Principal, o Offer) error {
	err := activity.CanOrganise(p, o.OrganiserID)
	if err != nil && !o.Open {
		return activity.ErrShiftNotFound
	}
	return err
}
