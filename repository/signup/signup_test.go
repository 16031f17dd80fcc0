package signup_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/activity"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/signup"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/signup"
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

// city is a camp with an approved activity, on an empty database.
type city struct {
	t              *testing.T
	db             *repository.DB
	store          store.Store
	service        *signup.Service
	now            time.Time
	camp, activity id.ID
	head, officer  context.Context
	people         []person
}

type person struct {
	context.Context
	auth.Principal
}

func each(t *testing.T, test func(c *city)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := &city{t: t, db: db, store: store.NewStore(db, seoul), now: at("07-15 10:00"), camp: id.New(), activity: id.New()}
		c.service = signup.NewService(c.store, c.store, calendar.Clock{Instant: func() time.Time { return c.now }, Zone: seoul})
		dbtest.Regions(t, db)
		c.exec(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			VALUES (?, '충장동 캠프', '충장동 캠프', ?, '제봉로 1', '', 35, 126, '', '2014-03-03', 1)`, c.camp, dbtest.Dong)
		c.exec(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths,
			families, groups, state, created_by, created_at, reason, version)
			VALUES (?, '말벗 봉사', '말벗봉사', '', '0301', 'camp', ?, ?, '충장로 1', ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
			c.activity, c.camp, dbtest.Dong, true, true, true, true, id.New(), c.now)
		c.head, _ = dbtest.Person(t, db, "캠프장", auth.Grant{Role: auth.CampHead, ScopeType: auth.Camp, ScopeID: c.camp})
		c.officer, _ = dbtest.Person(t, db, "센터", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
		test(c)
		c.wantInOrder()
	})
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

// wantInOrder checks what must hold whatever happened.
func (c *city) wantInOrder() {
	c.t.Helper()
	for what, query := range map[string]string{
		"shifts count their places wrongly": `SELECT COUNT(*) FROM shifts WHERE confirmed <> (SELECT COUNT(*) FROM sign_ups u
			WHERE u.shift_id = shifts.id AND u.state IN ('confirmed', 'attended', 'no_show'))`,
		"sign-ups overlap": `SELECT COUNT(*) FROM sign_ups a JOIN sign_ups b ON a.volunteer_id = b.volunteer_id AND a.id < b.id
			AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at WHERE a.state = 'confirmed' AND b.state = 'confirmed'`,
		"sign-ups wait without a number, or have one without waiting": `SELECT COUNT(*) FROM sign_ups WHERE (state = 'waitlisted') <> (queued IS NOT NULL)`,
		"numbers of a waitlist are there twice": `SELECT COUNT(*) FROM (SELECT shift_id, queued FROM sign_ups WHERE state = 'waitlisted'
			GROUP BY shift_id, queued HAVING COUNT(*) > 1) q`,
	} {
		if n := c.count(query); n != 0 {
			c.t.Errorf("%d %s", n, what)
		}
	}
}

// crowd is so many people.
func (c *city) crowd(n int) []person {
	c.t.Helper()
	for len(c.people) < n {
		ctx, p := dbtest.Person(c.t, c.db, fmt.Sprintf("참여자%d", len(c.people)))
		c.people = append(c.people, person{ctx, p})
	}
	return c.people[:n]
}

func (c *city) shift(from, to string, capacity int) id.ID {
	c.t.Helper()
	s := id.New()
	c.exec(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, ?, 0, 's')`, s, c.activity, c.camp, at(from), at(to), capacity)
	return s
}

// apply signs somebody up and gives state and position, such as "confirmed 0".
func (c *city) apply(p person, shift id.ID) string {
	c.t.Helper()
	placed, err := c.service.Apply(p, shift)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(placed.State, " ", placed.Position)
}

func (c *city) want(p person, shift id.ID, want string) {
	c.t.Helper()
	if got := c.apply(p, shift); got != want {
		c.t.Errorf("%s instead of %s", got, want)
	}
}

