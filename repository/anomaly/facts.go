package anomaly

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"dure/domain/anomaly"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
)

// A presence lasts a day at most, and no two sites of the country are a day apart. As far before as after: it shall not matter which
// of two presences was told first.
const farthest = 48 * time.Hour

// The parts of the statement, each named by its first column: a check-out may wait for one statement more, not for five. Rows r
// are the presences to be judged.
const (
	// Who does the same activity again has not moved: of the others the places are compared. They are looked up one by one:
	// PostgreSQL expects many presences of a person, and would read all activities of the city for the few there are.
	stays = `SELECT 'stay' AS part, '' AS kind, a.volunteer_id, 0 AS one, 0 AS two, 0 AS three, TRUE AS active, a.counted_in_at AS since,
			COALESCE(a.counted_out_at, a.counted_in_at) AS till,
			COALESCE((SELECT t.lat FROM activities t WHERE t.id = a.activity_id), (SELECT c.lat FROM camps c WHERE c.id = a.organiser_id)) AS lat,
			COALESCE((SELECT t.lon FROM activities t WHERE t.id = a.activity_id), (SELECT c.lon FROM camps c WHERE c.id = a.organiser_id)) AS lon
		FROM r JOIN attendances a ON a.volunteer_id = r.volunteer_id AND a.counted_in_at >= r.since AND a.counted_in_at < r.till
		WHERE a.activity_id <> r.activity_id AND a.id <> r.id AND a.state NOT IN ('rejected', 'reversed')`

	rules = ` UNION ALL SELECT 'rule', kind, NULL, threshold, second_threshold, version, active, NULL, NULL, NULL, NULL
		FROM anomaly_rules WHERE effective_from <= ?`

	// The newest word of each person on each of the two texts, all of them read in one pass.
	consents = ` UNION ALL SELECT 'no_consent', '', volunteer_id, 0, 0, 0, TRUE, NULL, NULL, NULL, NULL FROM (
			SELECT p.volunteer_id, x.granted, ROW_NUMBER() OVER (PARTITION BY p.volunteer_id, x.purpose ORDER BY x.given_at DESC, x.id DESC) AS n
			FROM (SELECT DISTINCT volunteer_id FROM r) AS p
			LEFT JOIN consents x ON x.volunteer_id = p.volunteer_id AND x.purpose IN ('terms', 'privacy')
		) AS w GROUP BY volunteer_id HAVING COUNT(CASE WHEN n = 1 AND granted THEN 1 END) < 2`

	// No more is counted than is too much already, and in the order of the index: else PostgreSQL takes the whole table for a
	// short way to the first few.
	lastHour = ` UNION ALL SELECT 'hour', '', NULL, CAST(COUNT(*) AS integer), 0, 0, TRUE, NULL, NULL, NULL, NULL FROM (
			SELECT 1 FROM attendances WHERE recorded_by = ? AND evidence <> 'qr' AND recorded_at > ? ORDER BY recorded_at DESC LIMIT (
				SELECT threshold FROM anomaly_rules WHERE kind = 'entries_per_hour' AND effective_from <= ? ORDER BY version DESC LIMIT 1)) AS h`
	walkIns = ` UNION ALL SELECT 'walk_ins', '', NULL, CAST(COUNT(*) AS integer), 0, 0, TRUE, NULL, NULL, NULL, NULL FROM (
			SELECT 1 FROM attendances WHERE recorded_by = ? AND evidence <> 'qr' AND recorded_at >= ? AND walk_in ORDER BY recorded_at DESC LIMIT (
				SELECT threshold FROM anomaly_rules WHERE kind = 'walk_ins_per_day' AND effective_from <= ? ORDER BY version DESC LIMIT 1)) AS d`

	// Whoever comes back often enough for the very same minutes, those to be judged included: seldom anybody. It goes by the
	// persons' index alone, which knows the account, too: that evidence is not named keeps PostgreSQL from reading all that the
	// account ever recorded, for each.
	regulars = ` UNION ALL SELECT 'regular', '', volunteer_id, minutes, 0, 0, TRUE, NULL, NULL, NULL, NULL FROM (
			SELECT volunteer_id, minutes FROM r UNION ALL SELECT a.volunteer_id, a.worked_minutes
			FROM (SELECT DISTINCT volunteer_id, minutes FROM r) AS p
			JOIN attendances a ON a.volunteer_id = p.volunteer_id AND a.counted_in_at >= ? AND a.counted_in_at < ?
			WHERE a.recorded_by = ? AND a.worked_minutes = p.minutes AND a.state NOT IN ('open', 'rejected', 'reversed')
		) AS x GROUP BY volunteer_id, minutes
		HAVING COUNT(*) >= (SELECT second_threshold FROM anomaly_rules WHERE kind = 'repeated_group' AND effective_from <= ? ORDER BY version DESC LIMIT 1)`
)

