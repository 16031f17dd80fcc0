package insurance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
)

func (r Contracts) questions(about []insurance.Question, zone *time.Location) (from string, args []any) {
	rows := make([]repository.Row, len(about))
	for i, q := range about {
		rows[i] = repository.Row{"n", i, "volunteer_id", q.VolunteerID, "at", q.At, "day", calendar.Of(q.At, zone)}
	}
	return r.Tx.Alike("n int, volunteer_id uuid, at timestamptz, day date", rows, "at", "day")
}

// contractsOfDays are the contracts and their versions that hold on the days of r, of which a batch has one or two.
const contractsOfDays = `SELECT d.day, k.id, k.insurer, k.number, k.starts_on, k.ends_on, t.version, t.consent_required, t.minimum_age, t.maximum_age,
		t.online, t.paper, t.travel_before_minutes, t.travel_after_minutes
	FROM (SELECT DISTINCT day FROM r) AS d JOIN insurance_contracts k ON k.starts_on <= d.day AND k.ends_on >= d.day
	LEFT JOIN insurance_versions t ON t.contract_id = k.id AND t.version =
		(SELECT MAX(x.version) FROM insurance_versions x WHERE x.contract_id = k.id AND x.effective_from <= d.day)`

// Facts implements insurance.Repository.
func (r Contracts) Facts(_ context.Context, zone *time.Location, about []insurance.Question) ([]insurance.Facts, error) {
	facts := make([]insurance.Facts, 0, len(about))
	from, args := r.questions(about, zone)
	err := r.Tx.Each(func(rows repository.Scanner) error { // by hand: every presence is asked about
		var (
			f        insurance.Facts
			policy   insurance.Policy
			contract *id.ID
			c        = &policy.Conditions
		)
		if err := rows.Scan(&f.Number, &f.BirthDate, &f.Status, &f.Paper, &f.Consented, &f.GuardianPending, &contract, &policy.Insurer,
			&policy.Number, &policy.StartsOn, &policy.EndsOn, &policy.Version, &c.ConsentRequired, &c.MinimumAge, &c.MaximumAge, &c.Online, &c.Paper,
			&c.TravelBeforeMinutes, &c.TravelAfterMinutes); err != nil {
			return err
		}
		f.Question = about[f.Number]
		if contract != nil {
			policy.ID = *contract
			f.Policy = &policy
		}
		facts = append(facts, f)
		return nil
	}, `WITH r AS (SELECT * FROM `+from+`), k AS MATERIALIZED (`+contractsOfDays+`)
		SELECT r.n, v.birth_date, v.status, v.registered_by IS NOT NULL AS on_paper,
			COALESCE((SELECT c.granted FROM consents c WHERE c.volunteer_id = v.id AND c.purpose = 'insurance' AND c.given_at <= r.at
				ORDER BY c.given_at DESC, c.id DESC LIMIT 1), false) AS consented,
			EXISTS (SELECT 1 FROM guardians g WHERE g.volunteer_id = v.id AND (g.confirmed_at IS NULL OR g.confirmed_at > r.at)) AS guardian_pending,
			k.id AS contract_id, COALESCE(k.insurer, '') AS insurer, COALESCE(k.number, '') AS contract, k.starts_on, k.ends_on,
			COALESCE(k.version, 0) AS version, COALESCE(k.consent_required, false) AS consent_required, COALESCE(k.minimum_age, 0) AS minimum_age,
			k.maximum_age, COALESCE(k.online, false) AS online, COALESCE(k.paper, false) AS paper,
			COALESCE(k.travel_before_minutes, 0) AS travel_before_minutes, COALESCE(k.travel_after_minutes, 0) AS travel_after_minutes
		FROM r JOIN volunteers v ON v.id = r.volunteer_id LEFT JOIN k ON k.day = r.day
		ORDER BY r.n`, args...)
	return facts, err
}

// What is asked of the shift and activity of a place, and of the place itself.
const (
	placeColumns = `s.id AS shift_id, s.organiser_id, s.activity_id, t.title, s.starts_at, s.ends_at, s.cancelled_at, t.state AS activity_state,
		t.decided_at, d.id IS NULL OR d.state = 'approved' AS site_open`
	placeTables     = `JOIN activities t ON t.id = s.activity_id LEFT JOIN demand_sites d ON d.id = s.organiser_id`
	presenceColumns = `a.id AS attendance_id, a.counted_in_at AS "in", a.counted_out_at AS "out", a.state = 'verified' AS verified`
	livePresence    = `a.state NOT IN ('rejected', 'reversed')`
	heldPlace       = `u.state IN ('confirmed', 'attended', 'no_show')`
)

