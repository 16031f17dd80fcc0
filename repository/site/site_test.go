package site_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/site"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/site"
)

var now = time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)

func service(db *repository.DB) *site.Service {
	return site.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return now }, Zone: time.UTC})
}

func officer() auth.Grant { return auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City} }

func application(name string) site.Site {
	return site.Site{Name: name, Kind: site.Welfare, RegionCode: dbtest.Dong, Address: "제봉로 1", Phone: "062-1"}
}

func apply(t *testing.T, ctx context.Context, db *repository.DB, name string) site.Site {
	t.Helper()
	s, err := service(db).Apply(ctx, application(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// grants reads the roles in force afresh.
func grants(t *testing.T, ctx context.Context, db *repository.DB) auth.Principal {
	t.Helper()
	p, err := db.Grants().Current(ctx, auth.From(ctx), now.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func count(t *testing.T, db *repository.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query, args...).Scan(&n).Error
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestApprovalMakesTheApplicantItsManager(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		centre, _ := dbtest.Person(t, db, "김센터", officer())
		s := apply(t, applicant, db, "충장 복지관")
		if p := grants(t, applicant, db); len(p.Grants) != 0 {
			t.Fatal("an application gives no role: ", p.Grants)
		}
		decided, err := service(db).Decide(centre, site.Decision{SiteID: s.ID, To: site.Approved})
		if err != nil || decided.State != site.Approved || decided.Version != 2 {
			t.Fatalf("%+v %v", decided, err)
		}
		if p := grants(t, applicant, db); !p.Has(s.ID, auth.SiteManager) {
			t.Fatal(p.Grants)
		}
		for _, to := range []site.State{site.Suspended, site.Approved, site.Closed} {
			if _, err := service(db).Decide(centre, site.Decision{SiteID: s.ID, To: to, Reason: "점검"}); err != nil {
				t.Fatal(to, err)
			}
		}
		if p := grants(t, applicant, db); p.Has(s.ID, auth.SiteManager) {
			t.Fatal("a closed site is still managed")
		}
		if n := count(t, db, `SELECT COUNT(*) FROM audit_events WHERE subject_id = ?`, s.ID.String()); n != 6 {
			t.Fatalf("%d events: four decisions, one role granted, one revoked", n)
		}
	})
}

func TestOnlyLegalDecisions(t *testing.T) {
	legal := map[site.State][]site.State{
		site.Applied:   {site.Approved, site.Rejected},
		site.Approved:  {site.Suspended, site.Closed},
		site.Suspended: {site.Approved, site.Closed},
		site.Rejected:  {}, site.Closed: {},
	}
	path := map[site.State][]site.State{site.Applied: {}, site.Approved: {site.Approved}, site.Rejected: {site.Rejected},
		site.Suspended: {site.Approved, site.Suspended}, site.Closed: {site.Approved, site.Closed}}
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		centre, _ := dbtest.Person(t, db, "김센터", officer())
		for before, allowed := range legal {
			for _, to := range []site.State{site.Approved, site.Rejected, site.Suspended, site.Closed} {
				s := apply(t, applicant, db, "복지관")
				for _, step := range path[before] {
					if _, err := service(db).Decide(centre, site.Decision{SiteID: s.ID, To: step, Reason: "x"}); err != nil {
						t.Fatal(err)
					}
				}
				_, err := service(db).Decide(centre, site.Decision{SiteID: s.ID, To: to, Reason: "x"})
				want := error(site.ErrState)
				for _, a := range allowed {
					if a == to {
						want = nil
					}
				}
				if !errors.Is(err, want) {
					t.Errorf("%s → %s: %v", before, to, err)
				}
			}
		}
	})
}

func TestWhoMayDecideAndEdit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		sv := service(db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		other, _ := dbtest.Person(t, db, "이웃")
		centre, _ := dbtest.Person(t, db, "김센터", officer())
		self, _ := dbtest.Person(t, db, "박센터", officer())
		s := apply(t, applicant, db, "복지관")
		mine := apply(t, self, db, "내 복지관")
		name, phone := "새 이름", "062-2"
		for what, x := range map[string]struct {
			err  error
			want error
		}{
			"stranger":          {decide(sv, context.Background(), s.ID), auth.ErrSignIn},
			"other person":      {decide(sv, other, s.ID), site.ErrNotFound},
			"applicant":         {decide(sv, applicant, s.ID), auth.ErrForbidden},
			"own application":   {decide(sv, self, mine.ID), duty.ErrConflict},
			"unknown":           {decide(sv, centre, id.New()), site.ErrNotFound},
			"other edits":       {edit(sv, other, site.Edit{SiteID: s.ID, Phone: &phone}), site.ErrNotFound},
			"old version":       {edit(sv, applicant, site.Edit{SiteID: s.ID, Version: 9, Phone: &phone}), site.ErrChanged},
			"applicant edits":   {edit(sv, applicant, site.Edit{SiteID: s.ID, Version: 1, Name: &name}), nil},
			"without a reason":  {second(sv.Decide(centre, site.Decision{SiteID: mine.ID, To: site.Rejected})), errInvalid},
			"unknown region":    {edit(sv, applicant, site.Edit{SiteID: s.ID, RegionCode: ptr("1200000000")}), errInvalid},
			"unknown kind":      {edit(sv, applicant, site.Edit{SiteID: s.ID, Kind: ptr(site.Kind("shop"))}), errInvalid},
			"no person applies": {second(sv.Apply(auth.With(context.Background(), auth.Principal{AccountID: id.New()}), s)), auth.ErrSignIn},
		} {
			if !errors.Is(x.err, x.want) {
				t.Errorf("%s: %v", what, x.err)
			}
		}
		if err := decide(sv, centre, s.ID); err != nil {
			t.Fatal(err)
		}
		if err := edit(sv, applicant, site.Edit{SiteID: s.ID, Name: &name}); !errors.Is(err, auth.ErrForbidden) {
			t.Error("a manager renamed what was approved: ", err)
		}
		if err := edit(sv, applicant, site.Edit{SiteID: s.ID, Phone: &phone}); err != nil {
			t.Error(err)
		}
	})
}

func TestListsShowOnlyWhatAReaderMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, p := dbtest.Person(t, db, "홍길동")
		other, q := dbtest.Person(t, db, "이웃")
		centre, c := dbtest.Person(t, db, "김센터", officer())
		approved := apply(t, applicant, db, "가람 복지관")
		if err := decide(service(db), centre, approved.ID); err != nil {
			t.Fatal(err)
		}
		waiting := apply(t, applicant, db, "나눔 학교")
		apply(t, other, db, "다솜 병원")
		for name, x := range map[string]struct {
			p    auth.Principal
			f    site.Filter
			want string
		}{
			"applicant":      {p, site.Filter{}, "가람 복지관,나눔 학교,"},
			"other":          {q, site.Filter{}, "가람 복지관,다솜 병원,"},
			"centre":         {c, site.Filter{}, "가람 복지관,나눔 학교,다솜 병원,"},
			"centre waiting": {c, site.Filter{State: site.Applied}, "나눔 학교,다솜 병원,"},
			"word":           {c, site.Filter{Word: "나눔"}, "나눔 학교,"},
			"wildcard":       {c, site.Filter{Word: "%"}, ""},
			"region":         {c, site.Filter{Region: dbtest.OtherDong}, ""},
			"gu":             {p, site.Filter{Region: dbtest.Gu, State: site.Approved}, "가람 복지관,"},
		} {
			names, r := "", page.Request{Limit: 1}
			for {
				got, err := store.NewStore(db).List(context.Background(), site.ScopeOf(x.p), x.f, r)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range got.Items {
					names += l.Name + ","
				}
				if r.After = got.Next; got.Next == nil {
					break
				}
			}
			if names != x.want {
				t.Errorf("%s: %s", name, names)
			}
		}
		if l, err := store.NewStore(db).Listed(context.Background(), site.ScopeOf(p), waiting.ID); err != nil || l.GuName != "동구" || l.DongName != "충장동" {
			t.Error(l, err)
		}
		if _, err := store.NewStore(db).Listed(context.Background(), site.ScopeOf(q), waiting.ID); !errors.Is(err, site.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestTwoOfficersAtOnceDecideOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		dbtest.Regions(t, db)
		applicant, _ := dbtest.Person(t, db, "홍길동")
		centre, _ := dbtest.Person(t, db, "김센터", officer())
		s := apply(t, applicant, db, "복지관")
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			to := []site.State{site.Approved, site.Rejected}[i%2]
			all.Go(func() { _, errs[i] = service(db).Decide(centre, site.Decision{SiteID: s.ID, To: to, Reason: "x"}) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, site.ErrState) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d decisions", won)
		}
	})
}

var errInvalid = fault.ErrInvalid

func decide(s *site.Service, ctx context.Context, of id.ID) error {
	return second(s.Decide(ctx, site.Decision{SiteID: of, To: site.Approved}))
}

func edit(s *site.Service, ctx context.Context, cmd site.Edit) error { return second(s.Edit(ctx, cmd)) }

func second(_ site.Site, err error) error { return err }

func ptr[T any](v T) *T { return &v }
