// Package activity keeps activities and shifts.
package activity

import (
	"context"
	"slices"
	"time"

	"dure/domain/activity"
	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/site"
	"dure/repository"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct {
	db   *repository.DB
	zone *time.Location
}

// NewStore makes a store on an open database; days are those of the city's zone.
func NewStore(db *repository.DB, zone *time.Location) Store { return Store{db, zone} }

type unit struct{ *repository.Tx }

func (u unit) Activities() activity.Repository { return Activities{u.Tx} }

// Update implements activity.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx activity.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Activities implements activity.Repository inside a transaction; other features' units use it too.
type Activities struct{ Tx *repository.Tx }

// lock keeps others from changing rows, but not from referring to them.
func (r Activities) lock() string { return r.Tx.Pick(` FOR NO KEY UPDATE`, ``) }

// Organiser implements activity.Repository.
func (r Activities) Organiser(_ context.Context, t activity.OrganiserType, organiser id.ID) (o activity.Organiser, err error) {
	query, missing := `SELECT id, name, closed_on FROM camps WHERE id = ?`, camp.ErrNotFound
	if t == activity.ByDemandSite {
		query, missing = `SELECT id, name, state AS site_state FROM demand_sites WHERE id = ?`, site.ErrNotFound
	}
	found := r.Tx.Raw(query, organiser).Scan(&o)
	if found.Error == nil && found.RowsAffected == 0 {
		return o, missing
	}
	o.Type = t
	return o, found.Error
}

// Known implements activity.Repository.
func (r Activities) Known(_ context.Context, field, region string) (fieldKnown, regionKnown bool, err error) {
	var known struct{ Fields, Regions int }
	err = r.Tx.Raw(`SELECT (SELECT COUNT(*) FROM activity_fields WHERE code = ?) AS fields,
		(SELECT COUNT(*) FROM regions WHERE code = ? AND level IN ('gu', 'dong')) AS regions`, field, region).Scan(&known).Error
	return known.Fields > 0, known.Regions > 0, err
}

// Lock implements activity.Repository.
func (r Activities) Lock(_ context.Context, activityID id.ID) (a activity.Activity, err error) {
	found := r.Tx.Raw(`SELECT * FROM activities WHERE id = ?`+r.lock(), activityID).Scan(&a)
	if found.Error == nil && found.RowsAffected == 0 {
		return a, activity.ErrNotFound
	}
	return a, found.Error
}

// Submitters implements activity.Repository.
func (r Activities) Submitters(_ context.Context, activityID id.ID) (accounts []id.ID, err error) {
	err = r.Tx.Raw(`SELECT DISTINCT account_id FROM audit_events WHERE subject_type = 'activity' AND subject_id = ?
		AND action = 'activity.submitted' AND account_id IS NOT NULL`, activityID.String()).Scan(&accounts).Error
	return accounts, err
}

// Add implements activity.Repository.
func (r Activities) Add(_ context.Context, a activity.Activity) error {
	return r.Tx.Table("activities").Create(&a).Error
}

// Update implements activity.Repository.
func (r Activities) Update(_ context.Context, a activity.Activity) error {
	return r.Tx.Table("activities").Where("id = ?", a.ID).Select("*").Omit("id").Updates(&a).Error
}

// Spans implements activity.Repository.
func (r Activities) Spans(_ context.Context, activityID id.ID, cancelled bool) ([]calendar.Span, error) {
	var rows []activity.Shift
	q := r.Tx.Table("shifts").Select("starts_at, ends_at").Where("activity_id = ?", activityID)
	if !cancelled {
		q = q.Where("cancelled_at IS NULL")
	}
	err := q.Order("starts_at, ends_at").Scan(&rows).Error
	spans := make([]calendar.Span, len(rows))
	for i, row := range rows {
		spans[i] = row.Span()
	}
	return spans, err
}

// AddShifts implements activity.Repository.
func (r Activities) AddShifts(_ context.Context, shifts []activity.Shift) error {
	if len(shifts) == 0 {
		return nil
	}
	rows := make([]repository.Row, len(shifts))
	for i, s := range shifts {
		rows[i] = repository.Row{"id", s.ID, "activity_id", s.ActivityID, "organiser_id", s.OrganiserID, "starts_at", s.StartsAt,
			"ends_at", s.EndsAt, "break_minutes", s.BreakMinutes, "capacity", s.Capacity, "code_secret", s.CodeSecret}
	}
	return r.Tx.Exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		SELECT id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, 0, code_secret FROM `+
		r.Tx.Records(`id uuid, activity_id uuid, organiser_id uuid, starts_at timestamptz, ends_at timestamptz, break_minutes int,
			capacity int, code_secret text`), repository.JSON(rows)).Error
}

// LockShift implements activity.Repository.
func (r Activities) LockShift(ctx context.Context, shift id.ID) (a activity.Activity, s activity.Shift, err error) {
	found := r.Tx.Raw(`SELECT activity_id FROM shifts WHERE id = ?`, shift).Scan(&s)
	if found.Error != nil {
		return a, s, found.Error
	}
	if found.RowsAffected == 0 {
		return a, s, activity.ErrShiftNotFound
	}
	if a, err = r.Lock(ctx, s.ActivityID); err != nil {
		return a, s, err
	}
	err = r.Tx.Raw(`SELECT * FROM shifts WHERE id = ?`+r.lock(), shift).Scan(&s).Error
	return a, s, err
}

// CancelShift implements activity.Repository.
func (r Activities) CancelShift(_ context.Context, shift id.ID, at time.Time) error {
	return r.cancel([]id.ID{shift}, at)
}

// CancelUpcoming implements activity.Repository.
func (r Activities) CancelUpcoming(_ context.Context, activityID id.ID, at time.Time, keep ...calendar.Span) error {
	var upcoming []activity.Shift
	if err := r.Tx.Raw(`SELECT id, starts_at, ends_at FROM shifts WHERE activity_id = ? AND starts_at > ? AND cancelled_at IS NULL
		ORDER BY id`+r.lock(), activityID, at).Scan(&upcoming).Error; err != nil {
		return err
	}
	var gone []id.ID
	for _, s := range upcoming {
		kept := slices.ContainsFunc(keep, func(k calendar.Span) bool { return k.Start.Equal(s.StartsAt) && k.End.Equal(s.EndsAt) })
		if !kept {
			gone = append(gone, s.ID)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return r.cancel(gone, at)
}

// cancel cancels locked shifts, and those sign-ups that still hold or wait for a place on them.
func (r Activities) cancel(shifts []id.ID, at time.Time) error {
	if err := r.Tx.Exec(`UPDATE sign_ups SET state = 'cancelled', queued = NULL, changed_at = ? WHERE state IN ('applied', 'waitlisted', 'confirmed')
		AND shift_id IN (SELECT id FROM `+r.Tx.Records("id uuid")+`)`, at, repository.IDs(shifts)).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`UPDATE shifts SET cancelled_at = ?, confirmed = (SELECT COUNT(*) FROM sign_ups u WHERE u.shift_id = shifts.id
		AND u.state IN ('confirmed', 'attended', 'no_show')) WHERE id IN (SELECT id FROM `+r.Tx.Records("id uuid")+`)`,
		at, repository.IDs(shifts)).Error
}

// Fields implements activity.Importing.
func (r Activities) Fields(context.Context) (fields []activity.Field, err error) {
	err = r.Tx.Raw(`SELECT * FROM activity_fields ORDER BY code`).Scan(&fields).Error
	return fields, err
}

// Gu implements activity.Importing: the city's own gu are the only ones there are, under their past and present codes.
func (r Activities) Gu(_ context.Context, name string) (code string, err error) {
	err = r.Tx.Raw(`SELECT code FROM regions WHERE level = 'gu' AND name = ? AND successor IS NULL ORDER BY code LIMIT 1`, name).Scan(&code).Error
	return code, err
}

// Origin implements activity.Importing.
func (r Activities) Origin(_ context.Context, system, number string) (a activity.Activity, found bool, err error) {
	row := r.Tx.Raw(`SELECT * FROM activities WHERE origin_system = ? AND origin_id = ?`+r.lock(), system, number).Scan(&a)
	return a, row.RowsAffected > 0, row.Error
}

// Site implements activity.Importing.
func (r Activities) Site(_ context.Context, s site.Site) (id.ID, error) {
	var known site.Site
	found := r.Tx.Raw(`SELECT id FROM demand_sites WHERE search = ? AND region_code = ? ORDER BY id LIMIT 1`, s.Search, s.RegionCode).Scan(&known)
	if found.Error != nil || found.RowsAffected > 0 {
		return known.ID, found.Error
	}
	return s.ID, r.Tx.Table("demand_sites").Create(&s).Error
}
