package cube

import (
	"context"
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
func (r Figures) Legend(context.Context) (cube.Legend, error) {
	regions, counted, err := places(r.Tx)
	if err != nil {
		return cube.Legend{}, err
	}
	var groups []cube.Named
	err = r.Tx.Raw(`SELECT group_code AS code, MIN(group_name) AS name FROM activity_fields GROUP BY group_code ORDER BY group_code`).Scan(&groups).Error
	return cube.NewLegend(regions, counted, groups), err
}

// places reads all regions, and the codes for which population is kept.
func places(tx *repository.Tx) ([]region.Region, []string, error) {
	var rows []struct {
		region.Region
		Counted bool
	}
	if err := tx.Raw(`SELECT r.*, r.code IN (SELECT region_code FROM population_totals) AS counted FROM regions r ORDER BY r.code`).Scan(&rows).Error; err != nil {
		return nil, nil, err
	}
	regions, counted := make([]region.Region, len(rows)), []string(nil)
	for i, row := range rows {
		if regions[i] = row.Region; row.Counted {
			counted = append(counted, row.Code)
		}
	}
	return regions, counted, nil
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
	err = r.Tx.Raw(query, args...).Scan(&cells).Error
	return cells, err
}

// PopulationMonths implements cube.Census: from one month to the next by the primary key, past all rows between.
func (r Figures) PopulationMonths(_ context.Context, bySexAndAge bool) (months []calendar.Day, err error) {
	table := "population_totals"
	if bySexAndAge {
		table = "populations"
	}
	var rows []struct{ Month calendar.Day }
	err = r.Tx.Raw(`WITH RECURSIVE m (month) AS (
			SELECT MIN(month) FROM ` + table + ` UNION ALL SELECT (SELECT MIN(t.month) FROM ` + table + ` t WHERE t.month > m.month) FROM m WHERE m.month IS NOT NULL
		) SELECT month FROM m WHERE month IS NOT NULL ORDER BY month`).Scan(&rows).Error
	for _, row := range rows {
		months = append(months, row.Month)
	}
	return months, err
}

// Residents implements cube.Census.
func (r Figures) Residents(_ context.Context, months []calendar.Day, by cube.Parts) (residents []region.Residents, err error) {
	table, parts := "population_totals", "month"
	columns := []string{"month"}
	if by.Region {
		columns, parts = append(columns, "region_code"), parts+", region_code"
	}
	if by.SexAndAge {
		table = "populations"
		columns, parts = append(columns, "sex", "age_from", "COALESCE(age_to, -1) AS age_to"), parts+", sex, age_from, age_to"
	}
	err = r.Tx.Raw(`SELECT `+strings.Join(columns, ", ")+`, CAST(SUM(residents) AS bigint) AS count FROM `+table+`
		WHERE month IN ? GROUP BY `+parts, months).Scan(&residents).Error
	return residents, err
}

// StepSums implements cube.Census.
func (r Figures) StepSums(_ context.Context, from, to calendar.Day) (sums []cube.StepSum, err error) {
	err = r.Tx.Raw(`SELECT CASE WHEN month < ? THEN CAST(? AS `+r.Tx.Pick("date", "text")+`) ELSE month END AS month, home_code, sex, CAST(SUM(delta) AS bigint) AS delta
		FROM cube_stock WHERE month <= ? GROUP BY 1, 2, 3`, from, from, to).Scan(&sums).Error
	return sums, err
}

// RegisteredOn implements cube.Census.
func (r Figures) RegisteredOn(_ context.Context, on calendar.Day, bands []cube.Band) (persons []cube.Registered, err error) {
	var band strings.Builder
	args := make([]any, 0, len(bands))
	band.WriteString("CASE")
	for i, b := range bands[1:] {
		band.WriteString(" WHEN birth_date > ? THEN '" + bands[i].Key + "'")
		args = append(args, calendar.BornBy(b.From, on))
	}
	band.WriteString(" ELSE '" + bands[len(bands)-1].Key + "' END")
	err = r.Tx.Raw(`SELECT home_code, sex, `+band.String()+` AS band, CAST(SUM(delta) AS bigint) AS count
		FROM cube_steps WHERE day <= ? GROUP BY 1, 2, 3 HAVING SUM(delta) <> 0`, append(args, on)...).Scan(&persons).Error
	return persons, err
}

var (
	_ cube.Store  = Store{}
	_ cube.Reader = Figures{}
)
