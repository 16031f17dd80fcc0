package merchant_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/domain/merchant"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/merchant"
)

var (
	now   = time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
	today = calendar.MustParse("2026-07-15")
)

func service(db *repository.DB) *merchant.Service {
	return merchant.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return now }, Zone: time.UTC})
}

func officer() auth.Grant { return auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City} }

func application(name, number string) merchant.Merchant {
	return merchant.Merchant{Name: name, Kind: merchant.Shop, BusinessNumber: number, RegionCode: dbtest.Dong, Address: "제봉로 1",
		Lat: 35.15, Lon: 126.91, Discount: "10 %", ValidFrom: calendar.MustParse("2026-07-01")}
}

var numbers = []string{"124-81-00998", "120-81-47521", "220-81-62517"}

func TestApprovalMakesTheApplicantItsManagerAndClosureEndsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		centre, p := dbtest.Person(t, db, "김센터", officer())
		ten := 10
		asked := application("국수", numbers[0])
		asked.DiscountPercent = &ten
		m, err := service(db).Apply(applicant, asked)
		if err != nil || m.BusinessNumber != "1248100998" {
			t.Fatal(m, err)
		}
		holds := func() bool {
			p, err := db.Grants().Current(applicant, auth.From(applicant), now.Add(time.Second))
			if err != nil {
				t.Fatal(err)
			}
			return p.Has(m.ID, auth.MerchantManager)
		}
		if holds() {
			t.Fatal("an application gives no role")
		}
		for _, step := range []struct {
			to      merchant.State
			manages bool
		}{{merchant.Approved, true}, {merchant.Suspended, true}, {merchant.Approved, true}, {merchant.Closed, false}} {
			m, err = service(db).Decide(centre, merchant.Decision{MerchantID: m.ID, To: step.to, Reason: "점검"})
			if err != nil || m.State != step.to || holds() != step.manages {
				t.Fatal(step, m, err)
			}
		}
		got, err := store.NewStore(db).Registered(context.Background(), merchant.Scope{All: true}, m.ID)
		if err != nil || got.DiscountPercent == nil || *got.DiscountPercent != 10 || got.DiscountWon != nil || !got.ValidTo.IsZero() ||
			got.GuName != "동구" || got.DongName != "충장동" || got.Version != 5 || *got.DecidedBy != p.AccountID {
			t.Fatalf("%+v %v", got, err)
		}
		if _, err := service(db).Decide(centre, merchant.Decision{MerchantID: m.ID, To: merchant.Approved}); !errors.Is(err, merchant.ErrState) {
			t.Fatal(err)
		}
	})
}

func TestNobodyDecidesOnHisOwnOrHisFamilysShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		centre, own := dbtest.Person(t, db, "김센터", officer())
		spouseCtx, spouse := dbtest.Person(t, db, "김배우자")
		if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Exec(`INSERT INTO households (id, volunteer_id, other_id, declared_at, declared_by, reason) VALUES (?, ?, ?, ?, ?, '')`,
				id.New(), own.VolunteerID, spouse.VolunteerID, now, own.AccountID).Error
		}); err != nil {
			t.Fatal(err)
		}
		for i, ctx := range []context.Context{centre, spouseCtx} {
			m, err := service(db).Apply(ctx, application("국수", numbers[i]))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := service(db).Decide(centre, merchant.Decision{MerchantID: m.ID, To: merchant.Approved}); !errors.Is(err, duty.ErrConflict) {
				t.Fatal(err)
			}
		}
	})
}

