package cube_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	store "dure/repository/cube"
	"dure/repository/dbtest"
)

// The town is asked on this day, a Saturday.
const theDay = "2026-08-15"

// officer asks for live figures.
func (w *town) officer() (context.Context, *cube.Service) {
	ctx, _ := dbtest.Person(w.t, w.db, "박담당", auth.Grant{Role: auth.CentreOfficer, ScopeType: auth.City})
	noon := day(theDay).Start(time.UTC).Add(12 * time.Hour)
	return ctx, cube.NewService(store.NewStore(w.db), calendar.Clock{Instant: func() time.Time { return noon }, Zone: time.UTC})
}

// live is how a day finds the registered: where each lived on it, by his sex and how old he was.
func (w *town) live(on calendar.Day) map[[3]string]int64 {
	w.t.Helper()
	var rows []struct {
		Home, Sex string
		BirthDate calendar.Day
	}
	if err := w.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT COALESCE((SELECT r.region_code FROM residences r WHERE r.volunteer_id = v.id AND r.since <= ? ORDER BY r.since DESC LIMIT 1),
				(SELECT r.region_code FROM residences r WHERE r.volunteer_id = v.id ORDER BY r.since LIMIT 1), v.region_code) AS home, v.sex, v.birth_date
			FROM volunteers v WHERE v.registered_on <= ? AND (v.status <> 'withdrawn' OR v.withdrawn_on > ?)`, on, on, on).Scan(&rows).Error
	}); err != nil {
		w.t.Fatal(err)
	}
	n := map[[3]string]int64{}
	for _, r := range rows {
		n[[3]string{r.Home, r.Sex, fmt.Sprint(calendar.AgeOn(r.BirthDate, on))}]++
	}
	return n
}

var newest = map[string][3]string{dbtest.Dong: {dbtest.Dong, dbtest.Gu, "city"}, former: {dbtest.Dong, dbtest.Gu, "city"}, dbtest.OtherDong: {dbtest.OtherDong, dbtest.Gu, "city"},
	dbtest.Gu: {dbtest.Gu, dbtest.Gu, "city"}, dbtest.Elsewhere: {"outside", "outside", "outside"}, dbtest.City: {"outside", "outside", "outside"}}

// under tells whether somebody registered is counted under a key of a side.
func under(s cube.Side, key string, who [3]string) bool {
	if s.Level == cube.Total || s.Axis == cube.Time {
		return true
	}
	switch s.Axis {
	case cube.Home:
		return newest[who[0]][map[cube.Level]int{cube.DongLevel: 0, cube.GuLevel: 1, cube.CityLevel: 2}[s.Level]] == key
	case cube.Sex:
		return who[1] == key
	}
	var age, from, to int
	fmt.Sscan(who[2], &age)
	if n, _ := fmt.Sscanf(key, "%d-%d", &from, &to); n != 2 {
		fmt.Sscanf(key, "%d+", &from)
		to = 200
	}
	return from <= age && age <= to
}

// Random questions are answered with the cells of a plain count over the ledger, and held against who was registered then.
func TestTablesAreAPlainCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 13)
		ctx, service := w.officer()
		for range 120 {
			w.happen()
		}
		w.catchUp()
		plain := map[string]string{}
		for _, line := range w.plain() {
			if f := strings.Fields(line); f[0] != "stock" {
				plain[strings.Join(f[:4], " ")] = strings.Join(f[4:], " ")
			}
		}
		seen := 0
		for range 150 {
			c := pick(w, cube.Listed)
			q := cube.Question{Cube: c.Name(), Rows: pick(w, c.Row.Levels()), Columns: pick(w, c.Column.Levels()), Zeros: w.chance.IntN(2) == 0}
			g, err := c.On(q.Rows, q.Columns)
			if err != nil {
				t.Fatal(err)
			}
			all := cube.Periods(g.Period(), day("2024-01-01"), day(theDay))
			from := w.chance.IntN(len(all))
			to := from + w.chance.IntN(len(all)-from)
			q.From, q.To = all[from].Key, all[to].Key
			a, err := service.Ask(ctx, q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			want := map[string]string{}
			for _, p := range all[from : to+1] {
				for cell, figures := range plain {
					f := strings.Fields(cell)
					if f[0] == g.Name() && f[1] == p.Key[:4] && (g.Period() == cube.Total || f[2] == p.Key || f[3] == p.Key) {
						row, column := f[2], f[3]
						if g.Flipped() {
							row, column = column, row
						}
						want[p.Key+" "+row+" "+column] = figures
					}
				}
			}
			got := map[string]string{}
			for _, l := range a.Lines {
				figures := fmt.Sprintf("%d %d %d %d %d", l.Persons, l.Visits, l.Minutes, l.Newcomer, l.Cell.Regular)
				if figures != "0 0 0 0 0" {
					got[l.Key+" "+l.Row+" "+l.Column] = figures
				}
				if q.Zeros {
					want[l.Key+" "+l.Row+" "+l.Column] += ""
				}
				if !g.CountsRegistered() {
					if l.Registered != nil {
						t.Errorf("%+v: %+v", q, l)
					}
					continue
				}
				end, registered := sooner(l.To, day(theDay)), int64(0)
				for who, n := range w.live(end) {
					if under(g.Row, l.Row, who) && under(g.Column, l.Column, who) {
						registered += n
					}
				}
				if got := text(l.Registered); got != fmt.Sprint(registered) {
					t.Fatalf("%+v: %s %s %s: %s registered, not %d", q, l.Key, l.Row, l.Column, got, registered)
				}
			}
			for cell, figures := range want {
				if figures != got[cell] {
					t.Errorf("%+v: %s: %q instead of %q", q, cell, got[cell], figures)
				}
			}
			for cell := range got {
				if want[cell] == "" {
					t.Errorf("%+v: %s is too much", q, cell)
				}
			}
			seen += len(got)
			if t.Failed() {
				return
			}
		}
		if seen < 300 {
			t.Fatalf("only %d cells were looked at", seen)
		}
		var noted int
		if err := db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT COUNT(*) FROM audit_events WHERE action = 'cube.read' AND subject_type = 'cube' AND detail LIKE '%..%'`).Scan(&noted).Error
		}); err != nil || noted != 150 {
			t.Errorf("%d looks noted, %v", noted, err)
		}
	})
}

