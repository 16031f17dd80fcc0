package merchant

import (
	"context"
	"strings"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// Apply asks for a business to become a merchant. Errors: auth.forbidden, merchant.already_registered, request.invalid.
func (s *Service) Apply(ctx context.Context, applied Merchant) (Merchant, error) {
	now := s.clock.Now()
	applied.ID, applied.Search, applied.State = id.New(), text.Search(applied.Name), Applied
	applied.BusinessNumber = bare(applied.BusinessNumber)
	applied.AppliedAt, applied.Version = now, 1
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanApply(p); err != nil {
			return err
		}
		applied.AppliedBy = p.AccountID
		if err := checked(ctx, tx, applied); err != nil {
			return err
		}
		return tx.Merchants().Add(ctx, applied)
	})
	return applied, err
}

// bare takes the hyphens out of 123-45-67891.
func bare(number string) string { return strings.ReplaceAll(number, "-", "") }

// Edit changes what is given of a merchant.
type Edit struct {
	MerchantID id.ID
	Version    int // the version the editor saw; 0 for any

	Name, BusinessNumber, RegionCode, Address, Phone *string
	Kind                                             *Kind
	Lat, Lon                                         *float64
	Discount                                         *string
	DiscountPercent, DiscountWon                     *int // one takes the place of the other; 0 of both takes both away
	ValidFrom, ValidTo                               *calendar.Day
}

// Edit changes a merchant. Errors: auth.forbidden, merchant.not_found, merchant.state, merchant.already_registered,
// request.changed, request.invalid.
func (s *Service) Edit(ctx context.Context, cmd Edit) (Merchant, error) {
	now := s.clock.Now()
	var edited Merchant
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if edited, err = tx.Merchants().Lock(ctx, cmd.MerchantID); err != nil {
			return err
		}
		if err := CanSee(p, edited); err != nil {
			return err
		}
		if err := CanEdit(p, edited, cmd); err != nil {
			return err
		}
		if edited.State == Rejected || edited.State == Closed {
			return ErrState.With("state", edited.State)
		}
		if cmd.Version != 0 && cmd.Version != edited.Version {
			return ErrChanged
		}
		edited.apply(cmd)
		if err := checked(ctx, tx, edited); err != nil {
			return err
		}
		return tx.Merchants().Update(ctx, edited)
	})
	return edited, err
}

func (m *Merchant) apply(cmd Edit) {
	set(&m.Name, cmd.Name)
	set(&m.Kind, cmd.Kind)
	set(&m.RegionCode, cmd.RegionCode)
	set(&m.Address, cmd.Address)
	set(&m.Phone, cmd.Phone)
	set(&m.Lat, cmd.Lat)
	set(&m.Lon, cmd.Lon)
	set(&m.Discount, cmd.Discount)
	set(&m.ValidFrom, cmd.ValidFrom)
	set(&m.ValidTo, cmd.ValidTo)
	if cmd.BusinessNumber != nil {
		m.BusinessNumber = bare(*cmd.BusinessNumber)
	}
	if cmd.DiscountPercent != nil || cmd.DiscountWon != nil {
		m.DiscountPercent, m.DiscountWon = given(cmd.DiscountPercent), given(cmd.DiscountWon)
	}
	m.Search = text.Search(m.Name)
	m.Version++
}

func set[T any](member *T, value *T) {
	if value != nil {
		*member = *value
	}
}

func given(n *int) *int {
	if n == nil || *n == 0 {
		return nil
	}
	return n
}
