// Package document keeps what is known of documents, and the keys of the vault that holds their bytes.
package document

import (
	"context"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/id"
	"dure/repository"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Documents() document.Repository { return Documents{u.Tx} }

// Update implements document.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx document.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Uploaded implements document.Store.
func (s Store) Uploaded(ctx context.Context, account id.ID, since time.Time) (bytes int64, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		bytes, err = Documents{tx}.uploaded(account, since)
		return err
	})
	return bytes, err
}

// Documents implements document.Repository inside a transaction.
type Documents struct{ Tx *repository.Tx }

// Add implements document.Repository.
func (r Documents) Add(_ context.Context, d document.Document) error {
	return r.Tx.Table("documents").Create(&d).Error
}

// Get implements document.Repository.
func (r Documents) Get(_ context.Context, documentID id.ID) (d document.Document, err error) {
	found := r.Tx.Raw(`SELECT * FROM documents WHERE id = ?`, documentID).Scan(&d)
	if found.Error == nil && found.RowsAffected == 0 {
		return d, document.ErrNotFound
	}
	return d, found.Error
}

// Usable implements document.Repository.
func (r Documents) Usable(_ context.Context, account id.ID, ids []id.ID, purpose document.Purpose) error {
	if len(ids) == 0 {
		return nil
	}
	var missing int
	err := r.Tx.Raw(`SELECT COUNT(*) FROM `+r.Tx.Records("id uuid")+` LEFT JOIN documents d ON d.id = r.id AND d.uploaded_by = ? AND d.purpose = ?
		WHERE d.id IS NULL`, repository.IDs(ids), account, purpose).Scan(&missing).Error
	if err == nil && missing > 0 {
		return document.ErrNotFound
	}
	return err
}

// Uploaded implements document.Repository.
func (r Documents) Uploaded(_ context.Context, account id.ID, since time.Time) (int64, error) {
	if r.Tx.Postgres() {
		if err := r.Tx.Exec(`SELECT FROM accounts WHERE id = ? FOR NO KEY UPDATE`, account).Error; err != nil {
			return 0, err
		}
	}
	return r.uploaded(account, since)
}

func (r Documents) uploaded(account id.ID, since time.Time) (bytes int64, err error) {
	err = r.Tx.Raw(`SELECT COALESCE(SUM(size), 0) FROM documents WHERE uploaded_by = ? AND uploaded_at > ?`, account, since).Scan(&bytes).Error
	return bytes, err
}

// Unknown implements document.Repository.
func (r Documents) Unknown(_ context.Context, ids []id.ID) (unknown []id.ID, err error) {
	err = r.Tx.Raw(`SELECT r.id FROM `+r.Tx.Records("id uuid")+` WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = r.id)`,
		repository.IDs(ids)).Scan(&unknown).Error
	return unknown, err
}

// Key is a key of the vault as it is kept: 256 bits in base64.
type Key struct {
	Secret    string
	CreatedAt time.Time
}

// Keys gives the keys ever kept, newest first.
func (s Store) Keys(ctx context.Context) (keys []Key, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT * FROM document_keys ORDER BY created_at DESC, secret`).Scan(&keys).Error
	})
	return keys, err
}

// FirstKey keeps a key if there is none yet: of several processes that start at once, one key stays.
func (s Store) FirstKey(ctx context.Context, k Key) error {
	return s.db.Update(ctx, func(_ context.Context, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`LOCK TABLE document_keys IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`INSERT INTO document_keys (secret, created_at)
			SELECT k.* FROM (SELECT `+tx.Pick("?::text, ?::timestamptz", "?, ?")+`) AS k WHERE NOT EXISTS (SELECT 1 FROM document_keys)`,
			k.Secret, k.CreatedAt).Error
	})
}
