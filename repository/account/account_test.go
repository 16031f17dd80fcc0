package account_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
	"dure/repository"
	store "dure/repository/account"
	"dure/repository/dbtest"
)

// house is the feature on a database, with a clock that stands still and tokens that only name their session.
type house struct {
	*account.Service
	db        *repository.DB
	store     store.Store
	now       time.Time
	forgotten atomic.Int64
}

const password = "느티나무 그늘 2026"

func newHouse(t *testing.T, db *repository.DB) *house {
	t.Helper()
	dbtest.Regions(t, db)
	h := &house{db: db, store: store.NewStore(db), now: time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)}
	clock := calendar.Clock{Instant: func() time.Time { return h.now }, Zone: time.FixedZone("KST", 9*3600)}
	hasher := account.NewHasher(account.Cost{Memory: 64, Time: 1, Threads: 1}, 4)
	texts := volunteer.Texts{volunteer.Terms: "1", volunteer.Privacy: "1"}
	h.Service = account.NewService(h.store, clock, hasher, h, texts, func(id.ID) { h.forgotten.Add(1) })
	return h
}

// Issue implements account.Tokens.
func (h *house) Issue(_ context.Context, p auth.Principal, _ time.Time) (string, time.Duration, error) {
	return p.AccountID.String() + p.SessionID.String(), time.Minute, nil
}

// as is the context of who got a token.
func as(t *testing.T, s account.Signed) context.Context {
	t.Helper()
	a, err1 := id.Parse(s.AccessToken[:36])
	session, err2 := id.Parse(s.AccessToken[36:])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return auth.With(context.Background(), auth.Principal{AccountID: a, SessionID: session})
}