func (c *city) signUpOf(p person, shift id.ID) (s signup.SignUp) {
	c.t.Helper()
	if err := c.store.Update(context.Background(), func(ctx context.Context, tx signup.Tx) (err error) {
		s, _, err = tx.SignUps().Find(ctx, signup.Place{ShiftID: shift, VolunteerID: p.VolunteerID})
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *city) cancel(p person, shift id.ID) error {
	_, err := c.service.Cancel(p, c.signUpOf(p, shift).ID, "")
	return err
}

// states lists the states of people on a shift.
func (c *city) states(shift id.ID, people ...person) string {
	c.t.Helper()
	texts := make([]string, len(people))
	for i, p := range people {
		texts[i] = string(c.signUpOf(p, shift).State)
	}
	return strings.Join(texts, " ")
}

func (c *city) wantStates(shift id.ID, want string, people ...person) {
	c.t.Helper()
	if got := c.states(shift, people...); got != want {
		c.t.Errorf("%s instead of %s", got, want)
	}
}

func TestPlacesThenAWaitlist(t *testing.T) {
	each(t, func(c *city) {
		s, p := c.shift("07-20 09:00", "07-20 12:00", 2), c.crowd(5)
		c.want(p[0], s, "confirmed 0")
		c.want(p[1], s, "confirmed 0")
		c.want(p[2], s, "waitlisted 1")
		c.want(p[3], s, "waitlisted 2")
		c.want(p[0], s, "signup.exists")
		c.want(p[3], s, "signup.exists")
		if err := c.cancel(p[2], s); err != nil {
			c.t.Fatal(err)
		}
		c.want(p[4], s, "waitlisted 2")
		c.want(p[2], s, "waitlisted 3") // came back: behind the others
		if err := c.cancel(p[0], s); err != nil {
			c.t.Fatal(err)
		}
		c.wantStates(s, "cancelled confirmed waitlisted confirmed waitlisted", p...)
		c.want(p[0], s, "waitlisted 3")
		if err := c.cancel(p[1], s); err != nil {
			c.t.Fatal(err)
		}
		c.wantStates(s, "waitlisted cancelled waitlisted confirmed confirmed", p...)
	})
}

func TestWhoIsRefused(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(4)
		open, gone, past := c.shift("07-20 09:00", "07-20 12:00", 9), c.shift("07-21 09:00", "07-21 12:00", 9), c.shift("07-15 10:00", "07-15 12:00", 9)
		c.exec(`UPDATE shifts SET cancelled_at = ? WHERE id = ?`, c.now, gone)
		c.exec(`UPDATE volunteers SET status = 'pending_guardian' WHERE id = ?`, p[1].VolunteerID)
		c.exec(`UPDATE volunteers SET status = 'withdrawn' WHERE id = ?`, p[2].VolunteerID)
		c.want(person{Context: context.Background()}, open, "auth.sign_in")
		c.want(p[1], open, "signup.guardian_pending")
		c.want(p[2], open, "auth.forbidden")
		c.want(p[0], id.New(), "activity.shift_not_found")
		c.want(p[0], gone, "activity.shift_cancelled")
		c.want(p[0], past, "activity.shift_started")
		c.exec(`UPDATE activities SET state = 'submitted' WHERE id = ?`, c.activity)
		c.want(p[0], open, "activity.shift_not_found")
		c.exec(`UPDATE activities SET state = 'approved' WHERE id = ?`, c.activity)
		c.want(p[0], open, "confirmed 0")

		mine := c.signUpOf(p[0], open).ID
		if _, err := c.service.Cancel(p[3], mine, ""); !errors.Is(err, signup.ErrNotFound) {
			c.t.Error("somebody else's: ", err)
		}
		if _, err := c.service.Cancel(p[0], id.New(), ""); !errors.Is(err, signup.ErrNotFound) {
			c.t.Error(err)
		}
		if _, err := c.service.Cancel(p[0], mine, strings.Repeat("가", 501)); !errors.Is(err, fault.ErrInvalid) {
			c.t.Error(err)
		}
		c.now = at("07-20 09:00")
		if _, err := c.service.Cancel(p[0], mine, ""); !errors.Is(err, activity.ErrShiftStarted) {
			c.t.Error(err)
		}
		c.now = at("07-20 08:59")
		if s, err := c.service.Cancel(c.head, mine, "자리 조정"); err != nil || s.State != signup.Cancelled {
			c.t.Error("the organiser may: ", err)
		}
		if _, err := c.service.Cancel(p[0], mine, ""); !errors.Is(err, signup.ErrState) {
			c.t.Error(err)
		}
		if n := c.count(`SELECT COUNT(*) FROM audit_events WHERE action = 'signup.cancelled' AND volunteer_id = ?`, p[0].VolunteerID); n != 1 {
			c.t.Error(n, "events")
		}
	})
}

