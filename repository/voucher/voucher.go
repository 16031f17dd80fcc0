// Package voucher keeps vouchers and their redemptions.
package voucher

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/merchant"
	"dure/domain/points"
	"dure/domain/voucher"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	merchantstore "dure/repository/merchant"
	pointstore "dure/repository/points"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Unit is a transaction as the feature's use cases see it.
type Unit struct{ *repository.Tx }

func (u Unit) Vouchers() voucher.Repository   { return Vouchers{u.Tx} }
func (u Unit) Merchants() merchant.Repository { return merchantstore.Merchants{Tx: u.Tx} }
func (u Unit) Points() points.Repository      { return pointstore.Points{Tx: u.Tx} }
func (u Unit) Ledger() ledger.Repository      { return ledgerstore.Ledger{Tx: u.Tx} }

// Update implements voucher.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx voucher.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Unit{tx}) })
}

// Vouchers implements voucher.Repository inside a transaction; other features' units use it too.
type Vouchers struct{ Tx *repository.Tx }

const columns = `id, holder_id, programme_id, title, points, merchant_id, merchant_kind, transferable, valid_from, valid_to, state, issued_at, issued_by, reason`

// Add implements voucher.Repository.
func (r Vouchers) Add(_ context.Context, vouchers []voucher.Voucher) error {
	rows := make([]repository.Row, len(vouchers))
	for i, v := range vouchers {
		rows[i] = repository.Row{"id", v.ID, "holder_id", v.HolderID, "programme_id", v.ProgrammeID, "title", v.Title, "points", v.Points,
			"merchant_id", v.MerchantID, "merchant_kind", v.MerchantKind, "transferable", v.Transferable, "valid_from", v.ValidFrom,
			"valid_to", v.ValidTo, "state", v.State, "issued_at", v.IssuedAt, "issued_by", v.IssuedBy, "reason", v.Reason}
	}
	return r.Tx.Exec(`INSERT INTO vouchers (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`id uuid, holder_id uuid, programme_id uuid,
		title text, points bigint, merchant_id uuid, merchant_kind text, transferable boolean, valid_from date, valid_to date, state text,
		issued_at timestamptz, issued_by uuid, reason text`), repository.JSON(rows)).Error
}

// Get implements voucher.Repository.
func (r Vouchers) Get(_ context.Context, voucherID id.ID) (voucher.Voucher, error) {
	return r.one(`id = ?`, voucherID)
}

// ByCode implements voucher.Repository.
func (r Vouchers) ByCode(_ context.Context, hash string) (voucher.Voucher, error) {
	return r.one(`code_hash = ?`, hash)
}

func (r Vouchers) one(where string, arg any) (v voucher.Voucher, err error) {
	found := r.Tx.Raw(`SELECT * FROM vouchers WHERE `+where, arg).Scan(&v)
	if found.Error == nil && found.RowsAffected == 0 {
		return v, voucher.ErrNotFound
	}
	return v, found.Error
}

// SetCode implements voucher.Repository.
func (r Vouchers) SetCode(_ context.Context, voucherID id.ID, hash string, expires *time.Time) (bool, error) {
	done := r.Tx.Exec(`UPDATE vouchers SET code_hash = ?, code_expires_at = ? WHERE id = ? AND state = 'issued'`, hash, expires, voucherID)
	return done.RowsAffected == 1, done.Error
}

// Take implements voucher.Repository: of many at once, one changes the row; the others wait for it and find it changed.
func (r Vouchers) Take(_ context.Context, voucherID id.ID, hash string) (bool, error) {
	done := r.Tx.Exec(`UPDATE vouchers SET state = 'redeemed' WHERE id = ? AND code_hash = ? AND state = 'issued'`, voucherID, hash)
	return done.RowsAffected == 1, done.Error
}

// Restore implements voucher.Repository.
func (r Vouchers) Restore(_ context.Context, voucherID id.ID) error {
	return r.Tx.Exec(`UPDATE vouchers SET state = 'issued' WHERE id = ? AND state = 'redeemed'`, voucherID).Error
}

// Revoke implements voucher.Repository.
func (r Vouchers) Revoke(_ context.Context, ids []id.ID, reason string, at time.Time) ([]id.ID, error) {
	var rows []struct{ ID id.ID }
	err := r.Tx.Raw(`UPDATE vouchers SET state = 'revoked', revoked_at = ?, reason = ?
		WHERE state = 'issued' AND id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`) RETURNING id`, at, reason, repository.IDs(ids)).Scan(&rows).Error
	revoked := make([]id.ID, len(rows))
	for i, row := range rows {
		revoked[i] = row.ID
	}
	return revoked, err
}