// around is how far from an instant a place may lie: a shift or presence takes a day at most, and so does a way.
const around = 48 * time.Hour

// Places implements insurance.Repository: one statement for sign-ups, one for presences.
func (r Contracts) Places(_ context.Context, about []insurance.Question) ([]insurance.Numbered, error) {
	rows := make([]repository.Row, len(about))
	for i, q := range about {
		rows[i] = repository.Row{"n", i, "volunteer_id", q.VolunteerID, "since", q.At.Add(-around), "till", q.At.Add(around)}
	}
	asked := r.Tx.Records("n int, volunteer_id uuid, since timestamptz, till timestamptz")
	// Of a person's presences around an instant PostgreSQL expects a third of a third of all, and would read every activity for a check-out.
	tables := r.Tx.Pick(`CROSS JOIN LATERAL (SELECT title, state, decided_at FROM activities WHERE id = s.activity_id OFFSET 0) AS t
		LEFT JOIN LATERAL (SELECT id, state FROM demand_sites WHERE id = s.organiser_id OFFSET 0) AS d ON true`, placeTables)
	var places, presences []insurance.Numbered
	if err := r.Tx.Raw(`SELECT r.n AS number, u.state AS sign_up, `+placeColumns+` FROM `+asked+`
		JOIN sign_ups u ON u.volunteer_id = r.volunteer_id AND u.starts_at >= r.since AND u.starts_at < r.till AND `+heldPlace+`
		JOIN shifts s ON s.id = u.shift_id `+tables+` ORDER BY r.n, u.starts_at, u.id`, repository.JSON(rows)).Scan(&places).Error; err != nil {
		return nil, err
	}
	err := r.Tx.Raw(`SELECT r.n AS number, '' AS sign_up, `+placeColumns+`, `+presenceColumns+` FROM `+asked+`
		JOIN attendances a ON a.volunteer_id = r.volunteer_id AND a.counted_in_at >= r.since AND a.counted_in_at < r.till AND `+livePresence+`
		JOIN shifts s ON s.id = a.shift_id `+tables+` ORDER BY r.n, a.counted_in_at, a.id`, repository.JSON(rows)).Scan(&presences).Error
	return append(places, presences...), err
}

const listedColumns = `v.id AS volunteer_id, v.name, v.sex, COALESCE(m.name, d.name, '') AS organiser_name`

// Scheduled implements insurance.Repository: whoever came stands there by his presence alone.
func (r Contracts) Scheduled(_ context.Context, during calendar.Span, consentAt time.Time, most int) ([]insurance.Listed, error) {
	const consents = `(SELECT c.granted FROM consents c WHERE c.volunteer_id = v.id AND c.purpose = 'insurance' AND c.given_at <= ?
		ORDER BY c.given_at DESC, c.id DESC LIMIT 1)`
	const tables = placeTables + ` LEFT JOIN camps m ON m.id = s.organiser_id`
	var planned, presences []insurance.Listed
	if err := r.Tx.Raw(`SELECT u.state AS sign_up, `+placeColumns+`, `+listedColumns+`
		FROM shifts s JOIN sign_ups u ON u.shift_id = s.id AND u.state = 'confirmed' JOIN volunteers v ON v.id = u.volunteer_id `+tables+`
		WHERE s.starts_at >= ? AND s.starts_at < ? AND s.cancelled_at IS NULL AND `+consents+`
			AND NOT EXISTS (SELECT 1 FROM attendances a WHERE a.shift_id = s.id AND a.volunteer_id = v.id AND `+livePresence+`)
		ORDER BY s.starts_at, u.id LIMIT ?`, during.Start, during.End, consentAt, most+1).Scan(&planned).Error; err != nil {
		return nil, err
	}
	// A presence may have begun before its shift, or be of one that began before: shifts of a day around are looked through.
	if err := r.Tx.Raw(`SELECT '' AS sign_up, `+placeColumns+`, `+presenceColumns+`, `+listedColumns+`
		FROM shifts s JOIN attendances a ON a.shift_id = s.id AND `+livePresence+` JOIN volunteers v ON v.id = a.volunteer_id `+tables+`
		WHERE s.starts_at >= ? AND s.starts_at < ? AND a.counted_in_at >= ? AND a.counted_in_at < ? AND `+consents+`
		ORDER BY a.counted_in_at, a.id LIMIT ?`, during.Start.Add(-around), during.End.Add(around), during.Start, during.End, consentAt, most+1).
		Scan(&presences).Error; err != nil {
		return nil, err
	}
	all := append(planned, presences...)
	slices.SortStableFunc(all, func(a, b insurance.Listed) int {
		return cmp.Or(a.Begins().Compare(b.Begins()), cmp.Compare(a.OrganiserName, b.OrganiserName), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}
