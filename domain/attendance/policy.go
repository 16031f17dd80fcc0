package attendance

import (
	"slices"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	ErrNotFound      = fault.New(fault.NotFound, "attendance.not_found")
	ErrOrganiser     = fault.New(fault.NotFound, "attendance.organiser_not_found")
	ErrOwn           = fault.New(fault.Forbidden, "attendance.own")
	ErrRelative      = fault.New(fault.Forbidden, "attendance.relative")
	ErrEnteredByYou  = fault.New(fault.Forbidden, "attendance.entered_by_you")
	ErrProposedByYou = fault.New(fault.Forbidden, "attendance.proposed_by_you")
)

// CanWork lets the organiser's people and the centre record, see and decide on its attendances.
func CanWork(p auth.Principal, organiser id.ID) error {
	if p.Has(organiser, auth.CampHead, auth.CampKeeper, auth.SiteManager) || p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanVerify wants another person: neither the volunteer, nor his guardian or ward, nor who entered the presence.
func CanVerify(p auth.Principal, a Attendance, related []id.ID) error {
	if err := unrelated(p, a, related); err != nil {
		return err
	}
	if p.AccountID == a.RecordedBy {
		return ErrEnteredByYou
	}
	return nil
}

// CanRefuseChange wants another person than the one who proposed it, and nobody's own or his relatives' presence.
func CanRefuseChange(p auth.Principal, a Attendance, c Change, related []id.ID) error {
	if p.AccountID == c.ProposedBy {
		return ErrProposedByYou
	}
	return unrelated(p, a, related)
}

// CanVerifyChange wants the same; what is not verified yet must also pass CanVerify, for the change verifies it.
func CanVerifyChange(p auth.Principal, a Attendance, c Change, related []id.ID) error {
	if err := CanRefuseChange(p, a, c, related); err != nil || a.State == Verified {
		return err
	}
	return CanVerify(p, a, related)
}

func unrelated(p auth.Principal, a Attendance, related []id.ID) error {
	switch {
	case p.VolunteerID == a.VolunteerID && a.VolunteerID != id.Nil:
		return ErrOwn
	case slices.Contains(related, a.VolunteerID):
		return ErrRelative
	}
	return nil
}

// CanPropose lets the volunteer himself propose a correction of his own times, and the organiser's people either change.
func CanPropose(p auth.Principal, a Attendance, k ChangeKind) error {
	if k == Correction && p.VolunteerID == a.VolunteerID && a.VolunteerID != id.Nil {
		return nil
	}
	return CanWork(p, a.OrganiserID)
}
