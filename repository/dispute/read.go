package dispute

import (
	"context"

	"gorm.io/gorm"

	"dure/domain/attendance"
	"dure/domain/dispute"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
	attendancestore "dure/repository/attendance"
)

// Organiser implements dispute.Reader.
func (s Store) Organiser(ctx context.Context, o attendance.Organiser) error {
	return attendancestore.NewStore(s.db).Organiser(ctx, o)
}

// OfVolunteer implements dispute.Reader.
func (s Store) OfVolunteer(ctx context.Context, volunteer id.ID, f dispute.Filter, p page.Request) (page.Page[dispute.Listed], error) {
	return s.list(ctx, f, p, func(q *gorm.DB) *gorm.DB { return q.Where("d.volunteer_id = ?", volunteer) })
}

// OfOrganiser implements dispute.Reader.
func (s Store) OfOrganiser(ctx context.Context, organiser id.ID, f dispute.Filter, p page.Request) (page.Page[dispute.Listed], error) {
	return s.list(ctx, f, p, func(q *gorm.DB) *gorm.DB { return q.Where("d.organiser_id = ?", organiser) })
}

// OfCity implements dispute.Reader.
func (s Store) OfCity(ctx context.Context, f dispute.Filter, p page.Request) (page.Page[dispute.Listed], error) {
	return s.list(ctx, f, p, func(q *gorm.DB) *gorm.DB { return q })
}

func listed(tx *repository.Tx) *gorm.DB {
	return tx.Table("disputes d").
		Select("d.*, t.title AS activity_title, s.starts_at, s.ends_at, v.number AS volunteer_number, v.name AS volunteer_name").
		Joins("JOIN shifts s ON s.id = d.shift_id").Joins("JOIN activities t ON t.id = s.activity_id").
		Joins("JOIN volunteers v ON v.id = d.volunteer_id")
}

func (s Store) list(ctx context.Context, f dispute.Filter, p page.Request, restrict func(*gorm.DB) *gorm.DB) (page.Page[dispute.Listed], error) {
	var rows []dispute.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := restrict(listed(tx))
		if f.State != "" {
			q = q.Where("d.state = ?", f.State)
		}
		if len(p.After) == 1 {
			q = q.Where("d.id < ?", p.After[0])
		}
		return q.Order("d.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l dispute.Listed) []string { return []string{l.ID.String()} }), err
}
