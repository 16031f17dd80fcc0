// Package merchant keeps merchants.
package merchant

import (
	"context"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/merchant"
	"dure/repository"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Merchants() merchant.Repository { return Merchants{u.Tx} }

// Update implements merchant.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx merchant.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Merchants implements merchant.Repository inside a transaction; other features' units use it too.
type Merchants struct{ Tx *repository.Tx }

// Get implements merchant.Repository.
func (r Merchants) Get(_ context.Context, merchantID id.ID) (merchant.Merchant, error) {
	return r.find(merchantID, ``)
}

// Lock implements merchant.Repository.
func (r Merchants) Lock(_ context.Context, merchantID id.ID) (merchant.Merchant, error) {
	return r.find(merchantID, r.Tx.Pick(` FOR NO KEY UPDATE`, ``))
}

func (r Merchants) find(merchantID id.ID, lock string) (m merchant.Merchant, err error) {
	found := r.Tx.Raw(`SELECT * FROM merchants WHERE id = ?`+lock, merchantID).Scan(&m)
	if found.Error == nil && found.RowsAffected == 0 {
		return m, merchant.ErrNotFound
	}
	return m, found.Error
}

// IsDong implements merchant.Repository.
func (r Merchants) IsDong(_ context.Context, code string) (bool, error) {
	var n int64
	err := r.Tx.Table("regions").Where("code = ? AND level = 'dong'", code).Count(&n).Error
	return n > 0, err
}

// Add implements merchant.Repository.
func (r Merchants) Add(_ context.Context, m merchant.Merchant) error {
	return registered(r.Tx.Table("merchants").Create(&m).Error)
}

// Update implements merchant.Repository.
func (r Merchants) Update(_ context.Context, m merchant.Merchant) error {
	return registered(r.Tx.Table("merchants").Where("id = ?", m.ID).Select("*").Omit("id").Updates(&m).Error)
}

func registered(err error) error {
	if sqlerr.Unique(err, "merchants_business_number_key") {
		return merchant.ErrRegistered
	}
	return err
}

// Entrust implements merchant.Repository.
func (r Merchants) Entrust(_ context.Context, m merchant.Merchant, account, by id.ID, at time.Time) (bool, error) {
	done := r.Tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, granted_by, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'merchant.approved') ON CONFLICT DO NOTHING`,
		id.New(), account, auth.MerchantManager, auth.Merchant, m.ID, at, by)
	return done.RowsAffected == 1, done.Error
}

// Dismiss implements merchant.Repository.
func (r Merchants) Dismiss(_ context.Context, m merchant.Merchant, by id.ID, at time.Time) (int, error) {
	done := r.Tx.Exec(`UPDATE role_grants SET revoked_at = ?, revoked_by = ?
		WHERE scope_type = ? AND scope_id = ? AND revoked_at IS NULL`, at, by, auth.Merchant, m.ID)
	return int(done.RowsAffected), done.Error
}
