// Package region keeps regions and population.
package region

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/domain/region"
	"dure/repository"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Regions() region.Repository { return Regions{u.Tx} }

// Update implements region.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx region.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

const listed = `SELECT r.*, CASE r.level WHEN 'dong' THEN p.name WHEN 'gu' THEN r.name ELSE '' END AS gu_name
	FROM regions r LEFT JOIN regions p ON p.code = r.parent`

// List implements region.Reader.
func (s Store) List(ctx context.Context, f region.Filter, p page.Request) (page.Page[region.Listed], error) {
	var rows []region.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("(" + listed + ") AS l")
		if !f.On.IsZero() {
			q = q.Where("(l.valid_from IS NULL OR l.valid_from <= ?) AND (l.valid_to IS NULL OR l.valid_to >= ?)", f.On, f.On)
		}
		if f.Parent != "" {
			q = q.Where("l.code IN (?)", repository.RegionAndBelow(tx, f.Parent))
		}
		switch {
		case f.Level != "":
			q = q.Where("l.level = ?", f.Level)
		case f.Parent != "":
			q = q.Where(`l.level = (SELECT CASE level WHEN 'city' THEN 'gu' WHEN 'gu' THEN 'dong' END FROM regions WHERE code = ?)`, f.Parent)
		}
		if f.Word != "" {
			q = q.Where(`l.name LIKE ? ESCAPE '\'`, text.Like(f.Word))
		}
		if len(p.After) == 1 {
			q = q.Where("l.code > ?", p.After[0])
		}
		return q.Order("l.code").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l region.Listed) []string { return []string{l.Code} }), err
}

// Find implements region.Reader.
func (s Store) Find(ctx context.Context, code string, on calendar.Day) (f region.Found, err error) {
	err = s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		found := tx.Raw(listed+` WHERE r.code = ?`, code).Scan(&f.Listed)
		if found.Error != nil {
			return found.Error
		}
		if found.RowsAffected == 0 {
			return region.ErrNotFound
		}
		all, err := Regions{tx}.All(ctx)
		if err != nil {
			return err
		}
		current, _ := region.NewGazetteer(all).At(code, on)
		f.Current = current.Code
		f.Population, err = population(tx, code)
		return err
	})
	return f, err
}

// population adds up the newest month in which figures are kept for the unit under any of its codes.
func population(tx *repository.Tx, code string) (*region.Population, error) {
	var rows []region.Population
	err := tx.Raw(`SELECT month, SUM(residents) AS count FROM population_totals WHERE region_code IN (?)
		GROUP BY month ORDER BY month DESC LIMIT 1`, repository.RegionAndBelow(tx, code)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Regions implements region.Repository inside a transaction.
type Regions struct{ Tx *repository.Tx }

// Lock implements region.Repository. Reading and referring to regions goes on; SQLite has one writer anyway.
func (r Regions) Lock(context.Context) error {
	if !r.Tx.Postgres() {
		return nil
	}
	return r.Tx.Exec(`LOCK TABLE regions IN SHARE ROW EXCLUSIVE MODE`).Error
}

// All implements region.Repository.
func (r Regions) All(context.Context) (regions []region.Region, err error) {
	err = r.Tx.Raw(`SELECT * FROM regions ORDER BY code`).Scan(&regions).Error
	return regions, err
}

// Save implements region.Repository. All rows go in one statement: they refer to each other.
func (r Regions) Save(_ context.Context, regions []region.Region, at time.Time) error {
	codes := make([]string, len(regions))
	rows := make([]repository.Row, len(regions))
	for i, one := range regions {
		codes[i] = one.Code
		rows[i] = repository.Row{"code", one.Code, "level", one.Level, "parent", null(one.Parent), "name", one.Name, "lat", one.Lat,
			"lon", one.Lon, "valid_from", one.ValidFrom, "valid_to", one.ValidTo, "successor", null(one.Successor), "recorded_at", at}
	}
	if err := r.Tx.Exec(`INSERT INTO regions_before (code, recorded_at, until, name, valid_from, valid_to, successor)
		SELECT code, recorded_at, ?, name, valid_from, valid_to, successor FROM regions
		WHERE code IN ? AND (recorded_at IS NULL OR recorded_at < ?)`, at, codes, at).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`INSERT INTO regions (code, level, parent, name, lat, lon, valid_from, valid_to, successor, recorded_at)
		SELECT code, level, parent, name, lat, lon, valid_from, valid_to, successor, recorded_at FROM `+
		r.Tx.Records(`code text, level text, parent text, name text, lat double precision, lon double precision,
			valid_from date, valid_to date, successor text, recorded_at timestamptz`)+`
		WHERE true ON CONFLICT (code) DO UPDATE SET name = excluded.name, lat = excluded.lat, lon = excluded.lon,
			valid_from = excluded.valid_from, valid_to = excluded.valid_to, successor = excluded.successor,
			recorded_at = CASE WHEN regions.recorded_at > excluded.recorded_at THEN regions.recorded_at ELSE excluded.recorded_at END`,
		repository.JSON(rows)).Error
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Totals implements region.Repository.
func (r Regions) Totals(_ context.Context, months []calendar.Day) (totals []region.Total, err error) {
	err = r.Tx.Raw(`SELECT region_code, month, residents AS count FROM population_totals WHERE month IN ?`, months).Scan(&totals).Error
	return totals, err
}

// Bands implements region.Repository.
func (r Regions) Bands(_ context.Context, months []calendar.Day) (bands []region.Residents, err error) {
	err = r.Tx.Raw(`SELECT region_code, month, sex, age_from, COALESCE(age_to, ?) AS age_to, residents AS count
		FROM populations WHERE month IN ?`, region.AndOver, months).Scan(&bands).Error
	return bands, err
}

// AddTotals implements region.Repository.
func (r Regions) AddTotals(_ context.Context, totals []region.Total, at time.Time) error {
	rows := make([]repository.Row, len(totals))
	for i, t := range totals {
		rows[i] = repository.Row{"region_code", t.RegionCode, "month", t.Month, "residents", t.Count}
	}
	return r.Tx.Exec(`INSERT INTO population_totals (region_code, month, residents, recorded_at) SELECT region_code, month, residents, ? FROM `+
		r.Tx.Records("region_code text, month date, residents int"), at, repository.JSON(rows)).Error
}

// AddBands implements region.Repository.
func (r Regions) AddBands(_ context.Context, bands []region.Residents, at time.Time) error {
	rows := make([]repository.Row, len(bands))
	for i, b := range bands {
		rows[i] = repository.Row{"region_code", b.RegionCode, "month", b.Month, "sex", b.Sex, "age_from", b.AgeFrom,
			"age_to", b.AgeTo, "residents", b.Count}
	}
	return r.Tx.Exec(`INSERT INTO populations (region_code, month, sex, age_from, age_to, residents, recorded_at)
		SELECT region_code, month, sex, age_from, NULLIF(age_to, ?), residents, ? FROM `+
		r.Tx.Records("region_code text, month date, sex text, age_from int, age_to int, residents int"),
		region.AndOver, at, repository.JSON(rows)).Error
}
