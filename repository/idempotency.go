package repository

import (
	"context"
	"time"

	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
)

// claim writes the request's key beside its effect; a second request under the same key waits here on
// PostgreSQL until the first has ended, and is then refused.
func claim(ctx context.Context, tx *Tx) error {
	c, ok := idempotency.From(ctx)
	if !ok {
		return nil
	}
	done := tx.Exec(`INSERT INTO idempotency_keys (actor_id, key, request_id, route, request_hash, claimed_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, c.ActorID, c.Key, c.RequestID, c.Route, c.Hash, time.Now())
	if done.Error != nil || done.RowsAffected == 1 {
		return done.Error
	}
	var owner string
	if err := tx.Raw(`SELECT request_id FROM idempotency_keys WHERE actor_id = ? AND key = ?`, c.ActorID, c.Key).
		Scan(&owner).Error; err != nil {
		return err
	}
	if owner != c.RequestID {
		return idempotency.ErrInUse
	}
	return nil
}

// Answered implements idempotency.Answers.
func (db *DB) Answered(ctx context.Context, actor id.ID, key string) (a idempotency.Answer, ok bool, err error) {
	err = db.View(ctx, func(_ context.Context, tx *Tx) error {
		found := tx.Raw(`SELECT route, request_hash AS hash, COALESCE(status, 0) AS status, COALESCE(location, '') AS location,
			COALESCE(etag, '') AS etag, COALESCE(body, '') AS body
			FROM idempotency_keys WHERE actor_id = ? AND key = ?`, actor, key).Scan(&a)
		ok = found.RowsAffected == 1
		return found.Error
	})
	return a, ok, err
}

// Answer implements idempotency.Answers.
func (db *DB) Answer(ctx context.Context, c idempotency.Claim, a idempotency.Answer) error {
	return db.translate(db.write.WithContext(ctx).Exec(`UPDATE idempotency_keys SET status = ?, location = ?, etag = ?, body = ?
		WHERE actor_id = ? AND key = ? AND request_id = ?`,
		a.Status, a.Location, a.Etag, a.Body, c.ActorID, c.Key, c.RequestID).Error)
}

// ForgetAnswers deletes keys claimed before an instant.
func (db *DB) ForgetAnswers(ctx context.Context, before time.Time) error {
	return db.translate(db.write.WithContext(ctx).Exec(`DELETE FROM idempotency_keys WHERE claimed_at < ?`, before).Error)
}
