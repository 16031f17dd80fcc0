package dbtest

import (
	"context"
	"testing"

	"dure/repository"
)

// A small city for tests: one gu with two dong, under their codes since 2026-07-01. The schema itself brings the
// country's first level, so City and Elsewhere are always there.
const (
	City      = "1200000000"
	Gu        = "1221000000"
	Dong      = "1221052500" // 충장동
	OtherDong = "1221054500" // 동명동
	Elsewhere = "1100000000" // 서울특별시: who lives there is from outside
)

// Residents of each dong of the small city in 2026-07: 100 of each sex in each of the eleven bands of ten years.
const Residents = 2200

// Regions fills in the small city.
func Regions(t *testing.T, db *repository.DB) {
	t.Helper()
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Exec(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES
			(?, 'gu', ?, '동구', '2026-07-01'), (?, 'dong', ?, '충장동', '2026-07-01'), (?, 'dong', ?, '동명동', '2026-07-01')`,
			Gu, City, Dong, Gu, OtherDong, Gu).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO population_totals (region_code, month, residents) VALUES (?, '2026-07-01', ?), (?, '2026-07-01', ?)`,
			Dong, Residents, OtherDong, Residents).Error; err != nil {
			return err
		}
		return tx.Exec(`WITH RECURSIVE bands (age) AS (SELECT 0 UNION ALL SELECT age + 10 FROM bands WHERE age < 100)
			INSERT INTO populations (region_code, month, sex, age_from, age_to, residents)
			SELECT r.code, ` + tx.Pick("DATE '2026-07-01'", "'2026-07-01'") + `, s.sex, b.age, CASE WHEN b.age < 100 THEN b.age + 9 END, 100
			FROM regions r CROSS JOIN bands b CROSS JOIN (SELECT 'female' AS sex UNION ALL SELECT 'male') s WHERE r.level = 'dong'`).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}
