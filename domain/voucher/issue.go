package voucher

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/serial"
	"dure/domain/ledger"
	"dure/domain/merchant"
)

// digits of a code: 27 of chance are 135 bits, and one check digit.
const digits = 28

// Issue keeps new vouchers, which their holders find under theirs. Id, state and time of issue are set here; nobody is told
// a code before the holder draws one.
func Issue(ctx context.Context, tx Ports, now time.Time, drafts ...Voucher) ([]Voucher, error) {
	issued := make([]Voucher, len(drafts))
	for i, v := range drafts {
		v.ID, v.State, v.IssuedAt = id.New(), Issued, now
		issued[i] = v
	}
	if len(issued) == 0 {
		return nil, nil
	}
	return issued, tx.Vouchers().Add(ctx, issued)
}

// Revoke takes vouchers back whose ground is gone, and tells which: what was redeemed before stays redeemed. The caller holds
// the locks of their holders.
func Revoke(ctx context.Context, tx Ports, now time.Time, reason string, vouchers ...id.ID) ([]id.ID, error) {
	return tx.Vouchers().Revoke(ctx, vouchers, reason, now)
}

// hashOf is what is kept of a code. What is no code at all has one, too: it is looked for as any other is.
func hashOf(code string) string {
	if number, ok := serial.Parse(code, digits); ok {
		code = number
	}
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// Mine gives the caller's vouchers, newest first. Errors: ledger.no_person, page.cursor.
func (s *Service) Mine(ctx context.Context, p page.Request) (page.Page[Voucher], error) {
	me, err := owner(auth.From(ctx))
	if err != nil {
		return page.Page[Voucher]{}, err
	}
	return s.reader.Of(ctx, me, p)
}

// Payment is what somebody wants to spend of his points at a counter.
type Payment struct {
	Points     int
	MerchantID *id.ID // only there; nil anywhere
}

// PaymentDays is how long a voucher that somebody makes of his points can be redeemed.
const PaymentDays = 7

// open bounds the payments of one person that nobody has redeemed.
const open = 20

// Pay makes a voucher of the caller's own points, which are spent when it is redeemed and not before: what he has by then
// decides. It is not transferable. Errors: auth.sign_in, ledger.no_person, request.invalid, merchant.not_found,
// voucher.too_many_open.
func (s *Service) Pay(ctx context.Context, cmd Payment) (made Voucher, err error) {
	now := s.clock.Now()
	f := fault.Collect()
	if cmd.Points < 1 || cmd.Points > 10_000_000 {
		f.Add("points", "range", "min", 1, "max", 10_000_000)
	}
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		me, err := owner(p)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		today := s.clock.Day(now)
		if cmd.MerchantID != nil {
			m, err := tx.Merchants().Get(ctx, *cmd.MerchantID)
			if err == nil && !m.Open(today) {
				err = merchant.ErrNotFound
			}
			if err != nil {
				return err
			}
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{me}); err != nil {
			return err
		}
		if n, err := tx.Vouchers().Payments(ctx, me, today); err != nil || n >= open {
			return cmp.Or(err, error(ErrTooManyOpen.With("max", open)))
		}
		issued, err := Issue(ctx, tx, now, Voucher{HolderID: me, Points: cmd.Points, MerchantID: cmd.MerchantID, ValidFrom: today,
			ValidTo: today.Add(PaymentDays), IssuedBy: &p.AccountID})
		if err == nil {
			made = issued[0]
		}
		return err
	})
	return made, err
}

// Draw gives one of the caller's vouchers a new code, which is shown now and never again; the one before is worth nothing.
// Expires is when the code goes, nil where it lasts as long as the voucher. Errors: auth.sign_in, ledger.no_person,
// voucher.not_found, voucher.already_redeemed, voucher.revoked, voucher.expired.
func (s *Service) Draw(ctx context.Context, voucherID id.ID) (v Voucher, code string, err error) {
	now := s.clock.Now()
	code = serial.New(digits)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		me, err := owner(p)
		if err != nil {
			return err
		}
		if v, err = tx.Vouchers().Get(ctx, voucherID); err != nil {
			return err
		}
		if v.HolderID != me {
			return ErrNotFound
		}
		if err := v.good(s.clock.Day(now)); err != nil && !errors.Is(err, ErrNotYet) { // a printed one may wait for its day
			return err
		}
		hash := hashOf(code)
		v.CodeHash, v.CodeExpiresAt = &hash, nil
		if !v.Transferable {
			until := now.Add(CodeLife)
			v.CodeExpiresAt = &until
		}
		ok, err := tx.Vouchers().SetCode(ctx, v.ID, hash, v.CodeExpiresAt)
		if err == nil && !ok {
			err = ErrAlreadyRedeemed
		}
		return err
	})
	return v, code, err
}

func owner(p auth.Principal) (id.ID, error) {
	if p.VolunteerID == id.Nil {
		return id.Nil, ledger.ErrNoPerson
	}
	return p.VolunteerID, nil
}