func text(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

func sooner(a, b calendar.Day) calendar.Day {
	if b.Before(a) {
		return b
	}
	return a
}

// residents keeps a month's people of a dong: as many of each sex in each year of age or ten years.
func (w *town) residents(code, month string, each, span int) {
	for _, sex := range []string{"female", "male"} {
		for from := 0; from < 100; from += span {
			w.do(`INSERT INTO populations (region_code, month, sex, age_from, age_to, residents) VALUES (?, ?, ?, ?, ?, ?)`, code, month, sex, from, from+span-1, each)
		}
		w.do(`INSERT INTO populations (region_code, month, sex, age_from, residents) VALUES (?, ?, ?, 100, ?)`, code, month, sex, each)
	}
	w.do(`INSERT INTO population_totals (region_code, month, residents) VALUES (?, ?, ?)`, code, month, 2*each*(100/span+1))
}

// On 2026-07-01 the dong's code changed, and so did the codes in the tables of population: its series goes on under the new one, each
// period held against the latest month that is not after it, or the earliest there is.
func TestPopulationFollowsTheChangeOfCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		w := newTown(t, db, 17)
		ctx, service := w.officer()
		w.residents(former, "2026-05-01", 10, 10)
		w.residents(former, "2026-06-01", 20, 10)
		w.residents(dbtest.Dong, "2026-08-01", 3, 1)
		for _, on := range []string{"2026-03-02", "2026-05-04", "2026-06-30", "2026-07-01", "2026-08-02"} {
			w.do(`INSERT INTO residences (volunteer_id, since, region_code) VALUES (?, '1990-01-01', ?) ON CONFLICT DO NOTHING`, w.persons[0], former)
			at := told{person: w.persons[0], attendance: id.New(), day: day(on), minutes: 60}
			w.do(`INSERT INTO attendances (id, shift_id, activity_id, organiser_id, volunteer_id, checked_in_at, counted_in_at, travel_minutes, evidence, walk_in, state,
					worked_minutes, recognised_minutes, day, recorded_at, recorded_by, reason)
				SELECT ?, s.id, s.activity_id, s.organiser_id, ?, ?, ?, 0, 'leader', ?, 'open', 0, 0, ?, ?, ?, '' FROM shifts s WHERE s.id = ?`,
				at.attendance, at.person, w.now, w.now, true, at.day, w.now, id.New(), w.shifts[0])
			w.post(w.draft(at, "recognition", 60, 1, at.day))
		}
		w.catchUp()
		ask := func(q cube.Question) (lines []string) {
			t.Helper()
			a, err := service.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range a.Lines {
				lines = append(lines, fmt.Sprintf("%s %s %s: %d of %s in %s", l.Row, l.Column, l.Key, l.Persons, text(l.Population), cube.MonthKey(l.PopulationOf)))
			}
			return lines
		}
		want := []string{"1221052500 2026-03 2026-03: 1 of 220 in 2026-05", "1221052500 2026-05 2026-05: 1 of 220 in 2026-05",
			"1221052500 2026-06 2026-06: 1 of 440 in 2026-06", "1221052500 2026-07 2026-07: 1 of 2200 in 2026-07", "1221052500 2026-08 2026-08: 1 of 606 in 2026-08"}
		if got := ask(cube.Question{Cube: "home-time", From: "2026-01", To: "2026-08", Row: former}); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		want = []string{"city * 2025: 0 of 220 in 2026-05", "outside * 2025: 0 of - in 2026-05", "city * 2026: 1 of 606 in 2026-08", "outside * 2026: 0 of - in 2026-08"}
		if got := ask(cube.Question{Cube: "home-sex", Rows: cube.CityLevel, Columns: cube.Total, From: "2025", To: "2026", Zeros: true}); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		got := ask(cube.Question{Cube: "age14-sex", Columns: cube.Total, From: "2025", To: "2026", Zeros: true})
		for _, line := range []string{"0-13 * 2025: 0 of - in 2026-05", "14-19 * 2025: 0 of - in 2026-05", "20-29 * 2025: 0 of 20 in 2026-05", "70+ * 2025: 0 of 80 in 2026-05"} {
			if !slices.Contains(got, line) {
				t.Errorf("%q is not in %q", line, got)
			}
		}
		single := 0
		for _, line := range got {
			if strings.HasPrefix(line, "0-13 * 2026") && strings.HasSuffix(line, "of 84 in 2026-08") || strings.HasPrefix(line, "14-19 * 2026") && strings.HasSuffix(line, "of 36 in 2026-08") ||
				strings.HasPrefix(line, "70+ * 2026") && strings.HasSuffix(line, "of 186 in 2026-08") {
				single++
			}
		}
		if single != 3 {
			t.Errorf("%q", got)
		}
	})
}
