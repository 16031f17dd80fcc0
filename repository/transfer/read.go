package transfer

import (
	"context"

	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/transfer"
	"dure/repository"
)

// What waits is sought among all that waits in the city, which is little, not among all that ever came with a transfer.
const listed = `SELECT t.*, COALESCE(w.n, 0) AS waiting FROM transfers t LEFT JOIN (
		SELECT o.transfer_id, COUNT(*) AS n FROM attendances a JOIN transfer_origins o ON o.attendance_id = a.id
		WHERE a.state IN ('pending', 'held') GROUP BY o.transfer_id
	) AS w ON w.transfer_id = t.id`

// List implements transfer.Reader.
func (s Store) List(ctx context.Context, p page.Request) (page.Page[transfer.Listed], error) {
	var rows []transfer.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("(" + listed + ") AS l")
		if len(p.After) == 1 {
			q = q.Where("l.id < ?", p.After[0])
		}
		return q.Order("l.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l transfer.Listed) []string { return []string{l.ID.String()} }), err
}

// Rows implements transfer.Reader.
func (s Store) Rows(ctx context.Context, transferID id.ID) (l transfer.Listed, rows []transfer.Row, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(listed+` WHERE t.id = ?`, transferID).Scan(&l)
		if found.Error != nil {
			return found.Error
		}
		if found.RowsAffected == 0 {
			return transfer.ErrNotFound
		}
		return tx.Raw(`SELECT o.attendance_id, o.line, o.origin_id, a.volunteer_id, v.number AS volunteer_number, v.name AS volunteer_name,
				t.title AS activity_title, t.place, t.field_code, a.counted_in_at AS checked_in_at, a.counted_out_at AS checked_out_at, a.state,
				a.recognised_minutes, a.group_name
			FROM transfer_origins o JOIN attendances a ON a.id = o.attendance_id JOIN volunteers v ON v.id = a.volunteer_id
			JOIN activities t ON t.id = a.activity_id WHERE o.transfer_id = ? ORDER BY o.line, o.attendance_id`, transferID).Scan(&rows).Error
	})
	return l, rows, err
}

var _ transfer.Repository = Transfers{}
