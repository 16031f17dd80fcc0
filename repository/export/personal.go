package export

import (
	"context"
	"strings"

	"dure/domain/export"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// sections are everything that is kept about a person: a new table with persons in it gets a line here. Each query has one
// parameter, the person. No secrets and no other person's data are among the columns; ids are texts.
var sections = []struct{ name, query string }{
	{"person", `SELECT number, name, birth_date, sex, region_code, mobile, email, status, registered_on, registered_at FROM volunteers WHERE id = ?`},
	{"account", `SELECT login, created_at FROM accounts WHERE volunteer_id = ?`},
	{"roles", `SELECT g.role, g.scope_type, CAST(g.scope_id AS text) AS scope_id, g.starts_at, g.ends_at, g.revoked_at, g.reason
		FROM role_grants g JOIN accounts a ON a.id = g.account_id WHERE a.volunteer_id = ? ORDER BY g.starts_at, g.id`},
	{"residences", `SELECT since, region_code FROM residences WHERE volunteer_id = ? ORDER BY since`},
	{"consents", `SELECT purpose, version, granted, given_at, medium FROM consents WHERE volunteer_id = ? ORDER BY given_at, id`},
	{"guardians", `SELECT name, mobile, relation, declared_at, confirmed_at FROM guardians WHERE volunteer_id = ? ORDER BY declared_at, id`},
	{"households", `SELECT declared_at, ended_at, reason FROM households WHERE ? IN (volunteer_id, other_id) ORDER BY declared_at, id`},
	{"sign_ups", `SELECT CAST(u.id AS text) AS id, t.title AS activity, u.state, u.starts_at, u.ends_at, u.applied_at, u.changed_at FROM sign_ups u
		JOIN shifts s ON s.id = u.shift_id JOIN activities t ON t.id = s.activity_id WHERE u.volunteer_id = ? ORDER BY u.applied_at, u.id`},
	{"attendances", `SELECT CAST(a.id AS text) AS id, t.title AS activity, t.place, a.day, a.checked_in_at, a.checked_out_at, a.counted_in_at, a.counted_out_at,
		a.travel_minutes, a.evidence, a.walk_in, a.group_name, a.state, a.worked_minutes, a.recognised_minutes, a.recorded_at, a.verified_at, a.decided_at, a.reason,
		o.origin_system, o.origin_id FROM attendances a JOIN activities t ON t.id = a.activity_id LEFT JOIN transfer_origins o ON o.attendance_id = a.id
		WHERE a.volunteer_id = ? ORDER BY a.checked_in_at, a.id`},
	{"attendance_changes", `SELECT CAST(c.id AS text) AS id, CAST(c.attendance_id AS text) AS attendance_id, c.kind, c.checked_in_at, c.checked_out_at, c.reason,
		c.state, c.proposed_at, c.decided_at, c.decision FROM attendance_changes c JOIN attendances a ON a.id = c.attendance_id
		WHERE a.volunteer_id = ? ORDER BY c.proposed_at, c.id`},
	{"hours", `SELECT e.sequence, e.kind, CAST(e.source_id AS text) AS attendance_id, e.effective_day, e.posted_at, p.amount AS minutes, e.visits,
		e.worked_minutes, e.reductions, e.field_code, e.evidence, e.rule_version, e.reason, e.hash FROM ledger_accounts c
		JOIN ledger_entries e ON e.account_id = c.id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE c.owner_id = ? AND c.kind = 'volunteer_minutes' ORDER BY e.sequence`},
	{"school_exports", `SELECT e.school, e.first_day, e.last_day, e.exported_at, l.carried, l.minutes, l.hours, l.remainder FROM school_export_lines l
		JOIN school_exports e ON e.id = l.export_id WHERE l.volunteer_id = ? ORDER BY l.sequence`},
	{"former_particulars", `SELECT recorded_at, until, birth_date, sex, region_code, status, registered_on, withdrawn_on FROM volunteers_before
		WHERE volunteer_id = ? ORDER BY until`},
	{"former_residences", `SELECT since, recorded_at, until, region_code FROM residences_before WHERE volunteer_id = ? ORDER BY until, since`},
	{"anomalies", `SELECT CAST(x.id AS text) AS id, CAST(x.attendance_id AS text) AS attendance_id, x.kind, x.detail, x.found_at, x.state, x.decided_at, x.reason
		FROM anomalies x JOIN attendances a ON a.id = x.attendance_id WHERE a.volunteer_id = ? ORDER BY x.found_at, x.id`},
	{"disputes", `SELECT CAST(d.id AS text) AS id, CAST(d.shift_id AS text) AS shift_id, CAST(d.attendance_id AS text) AS attendance_id, d.about, d.no_show_at,
		d.wanted_in_at, d.wanted_out_at, d.claim, d.state, d.outcome, d.opened_at, d.due_at, d.decided_at, d.granted_in_at, d.granted_out_at,
		d.posted_minutes, d.closed_at FROM disputes d WHERE d.volunteer_id = ? ORDER BY d.opened_at, d.id`},
	{"dispute_steps", `SELECT CAST(p.dispute_id AS text) AS dispute_id, p.number, p.kind, p.happened_at, p.capacity, p.words, p.checked_in_at, p.checked_out_at
		FROM dispute_steps p JOIN disputes d ON d.id = p.dispute_id WHERE d.volunteer_id = ? ORDER BY d.opened_at, d.id, p.number`},
	{"certificates", `SELECT CAST(c.id AS text) AS id, c.number, c.name, c.from_day, c.to_day, c.language, c.purpose, c.minutes, c.issuer, c.issued_at, c.content_hash,
		c.paper_hash, r.revoked_at FROM certificates c LEFT JOIN certificate_revocations r ON r.certificate_id = c.id WHERE c.volunteer_id = ? ORDER BY c.issued_at, c.id`},
	{"certificate_lines", `SELECT CAST(l.certificate_id AS text) AS certificate_id, l.line, CAST(l.attendance_id AS text) AS attendance_id, l.day, l.minutes, l.title,
		l.organiser, l.place, l.field_code FROM certificate_lines l JOIN certificates c ON c.id = l.certificate_id WHERE c.volunteer_id = ?
		ORDER BY c.issued_at, c.id, l.line`},
	{"documents", `SELECT CAST(id AS text) AS id, purpose, content_type, size, sha256, file_name, uploaded_at FROM documents WHERE volunteer_id = ? ORDER BY uploaded_at, id`},
	{"looks", `SELECT day, action, first_at, last_at, times FROM accesses WHERE volunteer_id = ? ORDER BY first_at, id`},
	{"points", `SELECT e.sequence, e.kind, CAST(e.source_id AS text) AS source_id, e.effective_day, e.posted_at, p.amount AS points, e.reason, e.hash
		FROM ledger_accounts c JOIN ledger_entries e ON e.account_id = c.id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE c.owner_id = ? AND c.kind = 'volunteer_points' ORDER BY e.sequence`},
	{"point_lots", `SELECT CAST(programme_id AS text) AS programme_id, year, granted, remaining, expires_on FROM point_lots WHERE volunteer_id = ? ORDER BY id`},
	{"point_take_backs", `SELECT CAST(t.programme_id AS text) AS programme_id, t.year, t.asked, t.taken, t.owed, t.forgiven, d.remaining AS still_owed
		FROM point_take_backs t LEFT JOIN point_debts d ON d.entry_id = t.entry_id WHERE t.volunteer_id = ? ORDER BY t.entry_id`},
	{"incentives", `SELECT p.name AS programme, h.benefit, h.state, h.claimed_at, h.granted_at, h.valid_from, h.valid_to, h.car_last
		FROM holdings h JOIN programmes p ON p.id = h.programme_id WHERE h.volunteer_id = ? ORDER BY h.claimed_at, h.id`},
	{"incentive_results", `SELECT CAST(evaluation_id AS text) AS evaluation_id, place, ranked FROM programme_results WHERE volunteer_id = ? ORDER BY evaluation_id`},
	{"vouchers", `SELECT title, points, valid_from, valid_to, state, issued_at, revoked_at, reason FROM vouchers WHERE holder_id = ? ORDER BY issued_at, id`},
	{"awards", `SELECT scale_code, threshold_code, minutes, issued_at, revoked_at FROM awards WHERE volunteer_id = ? ORDER BY issued_at, id`},
	{"nominations", `SELECT CAST(round_id AS text) AS round_id, category_code, nominated_at, state, consent, outcome FROM nominations
		WHERE nominee_id = ? ORDER BY nominated_at, id`},
	{"nomination_supports", `SELECT CAST(nomination_id AS text) AS nomination_id, supported_at FROM nomination_supports WHERE volunteer_id = ? ORDER BY supported_at`},
	{"claims", `SELECT reported_at, happened_at, place, deadline_on, state, approved_won FROM claims WHERE volunteer_id = ? ORDER BY reported_at, id`},
	{"log", `SELECT happened_at, action, subject_type, subject_id, reason FROM audit_events WHERE volunteer_id = ? ORDER BY happened_at, id`},
}

// Sections implements export.Reader.
func (r Exports) Sections(_ context.Context, volunteer id.ID) ([]export.Section, error) {
	all := make([]export.Section, len(sections))
	for i, s := range sections {
		section, err := r.section(s.name, s.query, volunteer)
		if err != nil {
			return nil, err
		}
		all[i] = section
	}
	return all, nil
}

func (r Exports) section(name, query string, volunteer id.ID) (s export.Section, err error) {
	s = export.Section{Name: name, Rows: [][]any{}}
	rows, err := r.Tx.Raw(query, volunteer).Rows()
	if err != nil {
		return s, err
	}
	defer rows.Close()
	if s.Columns, err = rows.Columns(); err != nil {
		return s, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return s, err
	}
	for rows.Next() {
		cells := make([]any, len(s.Columns))
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
			switch strings.ToLower(types[i].DatabaseTypeName()) {
			case "date":
				into[i] = dayCell{&cells[i]}
			case "boolean":
				into[i] = truthCell{&cells[i]}
			}
		}
		if err := rows.Scan(into...); err != nil {
			return s, err
		}
		s.Rows = append(s.Rows, cells)
	}
	return s, rows.Err()
}

// dayCell reads a date as a day, for drivers give an instant.
type dayCell struct{ cell *any }

// Scan implements sql.Scanner.
func (d dayCell) Scan(src any) error {
	var day calendar.Day
	if err := day.Scan(src); err != nil || day.IsZero() {
		return err
	}
	*d.cell = day
	return nil
}

// truthCell reads yes or no, for which SQLite gives a number.
type truthCell struct{ cell *any }

// Scan implements sql.Scanner.
func (t truthCell) Scan(src any) error {
	*t.cell = src
	if n, ok := src.(int64); ok {
		*t.cell = n != 0
	}
	return nil
}
