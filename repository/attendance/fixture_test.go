package attendance_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	store "dure/repository/attendance"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
)

var seoul = time.FixedZone("KST", 9*3600)

// at reads a time of the city, e.g. "07-14 13:00" of 2026, or with a year before it.
func at(s string) time.Time {
	if len(s) == len("07-14 13:00") {
		s = "2026-" + s
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, seoul)
	if err != nil {
		panic(err)
	}
	return t
}

// city is a camp, a demand site and people, on an empty database.
type city struct {
	t          *testing.T
	db         *repository.DB
	now        time.Time
	service    *attendance.Service
	camp, site attendance.Organiser
	head       person
	keeper     person
	manager    person
	officer    person
}

type person struct {
	id, account id.ID
	number      string
	ctx         context.Context
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, now: at("07-15 10:00")}
	c.service = attendance.NewService(store.NewStore(db), store.NewStore(db),
		calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
	dbtest.Regions(t, db)
	c.camp, c.site = attendance.Organiser{Type: "camp", ID: id.New()}, attendance.Organiser{Type: "demand_site", ID: id.New()}
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp.ID, dbtest.Dong)
	c.exec(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
		VALUES (?, '복지관', '복지관', 'welfare', ?, '제봉로 2', '', 'approved', ?, ?, '', 1)`, c.site.ID, dbtest.Dong, id.New(), c.now)
	c.head, c.keeper, c.manager, c.officer = c.person(), c.person(), c.person(), c.person()
	c.grant(c.head, auth.CampHead, c.camp.ID)
	c.grant(c.keeper, auth.CampKeeper, c.camp.ID)
	c.grant(c.manager, auth.SiteManager, c.site.ID)
	c.grant(c.officer, auth.CentreOfficer, id.Nil)
	return c
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Exec(query, args...).Error
	}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) person() person {
	c.t.Helper()
	p := person{id: id.New(), account: id.New()}
	p.number = p.id.String()[28:]
	session := id.New()
	c.exec(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
		VALUES (?, ?, '홍길동', '홍길동', '1990-05-05', 'female', ?, 'active', '2025-01-01', ?, 1)`, p.id, p.number, dbtest.Dong, c.now)
	for _, purpose := range []string{"terms", "privacy"} {
		c.exec(`INSERT INTO consents (id, volunteer_id, purpose, version, granted, given_at, medium) VALUES (?, ?, ?, '1', ?, ?, 'paper')`,
			id.New(), p.id, purpose, true, c.now)
	}
	c.exec(`INSERT INTO accounts (id, login, password_hash, volunteer_id, created_at) VALUES (?, ?, '', ?, ?)`, p.account, p.account.String(), p.id, c.now)
	c.exec(`INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)`, session, p.account, c.now, c.now.AddDate(1, 0, 0))
	if err := c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error {
		return ledgerstore.Ledger{Tx: tx}.OpenAccounts(ctx, p.id)
	}); err != nil {
		c.t.Fatal(err)
	}
	p.ctx = auth.With(context.Background(), auth.Principal{AccountID: p.account, VolunteerID: p.id, SessionID: session})
	return p
}

func (c *city) grant(p person, role auth.Role, scope id.ID) {
	c.t.Helper()
	s, _ := auth.ScopeOf(role)
	c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, '')`,
		id.New(), p.account, role, s, scope, c.now.AddDate(-1, 0, 0))
}

// shift makes an approved activity of its own with one shift.
func (c *city) shift(o attendance.Organiser, from, to string, breakMinutes int) id.ID {
	c.t.Helper()
	activity, shift := id.New(), id.New()
	c.exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version) VALUES (?, '급식 봉사', '급식 봉사', '', '0104', ?, ?, ?, '충장동', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, o.Type, o.ID, dbtest.Dong, true, true, true, true, id.New(), c.now)
	c.exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, ?, 10, 0, 's')`, shift, activity, o.ID, at(from), at(to), breakMinutes)
	return shift
}

var counter int

func item(p person, shift id.ID, from, to string) attendance.Item {
	counter++
	return attendance.Item{ClientID: fmt.Sprint("c", counter), VolunteerID: p.id, ShiftID: shift, CheckedInAt: at(from).UTC(),
		CheckedOutAt: at(to).UTC(), Evidence: attendance.Leader}
}

func (c *city) record(by person, o attendance.Organiser, items ...attendance.Item) []attendance.Result {
	c.t.Helper()
	results, err := c.service.Record(by.ctx, attendance.Record{Organiser: o, Items: items})
	if err != nil {
		c.t.Fatal(err)
	}
	return results
}

// recorded records one presence and gives its id.
func (c *city) recorded(by person, o attendance.Organiser, i attendance.Item) id.ID {
	c.t.Helper()
	r := c.record(by, o, i)[0]
	if r.Status != attendance.Recorded {
		c.t.Fatal(r.Status, r.Err)
	}
	return r.Attendance.ID
}

func (c *city) verify(by person, o attendance.Organiser, ids ...id.ID) []attendance.Verdict {
	c.t.Helper()
	v, err := c.service.Verify(by.ctx, o, ids)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

// hours reads a person's recognised and pending minutes.
func (c *city) hours(p person) (recognised, pending int) {
	c.t.Helper()
	h, err := ledgerstore.NewStore(c.db).Hours(context.Background(), p.id, 2026)
	if err != nil {
		c.t.Fatal(err)
	}
	return h.RecognisedMinutes, h.PendingMinutes
}

func (c *city) wantHours(p person, recognised, pending int) {
	c.t.Helper()
	if r, w := c.hours(p); r != recognised || w != pending {
		c.t.Errorf("recognised %d pending %d, want %d and %d", r, w, recognised, pending)
	}
}
