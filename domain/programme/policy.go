package programme

import (
	"slices"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanManage lets the centre write, close and evaluate programmes. It is nobody's matter: who has what is counted from the
// ledger, and what needs a person's judgement needs CanDecide.
func CanManage(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanSeeClaims lets the centre see all claims that wait, and the head of a camp those of his camp's people where the camp
// decides; camps are his, all says that there is no limit.
func CanSeeClaims(p auth.Principal) (camps []id.ID, all bool, err error) {
	if p.Is(auth.CentreOfficer) {
		return nil, true, nil
	}
	if camps = p.Scopes(auth.CampHead); len(camps) > 0 {
		return camps, false, nil
	}
	return nil, false, auth.ErrForbidden
}

// CanDecide lets an officer, or where the terms say so the head of the claimant's own camp, decide on a claim that is neither
// his own, nor that of somebody near to him, nor one that he made.
func CanDecide(p auth.Principal, t Terms, h Holding, ties duty.Ties) error {
	own := t.Approval == CampApproves && h.CampID != nil && slices.Contains(p.Scopes(auth.CampHead), *h.CampID)
	if !own && !p.Is(auth.CentreOfficer) {
		return ErrHoldingNotFound
	}
	return duty.Conflict(p, ties, h.VolunteerID, duty.Act{Account: h.ClaimedBy, Case: duty.Entered})
}
