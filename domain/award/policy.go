package award

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanRun lets the volunteer centre keep scales, rounds and what is found and decided.
func CanRun(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanNominate lets everybody nominate others, but neither himself nor anybody near to him. Source: 대한민국 자원봉사대상, not oneself.
func CanNominate(p auth.Principal, nominee id.ID, ties duty.Ties) error {
	return duty.Conflict(p, ties, nominee)
}

// CanSupport lets everybody support, but for the nominee, whoever is near to him, and who nominated him.
func CanSupport(p auth.Principal, n Nomination, ties duty.Ties) error {
	if p.VolunteerID == n.NominatorID {
		return duty.ErrConflict.In(duty.Nominated)
	}
	return duty.Conflict(p, ties, n.NomineeID)
}

// CanConsent lets the nominee say whether he wants it; to all others there is nothing.
func CanConsent(p auth.Principal, n Nomination) error {
	if p.VolunteerID == n.NomineeID {
		return nil
	}
	return ErrNotFound
}

// CanWithdraw lets who nominated take it back.
func CanWithdraw(p auth.Principal, n Nomination) error {
	if p.VolunteerID == n.NominatorID {
		return nil
	}
	return auth.ErrForbidden
}

// CanJudge wants an officer who has no part in the matter and is near to nobody who has: neither the nominee, nor who
// nominated or supported him, nor, for the decision, who proposed it.
func CanJudge(p auth.Principal, n Nomination, supporters []Supporter, ties duty.Ties, proposed ...duty.Act) error {
	acts := append(proposed[:len(proposed):len(proposed)], duty.Act{Account: n.NominatedBy, Person: n.NominatorID, Case: duty.Nominated})
	for _, s := range supporters {
		acts = append(acts, duty.Act{Account: s.AccountID, Person: s.VolunteerID, Case: duty.Supported})
	}
	return duty.Conflict(p, ties, n.NomineeID, acts...)
}

// CanSee shows all of a nomination to the centre, to who nominated, to the nominee and to who supports it. While it looks
// for supporters, everybody who was given its id sees what it says, whole is false, and the nominee only masked.
func CanSee(p auth.Principal, s Story) (whole bool, err error) {
	if p.Is(auth.CentreOfficer) || p.VolunteerID == s.NominatorID || p.VolunteerID == s.NomineeID {
		return true, nil
	}
	for _, one := range s.Supported {
		if one.VolunteerID == p.VolunteerID {
			return true, nil
		}
	}
	if s.State == Open {
		return false, nil
	}
	return false, ErrNotFound
}
