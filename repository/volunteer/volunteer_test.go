package volunteer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"dure/domain/camp"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/volunteer"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/volunteer"
)

var (
	texts = volunteer.Texts{volunteer.Terms: "1", volunteer.Privacy: "1"}
	both  = []volunteer.Consent{{Purpose: volunteer.Terms, Version: "1", Granted: true}, {Purpose: volunteer.Privacy, Version: "1", Granted: true}}
)

// centre is the feature on a database with two camps, the first one's keeper and an officer.
type centre struct {
	*volunteer.Service
	t               *testing.T
	db              *repository.DB
	store           store.Store
	now             time.Time
	camp, other     id.ID
	keeper, officer context.Context
}

func newCentre(t *testing.T, db *repository.DB) *centre {
	t.Helper()
	dbtest.Regions(t, db)
	c := &centre{t: t, db: db, store: store.NewStore(db), now: time.Date(2026, 7, 15, 1, 0, 0, 0, time.UTC), camp: id.New(), other: id.New()}
	c.Service = volunteer.NewService(c.store, calendar.Clock{Instant: func() time.Time { return c.now }, Zone: time.FixedZone("KST", 9*3600)}, texts)
	for _, campID := range []id.ID{c.camp, c.other} {
		c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			VALUES (?, '캠프', '캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, campID, dbtest.Dong)
	}
	c.keeper = c.signedIn(nil, auth.CampKeeper, auth.Camp, c.camp)
	c.officer = c.signedIn(nil, auth.CentreOfficer, auth.City, id.Nil)
	return c
}

func (c *centre) exec(statement string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *centre) count(query string, args ...any) (n int) {
	c.t.Helper()
	if err := c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw("SELECT count(*) FROM "+query, args...).Scan(&n).Error
	}); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// signedIn is somebody with an account, a session and perhaps a role.
