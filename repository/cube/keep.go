// Package cube keeps facts and counted figures, and reads them.
package cube

import (
	"context"
	"slices"
	"strings"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// Store runs the keeping of figures in transactions, and reads them.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Cubes() cube.Repository { return Cubes{u.Tx} }

// Pending implements cube.KeepStore.
func (s Store) Pending(ctx context.Context) (pending bool, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT EXISTS (SELECT 1 FROM cube_queue)`).Scan(&pending).Error
	})
	return pending, err
}

// Update implements cube.KeepStore.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx cube.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Rework implements cube.KeepStore.
func (s Store) Rework(ctx context.Context, fn func(ctx context.Context, tx cube.Tx) error) error {
	return s.rework(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

func (s Store) rework(ctx context.Context, fn func(ctx context.Context, tx *repository.Tx) error) error {
	return s.db.Rework(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if tx.Postgres() { // a city's facts take longer to read than a request may
			if err := tx.Exec(`SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
				set_config('idle_in_transaction_session_timeout', '0', true)`).Error; err != nil {
				return err
			}
		}
		return fn(ctx, tx)
	})
}

// Cubes implements cube.Repository inside a transaction.
type Cubes struct{ Tx *repository.Tx }

// Lock implements cube.Repository. SQLite has one writer anyway.
func (r Cubes) Lock(_ context.Context, wait bool) (bool, error) {
	if !r.Tx.Postgres() {
		return true, nil
	}
	skip := " SKIP LOCKED"
	if wait {
		skip = ""
	}
	found := r.Tx.Exec(`SELECT id FROM cube_keepers FOR UPDATE` + skip)
	return found.RowsAffected == 1, found.Error
}

// Take implements cube.Repository.
func (r Cubes) Take(_ context.Context, most int) (w cube.Work, err error) {
	if err := r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL)`).Scan(&w.Recount).Error; err != nil {
		return w, err
	}
	err = r.Tx.Raw(`DELETE FROM cube_queue WHERE id IN (SELECT id FROM cube_queue WHERE volunteer_id IS NOT NULL ORDER BY id LIMIT ?)
		RETURNING volunteer_id, year, day`, most).Scan(&w.Persons).Error
	w.Taken = len(w.Persons)
	return w, err
}

// Recounted implements cube.Repository.
func (r Cubes) Recounted(context.Context) error {
	return r.Tx.Exec(`DELETE FROM cube_queue WHERE volunteer_id IS NULL`).Error
}

// Empty implements cube.Repository.
func (r Cubes) Empty(context.Context) error {
	return r.Tx.Exec(`DELETE FROM cube_queue`).Error
}

// Atlas implements cube.Repository.
func (r Cubes) Atlas(context.Context) (*cube.Atlas, error) {
	regions, counted, err := places(r.Tx)
	if err != nil {
		return nil, err
	}
	var holidays []struct{ Day calendar.Day }
	if err := r.Tx.Raw(`SELECT day FROM holidays`).Scan(&holidays).Error; err != nil {
		return nil, err
	}
	days := make([]calendar.Day, len(holidays))
	for i, h := range holidays {
		days[i] = h.Day
	}
	return cube.NewAtlas(regions, counted, days), nil
}

