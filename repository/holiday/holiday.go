// Package holiday keeps the public holidays.
package holiday

import (
	"context"

	"dure/domain/holiday"
	"dure/domain/kernel/calendar"
	"dure/repository"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Holidays() holiday.Repository { return holidays{u.Tx} }

// Update implements holiday.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx holiday.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Year implements holiday.Reader.
func (s Store) Year(ctx context.Context, year int) (found []holiday.Holiday, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT day, name FROM holidays WHERE day BETWEEN ? AND ? ORDER BY day`, calendar.Date(year, 1, 1), calendar.Date(year, 12, 31)).Scan(&found).Error
	})
	return found, err
}

type holidays struct{ tx *repository.Tx }

// Kept implements holiday.Repository.
func (r holidays) Kept(_ context.Context, days []calendar.Day) (found []holiday.Holiday, err error) {
	rows := make([]repository.Row, len(days))
	for i, d := range days {
		rows[i] = repository.Row{"day", d}
	}
	err = r.tx.Raw(`SELECT day, name FROM holidays WHERE day IN (SELECT r.day FROM `+r.tx.Records("day date")+`)`, repository.JSON(rows)).Scan(&found).Error
	return found, err
}

// Save implements holiday.Repository.
func (r holidays) Save(_ context.Context, all []holiday.Holiday) error {
	rows := make([]repository.Row, len(all))
	for i, h := range all {
		rows[i] = repository.Row{"day", h.Day, "name", h.Name}
	}
	return r.tx.Exec(`INSERT INTO holidays (day, name) SELECT day, name FROM `+r.tx.Records("day date, name text")+` WHERE true ORDER BY day
		ON CONFLICT (day) DO UPDATE SET name = excluded.name`, repository.JSON(rows)).Error
}

// Remove implements holiday.Repository.
func (r holidays) Remove(_ context.Context, day calendar.Day) (bool, error) {
	gone := r.tx.Exec(`DELETE FROM holidays WHERE day = ?`, day)
	return gone.RowsAffected == 1, gone.Error
}

var (
	_ holiday.Store  = Store{}
	_ holiday.Reader = Store{}
)
