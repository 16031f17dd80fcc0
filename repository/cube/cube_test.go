package cube_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/region"
	"dure/repository"
	store "dure/repository/cube"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
)

var day = calendar.MustParse

// town is a small city with a dong that was renamed, places and people, and the chances by which things happen in it.
type town struct {
	t          *testing.T
	db         *repository.DB
	chance     *rand.Rand
	persons    []id.ID
	activities []id.ID
	camps      []id.ID
	shifts     []id.ID // of the activities
	told       []told
	now        time.Time
}

type told struct {
	person, attendance id.ID
	day                calendar.Day
	minutes            int
}

const former = "2911052500" // what 충장동 was until 2026-06-30

var homes = []string{dbtest.Dong, dbtest.OtherDong, former, dbtest.Gu, dbtest.Elsewhere, dbtest.City}

func newTown(t *testing.T, db *repository.DB, seed uint64) *town {
	dbtest.Regions(t, db)
	w := &town{t: t, db: db, chance: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
	w.do(`INSERT INTO regions (code, level, parent, name, valid_to, successor) VALUES ('2911000000', 'gu', '2900000000', '동구', '2026-06-30', ?),
		(?, 'dong', '2911000000', '충장동', '2026-06-30', ?)`, dbtest.Gu, former, dbtest.Dong)
	for i, code := range []string{dbtest.Dong, dbtest.OtherDong} {
		camp := id.New()
		w.do(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			VALUES (?, ?, '캠프', ?, '주소', '', 35.1, 126.9, '[]', '2020-01-01', 1)`, camp, fmt.Sprint("캠프", i), code)
		w.camps = append(w.camps, camp)
	}
	for i, field := range []string{"0801", "0802", "0201"} {
		w.activity(field, "camp", w.camps[i%2], homes[i])
		w.activity(field, "demand_site", id.New(), homes[i+1])
	}
	for range 12 {
		w.register()
	}
	return w
}

func (w *town) do(query string, args ...any) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		w.t.Fatal(err)
	}
}

func pick[T any](w *town, from []T) T { return from[w.chance.IntN(len(from))] }

// someDay is one of three years, and often of few months, so that there are regulars.
func (w *town) someDay() calendar.Day {
	if w.chance.IntN(3) == 0 {
		return day("2024-11-01").Add(w.chance.IntN(600))
	}
	return calendar.Date(2026, time.Month(1+w.chance.IntN(6)), 1+w.chance.IntN(28))
}

func (w *town) activity(field, organiserType string, organiser id.ID, place string) {
	activity, shift := id.New(), id.New()
	w.do(`INSERT INTO activities (id, title, search, description, field_code, organiser_type, organiser_id, region_code, place, adults, youths, families, groups,
			remote, state, created_by, created_at, reason, version) VALUES (?, '일감', '일감', '', ?, ?, ?, ?, '', ?, ?, ?, ?, ?, 'approved', ?, ?, '', 1)`,
		activity, field, organiserType, organiser, place, true, true, true, true, false, id.New(), w.now)
	w.do(`INSERT INTO shifts (id, activity_id, organiser_id, starts_at, ends_at, break_minutes, capacity, confirmed, code_secret)
		VALUES (?, ?, ?, ?, ?, 0, 1, 0, '')`, shift, activity, organiser, w.now, w.now.Add(time.Hour))
	w.activities, w.shifts = append(w.activities, activity), append(w.shifts, shift)
}

func (w *town) register() {
	person, registered := id.New(), day("2024-01-01").Add(w.chance.IntN(800))
	w.do(`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status, registered_on, registered_at, version)
		VALUES (?, ?, '홍길동', '홍길동', ?, ?, ?, 'active', ?, ?, 1)`, person, person.String(), day("1920-01-01").Add(w.chance.IntN(34_000)),
		pick(w, region.Sexes[:]), pick(w, homes), registered, w.now)
	if w.chance.IntN(2) == 0 {
		w.do(`INSERT INTO residences (volunteer_id, since, region_code) VALUES (?, ?, ?)`, person, registered, pick(w, homes))
	}
	w.update(func(ctx context.Context, l ledgerstore.Ledger) error { return l.OpenAccounts(ctx, person) })
	w.persons = append(w.persons, person)
}

func (w *town) update(fn func(ctx context.Context, l ledgerstore.Ledger) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, ledgerstore.Ledger{Tx: tx}) }); err != nil {
		w.t.Fatal(err)
	}
}

// post puts entries into the ledger as every other does.
func (w *town) post(drafts ...ledger.Draft) {
	w.t.Helper()
	w.now = w.now.Add(time.Second)
	w.update(func(ctx context.Context, l ledgerstore.Ledger) error {
		accounts, err := l.Lock(ctx, []id.ID{drafts[0].VolunteerID})
		if err != nil {
			return err
		}
		entries, moved, err := ledger.Post(accounts, drafts, w.now)
		if err != nil {
			return err
		}
		return l.Append(ctx, entries, moved)
	})
}

func (w *town) come() {
	i := w.chance.IntN(len(w.activities))
	at := told{person: pick(w, w.persons), attendance: id.New(), day: w.someDay(), minutes: w.chance.IntN(4) * 60}
	var group any
	if w.chance.IntN(3) == 0 {
		group = "충장 봉사단"
	}
	w.do(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, counted_in_at, travel_minutes, evidence, walk_in, state,
			worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason, group_name)
		SELECT ?, s.id, s.activity_id, s.organiser_id, ?, ?, ?, 0, 'leader', ?, 'open', 0, 0, ?, ?, ?, '', ? FROM shifts s WHERE s.id = ?`,
		at.attendance, at.person, w.now, w.now, true, at.day, w.now, id.New(), group, w.shifts[i])
	w.post(w.draft(at, ledger.Recognition, at.minutes, 1, at.day), w.draft(at, ledger.Recognition, 30, 0, at.day.Add(1)))
	w.told = append(w.told, at)
}

func (w *town) draft(at told, kind ledger.Kind, minutes, visits int, on calendar.Day) ledger.Draft {
	return ledger.Draft{Kind: kind, VolunteerID: at.person, SourceType: "attendance", SourceID: at.attendance, EffectiveDay: on, Minutes: minutes,
		Visits: visits, FieldCode: pick(w, []string{"0801", "0201", "1001"}), Evidence: pick(w, []string{"qr", "leader", "late_proof"}), ActorID: id.New()}
}

// happen is one of the things that figures depend on.
func (w *town) happen() {
	switch w.chance.IntN(14) {
	case 0:
		w.register()
	case 1:
		w.do(`INSERT INTO residences (volunteer_id, since, region_code) VALUES (?, ?, ?) ON CONFLICT (volunteer_id, since) DO UPDATE SET region_code = excluded.region_code`,
			pick(w, w.persons), w.someDay(), pick(w, homes))
	case 2:
		w.do(`UPDATE volunteers SET birth_date = ?, sex = ? WHERE id = ?`, day("1950-02-28").Add(w.chance.IntN(20_000)), pick(w, []string{"female", "male"}), pick(w, w.persons))
	case 3:
		w.do(`UPDATE volunteers SET status = 'withdrawn', withdrawn_on = ? WHERE id = ?`, w.someDay(), pick(w, w.persons))
	case 4:
		w.do(`UPDATE activities SET region_code = ? WHERE id = ?`, pick(w, homes), pick(w, w.activities))
	case 5:
		w.do(`UPDATE camps SET region_code = ? WHERE id = ?`, pick(w, homes[:3]), pick(w, w.camps))
	case 6:
		w.do(`INSERT INTO holidays (day, name) VALUES (?, '임시공휴일') ON CONFLICT DO NOTHING`, w.someDay())
	case 7, 8:
		if len(w.told) == 0 {
			return
		}
		i := w.chance.IntN(len(w.told))
		at := w.told[i]
		w.told = slices.Delete(w.told, i, i+1)
		w.post(w.draft(at, ledger.Reversal, -at.minutes, -1, at.day), w.draft(at, ledger.Reversal, -30, 0, at.day.Add(1)))
	default:
		w.come()
	}
}

func keeper(db *repository.DB) *cube.Keeper { return cube.NewKeeper(store.NewStore(db)) }

func (w *town) catchUp() {
	w.t.Helper()
	if _, err := keeper(w.db).CatchUp(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// figures are all cells and sums that are kept, as lines.
func (w *town) figures() []string {
	w.t.Helper()
	query := `SELECT name || ' ' || year || ' ' || row_key || ' ' || column_key || ' ' || persons || ' ' || visits || ' ' || minutes || ' ' || newcomer || ' ' || regular
		FROM cube_cells WHERE persons > 0`
	for _, sex := range region.Sexes {
		query += strings.ReplaceAll(` UNION ALL SELECT 'stock ' || month || ' ' || home_code || ' SEX ' || SEX FROM cube_stock WHERE SEX <> 0
			UNION ALL SELECT 'stock ' || home_code || ' SEX ' || SEX FROM cube_stock_totals WHERE SEX <> 0`, "SEX", sex)
	}
	var lines []string
	if err := w.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query).Scan(&lines).Error
	}); err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

func compare(t *testing.T, when string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: %d lines instead of %d", when, len(got), len(want))
	for _, side := range []struct {
		sign       string
		some, rest []string
	}{{"+", got, want}, {"-", want, got}} {
		n := 0
		for _, line := range side.some {
			if _, found := slices.BinarySearch(side.rest, line); !found && n < 5 {
				t.Log(side.sign, line)
				n++
			}
		}
	}
}

// Whatever happens, in whatever order and however much at once: the figures are those of a plain count over the ledger.
func TestFiguresEqualAPlainCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 7)
		for round := range 12 {
			for range 1 + w.chance.IntN(14) {
				w.happen()
			}
			w.catchUp()
			compare(t, fmt.Sprint("round ", round), w.figures(), w.plain())
			if t.Failed() {
				return
			}
		}
		before := w.figures()
		if len(before) < 500 {
			t.Fatalf("only %d figures", len(before))
		}
		for name, spoil := range map[string]string{"cells": `UPDATE cube_cells SET persons = persons + 1, visits = visits + 2`, "lost cells": `DELETE FROM cube_cells WHERE year = 2026`,
			"facts": `DELETE FROM cube_facts WHERE visits = 1`, "steps": `DELETE FROM cube_steps`, "stock": `UPDATE cube_stock SET female = female + 1`,
			"totals of stock": `UPDATE cube_stock_totals SET undisclosed = undisclosed + 1`} {
			w.do(spoil)
			if err := keeper(db).Rebuild(context.Background(), func(int) {}); err != nil {
				t.Fatal(err)
			}
			compare(t, "rebuilt after spoiling "+name, w.figures(), before)
		}
	})
}

