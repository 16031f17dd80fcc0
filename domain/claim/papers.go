package claim

import (
	"context"
	"slices"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// gathering tells whether papers are still taken.
func (s State) gathering() bool { return s == Reported || s == Documents }

// AddPaper hands in a document that the caller has uploaded for claims, until the claim is filed; health data only with the
// volunteer's consent. Errors: claim.not_found, auth.forbidden, request.invalid, document.not_found (not his, or for another
// purpose), claim.state, claim.health_consent_missing, claim.document_used.
func (s *Service) AddPaper(ctx context.Context, paper Paper) (Listed, error) {
	now := s.clock.Now()
	var l Listed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := locked(ctx, tx, p, paper.ClaimID)
		if err != nil {
			return err
		}
		if err := CanAdd(p, c); err != nil {
			return err
		}
		if err := s.acceptable(ctx, tx, p, c, paper); err != nil {
			return err
		}
		paper.AddedAt, paper.AddedBy = now, p.AccountID
		if err := tx.Claims().AddPaper(ctx, paper); err != nil {
			return err
		}
		if c.State == Reported {
			step := c.move(Documents, p.AccountID, "", now)
			if err := tx.Claims().Move(ctx, c, step, nil, nil); err != nil {
				return err
			}
			if err := tell(ctx, tx, c, now); err != nil {
				return err
			}
		}
		if l, err = tx.Claims().Listed(ctx, c.ID); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(c, p, "claim.paper_added", "", "", now))
	})
	return l, err
}

// acceptable wants a paper that the claim asks for, of a document that the caller has uploaded for it.
func (s *Service) acceptable(ctx context.Context, tx Tx, p auth.Principal, c Claim, paper Paper) error {
	f := fault.Collect()
	f.Require(paper.DocumentID != id.Nil, "document_id")
	if f.Require(paper.Code != "", "code") && paper.Code != Other {
		required, err := tx.Claims().Required(ctx, []id.ID{c.ID})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(required, func(r Required) bool { return r.Code == paper.Code }) {
			f.Add("code", "unknown")
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if !c.State.gathering() {
		return ErrState.With("state", c.State)
	}
	d, err := tx.Documents().Get(ctx, paper.DocumentID)
	if err != nil {
		return err
	}
	if d.UploadedBy != p.AccountID || d.Purpose != document.Claim && d.Purpose != document.ClaimHealth {
		return document.ErrNotFound
	}
	if d.Purpose == document.Claim {
		return nil
	}
	consented, err := tx.Claims().Consented(ctx, c.ID)
	if err == nil && !consented {
		err = ErrNoConsent
	}
	return err
}

// Consent keeps whether the volunteer lets his health data be used for the claim. Once he takes it back, claims officers read
// them no more. Errors: claim.not_found, auth.forbidden, request.invalid.
func (s *Service) Consent(ctx context.Context, claim id.ID, version string, granted bool) (Listed, error) {
	now := s.clock.Now()
	f := fault.Collect()
	text.Line(f, "version", version, 1, 40)
	var l Listed
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		c, err := locked(ctx, tx, p, claim)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := consent(ctx, tx, p, c, version, granted, now); err != nil {
			return err
		}
		l, err = tx.Claims().Listed(ctx, c.ID)
		return err
	})
	return l, err
}

func consent(ctx context.Context, tx Tx, p auth.Principal, c Claim, version string, granted bool, now time.Time) error {
	hasAccount, err := tx.Claims().HasAccount(ctx, c.VolunteerID)
	if err != nil {
		return err
	}
	medium, err := CanConsent(p, c, hasAccount)
	if err != nil {
		return err
	}
	given := Consent{ID: id.New(), ClaimID: c.ID, Version: version, Granted: granted, GivenAt: now, GivenBy: p.AccountID, Medium: medium}
	if err := tx.Claims().AddConsent(ctx, given); err != nil {
		return err
	}
	action := "claim.health_consented"
	if !granted {
		action = "claim.health_consent_withdrawn"
	}
	return tx.Audit().Record(ctx, event(c, p, action, "", "", now))
}