func TestNobodyIsInTwoPlaces(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(2)
		morning, before, after := c.shift("07-20 09:00", "07-20 12:00", 1), c.shift("07-20 07:00", "07-20 09:00", 1), c.shift("07-20 12:00", "07-20 13:00", 1)
		c.want(p[0], morning, "confirmed 0")
		c.want(p[0], before, "confirmed 0") // back to back
		c.want(p[0], after, "confirmed 0")
		c.want(p[0], c.shift("07-20 11:59", "07-20 12:30", 1), "signup.overlap")
		c.want(p[0], c.shift("07-20 10:00", "07-20 11:00", 1), "signup.overlap")
		c.want(p[0], c.shift("07-19 22:00", "07-20 22:00", 1), "signup.overlap")
		if err := c.cancel(p[0], morning); err != nil {
			c.t.Fatal(err)
		}
		c.want(p[0], c.shift("07-20 10:00", "07-20 11:30", 1), "confirmed 0")
	})
}

func TestPromotionPassesOverWhoIsElsewhere(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(4)
		a, b := c.shift("07-20 09:00", "07-20 12:00", 1), c.shift("07-20 11:00", "07-20 13:00", 9)
		c.want(p[0], a, "confirmed 0")
		for i := 1; i < 4; i++ {
			c.want(p[i], a, fmt.Sprintf("waitlisted %d", i))
		}
		c.want(p[1], b, "confirmed 0") // found another one meanwhile
		c.exec(`UPDATE volunteers SET status = 'withdrawn' WHERE id = ?`, p[2].VolunteerID)
		if err := c.cancel(p[0], a); err != nil {
			c.t.Fatal(err)
		}
		c.wantStates(a, "cancelled waitlisted waitlisted confirmed", p...)
		if err := c.cancel(p[3], a); err != nil { // nobody is free: the place stays empty
			c.t.Fatal(err)
		}
		c.want(p[3], a, "confirmed 0")
	})
}

func TestTheWaitlistIsBounded(t *testing.T) {
	each(t, func(c *city) {
		s, p := c.shift("07-20 09:00", "07-20 12:00", 1), c.crowd(3)
		c.want(p[0], s, "confirmed 0")
		c.want(p[1], s, "waitlisted 1")
		for i := range 199 {
			_, q := dbtest.Person(c.t, c.db, "대기자")
			c.exec(`INSERT INTO sign_ups (id, shift_id, volunteer_id, state, starts_at, ends_at, queued, applied_at, changed_at)
				VALUES (?, ?, ?, 'waitlisted', ?, ?, ?, ?, ?)`, id.New(), s, q.VolunteerID, at("07-20 09:00"), at("07-20 12:00"), i+2, c.now, c.now)
		}
		c.want(p[2], s, "signup.full")
	})
}

func TestChangingAShift(t *testing.T) {
	each(t, func(c *city) {
		s, p := c.shift("07-20 09:00", "07-20 12:00", 1), c.crowd(4)
		for _, q := range p {
			c.apply(q, s)
		}
		change := func(by context.Context, capacity, breakMinutes int) error {
			cmd := signup.Change{ShiftID: s}
			if capacity >= 0 {
				cmd.Capacity = &capacity
			}
			if breakMinutes >= 0 {
				cmd.BreakMinutes = &breakMinutes
			}
			_, err := c.service.Change(by, cmd)
			return err
		}
		if err := change(c.head, 3, 30); err != nil {
			c.t.Fatal(err)
		}
		c.wantStates(s, "confirmed confirmed confirmed waitlisted", p...)
		for what, x := range map[string]struct{ err, want error }{
			"below what is taken": {change(c.head, 2, -1), signup.ErrCapacityTaken},
			"nobody":              {change(c.head, 0, -1), fault.ErrInvalid},
			"all break":           {change(c.head, -1, 180), fault.ErrInvalid},
			"a volunteer":         {change(p[0], 9, -1), auth.ErrForbidden},
			"nothing":             {change(c.officer, -1, -1), nil},
		} {
			if !errors.Is(x.err, x.want) {
				c.t.Errorf("%s: %v", what, x.err)
			}
		}
		if n := c.count(`SELECT COUNT(*) FROM shifts WHERE capacity = 3 AND break_minutes = 30 AND confirmed = 3`); n != 1 {
			c.t.Error("what was refused left traces")
		}
		c.exec(`UPDATE activities SET state = 'draft' WHERE id = ?`, c.activity)
		if err := change(p[0], 9, -1); !errors.Is(err, activity.ErrShiftNotFound) {
			c.t.Error(err)
		}
		c.now = at("07-20 09:00")
		if err := change(c.head, 9, -1); !errors.Is(err, activity.ErrShiftStarted) {
			c.t.Error(err)
		}
	})
}

