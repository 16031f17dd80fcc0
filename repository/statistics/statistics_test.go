package statistics_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
	"dure/domain/statistics"
	"dure/repository"
	"dure/repository/dbtest"
	store "dure/repository/statistics"
)

var (
	day    = calendar.MustParse
	change = day("2026-07-01")
)

// A small city on both sides of the change of codes: two gu with two dong each, old code → new code. The merged city has
// another gu, 목포시, that is none of its own.
var dongs = []dong{
	{"2911052500", "1221052500", "충장동", 60}, {"2911054500", "1221054500", "동명동", 40},
	{"2914057500", "1224057500", "양동", 30}, {"2914059000", "1224059000", "양3동", 20},
}

type dong struct {
	old, code, name string
	residents       int // in 2025-06; one more in 2026-07
}

const mokpo = "1211051000"

func smallCity(t *testing.T, db *repository.DB) {
	t.Helper()
	must(t, db, `INSERT INTO regions (code, level, parent, name, valid_from) VALUES
		('1221000000', 'gu', '1200000000', '동구', '2026-07-01'), ('1224000000', 'gu', '1200000000', '서구', '2026-07-01'),
		('1211000000', 'gu', '1200000000', '목포시', NULL), (?, 'dong', '1211000000', '하당동', NULL)`, mokpo)
	must(t, db, `INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES
		('2911000000', 'gu', '2900000000', '동구', '2026-06-30', '1221000000'),
		('2914000000', 'gu', '2900000000', '서구', '2026-06-30', '1224000000')`)
	for _, d := range dongs {
		must(t, db, `INSERT INTO regions (code, level, parent, name, valid_from) VALUES (?, 'dong', ?, ?, '2026-07-01')`, d.code, d.code[:5]+"00000", d.name)
		must(t, db, `INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES (?, 'dong', ?, ?, '2026-06-30', ?)`,
			d.old, d.old[:5]+"00000", d.name, d.code)
		must(t, db, `INSERT INTO population_totals (region_code, month, residents) VALUES (?, '2025-06-01', ?), (?, '2026-07-01', ?)`,
			d.old, d.residents, d.code, d.residents+1)
		// Bands of ten years before, single years after; all of them men in their twenties but one woman of 100.
		must(t, db, `INSERT INTO populations (region_code, month, sex, age_from, age_to, residents) VALUES
			(?, '2025-06-01', 'male', 20, 29, ?), (?, '2025-06-01', 'female', 100, NULL, 1),
			(?, '2026-07-01', 'male', 20, 20, ?), (?, '2026-07-01', 'male', 29, 29, 1), (?, '2026-07-01', 'female', 100, NULL, 1)`,
			d.old, d.residents-1, d.old, d.code, d.residents-1, d.code, d.code)
	}
}

func must(t *testing.T, db *repository.DB, query string, args ...any) {
	t.Helper()
	if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		t.Fatal(err)
	}
}

type move struct {
	since calendar.Day
	code  string
}

type entry struct {
	day             calendar.Day
	minutes, visits int
	kind            string
}

type person struct {
	id           id.ID
	birth        calendar.Day
	sex, status  string
	code         string // where he lives now
	registeredOn calendar.Day
	withdrawnOn  calendar.Day
	moves        []move // by day
	entries      []entry
}

