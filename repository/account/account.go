// Package account keeps accounts, sessions and the keys that sign access tokens.
package account

import (
	"context"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/volunteer"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	volunteerstore "dure/repository/volunteer"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Accounts() account.Repository     { return Accounts{u.Tx} }
func (u unit) Volunteers() volunteer.Repository { return volunteerstore.Volunteers{Tx: u.Tx} }
func (u unit) Ledger() ledger.Repository        { return ledgerstore.Ledger{Tx: u.Tx} }

// Update implements account.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx account.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Profile implements account.Reader.
func (s Store) Profile(ctx context.Context, accountID id.ID) (p account.Profile, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if p.Account, err = (Accounts{tx}).Get(ctx, accountID); err != nil || p.VolunteerID == nil {
			return err
		}
		person, err := volunteerstore.Volunteers{Tx: tx}.Record(ctx, *p.VolunteerID)
		p.Person = &person
		return err
	})
	return p, err
}

// Sweep deletes what nobody can use any more at an instant: refresh tokens past their time and old counts of tries.
func (s Store) Sweep(ctx context.Context, at time.Time) error {
	return s.db.Update(ctx, func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Exec(`DELETE FROM refresh_tokens WHERE expires_at < ?`, at).Error; err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM login_failures WHERE window_start < ?`, at.Add(-24*time.Hour)).Error
	})
}

// Accounts implements account.Repository inside a transaction; other features' units use it too.
type Accounts struct{ Tx *repository.Tx }

// Add implements account.Repository.
func (r Accounts) Add(_ context.Context, a account.Account) error {
	done := r.Tx.Exec(`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (login) DO NOTHING`, a.ID, a.Login, a.PasswordHash, a.VolunteerID, a.CreatedAt)
	if done.Error == nil && done.RowsAffected == 0 {
		return account.ErrLoginTaken
	}
	return done.Error
}

// Get implements account.Repository.
func (r Accounts) Get(_ context.Context, accountID id.ID) (account.Account, error) {
	return one[account.Account](r.Tx, `SELECT * FROM accounts WHERE id = ?`, accountID)
}

// ByLogin implements account.Repository.
func (r Accounts) ByLogin(_ context.Context, login string) (account.Account, error) {
	return one[account.Account](r.Tx, `SELECT * FROM accounts WHERE login = ?`, login)
}

// Session implements account.Repository.
func (r Accounts) Session(_ context.Context, session id.ID) (account.Session, error) {
	return one[account.Session](r.Tx, `SELECT id, account_id, created_at, expires_at, ended_at FROM sessions WHERE id = ?`, session)
}

func one[T any](tx *repository.Tx, query string, key any) (row T, err error) {
	found := tx.Raw(query, key).Scan(&row)
	if found.Error == nil && found.RowsAffected == 0 {
		return row, account.ErrNotFound
	}
	return row, found.Error
}

// SetPassword implements account.Repository.
func (r Accounts) SetPassword(_ context.Context, accountID id.ID, old, wanted string) (bool, error) {
	done := r.Tx.Exec(`UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?`, wanted, accountID, old)
	return done.RowsAffected == 1, done.Error
}

// OpenSession implements account.Repository.
func (r Accounts) OpenSession(_ context.Context, s account.Session) error {
	return r.Tx.Exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`,
		s.ID, s.AccountID, s.CreatedAt, s.ExpiresAt).Error
}

// EndSession implements account.Repository.
func (r Accounts) EndSession(_ context.Context, session id.ID, at time.Time, reason string) (bool, error) {
	done := r.Tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL`, at, reason, session)
	return done.RowsAffected == 1, done.Error
}

// EndOthers implements account.Repository.
func (r Accounts) EndOthers(_ context.Context, accountID, but id.ID, at time.Time, reason string) error {
	return r.Tx.Exec(`UPDATE sessions SET ended_at = ?, end_reason = ? WHERE account_id = ? AND id <> ? AND ended_at IS NULL`,
		at, reason, accountID, but).Error
}

// AddRefresh implements account.Repository.
func (r Accounts) AddRefresh(_ context.Context, t account.Refresh) error {
	return r.Tx.Exec(`INSERT INTO refresh_tokens (hash, session_id, issued_at, expires_at) VALUES (?, ?, ?, ?)`,
		t.Hash, t.SessionID, t.IssuedAt, t.ExpiresAt).Error
}

// Spend implements account.Repository: the condition of one UPDATE is the gate that lets one of many through.
func (r Accounts) Spend(_ context.Context, hash string, at time.Time) (t account.Refresh, fresh, found bool, err error) {
	const columns = "hash, session_id, issued_at, expires_at"
	spent := r.Tx.Raw(`UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL RETURNING `+columns, at, hash).Scan(&t)
	if spent.Error != nil || spent.RowsAffected == 1 {
		return t, true, true, spent.Error
	}
	before := r.Tx.Raw(`SELECT `+columns+` FROM refresh_tokens WHERE hash = ?`, hash).Scan(&t)
	return t, false, before.RowsAffected == 1, before.Error
}

// Attempt implements account.Repository: counting and reading the count are one statement.
func (r Accounts) Attempt(_ context.Context, key string, at time.Time, window time.Duration) (n int, err error) {
	over := at.Add(-window)
	err = r.Tx.Raw(`INSERT INTO login_failures (login_hash, failures, window_start) VALUES (?, 1, ?)
		ON CONFLICT (login_hash) DO UPDATE SET
			failures = CASE WHEN login_failures.window_start <= ? THEN 1 ELSE login_failures.failures + 1 END,
			window_start = CASE WHEN login_failures.window_start <= ? THEN excluded.window_start ELSE login_failures.window_start END
		RETURNING failures`, key, at, over, over).Scan(&n).Error
	return n, err
}

// Forgive implements account.Repository.
func (r Accounts) Forgive(_ context.Context, key string) error {
	return r.Tx.Exec(`DELETE FROM login_failures WHERE login_hash = ?`, key).Error
}