func (c *centre) signedIn(person *id.ID, role auth.Role, scope auth.ScopeType, scopeID id.ID) context.Context {
	c.t.Helper()
	p := auth.Principal{AccountID: id.New(), SessionID: id.New()}
	c.exec(`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) VALUES (?, ?, 'x', ?, ?)`, p.AccountID, p.AccountID.String(), person, c.now)
	c.exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, p.SessionID, p.AccountID, c.now, c.now.AddDate(1, 0, 0))
	if role != auth.Volunteer {
		c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, 'test')`,
			id.New(), p.AccountID, role, scope, scopeID, c.now)
	}
	return auth.With(context.Background(), p)
}

func somebody(name, birth string) volunteer.Person {
	return volunteer.Person{Name: name, BirthDate: calendar.MustParse(birth), Sex: volunteer.Female, RegionCode: dbtest.Dong, Consents: both}
}

func (c *centre) enter(p volunteer.Person) volunteer.Volunteer {
	c.t.Helper()
	v, err := c.Register(c.keeper, c.camp, p)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func TestPeopleAreEnteredFromPaper(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		p := somebody(" 김  순자 ", "1947-03-14")
		p.Mobile = "010-1234-5678"
		v := c.enter(p)
		r, err := c.Read(c.officer, v.ID)
		if err != nil || r.Name != "김 순자" || r.Mobile != "01012345678" || r.Status != volunteer.Active || *r.CampID != c.camp || r.RegisteredBy == nil ||
			r.GuName != "동구" || r.DongName != "충장동" || len(r.Consents) != 2 || len(r.Guardians) != 0 || r.Number != v.Number {
			t.Fatalf("%+v %v", r, err)
		}
		for what, want := range map[string]int{
			"residences WHERE since = '2026-07-15' AND region_code = '" + dbtest.Dong + "'": 1,
			"consents WHERE medium = 'paper' AND given_by IS NOT NULL":                      2,
			"ledger_accounts WHERE kind = 'volunteer_minutes'":                              1,
			"audit_events WHERE action = 'volunteer.registered'":                            1,
			"audit_events WHERE action = 'volunteer.read' AND volunteer_id IS NOT NULL":     1,
		} {
			if got := c.count(what); got != want {
				t.Errorf("%d %s", got, what)
			}
		}
		for name, err := range map[string]error{
			"another camp":  second(c.Register(c.keeper, c.other, p)),
			"unknown camp":  second(c.Register(c.keeper, id.New(), p)),
			"read by camp":  second(c.Read(c.keeper, v.ID)),
			"nobody":        second(c.Read(c.officer, id.New())),
			"not signed in": second(c.Register(context.Background(), c.camp, p)),
		} {
			want := map[string]error{"another camp": auth.ErrForbidden, "unknown camp": camp.ErrNotFound, "read by camp": volunteer.ErrNotFound,
				"nobody": volunteer.ErrNotFound, "not signed in": auth.ErrSignIn}[name]
			if !errors.Is(err, want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhereSomebodyLives(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		const oldDong, older = "2911052500", "2911052400"
		c.exec(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES ('2911000000', 'gu', '2900000000', '동구', '2026-06-30', ?)`, dbtest.Gu)
		c.exec(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES (?, 'dong', '2911000000', '충장동', '2026-06-30', ?)`, oldDong, dbtest.Dong)
		c.exec(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES (?, 'dong', '2911000000', '충장1동', '2010-06-30', ?)`, older, oldDong)
		c.exec(`INSERT INTO regions (code, level, parent, name, valid_from) VALUES ('1221099900', 'dong', ?, '새동', '2030-01-01')`, dbtest.Gu)
		for code, want := range map[string]string{
			dbtest.Dong: dbtest.Dong, oldDong: dbtest.Dong, older: dbtest.Dong, dbtest.Elsewhere: dbtest.Elsewhere, dbtest.City: dbtest.City,
			dbtest.Gu: "", "2911000000": "", "2900000000": "", "1221099900": "", "9999999999": "", "": "", "x": "",
		} {
			var got string
			var ok bool
			err := c.store.Update(context.Background(), func(ctx context.Context, tx volunteer.Tx) error {
				var err error
				got, ok, err = tx.Volunteers().Residence(ctx, code, calendar.MustParse("2026-07-15"))
				return err
			})
			if err != nil || got != want || ok != (want != "") {
				t.Errorf("%s: %s %v %v", code, got, ok, err)
			}
		}
		p := somebody("서울댁", "1960-01-01")
		p.RegionCode = dbtest.Elsewhere
		if r, err := c.Read(c.officer, c.enter(p).ID); err != nil || r.GuName != "서울특별시" || r.DongName != "" {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestACampFindsItsOwnPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		var numbers []string
		for i, name := range []string{"김순자", "김철수", "홍길동", "Kim Lee_100%"} {
			p := somebody(name, "1950-01-01")
			p.Mobile = fmt.Sprintf("0101234000%d", i)
			numbers = append(numbers, c.enter(p).Number)
		}
		elsewhere, err := c.Register(c.officer, c.other, somebody("김다른", "1950-01-01"))
		if err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]string{
			"": "Kim Lee_100%김순자김철수홍길동", "김": "김순자김철수", "KIM": "Kim Lee_100%", "_100%": "Kim Lee_100%", "%": "Kim Lee_100%", "길동": "홍길동",
			numbers[2]: "홍길동", "0001": "김철수", "00": "Kim Lee_100%", "김다른": "", elsewhere.Number: "",
		} {
			got, p := "", page.Request{Limit: 1}
			for {
				found, err := c.AtCamp(c.keeper, c.camp, volunteer.Search(q), p)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range found.Items {
					got += v.Name
				}
				if found.Next == nil {
					break
				}
				p.After = found.Next
			}
			if got != want {
				t.Errorf("%q finds %q, want %q", q, got, want)
			}
		}
		before := c.count("accesses WHERE action = 'volunteer.listed'")
		if _, err := c.AtCamp(c.keeper, c.other, volunteer.Filter{}, page.Request{Limit: 1}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if after := c.count("accesses WHERE action = 'volunteer.listed'"); before == 0 || after != before {
			t.Errorf("%d looks kept, then %d", before, after)
		}
	})
}

