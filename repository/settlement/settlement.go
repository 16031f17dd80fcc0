// Package settlement keeps the monthly statements of merchants.
package settlement

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/merchant"
	"dure/domain/settlement"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	merchantstore "dure/repository/merchant"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Unit is a transaction as the feature's use cases see it.
type Unit struct{ *repository.Tx }

func (u Unit) Merchants() merchant.Repository     { return merchantstore.Merchants{Tx: u.Tx} }
func (u Unit) Ledger() ledger.Repository          { return ledgerstore.Ledger{Tx: u.Tx} }
func (u Unit) Settlements() settlement.Repository { return Settlements{u.Tx} }

// Update implements settlement.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx settlement.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Unit{tx}) })
}

// Settlements implements settlement.Repository inside a transaction.
type Settlements struct{ Tx *repository.Tx }

// owed are the postings to what merchants are owed, with their entries; the second condition on the account lets the index
// of such postings be used.
const owed = ` FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id AND p.line > 1
		AND p.account_id <> '00000000-0000-7000-8000-000000000001'
	JOIN ledger_entries e ON e.id = p.entry_id `

// Due implements settlement.Repository. It reads all postings to merchants, once a month.
func (r Settlements) Due(_ context.Context, merchantID id.ID, upTo calendar.Day, most int) (due []settlement.Key, err error) {
	query, args := `SELECT a.owner_id AS merchant_id, `+r.Tx.Pick(`date_trunc('month', e.effective_day)::date`, `date(e.effective_day, 'start of month')`)+` AS month`+
		owed+`JOIN merchants m ON m.id = a.owner_id
		LEFT JOIN (SELECT merchant_id, MAX(month) AS month FROM settlements GROUP BY merchant_id) l ON l.merchant_id = a.owner_id
		WHERE a.kind = 'merchant_points' AND e.effective_day < ? AND (l.month IS NULL OR e.effective_day >= `+
		r.Tx.Pick(`l.month + interval '1 month'`, `date(l.month, '+1 month')`)+`)`, []any{upTo.AddMonths(1)}
	if merchantID != id.Nil {
		query, args = query+` AND a.owner_id = ?`, append(args, merchantID)
	}
	err = r.Tx.Raw(query+` GROUP BY 1, 2 ORDER BY 2, 1 LIMIT ?`, append(args, most)...).Scan(&due).Error
	return due, err
}

// Last implements settlement.Repository.
func (r Settlements) Last(_ context.Context, merchantID id.ID) (s settlement.Statement, ok bool, err error) {
	found := r.Tx.Raw(`SELECT * FROM settlements WHERE merchant_id = ? ORDER BY number DESC LIMIT 1`, merchantID).Scan(&s)
	return s, found.RowsAffected == 1, found.Error
}

// Owed implements settlement.Repository.
func (r Settlements) Owed(_ context.Context, merchantID id.ID, before calendar.Day) (points int64, err error) {
	err = r.Tx.Raw(`SELECT COALESCE(SUM(p.amount), 0)`+owed+`WHERE a.kind = 'merchant_points' AND a.owner_id = ? AND e.effective_day < ?`,
		merchantID, before).Scan(&points).Error
	return points, err
}

// Posted implements settlement.Repository.
func (r Settlements) Posted(_ context.Context, merchantID id.ID, from, to calendar.Day) (lines []settlement.Line, err error) {
	err = r.Tx.Raw(`SELECT e.id AS entry_id, e.kind, e.effective_day AS day, p.amount AS points,
			CASE 'voucher_redemption' WHEN e.source_type THEN e.source_id WHEN o.source_type THEN o.source_id END AS redemption_id`+
		owed+`LEFT JOIN ledger_entries o ON e.kind = 'cancellation' AND o.id = e.source_id
		WHERE a.kind = 'merchant_points' AND a.owner_id = ? AND e.effective_day BETWEEN ? AND ? ORDER BY e.effective_day, e.id`,
		merchantID, from, to).Scan(&lines).Error
	return lines, err
}

// Add implements settlement.Repository.
func (r Settlements) Add(ctx context.Context, s settlement.Statement, lines []settlement.Line, first settlement.Step) error {
	if err := r.Tx.Table("settlements").Create(&s).Error; err != nil {
		if sqlerr.Unique(err, "settlements_merchant_id_month_key") {
			return settlement.ErrPrepared
		}
		return err
	}
	rows := make([]repository.Row, len(lines))
	for i, l := range lines {
		rows[i] = repository.Row{"statement_id", l.StatementID, "number", l.Number, "entry_id", l.EntryID, "kind", l.Kind, "day", l.Day,
			"redemption_id", l.RedemptionID, "points", l.Points}
	}
	const columns = `statement_id, number, entry_id, kind, day, redemption_id, points`
	if err := r.Tx.Exec(`INSERT INTO settlement_lines (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`statement_id uuid, number int,
		entry_id uuid, kind text, day date, redemption_id uuid, points bigint`), repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.Move(ctx, first)
}

// listed are statements with where they stand.
const listed = `SELECT s.*, m.name AS merchant_name, t.state, t.number AS steps, t.happened_at AS moved_at
	FROM settlements s JOIN merchants m ON m.id = s.merchant_id JOIN settlement_steps t ON t.statement_id = s.id
		AND t.number = (SELECT MAX(x.number) FROM settlement_steps x WHERE x.statement_id = s.id)`

// Get implements settlement.Repository.
func (r Settlements) Get(_ context.Context, key settlement.Key) (f settlement.Full, err error) {
	found := r.Tx.Raw(listed+` WHERE s.merchant_id = ? AND s.month = ?`, key.MerchantID, key.Month).Scan(&f.Listed)
	if found.Error == nil && found.RowsAffected == 0 {
		return f, settlement.ErrNotFound
	}
	if found.Error != nil {
		return f, found.Error
	}
	return f, r.Tx.Raw(`SELECT * FROM settlement_steps WHERE statement_id = ? ORDER BY number`, f.ID).Scan(&f.Story).Error
}

// Move implements settlement.Repository.
func (r Settlements) Move(_ context.Context, step settlement.Step) error {
	err := r.Tx.Table("settlement_steps").Create(&step).Error
	if sqlerr.Unique(err, "settlement_steps_pkey") || sqlerr.Unique(err, "settlement_steps_paid_key") {
		return settlement.ErrState.With("state", step.State)
	}
	return err
}

// Interested implements settlement.Repository.
func (r Settlements) Interested(_ context.Context, merchantID id.ID) (accounts []id.ID, err error) {
	err = r.Tx.Raw(`SELECT applied_by FROM merchants WHERE id = ? UNION SELECT account_id FROM role_grants WHERE scope_type = ? AND scope_id = ?`,
		merchantID, auth.Merchant, merchantID).Scan(&accounts).Error
	return accounts, err
}