func TestNoShowsAreMarkedAfterAWeek(t *testing.T) {
	each(t, func(c *city) {
		s, p := c.shift("07-20 09:00", "07-20 12:00", 2), c.crowd(3)
		for _, q := range p {
			c.apply(q, s)
		}
		c.exec(`UPDATE sign_ups SET state = 'attended' WHERE id = ?`, c.signUpOf(p[0], s).ID)
		c.now = at("07-27 12:00")
		if n, err := c.service.NoShows(context.Background()); err != nil || n != 0 {
			c.t.Error(n, err)
		}
		c.now = at("07-27 12:01")
		if n, err := c.service.NoShows(context.Background()); err != nil || n != 1 {
			c.t.Error(n, err)
		}
		c.wantStates(s, "attended no_show waitlisted", p...)
	})
}

func TestLists(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(3)
		first, night := c.shift("07-20 09:00", "07-20 12:00", 1), c.shift("07-21 22:00", "07-22 02:00", 1)
		for _, q := range p {
			c.apply(q, first)
			c.now = c.now.Add(time.Second)
		}
		c.apply(p[1], night)
		mine := func(f signup.Filter) string {
			texts := ""
			for r := (page.Request{Limit: 1}); ; {
				got, err := c.service.Mine(auth.With(context.Background(), p[1].Principal), f, r)
				if err != nil {
					c.t.Fatal(err)
				}
				for _, m := range got.Items {
					texts += fmt.Sprint(m.StartsAt.In(seoul).Format("01-02 "), m.State, " ", m.Position, " ", m.ActivityTitle, "/", m.OrganiserName, ",")
				}
				if r.After = got.Next; got.Next == nil {
					return texts
				}
			}
		}
		a, b := "07-20 waitlisted 1 말벗 봉사/충장동 캠프,", "07-21 confirmed 0 말벗 봉사/충장동 캠프,"
		day := func(s string) calendar.Day { return calendar.MustParse(s) }
		for want, f := range map[string]signup.Filter{
			a + b: {}, a: {States: []signup.State{signup.Waitlisted}}, b: {From: day("2026-07-22"), To: day("2026-07-22")}, "": {To: day("2026-07-19")},
		} {
			if got := mine(f); got != want {
				c.t.Errorf("%s instead of %s", got, want)
			}
		}
		if got, err := c.service.Calendar(auth.With(context.Background(), p[1].Principal)); err != nil || len(got) != 1 || got[0].ShiftID != night {
			c.t.Error(got, err)
		}
		theirs := ""
		for r := (page.Request{Limit: 2}); ; {
			got, err := c.service.OfShift(c.head, first, nil, r)
			if err != nil {
				c.t.Fatal(err)
			}
			for _, s := range got.Items {
				theirs += fmt.Sprint(s.VolunteerName, " ", s.State, " ", s.Position, ",")
			}
			if r.After = got.Next; got.Next == nil {
				break
			}
		}
		if theirs != "참**0 confirmed 0,참**1 waitlisted 1,참**2 waitlisted 2," {
			c.t.Error(theirs)
		}
		if _, err := c.service.OfShift(p[0], first, nil, page.Request{Limit: 1}); !errors.Is(err, auth.ErrForbidden) {
			c.t.Error(err)
		}
		if _, err := c.service.OfShift(c.head, id.New(), nil, page.Request{Limit: 1}); !errors.Is(err, activity.ErrShiftNotFound) {
			c.t.Error(err)
		}
	})
}

// at once runs something for everybody at the same time and counts what came of it.
func (c *city) atOnce(people []person, do func(i int, p person) string) map[string]int {
	results := make([]string, len(people))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, p := range people {
		all.Go(func() {
			<-start
			results[i] = do(i, p)
		})
	}
	close(start)
	all.Wait()
	counts := map[string]int{}
	for _, r := range results {
		counts[r]++
	}
	return counts
}

