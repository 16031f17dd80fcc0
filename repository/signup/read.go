package signup

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/signup"
	"dure/repository"
)

// position is how many stand in a shift's waitlist up to this one.
const position = `CASE WHEN u.state = 'waitlisted' THEN (SELECT COUNT(*) FROM sign_ups w WHERE w.shift_id = u.shift_id
	AND w.state = 'waitlisted' AND w.queued <= u.queued) ELSE 0 END AS position`

// OfVolunteer implements signup.Reader.
func (s Store) OfVolunteer(ctx context.Context, volunteer id.ID, f signup.Filter, p page.Request) (page.Page[signup.Mine], error) {
	var rows []signup.Mine
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("sign_ups AS u").Where("u.volunteer_id = ?", volunteer).
			Select("u.*, " + position + `, a.id AS activity_id, a.title AS activity_title, a.place AS activity_place,
				COALESCE(c.name, d.name) AS organiser_name`).
			Joins("JOIN shifts s ON s.id = u.shift_id JOIN activities a ON a.id = s.activity_id").
			Joins("LEFT JOIN camps c ON c.id = a.organiser_id LEFT JOIN demand_sites d ON d.id = a.organiser_id")
		q = within(q, f.States)
		if !f.From.IsZero() {
			q = q.Where("u.ends_at > ?", f.From.Start(s.zone))
		}
		if !f.To.IsZero() {
			q = q.Where("u.starts_at < ?", f.To.End(s.zone))
		}
		q, err := cut(q, "u.starts_at", p)
		if err != nil {
			return err
		}
		return q.Scan(&rows).Error
	})
	if err != nil {
		return page.Page[signup.Mine]{}, err
	}
	return page.Cut(rows, p, func(m signup.Mine) []string { return after(m.StartsAt, m.ID) }), nil
}

// OfShift implements signup.Repository.
func (r SignUps) OfShift(_ context.Context, shift id.ID, states []signup.State, p page.Request) (page.Page[signup.Theirs], error) {
	var rows []signup.Theirs
	q := r.Tx.Table("sign_ups AS u").Where("u.shift_id = ?", shift).
		Select("u.*, " + position + ", v.number AS volunteer_number, v.name AS volunteer_name").
		Joins("JOIN volunteers v ON v.id = u.volunteer_id")
	q, err := cut(within(q, states), "u.applied_at", p)
	if err != nil {
		return page.Page[signup.Theirs]{}, err
	}
	if err := q.Scan(&rows).Error; err != nil {
		return page.Page[signup.Theirs]{}, err
	}
	return page.Cut(rows, p, func(t signup.Theirs) []string { return after(t.AppliedAt, t.ID) }), nil
}

func within(q *gorm.DB, states []signup.State) *gorm.DB {
	if len(states) == 0 {
		return q
	}
	return q.Where("u.state IN ?", states)
}

// cut limits a query over sign-ups to a page, ordered by a time and then by id.
func cut(q *gorm.DB, by string, p page.Request) (*gorm.DB, error) {
	if len(p.After) == 2 {
		at, err := time.Parse(time.RFC3339Nano, p.After[0])
		if err != nil {
			return nil, page.ErrCursor
		}
		q = q.Where("("+by+" > ? OR "+by+" = ? AND u.id > ?)", at, at, p.After[1])
	}
	return q.Order(by + ", u.id").Limit(p.Limit + 1), nil
}

// after is the position of a row in a list ordered by a time and then by id.
func after(at time.Time, of id.ID) []string {
	return []string{at.UTC().Format(time.RFC3339Nano), of.String()}
}
