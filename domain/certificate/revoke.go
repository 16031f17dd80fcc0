package certificate

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/text"
)

// CanRevoke lets the centre's officers take certificates back, but not their own, nor those of somebody near to them.
func CanRevoke(p auth.Principal, c Certificate, ties duty.Ties) error {
	if !p.Is(auth.CentreOfficer) {
		return auth.ErrForbidden
	}
	return duty.Conflict(p, ties, c.VolunteerID)
}

// Revoke takes a certificate back for ever: whoever checks it is told so, and not why. The minutes are not touched, and the
// person may ask for another certificate. Errors: auth.forbidden, certificate.not_found, duty.conflict_of_interest,
// certificate.revoked, request.invalid.
func (s *Service) Revoke(ctx context.Context, number, reason string) (Issued, error) {
	now := s.clock.Now()
	number, err := ParseNumber(number)
	if err != nil {
		return Issued{}, err
	}
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	var revoked Issued
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := tx.Certificates().ByNumber(ctx, number)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanRevoke(p, c.Certificate, ties); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if c.RevokedAt != nil {
			return ErrRevoked
		}
		r := Revocation{CertificateID: c.ID, RevokedAt: now, RevokedBy: p.AccountID, Reason: reason}
		if err := tx.Certificates().Revoke(ctx, r); err != nil {
			return err
		}
		revoked = c
		revoked.RevokedAt = &now
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "certificate.revoked",
			SubjectType: "certificate", SubjectID: c.ID.String(), VolunteerID: &c.VolunteerID, Reason: reason})
	})
	return revoked, err
}
