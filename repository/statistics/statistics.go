// Package statistics adds up figures of the city, and rebuilds the sums that are kept of the ledger.
package statistics

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
	"dure/repository"
)

// Store reads figures.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Snapshot implements statistics.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r statistics.Reader) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, reader{tx}) })
}

// Note implements statistics.Store.
func (s Store) Note(ctx context.Context, fn func(ctx context.Context, tx statistics.LogTx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, tx) })
}

// AddHours implements statistics.Store.
func (s Store) AddHours(ctx context.Context, fn func(ctx context.Context, h statistics.Hours) error) error {
	return s.db.Rework(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if tx.Postgres() {
			for _, statement := range []string{
				`SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true), set_config('work_mem', '64MB', true)`, // the first time it is the whole ledger
				`LOCK TABLE posted_hours IN EXCLUSIVE MODE`,
			} {
				if err := tx.Exec(statement).Error; err != nil {
					return err
				}
			}
		}
		return fn(ctx, hours{tx})
	})
}

type reader struct{ tx *repository.Tx }

// Places implements statistics.Reader.
func (r reader) Places(_ context.Context, known statistics.Known) (places []statistics.Place, err error) {
	if known.Now() {
		err = r.tx.Raw(`SELECT r.*, r.code IN (SELECT region_code FROM population_totals) AS counted FROM regions r ORDER BY r.code`).Scan(&places).Error
		return places, err
	}
	if known, err = r.atLeast(known, `regions WHERE level = 'dong'`); err != nil {
		return nil, err
	}
	counting, err := r.atLeast(known, `population_totals`)
	if err != nil {
		return nil, err
	}
	err = r.tx.Raw(`WITH `+knownRegions+`counted AS (SELECT DISTINCT region_code FROM population_totals WHERE recorded_at IS NULL OR recorded_at <= ?)
		SELECT p.*, p.code IN (SELECT region_code FROM counted) AS counted FROM places p ORDER BY p.code`,
		known.At, known.At, known.At, counting.At).Scan(&places).Error
	return places, err
}

// Residents implements statistics.Reader.
func (r reader) Residents(_ context.Context, by statistics.By, on calendar.Day, known statistics.Known) (calendar.Day, []statistics.Residents, error) {
	table, part := "population_totals", "''"
	switch by {
	case statistics.BySex:
		table, part = "populations", "sex"
	case statistics.ByAgeBand:
		table, part = "populations", residentBand()
	}
	known, err := r.atLeast(known, table)
	if err != nil {
		return calendar.Day{}, nil, err
	}
	then, at := since(known)
	var rows []struct {
		statistics.Residents
		Month calendar.Day
	}
	err = r.tx.Raw(fmt.Sprintf(`WITH kept AS (SELECT * FROM %[2]s WHERE %[3]s)
		SELECT month, region_code, %[1]s AS part, SUM(residents) AS count FROM kept
		WHERE month = COALESCE((SELECT MAX(month) FROM kept WHERE month <= ?), (SELECT MIN(month) FROM kept))
		GROUP BY 1, 2, 3`, part, table, then), append(at, on)...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return calendar.Day{}, nil, err
	}
	residents := make([]statistics.Residents, len(rows))
	for i, row := range rows {
		residents[i] = row.Residents
	}
	return rows[0].Month, residents, nil
}

// residentBand is the SQL that puts a published band into one of ten years.
func residentBand() string {
	var b strings.Builder
	b.WriteString("CASE")
	for i, band := range statistics.Bands[1:] {
		fmt.Fprintf(&b, " WHEN age_from < %d THEN '%s'", band.From, statistics.Bands[i].Key)
	}
	return b.String() + " ELSE '" + statistics.Bands[len(statistics.Bands)-1].Key + "' END"
}

// volunteerBand is the SQL that puts a volunteer into the band of his age on a day, and its parameters.
func volunteerBand(on calendar.Day) (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString("CASE")
	for i, band := range statistics.Bands[1:] {
		fmt.Fprintf(&b, " WHEN v.birth_date > ? THEN '%s'", statistics.Bands[i].Key)
		args = append(args, band.BornBy(on))
	}
	return b.String() + " ELSE '" + statistics.Bands[len(statistics.Bands)-1].Key + "' END", args
}

// home is where each volunteer lived on a day: the last move by then, or the first one known where all came later.
const home = `home AS (
	SELECT volunteer_id, region_code FROM (
		SELECT volunteer_id, region_code, since, LEAD(since) OVER one AS until, ROW_NUMBER() OVER one AS nth
		FROM %s WINDOW one AS (PARTITION BY volunteer_id ORDER BY since)
	) r WHERE (since <= ? OR nth = 1) AND (until IS NULL OR until > ?)
)`

// Cells implements statistics.Reader.
func (r reader) Cells(ctx context.Context, by statistics.By, p statistics.Period, evidence []string, known statistics.Known) (cells []statistics.Cell, err error) {
	from := persons(known)
	did, err := r.activity(ctx, p, evidence, known)
	if err != nil {
		return nil, err
	}
	if r.tx.Postgres() { // so that the whole city is gathered in memory, not in files
		if err := r.tx.Exec(`SELECT set_config('work_mem', '64MB', true)`).Error; err != nil {
			return nil, err
		}
	}
	part, args := "''", slices.Concat(from.args, []any{p.To, p.To}, did.args)
	switch by {
	case statistics.BySex:
		part = "v.sex"
	case statistics.ByAgeBand:
		var births []any
		part, births = volunteerBand(p.To)
		args = append(args, births...)
	}
	err = r.tx.Raw(`WITH `+from.with+fmt.Sprintf(home, from.moves)+`, activity AS (`+did.text+`)
		SELECT COALESCE(h.region_code, v.region_code) AS region_code, `+part+` AS part,
			COUNT(CASE WHEN v.registered_on <= ? AND (v.status <> 'withdrawn' OR v.withdrawn_on > ?) THEN 1 END) AS registered,
			COUNT(CASE WHEN a.visits > 0 OR a.minutes > 0 THEN 1 END) AS persons,
			CAST(COALESCE(SUM(a.visits), 0) AS bigint) AS visits, CAST(COALESCE(SUM(a.minutes), 0) AS bigint) AS minutes
		FROM `+from.people+` v LEFT JOIN home h ON h.volunteer_id = v.id LEFT JOIN activity a ON a.volunteer_id = v.id
		GROUP BY 1, 2`, append(args, p.To, p.To)...).Scan(&cells).Error
	return cells, err
}
