// Package attendance keeps attendances and their changes.
package attendance

import (
	"context"

	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
	"dure/repository"
	anomalystore "dure/repository/anomaly"
	documentstore "dure/repository/document"
	insurancestore "dure/repository/insurance"
	ledgerstore "dure/repository/ledger"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Attendance() attendance.Repository { return Attendances{u.Tx} }
func (u unit) Documents() document.Repository    { return documentstore.Documents{Tx: u.Tx} }
func (u unit) Anomalies() anomaly.Repository     { return anomalystore.Anomalies{Tx: u.Tx} }
func (u unit) Insurance() insurance.Repository   { return insurancestore.Contracts{Tx: u.Tx} }
func (u unit) Ledger() ledger.Repository         { return ledgerstore.Ledger{Tx: u.Tx} }

// Update implements attendance.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx attendance.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Attendances implements attendance.Repository inside a transaction.
type Attendances struct{ Tx *repository.Tx }

// Organiser implements attendance.Repository.
func (r Attendances) Organiser(_ context.Context, o attendance.Organiser) (open bool, err error) {
	query := `SELECT true AS open FROM camps WHERE id = ?`
	if o.Type == attendance.Site {
		query = `SELECT state = 'approved' AS open FROM demand_sites WHERE id = ?`
	}
	found := r.Tx.Raw(query, o.ID).Scan(&open)
	if found.Error == nil && found.RowsAffected == 0 {
		return false, attendance.ErrOrganiser
	}
	return open, found.Error
}

// People implements attendance.Repository.
func (r Attendances) People(_ context.Context, ids []id.ID, numbers []string) (people []attendance.Person, err error) {
	rows := make([]repository.Row, len(numbers))
	for i, n := range numbers {
		rows[i] = repository.Row{"number", n}
	}
	query := `SELECT id, number, status FROM volunteers WHERE id IN (SELECT r.id FROM ` + r.Tx.Records("id uuid") + `)`
	args := []any{repository.IDs(ids)}
	if len(numbers) > 0 {
		query += ` UNION SELECT id, number, status FROM volunteers WHERE number IN (SELECT r.number FROM ` + r.Tx.Records("number text") + `)`
		args = append(args, repository.JSON(rows))
	}
	err = r.Tx.Each(func(rows repository.Scanner) error {
		var p attendance.Person
		err := rows.Scan(&p.ID, &p.Number, &p.Status)
		people = append(people, p)
		return err
	}, query, args...)
	return people, err
}

const shiftColumns = `s.id, s.activity_id, a.organiser_type, s.organiser_id, a.title, a.field_code, s.starts_at, s.ends_at,
	s.break_minutes, s.cancelled_at, a.state IN ('approved', 'ended') AS approved, d.id IS NULL OR d.state = 'approved' AS site_open,
	s.code_secret, COALESCE(a.lat, c.lat) AS lat, COALESCE(a.lon, c.lon) AS lon, a.state AS activity_state, a.decided_at`

const shiftTables = `shifts s JOIN activities a ON a.id = s.activity_id LEFT JOIN camps c ON c.id = s.organiser_id
	LEFT JOIN demand_sites d ON d.id = s.organiser_id`

// Shifts implements attendance.Repository.
func (r Attendances) Shifts(_ context.Context, ids []id.ID) (shifts []attendance.Shift, err error) {
	err = r.Tx.Raw(`SELECT `+shiftColumns+` FROM `+shiftTables+`
		WHERE s.id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`, repository.IDs(ids)).Scan(&shifts).Error
	return shifts, err
}

// ShiftsDuring implements attendance.Repository.
func (r Attendances) ShiftsDuring(_ context.Context, organiser id.ID, spans []calendar.Span) (shifts []attendance.Shift, err error) {
	rows := make([]repository.Row, len(spans))
	for i, span := range spans {
		rows[i] = repository.Row{"since", span.Start, "till", span.End}
	}
	err = r.Tx.Raw(`SELECT `+shiftColumns+` FROM `+shiftTables+`
		WHERE s.organiser_id = ? AND s.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM `+r.Tx.Records("since timestamptz, till timestamptz")+`
			WHERE s.starts_at < r.till AND s.ends_at > r.since)`, organiser, repository.JSON(rows)).Scan(&shifts).Error
	return shifts, err
}

const placeColumns = "shift_id uuid, volunteer_id uuid"

func (r Attendances) places(at []attendance.SignUp) (from string, args []any) {
	rows := make([]repository.Row, len(at))
	for i, p := range at {
		rows[i] = repository.Row{"shift_id", p.ShiftID, "volunteer_id", p.VolunteerID}
	}
	return r.Tx.Alike(placeColumns, rows, "shift_id")
}

// Same implements attendance.Repository.
func (r Attendances) Same(_ context.Context, organiser id.ID, clientIDs []string, at []attendance.SignUp) (rows []attendance.Attendance, err error) {
	from, args := r.places(at)
	query := `SELECT a.* FROM ` + from + ` JOIN attendances a ON a.shift_id = r.shift_id AND a.volunteer_id = r.volunteer_id`
	if len(clientIDs) > 0 {
		wanted := make([]repository.Row, len(clientIDs))
		for i, c := range clientIDs {
			wanted[i] = repository.Row{"client_id", c}
		}
		query += ` UNION SELECT a.* FROM ` + r.Tx.Records("client_id text") + ` JOIN attendances a ON a.client_id = r.client_id AND a.organiser_id = ?`
		args = append(args, repository.JSON(wanted), organiser)
	}
	err = r.Tx.Raw(query, args...).Scan(&rows).Error
	return rows, err
}

// SignedUp implements attendance.Repository.
func (r Attendances) SignedUp(_ context.Context, at []attendance.SignUp) (found []attendance.SignUp, err error) {
	from, args := r.places(at)
	err = r.Tx.Raw(`SELECT u.shift_id, u.volunteer_id FROM `+from+` JOIN sign_ups u ON u.shift_id = r.shift_id AND u.volunteer_id = r.volunteer_id
		WHERE u.state IN ('confirmed', 'attended', 'no_show')`, args...).Scan(&found).Error
	return found, err
}

const newColumns = `id, shift_id, activity_id, organiser_id, volunteer_id, client_id, client_hash, checked_in_at, checked_out_at,
	counted_in_at, counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day,
	recorded_at, recorded_by, reason, late_proof_id, group_name`

const newRecord = `id uuid, shift_id uuid, activity_id uuid, organiser_id uuid, volunteer_id uuid, client_id text, client_hash text,
	checked_in_at timestamptz, checked_out_at timestamptz, counted_in_at timestamptz, counted_out_at timestamptz,
	travel_minutes int, evidence text, walk_in boolean, state text, worked_minutes int, recognised_minutes int, day date,
	recorded_at timestamptz, recorded_by uuid, reason text, late_proof_id uuid, group_name text`

// Add implements attendance.Repository.
func (r Attendances) Add(_ context.Context, rows []attendance.Attendance) error {
	if len(rows) == 0 {
		return nil
	}
	records := make([]repository.Row, len(rows))
	var came []repository.Row
	for i, a := range rows {
		records[i] = repository.Row{
			"id", a.ID, "shift_id", a.ShiftID, "activity_id", a.ActivityID, "organiser_id", a.OrganiserID,
			"volunteer_id", a.VolunteerID, "client_id", a.ClientID, "client_hash", a.ClientHash,
			"checked_in_at", a.CheckedInAt, "checked_out_at", a.CheckedOutAt, "counted_in_at", a.CountedInAt,
			"counted_out_at", a.CountedOutAt, "travel_minutes", a.TravelMinutes, "evidence", a.Evidence, "walk_in", a.WalkIn,
			"state", a.State, "worked_minutes", a.WorkedMinutes, "recognised_minutes", a.RecognisedMinutes, "day", a.Day,
			"recorded_at", a.RecordedAt, "recorded_by", a.RecordedBy, "reason", a.Reason,
			"late_proof_id", a.LateProofID, "group_name", a.GroupName,
		}
		if !a.WalkIn {
			came = append(came, repository.Row{"shift_id", a.ShiftID, "volunteer_id", a.VolunteerID, "at", a.RecordedAt})
		}
	}
	from, args := r.Tx.Alike(newRecord, records, "shift_id", "activity_id", "organiser_id", "checked_in_at", "counted_in_at", "travel_minutes", "evidence",
		"walk_in", "state", "worked_minutes", "recognised_minutes", "day", "recorded_at", "recorded_by", "reason")
	err := r.Tx.Exec(`INSERT INTO attendances (`+newColumns+`) SELECT `+newColumns+` FROM `+from, args...).Error
	if sqlerr.Unique(err, "attendances_organiser_id_client_id_key") {
		return attendance.ErrClientIDTaken
	}
	if err != nil || len(came) == 0 {
		return err
	}
	return r.Tx.Exec(`UPDATE sign_ups SET state = 'attended', changed_at = r.at FROM `+r.Tx.Records(placeColumns+", at timestamptz")+`
		WHERE sign_ups.shift_id = r.shift_id AND sign_ups.volunteer_id = r.volunteer_id AND sign_ups.state IN ('confirmed', 'no_show')`,
		repository.JSON(came)).Error
}

// LockOf implements attendance.Repository.
func (r Attendances) LockOf(ctx context.Context, ids []id.ID) (map[id.ID]ledger.Account, error) {
	var people []id.ID
	err := r.Tx.Raw(`SELECT DISTINCT volunteer_id FROM attendances WHERE id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`,
		repository.IDs(ids)).Scan(&people).Error
	if err != nil {
		return nil, err
	}
	return ledgerstore.Ledger{Tx: r.Tx}.Lock(ctx, people)
}

// Get implements attendance.Repository.
func (r Attendances) Get(_ context.Context, ids []id.ID) (rows []attendance.Attendance, err error) {
	err = r.Tx.Raw(`SELECT * FROM attendances WHERE id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`,
		repository.IDs(ids)).Scan(&rows).Error
	return rows, err
}

// Decide implements attendance.Repository.
func (r Attendances) Decide(_ context.Context, rows []attendance.Attendance) error {
	if len(rows) == 0 {
		return nil
	}
	records := make([]repository.Row, len(rows))
	for i, a := range rows {
		records[i] = repository.Row{
			"id", a.ID, "state", a.State, "checked_out_at", a.CheckedOutAt, "counted_in_at", a.CountedInAt,
			"counted_out_at", a.CountedOutAt, "worked_minutes", a.WorkedMinutes, "recognised_minutes", a.RecognisedMinutes,
			"day", a.Day, "verified_at", a.VerifiedAt, "verified_by", a.VerifiedBy, "decided_at", a.DecidedAt,
			"decided_by", a.DecidedBy, "reason", a.Reason,
		}
	}
	return r.Tx.Exec(`UPDATE attendances SET state = r.state, checked_out_at = r.checked_out_at, counted_in_at = r.counted_in_at,
			counted_out_at = r.counted_out_at, worked_minutes = r.worked_minutes, recognised_minutes = r.recognised_minutes,
			day = r.day, verified_at = r.verified_at, verified_by = r.verified_by, decided_at = r.decided_at,
			decided_by = r.decided_by, reason = r.reason
		FROM `+r.Tx.Records(`id uuid, state text, checked_out_at timestamptz, counted_in_at timestamptz, counted_out_at timestamptz,
			worked_minutes int, recognised_minutes int, day date, verified_at timestamptz, verified_by uuid,
			decided_at timestamptz, decided_by uuid, reason text`)+`
		WHERE attendances.id = r.id`, repository.JSON(records)).Error
}

// Recognised implements attendance.Repository.
func (r Attendances) Recognised(_ context.Context, minutes map[id.ID]int) error {
	if len(minutes) == 0 {
		return nil
	}
	rows := make([]repository.Row, 0, len(minutes))
	for attendanceID, m := range minutes {
		rows = append(rows, repository.Row{"id", attendanceID, "minutes", m})
	}
	return r.Tx.Exec(`UPDATE attendances SET recognised_minutes = recognised_minutes + r.minutes
		FROM `+r.Tx.Records("id uuid, minutes int")+` WHERE attendances.id = r.id`, repository.JSON(rows)).Error
}

// DayBook implements attendance.Repository. A presence lasts a day at most, which bounds the stretch of the index to look at. The
// field is looked up presence by presence: PostgreSQL expects more of them, and would read all activities of the city.
func (r Attendances) DayBook(_ context.Context, days []attendance.PersonDay, subjects []id.ID) (rows []attendance.DayRow, err error) {
	wanted := make([]repository.Row, len(days))
	for i, d := range days {
		wanted[i] = repository.Row{"volunteer_id", d.VolunteerID, "account_id", d.AccountID, "day", d.Day,
			"since", d.Start.AddDate(0, 0, -2), "till", d.End.AddDate(0, 0, 2)}
	}
	err = r.Tx.Raw(`WITH r AS (SELECT * FROM `+r.Tx.Records("volunteer_id uuid, account_id uuid, day date, since timestamptz, till timestamptz")+`),
		x AS (
			SELECT e.source_id, e.effective_day, SUM(p.amount) AS minutes, SUM(e.visits) AS visits, COUNT(*) AS entries
			FROM r JOIN ledger_entries e ON e.account_id = r.account_id AND e.effective_day = r.day
			JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			GROUP BY e.source_id, e.effective_day
		)
		SELECT a.volunteer_id, r.day, a.id AS attendance_id, a.shift_id, a.state, a.evidence,
			(SELECT t.field_code FROM activities t WHERE t.id = a.activity_id) AS field_code, a.counted_in_at,
			a.counted_out_at, a.travel_minutes, s.starts_at, s.ends_at, s.break_minutes, COALESCE(x.minutes, 0) AS posted_minutes,
			COALESCE(x.visits, 0) AS posted_visits, COALESCE(x.entries, 0) AS posted_entries
		FROM r JOIN attendances a ON a.volunteer_id = r.volunteer_id AND a.counted_in_at >= r.since AND a.counted_in_at < r.till
		JOIN shifts s ON s.id = a.shift_id LEFT JOIN x ON x.source_id = a.id AND x.effective_day = r.day
		WHERE a.state = 'verified' OR a.id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)
		ORDER BY a.id, r.day`, repository.JSON(wanted), repository.IDs(subjects)).Scan(&rows).Error
	return rows, err
}

// Rules implements attendance.Repository.
func (r Attendances) Rules(context.Context) (rules recognition.Rules, err error) {
	err = r.Tx.Raw(`SELECT * FROM recognition_rules ORDER BY version`).Scan(&rules).Error
	return rules, err
}

// Unsent implements attendance.Repository.
func (r Attendances) Unsent(_ context.Context, rows []attendance.Attendance) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]id.ID, len(rows))
	for i, a := range rows {
		ids[i] = a.ID
	}
	var sent int
	err := r.Tx.Raw(`SELECT COUNT(*) FROM exported_attendances WHERE attendance_id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`,
		repository.IDs(ids)).Scan(&sent).Error
	if err == nil && sent > 0 {
		err = attendance.ErrSentToSchool
	}
	return err
}

