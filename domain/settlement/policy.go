package settlement

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// Scope is what a reader may see: the statements of the merchants that he manages, or all.
type Scope struct {
	All     bool
	Managed []id.ID
}

// ScopeOf lets merchants' managers see their own, and the centre all; others see none.
func ScopeOf(p auth.Principal) Scope {
	return Scope{All: p.Is(auth.CentreOfficer), Managed: p.Scopes(auth.MerchantManager)}
}

// CanPrepare lets centre officers prepare statements: what they say is the ledger's, not theirs.
func CanPrepare(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// CanSee lets a merchant's managers and the centre know of its statements; for others there are none.
func CanSee(p auth.Principal, merchant id.ID) error {
	if p.Is(auth.CentreOfficer) || p.Has(merchant, auth.MerchantManager) {
		return nil
	}
	return ErrNotFound
}

// CanSpeak lets a merchant's managers confirm or dispute, but nobody what he or his family prepared.
func CanSpeak(p auth.Principal, ties duty.Ties, merchant id.ID, prepared []duty.Act) error {
	if !p.Has(merchant, auth.MerchantManager) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, id.Nil, prepared...)
}

// CanDecide lets centre officers answer, approve and pay, but nobody for a merchant that is, or was, his own or his family's,
// nor after a step that another has to take before him.
func CanDecide(p auth.Principal, ties duty.Ties, acts []duty.Act) error {
	if !p.Is(auth.CentreOfficer) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, id.Nil, acts...)
}

// others are the cases of a step that must be another's than the step before: who prepared does not approve, who approved
// does not pay.
var others = map[State]struct {
	before State
	which  string
}{
	Approved: {Prepared, duty.Entered},
	Paid:     {Approved, duty.Decided},
}

// mayTake tells whether somebody may take a step.
func mayTake(ctx context.Context, tx Tx, p auth.Principal, f Full, to State) error {
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	if to == Confirmed || to == Disputed {
		prepared, err := tx.Duties().Acts(ctx, duty.Entered, f.PreparedBy)
		if err != nil {
			return err
		}
		return CanSpeak(p, ties, f.MerchantID, prepared)
	}
	interested, err := tx.Settlements().Interested(ctx, f.MerchantID)
	if err != nil {
		return err
	}
	acts, err := tx.Duties().Acts(ctx, duty.Self, interested...)
	if err != nil {
		return err
	}
	if other, ok := others[to]; ok {
		before, err := tx.Duties().Acts(ctx, other.which, f.who(other.before)...)
		if err != nil {
			return err
		}
		acts = append(acts, before...)
	}
	return CanDecide(p, ties, acts)
}
