package claim

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// organisers are the roles whose holders speak for an organiser's volunteers.
var organisers = []auth.Role{auth.CampHead, auth.CampKeeper, auth.SiteManager}

// CanSee shows a claim to the volunteer, to claims officers and to the organiser's people; to others it is not there.
func CanSee(p auth.Principal, c Claim) error {
	if CanRead(p, c) == nil || organises(p, c) {
		return nil
	}
	return ErrNotFound
}

func own(p auth.Principal, c Claim) bool {
	return p.VolunteerID == c.VolunteerID && c.VolunteerID != id.Nil
}

func organises(p auth.Principal, c Claim) bool {
	return c.OrganiserID != nil && p.Has(*c.OrganiserID, organisers...)
}

// CanRead shows all of a claim to the volunteer himself and to claims officers. The organiser's people see where it stands and
// which papers are missing, no more.
func CanRead(p auth.Principal, c Claim) error {
	if own(p, c) {
		return nil
	}
	return CanHandle(p)
}

// CanReadHealth shows health data to the volunteer himself, and to claims officers as long as he consents. Source: 개인정보
// 보호법 제23조, sensitive data need a consent of their own.
func CanReadHealth(p auth.Principal, c Claim, consented bool) error {
	switch err := CanRead(p, c); {
	case err != nil || own(p, c):
		return err
	case !consented:
		return ErrNoConsent
	}
	return nil
}

// CanHandle lets claims officers handle claims: nobody else of the centre.
func CanHandle(p auth.Principal) error {
	if p.Is(auth.ClaimsOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanAdd lets the volunteer and the organiser's people hand in papers.
func CanAdd(p auth.Principal, c Claim) error {
	if own(p, c) || organises(p, c) {
		return nil
	}
	return auth.ErrForbidden
}

// CanSpeak lets the volunteer himself withdraw.
func CanSpeak(p auth.Principal, c Claim) error {
	if own(p, c) {
		return nil
	}
	return auth.ErrForbidden
}

// CanConsent lets the volunteer himself say whether his health data are used; what somebody without an account signed on
// paper, the organiser's people enter.
func CanConsent(p auth.Principal, c Claim, hasAccount bool) (Medium, error) {
	switch {
	case own(p, c):
		return Online, nil
	case organises(p, c) && !hasAccount:
		return OnPaper, nil
	}
	return "", auth.ErrForbidden
}

// CanDecide wants a claims officer who has no part in the matter: neither the volunteer nor anybody near to him, nor who
// reported it, nor, for a payment, who approved it. Acts tell of both.
func CanDecide(p auth.Principal, c Claim, ties duty.Ties, acts []duty.Act) error {
	if err := CanHandle(p); err != nil {
		return err
	}
	return duty.Conflict(p, ties, c.VolunteerID, acts...)
}

// CanList shows everybody his own claims, an organiser's people theirs, and claims officers all.
func CanList(p auth.Principal, s Scope) error {
	if s.VolunteerID != id.Nil && s.VolunteerID == p.VolunteerID || s.OrganiserID != id.Nil && p.Has(s.OrganiserID, organisers...) {
		return nil
	}
	return CanHandle(p)
}
