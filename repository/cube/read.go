package cube

import (
	"context"
	"fmt"
	"strings"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
	"dure/repository"
)

// Snapshot implements cube.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r cube.Reader) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Figures{tx}) })
}

// Figures reads what is counted, inside a snapshot or a transaction.
type Figures struct{ Tx *repository.Tx }

// Waiting implements cube.Reader.
func (r Figures) Waiting(context.Context) (n int, err error) {
	err = r.Tx.Raw(`SELECT COUNT(*) FROM cube_queue`).Scan(&n).Error
	return n, err
}

// Legend implements cube.Reader.
func (r Figures) Legend(_ context.Context, of cube.Grouping) (cube.Legend, error) {
	regions, counted, err := places(r.Tx)
	if err != nil || of.Row.Axis != cube.Field && of.Column.Axis != cube.Field {
		return cube.NewLegend(regions, counted, nil), err
	}
	var groups []cube.Named
	err = r.Tx.Raw(`SELECT group_code AS code, MIN(group_name) AS name FROM activity_fields GROUP BY group_code ORDER BY group_code`).Scan(&groups).Error
	return cube.NewLegend(regions, counted, groups), err
}

// places reads all regions, and the codes for which population is kept.
func places(tx *repository.Tx) ([]region.Region, []string, error) {
	var (
		regions []region.Region
		counted []string
	)
	err := tx.Each(func(rows repository.Scanner) error {
		var (
			r   region.Region
			has bool
		)
		if err := rows.Scan(&r.Code, &r.Level, &r.Parent, &r.Name, &r.Lat, &r.Lon, &r.ValidFrom, &r.ValidTo, &r.Successor, &has); err != nil {
			return err
		}
		if regions = append(regions, r); has {
			counted = append(counted, r.Code)
		}
		return nil
	}, `SELECT r.code, r.level, COALESCE(r.parent, ''), r.name, r.lat, r.lon, r.valid_from, r.valid_to, COALESCE(r.successor, ''), r.code IN (SELECT region_code FROM population_totals)
		FROM regions r ORDER BY r.code`)
	return regions, counted, err
}

// Cells implements cube.Reader: by the primary key, which begins with the table and the year.
func (r Figures) Cells(_ context.Context, s cube.Selection) (cells []cube.Counted, err error) {
	row, column := "row_key", "column_key"
	if s.Table.Flipped() {
		row, column = column, row
	}
	query := `SELECT year, ` + row + ` AS "row", ` + column + ` AS "column", persons, visits, minutes, newcomer, regular
		FROM cube_cells WHERE name = ? AND year BETWEEN ? AND ? AND (persons > 0 OR visits > 0 OR minutes > 0)`
	args := []any{s.Table.Name(), s.FirstYear, s.LastYear}
	if s.Row != "" {
		query, args = query+` AND `+row+` = ?`, append(args, s.Row)
	}
	if s.FirstKey != "" {
		timed := column
		if s.Table.Row.Axis == cube.Time && s.Table.Row.Level != cube.Total {
			timed = row
		}
		query, args = query+` AND `+timed+` BETWEEN ? AND ?`, append(args, s.FirstKey, s.LastKey)
	}
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var c cube.Counted
		err := rows.Scan(&c.Year, &c.Row, &c.Column, &c.Persons, &c.Visits, &c.Minutes, &c.Newcomer, &c.Regular)
		cells = append(cells, c)
		return err
	}, query, args...)
	return cells, err
}

// told gives a column where people are told apart by it, and an empty text where not.
func told(yes bool, column string) string {
	if yes {
		return column
	}
	return `''`
}

// population is the table that tells people apart like that.
func population(by cube.Parts) string {
	if by.Sex || by.Age {
		return "populations"
	}
	return "population_totals"
}

