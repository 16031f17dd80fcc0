package dbtest

import (
	"context"
	"testing"

	"dure/repository"
)

// A small city for tests: one gu with two dong, under their codes since 2026-07-01.
const (
	City      = "1200000000"
	Gu        = "1221000000"
	Dong      = "1221052500" // 충장동
	OtherDong = "1221054500" // 동명동
)

// Regions fills in the small city.
func Regions(t *testing.T, db *repository.DB) {
	t.Helper()
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Exec(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES
			(?, 'city', NULL, '광주', '2026-07-01'), (?, 'gu', ?, '동구', '2026-07-01'),
			(?, 'dong', ?, '충장동', '2026-07-01'), (?, 'dong', ?, '동명동', '2026-07-01')`,
			City, Gu, City, Dong, Gu, OtherDong, Gu).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}
