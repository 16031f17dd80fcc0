package insurance_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/insurance"
)

var seoul = time.FixedZone("KST", 9*3600)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, seoul)
	if err != nil {
		panic(err)
	}
	return t
}

var clock = calendar.Clock{Instant: func() time.Time { return at("2026-07-15 10:00:00") }, Zone: seoul}

func year(from, to string) (insurance.Contract, insurance.Draft) {
	days := 180
	return insurance.Contract{Insurer: "삼성화재", Number: from, StartsOn: calendar.MustParse(from), EndsOn: calendar.MustParse(to)},
		insurance.Draft{Conditions: insurance.Conditions{ConsentRequired: true, Online: true, Paper: true, TravelBeforeMinutes: 120, TravelAfterMinutes: 60},
			Items: []insurance.Item{{Kind: "death", NameKo: "사망", NameEn: "Death", LimitWon: 200_000_000, Unit: insurance.Sum, AgeFrom: 15},
				{Kind: "hospital_day", NameKo: "입원일당", NameEn: "Hospital day", LimitWon: 100_000, Unit: insurance.PerDay, MaxDays: &days, DeductibleWon: 20_000}},
			Papers: [][]insurance.Paper{nil, {{Code: "diagnosis", NameKo: "진단서", NameEn: "Diagnosis"}, {Code: "bank_book", NameKo: "통장 사본", NameEn: "Bank book"}}}}
}

func exec(t *testing.T, db *repository.DB, statement string, args ...any) {
	t.Helper()
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error })
	if err != nil {
		t.Fatal(err)
	}
}

func officer(t *testing.T, db *repository.DB) context.Context {
	dbtest.Regions(t, db)
	ctx, _ := dbtest.Person(t, db, "담당자", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	return ctx
}

func TestAContractIsKeptAsItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx, s := officer(t, db), store.NewStore(db)
		service := insurance.NewService(s, clock)
		contract, draft := year("2026-05-01", "2027-04-30")
		entered, err := service.Enter(ctx, contract, draft)
		if err != nil {
			t.Fatal(err)
		}
		version, err := service.Amend(ctx, insurance.Amendment{ContractID: entered.ID, EffectiveFrom: calendar.MustParse("2026-08-01"), Reason: "조정",
			Items: draft.Items[:1], Papers: draft.Papers[:1]})
		if err != nil || version.Version.Version != 2 {
			t.Fatal(version, err)
		}
		w, err := s.Whole(ctx, entered.ID)
		if err != nil || w.Number != "2026-05-01" || w.StartsOn != contract.StartsOn || len(w.Versions) != 2 || len(w.Versions[0].Items) != 2 || len(w.Versions[1].Items) != 1 {
			t.Fatalf("%+v %v", w, err)
		}
		first := w.Versions[0]
		if i := first.Items[1]; i.LimitWon != 100_000 || *i.MaxDays != 180 || i.DeductibleWon != 20_000 || i.EffectiveFrom != contract.StartsOn || i.EffectiveTo != contract.EndsOn {
			t.Errorf("%+v", i)
		}
		if len(first.Papers) != 2 || first.Papers[0].Code != "diagnosis" || first.Papers[1].Position != 2 || first.Conditions.TravelBeforeMinutes != 120 || !first.Paper {
			t.Errorf("%+v", first)
		}
		if _, err := s.Whole(ctx, id.New()); !errors.Is(err, insurance.ErrNotFound) {
			t.Error(err)
		}
		for _, table := range []string{"insurance_contracts", "insurance_versions", "insurance_items", "insurance_papers"} {
			for _, statement := range []string{`DELETE FROM ` + table, `UPDATE ` + table + ` SET ` + map[bool]string{true: "reference = 'x'", false: "version = version"}[table == "insurance_contracts"]} {
				if table == "insurance_papers" {
					statement = `DELETE FROM insurance_papers`
				}
				if err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement).Error }); err == nil {
					t.Errorf("%s was allowed", statement)
				}
			}
		}
	})
}

// However many officers enter years at once, no day gets two contracts.
func TestOfOverlappingYearsOneIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx, s := officer(t, db), store.NewStore(db)
		service := insurance.NewService(s, clock)
		var kept, refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				first := calendar.MustParse("2026-05-01").Add(i * 7)
				contract, draft := year(first.String(), first.Add(364).String())
				switch _, err := service.Enter(ctx, contract, draft); {
				case err == nil:
					kept.Add(1)
				case errors.Is(err, insurance.ErrOverlap):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if kept.Load() != 1 || refused.Load() != 7 {
			t.Fatal(kept.Load(), " kept and ", refused.Load(), " refused")
		}
		list, err := s.List(ctx, page.Request{Limit: 10})
		if err != nil || len(list.Items) != 1 {
			t.Fatal(list, err)
		}
		// The day before and the day after are free; a number is used once.
		only := list.Items[0]
		for _, days := range [][2]calendar.Day{{only.StartsOn.Add(-365), only.StartsOn.Add(-1)}, {only.EndsOn.Add(1), only.EndsOn.Add(365)}} {
			contract, draft := year(days[0].String(), days[1].String())
			if _, err := service.Enter(ctx, contract, draft); err != nil {
				t.Error(err)
			}
		}
		contract, draft := year("2040-05-01", "2041-04-30")
		contract.Number = only.Number
		if _, err := service.Enter(ctx, contract, draft); !errors.Is(err, insurance.ErrNumber) {
			t.Error(err)
		}
		if db.Dialect() == repository.Postgres { // and by hand neither
			err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error {
				return tx.Exec(`INSERT INTO insurance_contracts (id, insurer, number, starts_on, ends_on, reference, entered_at) VALUES (?, '', 'x', ?, ?, '', now())`,
					id.New(), only.EndsOn, only.EndsOn).Error
			})
			if err == nil {
				t.Error("an overlap was written by hand")
			}
		}
	})
}