// Residents implements cube.Census: month by month by the primary key.
func (r Figures) Residents(_ context.Context, days []calendar.Day, by cube.Parts) (residents []region.Residents, err error) {
	ages, parts := `0, 0`, `1, 2, 3`
	if by.Age {
		ages, parts = `age_from, COALESCE(age_to, -1)`, `1, 2, 3, 4, 5`
	}
	wanted := make([]repository.Row, len(days))
	for i, d := range days {
		wanted[i] = repository.Row{"day", d}
	}
	from := population(by)
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var one region.Residents
		err := rows.Scan(&one.Month, &one.RegionCode, &one.Sex, &one.AgeFrom, &one.AgeTo, &one.Count)
		residents = append(residents, one)
		return err
	}, `SELECT month, `+told(by.Home, "region_code")+`, `+told(by.Sex, "sex")+`, `+ages+`, SUM(residents) FROM `+from+` WHERE month IN (
			SELECT DISTINCT COALESCE((SELECT MAX(m.month) FROM `+from+` m WHERE m.month <= r.day), (SELECT MIN(m.month) FROM `+from+` m)) FROM `+r.Tx.Records("day date")+`
		) GROUP BY `+parts, repository.JSON(wanted))
	return residents, err
}

// StepSums implements cube.Census.
func (r Figures) StepSums(_ context.Context, after calendar.Day, by cube.Parts) (sums []cube.StepSum, err error) {
	columns, group := `home_code, `+perSex(`SEX`), ``
	if !by.Home {
		columns, group = `'', `+perSex(`SUM(SEX)`), ` GROUP BY month`
	}
	since, args := ``, []any{}
	if !after.IsZero() {
		since, args = ` WHERE month > ?`, append(args, after)
	}
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var (
			one   cube.StepSum
			delta bySex
			all   int64
		)
		if err := rows.Scan(&one.Month, &one.HomeCode, &delta[0], &delta[1], &delta[2]); err != nil {
			return err
		}
		for i, sex := range region.Sexes {
			if all += delta[i]; by.Sex && delta[i] != 0 {
				sums = append(sums, cube.StepSum{Month: one.Month, HomeCode: one.HomeCode, Sex: sex, Delta: delta[i]})
			}
		}
		if !by.Sex {
			one.Delta = all
			sums = append(sums, one)
		}
		return nil
	}, `SELECT month, `+columns+` FROM cube_stock`+since+group+`
		UNION ALL SELECT month, `+columns+` FROM (SELECT CAST(NULL AS `+r.Tx.Pick("date", "text")+`) AS month, t.* FROM cube_stock_totals t) AS t`+group, args...)
	return sums, err
}

// RegisteredOn implements cube.Census.
func (r Figures) RegisteredOn(_ context.Context, on calendar.Day, bands []cube.Band, by cube.Parts) (persons []cube.Registered, err error) {
	var band strings.Builder
	args := make([]any, 0, len(bands))
	band.WriteString("CASE")
	for i, b := range bands[1:] {
		fmt.Fprintf(&band, " WHEN birth_date > ? THEN %d", i)
		args = append(args, calendar.BornBy(b.From, on))
	}
	fmt.Fprintf(&band, " ELSE %d END", len(bands)-1)
	if r.Tx.Postgres() { // it expects many more groups than there are, and would sort everybody on the disk
		if err := r.Tx.Exec(`SELECT set_config('work_mem', '64MB', true)`).Error; err != nil {
			return nil, err
		}
	}
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var (
			one  cube.Registered
			band int
		)
		err := rows.Scan(&one.HomeCode, &one.Sex, &band, &one.Count)
		one.Band = bands[band].Key
		persons = append(persons, one)
		return err
	}, `SELECT `+told(by.Home, "home_code")+`, `+told(by.Sex, "sex")+`, `+band.String()+`, SUM(delta)
		FROM cube_steps WHERE day <= ? GROUP BY 1, 2, 3 HAVING SUM(delta) <> 0`, append(args, on)...)
	return persons, err
}

var (
	_ cube.Store  = Store{}
	_ cube.Reader = Figures{}
)
