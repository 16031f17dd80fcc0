// Package proof reads the stored books for their proof, and keeps seals.
package proof

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/domain/recognition"
	"dure/repository"
	attendancestore "dure/repository/attendance"
)

// Store opens views of the books, and keeps seals.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Snapshot implements proof.Reader. On SQLite the file's log grows while it lasts.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, v proof.View) error) error {
	return s.patiently(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, View{tx}) })
}

// patiently reads for longer than a request may, and sorts in memory what a request would not.
func (s Store) patiently(ctx context.Context, fn func(ctx context.Context, tx *repository.Tx) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
				set_config('work_mem', '64MB', true)`).Error; err != nil {
				return err
			}
		}
		return fn(ctx, tx)
	})
}

// Sealed implements proof.SealStore.
func (s Store) Sealed(ctx context.Context, day calendar.Day) (sealed bool, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT EXISTS (SELECT 1 FROM ledger_seals WHERE day = ?)`, day).Scan(&sealed).Error
	})
	return sealed, err
}

// Heads implements proof.SealStore. Most accounts rest, so that their last entry is known from the account itself.
func (s Store) Heads(ctx context.Context, before time.Time, tell func(account id.ID, sequence int64, head string)) error {
	return s.patiently(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Each(func(rows repository.Scanner) error {
			var (
				account  id.ID
				sequence int64
				head     string
			)
			err := rows.Scan(&account, &sequence, &head)
			tell(account, sequence, head)
			return err
		}, `SELECT e.account_id, e.sequence, e.hash
			FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id AND e.sequence = CASE
				WHEN a.last_posted_at < ? THEN a.sequence
				ELSE (SELECT MAX(x.sequence) FROM ledger_entries x WHERE x.account_id = a.id AND x.posted_at < ?) END
			WHERE a.kind IN `+chained+` ORDER BY a.id`, before, before)
	})
}

// KeepSeal implements proof.SealStore.
func (s Store) KeepSeal(ctx context.Context, seal proof.Seal) error {
	return s.db.Update(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Exec(`INSERT INTO ledger_seals (day, sealed_at, accounts, entries, root) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			seal.Day, seal.SealedAt, seal.Accounts, seal.Entries, seal.Root).Error
	})
}

// View implements proof.View inside a transaction.
type View struct{ Tx *repository.Tx }

// Rules implements proof.View.
func (v View) Rules(ctx context.Context) (recognition.Rules, error) {
	return attendancestore.Attendances{Tx: v.Tx}.Rules(ctx)
}

// Seals implements proof.View.
func (v View) Seals(context.Context) (seals []proof.Seal, err error) {
	err = v.Tx.Raw(`SELECT day, sealed_at, accounts, entries, root FROM ledger_seals ORDER BY day`).Scan(&seals).Error
	return seals, err
}

// PostedHours implements proof.View.
func (v View) PostedHours(context.Context) (hours []proof.PostedHour, err error) {
	err = v.Tx.Raw(`SELECT hour, effective_day, entries, minutes, visits FROM posted_hours ORDER BY hour, effective_day`).Scan(&hours).Error
	return hours, err
}

var (
	_ proof.Reader    = Store{}
	_ proof.SealStore = Store{}
	_ proof.View      = View{}
)