// Propose implements attendance.Repository.
func (r Attendances) Propose(_ context.Context, c attendance.Change) error {
	err := r.Tx.Table("attendance_changes").Create(&c).Error
	if sqlerr.AnyUnique(err) {
		return attendance.ErrChangeOpen
	}
	return err
}

// Change implements attendance.Repository.
func (r Attendances) Change(_ context.Context, changeID id.ID) (attendance.Change, error) {
	return r.change(`id = ?`, changeID)
}

// OpenChange implements attendance.Repository.
func (r Attendances) OpenChange(_ context.Context, attendanceID id.ID) (attendance.Change, error) {
	return r.change(`attendance_id = ? AND state = 'proposed'`, attendanceID)
}

func (r Attendances) change(where string, arg id.ID) (c attendance.Change, err error) {
	found := r.Tx.Raw(`SELECT * FROM attendance_changes WHERE `+where, arg).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, attendance.ErrChangeNotFound
	}
	return c, found.Error
}

// DecideChange implements attendance.Repository.
func (r Attendances) DecideChange(_ context.Context, c attendance.Change) error {
	done := r.Tx.Exec(`UPDATE attendance_changes SET state = ?, decided_at = ?, decided_by = ?, decision = ?
		WHERE id = ? AND state = 'proposed'`, c.State, c.DecidedAt, c.DecidedBy, c.Decision, c.ID)
	if done.Error == nil && done.RowsAffected == 0 {
		return attendance.ErrChangeDecided
	}
	return done.Error
}
