package target

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/target"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/dbtest"
)

var day = calendar.MustParse

var seoul = time.FixedZone("Asia/Seoul", 9*60*60)

func clockAt(on string) calendar.Clock {
	return calendar.Clock{Instant: func() time.Time { return day(on).Start(seoul).Add(12 * time.Hour) }, Zone: seoul}
}

func officer(t *testing.T, db *repository.DB) context.Context {
	ctx, _ := dbtest.Person(t, db, "담당자", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	return ctx
}

func exec(t *testing.T, db *repository.DB, statement string, args ...any) error {
	t.Helper()
	return db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var moreCamps = target.Draft{Title: "캠프 95곳", Metric: target.Camps, Region: cube.City, Baseline: target.Value{Value: 48, On: day("2019-03-19")},
	Goal: target.Value{Value: 95, On: day("2027-12-31")}, Source: "로드맵"}

func TestWhatWasDecidedStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, s := officer(t, db), target.NewService(NewStore(db), clockAt("2026-11-21"))
		first, err := s.Set(ctx, moreCamps)
		must(t, err)
		title := "캠프를 모든 동에"
		second, err := s.Change(ctx, target.Change{TargetID: first.ID, Version: 1, Title: &title})
		must(t, err)
		_, err = s.Change(ctx, target.Change{TargetID: first.ID, Version: 1, Title: &title})
		if !errors.Is(err, target.ErrChanged) {
			t.Error(err)
		}
		found, err := s.Get(ctx, first.ID)
		if err != nil || len(found.Versions) != 2 || fmt.Sprint(found.Versions) != fmt.Sprint([]target.Target{first, second}) || found.Title != title || found.GoalValue != 95 {
			t.Errorf("%+v %v", found, err)
		}
		_, err = s.Change(ctx, target.Change{TargetID: first.ID, Withdraw: true, Reason: "다시 정함"})
		must(t, err)
		if _, err = s.Change(ctx, target.Change{TargetID: first.ID, Title: &title}); !errors.Is(err, target.ErrWithdrawn) {
			t.Error(err)
		}
		for withdrawn, want := range map[bool]int{false: 0, true: 1} {
			if all, err := s.List(ctx, target.Filter{Withdrawn: withdrawn}); err != nil || len(all) != want {
				t.Error(withdrawn, all, err)
			}
		}
		if all, err := s.List(ctx, target.Filter{Withdrawn: true, Metric: target.Persons}); err != nil || len(all) != 0 {
			t.Error(all, err)
		}
		if all, err := s.Open(context.Background()); err != nil || len(all) != 0 {
			t.Error(all, err)
		}
		if _, err := s.Get(ctx, id.New()); !errors.Is(err, target.ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.Change(ctx, target.Change{TargetID: id.New(), Title: &title}); !errors.Is(err, target.ErrNotFound) {
			t.Error(err)
		}
		for _, statement := range []string{`UPDATE targets SET goal_value = 50`, `DELETE FROM targets`} {
			if exec(t, db, statement) == nil {
				t.Error(statement)
			}
		}
	})
}

// Officers who change one version at once make one new version.
func TestOneOfManyChangesAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, s := officer(t, db), target.NewService(NewStore(db), clockAt("2026-11-21"))
		set, err := s.Set(ctx, moreCamps)
		must(t, err)
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				title := fmt.Sprint("이름 ", i)
				_, errs[i] = s.Change(ctx, target.Change{TargetID: set.ID, Version: 1, Title: &title})
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, target.ErrChanged) {
				t.Error(err)
			}
		}
		if found, err := s.Get(ctx, set.ID); err != nil || done != 1 || len(found.Versions) != 2 {
			t.Error(done, found.Versions, err)
		}
	})
}