func (h *house) count(t *testing.T, table, where string, args ...any) (n int) {
	t.Helper()
	if err := h.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw("SELECT count(*) FROM "+table+" WHERE "+where, args...).Scan(&n).Error
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func person(name string) volunteer.Person {
	return volunteer.Person{Name: name, BirthDate: calendar.MustParse("1987-03-14"), Sex: volunteer.Female, RegionCode: dbtest.Dong,
		Consents: []volunteer.Consent{{Purpose: volunteer.Terms, Version: "1", Granted: true}, {Purpose: volunteer.Privacy, Version: "1", Granted: true}}}
}

func (h *house) join(t *testing.T, login string) account.Signed {
	t.Helper()
	s, err := h.Register(context.Background(), account.Register{Login: login, Password: password, Person: person("홍길동")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// race runs n things at once and counts those that succeed; every other one must fail as wanted.
func race(t *testing.T, n int, want error, do func(i int) error) (won int) {
	t.Helper()
	var all sync.WaitGroup
	var successes atomic.Int64
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			if err := do(i); err == nil {
				successes.Add(1)
			} else if !errors.Is(err, want) {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	close(start)
	all.Wait()
	return int(successes.Load())
}

func TestOneOfManyGetsTheLogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		won := race(t, 20, account.ErrLoginTaken, func(i int) error {
			_, err := h.Register(context.Background(), account.Register{Login: "GilDong@Example.kr", Password: password, Person: person("홍길동")})
			return err
		})
		if won != 1 {
			t.Fatalf("%d got the login", won)
		}
		for _, table := range []string{"accounts", "volunteers", "residences", "sessions", "refresh_tokens"} {
			if n := h.count(t, table, "1 = 1"); n != 1 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
		if n := h.count(t, "consents", "granted AND medium = 'online' AND given_by IS NULL"); n != 2 {
			t.Errorf("%d consents", n)
		}
		if n := h.count(t, "ledger_accounts", "kind = 'volunteer_minutes'"); n != 1 {
			t.Errorf("%d accounts of minutes", n)
		}
	})
}

func TestWhoRegisteredSeesHimself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		s := h.join(t, "+82 10-1234-5678")
		p, err := h.store.Profile(context.Background(), s.AccountID)
		if err != nil || p.Login != "01012345678" || p.Person == nil || p.Person.Mobile != "01012345678" || p.Person.Email != "" ||
			p.Person.Name != "홍길동" || p.Person.GuName != "동구" || p.Person.DongName != "충장동" || p.Person.Status != volunteer.Active ||
			p.Person.RegisteredOn != calendar.MustParse("2026-07-15") || len(p.Person.Consents) != 2 || p.Person.Version != 1 {
			t.Fatalf("%+v %+v %v", p, p.Person, err)
		}
		if _, err := h.store.Profile(context.Background(), id.New()); !errors.Is(err, account.ErrNotFound) {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			change func(*account.Register)
			want   error
		}{
			"taken":        {func(r *account.Register) { r.Login = "010 1234 5678" }, account.ErrLoginTaken},
			"no login":     {func(r *account.Register) { r.Login = "nobody" }, fault.ErrInvalid},
			"common":       {func(r *account.Register) { r.Password = "qwer1234" }, fault.ErrInvalid},
			"no such dong": {func(r *account.Register) { r.Person.RegionCode = "9999999999" }, fault.ErrInvalid},
			"a gu":         {func(r *account.Register) { r.Person.RegionCode = dbtest.Gu }, fault.ErrInvalid},
			"no consent":   {func(r *account.Register) { r.Person.Consents = r.Person.Consents[:1] }, volunteer.ErrConsentMissing},
			"a child":      {func(r *account.Register) { r.Person.BirthDate = calendar.MustParse("2015-01-01") }, fault.ErrInvalid},
		} {
			r := account.Register{Login: "new@example.kr", Password: password, Person: person("김철수")}
			c.change(&r)
			if _, err := h.Register(context.Background(), r); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := h.count(t, "volunteers", "1 = 1"); n != 1 {
			t.Errorf("%d persons", n)
		}
	})
}

func TestGuessesAreCountedBeforeTheyAreLookedAt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		ctx := context.Background()
		h.join(t, "gildong@example.kr")
		var within atomic.Int64
		race(t, 50, nil, func(int) error {
			return h.store.Update(ctx, func(ctx context.Context, tx account.Tx) error {
				n, err := tx.Accounts().Attempt(ctx, "a key", h.now, 15*time.Minute)
				if n <= 5 {
					within.Add(1)
				}
				return err
			})
		})
		if within.Load() != 5 {
			t.Fatalf("%d of 50 guesses would be looked at", within.Load())
		}
		for _, login := range []string{"gildong@example.kr", "nobody@example.kr", "no login at all"} {
			if won := race(t, 8, account.ErrWrongLogin, func(i int) error {
				_, err := h.SignIn(ctx, login, fmt.Sprintf("wrong-%d", i))
				return err
			}); won != 0 {
				t.Fatal("a wrong password is right")
			}
		}
		if _, err := h.SignIn(ctx, "gildong@example.kr", password); !errors.Is(err, account.ErrWrongLogin) {
			t.Fatal("the right password works while locked: ", err)
		}
		h.now = h.now.Add(15*time.Minute + time.Second)
		for range 7 { // every success forgives
			if _, err := h.SignIn(ctx, " GILDONG@example.kr", password); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.count(t, "sessions", "1 = 1"); n != 8 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestDisabledAccountsAreLikeUnknownOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		s := h.join(t, "gildong@example.kr")
		if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Exec(`UPDATE accounts SET disabled_at = ?`, h.now).Error
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(context.Background(), "gildong@example.kr", password); !errors.Is(err, account.ErrWrongLogin) {
			t.Error(err)
		}
		if _, err := h.Refresh(context.Background(), s.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Error(err)
		}
		if err := h.SignOut(as(t, s)); !errors.Is(err, auth.ErrSignIn) {
			t.Error(err)
		}
	})
}

func TestARefreshTokenIsGoodOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		ctx := context.Background()
		first := h.join(t, "gildong@example.kr")
		second, err := h.Refresh(ctx, first.RefreshToken)
		if err != nil || second.RefreshToken == first.RefreshToken || second.AccessToken != first.AccessToken {
			t.Fatal(second, err)
		}
		if n := h.count(t, "refresh_tokens", "hash = ? OR hash = ?", first.RefreshToken, second.RefreshToken); n != 0 {
			t.Fatal("tokens are kept as they are")
		}
		if _, err := h.Refresh(ctx, first.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Fatal(err)
		}
		if _, err := h.Refresh(ctx, second.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Fatal("the family outlived a reuse: ", err)
		}
		if n := h.count(t, "audit_events", "action = 'session.refresh_reused'"); n != 1 || h.forgotten.Load() == 0 {
			t.Fatalf("%d events, forgotten %d times", n, h.forgotten.Load())
		}
		for _, token := range []string{"", "x", first.AccessToken} {
			if _, err := h.Refresh(ctx, token); !errors.Is(err, account.ErrRefresh) {
				t.Error(err)
			}
		}
		third, err := h.SignIn(ctx, "gildong@example.kr", password)
		if err != nil {
			t.Fatal(err)
		}
		if won := race(t, 10, account.ErrRefresh, func(int) error { _, err := h.Refresh(ctx, third.RefreshToken); return err }); won != 1 {
			t.Fatalf("%d of 10 refreshes succeeded", won)
		}
	})
}

func TestSessionsEndInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		ctx := context.Background()
		idle, active := h.join(t, "idle@example.kr"), h.join(t, "active@example.kr")
		begun := h.now
		for _, day := range []int{13, 26, 29} {
			h.now = begun.AddDate(0, 0, day)
			var err error
			if active, err = h.Refresh(ctx, active.RefreshToken); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
		}
		h.now = begun.AddDate(0, 0, 14)
		if _, err := h.Refresh(ctx, idle.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Error("after 14 idle days: ", err)
		}
		h.now = begun.AddDate(0, 0, 30)
		if _, err := h.Refresh(ctx, active.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Error("after 30 days: ", err)
		}
		h.now = begun.AddDate(0, 0, 31)
		if err := h.store.Sweep(ctx, h.now); err != nil || h.count(t, "refresh_tokens", "1 = 1") != 0 || h.count(t, "login_failures", "1 = 1") != 0 {
			t.Error("not swept: ", err)
		}
	})
}

func TestSigningOutEndsOneSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		one := h.join(t, "gildong@example.kr")
		two, err := h.SignIn(context.Background(), "gildong@example.kr", password)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.SignOut(as(t, one)); err != nil || h.forgotten.Load() != 1 {
			t.Fatal(err)
		}
		if err := h.SignOut(as(t, one)); !errors.Is(err, auth.ErrSignIn) {
			t.Fatal(err)
		}
		if _, err := h.Refresh(context.Background(), one.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Fatal(err)
		}
		if _, err := h.Refresh(context.Background(), two.RefreshToken); err != nil {
			t.Fatal(err)
		}
	})
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		ctx := context.Background()
		here := h.join(t, "gildong@example.kr")
		there, err := h.SignIn(ctx, "gildong@example.kr", password)
		if err != nil {
			t.Fatal(err)
		}
		const wanted = "가을비 내리는 영산강"
		for old, want := range map[string]string{"wrong": "account.wrong_password", password: "request.invalid"} {
			next := wanted
			if old == password {
				next = "qwer1234"
			}
			if f, ok := fault.From(h.ChangePassword(as(t, here), old, next)); !ok || f.Code != want {
				t.Errorf("%s → %s: %v", old, next, f)
			}
		}
		if err := h.ChangePassword(as(t, here), password, wanted); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Refresh(ctx, there.RefreshToken); !errors.Is(err, account.ErrRefresh) {
			t.Error("the other session goes on: ", err)
		}
		if _, err := h.Refresh(ctx, here.RefreshToken); err != nil {
			t.Error("this session ended: ", err)
		}
		if _, err := h.SignIn(ctx, "gildong@example.kr", password); !errors.Is(err, account.ErrWrongLogin) {
			t.Error(err)
		}
		in, err := h.SignIn(ctx, "gildong@example.kr", wanted)
		if err != nil {
			t.Fatal(err)
		}
		for range 6 { // guessing here counts as guessing at the door
			if err := h.ChangePassword(as(t, in), "wrong", password); err == nil {
				t.Fatal("a wrong password is right")
			}
		}
		if err := h.ChangePassword(as(t, in), wanted, password); err == nil {
			t.Error("the right password works while locked")
		}
	})
}

func TestOneFirstKeyStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		ctx, s := context.Background(), store.NewStore(db)
		now := time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC)
		var keys []store.Key
		for range 10 {
			if err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error { return tx.Exec(`DELETE FROM signing_keys`).Error }); err != nil {
				t.Fatal(err)
			}
			race(t, 16, nil, func(i int) error {
				return s.FirstKey(ctx, store.Key{Kid: fmt.Sprint("k", i), PrivateKey: "…", CreatedAt: now.Add(-time.Duration(i) * time.Second)})
			})
			var err error
			if keys, err = s.Keys(ctx); err != nil || len(keys) != 1 || keys[0].RetiredAt != nil {
				t.Fatalf("%+v %v", keys, err)
			}
		}
		if err := s.RotateKeys(ctx, store.Key{Kid: "next", PrivateKey: "…", CreatedAt: now.Add(time.Minute)}, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		keys, err := s.Keys(ctx)
		if err != nil || len(keys) != 2 || keys[0].RetiredAt == nil || !keys[0].RetiredAt.Equal(now.Add(time.Hour)) || keys[1].Kid != "next" || keys[1].RetiredAt != nil {
			t.Fatalf("%+v %v", keys, err)
		}
	})
}
