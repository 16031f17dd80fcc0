package dispute

import (
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanSee shows a dispute to the volunteer, to the organiser's people and to the centre; to others it is not there.
func CanSee(p auth.Principal, d Dispute) error {
	if own(p, d) || attendance.CanWork(p, d.OrganiserID) == nil {
		return nil
	}
	return ErrNotFound
}

func own(p auth.Principal, d Dispute) bool {
	return p.VolunteerID == d.VolunteerID && d.VolunteerID != id.Nil
}

// CanSpeak lets the volunteer himself take his dispute further or back.
func CanSpeak(p auth.Principal, d Dispute) error {
	if own(p, d) {
		return nil
	}
	return auth.ErrForbidden
}

// CanAnswer lets the organiser's people and the centre answer, but for whoever is near to the volunteer. Who entered or
// verified the presence may well answer: it is he who knows.
func CanAnswer(p auth.Principal, d Dispute, ties duty.Ties) error {
	if err := attendance.CanWork(p, d.OrganiserID); err != nil {
		return err
	}
	return duty.Conflict(p, ties, d.VolunteerID)
}

// CanJudge lets the centre's officers and the organiser's head decide; what was escalated, only the officers.
func CanJudge(p auth.Principal, d Dispute) error {
	if p.Is(auth.CentreOfficer) || d.State != Escalated && p.Has(d.OrganiserID, auth.CampHead, auth.SiteManager) {
		return nil
	}
	return auth.ErrForbidden
}

// CanDecide wants somebody who has had no part in the matter: neither the volunteer nor anybody near to him, nor who
// answered, nor who decided before, nor who entered, verified or corrected the presence, as hands and the presence tell.
func CanDecide(p auth.Principal, d Dispute, a *attendance.Attendance, ties duty.Ties, hands []duty.Act) error {
	acts := append(hands[:len(hands):len(hands)], act(d.AnsweredBy, duty.Answered), act(d.DecidedBy, duty.Decided))
	if a != nil {
		acts = append(acts, duty.Act{Account: a.RecordedBy, Case: duty.Entered}, act(a.VerifiedBy, duty.Decided), act(a.DecidedBy, duty.Decided))
	}
	return duty.Conflict(p, ties, d.VolunteerID, acts...)
}

func act(account *id.ID, as string) duty.Act {
	if account == nil {
		return duty.Act{Case: as}
	}
	return duty.Act{Account: *account, Case: as}
}

// capacity says as what somebody of the staff acts.
func capacity(p auth.Principal) Capacity {
	if p.Is(auth.CentreOfficer) {
		return AsCentre
	}
	return AsOrganiser
}
