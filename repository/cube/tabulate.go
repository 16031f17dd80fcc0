package cube

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
	"dure/repository"
)

// Desk implements cube.Store.
func (s Store) Desk(ctx context.Context, fn func(ctx context.Context, tx cube.DeskTx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Workshop implements cube.Store.
func (s Store) Workshop(ctx context.Context, fn func(ctx context.Context, tx cube.DeskTx) error) error {
	return s.rework(ctx, func(ctx context.Context, tx *repository.Tx) error {
		// So that a year's facts are gathered in memory, not in files. And of three years' facts one is had sooner by reading all of them in
		// their order than by looking for it, from memory (7 s, not 9 or 19) as from the disk (15 s, not 24).
		if tx.Postgres() {
			if err := tx.Exec(`SELECT set_config('work_mem', '256MB', true), set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`).Error; err != nil {
				return err
			}
		}
		return fn(ctx, unit{tx})
	})
}

func (u unit) Figures() cube.Reader          { return Figures{u.Tx} }
func (u unit) Tabulations() cube.Tabulations { return Tabulations{u.Tx} }

// Tabulations implements cube.Tabulations inside a transaction.
type Tabulations struct{ Tx *repository.Tx }

// Atlas implements cube.Tabulations.
func (r Tabulations) Atlas(ctx context.Context) (*cube.Atlas, error) { return Cubes(r).Atlas(ctx) }

// Revision implements cube.Tabulations: who is new in a year depends on all before.
func (r Tabulations) Revision(_ context.Context, year int) (revision int64, err error) {
	err = r.Tx.Raw(`SELECT CAST(COALESCE(SUM(revision), 0) AS bigint) FROM cube_revisions WHERE year <= ?`, year).Scan(&revision).Error
	return revision, err
}

// moved notes that the facts of years have changed; 0 is all of them.
func (r Cubes) moved(years map[int]bool) error {
	rows := make([]repository.Row, 0, len(years))
	for year := range years {
		rows = append(rows, repository.Row{"year", year})
	}
	if len(rows) == 0 {
		return nil
	}
	return r.Tx.Exec(`INSERT INTO cube_revisions (year, revision) SELECT year, 1 FROM `+r.Tx.Records("year int")+` WHERE true
		ON CONFLICT (year) DO UPDATE SET revision = cube_revisions.revision + 1`, repository.JSON(rows)).Error
}

type tabulation struct {
	ID         id.ID
	Year       int
	RowSide    string
	ColumnSide string
	State      cube.State
	AskedAt    time.Time
	AskedBy    id.ID
	FinishedAt *time.Time
	Revision   int64
	Failures   int
}

func (t tabulation) domain() cube.Tabulation {
	row, _ := cube.ParseSide(t.RowSide)
	column, _ := cube.ParseSide(t.ColumnSide)
	return cube.Tabulation{ID: t.ID, Year: t.Year, Table: cube.Grouping{Row: row, Column: column}, State: t.State, AskedAt: t.AskedAt, AskedBy: t.AskedBy,
		FinishedAt: t.FinishedAt, Revision: t.Revision, Failures: t.Failures}
}

func (r Tabulations) one(query string, args ...any) (cube.Tabulation, bool, error) {
	var row tabulation
	found := r.Tx.Raw(query, args...).Scan(&row)
	return row.domain(), found.RowsAffected == 1, found.Error
}

// Newest implements cube.Tabulations.
func (r Tabulations) Newest(_ context.Context, year int, table cube.Grouping) (cube.Tabulation, bool, error) {
	return r.one(`SELECT * FROM tabulations WHERE year = ? AND row_side = ? AND column_side = ? ORDER BY id DESC LIMIT 1`,
		year, table.Row.String(), table.Column.String())
}

// Find implements cube.Tabulations.
func (r Tabulations) Find(_ context.Context, of id.ID) (cube.Tabulation, error) {
	t, ok, err := r.one(`SELECT * FROM tabulations WHERE id = ?`, of)
	if err == nil && !ok {
		err = cube.ErrTabulation
	}
	return t, err
}

// Add implements cube.Tabulations.
func (r Tabulations) Add(_ context.Context, t cube.Tabulation) error {
	return r.Tx.Exec(`INSERT INTO tabulations (id, year, row_side, column_side, state, asked_at, asked_by, revision, failures)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (year, row_side, column_side) WHERE state = 'waiting' DO NOTHING`,
		t.ID, t.Year, t.Table.Row.String(), t.Table.Column.String(), t.State, t.AskedAt, t.AskedBy).Error
}

// Take implements cube.Tabulations.
func (r Tabulations) Take(context.Context) (cube.Tabulation, bool, error) {
	return r.one(`SELECT * FROM tabulations WHERE state = 'waiting' ORDER BY id LIMIT 1` + r.Tx.Pick(` FOR UPDATE SKIP LOCKED`, ``))
}

// Missed implements cube.Tabulations.
func (r Tabulations) Missed(_ context.Context, t cube.Tabulation) error {
	return r.Tx.Exec(`UPDATE tabulations SET state = ?, failures = ? WHERE id = ? AND state = 'waiting'`, t.State, t.Failures, t.ID).Error
}

// Finish implements cube.Tabulations.
func (r Tabulations) Finish(_ context.Context, t cube.Tabulation, lines []cube.Line) error {
	for len(lines) > 0 {
		some := lines[:min(chunk, len(lines))]
		lines = lines[len(some):]
		rows := make([]repository.Row, len(some))
		for i, l := range some {
			rows[i] = repository.Row{"tabulation_id", t.ID, "row_key", l.Row, "column_key", l.Column, "persons", l.Persons, "visits", l.Visits, "minutes", l.Minutes,
				"newcomer", l.Newcomer, "regular", l.Cell.Regular, "registered", l.Registered, "population", l.Population, "population_of", l.PopulationOf}
		}
		const columns = `tabulation_id, row_key, column_key, persons, visits, minutes, newcomer, regular, registered, population, population_of`
		if err := r.Tx.Exec(`INSERT INTO tabulation_cells (`+columns+`) SELECT `+columns+` FROM `+r.Tx.Records(`tabulation_id uuid, row_key text, column_key text,
			persons bigint, visits bigint, minutes bigint, newcomer bigint, regular bigint, registered bigint, population bigint, population_of date`),
			repository.JSON(rows)).Error; err != nil {
			return err
		}
	}
	if err := r.Tx.Exec(`DELETE FROM tabulations WHERE year = ? AND row_side = ? AND column_side = ? AND id <> ? AND state <> 'waiting'`,
		t.Year, t.Table.Row.String(), t.Table.Column.String(), t.ID).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`UPDATE tabulations SET state = ?, finished_at = ?, revision = ? WHERE id = ?`, t.State, t.FinishedAt, t.Revision, t.ID).Error
}

// Lines implements cube.Tabulations.
func (r Tabulations) Lines(_ context.Context, of id.ID) ([]cube.Line, error) {
	var rows []struct {
		cube.Figures
		RowKey, ColumnKey      string
		Registered, Population *int64
		PopulationOf           calendar.Day
	}
	err := r.Tx.Raw(`SELECT * FROM tabulation_cells WHERE tabulation_id = ?`, of).Scan(&rows).Error
	lines := make([]cube.Line, len(rows))
	for i, row := range rows {
		lines[i] = cube.Line{Cell: cube.Cell{Row: row.RowKey, Column: row.ColumnKey, Figures: row.Figures},
			Denominator: cube.Denominator{Registered: row.Registered, Population: row.Population, PopulationOf: row.PopulationOf}}
	}
	return lines, err
}

// Count implements cube.Tabulations: what each person of the year did in each cell, and when he was new, of which the facts are read
// once; and then of all persons.
// Regions, ages and days are put under numbers of their keys by small tables beside the facts, so that what is gathered by millions
// is small.
func (r Tabulations) Count(_ context.Context, year int, table cube.Grouping, atlas *cube.Atlas) (cells []cube.Cell, err error) {
	var regions []region.Region
	if err := r.Tx.Raw(`SELECT * FROM regions`).Scan(&regions).Error; err != nil {
		return nil, err
	}
	from, to := calendar.Date(year, 1, 1), calendar.Date(year, 12, 31)
	periods, number := cube.Periods(table.Period(), from, to), `0`
	rows := make([]repository.Row, len(periods))
	for i, p := range periods {
		rows[i] = repository.Row{"number", i, "from_day", p.From, "to_day", p.To, "months", monthsOf(p)}
	}
	query := `WITH periods AS (SELECT * FROM ` + r.Tx.Records("number int, from_day date, to_day date, months int") + `)`
	args, joins := []any{repository.JSON(rows)}, ``
	sides := [2]side{sideOf(table.Row, atlas, regions, periods), sideOf(table.Column, atlas, regions, periods)}
	for i, s := range sides {
		if s.values == nil {
			continue
		}
		name := []string{"r", "c"}[i]
		query += `, ` + name + ` AS (SELECT * FROM ` + r.Tx.Records("value "+s.kind+", number int") + `)`
		joins += fmt.Sprintf(` LEFT JOIN %[1]s ON %[1]s.value = f.%[2]s`, name, s.column)
		args = append(args, repository.JSON(s.values))
		sides[i].key = `COALESCE(` + name + `.number, 0)`
		if s.timed {
			number = sides[i].key
		}
	}
	// In which months somebody came, and since when, is gathered on the way; SQLite has no sum of bits, and reads his facts once more for it.
	bits, of, months := `, bit_or(1 << (CAST(EXTRACT(month FROM f.day) AS integer) - 1)) AS months, `+newcomers+` AS first`,
		`did f GROUP BY f.volunteer_id`, `MIN(f.first) AS first, bit_or(f.months)`
	if !r.Tx.Postgres() {
		bits, of, months = ``, `cube_facts f WHERE f.day BETWEEN ? AND ? GROUP BY f.volunteer_id`, newcomers+` AS first, SUM(DISTINCT 1 << (CAST(substr(f.day, 6, 2) AS integer) - 1))`
		args = append(args, from, to)
	}
	query += `, did AS MATERIALIZED (SELECT f.volunteer_id, ` + sides[0].key + ` AS row_key, ` + sides[1].key + ` AS column_key, ` + number + ` AS period,
				CAST(SUM(f.visits) AS integer) AS visits, CAST(SUM(f.minutes) AS integer) AS minutes` + bits + `
			FROM cube_facts f` + joins + ` WHERE f.day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4),
		persons AS MATERIALIZED (SELECT f.volunteer_id, ` + months + ` AS months
			FROM ` + of + `)
		SELECT CAST(d.row_key AS text), CAST(d.column_key AS text), COUNT(*), SUM(d.visits), SUM(d.minutes),
			SUM(CASE WHEN p.first BETWEEN t.from_day AND t.to_day THEN 1 ELSE 0 END), SUM(CASE WHEN t.months > 0 AND p.months & t.months = t.months THEN 1 ELSE 0 END)
		FROM did d JOIN persons p ON p.volunteer_id = d.volunteer_id JOIN periods t ON t.number = d.period
		GROUP BY d.row_key, d.column_key`
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var c cube.Cell
		if err := rows.Scan(&c.Row, &c.Column, &c.Persons, &c.Visits, &c.Minutes, &c.Newcomer, &c.Regular); err != nil {
			return err
		}
		var err error
		if c.Row, err = sides[0].name(c.Row); err == nil {
			c.Column, err = sides[1].name(c.Column)
		}
		cells = append(cells, c)
		return err
	}, query, append(args, from, to)...)
	return cells, err
}