func save(t *testing.T, db *repository.DB, people ...person) {
	t.Helper()
	err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		for _, p := range people {
			if err := p.save(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p person) save(tx *repository.Tx) error {
	var failures []error
	do := func(query string, args ...any) { failures = append(failures, tx.Exec(query, args...).Error) }
	do(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
		VALUES (?, ?, '홍길동', '홍길동', ?, ?, ?, ?, ?, ?, 1)`, p.id, p.id.String(), p.birth, p.sex, p.code, p.status, p.registeredOn, time.Now())
	for _, m := range p.moves {
		do(`INSERT INTO residences (volunteer_id, since, region_code) VALUES (?, ?, ?)`, p.id, m.since, m.code)
	}
	account := id.New()
	do(`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head) VALUES (?, 'volunteer_minutes', ?, 'minute', 0, 0, '')`, account, p.id)
	for i, e := range p.entries {
		key := id.New()
		do(`INSERT INTO ledger_entries (id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at,
			visits, worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash)
			VALUES (?, ?, ?, ?, ?, 'attendance', ?, ?, ?, ?, 0, '[]', '0801', 'qr', 1, ?, '', '', '')`,
			key, account, i+1, e.kind, p.id, id.New(), e.day, time.Now(), e.visits, id.New())
		do(`INSERT INTO ledger_postings (entry_id, line, account_id, amount) VALUES (?, 1, ?, ?), (?, 2, '00000000-0000-7000-8000-000000000001', ?)`,
			key, account, e.minutes, key, -e.minutes)
	}
	return errors.Join(failures...)
}

func rebuild(t *testing.T, db *repository.DB) {
	t.Helper()
	if err := store.NewStore(db).Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, db *repository.DB, by statistics.By, from, to calendar.Day) statistics.Table {
	t.Helper()
	clock := calendar.Clock{Instant: func() time.Time { return time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) }, Zone: time.UTC}
	s := statistics.NewService(store.NewStore(db), clock)
	ctx := auth.With(context.Background(), auth.Principal{AccountID: id.New(), Grants: []auth.Grant{{Role: auth.CentreOfficer, ScopeType: auth.City}}})
	table, err := s.Participation(ctx, by, statistics.Period{From: from, To: to}, nil, asof.Point{})
	if from.IsZero() {
		table, err = s.Registration(ctx, by, to, asof.Point{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// lines writes a table as "key name registered persons visits minutes population".
func lines(table statistics.Table) string {
	var b strings.Builder
	for _, r := range table.Rows {
		population := "-"
		if r.Population != nil {
			population = fmt.Sprint(*r.Population)
		}
		fmt.Fprintf(&b, "%s %s %d %d %d %d %s\n", r.Key, r.Name, r.Registered, r.Persons, r.Visits, r.Minutes, population)
	}
	return b.String()
}

func TestBothSidesOfTheChangeOfCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		save(t, db, person{id: id.New(), birth: day("2006-07-01"), sex: "male", status: "active", code: "2911052500", registeredOn: day("2026-06-30"),
			moves: []move{{day("2026-06-30"), "2911052500"}}, entries: []entry{{day("2026-06-30"), 60, 1, "recognition"}, {day("2026-07-01"), 30, 1, "recognition"}}})
		save(t, db, person{id: id.New(), birth: day("1920-01-01"), sex: "undisclosed", status: "pending_guardian", code: "1224059000", registeredOn: day("2026-07-01"),
			moves: []move{{day("2026-07-01"), "1224059000"}}})
		for _, code := range []string{mokpo, dbtest.Elsewhere, dbtest.City} {
			save(t, db, person{id: id.New(), birth: day("1990-01-01"), sex: "female", status: "active", code: code, registeredOn: day("2020-01-01"),
				moves: []move{{day("2020-01-01"), code}}, entries: []entry{{day("2026-06-30"), 120, 1, "recognition"}}})
		}
		rebuild(t, db)
		for want, got := range map[string]statistics.Table{
			`2911052500 충장동 1 1 1 60 60
2911054500 동명동 0 0 0 0 40
2914057500 양동 0 0 0 0 30
2914059000 양3동 0 0 0 0 20
outside  3 3 3 360 -
`: ask(t, db, statistics.ByDong, day("2026-06-01"), day("2026-06-30")),
			`1221052500 충장동 1 1 2 90 61
1221054500 동명동 0 0 0 0 41
1224057500 양동 0 0 0 0 31
1224059000 양3동 1 0 0 0 21
outside  3 3 3 360 -
`: ask(t, db, statistics.ByDong, day("2026-06-30"), day("2026-07-01")),
			`2911000000 동구 1 1 1 60 100
2914000000 서구 0 0 0 0 50
outside  3 3 3 360 -
`: ask(t, db, statistics.ByGu, day("2026-06-30"), day("2026-06-30")),
			`1221000000 동구 1 0 0 0 102
1224000000 서구 1 0 0 0 52
outside  3 0 0 0 -
`: ask(t, db, statistics.ByGu, calendar.Day{}, day("2026-07-01")),
			`2900000000 광주광역시 (동구·서구) 1 1 1 60 150
outside  3 3 3 360 -
`: ask(t, db, statistics.ByCity, day("2026-06-30"), day("2026-06-30")),
			`1200000000 전남광주통합특별시 (동구·서구) 2 1 2 90 154
outside  3 3 3 360 -
`: ask(t, db, statistics.ByCity, day("2026-06-30"), day("2026-07-01")),
			`female  0 0 0 0 4
male  1 1 2 90 150
undisclosed  1 0 0 0 -
outside  3 3 3 360 -
`: ask(t, db, statistics.BySex, day("2026-06-01"), day("2026-07-31")),
			`0-9  0 0 0 0 -
10-19  1 1 1 60 -
20-29  0 0 0 0 146
30-39  0 0 0 0 -
40-49  0 0 0 0 -
50-59  0 0 0 0 -
60-69  0 0 0 0 -
70-79  0 0 0 0 -
80-89  0 0 0 0 -
90-99  0 0 0 0 -
100+  0 0 0 0 4
outside  3 3 3 360 -
`: ask(t, db, statistics.ByAgeBand, day("2026-06-01"), day("2026-06-30")),
		} {
			if lines(got) != want {
				t.Errorf("%s to %s by %s:\n%s", got.Period.From, got.Period.To, got.By, lines(got))
			}
		}
		for on, month := range map[string]string{"2019-01-01": "2025-06-01", "2026-06-30": "2025-06-01", "2026-07-01": "2026-07-01", "2030-01-01": "2026-07-01"} {
			for _, by := range []statistics.By{statistics.ByDong, statistics.ByAgeBand} {
				if got := ask(t, db, by, calendar.Day{}, day(on)).PopulationOf; got != day(month) {
					t.Errorf("%s: population of %s", on, got)
				}
			}
		}
	})
}

// Without any population there is nothing to divide by, and no city to speak of.
func TestNothingKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		for by, want := range map[statistics.By]int{statistics.ByCity: 1, statistics.ByGu: 1, statistics.ByDong: 1, statistics.ByAgeBand: 12, statistics.BySex: 4} {
			table := ask(t, db, by, day("2026-01-01"), day("2026-01-31"))
			if len(table.Rows) != want || !table.PopulationOf.IsZero() || table.Rows[want-1].Key != statistics.Outside {
				t.Errorf("%s: %s", by, lines(table))
			}
		}
	})
}

// Figures equal a recount by hand for any cut, from the ledger as from the sums by month.
func TestFiguresEqualARecount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		smallCity(t, db)
		random := rand.New(rand.NewPCG(20260701, 2))
		people := make([]person, 60)
		for i := range people {
			people[i] = anybody(random)
		}
		save(t, db, people...)
		rebuild(t, db)
		for range 24 {
			from, to := someDay(random), someDay(random)
			if to.Before(from) {
				from, to = to, from
			}
			if random.IntN(2) == 0 {
				from, to = wholeMonths(random, from, to)
			}
			if random.IntN(6) == 0 {
				from = calendar.Day{}
			}
			for _, by := range []statistics.By{statistics.ByCity, statistics.ByGu, statistics.ByDong, statistics.ByAgeBand, statistics.BySex} {
				table := ask(t, db, by, from, to)
				if want := recount(people, by, from, to); !same(table.Rows, want) {
					t.Fatalf("%s to %s by %s:\n%s\nwant %v", from, to, by, lines(table), want)
				}
			}
		}
	})
}

// wholeMonths are those around two days, or more: of most of a year, of a year or of several, not all of which hold what somebody did.
func wholeMonths(random *rand.Rand, from, to calendar.Day) (calendar.Day, calendar.Day) {
	from, to = from.FirstOfMonth(), to.FirstOfMonth().AddMonths(1).Add(-1)
	switch random.IntN(4) {
	case 0:
		from = calendar.Date(2026, 1, 1)
	case 1:
		to = calendar.Date(2026, 12, 31)
	case 2:
		from, to = calendar.Date(2025, time.Month(1+random.IntN(12)), 1), calendar.Date(2027, time.Month(1+random.IntN(12)), 1).Add(-1)
	}
	return from, to
}

func someDay(random *rand.Rand) calendar.Day { return day("2026-04-01").Add(random.IntN(150)) }

func anybody(random *rand.Rand) person {
	home := func() string {
		if random.IntN(5) == 0 {
			return []string{mokpo, dbtest.Elsewhere, dbtest.City}[random.IntN(3)]
		}
		d := dongs[random.IntN(len(dongs))]
		return []string{d.old, d.code}[random.IntN(2)]
	}
	p := person{id: id.New(), birth: day("2020-12-31").Add(-random.IntN(42_000)), registeredOn: someDay(random), code: home(),
		sex: region.Sexes[random.IntN(3)], status: []string{"active", "active", "pending_guardian", "withdrawn"}[random.IntN(4)]}
	for since := someDay(random); random.IntN(3) > 0; since = since.Add(1 + random.IntN(40)) {
		p.moves = append(p.moves, move{since, home()})
	}
	for range random.IntN(12) {
		e := entry{someDay(random), 1 + random.IntN(480), 1, "recognition"}
		p.entries = append(p.entries, e)
		switch random.IntN(4) {
		case 0:
			p.entries = append(p.entries, entry{e.day, -e.minutes, -1, "reversal"})
		case 1:
			p.entries = append(p.entries, entry{e.day, -e.minutes, 0, "adjustment"})
		}
	}
	return p
}

// recount goes through all people one by one, as plainly as can be.
func recount(people []person, by statistics.By, from, to calendar.Day) map[string][4]int {
	table := map[string][4]int{}
	for _, p := range people {
		key := keyOf(p, by, to)
		row := table[key]
		if !p.registeredOn.After(to) && (p.status != "withdrawn" || p.withdrawnOn.After(to)) {
			row[0]++
		}
		minutes, visits := 0, 0
		for _, e := range p.entries {
			if !from.IsZero() && !e.day.Before(from) && !e.day.After(to) {
				minutes += e.minutes
				visits += e.visits
			}
		}
		if minutes > 0 || visits > 0 {
			row[1]++
		}
		row[2] += visits
		row[3] += minutes
		table[key] = row
	}
	return table
}

func keyOf(p person, by statistics.By, to calendar.Day) string {
	code := p.code
	if len(p.moves) > 0 {
		code = p.moves[0].code
	}
	for _, m := range p.moves {
		if !m.since.After(to) {
			code = m.code
		}
	}
	i := slices.IndexFunc(dongs, func(d dong) bool { return d.old == code || d.code == code })
	if i < 0 {
		return statistics.Outside
	}
	code, city := dongs[i].code, dbtest.City
	if to.Before(change) {
		code, city = dongs[i].old, "2900000000"
	}
	switch by {
	case statistics.ByDong:
		return code
	case statistics.ByGu:
		return code[:5] + "00000"
	case statistics.ByCity:
		return city
	case statistics.BySex:
		return p.sex
	default:
		return statistics.Bands[min(calendar.AgeOn(p.birth, to), 100)/10].Key
	}
}

func same(rows []statistics.Row, want map[string][4]int) bool {
	for _, r := range rows {
		if want[r.Key] != [4]int{r.Registered, r.Persons, r.Visits, int(r.Minutes)} {
			return false
		}
		delete(want, r.Key)
	}
	return len(want) == 0
}
