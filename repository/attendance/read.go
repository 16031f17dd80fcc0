package attendance

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/attendance"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/window"
	"dure/repository"
	anomalystore "dure/repository/anomaly"
)

// OfOrganiser implements attendance.Reader: by day of check-in, newest first.
func (s Store) OfOrganiser(ctx context.Context, organiser id.ID, f attendance.Filter, p page.Request) (page.Page[attendance.Listed], error) {
	return s.list(ctx, p, func(q *gorm.DB) *gorm.DB {
		q = q.Where("a.organiser_id = ?", organiser)
		if f.State != "" {
			q = q.Where("a.state = ?", f.State)
		}
		if !f.From.IsZero() {
			q = q.Where("a.day >= ?", f.From)
		}
		if !f.To.IsZero() {
			q = q.Where("a.day <= ?", f.To)
		}
		if len(p.After) == 2 {
			q = q.Where("(a.day, a.id) < (?, ?)", p.After[0], p.After[1])
		}
		return q.Order("a.day DESC, a.id DESC")
	}, func(l attendance.Listed) []string { return []string{l.Day.String(), l.ID.String()} })
}

// OfVolunteer implements attendance.Reader: by counted check-in, newest first.
func (s Store) OfVolunteer(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[attendance.Listed], error) {
	return s.list(ctx, p, func(q *gorm.DB) *gorm.DB {
		q = q.Where("a.volunteer_id = ?", volunteer)
		if len(p.After) == 2 {
			at, err := time.Parse(time.RFC3339Nano, p.After[0])
			if err != nil {
				q.AddError(page.ErrCursor)
			}
			q = q.Where("(a.counted_in_at, a.id) < (?, ?)", at, p.After[1])
		}
		return q.Order("a.counted_in_at DESC, a.id DESC")
	}, func(l attendance.Listed) []string {
		return []string{l.CountedInAt.Format(time.RFC3339Nano), l.ID.String()}
	})
}

// listedRow is what a list reads in one statement.
type listedRow struct {
	attendance.Attendance
	ActivityTitle   string
	VolunteerNumber string
	VolunteerName   string
}

func (s Store) list(ctx context.Context, p page.Request, restrict func(*gorm.DB) *gorm.DB, key func(attendance.Listed) []string) (page.Page[attendance.Listed], error) {
	var list []attendance.Listed
	err := s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		var rows []listedRow
		q := tx.Table("attendances a").
			Select("a.*, t.title AS activity_title, v.number AS volunteer_number, v.name AS volunteer_name").
			Joins("JOIN activities t ON t.id = a.activity_id").Joins("JOIN volunteers v ON v.id = a.volunteer_id")
		if err := restrict(q).Limit(p.Limit + 1).Scan(&rows).Error; err != nil {
			return err
		}
		var held []id.ID
		for _, r := range rows {
			if r.State == attendance.Held {
				held = append(held, r.ID)
			}
		}
		holds := map[id.ID]attendance.Hold{}
		if len(held) > 0 {
			found, err := anomalystore.Anomalies{Tx: tx}.Of(ctx, held)
			if err != nil {
				return err
			}
			holds = attendance.Holds(found)
		}
		list = make([]attendance.Listed, len(rows))
		for i, r := range rows {
			list[i] = attendance.Listed{Attendance: r.Attendance, ActivityTitle: r.ActivityTitle, VolunteerNumber: r.VolunteerNumber,
				VolunteerName: r.VolunteerName, Hold: holds[r.ID]}
		}
		return nil
	})
	return page.Cut(list, p, key), err
}

// Changes implements attendance.Reader: newest first.
func (s Store) Changes(ctx context.Context, organiser id.ID, state attendance.ChangeState, p page.Request) (page.Page[attendance.ListedChange], error) {
	var rows []attendance.ListedChange
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("attendance_changes c").
			Select(`c.*, a.shift_id, a.volunteer_id, a.counted_in_at, a.counted_out_at, t.title AS activity_title, v.number AS volunteer_number,
				v.name AS volunteer_name`).
			Joins("JOIN attendances a ON a.id = c.attendance_id").Joins("JOIN activities t ON t.id = a.activity_id").
			Joins("JOIN volunteers v ON v.id = a.volunteer_id").Where("c.organiser_id = ?", organiser)
		if state != "" {
			q = q.Where("c.state = ?", state)
		}
		if len(p.After) == 1 {
			q = q.Where("c.id < ?", p.After[0])
		}
		return q.Order("c.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(c attendance.ListedChange) []string { return []string{c.ID.String()} }), err
}

// Organiser implements attendance.Reader.
func (s Store) Organiser(ctx context.Context, o attendance.Organiser) error {
	table := "camps"
	if o.Type == attendance.Site {
		table = "demand_sites"
	}
	return s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		var found int64
		err := tx.Table(table).Where("id = ?", o.ID).Count(&found).Error
		if err == nil && found == 0 {
			err = attendance.ErrOrganiser
		}
		return err
	})
}

// Windows implements attendance.Repository. The organiser's gu is known under each code that it ever had.
func (r Attendances) Windows(_ context.Context, organiser id.ID) (rows window.Windows, err error) {
	err = r.Tx.Raw(`WITH RECURSIVE gu (code) AS (
			SELECT CASE WHEN r.level = 'dong' THEN r.parent ELSE r.code END FROM regions r WHERE r.code IN (
				SELECT region_code FROM camps WHERE id = ? UNION ALL SELECT region_code FROM demand_sites WHERE id = ?)
			UNION SELECT o.code FROM gu JOIN regions r ON r.code = gu.code JOIN regions o ON o.successor = r.code OR o.code = r.successor
				WHERE o.level = 'gu'
		) SELECT * FROM late_windows WHERE gu_code = '' OR gu_code IN (SELECT code FROM gu)`, organiser, organiser).Scan(&rows).Error
	return rows, err
}
