package activity

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"dure/domain/activity"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/repository"
)

const listed = `a.*, f.name AS field_name, f.group_code, f.group_name, COALESCE(c.name, d.name) AS organiser_name,
	CASE WHEN r.level = 'dong' THEN g.name ELSE r.name END AS gu_name, CASE WHEN r.level = 'dong' THEN r.name ELSE '' END AS dong_name`

// activities begins a query over the activities of a scope, as they are listed.
func activities(tx *repository.Tx, s activity.Scope) *gorm.DB {
	q := tx.Table("activities AS a").Select(listed).
		Joins("JOIN activity_fields f ON f.code = a.field_code").
		Joins("JOIN regions r ON r.code = a.region_code LEFT JOIN regions g ON g.code = r.parent").
		Joins("LEFT JOIN camps c ON c.id = a.organiser_id LEFT JOIN demand_sites d ON d.id = a.organiser_id")
	switch {
	case s.All:
		return q
	case s.Organiser != id.Nil:
		return q.Where("a.organiser_id = ?", s.Organiser)
	default: // what a site that is suspended lists is not shown
		return q.Where("a.state = ? AND (d.id IS NULL OR d.state = 'approved')", activity.Approved)
	}
}

// Listed implements activity.Reader.
func (s Store) Listed(ctx context.Context, scope activity.Scope, activityID id.ID) (l activity.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := activities(tx, scope).Where("a.id = ?", activityID).Scan(&l)
		if found.Error == nil && found.RowsAffected == 0 {
			return activity.ErrNotFound
		}
		return found.Error
	})
	return l, err
}

// List implements activity.Reader.
func (s Store) List(ctx context.Context, scope activity.Scope, f activity.Filter, p page.Request) (page.Page[activity.Listed], error) {
	var rows []activity.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := s.filtered(tx, activities(tx, scope), f)
		if len(p.After) == 1 {
			q = q.Where("a.id < ?", p.After[0])
		}
		return q.Order("a.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	if err != nil {
		return page.Page[activity.Listed]{}, err
	}
	return page.Cut(rows, p, func(l activity.Listed) []string { return []string{l.ID.String()} }), nil
}

func (s Store) filtered(tx *repository.Tx, q *gorm.DB, f activity.Filter) *gorm.DB {
	if f.State != "" {
		q = q.Where("a.state = ?", f.State)
	}
	if f.Organiser != id.Nil {
		q = q.Where("a.organiser_id = ?", f.Organiser)
	}
	if f.Region != "" {
		q = q.Where("a.region_code IN (?)", repository.RegionAndBelow(tx, f.Region))
	}
	if f.Field != "" {
		q = q.Where("(f.code = ? OR f.group_code = ?)", f.Field, f.Field)
	}
	for word := range strings.FieldsSeq(f.Word) {
		q = q.Where(`a.search LIKE ? ESCAPE '\'`, text.Like(word))
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		shifts := tx.Session(&gorm.Session{NewDB: true}).Table("shifts AS s").Select("1").Where("s.activity_id = a.id AND s.cancelled_at IS NULL")
		q = q.Where("EXISTS (?)", s.touching(shifts, f.From, f.To))
	}
	return q
}

// touching limits a query over shifts to those that touch city days, both included.
func (s Store) touching(q *gorm.DB, from, to calendar.Day) *gorm.DB {
	if !from.IsZero() {
		begin := from.Start(s.zone) // no shift is so long that one that began earlier could still go on: the index is read from there
		q = q.Where("s.ends_at > ? AND s.starts_at >= ?", begin, begin.Add(-activity.MaxShift))
	}
	if !to.IsZero() {
		q = q.Where("s.starts_at < ?", to.End(s.zone))
	}
	return q
}

// Shifts implements activity.Reader.
func (s Store) Shifts(ctx context.Context, scope activity.Scope, f activity.ShiftFilter, p page.Request) (page.Page[activity.ListedShift], error) {
	var rows []activity.ListedShift
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("shifts AS s").Select("s.*, a.title AS activity_title").Joins("JOIN activities a ON a.id = s.activity_id").
			Where("s.cancelled_at IS NULL")
		if scope.Organiser != id.Nil {
			q = q.Where("s.organiser_id = ?", scope.Organiser)
		}
		if f.Activity != id.Nil {
			q = q.Where("s.activity_id = ?", f.Activity)
		} else {
			q = q.Where("a.state IN ?", []activity.State{activity.Approved, activity.Ended})
		}
		q = s.touching(q, f.From, f.To)
		if len(p.After) == 2 {
			at, err := time.Parse(time.RFC3339Nano, p.After[0])
			if err != nil {
				return page.ErrCursor
			}
			q = q.Where("(s.starts_at > ? OR s.starts_at = ? AND s.id > ?)", at, at, p.After[1])
		}
		return q.Order("s.starts_at, s.id").Limit(p.Limit + 1).Scan(&rows).Error
	})
	if err != nil {
		return page.Page[activity.ListedShift]{}, err
	}
	return page.Cut(rows, p, func(l activity.ListedShift) []string {
		return []string{l.StartsAt.UTC().Format(time.RFC3339Nano), l.ID.String()}
	}), nil
}

// Fields implements activity.Reader.
func (s Store) Fields(ctx context.Context) (fields []activity.Field, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		fields, err = Activities{tx}.Fields(ctx)
		return err
	})
	return fields, err
}

// Organiser implements activity.Reader.
func (s Store) Organiser(ctx context.Context, t activity.OrganiserType, organiser id.ID) (o activity.Organiser, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		o, err = Activities{tx}.Organiser(ctx, t, organiser)
		return err
	})
	return o, err
}
