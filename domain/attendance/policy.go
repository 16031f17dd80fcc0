package attendance

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

var (
	ErrNotFound  = fault.New(fault.NotFound, "attendance.not_found")
	ErrOrganiser = fault.New(fault.NotFound, "attendance.organiser_not_found")
)

// CanWork lets the organiser's people and the centre record, see and decide on its attendances.
func CanWork(p auth.Principal, organiser id.ID) error {
	if p.Has(organiser, auth.CampHead, auth.CampKeeper, auth.SiteManager) || p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanWorkAt is CanWork for an organiser that was named; one that is not open is not there for others.
func CanWorkAt(p auth.Principal, o Organiser, open bool) error {
	err := CanWork(p, o.ID)
	if err != nil && !open {
		return ErrOrganiser
	}
	return err
}

// CanVerify wants another person: neither the volunteer, nor anybody near to him, nor who entered the presence. Of what was
// entered late he must be one who approves that.
func CanVerify(p auth.Principal, a Attendance, ties duty.Ties) error {
	if err := approves(p, a.LateProofID); err != nil {
		return err
	}
	return duty.Conflict(p, ties, a.VolunteerID, duty.Act{Account: a.RecordedBy, Case: duty.Entered})
}

// CanRelease wants, for what was held, neither the volunteer, nor anybody near to him, nor who entered the presence.
func CanRelease(p auth.Principal, a Attendance, ties duty.Ties) error {
	return duty.Conflict(p, ties, a.VolunteerID, duty.Act{Account: a.RecordedBy, Case: duty.Entered})
}

// CanReject wants somebody who is not near to the volunteer; whoever entered the presence may take his own word back.
func CanReject(p auth.Principal, a Attendance, ties duty.Ties) error {
	if p.AccountID == a.RecordedBy {
		return nil
	}
	return duty.Conflict(p, ties, a.VolunteerID)
}

// ErrLateApproval refuses to decide on a late entry without the right.
var ErrLateApproval = fault.New(fault.Forbidden, "attendance.late_approval_required")

// approves wants the right to approve late entries (기한 후 입력 승인) of whoever decides on one.
func approves(p auth.Principal, proof *id.ID) error {
	if proof == nil || p.Is(auth.LateApprover) {
		return nil
	}
	return ErrLateApproval
}

// CanRefuseChange wants another person than the one who proposed it, and nobody's own or his family's presence.
func CanRefuseChange(p auth.Principal, a Attendance, c Change, ties duty.Ties) error {
	return duty.Conflict(p, ties, a.VolunteerID, duty.Act{Account: c.ProposedBy, Case: duty.Proposed})
}

// CanVerifyChange wants the same; what is not verified yet must also pass CanVerify, for the change verifies it.
func CanVerifyChange(p auth.Principal, a Attendance, c Change, ties duty.Ties) error {
	if err := approves(p, c.LateProofID); err != nil {
		return err
	}
	if err := CanRefuseChange(p, a, c, ties); err != nil || a.State == Verified {
		return err
	}
	return CanVerify(p, a, ties)
}

// CanPropose lets the volunteer himself propose a correction of his own times, and the organiser's people either change.
func CanPropose(p auth.Principal, a Attendance, k ChangeKind) error {
	if k == Correction && p.VolunteerID == a.VolunteerID && a.VolunteerID != id.Nil {
		return nil
	}
	return CanWork(p, a.OrganiserID)
}
