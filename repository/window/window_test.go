package window_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/window"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	"dure/repository/dbtest"
	store "dure/repository/window"
)

func TestOfManyWindowsSetAtOnceEachHasAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, _ := dbtest.Person(t, db, "담당자", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
		now := time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
		s := window.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return now }, Zone: time.FixedZone("KST", 9*3600)})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				gu := ""
				if i%2 == 0 {
					gu = dbtest.Gu
				}
				_, err := s.Set(ctx, window.Window{GuCode: gu, Months: i + 1, EffectiveFrom: calendar.MustParse("2026-07-16"), Reference: "지침"})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var versions []int
		p := page.Request{Limit: 4}
		for {
			found, err := store.NewStore(db).List(ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range found.Items {
				versions = append(versions, w.Version)
			}
			if p.After = found.Next; p.After == nil {
				break
			}
		}
		if !slices.Equal(versions, []int{9, 8, 7, 6, 5, 4, 3, 2, 1}) {
			t.Fatal(versions)
		}
		citizen, _ := dbtest.Person(t, db, "시민")
		if _, err := s.Set(citizen, window.Window{Months: 1, EffectiveFrom: calendar.MustParse("2026-07-16"), Reference: "지침"}); !errors.Is(err, auth.ErrForbidden) {
			t.Fatal(err)
		}
		for _, statement := range []string{`UPDATE late_windows SET months = 24`, `DELETE FROM late_windows`,
			`INSERT INTO late_windows VALUES ('01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10', '', 25, '2026-07-16', 10, '')`} {
			if err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement).Error }); err == nil {
				t.Error(statement, " went through")
			}
		}
	})
}

// A camp and a demand site see their own gu's windows and the city's, and no other gu's.
func TestWindowsBearOnTheirOwnGu(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		camp, site, elsewhere := id.New(), id.New(), id.New()
		now := time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
		err := db.Update(t.Context(), func(ctx context.Context, tx *repository.Tx) error {
			for _, row := range [][]any{
				{`INSERT INTO regions (code, level, parent, name, successor) VALUES ('2911000000', 'gu', '2900000000', '옛 동구', ?), ('1222000000', 'gu', ?, '서구', NULL)`, dbtest.Gu, dbtest.City},
				{`INSERT INTO regions (code, level, parent, name) VALUES ('2911052500', 'dong', '2911000000', '옛 충장동')`},
				{`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
					VALUES (?, 'a', 'a', ?, 'a', '', 35, 126, '', '2014-03-03', 1), (?, 'b', 'b', '1222000000', 'a', '', 35, 126, '', '2014-03-03', 1)`, camp, dbtest.Dong, elsewhere},
				{`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
					VALUES (?, '복지관', '복지관', 'welfare', '2911052500', 'a', '', 'approved', ?, ?, '', 1)`, site, id.New(), now},
				{`INSERT INTO late_windows (id, gu_code, months, effective_from, version, reference) VALUES (?, ?, 1, '2026-08-01', 2, ''),
					(?, '2911000000', 2, '2026-01-01', 3, ''), (?, '1222000000', 6, '2026-01-01', 4, '')`, id.New(), dbtest.Gu, id.New(), id.New()},
			} {
				if err := tx.Exec(row[0].(string), row[1:]...).Error; err != nil {
					return err
				}
			}
			for organiser, want := range map[id.ID][]int{camp: {1, 2, 3}, site: {1, 2, 3}, elsewhere: {1, 4}, id.New(): {1}} {
				rows, err := attendancestore.Attendances{Tx: tx}.Windows(ctx, organiser)
				if err != nil {
					return err
				}
				var versions []int
				for _, w := range rows {
					versions = append(versions, w.Version)
				}
				if slices.Sort(versions); !slices.Equal(versions, want) {
					t.Errorf("%v, want %v", versions, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
