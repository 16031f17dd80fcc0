// Package signup keeps sign-ups and their waitlists.
package signup

import (
	"context"
	"time"

	"dure/domain/activity"
	"dure/domain/insurance"
	"dure/domain/kernel/id"
	"dure/domain/signup"
	"dure/repository"
	insurancestore "dure/repository/insurance"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct {
	db   *repository.DB
	zone *time.Location
}

// NewStore makes a store on an open database; days are those of the city's zone.
func NewStore(db *repository.DB, zone *time.Location) Store { return Store{db, zone} }

type unit struct{ *repository.Tx }

func (u unit) SignUps() signup.Repository      { return SignUps{u.Tx} }
func (u unit) Insurance() insurance.Repository { return insurancestore.Contracts{Tx: u.Tx} }

// Update implements signup.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx signup.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// SignUps implements signup.Repository inside a transaction; other features' units use it too.
type SignUps struct{ Tx *repository.Tx }

// LockShift implements signup.Repository. The shift is read after its lock was granted: only then is it the latest.
func (r SignUps) LockShift(ctx context.Context, shift id.ID) (signup.Offer, error) {
	if r.Tx.Postgres() {
		if err := r.Tx.Exec(`SELECT FROM shifts WHERE id = ? FOR NO KEY UPDATE`, shift).Error; err != nil {
			return signup.Offer{}, err
		}
	}
	return r.Offer(ctx, shift)
}

// Offer implements signup.Repository.
func (r SignUps) Offer(_ context.Context, shift id.ID) (o signup.Offer, err error) {
	found := r.Tx.Raw(`SELECT s.*, a.state = 'approved' AND (d.id IS NULL OR d.state = 'approved') AS open
		FROM shifts s JOIN activities a ON a.id = s.activity_id LEFT JOIN demand_sites d ON d.id = a.organiser_id
		WHERE s.id = ?`, shift).Scan(&o)
	if found.Error == nil && found.RowsAffected == 0 {
		return o, activity.ErrShiftNotFound
	}
	return o, found.Error
}

// LockPersons implements signup.Repository: the lock is the row of a volunteer's account of minutes.
func (r SignUps) LockPersons(_ context.Context, volunteers ...id.ID) (map[id.ID]string, error) {
	var rows []struct {
		ID     id.ID
		Status string
	}
	err := r.Tx.Raw(`SELECT v.id, v.status FROM ledger_accounts l JOIN volunteers v ON v.id = l.owner_id
		WHERE l.kind = 'volunteer_minutes' AND l.owner_id IN (SELECT id FROM `+r.Tx.Records("id uuid")+`)
		ORDER BY l.owner_id`+r.Tx.Pick(` FOR UPDATE OF l`, ``), repository.IDs(volunteers)).Scan(&rows).Error
	status := make(map[id.ID]string, len(rows))
	for _, row := range rows {
		status[row.ID] = row.Status
	}
	return status, err
}

// Get implements signup.Repository.
func (r SignUps) Get(_ context.Context, signUp id.ID) (s signup.SignUp, err error) {
	found := r.Tx.Raw(`SELECT * FROM sign_ups WHERE id = ?`, signUp).Scan(&s)
	if found.Error == nil && found.RowsAffected == 0 {
		return s, signup.ErrNotFound
	}
	return s, found.Error
}

// Find implements signup.Repository.
func (r SignUps) Find(_ context.Context, p signup.Place) (s signup.SignUp, found bool, err error) {
	row := r.Tx.Raw(`SELECT * FROM sign_ups WHERE shift_id = ? AND volunteer_id = ?`, p.ShiftID, p.VolunteerID).Scan(&s)
	return s, row.RowsAffected > 0, row.Error
}

// Busy implements signup.Repository.
func (r SignUps) Busy(_ context.Context, s activity.Shift, volunteers ...id.ID) (map[id.ID]bool, error) {
	var rows []struct{ VolunteerID id.ID }
	err := r.Tx.Raw(`SELECT DISTINCT volunteer_id FROM sign_ups WHERE volunteer_id IN (SELECT id FROM `+r.Tx.Records("id uuid")+`)
		AND shift_id <> ? AND state IN ('confirmed', 'attended') AND starts_at < ? AND ends_at > ?`,
		repository.IDs(volunteers), s.ID, s.EndsAt, s.StartsAt).Scan(&rows).Error
	busy := make(map[id.ID]bool, len(rows))
	for _, row := range rows {
		busy[row.VolunteerID] = true
	}
	return busy, err
}

// Queue implements signup.Repository.
func (r SignUps) Queue(_ context.Context, shift id.ID) (length int, last int64, err error) {
	var q struct {
		Length int
		Last   int64
	}
	err = r.Tx.Raw(`SELECT COUNT(*) AS length, COALESCE(MAX(queued), 0) AS last FROM sign_ups WHERE shift_id = ? AND state = 'waitlisted'`,
		shift).Scan(&q).Error
	return q.Length, q.Last, err
}

// Waiting implements signup.Repository.
func (r SignUps) Waiting(_ context.Context, s activity.Shift, most int) (waiting []signup.SignUp, err error) {
	err = r.Tx.Raw(`SELECT u.* FROM sign_ups u JOIN volunteers v ON v.id = u.volunteer_id AND v.status = 'active'
		WHERE u.shift_id = ? AND u.state = 'waitlisted' AND NOT EXISTS (SELECT 1 FROM sign_ups o WHERE o.volunteer_id = u.volunteer_id
			AND o.shift_id <> u.shift_id AND o.state IN ('confirmed', 'attended') AND o.starts_at < u.ends_at AND o.ends_at > u.starts_at)
		ORDER BY u.queued LIMIT ?`, s.ID, most).Scan(&waiting).Error
	return waiting, err
}

// Add implements signup.Repository.
func (r SignUps) Add(_ context.Context, s signup.SignUp) error {
	return r.Tx.Table("sign_ups").Create(&s).Error
}

// Update implements signup.Repository.
func (r SignUps) Update(_ context.Context, from signup.State, signUps ...signup.SignUp) (int, error) {
	rows := make([]repository.Row, len(signUps))
	for i, s := range signUps {
		rows[i] = repository.Row{"id", s.ID, "state", s.State, "queued", s.Queued, "applied_at", s.AppliedAt, "changed_at", s.ChangedAt}
	}
	done := r.Tx.Exec(`UPDATE sign_ups SET state = r.state, queued = r.queued, applied_at = r.applied_at, changed_at = r.changed_at
		FROM `+r.Tx.Records("id uuid, state text, queued bigint, applied_at timestamptz, changed_at timestamptz")+`
		WHERE sign_ups.id = r.id AND sign_ups.state = ?`, repository.JSON(rows), from)
	return int(done.RowsAffected), done.Error
}

// UpdateShift implements signup.Repository.
func (r SignUps) UpdateShift(_ context.Context, s activity.Shift) error {
	return r.Tx.Exec(`UPDATE shifts SET capacity = ?, break_minutes = ?, confirmed = ? WHERE id = ?`,
		s.Capacity, s.BreakMinutes, s.Confirmed, s.ID).Error
}

// NoShows implements signup.Repository.
func (r SignUps) NoShows(_ context.Context, endedBefore, at time.Time) (int, error) {
	done := r.Tx.Exec(`UPDATE sign_ups SET state = 'no_show', changed_at = ? WHERE state = 'confirmed' AND ends_at < ?`, at, endedBefore)
	return int(done.RowsAffected), done.Error
}
