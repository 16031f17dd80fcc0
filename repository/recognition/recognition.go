// Package recognition keeps the rules of recognition.
package recognition

import (
	"context"
	"strconv"

	"dure/domain/kernel/page"
	"dure/domain/recognition"
	"dure/repository"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Rules() recognition.Repository { return rules{u.Tx} }

// Update implements recognition.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx recognition.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// List implements recognition.Reader.
func (s Store) List(ctx context.Context, p page.Request) (page.Page[recognition.Rule], error) {
	var rows []recognition.Rule
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("recognition_rules")
		if len(p.After) == 1 {
			q = q.Where("version < ?", p.After[0])
		}
		return q.Order("version DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(r recognition.Rule) []string { return []string{strconv.Itoa(r.Version)} }), err
}

type rules struct{ tx *repository.Tx }

// Lock implements recognition.Repository. Readers are not kept waiting.
func (r rules) Lock(context.Context) (version int, err error) {
	if r.tx.Postgres() {
		if err := r.tx.Exec(`LOCK TABLE recognition_rules IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return 0, err
		}
	}
	err = r.tx.Raw(`SELECT COALESCE(MAX(version), 0) FROM recognition_rules`).Scan(&version).Error
	return version, err
}

// Field implements recognition.Repository.
func (r rules) Field(_ context.Context, code string) (bool, error) {
	var n int64
	err := r.tx.Table("activity_fields").Where("code = ? OR group_code = ?", code, code).Count(&n).Error
	return n > 0, err
}

// Add implements recognition.Repository.
func (r rules) Add(_ context.Context, rule recognition.Rule) error {
	return r.tx.Table("recognition_rules").Create(&rule).Error
}
