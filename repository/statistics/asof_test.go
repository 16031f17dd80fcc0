package statistics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/region"
	"dure/domain/statistics"
	"dure/domain/volunteer"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
	store "dure/repository/statistics"
	volunteerstore "dure/repository/volunteer"
)

// past is a person's history as it was recorded, kept as plainly as can be: everything that was ever told, with the time.
type past struct {
	id     id.ID
	states []state
	moves  []told
	posts  []posted
}

type state struct {
	at          time.Time
	birth       calendar.Day
	sex, status string
	code        string
	registered  calendar.Day
	withdrawn   calendar.Day
}

type told struct {
	at    time.Time
	since calendar.Day
	code  string
}

type posted struct {
	at time.Time
	entry
	evidence string
	source   id.ID // the presence
	left     int   // of a presence: its minutes after all that was corrected
}

var grades = []string{"qr", "leader", "self", "imported", "late_proof"}

// later is the time at which something counts as recorded: never before what was recorded of the same thing already.
func later(at, last time.Time) time.Time {
	if at.Before(last) {
		return last
	}
	return at
}

var seoul = time.FixedZone("KST", 9*3600)

// work gives people something to do.
func work(t *testing.T, db *repository.DB) {
	t.Helper()
	activity, organiser, at := id.New(), id.New(), day("2026-01-01").Start(seoul)
	must(t, db, `INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths, families, groups,
		remote, state, created_by, created_at, reason, version) VALUES (?, '일감', '일감', '', '0801', 'demand_site', ?, ?, '', ?, ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, organiser, dongs[0].code, true, true, true, true, false, id.New(), at)
	must(t, db, `INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret) VALUES (?, ?, ?, ?, ?, 0, 1, 0, '')`,
		id.New(), activity, organiser, at, at.Add(time.Hour))
}

// live lets a person live for some months in the city: he moves, corrects, serves, has hours taken back and withdraws. Now and
// then the clock is set back, and things happen in the same instant.
func live(t *testing.T, db *repository.DB, random *rand.Rand) *past {
	t.Helper()
	ctx, p := context.Background(), &past{id: id.New()}
	home := func() string {
		if random.IntN(6) == 0 {
			return []string{mokpo, dbtest.Elsewhere}[random.IntN(2)]
		}
		d := dongs[random.IntN(len(dongs))]
		return []string{d.old, d.code}[random.IntN(2)]
	}
	clock := day("2026-04-01").Start(seoul).Add(time.Duration(random.Int64N(int64(60 * 24 * time.Hour)))).Truncate(time.Microsecond).UTC()
	today := func() calendar.Day { return calendar.Of(clock, seoul) }
	now := state{clock, day("2020-12-31").Add(-random.IntN(30_000)), region.Sexes[random.IntN(3)], "active", home(), today(), calendar.Day{}}
	v := volunteer.Volunteer{ID: p.id, Number: p.id.String(), Name: "홍길동", Search: "홍길동", BirthDate: now.birth, Sex: volunteer.Sex(now.sex), RegionCode: now.code,
		Status: volunteer.Active, RegisteredOn: today(), RegisteredAt: clock, Version: 1}
	do := func(fn func(tx *repository.Tx) error) {
		if err := db.Update(ctx, func(_ context.Context, tx *repository.Tx) error { return fn(tx) }); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx *repository.Tx) error {
		if _, err := (volunteerstore.Volunteers{Tx: tx}).Add(ctx, v); err != nil {
			return err
		}
		return ledgerstore.Ledger{Tx: tx}.OpenAccounts(ctx, p.id)
	})
	p.states, p.moves = []state{now}, []told{{clock, today(), now.code}}
	for range random.IntN(20) {
		switch random.IntN(6) {
		case 0: // in the same instant
		case 1, 2:
			clock = later(clock.Add(-time.Duration(random.IntN(200))*10*time.Minute), v.RegisteredAt) // nobody serves before he is known
		default:
			clock = clock.Add(time.Duration(random.Int64N(int64(20 * 24 * time.Hour)))).Truncate(time.Microsecond)
		}
		switch random.IntN(6) {
		case 0, 1:
			now.at = later(clock, now.at)
			switch random.IntN(4) {
			case 0:
				now.birth = now.birth.Add(-3650)
			case 1:
				now.sex = region.Sexes[random.IntN(3)]
			case 2:
				now.status, now.withdrawn = "withdrawn", today()
			default:
				now.code = home()
				p.moves = append(p.moves, told{later(clock, p.lastTold(today())), today(), now.code})
			}
			v.BirthDate, v.Sex, v.Status, v.WithdrawnOn, v.Version = now.birth, volunteer.Sex(now.sex), volunteer.Status(now.status), now.withdrawn, v.Version+1
			moved := v.RegionCode != now.code
			v.RegionCode = now.code
			p.states = append(p.states, now)
			last := p.moves[len(p.moves)-1]
			do(func(tx *repository.Tx) error {
				people := volunteerstore.Volunteers{Tx: tx}
				if err := people.Update(ctx, v, clock); err != nil || !moved {
					return err
				}
				return people.Move(ctx, p.id, last.code, last.since, clock)
			})
			if !moved && last.code == now.code && len(p.moves) > 1 && p.moves[len(p.moves)-2].code == last.code {
				p.moves = p.moves[:len(p.moves)-1] // he moved to where he lives: nothing was told
			}
		default:
			e := entry{calendar.Of(clock, seoul).Add(5 - random.IntN(60)), 1 + random.IntN(480), 1, "recognition"}
			evidence, source := grades[random.IntN(len(grades))], id.New()
			if len(p.posts) > 0 && random.IntN(3) == 0 {
				if old := &p.posts[random.IntN(len(p.posts))]; old.left > 1 {
					source, evidence = old.source, old.evidence
					if e = (entry{old.day, -old.left, -1, "reversal"}); random.IntN(2) == 0 {
						e, evidence = entry{old.day, -random.IntN(old.left), 0, "correction"}, "late_proof"
					}
					old.left += e.minutes
				}
			}
			if e.kind == "recognition" {
				must(t, db, `INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, counted_in_at, travel_minutes, evidence,
					walk_in, state, worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason)
					SELECT ?, id, activity_id, organiser_id, ?, ?, ?, 0, 'leader', ?, 'open', 0, 0, ?, ?, ?, '' FROM shifts`, source, p.id, clock, clock, true, e.day, clock, id.New())
			}
			at := clock
			if len(p.posts) > 0 {
				at = later(at, p.posts[len(p.posts)-1].at)
			}
			p.posts = append(p.posts, posted{at, e, evidence, source, max(e.minutes, 0)})
			do(func(tx *repository.Tx) error {
				l := ledgerstore.Ledger{Tx: tx}
				accounts, err := l.Lock(ctx, []id.ID{p.id})
				if err != nil {
					return err
				}
				entries, after, err := ledger.Post(accounts, []ledger.Draft{{Kind: ledger.Kind(e.kind), VolunteerID: p.id, SourceType: "attendance", SourceID: source,
					EffectiveDay: e.day, Minutes: e.minutes, Visits: e.visits, FieldCode: "0801", Evidence: evidence, ActorID: id.New()}}, clock)
				if err != nil {
					return err
				}
				return l.Append(ctx, entries, after)
			})
		}
	}
	return p
}

// lastTold is when where he lived since a day was last told.
func (p *past) lastTold(since calendar.Day) (at time.Time) {
	for _, m := range p.moves {
		if m.since == since {
			at = m.at
		}
	}
	return at
}

// as gives the person as he was known at an instant, with the entries of some grades of evidence, or all; ok is false when he
// was not known.
func (p *past) as(at time.Time, evidence ...string) (known person, ok bool) {
	for _, s := range p.states {
		if !s.at.After(at) {
			ok = true
			known = person{birth: s.birth, sex: s.sex, status: s.status, code: s.code, registeredOn: s.registered, withdrawnOn: s.withdrawn}
		}
	}
	homes := map[calendar.Day]string{}
	for _, m := range p.moves {
		if !m.at.After(at) {
			homes[m.since] = m.code
		}
	}
	for since, code := range homes {
		known.moves = append(known.moves, move{since, code})
	}
	slices.SortFunc(known.moves, func(a, b move) int { return a.since.Compare(b.since) })
	for _, e := range p.posts {
		if !e.at.After(at) && (len(evidence) == 0 || slices.Contains(evidence, e.evidence)) {
			known.entries = append(known.entries, e.entry)
		}
	}
	return known, ok
}

// For random histories, figures as of an instant equal a recount of what had been recorded by then, whatever came later, and
// whether a person's facts are kept already or wait.
func TestFiguresAsOfEqualARecount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		random := rand.New(rand.NewPCG(20270204, 2))
		work(t, db)
		people, keeper := make([]*past, 40), cube.NewKeeper(cubestore.NewStore(db))
		for i := range people {
			people[i] = live(t, db, random)
			if i == len(people)/2 {
				if _, err := keeper.CatchUp(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		clock := calendar.Clock{Instant: func() time.Time { return time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC) }, Zone: seoul}
		s := statistics.NewService(store.NewStore(db), clock)
		ctx := auth.With(context.Background(), auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}})
		instant := func() time.Time { // mostly that of a record, or a microsecond before one
			p := people[random.IntN(len(people))]
			times := []time.Time{p.moves[random.IntN(len(p.moves))].at, p.states[random.IntN(len(p.states))].at}
			if len(p.posts) > 0 {
				times = append(times, p.posts[random.IntN(len(p.posts))].at)
			}
			switch random.IntN(4) {
			case 0, 1:
				return times[random.IntN(len(times))]
			case 2:
				return times[random.IntN(len(times))].Add(-time.Microsecond)
			}
			return day("2026-03-15").Start(seoul).Add(time.Duration(random.Int64N(int64(300 * 24 * time.Hour)))).Truncate(time.Microsecond)
		}
		sum := func(table statistics.Table) (minutes int64) {
			for _, r := range table.Rows {
				minutes += r.Minutes
			}
			return minutes
		}
		for round := range 60 {
			if round == 30 { // from here on most hours of posting are added up
				if err := s.SumHours(ctx); err != nil {
					t.Fatal(err)
				}
				must(t, db, `DELETE FROM posted_hours WHERE hour >= (SELECT MIN(hour) FROM (SELECT hour FROM posted_hours ORDER BY hour DESC LIMIT 20) AS h)`)
			}
			at, from, to := instant(), someDay(random), someDay(random)
			if to.Before(from) {
				from, to = to, from
			}
			if random.IntN(2) == 0 {
				from, to = wholeMonths(random, from, to)
			}
			knownAt := func(at time.Time, evidence ...string) (known []person) {
				for _, p := range people {
					if k, ok := p.as(at, evidence...); ok {
						known = append(known, k)
					}
				}
				return known
			}
			known, some := knownAt(at), slices.Clone(grades)
			random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
			some = some[:1+random.IntN(len(some))]
			for _, by := range []statistics.By{statistics.ByCity, statistics.ByDong, statistics.ByAgeBand, statistics.BySex} {
				active, err := s.Participation(ctx, by, statistics.Period{From: from, To: to}, nil, asof.Point{Instant: at})
				if err != nil {
					t.Fatal(err)
				}
				if want := recount(known, by, from, to); !same(active.Rows, want) {
					t.Fatalf("%s to %s by %s as of %s:\n%s\nwant %v", from, to, by, at, lines(active), want)
				}
				for point, then := range map[asof.Point]time.Time{{Instant: at}: at, {}: day("2027-12-30").Start(seoul)} {
					graded, err := s.Participation(ctx, by, statistics.Period{From: from, To: to}, some, point)
					if err != nil {
						t.Fatal(err)
					}
					if want := recount(knownAt(then, some...), by, from, to); !same(graded.Rows, want) {
						t.Fatalf("%s to %s by %s as of %s, only %v:\n%s\nwant %v", from, to, by, then, some, lines(graded), want)
					}
				}
				registered, err := s.Registration(ctx, by, to, asof.Point{Instant: at})
				if err != nil {
					t.Fatal(err)
				}
				if want := recount(known, by, calendar.Day{}, to); !same(registered.Rows, want) {
					t.Fatalf("on %s by %s as of %s:\n%s\nwant %v", to, by, at, lines(registered), want)
				}
				whole := statistics.Period{From: from, To: to}
				last, err := s.Participation(ctx, by, whole, nil, asof.Point{Day: day("2027-12-30")})
				if err != nil {
					t.Fatal(err)
				}
				now, err := s.Participation(ctx, by, whole, nil, asof.Point{})
				if err != nil || lines(last) != lines(now) {
					t.Fatalf("%v: as of the end\n%s\nnow\n%s", err, lines(last), lines(now))
				}
				d, err := s.Differences(ctx, asof.Point{Instant: at}, asof.Point{Day: day("2027-12-30")}, whole, page.Request{Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				minutes, items := int64(0), int64(0)
				for _, m := range d.Months {
					minutes += m.Minutes
				}
				for _, e := range d.Items {
					items += int64(e.Minutes)
				}
				if sum(now)-sum(active) != minutes || d.Next == nil && items != minutes {
					t.Fatalf("as of %s %d minutes, now %d, and between them %d, named %d", at, sum(active), sum(now), minutes, items)
				}
			}
			p := people[random.IntN(len(people))]
			hours, err := ledgerstore.NewStore(db).HoursAsOf(ctx, p.id, at, 2026)
			if err != nil {
				t.Fatal(err)
			}
			known1, _ := p.as(at)
			want := 0
			for _, e := range known1.entries {
				want += e.minutes
			}
			if hours.RecognisedMinutes != want {
				t.Fatalf("hours as of %s are %d, want %d", at, hours.RecognisedMinutes, want)
			}
		}
	})
}

// An entry's region is where the person lived on its day, whatever he told later; and a page follows the one before.
func TestDifferencesNameWhereSomebodyLived(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		p := person{id: id.New(), birth: day("1990-01-01"), sex: "male", status: "active", code: mokpo, registeredOn: day("2026-01-01"),
			moves:   []move{{day("2026-02-01"), "2911052500"}, {day("2026-03-01"), "2911054500"}},
			entries: []entry{{day("2026-01-15"), 1, 1, "recognition"}, {day("2026-02-15"), 2, 1, "recognition"}, {day("2026-03-01"), 4, 1, "recognition"}}}
		save(t, db, p)
		clock := calendar.Clock{Instant: func() time.Time { return time.Now().Add(time.Hour) }, Zone: seoul}
		s := statistics.NewService(store.NewStore(db), clock)
		ctx := auth.With(context.Background(), auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}})
		var got []string
		for request := (page.Request{Limit: 1}); ; {
			d, err := s.Differences(ctx, asof.Point{Day: day("2020-01-01")}, asof.Point{Instant: time.Now().Add(time.Minute)}, statistics.Period{}, request)
			if err != nil || len(d.Items) != 1 || len(d.Months) != 3 {
				t.Fatal(d, err)
			}
			got = append(got, fmt.Sprint(d.Items[0].Minutes, " ", d.Items[0].RegionCode))
			if request.After = d.Next; d.Next == nil {
				break
			}
		}
		if slices.Sort(got); strings.Join(got, ", ") != "1 2911052500, 2 2911052500, 4 2911054500" {
			t.Error(got)
		}
	})
}