func TestFiftyForTheLastPlace(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(51)
		s := c.shift("07-20 09:00", "07-20 12:00", 2)
		c.want(p[50], s, "confirmed 0")
		got := c.atOnce(p[:50], func(_ int, p person) string { return c.apply(p, s) })
		if got["confirmed 0"] != 1 {
			c.t.Error(got)
		}
		for position := 1; position < 50; position++ {
			if got[fmt.Sprintf("waitlisted %d", position)] != 1 {
				c.t.Errorf("position %d: %v", position, got)
			}
		}
	})
}

func TestTheSamePersonManyTimesAtOnce(t *testing.T) {
	each(t, func(c *city) {
		p := c.crowd(1)[0]
		s := c.shift("07-20 09:00", "07-20 12:00", 5)
		got := c.atOnce([]person{p, p, p, p, p, p, p, p, p, p}, func(_ int, p person) string { return c.apply(p, s) })
		if got["confirmed 0"] != 1 || got["signup.exists"] != 9 {
			c.t.Error(got)
		}
	})
}

func TestOverlappingShiftsAtOnce(t *testing.T) {
	each(t, func(c *city) {
		people := c.crowd(8)
		var shifts [4]id.ID // each overlaps the others
		for i := range shifts {
			shifts[i] = c.shift(fmt.Sprintf("07-20 09:%02d", i*10), "07-20 12:00", 50)
		}
		var everybody []person
		for range shifts {
			everybody = append(everybody, people...)
		}
		got := c.atOnce(everybody, func(i int, p person) string { return c.apply(p, shifts[i/len(people)]) })
		if got["confirmed 0"] != len(people) || got["signup.overlap"] != 3*len(people) {
			c.t.Error(got)
		}
	})
}

// Who waits on two overlapping shifts may be promoted on both at once: he gets one, and the next one the other.
func TestPromotionsRace(t *testing.T) {
	each(t, func(c *city) {
		people := c.crowd(10)
		holders, waiting := people[:4], people[4:]
		var shifts [4]id.ID
		for i := range shifts {
			shifts[i] = c.shift(fmt.Sprintf("07-20 09:%02d", i*10), "07-20 12:00", 1)
			c.want(holders[i], shifts[i], "confirmed 0")
			for _, p := range waiting {
				c.apply(p, shifts[i])
			}
		}
		got := c.atOnce(holders, func(i int, p person) string { return fmt.Sprint(c.cancel(p, shifts[i])) })
		if got["<nil>"] != 4 {
			c.t.Error(got)
		}
		if n := c.count(`SELECT SUM(confirmed) FROM shifts`); n != 4 {
			c.t.Errorf("%d of 4 places were filled", n)
		}
	})
}

func TestSignUpsAndCancellationsRace(t *testing.T) {
	each(t, func(c *city) {
		people := c.crowd(24)
		s := c.shift("07-20 09:00", "07-20 12:00", 5)
		for _, p := range people[:12] {
			c.apply(p, s)
		}
		got := c.atOnce(people, func(i int, p person) string {
			if i < 12 {
				return fmt.Sprint(c.cancel(p, s))
			}
			state, _, _ := strings.Cut(c.apply(p, s), " ")
			return state
		})
		if got["<nil>"] != 12 || got["confirmed"]+got["waitlisted"] != 12 {
			c.t.Error(got)
		}
		if n := c.count(`SELECT confirmed FROM shifts WHERE id = ?`, s); n != 5 {
			c.t.Errorf("%d of 5 places are taken while others wait", n)
		}
	})
}

func TestRaisingACapacityRaces(t *testing.T) {
	each(t, func(c *city) {
		people := c.crowd(20)
		s := c.shift("07-20 09:00", "07-20 12:00", 1)
		got := c.atOnce(people, func(i int, p person) string {
			if i%5 == 0 {
				capacity := 6
				_, err := c.service.Change(c.head, signup.Change{ShiftID: s, Capacity: &capacity})
				return fmt.Sprint(err)
			}
			state, _, _ := strings.Cut(c.apply(p, s), " ")
			return state
		})
		if got["<nil>"] != 4 || got["confirmed"]+got["waitlisted"] != 16 {
			c.t.Error(got)
		}
		if n := c.count(`SELECT confirmed FROM shifts WHERE id = ?`, s); n != 6 {
			c.t.Errorf("%d of 6 places are taken", n)
		}
	})
}
