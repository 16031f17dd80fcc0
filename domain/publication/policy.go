package publication

import (
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// CanPropose lets the centre propose what is published.
func CanPropose(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanDecide lets a second officer of the centre release what another proposed.
func CanDecide(p auth.Principal, ties duty.Ties, proposed []duty.Act) error {
	if !p.Is(auth.CentreOfficer) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, id.Nil, proposed...)
}

// CanRead lets analysts and the centre read what is published for analysts.
func CanRead(p auth.Principal) error {
	if p.Is(auth.Analyst, auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanSee lets everybody know of what is published for everybody, analysts also of what is for them, and the centre of all.
func CanSee(p auth.Principal, of Publication) error {
	switch {
	case p.Is(auth.CentreOfficer), of.State == Published && (of.Audience == Public || p.Is(auth.Analyst)):
		return nil
	}
	return ErrNotFound
}
