package region_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/page"
	"dure/domain/region"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/region"
)

var day = calendar.MustParse

func service(db *repository.DB) *region.Service {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	return region.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return at }, Zone: time.UTC})
}

// change tells a unit's code until 2026-06-30 and the one since, with the residents of 2026-07.
func change(old, code, name string, residents int) []region.Line {
	return []region.Line{
		{Number: 2, Region: region.Region{Code: old, Name: name, ValidTo: day("2026-06-30"), Successor: code}},
		{Number: 2, Region: region.Region{Code: code, Name: name, ValidFrom: day("2026-07-01")}, Residents: &residents, Month: day("2026-07-01")},
	}
}

func dongGu() []region.Line {
	return slices.Concat(change("2900000000", "1200000000", "", 0), change("2911000000", "1221000000", "동구", 105_344),
		change("2911052500", "1221052500", "충장동", 5909), change("2911054500", "1221054500", "동명동", 3437))
}

func centre(code, name string, lat, lon float64, residents int) region.Line {
	return region.Line{Number: 3, Region: region.Region{Code: code, Name: name, Lat: &lat, Lon: &lon}, Residents: &residents, Month: day("2025-06-01")}
}

func TestTablesAreKeptOnceInAnyOrder(t *testing.T) {
	centres := []region.Line{
		{Number: 2, Region: region.Region{Code: "2911000000", Name: "동구"}},
		centre("2911052500", "충장동", 35.15058, 126.91538, 5617), centre("2911054500", "동명동", 35.15066, 126.92539, 3477),
	}
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		tables := [][]region.Line{dongGu(), centres}
		if db.Dialect() == repository.SQLite {
			slices.Reverse(tables)
		}
		for range 2 {
			for _, lines := range tables {
				if _, err := service(db).ImportRegions(context.Background(), lines); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, lines := range tables {
			if done, err := service(db).ImportRegions(context.Background(), lines); err != nil || done != (region.Imported{}) {
				t.Errorf("again: %+v %v", done, err)
			}
		}
		if n := count(t, db, `SELECT COUNT(*) FROM audit_events WHERE action = 'region.imported'`); n != 2 {
			t.Errorf("%d imports in the log", n)
		}
		for _, c := range []struct {
			code, on, current, gu string
			residents             int
		}{
			{"2911052500", "2026-11-21", "1221052500", "동구", 5909}, // an old code resolves, with the newest figure
			{"2911052500", "2026-06-30", "2911052500", "동구", 5909},
			{"1221052500", "2026-11-21", "1221052500", "동구", 5909},
			{"1221000000", "2026-11-21", "1221000000", "동구", 5909 + 3437},
			{"2900000000", "2026-11-21", "1200000000", "", 5909 + 3437},
			{"1200000000", "2026-11-21", "1200000000", "", 5909 + 3437}, // what is kept here, not the merged city's 3.2 million
		} {
			f, err := store.NewStore(db).Find(context.Background(), c.code, day(c.on))
			if err != nil || f.Code != c.code || f.Current != c.current || f.GuName != c.gu ||
				f.Population == nil || *f.Population != (region.Population{Month: day("2026-07-01"), Count: c.residents}) {
				t.Errorf("%s: %+v %+v %v", c.code, f, f.Population, err)
			}
			if f.Level == region.Dong && (f.Lat == nil || *f.Lat != 35.15058 || *f.Lon != 126.91538) {
				t.Errorf("%s has lost its centre", c.code)
			}
		}
		seoul, err := store.NewStore(db).Find(context.Background(), dbtest.Elsewhere, day("2026-11-21"))
		if err != nil || seoul.Population != nil || seoul.Parent != "" || seoul.Successor != "" || !seoul.ValidFrom.IsZero() {
			t.Errorf("%+v %v", seoul, err)
		}
		if _, err := store.NewStore(db).Find(context.Background(), "9999999999", day("2026-11-21")); !errors.Is(err, region.ErrNotFound) {
			t.Error(err)
		}
	})
}

func figures(code, month string, each int) []region.Figure {
	var all []region.Figure
	for _, sex := range []string{region.Male, region.Female} {
		for age := 0; age <= 100; age += 10 {
			f := region.Figure{Number: len(all) + 2, Residents: region.Residents{RegionCode: code, Month: day(month), Sex: sex, AgeFrom: age, AgeTo: age + 9, Count: each}}
			if age == 100 {
				f.AgeTo = region.AndOver
			}
			all = append(all, f)
		}
	}
	return all
}

func TestFiguresAreKeptOnceAndNeverChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx, s := context.Background(), service(db)
		if _, err := s.ImportPopulation(ctx, figures("1221052500", "2026-08-01", 7)); !errors.Is(err, region.ErrNoRegions) {
			t.Fatal(err)
		}
		if _, err := s.ImportRegions(ctx, dongGu()); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{22, 0} {
			if done, err := s.ImportPopulation(ctx, figures("1221052500", "2026-08-01", 7)); err != nil || done.Figures != want {
				t.Errorf("%d: %+v %v", i, done, err)
			}
		}
		if n := count(t, db, `SELECT residents FROM population_totals WHERE month = '2026-08-01' AND region_code = '1221052500'`); n != 154 {
			t.Errorf("total %d", n)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM populations WHERE age_to IS NULL AND age_from = 100`); n != 2 {
			t.Errorf("%d open bands", n)
		}
		half := append(figures("1221054500", "2026-08-01", 1), figures("1221052500", "2026-08-01", 8)...) // the second differs
		if _, err := s.ImportPopulation(ctx, half); !errors.Is(err, fault.ErrInvalid) {
			t.Error(err)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM populations`); n != 22 {
			t.Errorf("half done: %d rows", n)
		}
		// 2026-07 has a printed total of 5,909, so bands that add up to something else cannot be right.
		if _, err := s.ImportPopulation(ctx, figures("1221052500", "2026-07-01", 1)); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(fmt.Sprint(fieldCodes(err)), "adds_up") {
			t.Error(err, fieldCodes(err))
		}
		// And a table of regions that prints another total than is kept changes nothing at all.
		if _, err := s.ImportRegions(ctx, slices.Concat(change("2911056000", "1221056000", "계림1동", 9722), change("2911052500", "1221052500", "충장동", 1))); !errors.Is(err, fault.ErrInvalid) {
			t.Error(err)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM regions WHERE name = '계림1동'`); n != 0 {
			t.Error("half done")
		}
	})
}

func fieldCodes(err error) (codes []string) {
	if f, ok := fault.From(err); ok {
		for _, field := range f.Fields {
			codes = append(codes, field.Code)
		}
	}
	return codes
}

func TestImportsAtOnceLeaveOneCopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		var wait sync.WaitGroup
		added := make([]int, 8)
		for i := range added {
			wait.Go(func() {
				done, err := service(db).ImportRegions(context.Background(), dongGu())
				if err != nil {
					t.Error(err)
				}
				added[i] = done.Added
			})
		}
		wait.Wait()
		if slices.Sort(added); added[len(added)-1] != 6 || added[len(added)-2] != 0 {
			t.Error(added)
		}
	})
}

func TestListsFindUnitsOfADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		if _, err := service(db).ImportRegions(context.Background(), dongGu()); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			want string
			f    region.Filter
		}{
			{"1221052500 1221054500", region.Filter{On: day("2026-07-01"), Level: region.Dong}},
			{"2911052500 2911054500", region.Filter{On: day("2026-06-30"), Level: region.Dong}},
			{"1221000000", region.Filter{On: day("2026-07-01"), Parent: "2900000000"}}, // the old city's gu of today
			{"2911000000", region.Filter{On: day("2026-06-30"), Parent: "1200000000"}},
			{"1221052500 1221054500", region.Filter{On: day("2026-07-01"), Parent: "2911000000"}},
			{"2911052500 2911054500", region.Filter{On: day("2026-06-30"), Parent: "2900000000", Level: region.Dong}},
			{"1221054500", region.Filter{On: day("2026-07-01"), Word: "동명"}},
			{"1221054500 2911054500", region.Filter{Word: "명동"}},
			{"", region.Filter{Word: "%"}},
			{"", region.Filter{Parent: "9999999999"}},
			{"", region.Filter{Parent: "1221052500"}},
		} {
			got, p := []string{}, page.Request{Limit: 1}
			for {
				found, err := store.NewStore(db).List(context.Background(), c.f, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range found.Items {
					got = append(got, l.Code)
				}
				if found.Next == nil {
					break
				}
				p.After = found.Next
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v", c.f, got)
			}
		}
	})
}

func TestRegionAndBelowCrossesTheChangeOfCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		if _, err := service(db).ImportRegions(context.Background(), slices.Concat(dongGu(), change("2914000000", "1224000000", "서구", 0), change("2914057500", "1224057500", "양동", 2658),
			[]region.Line{{Number: 9, Region: region.Region{Code: "1211000000", Name: "목포시"}}})); err != nil {
			t.Fatal(err)
		}
		gu := "1221000000 1221052500 1221054500 2911000000 2911052500 2911054500"
		seo := " 1224000000 1224057500 2914000000 2914057500"
		for code, want := range map[string]string{
			"1221052500": "1221052500 2911052500", "2911052500": "1221052500 2911052500",
			"1221000000": gu, "2911000000": gu,
			"2900000000": gu + seo + " 2900000000", // and not the merged city, which is more
			"1200000000": gu + seo + " 2900000000 1200000000 1211000000 4600000000",
			"4600000000": "4600000000", "9999999999": "",
		} {
			var codes []string
			if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
				return repository.RegionAndBelow(tx, code).Scan(&codes).Error
			}); err != nil {
				t.Fatal(err)
			}
			expected := strings.Fields(want)
			slices.Sort(expected)
			if slices.Sort(codes); !slices.Equal(codes, expected) {
				t.Errorf("%s: %v", code, codes)
			}
		}
	})
}

func count(t *testing.T, db *repository.DB, query string) (n int) {
	t.Helper()
	if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Raw(query).Scan(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}
