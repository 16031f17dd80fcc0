package account_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
	"dure/repository"
	"dure/repository/dbtest"
	volunteerstore "dure/repository/volunteer"
)

// camp registers people on paper, in the house's database.
func (h *house) camp(t *testing.T) (context.Context, *volunteer.Service, id.ID) {
	t.Helper()
	camp := id.New()
	keeper := h.join(t, "keeper@example.kr")
	err := h.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		if err := tx.Exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			VALUES (?, '캠프', '캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, camp, dbtest.Dong).Error; err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'camp_keeper', 'camp', ?, ?, 'test')`,
			id.New(), keeper.AccountID, camp, h.now).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	clock := calendar.Clock{Instant: func() time.Time { return h.now }, Zone: time.FixedZone("KST", 9*3600)}
	texts := volunteer.Texts{volunteer.Terms: "1", volunteer.Privacy: "1"}
	return as(t, keeper), volunteer.NewService(volunteerstore.NewStore(h.db), clock, texts), camp
}

func TestARecordFromPaperIsTakenOverOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		keeper, people, camp := h.camp(t)
		ctx := context.Background()
		v, err := people.Register(keeper, camp, person("김순자"))
		if err != nil {
			t.Fatal(err)
		}
		void, code := "", ""
		for _, into := range []*string{&void, &code} {
			if _, *into, err = people.HandOver(keeper, camp, v.ID); err != nil {
				t.Fatal(err)
			}
		}
		claim := func(login, name, code string) error {
			_, err := h.Register(ctx, account.Register{Login: login, Password: password, Person: person(name),
				Claim: &volunteer.Claim{Number: " " + v.Number[:4] + v.Number[5:], Code: code}})
			return err
		}
		for name, err := range map[string]error{
			"a void code":  claim("a@example.kr", "김순자", void),
			"another name": claim("b@example.kr", "김순희", code),
			"no code":      claim("c@example.kr", "김순자", ""),
		} {
			if !errors.Is(err, account.ErrClaim) {
				t.Errorf("%s: %v", name, err)
			}
		}
		h.now = h.now.Add(16 * time.Minute)
		if won := race(t, 5, account.ErrClaim, func(i int) error { return claim(fmt.Sprintf("d%d@example.kr", i), "김순자", code) }); won != 1 {
			t.Fatalf("%d took the record over", won)
		}
		if n := h.count(t, "accounts", "volunteer_id = ?", v.ID); n != 1 {
			t.Errorf("%d accounts", n)
		}
		if n := h.count(t, "volunteers", "number = ? AND email LIKE 'd%@example.kr' AND claim_hash IS NULL", v.Number); n != 1 {
			t.Error("the record was not taken over")
		}
		if n := h.count(t, "volunteers", "1 = 1"); n != 2 {
			t.Errorf("%d persons", n)
		}
		if _, _, err := people.HandOver(keeper, camp, v.ID); !errors.Is(err, volunteer.ErrClaimed) {
			t.Error(err)
		}
		if err := claim("e@example.kr", "김순자", code); !errors.Is(err, account.ErrClaim) {
			t.Error(err)
		}
	})
}

func TestClaimCodesCannotBeGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		h := newHouse(t, db)
		keeper, people, camp := h.camp(t)
		v, err := people.Register(keeper, camp, person("김순자"))
		if err != nil {
			t.Fatal(err)
		}
		_, code, err := people.HandOver(keeper, camp, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		claim := func(number, code string) error {
			_, err := h.Register(context.Background(), account.Register{Login: "a@example.kr", Password: password, Person: person("김순자"),
				Claim: &volunteer.Claim{Number: number, Code: code}})
			return err
		}
		for _, number := range []string{"", "1234-5678", v.Number[:8]} {
			if err := claim(number, code); !errors.Is(err, account.ErrClaim) {
				t.Errorf("%q: %v", number, err)
			}
		}
		for range 5 {
			if err := claim(v.Number, "0000-0000-0000"); !errors.Is(err, account.ErrClaim) {
				t.Fatal(err)
			}
		}
		if err := claim(v.Number, code); !errors.Is(err, account.ErrClaim) {
			t.Fatal("the right code works after too many tries: ", err)
		}
		h.now = h.now.Add(16 * time.Minute)
		if err := claim(v.Number, code); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"somebody else's camp": third(people.HandOver(keeper, id.New(), v.ID)),
			"nobody":               third(people.HandOver(keeper, camp, id.New())),
			"a stranger":           third(people.HandOver(context.Background(), camp, v.ID)),
		} {
			if err == nil {
				t.Error(name)
			}
		}
		if err := third(people.HandOver(context.Background(), camp, v.ID)); !errors.Is(err, auth.ErrSignIn) {
			t.Error(err)
		}
	})
}

func third[A, B any](_ A, _ B, err error) error { return err }
