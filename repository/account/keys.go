package account

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/repository"
)

// Key is a key that signs access tokens, as it is kept: PKCS8 in PEM, named by its thumbprint.
type Key struct {
	Kid        string
	PrivateKey string
	CreatedAt  time.Time
	RetiredAt  *time.Time // from then on it does not verify any more; set long enough ahead when another key takes over
}

// Keys gives the keys ever kept, oldest first.
func (s Store) Keys(ctx context.Context) (keys []Key, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT * FROM signing_keys ORDER BY created_at, kid`).Scan(&keys).Error
	})
	return keys, err
}

// FirstKey keeps a key if there is none yet: of several processes that start at once, one key stays.
func (s Store) FirstKey(ctx context.Context, k Key) error {
	return s.db.Update(ctx, func(_ context.Context, tx *repository.Tx) error {
		if err := lockKeys(tx); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO signing_keys (kid, private_key, created_at)
			SELECT k.* FROM (SELECT `+tx.Pick("?::text, ?::text, ?::timestamptz", "?, ?, ?")+`) AS k WHERE NOT EXISTS (SELECT 1 FROM signing_keys)`,
			k.Kid, k.PrivateKey, k.CreatedAt).Error
	})
}

// RotateKeys keeps a new key that signs from now on; those before it verify until an instant.
func (s Store) RotateKeys(ctx context.Context, k Key, until time.Time) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if err := lockKeys(tx); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL`, until).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO signing_keys (kid, private_key, created_at) VALUES (?, ?, ?)`,
			k.Kid, k.PrivateKey, k.CreatedAt).Error; err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: k.CreatedAt, Action: "signing_key.rotated",
			SubjectType: "signing_key", SubjectID: k.Kid})
	})
}

func lockKeys(tx *repository.Tx) error {
	if !tx.Postgres() {
		return nil
	}
	return tx.Exec(`LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE`).Error
}
