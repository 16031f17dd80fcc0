// Package window keeps the late windows.
package window

import (
	"context"
	"strconv"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/page"
	"dure/domain/window"
	"dure/repository"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Windows() window.Repository { return windows{u.Tx} }

// Update implements window.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx window.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// List implements window.Reader.
func (s Store) List(ctx context.Context, p page.Request) (page.Page[window.Window], error) {
	var rows []window.Window
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("late_windows")
		if len(p.After) == 1 {
			q = q.Where("version < ?", p.After[0])
		}
		return q.Order("version DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(w window.Window) []string { return []string{strconv.Itoa(w.Version)} }), err
}

type windows struct{ tx *repository.Tx }

// Lock implements window.Repository. Readers are not kept waiting.
func (r windows) Lock(context.Context) (version int, err error) {
	if r.tx.Postgres() {
		if err := r.tx.Exec(`LOCK TABLE late_windows IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return 0, err
		}
	}
	err = r.tx.Raw(`SELECT COALESCE(MAX(version), 0) FROM late_windows`).Scan(&version).Error
	return version, err
}

// Gu implements window.Repository.
func (r windows) Gu(_ context.Context, code string, on calendar.Day) (bool, error) {
	var n int64
	err := r.tx.Table("regions").Where("code = ? AND level = 'gu' AND (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to >= ?)",
		code, on, on).Count(&n).Error
	return n > 0, err
}

// Add implements window.Repository.
func (r windows) Add(_ context.Context, w window.Window) error {
	return r.tx.Table("late_windows").Create(&w).Error
}