// Payments implements voucher.Repository.
func (r Vouchers) Payments(_ context.Context, holder id.ID, on calendar.Day) (n int, err error) {
	err = r.Tx.Raw(`SELECT COUNT(*) FROM vouchers WHERE holder_id = ? AND programme_id IS NULL AND points > 0 AND state = 'issued' AND valid_to >= ?`,
		holder, on).Scan(&n).Error
	return n, err
}

const receipts = `SELECT r.*, v.title, v.holder_id FROM voucher_redemptions r JOIN vouchers v ON v.id = r.voucher_id WHERE `

// ByKey implements voucher.Repository.
func (r Vouchers) ByKey(_ context.Context, account id.ID, keyHash string) (told voucher.Receipt, ok bool, err error) {
	found := r.Tx.Raw(receipts+`r.redeemed_by = ? AND r.key_hash = ?`, account, keyHash).Scan(&told)
	return told, found.RowsAffected == 1, found.Error
}

// Redemption implements voucher.Repository.
func (r Vouchers) Redemption(_ context.Context, redemption id.ID) (found voucher.Receipt, err error) {
	rows := r.Tx.Raw(receipts+`r.id = ?`, redemption).Scan(&found)
	if rows.Error == nil && rows.RowsAffected == 0 {
		return found, voucher.ErrRedemptionNotFound
	}
	return found, rows.Error
}

// Redeem implements voucher.Repository.
func (r Vouchers) Redeem(_ context.Context, redemption voucher.Redemption) error {
	return r.Tx.Table("voucher_redemptions").Create(&redemption).Error
}

// Cancel implements voucher.Repository.
func (r Vouchers) Cancel(_ context.Context, c voucher.Redemption) error {
	return r.Tx.Exec(`UPDATE voucher_redemptions SET cancelled_at = ?, cancelled_by = ?, cancel_entry_id = ?, reason = ? WHERE id = ?`,
		c.CancelledAt, c.CancelledBy, c.CancelEntryID, c.Reason, c.ID).Error
}

// Of implements voucher.Reader.
func (s Store) Of(ctx context.Context, holder id.ID, p page.Request) (page.Page[voucher.Voucher], error) {
	query, args := `SELECT * FROM vouchers WHERE holder_id = ?`, []any{holder}
	if len(p.After) == 1 {
		query, args = query+` AND id < ?`, append(args, p.After[0])
	}
	var rows []voucher.Voucher
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query+` ORDER BY id DESC LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(v voucher.Voucher) []string { return []string{v.ID.String()} }), err
}

// At implements voucher.Reader.
func (s Store) At(ctx context.Context, merchantID id.ID, p page.Request) (page.Page[voucher.Receipt], error) {
	query, args := receipts+`r.merchant_id = ?`, []any{merchantID}
	if len(p.After) == 1 {
		query, args = query+` AND r.id < ?`, append(args, p.After[0])
	}
	var rows []voucher.Receipt
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query+` ORDER BY r.id DESC LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(r voucher.Receipt) []string { return []string{r.ID.String()} }), err
}

var (
	_ voucher.Store      = Store{}
	_ voucher.Reader     = Store{}
	_ voucher.Repository = Vouchers{}
)
