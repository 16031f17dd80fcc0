// Package publication keeps publications, and reads what they are counted from.
package publication

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/publication"
	"dure/repository"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Publications() publication.Repository { return Publications{u.Tx} }

// Update implements publication.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx publication.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Publications implements publication.Repository inside a transaction.
type Publications struct{ Tx *repository.Tx }

// Add implements publication.Repository.
func (r Publications) Add(_ context.Context, p publication.Publication) error {
	err := r.Tx.Table("publications").Create(&p).Error
	if sqlerr.Unique(err, "publications_year_audience_key") {
		return publication.ErrUnderWay
	}
	return err
}

// Lock implements publication.Repository.
func (r Publications) Lock(_ context.Context, publicationID id.ID) (p publication.Publication, err error) {
	found := r.Tx.Raw(`SELECT * FROM publications WHERE id = ?`+r.Tx.Pick(` FOR UPDATE`, ``), publicationID).Scan(&p)
	if found.Error == nil && found.RowsAffected == 0 {
		return p, publication.ErrNotFound
	}
	return p, found.Error
}

// Take implements publication.Repository.
func (r Publications) Take(_ context.Context, now, until time.Time) (p publication.Publication, ok bool, err error) {
	found := r.Tx.Raw(`UPDATE publications SET taken_until = ? WHERE id = (
			SELECT id FROM publications WHERE state = 'preparing' AND (taken_until IS NULL OR taken_until <= ?)
			ORDER BY proposed_at, id LIMIT 1`+r.Tx.Pick(` FOR UPDATE SKIP LOCKED`, ``)+`)
		RETURNING *`, until, now).Scan(&p)
	return p, found.RowsAffected == 1, found.Error
}

// Save implements publication.Repository.
func (r Publications) Save(_ context.Context, p publication.Publication) error {
	err := r.Tx.Table("publications").Where("id = ?", p.ID).Select("*").Omit("id").Updates(&p).Error
	if sqlerr.Unique(err, "publications_year_audience_version_key") || sqlerr.Unique(err, "publications_supersedes_key") {
		return publication.ErrSuperseded
	}
	return err
}

// Versions implements publication.Repository.
func (r Publications) Versions(_ context.Context, year int, audience publication.Audience) (all []publication.Publication, err error) {
	err = r.Tx.Raw(`SELECT * FROM publications WHERE year = ? AND audience = ? AND state = 'published' ORDER BY version`, year, audience).Scan(&all).Error
	return all, err
}

// AddTables implements publication.Repository.
func (r Publications) AddTables(_ context.Context, publicationID id.ID, tables []publication.Table) error {
	rows := make([]repository.Row, len(tables))
	for i, t := range tables {
		rows[i] = repository.Row{"name", t.Name, "lines", t.Lines, "figures", t.Figures}
	}
	return r.Tx.Exec(`INSERT INTO publication_tables (publication_id, name, lines, figures) SELECT `+r.Tx.Pick(`CAST(? AS uuid)`, `?`)+`, name, lines, figures
		FROM `+r.Tx.Records("name text, lines text, figures text"), publicationID, repository.JSON(rows)).Error
}

// Tables implements publication.Repository.
func (r Publications) Tables(_ context.Context, publicationID id.ID) (all []publication.Table, err error) {
	err = r.Tx.Raw(`SELECT name, lines, figures FROM publication_tables WHERE publication_id = ? ORDER BY name`, publicationID).Scan(&all).Error
	return all, err
}

// keySetting is the setting that holds the secret of rounding.
const keySetting = "publication_key"

// AddKey implements publication.Repository.
func (r Publications) AddKey(_ context.Context, key string) error {
	return r.Tx.Exec(`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`, keySetting, key).Error
}

// Spend implements publication.Repository.
func (r Publications) Spend(_ context.Context, account id.ID, day calendar.Day, most int) (bool, error) {
	done := r.Tx.Exec(`INSERT INTO publication_questions (account_id, day, asked) VALUES (?, ?, 1)
		ON CONFLICT (account_id, day) DO UPDATE SET asked = publication_questions.asked + 1 WHERE publication_questions.asked < ?`, account, day, most)
	return done.RowsAffected == 1, done.Error
}
