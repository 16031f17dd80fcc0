package activity_test

import (
	"context"
	"testing"
	"time"

	"dure/domain/activity"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/site"
	"dure/repository"
	store "dure/repository/activity"
	"dure/repository/dbtest"
)

var seoul = time.FixedZone("KST", 9*3600)

// at reads a time of the city in 2026, e.g. "07-15 10:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, seoul)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func span(from, to string) calendar.Span { return calendar.Span{Start: at(from), End: at(to)} }

// city is a camp, an approved demand site and their people, on an empty database.
type city struct {
	t                             *testing.T
	db                            *repository.DB
	store                         store.Store
	service                       *activity.Service
	now                           time.Time
	camp, site                    id.ID
	head, manager, officer, other context.Context
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, store: store.NewStore(db, seoul), now: at("07-15 10:00"), camp: id.New(), site: id.New()}
	c.service = activity.NewService(c.store, c.store, calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
	dbtest.Regions(t, db)
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp, dbtest.Dong)
	c.exec(`INSERT INTO demand_sites (id, name, search, kind, region_code, address, phone, state, applied_by, applied_at, reason, version)
		VALUES (?, '복지관', '복지관', 'welfare', ?, '제봉로 2', '', 'approved', ?, ?, '', 1)`, c.site, dbtest.Dong, id.New(), c.now)
	c.head, _ = dbtest.Person(t, db, "캠프장", auth.Grant{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: c.camp})
	c.manager, _ = dbtest.Person(t, db, "관리자", auth.Grant{Role: auth.SiteManager, ScopeType: auth.DemandSite, ScopeID: c.site})
	c.officer, _ = dbtest.Person(t, db, "센터", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	c.other, _ = dbtest.Person(t, db, "이웃")
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

func (c *city) count(query string, args ...any) (n int) {
	c.t.Helper()
	if err := c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query, args...).Scan(&n).Error
	}); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// listing is an activity of the camp as its head would write it.
func (c *city) listing(title string) activity.Activity {
	return activity.Activity{Title: title, FieldCode: "0301", OrganiserType: activity.ByCamp, OrganiserID: c.camp, RegionCode: dbtest.Dong,
		Place: "충장로 1", Adults: true}
}

// approved is a listing that went all the way.
func (c *city) approved(a activity.Activity) activity.Activity {
	c.t.Helper()
	by := c.head
	if a.OrganiserType == activity.ByDemandSite {
		by = c.manager
	}
	a, err := c.service.Draft(by, a)
	if err == nil {
		_, err = c.service.Submit(by, a.ID)
	}
	if err == nil {
		a, err = c.service.Approve(c.officer, a.ID)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *city) schedule(a activity.Activity, spans ...calendar.Span) (shifts []activity.Shift) {
	c.t.Helper()
	for _, s := range spans {
		made, err := c.service.Schedule(c.officer, activity.Schedule{ActivityID: a.ID, Span: s, Capacity: 5})
		if err != nil {
			c.t.Fatal(err)
		}
		shifts = append(shifts, made.Made...)
	}
	return shifts
}

func pageOf(n int) page.Request { return page.Request{Limit: n} }

// titles reads a whole list page by page, of two rows each.
func (c *city) titles(s activity.Scope, f activity.Filter) (titles string) {
	c.t.Helper()
	for r := (page.Request{Limit: 2}); ; {
		got, err := c.store.List(context.Background(), s, f, r)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, l := range got.Items {
			titles += l.Title + ","
		}
		if r.After = got.Next; got.Next == nil {
			return titles
		}
	}
}

// starts reads a whole list of shifts page by page.
func (c *city) starts(s activity.Scope, f activity.ShiftFilter) (starts string) {
	c.t.Helper()
	for r := (page.Request{Limit: 2}); ; {
		got, err := c.store.Shifts(context.Background(), s, f, r)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, l := range got.Items {
			starts += l.StartsAt.In(seoul).Format("01-02 15:04,")
		}
		if r.After = got.Next; got.Next == nil {
			return starts
		}
	}
}

func (c *city) setSite(state site.State) {
	c.t.Helper()
	c.exec(`UPDATE demand_sites SET state = ? WHERE id = ?`, state, c.site)
}

// signUp writes a confirmed and a waitlisted sign-up for a shift.
func (c *city) signUp(s activity.Shift) {
	c.t.Helper()
	for i, state := range []string{"confirmed", "waitlisted"} {
		_, p := dbtest.Person(c.t, c.db, "참여자")
		c.exec(`INSERT INTO sign_ups (id, shift_id, volunteer_id, state, starts_at, ends_at, queued, applied_at, changed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, id.New(), s.ID, p.VolunteerID, state, s.StartsAt, s.EndsAt, i, c.now, c.now)
	}
	c.exec(`UPDATE shifts SET confirmed = 1 WHERE id = ?`, s.ID)
}