// Posts go on while figures are rebuilt and several processes keep them: in the end each is counted once.
func TestPostsMeetKeepersAndARebuild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 11)
		for range 30 {
			w.come()
		}
		var running sync.WaitGroup
		errs := make(chan error, 100)
		stop := make(chan struct{})
		for range 3 {
			running.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if _, err := keeper(db).CatchUp(context.Background()); err != nil {
							errs <- err
							return
						}
					}
				}
			})
		}
		running.Go(func() {
			for range 3 {
				if err := keeper(db).Rebuild(context.Background(), func(int) {}); err != nil {
					errs <- err
				}
			}
		})
		for range 40 {
			w.happen()
		}
		close(stop)
		running.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		w.catchUp()
		compare(t, "in the end", w.figures(), w.plain())
	})
}

// plain counts as one would with pencil and paper: for each table, cell and measure, over the ledger itself.
func (w *town) plain() []string { return w.plainly(cube.Kept...) }

func (w *town) plainly(tables ...cube.Grouping) []string {
	w.t.Helper()
	type fact struct {
		VolunteerID                                        id.ID
		Day, BirthDate                                     calendar.Day
		Visits, Minutes                                    int
		Home, Sex, Place, OrganiserType, Camp, Field, Mark string
		GroupName                                          string
	}
	type person struct {
		ID                      id.ID
		Sex, RegionCode         string
		RegisteredOn, Withdrawn calendar.Day
		Status                  string
	}
	var (
		facts    []fact
		people   []person
		holidays []struct{ Day calendar.Day }
		moves    []struct {
			VolunteerID id.ID
			Since       calendar.Day
			RegionCode  string
		}
	)
	if err := w.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		for query, to := range map[string]any{
			`SELECT e.volunteer_id, e.effective_day AS day, v.birth_date, SUM(e.visits) AS visits, SUM(p.amount) AS minutes,
				COALESCE((SELECT r.region_code FROM residences r WHERE r.volunteer_id = e.volunteer_id AND r.since <= e.effective_day ORDER BY r.since DESC LIMIT 1),
					(SELECT r.region_code FROM residences r WHERE r.volunteer_id = e.volunteer_id ORDER BY r.since LIMIT 1), v.region_code) AS home,
				v.sex, t.region_code AS place, t.organiser_type, COALESCE(c.region_code, '') AS camp, COALESCE(a.group_name, '') AS group_name,
				(SELECT x.field_code FROM ledger_entries x WHERE x.source_id = e.source_id AND x.effective_day = e.effective_day ORDER BY x.sequence DESC LIMIT 1) AS field,
				(SELECT x.evidence FROM ledger_entries x WHERE x.source_id = e.source_id AND x.effective_day = e.effective_day ORDER BY x.sequence DESC LIMIT 1) AS mark
			FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1 JOIN attendances a ON a.id = e.source_id
			JOIN activities t ON t.id = a.activity_id LEFT JOIN camps c ON c.id = t.organiser_id JOIN volunteers v ON v.id = e.volunteer_id
			GROUP BY e.volunteer_id, e.source_id, e.effective_day, v.birth_date, v.sex, v.region_code, t.region_code, t.organiser_type, c.region_code, a.group_name`: &facts,
			`SELECT id, sex, region_code, registered_on, withdrawn_on AS withdrawn, status FROM volunteers`: &people,
			`SELECT day FROM holidays`: &holidays,
			`SELECT volunteer_id, since, region_code FROM residences ORDER BY since`: &moves,
		} {
			if err := tx.Raw(query).Scan(to).Error; err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	facts = slices.DeleteFunc(facts, func(f fact) bool { return f.Visits <= 0 && f.Minutes <= 0 })

	area := func(code string) map[cube.Level]string {
		switch code {
		case dbtest.Dong, former:
			return map[cube.Level]string{"dong": dbtest.Dong, "gu": dbtest.Gu, "city": "city"}
		case dbtest.OtherDong, dbtest.Gu:
			return map[cube.Level]string{"dong": code, "gu": dbtest.Gu, "city": "city"}
		}
		return map[cube.Level]string{"dong": "outside", "gu": "outside", "city": "outside"}
	}
	key := func(s cube.Side, f fact) string {
		if s.Level == cube.Total {
			return "*"
		}
		switch s.Axis {
		case cube.Home:
			return area(f.Home)[s.Level]
		case cube.Place:
			return area(f.Place)[s.Level]
		case cube.CampArea:
			if f.OrganiserType != "camp" {
				return "none"
			}
			return area(f.Camp)[s.Level]
		case cube.Time:
			if s.Level == cube.Month {
				return f.Day.String()[:7]
			}
			return map[int]string{0: "1", 1: "2", 2: "3", 3: "4"}[int(f.Day.Month()-1)/3] + "/" + f.Day.String()[:4]
		case cube.Age:
			age := calendar.AgeOn(f.BirthDate, f.Day)
			if age > 99 {
				return "100+"
			}
			return fmt.Sprintf("%d-%d", age/10*10, age/10*10+9)
		case cube.YouthAge:
			switch age := calendar.AgeOn(f.BirthDate, f.Day); {
			case age < 14:
				return "0-13"
			case age < 20:
				return "14-19"
			case age < 70:
				return fmt.Sprintf("%d-%d", age/10*10, age/10*10+9)
			}
			return "70+"
		case cube.Sex:
			return f.Sex
		case cube.Field:
			return f.Field[:2] + "00"
		case cube.DayKind:
			for _, h := range holidays {
				if h.Day == f.Day {
					return "holiday"
				}
			}
			if n := f.Day.Weekday(); n == 0 || n == 6 {
				return "weekend"
			}
			return "weekday"
		case cube.Organiser:
			return f.OrganiserType
		case cube.Evidence:
			return f.Mark
		}
		if f.GroupName != "" {
			return "group"
		}
		return "individual"
	}
	months := map[id.ID]map[string]bool{}
	first := map[id.ID]calendar.Day{}
	for _, f := range facts {
		if months[f.VolunteerID] == nil {
			months[f.VolunteerID] = map[string]bool{}
		}
		months[f.VolunteerID][f.Day.String()[:7]] = true
		if d, ok := first[f.VolunteerID]; !ok || f.Day.Before(d) {
			first[f.VolunteerID] = f.Day
		}
	}
	lines := []string{}
	for _, g := range tables {
		type cell struct{ year, row, column string }
		persons, visits, minutes := map[cell]map[id.ID]calendar.Day{}, map[cell]int{}, map[cell]int{}
		for _, f := range facts {
			c := cell{f.Day.String()[:4], key(g.Row, f), key(g.Column, f)}
			if persons[c] == nil {
				persons[c] = map[id.ID]calendar.Day{}
			}
			persons[c][f.VolunteerID] = f.Day
			visits[c] += f.Visits
			minutes[c] += f.Minutes
		}
		for c, who := range persons {
			newcomers, regulars := 0, 0
			for p, some := range who {
				from, to := 1, 12 // the months of the cell's period
				switch {
				case g.Row.Level == cube.Month || g.Column.Level == cube.Month:
					from, to = int(some.Month()), int(some.Month())
				case g.Row.Level == cube.Quarter || g.Column.Level == cube.Quarter:
					from = int(some.Month()-1)/3*3 + 1
					to = from + 2
				}
				if d := first[p]; d.Year() == some.Year() && int(d.Month()) >= from && int(d.Month()) <= to {
					newcomers++
				}
				all := from != to
				for m := from; m <= to; m++ {
					all = all && months[p][fmt.Sprintf("%s-%02d", c.year, m)]
				}
				if all {
					regulars++
				}
			}
			quarter := func(s cube.Side, k string) string {
				if s.Level == cube.Quarter {
					return k[2:] + "-Q" + k[:1]
				}
				return k
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %s %d %d %d %d %d", g.Name(), c.year, quarter(g.Row, c.row), quarter(g.Column, c.column), len(who), visits[c], minutes[c], newcomers, regulars))
		}
	}
	// Who is registered where at the end of each month.
	stock := map[string]int{}
	for m := day("2023-12-01"); m.Before(day("2027-02-01")); m = m.AddMonths(1) {
		at := func(end calendar.Day) map[string]int {
			n := map[string]int{}
			for _, p := range people {
				if p.RegisteredOn.After(end) || p.Status == "withdrawn" && !p.Withdrawn.After(end) {
					continue
				}
				home, found := p.RegionCode, false
				for _, v := range moves {
					if v.VolunteerID == p.ID && (!found || !v.Since.After(end)) {
						home, found = v.RegionCode, true
					}
				}
				n[home+" "+p.Sex]++
			}
			return n
		}
		before, after := at(m.Add(-1)), at(m.AddMonths(1).Add(-1))
		for k := range maps.Keys(before) {
			after[k] -= before[k]
		}
		for k, n := range after {
			if n != 0 {
				stock["stock "+m.String()+" "+k] = n
				stock["stock "+k] += n
			}
		}
	}
	for k, n := range stock {
		if n != 0 {
			lines = append(lines, fmt.Sprint(k, " ", n))
		}
	}
	slices.Sort(lines)
	return lines
}