// Persons implements cube.Repository.
func (r Cubes) Persons(_ context.Context, ids []id.ID) ([]cube.Person, error) {
	of := repository.IDs(ids)
	var rows []struct {
		ID           id.ID
		Sex          string
		BirthDate    calendar.Day
		RegisteredOn calendar.Day
		Withdrawn    bool
		WithdrawnOn  calendar.Day
		RegionCode   string
	}
	err := r.Tx.Raw(`SELECT id, sex, birth_date, registered_on, status = 'withdrawn' AS withdrawn, withdrawn_on, region_code
		FROM volunteers WHERE id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`, of).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	var moves []struct {
		VolunteerID id.ID
		cube.Move
	}
	err = r.Tx.Raw(`SELECT volunteer_id, since, region_code FROM residences
		WHERE volunteer_id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`) ORDER BY volunteer_id, since`, of).Scan(&moves).Error
	if err != nil {
		return nil, err
	}
	persons, by := make([]cube.Person, len(rows)), make(map[id.ID]*cube.Person, len(rows))
	for i, p := range rows {
		persons[i] = cube.Person{ID: p.ID, Sex: p.Sex, BirthDate: p.BirthDate, RegisteredOn: p.RegisteredOn, Withdrawn: p.Withdrawn,
			WithdrawnOn: p.WithdrawnOn, RegionCode: p.RegionCode}
		by[p.ID] = &persons[i]
	}
	for _, m := range moves {
		by[m.VolunteerID].Moves = append(by[m.VolunteerID].Moves, m.Move)
	}
	return persons, nil
}

// Entries implements cube.Repository: of single days by the index of days, of more by that of the account.
func (r Cubes) Entries(_ context.Context, of []cube.Changed) (entries []cube.Entry, err error) {
	var days, spans []repository.Row
	for _, c := range of {
		from, to := c.Days()
		if row := (repository.Row{"volunteer_id", c.VolunteerID, "from_day", from, "to_day", to}); from == to {
			days = append(days, row)
		} else {
			spans = append(spans, row)
		}
	}
	for _, part := range []struct {
		when string
		rows []repository.Row
	}{{`e.effective_day = r.from_day`, days}, {`e.effective_day BETWEEN r.from_day AND r.to_day`, spans}} {
		if len(part.rows) == 0 {
			continue
		}
		if err := r.Tx.Each(func(rows repository.Scanner) error {
			var e cube.Entry
			err := rows.Scan(&e.VolunteerID, &e.AttendanceID, &e.Day, &e.Sequence, &e.Visits, &e.Minutes, &e.FieldCode, &e.Evidence,
				&e.PlaceCode, &e.OrganiserType, &e.OrganiserID, &e.CampCode, &e.Party)
			entries = append(entries, e)
			return err
		}, `SELECT e.volunteer_id, e.source_id, e.effective_day, e.sequence, e.visits, p.amount, e.field_code, e.evidence,
				t.region_code, t.organiser_type, t.organiser_id, COALESCE(c.region_code, ''),
				CASE WHEN n.group_name IS NULL THEN '`+cube.Individual+`' ELSE '`+cube.InGroup+`' END
			FROM `+r.Tx.Records("volunteer_id uuid, from_day date, to_day date")+`
			JOIN ledger_accounts a ON a.owner_id = r.volunteer_id AND a.kind = 'volunteer_minutes'
			JOIN ledger_entries e ON e.account_id = a.id AND `+part.when+`
			JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			JOIN attendances n ON n.id = e.source_id
			JOIN activities t ON t.id = n.activity_id
			LEFT JOIN camps c ON c.id = t.organiser_id AND t.organiser_type = 'camp'
			WHERE e.kind IN `+ledgerstore.MinuteKinds, repository.JSON(part.rows)); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// factColumns are in the order in which EachPerson reads them.
const (
	factColumns = `volunteer_id, day, attendance_id, visits, minutes, age, sex, home_code, place_code, camp_code, field_code, evidence,
		organiser_type, organiser_id, party, newcomer`
	factRecord = `volunteer_id uuid, day date, attendance_id uuid, visits int, minutes int, age int, sex text, home_code text, place_code text,
		camp_code text, field_code text, evidence text, organiser_type text, organiser_id uuid, party text, newcomer boolean`
	stepColumns = `volunteer_id, day, home_code, sex, birth_date, delta`
	stepRecord  = `volunteer_id uuid, day date, home_code text, sex text, birth_date date, delta int`
)

// Kept implements cube.Repository.
func (r Cubes) Kept(_ context.Context, changed []cube.Changed) (cube.Known, error) {
	known := cube.Known{Facts: map[id.ID][]cube.Fact{}, Steps: map[id.ID][]cube.Step{}}
	years := map[id.ID][2]int{} // the first and the last that changed
	var moved []id.ID
	for _, c := range changed {
		if c.AnyDay() {
			moved = append(moved, c.VolunteerID)
		}
		from, to := c.Days()
		all, ok := years[c.VolunteerID]
		if !ok {
			all = [2]int{from.Year(), to.Year()}
		}
		years[c.VolunteerID] = [2]int{min(all[0], from.Year()), max(all[1], to.Year())}
	}
	rows := make([]repository.Row, 0, len(years))
	for person, of := range years {
		rows = append(rows, repository.Row{"person", person, "from_day", calendar.Date(of[0], 1, 1), "to_day", calendar.Date(of[1], 12, 31)})
	}
	if err := r.Tx.Each(func(rows repository.Scanner) error {
		f, err := scanFact(rows)
		known.Facts[f.VolunteerID] = append(known.Facts[f.VolunteerID], f)
		return err
	}, `WITH r AS (SELECT r.*, (SELECT MIN(x.day) FROM cube_facts x WHERE x.volunteer_id = r.person) AS first_day
			FROM `+r.Tx.Records("person uuid, from_day date, to_day date")+`)
		SELECT `+factColumns+` FROM r JOIN cube_facts f ON f.volunteer_id = r.person AND f.day BETWEEN r.from_day AND r.to_day WHERE r.first_day < r.from_day
		UNION ALL SELECT `+factColumns+` FROM r JOIN cube_facts f ON f.volunteer_id = r.person AND f.day = r.first_day WHERE r.first_day < r.from_day
		UNION ALL SELECT `+factColumns+` FROM r JOIN cube_facts f ON f.volunteer_id = r.person WHERE r.first_day >= r.from_day`, repository.JSON(rows)); err != nil {
		return known, err
	}
	if len(moved) == 0 {
		return known, nil
	}
	return known, r.Tx.Each(func(rows repository.Scanner) error {
		s, err := scanStep(rows)
		known.Steps[s.VolunteerID] = append(known.Steps[s.VolunteerID], s)
		return err
	}, `SELECT `+stepColumns+` FROM cube_steps WHERE volunteer_id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`, repository.IDs(moved))
}

func scanFact(rows repository.Scanner) (f cube.Fact, err error) {
	err = rows.Scan(&f.VolunteerID, &f.Day, &f.AttendanceID, &f.Visits, &f.Minutes, &f.Age, &f.Sex, &f.HomeCode, &f.PlaceCode, &f.CampCode,
		&f.FieldCode, &f.Evidence, &f.OrganiserType, &f.OrganiserID, &f.Party, &f.Newcomer)
	return f, err
}

func scanStep(rows repository.Scanner) (s cube.Step, err error) {
	err = rows.Scan(&s.VolunteerID, &s.Day, &s.HomeCode, &s.Sex, &s.BirthDate, &s.Delta)
	return s, err
}

// chunk bounds the rows of one statement.
const chunk = 5000

// Write implements cube.Repository.
func (r Cubes) Write(ctx context.Context, c cube.Change) error {
	years := map[int]bool{}
	for _, f := range slices.Concat(c.GoneFacts, c.NewFacts) {
		years[f.Day.Year()] = true
	}
	if err := r.moved(years); err != nil {
		return err
	}
	for len(c.GoneFacts) > 0 {
		some := c.GoneFacts[:min(chunk, len(c.GoneFacts))]
		c.GoneFacts = c.GoneFacts[len(some):]
		if err := r.Tx.Exec(`DELETE FROM cube_facts WHERE (volunteer_id, day, attendance_id) IN (SELECT r.volunteer_id, r.day, r.attendance_id FROM `+
			r.Tx.Records("volunteer_id uuid, day date, attendance_id uuid")+`)`, facts(some)).Error; err != nil {
			return err
		}
	}
	for len(c.NewFacts) > 0 {
		some := c.NewFacts[:min(chunk, len(c.NewFacts))]
		c.NewFacts = c.NewFacts[len(some):]
		if err := r.Tx.Exec(`INSERT INTO cube_facts (`+factColumns+`) SELECT `+factColumns+` FROM `+r.Tx.Records(factRecord), facts(some)).Error; err != nil {
			return err
		}
	}
	if len(c.GoneSteps) > 0 {
		if err := r.Tx.Exec(`DELETE FROM cube_steps WHERE (volunteer_id, day, home_code) IN (SELECT r.volunteer_id, r.day, r.home_code FROM `+
			r.Tx.Records("volunteer_id uuid, day date, home_code text")+`)`, steps(c.GoneSteps)).Error; err != nil {
			return err
		}
	}
	if len(c.NewSteps) > 0 {
		if err := r.Tx.Exec(`INSERT INTO cube_steps (`+stepColumns+`) SELECT `+stepColumns+` FROM `+r.Tx.Records(stepRecord), steps(c.NewSteps)).Error; err != nil {
			return err
		}
	}
	return r.add(c.Counts, c.Stock)
}

func facts(some []cube.Fact) string {
	rows := make([]repository.Row, len(some))
	for i, f := range some {
		rows[i] = repository.Row{"volunteer_id", f.VolunteerID, "day", f.Day, "attendance_id", f.AttendanceID, "visits", f.Visits, "minutes", f.Minutes,
			"age", f.Age, "sex", f.Sex, "home_code", f.HomeCode, "place_code", f.PlaceCode, "camp_code", f.CampCode, "field_code", f.FieldCode,
			"evidence", f.Evidence, "organiser_type", f.OrganiserType, "organiser_id", f.OrganiserID, "party", f.Party, "newcomer", f.Newcomer}
	}
	return repository.JSON(rows)
}

func steps(some []cube.Step) string {
	rows := make([]repository.Row, len(some))
	for i, s := range some {
		rows[i] = repository.Row{"volunteer_id", s.VolunteerID, "day", s.Day, "home_code", s.HomeCode, "sex", s.Sex, "birth_date", s.BirthDate, "delta", s.Delta}
	}
	return repository.JSON(rows)
}

const (
	cellColumns = `name, year, row_key, column_key, persons, visits, minutes, newcomer, regular`
	cellRecord  = `name text, year int, row_key text, column_key text, persons bigint, visits bigint, minutes bigint, newcomer bigint, regular bigint`
)

// add moves figures by differences: those that are there are changed, others made. Nobody else writes them meanwhile. What comes
// to nothing stays as a row of zeros until the next recount; readers leave it out.
func (r Cubes) add(counts cube.Counts, stock cube.Stock) error {
	rows := make([]repository.Row, 0, len(counts))
	for k, f := range counts {
		rows = append(rows, repository.Row{"name", cube.Kept[k.Table].Name(), "year", k.Year, "row_key", k.Row, "column_key", k.Column,
			"persons", f.Persons, "visits", f.Visits, "minutes", f.Minutes, "newcomer", f.Newcomer, "regular", f.Regular})
	}
	for some := range slices.Chunk(rows, chunk) {
		if err := r.move(`cube_cells`, cellColumns, cellRecord, `cube_cells.name = r.name AND cube_cells.year = r.year AND cube_cells.row_key = r.row_key
			AND cube_cells.column_key = r.column_key`, `persons = cube_cells.persons + r.persons, visits = cube_cells.visits + r.visits,
			minutes = cube_cells.minutes + r.minutes, newcomer = cube_cells.newcomer + r.newcomer, regular = cube_cells.regular + r.regular`, some); err != nil {
			return err
		}
	}
	months, totals := map[place]bySex{}, map[place]bySex{}
	for k, delta := range stock {
		months[place{k.Month, k.HomeCode}] = months[place{k.Month, k.HomeCode}].add(k.Sex, delta)
		totals[place{home: k.HomeCode}] = totals[place{home: k.HomeCode}].add(k.Sex, delta)
	}
	columns, record := `home_code, `+perSex(`SEX`), `home_code text, `+perSex(`SEX int`)
	if err := r.stock(`cube_stock`, `month, `+columns, `month date, `+record, `cube_stock.month = r.month AND `, months); err != nil {
		return err
	}
	return r.stock(`cube_stock_totals`, columns, record, ``, totals)
}

// perSex lists a text for each sex, which stands in place of SEX and is a column's name.
func perSex(text string) string {
	all := make([]string, len(region.Sexes))
	for i, sex := range region.Sexes {
		all[i] = strings.ReplaceAll(text, `SEX`, sex)
	}
	return strings.Join(all, `, `)
}

// place is where steps are summed up: a home in a month, or in all.
type place struct {
	month calendar.Day
	home  string
}

// bySex are sums of steps in the order of region.Sexes.
type bySex [len(region.Sexes)]int64

func (s bySex) add(sex string, delta int64) bySex {
	s[slices.Index(region.Sexes[:], sex)] += delta
	return s
}

// stock moves sums of steps.
func (r Cubes) stock(table, columns, record, same string, sums map[place]bySex) error {
	rows := make([]repository.Row, 0, len(sums))
	for p, s := range sums {
		row := repository.Row{"month", p.month, "home_code", p.home}
		for i, sex := range region.Sexes {
			row = append(row, sex, s[i])
		}
		rows = append(rows, row)
	}
	change := perSex(`SEX = ` + table + `.SEX + r.SEX`)
	for some := range slices.Chunk(rows, chunk) {
		if err := r.move(table, columns, record, same+table+`.home_code = r.home_code`, change, some); err != nil {
			return err
		}
	}
	return nil
}

// move is one statement on PostgreSQL, which would else read the rows twice.
func (r Cubes) move(table, columns, record, same, change string, rows []repository.Row) error {
	text, from := repository.JSON(rows), r.Tx.Records(record)
	update := `UPDATE ` + table + ` SET ` + change + ` FROM r WHERE ` + same
	insert := `INSERT INTO ` + table + ` (` + columns + `) SELECT ` + columns + ` FROM r WHERE NOT EXISTS (SELECT 1 FROM ` + table + ` WHERE ` + same + `)`
	if r.Tx.Postgres() {
		return r.Tx.Exec(`WITH r AS MATERIALIZED (SELECT * FROM `+from+`), changed AS (`+update+`) `+insert, text).Error
	}
	for _, statement := range []string{update, insert} {
		if err := r.Tx.Exec(`WITH r AS (SELECT * FROM `+from+`) `+statement, text).Error; err != nil {
			return err
		}
	}
	return nil
}

// Welcome tells of all facts in which of them their person was new, where they were written by the million.
func (r Cubes) Welcome() error {
	return r.Tx.Exec(`UPDATE cube_facts SET newcomer = true FROM (SELECT volunteer_id, MIN(day) AS day FROM cube_facts GROUP BY volunteer_id) AS first
		WHERE cube_facts.volunteer_id = first.volunteer_id AND cube_facts.day = first.day AND NOT cube_facts.newcomer`).Error
}

// Replace implements cube.Repository.
func (r Cubes) Replace(_ context.Context, counts cube.Counts, stock cube.Stock) error {
	for _, statement := range []string{`DELETE FROM cube_cells`, `DELETE FROM cube_stock`, `DELETE FROM cube_stock_totals`} {
		if err := r.Tx.Exec(statement).Error; err != nil {
			return err
		}
	}
	if err := r.moved(map[int]bool{0: true}); err != nil { // regions or holidays may be others
		return err
	}
	return r.add(counts, stock)
}

// EachPerson implements cube.Repository: by the primary key, which begins with the person.
func (r Cubes) EachPerson(_ context.Context, year int, fn func(facts []cube.Fact) error) error {
	query, args := `SELECT `+factColumns+` FROM cube_facts`, []any{}
	if year != 0 {
		query, args = query+` WHERE day BETWEEN ? AND ?`, append(args, calendar.Date(year, 1, 1), calendar.Date(year, 12, 31))
	}
	var one []cube.Fact
	if err := r.Tx.Each(func(rows repository.Scanner) error {
		f, err := scanFact(rows)
		if err != nil {
			return err
		}
		if len(one) > 0 && one[0].VolunteerID != f.VolunteerID {
			if err := fn(one); err != nil {
				return err
			}
			one = one[:0]
		}
		one = append(one, f)
		return nil
	}, query+` ORDER BY volunteer_id`, args...); err != nil || len(one) == 0 {
		return err
	}
	return fn(one)
}

// EachStep implements cube.Repository.
func (r Cubes) EachStep(_ context.Context, fn func(cube.Step) error) error {
	return r.Tx.Each(func(rows repository.Scanner) error {
		s, err := scanStep(rows)
		if err != nil {
			return err
		}
		return fn(s)
	}, `SELECT `+stepColumns+` FROM cube_steps`)
}

// PersonsAfter implements cube.Repository.
func (r Cubes) PersonsAfter(_ context.Context, after id.ID, most int) (ids []id.ID, err error) {
	var rows []struct{ ID id.ID }
	err = r.Tx.Raw(`SELECT id FROM volunteers WHERE id > ? ORDER BY id LIMIT ?`, after, most).Scan(&rows).Error
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids, err
}

var _ cube.KeepStore = Store{}
