package statistics_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
)

func sums(t *testing.T, db *repository.DB) string {
	t.Helper()
	var lines []string
	if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT 'month ' || month || ' ' || minutes || ' ' || visits FROM person_months
			UNION ALL SELECT 'year ' || year || ' ' || minutes || ' ' || visits || ' ' || reversed FROM person_years
			UNION ALL SELECT 'field ' || field_code || ' ' || minutes FROM person_fields ORDER BY 1`).Scan(&lines).Error
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, ", ")
}

// The sums are spoilt first: a wrong row, and one too many.
func TestRebuiltSumsEqualTheLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		p := person{id: id.New(), birth: day("1990-01-01"), sex: "female", status: "active", code: "1221052500", registeredOn: day("2024-01-01"), entries: []entry{
			{day("2025-12-31"), 120, 1, "recognition"}, {day("2026-01-01"), 60, 1, "recognition"}, {day("2026-01-31"), 30, 1, "recognition"},
			{day("2026-01-31"), -30, -1, "reversal"}, {day("2026-02-28"), -10, 0, "adjustment"}}}
		save(t, db, p)
		must(t, db, `INSERT INTO person_months (volunteer_id, month, minutes, visits) VALUES (?, '2026-01-01', 7, 7), (?, '2031-01-01', 7, 7)`, p.id, p.id)
		for range 2 {
			rebuild(t, db)
			want := "field 0801 170, month 2025-12-01 120 1, month 2026-01-01 60 1, month 2026-02-01 -10 0, year 2025 120 1 0, year 2026 50 1 30"
			if got := sums(t, db); got != want {
				t.Error(got)
			}
		}
	})
}

// A post is in the sums once, whether it comes before, during or after.
func TestPostsDuringARebuildAreCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		var posting, rebuilding sync.WaitGroup
		for range 4 {
			p := person{id: id.New(), birth: day("1990-01-01"), sex: "male", status: "active", code: "1221052500", registeredOn: day("2024-01-01")}
			save(t, db, p)
			posting.Go(func() {
				for i := range 10 {
					if err := post(db, p.id, day("2026-01-01").Add(i*5)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		rebuilding.Go(func() {
			for range 5 {
				rebuild(t, db)
			}
		})
		posting.Wait()
		rebuilding.Wait()
		kept := sums(t, db)
		rebuild(t, db)
		if anew := sums(t, db); kept != anew || !strings.Contains(kept, "field 0801 600") {
			t.Errorf("kept %s\nanew %s", kept, anew)
		}
	})
}

func post(db *repository.DB, volunteer id.ID, on calendar.Day) error {
	return db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		l := ledgerstore.Ledger{Tx: tx}
		accounts, err := l.Lock(ctx, []id.ID{volunteer})
		if err != nil {
			return err
		}
		entries, after, err := ledger.Post(accounts, []ledger.Draft{{Kind: ledger.Recognition, VolunteerID: volunteer, SourceType: "attendance",
			SourceID: id.New(), EffectiveDay: on, Minutes: 60, Visits: 1, FieldCode: "0801", Evidence: "qr", ActorID: id.New()}}, time.Now())
		if err != nil {
			return err
		}
		return l.Append(ctx, entries, after)
	})
}
