package dispute_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/attendance"
	"dure/domain/dispute"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	"dure/repository/dbtest"
	store "dure/repository/dispute"
)

var seoul = time.FixedZone("KST", 9*3600)

// at reads a time of the city on 14 July 2026, e.g. "13:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-07-14 "+s, seoul)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

type person struct {
	context.Context
	auth.Principal
}

// city is a camp with its people and two officers, on an empty database.
type city struct {
	t                             *testing.T
	db                            *repository.DB
	mutex                         sync.Mutex
	now                           time.Time
	camp                          attendance.Organiser
	head, keeper, officer, second person
	disputes                      *dispute.Service
	attendances                   *attendance.Service
}

func newCity(t *testing.T, db *repository.DB) *city {
	t.Helper()
	c := &city{t: t, db: db, now: at("20:00"), camp: attendance.Organiser{Type: attendance.Camp, ID: id.New()}}
	clock := calendar.Clock{Instant: func() time.Time { c.mutex.Lock(); defer c.mutex.Unlock(); return c.now }, Zone: seoul}
	disputes, attendances := store.NewStore(db), attendancestore.NewStore(db)
	c.disputes = dispute.NewService(disputes, disputes, clock, dispute.Deadlines{Answer: 7, Appeal: 14})
	c.attendances = attendance.NewService(attendances, attendances, clock)
	dbtest.Regions(t, db)
	dbtest.Trust(t, db)
	c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
		VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp.ID, dbtest.Dong)
	officer := auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City}
	c.head = c.person(auth.Grant{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: c.camp.ID})
	c.keeper = c.person(auth.Grant{Role: auth.CampKeeper, ScopeType: auth.Camp, ScopeID: c.camp.ID})
	c.officer, c.second = c.person(officer), c.person(officer)
	return c
}

func (c *city) person(grants ...auth.Grant) person {
	c.t.Helper()
	ctx, p := dbtest.Person(c.t, c.db, "홍길동", grants...)
	return person{ctx, p}
}