// The books that targets are held against are the kept figures, whatever codes these are under.
func TestActualsAreThoseOfTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		must(t, exec(t, db, `INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES ('2911000000', 'gu', '2900000000', '동구', '2026-06-30', ?),
			('2911052500', 'dong', '2911000000', '충장동', '2026-06-30', ?)`, dbtest.Gu, dbtest.Dong))
		ctx := officer(t, db) // registered since 2020, in Dong
		clock := clockAt("2026-11-21")
		people := make([]id.ID, 14)
		for i := range people {
			_, p := dbtest.Person(t, db, "봉사자")
			people[i] = p.VolunteerID
		}
		must(t, exec(t, db, `INSERT INTO residences (volunteer_id, since, region_code) VALUES (?, '2020-01-01', ?), (?, '2020-01-01', ?), (?, '2020-01-01', '2911052500')`,
			people[0], dbtest.OtherDong, people[1], dbtest.Elsewhere, people[2]))
		if db.Dialect() == repository.Postgres { // nobody holds a connection while he waits for what needs one, too
			db.Pool().SetMaxOpenConns(1)
		}
		keeper := cube.NewKeeper(cubestore.NewStore(db))
		_, err := keeper.CatchUp(context.Background())
		must(t, err)
		fact := func(person id.ID, on, home string, minutes int) {
			t.Helper()
			must(t, exec(t, db, `INSERT INTO cube_facts (volunteer_id, day, attendance_id, visits, minutes, age, sex, home_code, place_code, camp_code, field_code,
				evidence, organiser_type, organiser_id, party) VALUES (?, ?, ?, 1, ?, 30, 'female', ?, ?, ?, '0801', 'qr', 'camp', ?, 'individual')`,
				person, on, id.New(), minutes, home, home, home, id.New()))
		}
		fact(people[3], "2024-03-01", dbtest.Dong, 60)
		for i := range 10 { // ten in 2025: five until the day a year ago, one of them twice, under the dong's old code
			on := "2025-11-21"
			if i >= 5 {
				on = "2025-11-22"
			}
			fact(people[i+3], on, "2911052500", 60)
		}
		fact(people[3], "2025-01-01", "2911052500", 30)
		for i := range 6 { // six in 2026, in two dong, and somebody from outside
			home := []string{dbtest.Dong, dbtest.OtherDong}[i%2]
			fact(people[i+3], "2026-05-05", home, 100)
		}
		fact(people[1], "2026-05-05", dbtest.Elsewhere, 100)
		fact(people[3], "2026-05-06", dbtest.Gu, 100) // on that day only the gu is known
		must(t, keeper.Recount(context.Background()))

		s := target.NewService(NewStore(db), clock)
		for _, d := range []target.Draft{
			{Metric: target.Registered, Region: cube.City}, {Metric: target.Registered, Region: dbtest.Gu}, {Metric: target.Registered, Region: "2911052500"},
			{Metric: target.Persons, Region: cube.City}, {Metric: target.Persons, Region: dbtest.Dong}, {Metric: target.Minutes, Region: "2911000000"},
			{Metric: target.Visits, Region: dbtest.OtherDong},
		} {
			d.Title, d.Source = "목표", "계획"
			d.Baseline, d.Goal = target.Value{Value: 0, On: day("2025-12-31")}, target.Value{Value: 1000, On: day("2026-12-31")}
			_, err := s.Set(ctx, d)
			must(t, err)
		}
		show := func(all []target.Listed, err error) (lines []string) {
			t.Helper()
			must(t, err)
			for _, l := range all {
				line := fmt.Sprintf("%s %s %s %v", l.Target.Metric, l.Region, l.RegionName, l.Actual.Value)
				if l.Forecast != nil {
					line += fmt.Sprintf(" → %v", l.Forecast.Value.Value)
				}
				lines = append(lines, line)
			}
			return lines
		}
		exact := []string{
			"registered city  14 → 14", // all but who lives elsewhere
			"registered 1221000000 동구 14 → 14",
			"registered 1221052500 충장동 13 → 13",
			"persons city  6 → 12", // ten last year, of whom five by this day
			"persons 1221052500 충장동 3 → 6",
			"minutes 1221000000 동구 700 → 1336", // 630 last year, 330 by this day
			"visits 1221054500 동명동 3 → 3",      // none last year: as many as there are
		}
		for range 2 { // the second time what is remembered
			if got := show(s.List(ctx, target.Filter{})); fmt.Sprint(got) != fmt.Sprint(exact) {
				t.Errorf("%q", got)
			}
		}
		open := []string{"registered city  10 → 10", "registered 1221000000 동구 10 → 10", "persons city  10 → 10", "minutes 1221000000 동구 700 → 1336"}
		if got := show(s.Open(context.Background())); fmt.Sprint(got) != fmt.Sprint(open) {
			t.Errorf("%q", got)
		}
		// What is entered late for last year is seen at once.
		fact(people[13], "2025-02-02", dbtest.Dong, 60)
		must(t, keeper.Recount(context.Background()))
		exact[3], exact[4], exact[5] = "persons city  6 → 11", "persons 1221052500 충장동 3 → 6", "minutes 1221000000 동구 700 → 1238"
		if got := show(s.List(ctx, target.Filter{})); fmt.Sprint(got) != fmt.Sprint(exact) {
			t.Errorf("%q", got)
		}
	})
}

func TestTargetsOfNothingAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		ctx, s := officer(t, db), target.NewService(NewStore(db), clockAt("2026-11-21"))
		for _, region := range []string{"", dbtest.City, dbtest.Elsewhere, "9999999999", cube.Outside, cube.All} {
			d := moreCamps
			d.Region = region
			if _, err := s.Set(ctx, d); err == nil {
				t.Errorf("%q was taken", region)
			}
		}
		d := moreCamps
		d.Metric = "happiness"
		if _, err := s.Set(ctx, d); err == nil {
			t.Error("an unknown metric was taken")
		}
		metrics, err := s.Metrics(context.Background())
		if err != nil || len(metrics) != 13 || metrics[0].Code != target.RegistrationRate || metrics[0].Tolerance != 0.05 || metrics[12].Measured != target.Later {
			t.Error(metrics, err)
		}
	})
}