// Two applications with one number at once, and then two approvals of one application: one of each takes effect.
func TestOneShopPerNumberAndOneDecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		centre, _ := dbtest.Person(t, db, "김센터", officer())
		race := func(want error, do func() error) {
			t.Helper()
			var wg sync.WaitGroup
			errs := make([]error, 8)
			for i := range errs {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, want) {
					t.Fatal(err)
				}
			}
			if won != 1 {
				t.Fatal(won, "have won")
			}
		}
		race(merchant.ErrRegistered, func() error { _, err := service(db).Apply(applicant, application("국수", numbers[0])); return err })
		listed, err := store.NewStore(db).Register(context.Background(), merchant.Scope{All: true}, merchant.Filter{}, page.Request{Limit: 20})
		if err != nil || len(listed.Items) != 1 {
			t.Fatal(listed, err)
		}
		m := listed.Items[0]
		race(merchant.ErrState, func() error {
			_, err := service(db).Decide(centre, merchant.Decision{MerchantID: m.ID, To: merchant.Rejected, Reason: "중복"})
			return err
		})
		// Whoever was rejected may apply again; a number moves to another shop by no edit.
		if _, err := service(db).Apply(applicant, application("국수", numbers[0])); err != nil {
			t.Fatal(err)
		}
		second, err := service(db).Apply(applicant, application("만두", numbers[1]))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := service(db).Edit(applicant, merchant.Edit{MerchantID: second.ID, BusinessNumber: &numbers[0]}); !errors.Is(err, merchant.ErrRegistered) {
			t.Fatal(err)
		}
		// Facilities of one body may share theirs.
		museum := application("미술관", numbers[0])
		museum.Kind = merchant.Facility
		if _, err := service(db).Apply(applicant, museum); err != nil {
			t.Fatal(err)
		}
	})
}

func TestEverybodyFindsWhatIsApprovedTheNearestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		s := store.NewStore(db)
		add := func(name string, lat float64, change func(m *merchant.Merchant)) id.ID {
			m := application(name, "")
			m.ID, m.Search, m.Kind, m.State, m.Lat, m.AppliedAt, m.Version = id.New(), name, merchant.Public, merchant.Approved, lat, now, 1
			change(&m)
			if err := s.Update(context.Background(), func(ctx context.Context, tx merchant.Tx) error { return tx.Merchants().Add(ctx, m) }); err != nil {
				t.Fatal(err)
			}
			return m.ID
		}
		same := func(*merchant.Merchant) {}
		add("다", 35.151, same)
		add("가", 35.153, func(m *merchant.Merchant) { m.RegionCode = dbtest.OtherDong })
		add("나", 35.152, func(m *merchant.Merchant) { m.Kind = merchant.Facility; m.BusinessNumber = "1248100998" })
		add("멀리", 35.3, same)
		hidden := []id.ID{
			add("아직", 35.15, func(m *merchant.Merchant) { m.State = merchant.Applied }),
			add("쉼", 35.15, func(m *merchant.Merchant) { m.State = merchant.Suspended }),
			add("내일", 35.15, func(m *merchant.Merchant) { m.ValidFrom = today.Add(1) }),
			add("어제", 35.15, func(m *merchant.Merchant) { m.ValidTo = today.Add(-1) }),
		}
		find := func(f merchant.Filter) (names string) {
			t.Helper()
			for after := []string(nil); ; {
				p, err := s.Find(context.Background(), f, today, page.Request{Limit: 2, After: after})
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range p.Items {
					names += l.Name
				}
				if after = p.Next; after == nil {
					return names
				}
			}
		}
		near := &place.Circle{Lat: 35.15, Lon: 126.91, Radius: 2000}
		for want, f := range map[string]merchant.Filter{
			"가나다멀리": {}, "다나가": {Near: near}, "가": {Region: dbtest.OtherDong, Near: near}, "나": {Kind: merchant.Facility},
			"멀리": {Word: "멀"}, "": {Word: "%"}, "다나": {Near: near, Region: dbtest.Dong},
		} {
			if got := find(f); got != want {
				t.Errorf("%+v: %s instead of %s", f, got, want)
			}
		}
		for _, m := range hidden {
			if _, err := s.Found(context.Background(), m, today); !errors.Is(err, merchant.ErrNotFound) {
				t.Error(err)
			}
			if _, err := s.Registered(context.Background(), merchant.Scope{Account: id.New()}, m); !errors.Is(err, merchant.ErrNotFound) {
				t.Error(err)
			}
			if _, err := s.Registered(context.Background(), merchant.Scope{Managed: []id.ID{m}}, m); err != nil {
				t.Error(err)
			}
		}
	})
}