func (c *city) exec(query string, args ...any) {
	c.t.Helper()
	if err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) later(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// confirmed is a presence at a shift of its own, from 13:00 to 17:00, that counts.
func (c *city) confirmed(p person, from, to string) id.ID {
	c.t.Helper()
	activity, shift := id.New(), id.New()
	c.exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
		families, groups, state, created_by, created_at, reason, version) VALUES (?, '급식 봉사', '급식 봉사', '', '0104', 'camp', ?, ?, '충장동', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, c.camp.ID, dbtest.Dong, true, true, true, true, id.New(), c.now)
	c.exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 10, 0, 's')`, shift, activity, c.camp.ID, at("13:00"), at("17:00"))
	told, err := c.attendances.Record(c.head, attendance.Record{Organiser: c.camp, Items: []attendance.Item{{ClientID: shift.String(), VolunteerID: p.VolunteerID,
		ShiftID: shift, CheckedInAt: at(from), CheckedOutAt: at(to), Evidence: attendance.Leader}}})
	if err != nil || told[0].Status != attendance.Recorded {
		c.t.Fatal(told, err)
	}
	verdicts, err := c.attendances.Verify(c.keeper, c.camp, []id.ID{told[0].Attendance.ID})
	if err != nil || verdicts[0].Status != attendance.WasVerified {
		c.t.Fatal(verdicts, err)
	}
	return told[0].Attendance.ID
}

func (c *city) opened(p person, about id.ID, from, to string) dispute.Dispute {
	c.t.Helper()
	in, out := at(from), at(to)
	d, err := c.disputes.Open(p, dispute.Opening{AttendanceID: about, CheckedInAt: &in, CheckedOutAt: &out, Claim: "더 있었습니다."})
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

func (c *city) answered(p person, about id.ID, from, to string) dispute.Dispute {
	c.t.Helper()
	d, err := c.disputes.Answer(c.head, c.opened(p, about, from, to).ID, "출석부와 다릅니다.")
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

var grant, decline = dispute.Decision{Outcome: dispute.ForHim, Reason: "확인"}, dispute.Decision{Outcome: dispute.AgainstHim, Reason: "확인"}

// in runs in one transaction.
func (c *city) in(fn func(ctx context.Context, r store.Disputes) error) error {
	return c.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, store.Disputes{Tx: tx}) })
}

// What a grant takes from another presence of that day is part of what it posted.
func TestAGrantLinksAllThatItPosted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		first, later := c.confirmed(v, "13:00", "14:00"), c.confirmed(v, "14:30", "16:00")
		d, err := c.disputes.Decide(c.officer, c.answered(v, first, "13:00", "15:00").ID, grant)
		if err != nil {
			t.Fatal(err)
		}
		full, err := c.disputes.Get(v, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		minutes := map[id.ID]int{}
		for _, e := range full.Entries {
			minutes[e.AttendanceID] = e.Minutes
		}
		if full.PostedMinutes != 30 || len(full.Entries) != 2 || minutes[first] != 60 || minutes[later] != -30 {
			t.Errorf("%d: %v", full.PostedMinutes, minutes)
		}
		if times := []bool{full.GrantedInAt.Equal(at("13:00")), full.GrantedOutAt.Equal(at("15:00")), full.State == dispute.Granted, full.Steps == 3}; slices.Contains(times, false) {
			t.Error(times)
		}
	})
}

// Hands are all who had to do with a presence before.
func TestHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		a := c.confirmed(v, "13:00", "14:00")
		change, err := c.attendances.Correct(c.head, a, at("13:00"), at("14:10"), "까닭", nil)
		if err == nil {
			_, err = c.attendances.DecideChange(c.officer, a, change.ID, true, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		before, err := c.disputes.Decide(c.second, c.answered(v, a, "13:00", "15:00").ID, decline)
		if err != nil {
			t.Fatal(err)
		}
		for except, want := range map[id.ID][]duty.Act{
			id.Nil:    {{Account: c.head.AccountID, Case: duty.Proposed}, {Account: c.officer.AccountID, Case: duty.Decided}, {Account: c.second.AccountID, Case: duty.Decided}},
			before.ID: {{Account: c.head.AccountID, Case: duty.Proposed}, {Account: c.officer.AccountID, Case: duty.Decided}},
		} {
			if err := c.in(func(ctx context.Context, r store.Disputes) error {
				got, err := r.Hands(ctx, a, except)
				for _, act := range want {
					if !slices.Contains(got, act) {
						t.Errorf("%v is missing in %v", act, got)
					}
				}
				if len(got) != len(want) {
					t.Error(got)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The schema itself holds one open dispute about the same, no step overwritten, and no entry linked twice.
func TestTheSchemaHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		d := c.opened(v, c.confirmed(v, "13:00", "14:00"), "13:00", "15:00")
		if err := c.in(func(ctx context.Context, r store.Disputes) error {
			again := d
			again.ID = id.New()
			return r.Add(ctx, again, dispute.Step{DisputeID: again.ID, Number: 1, Kind: "opened", HappenedAt: c.now, AccountID: &v.AccountID, Capacity: dispute.AsVolunteer}, nil)
		}); !errors.Is(err, dispute.ErrOpen) {
			t.Error(err)
		}
		for _, statement := range []string{`UPDATE dispute_steps SET words = 'x'`, `DELETE FROM dispute_steps`, `DELETE FROM disputes`,
			`UPDATE disputes SET decided_by = opened_by, decided_at = opened_at`, `UPDATE disputes SET state = 'granted', outcome = 'granted'`} {
			if err := c.in(func(_ context.Context, r store.Disputes) error { return r.Tx.Exec(statement).Error }); err == nil {
				t.Errorf("%s was let through", statement)
			}
		}
	})
}

// The job, answers and decisions meet: whoever comes first, each dispute has one story without gaps.
func TestTheJobMeetsThePeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		var open []dispute.Dispute
		for range 12 {
			v := c.person()
			open = append(open, c.opened(v, c.confirmed(v, "13:00", "14:00"), "13:00", "15:00"))
		}
		c.later(9 * 24 * time.Hour)
		expected := func(err error) {
			if err != nil && !errors.Is(err, dispute.ErrState) {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 4 {
					_, err := c.disputes.Expire(context.Background())
					expected(err)
				}
			})
		}
		for _, d := range open {
			wg.Go(func() {
				_, err := c.disputes.Answer(c.head, d.ID, "답변")
				expected(err)
			})
			for i, who := range []person{c.officer, c.second} {
				wg.Go(func() {
					_, err := c.disputes.Decide(who, d.ID, []dispute.Decision{grant, decline}[i])
					expected(err)
				})
			}
		}
		wg.Wait()
		for _, d := range open {
			full, err := c.disputes.Get(c.officer, d.ID)
			if err != nil {
				t.Fatal(err)
			}
			decisions := 0
			for i, s := range full.Story {
				if s.Number != i+1 {
					t.Error("a gap in ", full.Story)
				}
				if s.Kind == "granted" || s.Kind == "declined" {
					decisions++
				}
			}
			if len(full.Story) != full.Steps || decisions > 1 || (full.State == dispute.Opened) {
				t.Errorf("%s: %+v", full.State, full.Story)
			}
		}
	})
}

// Ten grants of one dispute at once post once.
func TestAGrantPostsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		d := c.answered(v, c.confirmed(v, "13:00", "14:00"), "13:00", "15:00")
		var wg sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			wg.Go(func() { _, errs[i] = c.disputes.Decide([]person{c.officer, c.second}[i%2], d.ID, grant) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if f, ok := fault.From(err); !ok || f.Code != dispute.ErrState.Code {
				t.Error(err)
			}
		}
		var row struct{ Balance, Entries int }
		if err := c.in(func(_ context.Context, r store.Disputes) error {
			return r.Tx.Raw(`SELECT balance, (SELECT COUNT(*) FROM dispute_entries) AS entries FROM ledger_accounts WHERE owner_id = ?`, v.VolunteerID).Scan(&row).Error
		}); err != nil || won != 1 || row.Balance != 120 || row.Entries != 1 {
			t.Error(fmt.Sprint(won, row), err)
		}
	})
}
