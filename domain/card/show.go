package card

import (
	"context"
	"fmt"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/merchant"
)

// Show makes the caller's card of this moment, and its token. Errors: ledger.no_person, card.none.
func (s *Service) Show(ctx context.Context) (Card, string, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	me, err := owner(ctx)
	if err != nil {
		return Card{}, "", err
	}
	h, err := s.reader.Holder(ctx, me, today)
	if err != nil {
		return Card{}, "", err
	}
	levels, err := s.reader.Levels(ctx)
	if err != nil {
		return Card{}, "", err
	}
	level, until, ok := Best(levels, h, today)
	if !ok || !h.Active {
		return Card{}, "", ErrNone
	}
	c := Card{Level: level.Code, LevelName: level.Name, Name: text.Mask(h.Name), ValidUntil: until, IssuedAt: now, ExpiresAt: now.Add(Life)}
	if c.ID, err = s.seal.Alias(ctx, me, today); err != nil {
		return Card{}, "", err
	}
	token, err := s.seal.Sign(ctx, c)
	return c, token, err
}

// Check reads a card for the counter of a merchant, which is recorded: who looked at which card.
// Errors: auth.forbidden, merchant.not_found, merchant.not_approved, card.token.
func (s *Service) Check(ctx context.Context, merchantID id.ID, token string) (Card, error) {
	now := s.clock.Now()
	shown, refused := s.seal.Open(ctx, token, now)
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := merchant.CanServe(p, merchantID); err != nil {
			return err
		}
		m, err := tx.Merchants().Get(ctx, merchantID)
		if err != nil {
			return err
		}
		if !m.Open(s.clock.Day(now)) {
			return merchant.ErrNotApproved
		}
		if refused != nil {
			return refused
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "card.checked",
			SubjectType: "card", SubjectID: shown.ID, Detail: fmt.Sprintf(`{"merchant_id":%q}`, m.ID)})
	})
	return shown, err
}
