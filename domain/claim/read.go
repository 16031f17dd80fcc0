package claim

import (
	"context"

	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Get gives a claim: to the volunteer and to claims officers all of it, to the organiser's people where it stands and which
// papers are missing. That somebody else than the volunteer looked is kept. Errors: claim.not_found, document.damaged,
// document.vault_unavailable.
func (s *Service) Get(ctx context.Context, claim id.ID) (Full, error) {
	now := s.clock.Now()
	var found Full
	var statement document.Document
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if found, err = tx.Claims().Full(ctx, claim); err != nil {
			return err
		}
		if err := CanSee(p, found.Claim); err != nil {
			return err
		}
		if found.Whole = CanRead(p, found.Claim) == nil; found.Whole {
			if statement, err = tx.Documents().Get(ctx, found.StatementID); err != nil {
				return err
			}
			if found.Cover.ContractID != nil {
				whole, err := tx.Insurance().Whole(ctx, *found.Cover.ContractID)
				if err != nil {
					return err
				}
				found.Contract = &whole.Contract
			}
		}
		if own(p, found.Claim) {
			return nil
		}
		return tx.Audit().Record(ctx, event(found.Claim, p, "claim.read", "", "", now))
	})
	if err != nil || !found.Whole {
		return found, err
	}
	words, err := document.Fetch(ctx, s.vault, statement)
	found.Text = string(words)
	return found, err
}

// Health gives what was written about the volunteer's health, empty when nothing was, to himself and, as long as he consents,
// to claims officers; each look is kept and shown to him. Errors: claim.not_found, auth.forbidden,
// claim.health_consent_missing, document.damaged, document.vault_unavailable.
func (s *Service) Health(ctx context.Context, claim id.ID) (string, error) {
	now := s.clock.Now()
	var d *document.Document
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, c, err := s.reader(ctx, tx, claim)
		if err != nil {
			return err
		}
		if d = nil; c.HealthID != nil {
			kept, err := tx.Documents().Get(ctx, *c.HealthID)
			if err != nil {
				return err
			}
			d = &kept
		}
		consented, err := tx.Claims().Consented(ctx, c.ID)
		if err != nil {
			return err
		}
		if err := CanReadHealth(p, c, consented); err != nil || own(p, c) {
			return err
		}
		return tx.Audit().Record(ctx, event(c, p, "claim.health_read", "", "", now))
	})
	if err != nil || d == nil {
		return "", err
	}
	words, err := document.Fetch(ctx, s.vault, *d)
	return string(words), err
}

// Paper gives a paper of a claim with its bytes to the volunteer and to claims officers; health data only as long as he
// consents. Each look by another is kept and shown to him. Errors: claim.not_found, document.not_found, auth.forbidden,
// claim.health_consent_missing, document.damaged, document.vault_unavailable.
func (s *Service) Paper(ctx context.Context, claim, paper id.ID) (document.Document, []byte, error) {
	now := s.clock.Now()
	var d document.Document
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, c, err := s.reader(ctx, tx, claim)
		if err != nil {
			return err
		}
		if err := CanRead(p, c); err != nil {
			return err
		}
		if d, err = tx.Claims().Document(ctx, c.ID, paper); err != nil {
			return err
		}
		action := "claim.paper_read"
		if d.Purpose == document.ClaimHealth {
			action = "claim.health_read"
			consented, err := tx.Claims().Consented(ctx, c.ID)
			if err != nil {
				return err
			}
			if err := CanReadHealth(p, c, consented); err != nil {
				return err
			}
		}
		if own(p, c) {
			return nil
		}
		read := event(c, p, action, "", "", now)
		read.SubjectType, read.SubjectID = "document", d.ID.String()
		return tx.Audit().Record(ctx, read)
	})
	if err != nil {
		return d, nil, err
	}
	content, err := document.Fetch(ctx, s.vault, d)
	return d, content, err
}

// reader finds a claim for who may see it.
func (s *Service) reader(ctx context.Context, tx Tx, claim id.ID) (auth.Principal, Claim, error) {
	p, err := auth.Current(ctx, tx.Grants(), s.clock.Now())
	if err != nil {
		return p, Claim{}, err
	}
	c, err := tx.Claims().Get(ctx, claim)
	if err == nil {
		err = CanSee(p, c)
	}
	return p, c, err
}

// List gives claims: one's own, those of an organiser to its people, or all of them to claims officers. The last see an
// organiser's, too. Looks at others' claims are kept. Errors: auth.forbidden, insurance.no_person, page.cursor.
func (s *Service) List(ctx context.Context, scope Scope, f Filter, req page.Request) (page.Page[Listed], error) {
	now := s.clock.Now()
	var found page.Page[Listed]
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanList(p, scope); err != nil {
			return err
		}
		if found, err = tx.Claims().List(ctx, scope, f, req); err != nil {
			return err
		}
		seen := make([]id.ID, len(found.Items))
		for i, l := range found.Items {
			seen[i] = l.VolunteerID
		}
		return tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "claim.listed", Of: seen})
	})
	return found, err
}

// Mine gives the caller his own claims. Errors: insurance.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, f Filter, req page.Request) (page.Page[Listed], error) {
	me := auth.From(ctx).VolunteerID
	if me == id.Nil {
		return page.Page[Listed]{}, insurance.ErrNoPerson
	}
	return s.List(ctx, Scope{VolunteerID: me}, f, req)
}
