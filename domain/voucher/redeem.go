package voucher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/domain/merchant"
	"dure/domain/points"
)

// Show is a code that was shown at a counter.
type Show struct {
	Code       string
	MerchantID id.ID
	Key        string // Idempotency-Key: the same one is told the same
}

// Redeem takes a voucher at a merchant's counter, once for ever. What was told is kept with the redemption, in the transaction
// that makes it: the same key, asked again, is told the same. The holder's person is locked first, as with everything that
// may move his points; then the voucher itself decides who came first. Errors: auth.sign_in, auth.forbidden,
// merchant.not_approved, voucher.not_found, voucher.already_redeemed, voucher.revoked, voucher.expired, voucher.not_yet,
// voucher.code_expired, voucher.not_here, points.insufficient, duty.conflict_of_interest, idempotency.reused.
func (s *Service) Redeem(ctx context.Context, cmd Show) (Receipt, error) {
	now := s.clock.Now()
	code, key := hashOf(cmd.Code), hashOfKey(cmd.Key)
	var done Receipt
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := merchant.CanServe(p, cmd.MerchantID); err != nil {
			return err
		}
		m, err := tx.Merchants().Get(ctx, cmd.MerchantID)
		if err != nil {
			return err
		}
		v, err := tx.Vouchers().ByCode(ctx, code)
		if err != nil {
			return err
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{v.HolderID}); err != nil {
			return err
		}
		told, again, err := tx.Vouchers().ByKey(ctx, p.AccountID, key)
		if err != nil {
			return err
		}
		if again {
			if done = told; told.VoucherID != v.ID || told.MerchantID != m.ID {
				return idempotency.ErrReused
			}
			return nil
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := s.redeemable(p, ties, v, m, now); err != nil {
			return err
		}
		taken, err := tx.Vouchers().Take(ctx, v.ID, code)
		if err != nil {
			return err
		}
		if !taken {
			return ErrAlreadyRedeemed
		}
		done = Receipt{Redemption{ID: id.New(), VoucherID: v.ID, MerchantID: m.ID, Points: v.Points, RedeemedAt: now,
			RedeemedOn: s.clock.Day(now), RedeemedBy: p.AccountID, KeyHash: key}, v.Title, v.HolderID}
		return s.keep(ctx, tx, &done)
	})
	return done, err
}

// redeemable is every rule on what is shown, but for who came first.
func (s *Service) redeemable(p auth.Principal, ties duty.Ties, v Voucher, m merchant.Merchant, now time.Time) error {
	today := s.clock.Day(now)
	if !m.Open(today) {
		return merchant.ErrNotApproved
	}
	if err := duty.Conflict(p, ties, v.HolderID); err != nil {
		return err
	}
	if err := v.good(today); err != nil {
		return err
	}
	if v.CodeExpiresAt != nil && !now.Before(*v.CodeExpiresAt) {
		return ErrCodeExpired
	}
	return v.here(m)
}

// keep posts what the merchant is owed, once, and the redemption with it.
func (s *Service) keep(ctx context.Context, tx Tx, r *Receipt) error {
	if r.Points > 0 {
		entry, err := points.Spend(ctx, tx, s.cause(r.RedeemedBy, r.Title, r.RedeemedAt), points.Purchase{VolunteerID: r.HolderID,
			MerchantID: r.MerchantID, Points: r.Points, SourceType: SourceType, SourceID: r.ID})
		if err != nil {
			return err
		}
		r.EntryID = &entry.ID
	}
	if err := tx.Vouchers().Redeem(ctx, r.Redemption); err != nil {
		return err
	}
	return tx.Audit().Record(ctx, r.event("voucher.redeemed", r.RedeemedBy, "", r.RedeemedAt))
}

// SourceType is the ledger's name for a redemption as the source of an entry.
const SourceType = "voucher_redemption"

func (s *Service) cause(by id.ID, reason string, at time.Time) points.Cause {
	return points.Cause{Actor: by, Reason: reason, Now: at, Today: s.clock.Day(at)}
}

func (r Receipt) event(action string, by id.ID, reason string, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &by, Action: action, SubjectType: "voucher_redemption", SubjectID: r.ID.String(),
		VolunteerID: &r.HolderID, Reason: reason}
}

func hashOfKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// CanCancel lets the managers of the merchant and the centre cancel what was redeemed there; for others there is no such thing.
func CanCancel(p auth.Principal, r Receipt) error {
	if p.Has(r.MerchantID, auth.MerchantManager) || p.Is(auth.CentreOfficer) {
		return nil
	}
	return ErrRedemptionNotFound
}

// Cancel takes a redemption back while it can be: the voucher is issued again. Errors: auth.sign_in,
// voucher.redemption_not_found, duty.conflict_of_interest, voucher.already_cancelled, voucher.too_late_to_cancel, request.invalid.
func (s *Service) Cancel(ctx context.Context, merchantID, redemption id.ID, reason string) (Receipt, error) {
	now := s.clock.Now()
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	var done Receipt
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		r, err := tx.Vouchers().Redemption(ctx, redemption)
		if err != nil {
			return err
		}
		if r.MerchantID != merchantID {
			return ErrRedemptionNotFound
		}
		if err := CanCancel(p, r); err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := duty.Conflict(p, ties, r.HolderID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if _, err := tx.Ledger().Lock(ctx, []id.ID{r.HolderID}); err != nil {
			return err
		}
		if r, err = tx.Vouchers().Redemption(ctx, redemption); err != nil { // again, now that nobody else can cancel it
			return err
		}
		if r.CancelledAt != nil {
			return ErrCancelled
		}
		if now.After(s.CancellableUntil(r.Redemption)) {
			return ErrTooLate
		}
		r.CancelledAt, r.CancelledBy, r.Reason = &now, &p.AccountID, reason
		if r.EntryID != nil {
			entries, err := points.Cancel(ctx, tx, s.cause(p.AccountID, reason, now), *r.EntryID)
			if err != nil {
				return err
			}
			r.CancelEntryID = &entries[0].ID
		}
		if err := tx.Vouchers().Cancel(ctx, r.Redemption); err != nil {
			return err
		}
		if err := tx.Vouchers().Restore(ctx, r.VoucherID); err != nil {
			return err
		}
		done = r
		return tx.Audit().Record(ctx, r.event("voucher.redemption_cancelled", p.AccountID, reason, now))
	})
	return done, err
}

// Redemptions gives what was redeemed at a merchant, to its managers and the centre. Errors: auth.forbidden, page.cursor.
func (s *Service) Redemptions(ctx context.Context, merchantID id.ID, p page.Request) (page.Page[Receipt], error) {
	if me := auth.From(ctx); !me.Is(auth.CentreOfficer) {
		if err := merchant.CanServe(me, merchantID); err != nil {
			return page.Page[Receipt]{}, err
		}
	}
	return s.reader.At(ctx, merchantID, p)
}
