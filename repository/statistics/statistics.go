// Package statistics adds up figures of the city, and rebuilds the sums that are kept of the ledger.
package statistics

import (
	"context"
	"fmt"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// Store reads figures.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Snapshot implements statistics.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r statistics.Reader) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, reader{tx}) })
}

type reader struct{ tx *repository.Tx }

// Places implements statistics.Reader.
func (r reader) Places(context.Context) (places []statistics.Place, err error) {
	err = r.tx.Raw(`SELECT r.*, r.code IN (SELECT region_code FROM population_totals) AS counted FROM regions r ORDER BY r.code`).Scan(&places).Error
	return places, err
}

// Residents implements statistics.Reader.
func (r reader) Residents(_ context.Context, by statistics.By, on calendar.Day) (calendar.Day, []statistics.Residents, error) {
	table, part := "population_totals", "''"
	switch by {
	case statistics.BySex:
		table, part = "populations", "sex"
	case statistics.ByAgeBand:
		table, part = "populations", residentBand()
	}
	var rows []struct {
		statistics.Residents
		Month calendar.Day
	}
	err := r.tx.Raw(fmt.Sprintf(`SELECT month, region_code, %[1]s AS part, SUM(residents) AS count FROM %[2]s
		WHERE month = COALESCE((SELECT MAX(month) FROM %[2]s WHERE month <= ?), (SELECT MIN(month) FROM %[2]s))
		GROUP BY 1, 2, 3`, part, table), on).Scan(&rows).Error
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
		SELECT volunteer_id, region_code, since, LEAD(since) OVER moves AS until, ROW_NUMBER() OVER moves AS nth
		FROM residences WINDOW moves AS (PARTITION BY volunteer_id ORDER BY since)
	) r WHERE (since <= ? OR nth = 1) AND (until IS NULL OR until > ?)
)`

// What each volunteer did in a period: from the sums of whole months where these are enough, else from the ledger itself.
// An entry's first line is the volunteer's.
const (
	noActivity      = `SELECT volunteer_id, visits, minutes FROM person_months WHERE 1 = 0`
	activityByMonth = `SELECT volunteer_id, SUM(visits) AS visits, SUM(minutes) AS minutes
		FROM person_months WHERE month BETWEEN ? AND ? GROUP BY volunteer_id`
	activityByDay = `SELECT e.volunteer_id, SUM(e.visits) AS visits, SUM(p.amount) AS minutes
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE e.effective_day BETWEEN ? AND ? AND e.kind IN ` + ledgerstore.MinuteKinds + ` GROUP BY e.volunteer_id`
)

// Cells implements statistics.Reader.
func (r reader) Cells(_ context.Context, by statistics.By, p statistics.Period) (cells []statistics.Cell, err error) {
	part, args := "''", []any{p.To, p.To}
	activity := noActivity
	if !p.From.IsZero() {
		activity = activityByDay
		if p.WholeMonths() {
			activity = activityByMonth
		}
		args = append(args, p.From, p.To)
	}
	switch by {
	case statistics.BySex:
		part = "v.sex"
	case statistics.ByAgeBand:
		var births []any
		part, births = volunteerBand(p.To)
		args = append(args, births...)
	}
	err = r.tx.Raw(`WITH `+home+`, activity AS (`+activity+`)
		SELECT COALESCE(h.region_code, v.region_code) AS region_code, `+part+` AS part,
			COUNT(CASE WHEN v.registered_on <= ? AND v.status <> 'withdrawn' THEN 1 END) AS registered,
			COUNT(CASE WHEN a.visits > 0 OR a.minutes > 0 THEN 1 END) AS persons,
			CAST(COALESCE(SUM(a.visits), 0) AS bigint) AS visits, CAST(COALESCE(SUM(a.minutes), 0) AS bigint) AS minutes
		FROM volunteers v LEFT JOIN home h ON h.volunteer_id = v.id LEFT JOIN activity a ON a.volunteer_id = v.id
		GROUP BY 1, 2`, append(args, p.To)...).Scan(&cells).Error
	return cells, err
}