// newcomers is the day on which somebody was new, none where that was before the year.
const newcomers = `MIN(CASE WHEN f.newcomer THEN f.day END)`

// monthsOf has a bit for each month of a period; none for a month alone, of which being active in every month says nothing.
func monthsOf(p cube.Period) (months int) {
	for m := p.From.Month(); m <= p.To.Month(); m++ {
		months |= 1 << (m - 1)
	}
	if p.From.Month() == p.To.Month() {
		return 0
	}
	return months
}

// side is where facts are counted on a side of a table: under what a piece of SQL says, or under the number of a key that a column's
// value is put under. Regions that nobody knows are outside, which is number 0.
type side struct {
	key          string
	column, kind string
	values       []repository.Row
	keys         []string
	numbers      map[string]int
	timed        bool
}

func sideOf(s cube.Side, atlas *cube.Atlas, regions []region.Region, periods []cube.Period) side {
	switch {
	case s.Level == cube.Total:
		return side{key: `'` + cube.All + `'`}
	case s.Axis == cube.Field:
		return side{key: `CASE WHEN length(f.field_code) < 2 THEN f.field_code ELSE substr(f.field_code, 1, 2) || '00' END`}
	case s.Axis == cube.Organiser:
		return side{key: `f.organiser_type`}
	}
	k := side{numbers: map[string]int{}}
	switch s.Axis {
	case cube.Home, cube.Place, cube.CampArea:
		k.column, k.kind = string(s.Axis)+"_code", "text"
		k.number(cube.Outside)
		for _, r := range regions {
			k.put(r.Code, atlas.Key(r.Code, s.Level))
		}
		if s.Axis == cube.CampArea {
			k.put("", cube.None)
		}
	case cube.Age, cube.YouthAge:
		k.column, k.kind = "age", "int"
		for age := range 200 {
			k.put(age, s.Axis.Band(age))
		}
	case cube.DayKind, cube.Time:
		k.column, k.kind, k.timed = "day", "date", s.Axis == cube.Time
		for _, p := range periods { // each gets its own number, as it is the next key
			for d := p.From; !d.After(p.To); d = d.Add(1) {
				k.put(d, map[bool]string{true: p.Key, false: atlas.DayKind(d)}[k.timed])
			}
		}
	default:
		return side{key: `f.` + string(s.Axis)} // sex, evidence, party
	}
	return k
}

// number gives the number of a key.
func (s *side) number(key string) int {
	n, ok := s.numbers[key]
	if !ok {
		n = len(s.keys)
		s.keys, s.numbers[key] = append(s.keys, key), n
	}
	return n
}

func (s *side) put(value any, key string) {
	s.values = append(s.values, repository.Row{"value", value, "number", s.number(key)})
}

// name gives the key back.
func (s *side) name(found string) (string, error) {
	if s.values == nil {
		return found, nil
	}
	n, err := strconv.Atoi(found)
	if err != nil {
		return "", err
	}
	return s.keys[n], nil
}

var _ cube.Tabulations = Tabulations{}
