package anomaly

import (
	"context"
	"database/sql"
	"time"

	"dure/domain/anomaly"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
)

// A presence lasts a day at most, and no two sites of the country are a day apart.
const farthest = 48 * time.Hour

// The parts of factsQuery, each named by its first column: a check-out may wait for one statement more, not for five. Rows
// are the presences to be judged.
const (
	stays = ` SELECT 'stay' AS part, '' AS kind, a.volunteer_id, 0 AS one, 0 AS two, 0 AS three, TRUE AS active, a.counted_in_at AS since,
			COALESCE(a.counted_out_at, a.counted_in_at) AS till, COALESCE(t.lat, c.lat) AS lat, COALESCE(t.lon, c.lon) AS lon
		FROM r JOIN attendances a ON a.volunteer_id = r.volunteer_id AND a.counted_in_at >= r.since AND a.counted_in_at < r.till
		JOIN activities t ON t.id = a.activity_id LEFT JOIN camps c ON c.id = a.organiser_id
		WHERE a.id <> r.id AND a.state NOT IN ('rejected', 'reversed') AND COALESCE(t.lat, c.lat) IS NOT NULL`

	rules = ` UNION ALL SELECT 'rule', kind, NULL, threshold, second_threshold, version, active, NULL, NULL, NULL, NULL
		FROM anomaly_rules WHERE effective_from <= ?`

	consents = ` UNION ALL SELECT 'no_consent', '', p.volunteer_id, 0, 0, 0, TRUE, NULL, NULL, NULL, NULL
		FROM (SELECT DISTINCT volunteer_id FROM r) AS p WHERE NOT (
			COALESCE((SELECT x.granted FROM consents x WHERE x.volunteer_id = p.volunteer_id AND x.purpose = 'terms'
				ORDER BY x.given_at DESC, x.id DESC LIMIT 1), FALSE)
			AND COALESCE((SELECT x.granted FROM consents x WHERE x.volunteer_id = p.volunteer_id AND x.purpose = 'privacy'
				ORDER BY x.given_at DESC, x.id DESC LIMIT 1), FALSE))`

	counts = ` UNION ALL SELECT 'hour', '', NULL, CAST(COUNT(*) AS integer), 0, 0, TRUE, NULL, NULL, NULL, NULL FROM attendances
			WHERE recorded_by = ? AND evidence <> 'qr' AND recorded_at > ?
		UNION ALL SELECT 'walk_ins', '', NULL, CAST(COUNT(*) AS integer), 0, 0, TRUE, NULL, NULL, NULL, NULL FROM attendances
			WHERE recorded_by = ? AND evidence <> 'qr' AND recorded_at >= ? AND walk_in`

	entries = ` UNION ALL SELECT 'entry', '', a.volunteer_id, a.worked_minutes, 0, 0, TRUE, a.counted_in_at, NULL, NULL, NULL
		FROM (SELECT volunteer_id FROM r UNION SELECT b.volunteer_id FROM (SELECT DISTINCT day FROM r) AS d
			JOIN attendances b ON b.organiser_id = ? AND b.day = d.day AND b.recorded_by = ?) AS p
		JOIN attendances a ON a.volunteer_id = p.volunteer_id AND a.counted_in_at >= ? AND a.counted_in_at < ?
		WHERE a.recorded_by = ? AND a.evidence <> 'qr' AND a.state NOT IN ('open', 'rejected', 'reversed')`
)

// Facts implements anomaly.Repository, in one statement whose rows are read without a mapper.
func (r Anomalies) Facts(_ context.Context, a anomaly.Ask) (anomaly.Facts, error) {
	f := anomaly.Facts{NoConsent: map[id.ID]bool{}, Stays: map[id.ID][]anomaly.Stay{}}
	if len(a.Presences) == 0 {
		return f, nil
	}
	query, args := r.factsQuery(a)
	rows, err := r.Tx.Raw(query, args...).Rows()
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			part, kind      string
			person          id.ID
			one, two, three int
			active          bool
			since, till     repository.Instant
			lat, lon        sql.NullFloat64
		)
		if err := rows.Scan(&part, &kind, &person, &one, &two, &three, &active, &since, &till, &lat, &lon); err != nil {
			return f, err
		}
		switch part {
		case "stay":
			f.Stays[person] = append(f.Stays[person], anomaly.Stay{Span: calendar.Span{Start: since.Time, End: till.Time},
				Place: anomaly.Place{Lat: lat.Float64, Lon: lon.Float64}})
		case "rule":
			f.Rules = append(f.Rules, anomaly.Rule{Kind: anomaly.Kind(kind), Threshold: one, SecondThreshold: two, Version: three,
				Active: active, EffectiveFrom: a.Today})
		case "no_consent":
			f.NoConsent[person] = true
		case "hour":
			f.LastHour = one
		case "walk_ins":
			f.WalkIns = one
		case "entry":
			f.Entries = append(f.Entries, anomaly.Entry{VolunteerID: person, Day: calendar.Of(since.Time, a.Zone), Minutes: one})
		}
	}
	return f, rows.Err()
}

func (r Anomalies) factsQuery(a anomaly.Ask) (query string, args []any) {
	list := make([]repository.Row, len(a.Presences))
	first, last := a.Presences[0].Span.Start, a.Presences[0].Span.Start
	for i, p := range a.Presences {
		list[i] = repository.Row{"id": p.AttendanceID, "volunteer_id": p.VolunteerID, "day": p.Day,
			"since": p.Span.Start.Add(-farthest), "till": p.Span.End.Add(farthest)}
		if p.Span.Start.Before(first) {
			first = p.Span.Start
		}
		if p.Span.Start.After(last) {
			last = p.Span.Start
		}
	}
	query = `WITH r AS (SELECT * FROM ` + r.Tx.Records("id uuid, volunteer_id uuid, day date, since timestamptz, till timestamptz") + `)` +
		stays + rules + consents
	args = []any{repository.JSON(list), a.Today}
	if a.Account != id.Nil {
		query += counts + entries
		args = append(args, a.Account, a.Now.Add(-time.Hour), a.Account, a.Today.Start(a.Zone), a.Organiser, a.Account,
			first.AddDate(0, 0, -anomaly.RepeatDays), last.AddDate(0, 0, anomaly.RepeatDays), a.Account)
	}
	return query, args
}
