package camp_test

import (
	"context"
	"errors"
	"testing"

	"dure/domain/camp"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/repository"
	store "dure/repository/camp"
	"dure/repository/dbtest"
)

func newCamp(name string, lat, lon float64) camp.Camp {
	return camp.Camp{ID: id.New(), Name: name, Search: name, RegionCode: dbtest.Dong, Address: "제봉로 1",
		Lat: lat, Lon: lon, OpenedOn: calendar.MustParse("2014-03-03"), Version: 1}
}

func add(t *testing.T, db *repository.DB, camps ...camp.Camp) {
	t.Helper()
	for _, c := range camps {
		if err := store.NewStore(db).Update(context.Background(), func(ctx context.Context, tx camp.Tx) error {
			return tx.Camps().Add(ctx, c)
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCampsAreKeptAsTheyAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, s := context.Background(), store.NewStore(db)
		want := newCamp("충장동 캠프", 35.15, 126.91)
		want.ClosedOn = calendar.MustParse("2026-12-31")
		add(t, db, want)
		got, err := s.Listed(ctx, want.ID)
		if err != nil || got.Camp != want || got.GuName != "동구" || got.DongName != "충장동" {
			t.Fatalf("%+v %v", got, err)
		}
		if _, err := s.Listed(ctx, id.New()); !errors.Is(err, camp.ErrNotFound) {
			t.Fatal(err)
		}
		orphan := newCamp("어디", 35, 126)
		orphan.RegionCode = "9999999999"
		if err := s.Update(ctx, func(ctx context.Context, tx camp.Tx) error { return tx.Camps().Add(ctx, orphan) }); !errors.Is(err, camp.ErrRegion) {
			t.Fatal(err)
		}
	})
}

func TestEditsWithAnOldVersionAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		s := store.NewStore(db)
		c := newCamp("가", 35, 126)
		add(t, db, c)
		edit := func(name string) error {
			return s.Update(context.Background(), func(ctx context.Context, tx camp.Tx) error {
				c := c
				c.Name, c.Phone, c.Version = name, "", 2
				return tx.Camps().Update(ctx, c, 1)
			})
		}
		if err := edit("나"); err != nil {
			t.Fatal(err)
		}
		if err := edit("다"); !errors.Is(err, camp.ErrChanged) {
			t.Fatal(err)
		}
		if got, _ := s.Listed(context.Background(), c.ID); got.Name != "나" || got.Version != 2 {
			t.Fatalf("%+v", got)
		}
	})
}

func TestNearestComesFirstAndPagesJoin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		s := store.NewStore(db)
		add(t, db, newCamp("다", 35.1520, 126.9154), newCamp("나", 35.1510, 126.9154), newCamp("가", 35.1600, 126.9154), newCamp("라", 36, 127))
		for name, f := range map[string]camp.Filter{
			"나다가":  {Near: &place.Circle{Lat: 35.1506, Lon: 126.9154, Radius: 2000}, Region: dbtest.Gu},
			"가나다라": {Region: dbtest.City},
			"나":    {Word: "나"},
			"":     {OpenOn: calendar.MustParse("2000-01-01")},
		} {
			names, p := "", page.Request{Limit: 2}
			for {
				got, err := s.List(context.Background(), f, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range got.Items {
					names += l.Name
				}
				if got.Next == nil {
					break
				}
				p.After = got.Next
			}
			if names != name {
				t.Errorf("%+v: %s", f, names)
			}
		}
	})
}
