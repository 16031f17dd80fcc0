package cube

import (
	"context"
	"fmt"
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
		if tx.Postgres() { // so that a year's facts are gathered in memory, not in files
			if err := tx.Exec(`SELECT set_config('work_mem', '128MB', true)`).Error; err != nil {
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
		rows = append(rows, repository.Row{"year": year})
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
			rows[i] = repository.Row{"tabulation_id": t.ID, "row_key": l.Row, "column_key": l.Column, "persons": l.Persons, "visits": l.Visits, "minutes": l.Minutes,
				"newcomer": l.Newcomer, "regular": l.Cell.Regular, "registered": l.Registered, "population": l.Population, "population_of": l.PopulationOf}
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

// Count implements cube.Tabulations: first what each person did in each cell and month, then the cells. Regions, ages and days are
// put under their keys by small tables beside the facts.
func (r Tabulations) Count(_ context.Context, year int, table cube.Grouping, atlas *cube.Atlas) (cells []cube.Cell, err error) {
	var regions []region.Region
	if err := r.Tx.Raw(`SELECT * FROM regions`).Scan(&regions).Error; err != nil {
		return nil, err
	}
	from, to := calendar.Date(year, 1, 1), calendar.Date(year, 12, 31)
	level, months := table.Period(), 12
	switch level {
	case cube.Quarter:
		months = 3
	case cube.Month:
		months = 0 // that somebody was active in every month of one month says nothing
	}
	days := make([]repository.Row, 0, 366)
	for d := from; !d.After(to); d = d.Add(1) {
		days = append(days, repository.Row{"day": d, "month": cube.MonthKey(d), "period": cube.Periods(level, d, d)[0].Key})
	}
	row, rowKeys := key("r", table.Row, atlas, regions, days)
	column, columnKeys := key("c", table.Column, atlas, regions, days)
	query, args := `WITH days AS (SELECT * FROM `+r.Tx.Records("day date, month text, period text")+`)`, []any{repository.JSON(days)}
	joins := ` JOIN days d ON d.day = f.day`
	for _, side := range []struct {
		name string
		keys *keys
	}{{"r", rowKeys}, {"c", columnKeys}} {
		if side.keys != nil {
			query += `, ` + side.name + ` AS (SELECT * FROM ` + r.Tx.Records("value "+side.keys.kind+", key text") + `)`
			joins += fmt.Sprintf(` LEFT JOIN %[1]s ON %[1]s.value = f.%[2]s`, side.name, side.keys.column)
			args = append(args, repository.JSON(side.keys.rows))
		}
	}
	query += `, did AS (SELECT f.volunteer_id, d.month, d.period, ` + row + ` AS row_key, ` + column + ` AS column_key, SUM(f.visits) AS visits, SUM(f.minutes) AS minutes, MIN(f.day) AS first
			FROM cube_facts f` + joins + ` WHERE f.day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4, 5),
		persons AS (SELECT volunteer_id, MIN(first) AS first FROM did GROUP BY volunteer_id),
		newcomers AS (SELECT p.volunteer_id, d.period FROM persons p JOIN days d ON d.day = p.first
			WHERE NOT EXISTS (SELECT 1 FROM cube_facts e WHERE e.volunteer_id = p.volunteer_id AND e.day < ?)),
		regulars AS (SELECT volunteer_id, period FROM (SELECT DISTINCT volunteer_id, period, month FROM did) AS m GROUP BY volunteer_id, period HAVING COUNT(*) = ?),
		each_person AS (SELECT volunteer_id, period, row_key, column_key, SUM(visits) AS visits, SUM(minutes) AS minutes FROM did GROUP BY 1, 2, 3, 4)
		SELECT e.row_key AS "row", e.column_key AS "column", COUNT(*) AS persons, CAST(SUM(e.visits) AS bigint) AS visits, CAST(SUM(e.minutes) AS bigint) AS minutes,
			COUNT(n.volunteer_id) AS newcomer, COUNT(g.volunteer_id) AS regular
		FROM each_person e LEFT JOIN newcomers n ON n.volunteer_id = e.volunteer_id AND n.period = e.period
		LEFT JOIN regulars g ON g.volunteer_id = e.volunteer_id AND g.period = e.period
		GROUP BY 1, 2`
	err = r.Tx.Raw(query, append(args, from, to, from, months)...).Scan(&cells).Error
	return cells, err
}

// keys puts the values of a column of facts under keys.
type keys struct {
	column, kind string
	rows         []repository.Row
}

// key is the SQL of a fact's key on a side, and the keys of a column's values where they are looked up.
func key(name string, s cube.Side, atlas *cube.Atlas, regions []region.Region, days []repository.Row) (string, *keys) {
	if s.Level == cube.Total {
		return `'` + cube.All + `'`, nil
	}
	area := func(column string) *keys {
		k := &keys{column: column, kind: "text"}
		for _, r := range regions {
			dong, gu, city := atlas.Area(r.Code)
			k.add(r.Code, map[cube.Level]string{cube.DongLevel: dong, cube.GuLevel: gu, cube.CityLevel: city}[s.Level])
		}
		return k
	}
	found := `COALESCE(` + name + `.key, '` + cube.Outside + `')`
	switch s.Axis {
	case cube.Home:
		return found, area("home_code")
	case cube.Place:
		return found, area("place_code")
	case cube.CampArea:
		k := area("camp_code")
		k.add("", cube.None)
		return found, k
	case cube.Age, cube.YouthAge:
		k := &keys{column: "age", kind: "int"}
		for age := range 200 {
			k.add(age, s.Axis.Band(age))
		}
		return name + `.key`, k
	case cube.DayKind:
		k := &keys{column: "day", kind: "date"}
		for _, d := range days {
			k.add(d["day"], atlas.DayKind(d["day"].(calendar.Day)))
		}
		return name + `.key`, k
	case cube.Time:
		if s.Level == cube.Month {
			return `d.month`, nil
		}
		return `d.period`, nil
	case cube.Field:
		return `CASE WHEN length(f.field_code) < 2 THEN f.field_code ELSE substr(f.field_code, 1, 2) || '00' END`, nil
	case cube.Organiser:
		return `f.organiser_type`, nil
	default:
		return `f.` + string(s.Axis), nil // sex, evidence, party
	}
}

func (k *keys) add(value any, key string) {
	k.rows = append(k.rows, repository.Row{"value": value, "key": key})
}

var _ cube.Tabulations = Tabulations{}