// entries are what an account recorded around the days to be judged, of those persons and of who came with them.
const entries = `SELECT a.volunteer_id, a.worked_minutes AS minutes, a.counted_in_at
	FROM (SELECT volunteer_id FROM r UNION SELECT b.volunteer_id FROM (SELECT DISTINCT day FROM r) AS d
		JOIN attendances b ON b.organiser_id = ? AND b.day = d.day AND b.recorded_by = ?) AS p
	JOIN attendances a ON a.volunteer_id = p.volunteer_id AND a.counted_in_at >= ? AND a.counted_in_at < ?
	WHERE a.recorded_by = ? AND a.state NOT IN ('open', 'rejected', 'reversed')`

// Facts implements anomaly.Repository: in one statement whose rows are read without a mapper, and a second one only where
// somebody comes back often enough to be part of a group that does.
func (r Anomalies) Facts(_ context.Context, a anomaly.Ask) (f anomaly.Facts, err error) {
	f = anomaly.Facts{NoConsent: map[id.ID]bool{}, Stays: map[id.ID][]anomaly.Stay{}}
	if len(a.Presences) == 0 {
		return f, nil
	}
	with, presences, since, till := r.asked(a)
	query, args := with+stays+rules+consents, append(slices.Clip(presences), a.Today)
	if a.Account != id.Nil {
		query += lastHour + regulars
		args = append(args, a.Account, a.Now.Add(-time.Hour), a.Today, since, till, a.Account, a.Today)
		if slices.ContainsFunc(a.Presences, func(p anomaly.Presence) bool { return p.WalkIn }) {
			query += walkIns
			args = append(args, a.Account, a.Today.Start(a.Zone), a.Today)
		}
	}
	regular, err := r.read(&f, a.Today, query, args)
	if err != nil || !regular {
		return f, err
	}
	var told []struct {
		VolunteerID id.ID
		Minutes     int
		CountedInAt time.Time
	}
	if err := r.Tx.Raw(with+entries, append(presences, a.Organiser, a.Account, since, till, a.Account)...).Scan(&told).Error; err != nil {
		return f, err
	}
	for _, e := range told {
		f.Entries = append(f.Entries, anomaly.Entry{VolunteerID: e.VolunteerID, Day: calendar.Of(e.CountedInAt, a.Zone), Minutes: e.Minutes})
	}
	return f, nil
}

// read fills in the facts, and tells whether there is a regular.
func (r Anomalies) read(f *anomaly.Facts, today calendar.Day, query string, args []any) (regular bool, err error) {
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var (
			part, kind      string
			person          id.ID
			one, two, three int
			active          bool
			since, till     repository.Instant
			lat, lon        sql.NullFloat64
		)
		if err := rows.Scan(&part, &kind, &person, &one, &two, &three, &active, &since, &till, &lat, &lon); err != nil {
			return err
		}
		switch part {
		case "stay":
			if !lat.Valid {
				break // nobody knows where
			}
			f.Stays[person] = append(f.Stays[person], anomaly.Stay{Span: calendar.Span{Start: since.Time, End: till.Time},
				Place: anomaly.Place{Lat: lat.Float64, Lon: lon.Float64}})
		case "rule":
			f.Rules = append(f.Rules, anomaly.Rule{Kind: anomaly.Kind(kind), Threshold: one, SecondThreshold: two, Version: three,
				Active: active, EffectiveFrom: today})
		case "no_consent":
			f.NoConsent[person] = true
		case "hour":
			f.LastHour = one
		case "walk_ins":
			f.WalkIns = one
		case "regular":
			regular = true
		}
		return nil
	}, query, args...)
	return regular, err
}

// asked begins a statement about the presences, and says around which days a group that comes back is looked for.
func (r Anomalies) asked(a anomaly.Ask) (with string, presences []any, since, till time.Time) {
	list := make([]repository.Row, len(a.Presences))
	since, till = a.Presences[0].Span.Start, a.Presences[0].Span.Start
	for i, p := range a.Presences {
		list[i] = repository.Row{"id", p.AttendanceID, "volunteer_id", p.VolunteerID, "activity_id", p.ActivityID, "day", p.Day, "minutes", p.Minutes,
			"since", p.Span.Start.Add(-farthest), "till", p.Span.End.Add(farthest)}
		if p.Span.Start.Before(since) {
			since = p.Span.Start
		}
		if p.Span.Start.After(till) {
			till = p.Span.Start
		}
	}
	from, presences := r.Tx.Alike("id uuid, volunteer_id uuid, activity_id uuid, day date, minutes int, since timestamptz, till timestamptz", list,
		"activity_id", "day", "minutes", "since", "till")
	return `WITH r AS (SELECT * FROM ` + from + `) `, presences, since.AddDate(0, 0, -anomaly.RepeatDays), till.AddDate(0, 0, anomaly.RepeatDays)
}
