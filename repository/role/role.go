// Package role keeps grants of roles.
package role

import (
	"context"

	"gorm.io/gorm"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/role"
	"dure/repository"
	accountstore "dure/repository/account"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Accounts() account.Repository { return accountstore.Accounts{Tx: u.Tx} }
func (u unit) Roles() role.Repository       { return Roles{u.Tx} }

// Update implements role.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx role.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Roles implements role.Repository inside a transaction; other features' units use it too.
type Roles struct{ Tx *repository.Tx }

// Exists implements role.Repository.
func (r Roles) Exists(_ context.Context, t auth.ScopeType, scope id.ID) (there bool, err error) {
	tables := map[auth.ScopeType]string{auth.Camp: "camps", auth.DemandSite: "demand_sites", auth.Merchant: "merchants"}
	err = r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM `+tables[t]+` WHERE id = ?)`, scope).Scan(&there).Error
	return there, err
}

// Add implements role.Repository. A grant whose term is over makes way for a new one.
func (r Roles) Add(_ context.Context, g role.Grant) error {
	if err := r.Tx.Exec(`UPDATE role_grants SET revoked_at = ends_at
		WHERE account_id = ? AND role = ? AND scope_id = ? AND revoked_at IS NULL AND ends_at <= ?`,
		g.AccountID, g.Role, g.ScopeID, g.StartsAt).Error; err != nil {
		return err
	}
	done := r.Tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, ends_at, granted_by, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, role, scope_id) WHERE revoked_at IS NULL DO NOTHING`,
		g.ID, g.AccountID, g.Role, g.ScopeType, g.ScopeID, g.StartsAt, g.EndsAt, g.GrantedBy, g.Reason)
	if done.Error == nil && done.RowsAffected == 0 {
		return role.ErrHeld
	}
	return done.Error
}

// Get implements role.Repository.
func (r Roles) Get(_ context.Context, grantID id.ID) (g role.Grant, err error) {
	found := r.Tx.Raw(`SELECT * FROM role_grants WHERE id = ?`, grantID).Scan(&g)
	if found.Error == nil && found.RowsAffected == 0 {
		return g, role.ErrNotFound
	}
	return g, found.Error
}

// Revoke implements role.Repository.
func (r Roles) Revoke(_ context.Context, g role.Grant) error {
	done := r.Tx.Exec(`UPDATE role_grants SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL`,
		g.RevokedAt, g.RevokedBy, g.ID)
	if done.Error == nil && done.RowsAffected == 0 {
		return role.ErrRevoked
	}
	return done.Error
}

// List implements role.Repository.
func (r Roles) List(_ context.Context, v role.Visible, f role.Filter, p page.Request) (page.Page[role.Listed], error) {
	var rows []role.Listed
	q := r.Tx.Table("role_grants AS g").Select("g.*, a.login").Joins("JOIN accounts a ON a.id = g.account_id")
	if !v.All {
		none := q.Session(&gorm.Session{NewDB: true})
		q = q.Where(none.Where("g.scope_type IN ?", v.Types).Or("g.scope_id IN ?", v.Scopes))
	}
	if f.AccountID != id.Nil {
		q = q.Where("g.account_id = ?", f.AccountID)
	}
	if f.ScopeID != id.Nil {
		q = q.Where("g.scope_id = ?", f.ScopeID)
	}
	if f.Role != "" {
		q = q.Where("g.role = ?", f.Role)
	}
	if f.Live {
		q = q.Where("g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > ?)", f.At)
	}
	if len(p.After) == 1 {
		q = q.Where("g.id < ?", p.After[0])
	}
	if err := q.Order("g.id DESC").Limit(p.Limit + 1).Scan(&rows).Error; err != nil {
		return page.Page[role.Listed]{}, err
	}
	return page.Cut(rows, p, func(l role.Listed) []string { return []string{l.ID.String()} }), nil
}