// What was known at each instant: consent to the microsecond, contract and version by the city's midnight.
func TestFactsAreThoseOfTheInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx := officer(t, db)
		service := insurance.NewService(store.NewStore(db), clock)
		_, p := dbtest.Person(t, db, "김봉사")
		var ids []id.ID
		for _, days := range [][2]string{{"2025-05-01", "2026-04-30"}, {"2026-05-01", "2027-04-30"}} {
			contract, draft := year(days[0], days[1])
			w, err := service.Enter(ctx, contract, draft)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, w.ID)
		}
		_, draft := year("2026-05-01", "2027-04-30")
		for _, from := range []string{"2026-09-01", "2026-08-01"} {
			if _, err := service.Amend(ctx, insurance.Amendment{ContractID: ids[1], EffectiveFrom: calendar.MustParse(from), Reason: "조정", Items: draft.Items, Papers: draft.Papers}); err != nil {
				t.Fatal(err)
			}
		}
		for given, granted := range map[string]bool{"2026-07-01 12:00:00": true, "2026-07-10 12:00:00": false, "2026-07-11 12:00:00": true} {
			exec(t, db, `INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, 'insurance', '1', ?, ?, 'online')`,
				id.New(), p.VolunteerID, granted, at(given))
		}
		exec(t, db, `INSERT INTO guardians (id, volunteer_id, name, mobile, relation, declared_at, confirmed_at) VALUES (?, ?, '김엄마', '01012345678', '모', ?, ?)`,
			id.New(), p.VolunteerID, at("2026-07-01 00:00:00"), at("2026-07-02 00:00:00"))
		cases := []struct {
			at        string
			contract  int // -1 for none
			version   int
			consented bool
			pending   bool
		}{
			{"2025-04-30 23:59:59", -1, 0, false, true}, {"2025-05-01 00:00:00", 0, 1, false, true}, {"2026-04-30 23:59:59", 0, 1, false, true},
			{"2026-05-01 00:00:00", 1, 1, false, true}, {"2026-07-01 11:59:59", 1, 1, false, true}, {"2026-07-01 12:00:00", 1, 1, true, true},
			{"2026-07-02 00:00:00", 1, 1, true, false}, {"2026-07-10 11:59:59", 1, 1, true, false}, {"2026-07-10 12:00:00", 1, 1, false, false},
			{"2026-07-11 12:00:00", 1, 1, true, false}, {"2026-07-31 23:59:59", 1, 1, true, false},
			// the version entered last wins from its day on, whatever came before
			{"2026-08-01 00:00:00", 1, 3, true, false}, {"2026-09-01 00:00:00", 1, 3, true, false},
			{"2027-04-30 23:59:59", 1, 3, true, false}, {"2027-05-01 00:00:00", -1, 0, true, false},
		}
		about := []insurance.Question{{VolunteerID: id.New(), At: at("2026-07-15 12:00:00")}} // nobody
		for _, c := range cases {
			about = append(about, insurance.Question{VolunteerID: p.VolunteerID, At: at(c.at)})
		}
		var facts []insurance.Facts
		err := store.NewStore(db).Snapshot(ctx, func(ctx context.Context, r insurance.Repository) (err error) {
			facts, err = r.Facts(ctx, seoul, about)
			return err
		})
		if err != nil || len(facts) != len(cases) {
			t.Fatal(facts, err)
		}
		for i, c := range cases {
			f := facts[i]
			got := -1
			if f.Policy != nil {
				got = slices.Index(ids, f.Policy.ID)
			}
			if f.Number != i+1 || got != c.contract || f.Policy != nil && f.Policy.Version != c.version || f.Consented != c.consented || f.GuardianPending != c.pending {
				t.Errorf("%s: contract %d, consented %v, pending %v, %+v", c.at, got, f.Consented, f.GuardianPending, f.Policy)
			}
		}
	})
}

func TestNobodyElseEntersContracts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		officer(t, db)
		ctx, _ := dbtest.Person(t, db, "분석가", auth.Grant{Role: auth.Analyst, ScopeType: auth.City})
		service := insurance.NewService(store.NewStore(db), clock)
		contract, draft := year("2026-05-01", "2027-04-30")
		if _, err := service.Enter(ctx, contract, draft); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if _, err := service.Amend(ctx, insurance.Amendment{}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if _, _, err := service.Insured(ctx, insurance.Roster{}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
	})
}