func TestGuardiansAndWards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		mother := somebody("김엄마", "1985-01-01")
		mother.Mobile = "01011112222"
		registered := c.enter(mother)
		child := somebody("김아이", "2015-05-05")
		child.Mobile = "01033334444" // his father's phone
		child.Guardian = &volunteer.Guardian{Name: "김엄마", Mobile: "010-1111-2222", Relation: "모"}
		ward := c.enter(child)
		brother := somebody("김동생", "2017-05-05")
		brother.Guardian = &volunteer.Guardian{Name: "김아빠", Mobile: "010-3333-4444", Relation: "부"}
		little := c.enter(brother)
		if ward.Status != volunteer.PendingGuardian || little.Status != volunteer.PendingGuardian {
			t.Fatal(ward.Status, little.Status)
		}
		father := somebody("김아빠", "1984-01-01")
		father.Mobile = "01033334444"
		late := c.enter(father)
		for name, want := range map[string][]id.ID{
			"mother": {ward.ID},
			"ward":   {registered.ID, little.ID}, // by the phone that he shares with his brother's guardian
			"little": {ward.ID, late.ID},
			"father": {little.ID},
		} {
			who := map[string]id.ID{"mother": registered.ID, "ward": ward.ID, "little": little.ID, "father": late.ID}[name]
			var ties duty.Ties
			if err := c.store.Update(context.Background(), func(ctx context.Context, tx volunteer.Tx) error {
				var err error
				ties, err = tx.Duties().Ties(ctx, who)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			order := func(a, b id.ID) int { return slices.Compare(a[:], b[:]) }
			got := slices.SortedFunc(maps.Keys(ties), order)
			slices.SortFunc(want, order)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}

		confirm := volunteer.Confirm{VolunteerID: ward.ID, Method: volunteer.ByPhone, Note: "통화함"}
		own := c.signedIn(&registered.ID, auth.CentreOfficer, auth.City, id.Nil)
		for name, refused := range map[string]struct {
			ctx  context.Context
			cmd  volunteer.Confirm
			want error
		}{
			"a keeper":     {c.keeper, confirm, volunteer.ErrNotFound},
			"the mother":   {own, confirm, duty.ErrConflict},
			"of an adult":  {c.officer, volunteer.Confirm{VolunteerID: registered.ID, Method: volunteer.ByPhone}, volunteer.ErrNotPending},
			"of nobody":    {c.officer, volunteer.Confirm{VolunteerID: id.New(), Method: volunteer.ByPhone}, volunteer.ErrNotFound},
			"no method":    {c.officer, volunteer.Confirm{VolunteerID: ward.ID}, fault.ErrInvalid},
			"tomorrow":     {c.officer, volunteer.Confirm{VolunteerID: ward.ID, Method: volunteer.Document, On: calendar.MustParse("2026-07-16")}, fault.ErrInvalid},
			"before it is": {c.officer, volunteer.Confirm{VolunteerID: ward.ID, Method: volunteer.Document, On: calendar.MustParse("2026-07-14")}, fault.ErrInvalid},
		} {
			if _, err := c.ConfirmGuardian(refused.ctx, refused.cmd); !errors.Is(err, refused.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r, err := c.ConfirmGuardian(c.officer, confirm)
		if err != nil || r.Status != volunteer.Active || len(r.Guardians) != 1 || r.Guardians[0].ConfirmedAt == nil ||
			!slices.Contains(r.Consents, volunteer.Consent{Purpose: volunteer.GuardianSaid, Version: "1", Granted: true}) {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := c.ConfirmGuardian(c.officer, confirm); !errors.Is(err, volunteer.ErrNotPending) {
			t.Error(err)
		}
		if c.count("audit_events WHERE action = 'volunteer.guardian_confirmed' AND reason = '통화함'") != 1 {
			t.Error("the confirmation was not kept")
		}
	})
}

func TestAnOldVersionIsNotWrittenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		other, v := c.enter(somebody("김순자", "1947-03-14")), c.enter(somebody("홍길동", "1987-03-14"))
		update := func(name string) error {
			v := v
			v.Name, v.Version = name, 2
			return c.store.Update(context.Background(), func(ctx context.Context, tx volunteer.Tx) error { return tx.Volunteers().Update(ctx, v, c.now) })
		}
		if err := update("홍판서"); err != nil {
			t.Fatal(err)
		}
		if err := update("홍서방"); !errors.Is(err, volunteer.ErrChanged) {
			t.Fatal(err)
		}
		if n := c.count("volunteers WHERE (id = ? AND name = '홍판서' AND version = 2) OR (id = ? AND name = '김순자' AND version = 1)", v.ID, other.ID); n != 2 {
			t.Fatal("another row was changed")
		}
	})
}

func TestPeopleChangeTheirOwnRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		v := c.enter(somebody("홍길동", "1987-03-14"))
		me := c.signedIn(&v.ID, auth.Volunteer, "", id.Nil)
		c.now = c.now.AddDate(0, 0, 3)
		text := func(s string) *string { return &s }
		if err := c.Change(me, volunteer.Change{Version: 1, Name: text("홍판서"), RegionCode: text(dbtest.OtherDong), Mobile: text("+82 10 1234 5678"),
			Consents: []volunteer.Consent{{Purpose: volunteer.Terms, Version: "1", Granted: true}, {Purpose: volunteer.Messages, Version: "1", Granted: true}}}); err != nil {
			t.Fatal(err)
		}
		r, err := c.Read(c.officer, v.ID)
		if err != nil || r.Name != "홍판서" || r.Search != "홍판서" || r.DongName != "동명동" || r.Mobile != "01012345678" || r.Version != 2 || len(r.Consents) != 3 {
			t.Fatalf("%+v %v", r, err)
		}
		if n := c.count("residences WHERE volunteer_id = ? AND (since, region_code) IN (('2026-07-15', ?), ('2026-07-18', ?))", v.ID, dbtest.Dong, dbtest.OtherDong); n != 2 {
			t.Errorf("%d residences", n)
		}
		if n := c.count("consents WHERE volunteer_id = ?", v.ID); n != 3 {
			t.Errorf("%d consents: what was known is kept again", n)
		}
		if err := c.Change(me, volunteer.Change{Mobile: text(""), RegionCode: text(dbtest.Dong)}); err != nil {
			t.Fatal(err)
		}
		if n := c.count("volunteers WHERE id = ? AND mobile IS NULL AND version = 3", v.ID); n != 1 {
			t.Error("the number is still there")
		}
		if n := c.count("residences WHERE volunteer_id = ?", v.ID); n != 2 {
			t.Errorf("%d residences after moving twice on a day", n)
		}
		admin := c.signedIn(nil, auth.Administrator, auth.City, id.Nil)
		no := []volunteer.Consent{{Purpose: volunteer.Privacy, Version: "1"}}
		old := []volunteer.Consent{{Purpose: volunteer.Privacy, Version: "0", Granted: true}}
		for name, refused := range map[string]struct {
			ctx  context.Context
			cmd  volunteer.Change
			want error
		}{
			"an old version": {me, volunteer.Change{Version: 2, Name: text("x")}, volunteer.ErrChanged},
			"no person":      {admin, volunteer.Change{Name: text("x")}, volunteer.ErrNoPerson},
			"no name":        {me, volunteer.Change{Name: text("")}, fault.ErrInvalid},
			"no such region": {me, volunteer.Change{RegionCode: text("9999999999")}, fault.ErrInvalid},
			"taken back":     {me, volunteer.Change{Consents: no}, volunteer.ErrConsentRequired},
			"outdated":       {me, volunteer.Change{Consents: old}, volunteer.ErrConsentMissing},
			"nobody":         {context.Background(), volunteer.Change{}, auth.ErrSignIn},
		} {
			if err := c.Change(refused.ctx, refused.cmd); !errors.Is(err, refused.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := c.count("volunteers WHERE id = ? AND version = 3", v.ID); n != 1 {
			t.Error("a refused change took effect")
		}
	})
}

// What somebody was known as before stays, and the time of recording never runs backwards, even when the clock does.
func TestWhatWasKnownBeforeStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCentre(t, db)
		v := c.enter(somebody("김순자", "1947-03-14"))
		tell := func(at time.Time, code string) {
			t.Helper()
			v.RegionCode, v.Version = code, v.Version+1
			if err := c.store.Update(context.Background(), func(ctx context.Context, tx volunteer.Tx) error {
				if err := tx.Volunteers().Update(ctx, v, at); err != nil {
					return err
				}
				return tx.Volunteers().Move(ctx, v.ID, code, v.RegisteredOn, at)
			}); err != nil {
				t.Fatal(err)
			}
		}
		late, early := c.now.Add(2*time.Hour), c.now.Add(time.Hour)
		tell(late, dbtest.OtherDong)
		tell(early, dbtest.Elsewhere) // the clock was set back
		tell(late, dbtest.City)       // the same instant once more
		for rows, want := range map[string]int{"volunteers_before": 1, "residences_before": 1, "volunteers WHERE region_code = '" + dbtest.City + "' AND recorded_at IS NOT NULL": 1} {
			if n := c.count(rows); n != want {
				t.Errorf("%d %s", n, rows)
			}
		}
		for _, table := range []string{"volunteers_before", "residences_before"} {
			if n := c.count(table+" WHERE volunteer_id = ? AND region_code = ? AND recorded_at = ? AND until = ?", v.ID, dbtest.Dong, c.now, late); n != 1 {
				t.Errorf("%d rows of %s", n, table)
			}
		}
		if n := c.count("residences WHERE region_code = ? AND recorded_at = ?", dbtest.City, late) + c.count("volunteers WHERE id = ? AND recorded_at = ?", v.ID, late); n != 2 {
			t.Error(n)
		}
	})
}
