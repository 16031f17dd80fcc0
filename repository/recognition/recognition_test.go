package recognition_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/recognition"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/recognition"
)

var (
	seoul = time.FixedZone("KST", 9*3600)
	now   = time.Date(2026, 7, 15, 0, 30, 0, 0, seoul) // the 14th still in UTC
)

// signedIn makes an account with a role of the city.
func signedIn(t *testing.T, db *repository.DB, role auth.Role) context.Context {
	t.Helper()
	p := auth.Principal{AccountID: id.New(), SessionID: id.New()}
	if err := db.Update(t.Context(), func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Exec(`INSERT INTO accounts (id, login, password_hash, created_at) VALUES (?, ?, '', ?)`, p.AccountID, p.AccountID.String(), now).Error; err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, p.SessionID, p.AccountID, now, now.AddDate(1, 0, 0)).Error; err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, 'city', ?, ?, '')`,
			id.New(), p.AccountID, role, id.Nil, now.AddDate(-1, 0, 0)).Error
	}); err != nil {
		t.Fatal(err)
	}
	return auth.With(t.Context(), p)
}

func TestRulesAreAddedOneAfterTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		rules := store.NewStore(db)
		service := recognition.NewService(rules, calendar.Clock{Instant: func() time.Time { return now }, Zone: seoul})
		officer := signedIn(t, db, auth.CentreOfficer)
		rule := recognition.Rule{Kind: recognition.KindDailyCap, FieldCode: "1201", Minutes: 600, Owner: "city", Reference: "재난 복구 지침",
			EffectiveFrom: calendar.MustParse("2026-07-16"), EffectiveTo: calendar.MustParse("2026-07-31")}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := service.Decree(officer, rule); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var versions []int
		p := page.Request{Limit: 4}
		for {
			found, err := rules.List(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range found.Items {
				versions = append(versions, r.Version)
			}
			if found.Next == nil {
				break
			}
			p.After = found.Next
		}
		if want := []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}; !slices.Equal(versions, want) {
			t.Fatal(versions)
		}
		newest, err := rules.List(t.Context(), page.Request{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := newest.Items[0]
		rule.ID, rule.Version = got.ID, got.Version
		if got != rule {
			t.Errorf("%+v, want %+v", got, rule)
		}
	})
}

func TestOnlyTheCentreSetsRulesAndOnlyForDaysToCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		service := recognition.NewService(store.NewStore(db), calendar.Clock{Instant: func() time.Time { return now }, Zone: seoul})
		good := recognition.Rule{Kind: recognition.KindTravel, FieldCode: "1200", Minutes: 120, Owner: "nation", Reference: "특별재난지역",
			EffectiveFrom: calendar.MustParse("2026-07-16")}
		if _, err := service.Decree(signedIn(t, db, auth.Analyst), good); !errors.Is(err, auth.ErrForbidden) {
			t.Fatal(err)
		}
		if _, err := service.Decree(t.Context(), good); !errors.Is(err, auth.ErrSignIn) {
			t.Fatal(err)
		}
		officer := signedIn(t, db, auth.CentreOfficer)
		for want, change := range map[string]func(*recognition.Rule){
			"effective_from order":         func(r *recognition.Rule) { r.EffectiveFrom = calendar.MustParse("2026-07-15") },
			"effective_from required":      func(r *recognition.Rule) { r.EffectiveFrom = calendar.Day{} },
			"effective_to before_start":    func(r *recognition.Rule) { r.EffectiveTo = calendar.MustParse("2026-07-15") },
			"field_code unknown":           func(r *recognition.Rule) { r.FieldCode = "9999" },
			"kind unknown":                 func(r *recognition.Rule) { r.Kind = "bonus" },
			"minutes range":                func(r *recognition.Rule) { r.Minutes = 1441 },
			"owner unknown":                func(r *recognition.Rule) { r.Owner = "me" },
			"owner required":               func(r *recognition.Rule) { r.Owner = "" },
			"reference required":           func(r *recognition.Rule) { r.Reference = " " },
			"reference control_characters": func(r *recognition.Rule) { r.Reference = "a\x01" },
		} {
			r := good
			change(&r)
			_, err := service.Decree(officer, r)
			f, ok := fault.From(err)
			if !ok || len(f.Fields) != 1 || f.Fields[0].Path+" "+f.Fields[0].Code != want {
				t.Errorf("%s: %+v", want, err)
			}
		}
		if r, err := service.Decree(officer, good); err != nil || r.Version != 4 {
			t.Fatal(r, err)
		}
	})
}
