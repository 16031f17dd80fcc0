package points

import (
	"context"
	"strconv"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/points"
	"dure/repository"
)

// Mine implements points.Reader.
func (s Store) Mine(ctx context.Context, volunteer id.ID, today calendar.Day) (m points.Mine, err error) {
	err = s.db.Snapshot(ctx, func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Raw(`SELECT `+lotColumns+` FROM point_lots l WHERE l.volunteer_id = ? AND l.remaining > 0
			AND (l.expires_on IS NULL OR l.expires_on >= ?) ORDER BY `+spendingOrder, volunteer, today).Scan(&m.Lots).Error; err != nil {
			return err
		}
		return tx.Raw(`SELECT d.*, e.reason, e.posted_at AS raised_at FROM point_debts d JOIN ledger_entries e ON e.id = d.entry_id
			WHERE d.volunteer_id = ? AND d.remaining > 0 ORDER BY d.id`, volunteer).Scan(&m.Debts).Error
	})
	for _, l := range m.Lots {
		m.Points += l.Remaining
	}
	for _, d := range m.Debts {
		m.Owed += d.Remaining
	}
	return m, err
}

// Entries implements points.Reader.
func (s Store) Entries(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[points.Listed], error) {
	var rows []points.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("ledger_accounts c").
			Select(`e.id, e.sequence, e.kind, p.amount AS points, e.source_type, e.source_id, e.reason, e.posted_at,
				COALESCE((SELECT -SUM(d.amount) FROM point_debt_moves d WHERE d.entry_id = e.id), 0) AS owed`).
			Joins("JOIN ledger_entries e ON e.account_id = c.id").
			Joins("JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1").
			Where("c.owner_id = ? AND c.kind = 'volunteer_points'", volunteer)
		if len(p.After) == 1 {
			q = q.Where("e.sequence < ?", p.After[0])
		}
		return q.Order("e.sequence DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l points.Listed) []string { return []string{strconv.FormatInt(l.Sequence, 10)} }), err
}

// Budget implements points.Reader: one statement, so that its numbers belong together.
func (s Store) Budget(ctx context.Context, programme id.ID) (b points.Budget, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(`WITH moves AS (
				SELECT m.kind, SUM(m.amount) AS amount FROM point_lots l JOIN point_moves m ON m.lot_id = l.id
				WHERE l.programme_id = ? GROUP BY m.kind
			), sums AS (
				SELECT SUM(CASE WHEN kind = 'grant' THEN amount ELSE 0 END) AS granted, SUM(amount) AS held,
					SUM(CASE WHEN kind IN ('redemption', 'cancellation') THEN -amount ELSE 0 END) AS spent,
					SUM(CASE WHEN kind = 'expiry' THEN -amount ELSE 0 END) AS expired,
					SUM(CASE WHEN kind = 'donation' THEN -amount ELSE 0 END) AS donated,
					SUM(CASE WHEN kind IN ('take_back', 'settlement') THEN -amount ELSE 0 END) AS taken_back FROM moves
			)
			SELECT a.owner_id AS programme_id, a.balance AS available, COALESCE(s.granted, 0) AS granted, COALESCE(s.held, 0) AS held,
				COALESCE(s.spent, 0) AS spent, COALESCE(s.expired, 0) AS expired, COALESCE(s.donated, 0) AS donated,
				COALESCE(s.taken_back, 0) AS taken_back,
				COALESCE((SELECT SUM(m.amount) FROM ledger_entries e JOIN point_budget_moves m ON m.entry_id = e.id WHERE e.account_id = a.id), 0) AS funded,
				COALESCE((SELECT SUM(d.remaining) FROM point_debts d WHERE d.programme_id = a.owner_id AND d.remaining > 0), 0) AS owed
			FROM ledger_accounts a CROSS JOIN sums s WHERE a.owner_id = ? AND a.kind = 'programme_points'`, programme, programme).Scan(&b)
		if found.Error == nil && found.RowsAffected == 0 {
			return points.ErrNoBudget
		}
		return found.Error
	})
	return b, err
}

// Causes implements points.Reader.
func (s Store) Causes(ctx context.Context) (causes []points.Charity, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT * FROM point_causes WHERE ended_at IS NULL ORDER BY name`).Scan(&causes).Error
	})
	return causes, err
}

var _ points.Reader = Store{}
