package proof

import (
	"context"
	"strings"

	"dure/domain/proof"
	"dure/repository"
)

// Broken implements proof.View.
func (v View) Broken(_ context.Context, rows int) (map[string][]string, error) {
	broken := map[string][]string{}
	for invariant, query := range queries(v.Tx) {
		var found []string
		if err := v.Tx.Raw(`SELECT broken FROM (`+query+`) AS b ORDER BY broken LIMIT ?`, rows).Scan(&found).Error; err != nil {
			return nil, err
		}
		broken[invariant] = found
	}
	return broken, nil
}

// queries are the invariants that the database can check by itself. Each gives table and key of the rows that break it, as
// one column named broken.
func queries(tx *repository.Tx) map[string]string {
	return map[string]string{
		proof.EntriesBalance: `SELECT 'ledger_postings ' || p.entry_id || ' line ' || p.line AS broken FROM ledger_postings p
				LEFT JOIN ledger_entries e ON e.id = p.entry_id WHERE e.id IS NULL
			UNION ALL SELECT 'ledger_entries ' || e.id || ' (no account ' || e.account_id || ')' FROM ledger_entries e
				LEFT JOIN ledger_accounts a ON a.id = e.account_id WHERE a.id IS NULL`,

		proof.MinutesConserved: `SELECT 'ledger_postings in all: ' || SUM(p.amount) || ' ' || a.unit AS broken
			FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id GROUP BY a.unit HAVING SUM(p.amount) <> 0`,

		proof.SystemKeepsNone: `SELECT 'ledger_accounts ' || id AS broken FROM ledger_accounts WHERE kind <> 'volunteer_minutes'
				AND (balance <> 0 OR sequence <> 0 OR head <> '' OR last_posted_at IS NOT NULL OR unit <> 'minute')
			UNION ALL SELECT 'ledger_entries ' || e.id FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id
				WHERE a.kind <> 'volunteer_minutes'`,

		proof.TwoPersons: `SELECT 'attendances ' || a.id AS broken FROM attendances a LEFT JOIN accounts v ON v.id = a.verified_by
			WHERE a.verified_by = a.recorded_by OR v.volunteer_id = a.volunteer_id
				OR (a.verified_by = '00000000-0000-0000-0000-000000000000' AND a.evidence <> 'qr')`,

		proof.ChangesApplied: `WITH applied AS (
				SELECT c.*, ROW_NUMBER() OVER (PARTITION BY attendance_id, kind ORDER BY decided_at DESC, id DESC) AS n
				FROM attendance_changes c WHERE state = 'applied'
			)
			SELECT 'attendance_changes ' || c.id AS broken FROM applied c JOIN attendances a ON a.id = c.attendance_id
				LEFT JOIN accounts d ON d.id = c.decided_by WHERE c.decided_by = c.proposed_by OR d.volunteer_id = a.volunteer_id
			UNION ALL SELECT 'attendances ' || a.id FROM attendances a
				LEFT JOIN applied t ON t.attendance_id = a.id AND t.kind = 'correction' AND t.n = 1
				WHERE a.counted_in_at <> COALESCE(t.checked_in_at, a.checked_in_at)
					OR a.counted_out_at <> COALESCE(t.checked_out_at, a.checked_out_at)
			UNION ALL SELECT 'attendances ' || a.id FROM attendances a
				LEFT JOIN applied t ON t.attendance_id = a.id AND t.kind = 'reversal' AND t.n = 1
				WHERE (a.state = 'reversed') <> (t.id IS NOT NULL)`,

		// A presence that the dispute itself let count was verified by the decision; any other verification was somebody else's.
		proof.DisputesDecided: `SELECT 'disputes ' || d.id AS broken FROM disputes d
				LEFT JOIN accounts c ON c.id = d.decided_by
				LEFT JOIN attendances a ON a.id = COALESCE(d.granted_attendance_id, d.attendance_id)
				WHERE d.decided_by IS NOT NULL AND (d.decided_by = d.opened_by OR d.decided_by = d.answered_by OR c.volunteer_id = d.volunteer_id
					OR d.decided_by = a.recorded_by OR (d.decided_by = a.verified_by AND a.verified_at < d.decided_at))
			UNION ALL SELECT 'dispute_steps ' || s.dispute_id || ' ' || s.number FROM dispute_steps s
				JOIN dispute_steps b ON b.dispute_id = s.dispute_id AND b.number < s.number AND b.kind IN ('opened', 'answered', 'granted', 'declined')
				WHERE s.kind IN ('granted', 'declined') AND b.account_id = s.account_id`,

		proof.DisputesPosted: `WITH linked AS (
				SELECT x.dispute_id, SUM(p.amount) AS minutes, MIN(CAST(e.volunteer_id AS text)) AS first_person, MAX(CAST(e.volunteer_id AS text)) AS last_person
				FROM dispute_entries x JOIN ledger_entries e ON e.id = x.entry_id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
				GROUP BY x.dispute_id
			)
			SELECT 'disputes ' || d.id || ' (' || d.posted_minutes || ', linked ' || COALESCE(l.minutes, 0) || ')' AS broken FROM disputes d
				LEFT JOIN linked l ON l.dispute_id = d.id
				WHERE d.posted_minutes <> COALESCE(l.minutes, 0) OR l.first_person <> CAST(d.volunteer_id AS text) OR l.last_person <> CAST(d.volunteer_id AS text)
					OR (d.outcome <> 'granted' AND l.dispute_id IS NOT NULL)
			UNION ALL SELECT 'disputes ' || d.id || ' (step ' || d.steps || ')' FROM disputes d
				LEFT JOIN dispute_steps s ON s.dispute_id = d.id AND s.number = d.steps
				LEFT JOIN (SELECT dispute_id, COUNT(*) AS n FROM dispute_steps GROUP BY dispute_id) n ON n.dispute_id = d.id
				WHERE s.number IS NULL OR n.n <> d.steps OR d.state <> CASE s.kind WHEN 'withdrawn' THEN 'closed' ELSE s.kind END`,
		proof.LateApproved: `WITH late AS (
				SELECT 'attendances ' || id AS row_of, verified_by AS who, verified_at AS at FROM attendances
					WHERE late_proof_id IS NOT NULL AND verified_at IS NOT NULL
				UNION ALL SELECT 'attendance_changes ' || id, decided_by, decided_at FROM attendance_changes
					WHERE late_proof_id IS NOT NULL AND state = 'applied'
			)
			SELECT l.row_of AS broken FROM late l WHERE NOT EXISTS (SELECT 1 FROM role_grants g WHERE g.account_id = l.who
				AND g.role = 'late_entry_approver' AND g.starts_at <= l.at AND (g.ends_at IS NULL OR g.ends_at > l.at)
				AND (g.revoked_at IS NULL OR g.revoked_at >= l.at))`,
		proof.HoldsCountNowhere: `SELECT 'attendances ' || a.id || ' (held for nothing)' AS broken FROM attendances a WHERE a.state = 'held'
				AND NOT EXISTS (SELECT 1 FROM anomalies x WHERE x.attendance_id = a.id AND x.state = 'open')
			UNION ALL SELECT 'anomalies ' || x.id || ' (' || a.state || ')' FROM anomalies x JOIN attendances a ON a.id = x.attendance_id
				WHERE x.state = 'open' AND a.state <> 'held'
			UNION ALL SELECT 'attendances ' || a.id || ' (counts)' FROM attendances a JOIN ledger_entries e ON e.source_id = a.id
				JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
				WHERE a.state = 'held' GROUP BY a.id HAVING SUM(p.amount) <> 0
			UNION ALL SELECT 'attendances ' || a.id || ' (recognised)' FROM attendances a
				WHERE a.state = 'held' AND (a.recognised_minutes <> 0 OR a.verified_at IS NOT NULL)`,
		proof.ImportsUnique: `SELECT 'transfer_origins ' || origin_system || ' ' || origin_id AS broken FROM transfer_origins
				GROUP BY origin_system, origin_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'attendances ' || a.id FROM attendances a LEFT JOIN transfer_origins o ON o.attendance_id = a.id
				WHERE (a.evidence = 'imported') <> (o.attendance_id IS NOT NULL)
			UNION ALL SELECT 'transfers ' || t.id FROM transfers t LEFT JOIN transfer_origins o ON o.transfer_id = t.id
				AND o.origin_system = t.system GROUP BY t.id, t.imported HAVING COUNT(o.attendance_id) <> t.imported`,

		proof.ExportsAddUp: `SELECT 'school_export_lines ' || l.export_id || ' ' || l.volunteer_id AS broken FROM school_export_lines l
				LEFT JOIN school_export_lines b ON b.volunteer_id = l.volunteer_id AND b.sequence = l.sequence - 1
				LEFT JOIN (SELECT export_id, volunteer_id, SUM(minutes) AS minutes FROM school_export_days GROUP BY export_id, volunteer_id) d
					ON d.export_id = l.export_id AND d.volunteer_id = l.volunteer_id
				WHERE l.carried <> COALESCE(b.remainder, 0) OR l.minutes <> COALESCE(d.minutes, 0) OR l.carried + l.minutes <> l.hours * 60 + l.remainder
					OR (l.sequence > 1 AND b.sequence IS NULL)
			UNION ALL SELECT 'attendances ' || a.id FROM exported_attendances x JOIN attendances a ON a.id = x.attendance_id
				JOIN school_exports e ON e.id = x.export_id
				WHERE a.state <> 'verified' OR EXISTS (SELECT 1 FROM attendance_changes c WHERE c.attendance_id = a.id AND c.state = 'applied' AND c.decided_at > e.exported_at)`,

		// What the ledger says less what is kept; each group has rows of both sides.
		proof.RollupsAreSums: `WITH l AS (
				SELECT e.volunteer_id, ` + tx.Pick(`date_trunc('month', e.effective_day)::date`, `date(e.effective_day, 'start of month')`) + ` AS month,
					e.field_code, SUM(p.amount) AS minutes, SUM(e.visits) AS visits,
					SUM(CASE WHEN e.kind = 'reversal' THEN -p.amount ELSE 0 END) AS reversed
				FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id GROUP BY 1, 2, 3
			), months AS (
				SELECT volunteer_id, month, minutes, visits, 0 AS side FROM l
				UNION ALL SELECT volunteer_id, month, -minutes, -visits, 1 FROM person_months
			), years AS (
				SELECT volunteer_id, ` + tx.Pick(`EXTRACT(year FROM month)::integer`, `CAST(strftime('%Y', month) AS integer)`) + ` AS year,
					minutes, visits, reversed, 0 AS side FROM l
				UNION ALL SELECT volunteer_id, year, -minutes, -visits, -reversed, 1 FROM person_years
			), fields AS (
				SELECT volunteer_id, field_code, minutes, 0 AS side FROM l
				UNION ALL SELECT volunteer_id, field_code, -minutes, 1 FROM person_fields
			)
			SELECT 'person_months ' || volunteer_id || ' ' || month AS broken FROM months GROUP BY volunteer_id, month
				HAVING SUM(minutes) <> 0 OR SUM(visits) <> 0 OR MIN(side) = MAX(side)
			UNION ALL SELECT 'person_years ' || volunteer_id || ' ' || year FROM years GROUP BY volunteer_id, year
				HAVING SUM(minutes) <> 0 OR SUM(visits) <> 0 OR SUM(reversed) <> 0 OR MIN(side) = MAX(side)
			UNION ALL SELECT 'person_fields ' || volunteer_id || ' ' || field_code FROM fields GROUP BY volunteer_id, field_code
				HAVING SUM(minutes) <> 0 OR MIN(side) = MAX(side)`,

		// Whoever changes a certificate, and all that hangs on it, by hand would have to change the log of acts as well.
		proof.CertificatesKept: `WITH told AS (
				SELECT subject_id, volunteer_id, detail FROM audit_events WHERE action = 'certificate.issued'
			)
			SELECT 'certificates ' || c.id || ' (not as the log tells)' AS broken FROM certificates c
				LEFT JOIN told t ON t.subject_id = CAST(c.id AS text) AND t.volunteer_id = c.volunteer_id
					AND t.detail = '{"content":"' || c.content_hash || '","paper":"' || c.paper_hash || '"}'
				WHERE t.subject_id IS NULL
			UNION ALL SELECT 'certificates ' || t.subject_id || ' (gone)' FROM told t
				LEFT JOIN certificates c ON CAST(c.id AS text) = t.subject_id WHERE c.id IS NULL
			UNION ALL SELECT 'certificate_revocations ' || r.certificate_id || ' (not as the log tells)' FROM certificate_revocations r
				LEFT JOIN audit_events e ON e.action = 'certificate.revoked' AND e.subject_id = CAST(r.certificate_id AS text)
					AND e.account_id = r.revoked_by AND e.reason = r.reason
				WHERE e.id IS NULL
			UNION ALL SELECT 'certificate_revocations ' || e.subject_id || ' (gone)' FROM audit_events e
				LEFT JOIN certificate_revocations r ON CAST(r.certificate_id AS text) = e.subject_id
				WHERE e.action = 'certificate.revoked' AND r.certificate_id IS NULL`,

		// Hours that were taken away after the last review are dealt with by the next one, or when the person looks.
		proof.BadgesCovered: `SELECT 'awards ' || w.id || ' (' || w.minutes || ' of ' || COALESCE(a.balance, 0) || ')' AS broken FROM awards w
				LEFT JOIN ledger_accounts a ON a.owner_id = w.volunteer_id AND a.kind = 'volunteer_minutes'
				WHERE w.revoked_at IS NULL AND COALESCE(a.balance, 0) < w.minutes
					AND (a.last_posted_at IS NULL OR a.last_posted_at < (SELECT MAX(covers) FROM award_reviews))
			UNION ALL SELECT 'awards ' || w.id || ' (steps)' FROM awards w
				LEFT JOIN award_steps i ON i.award_id = w.id AND i.number = 1 LEFT JOIN award_steps r ON r.award_id = w.id AND r.number = 2
				LEFT JOIN ledger_entries e ON e.id = i.entry_id LEFT JOIN ledger_entries o ON o.id = r.entry_id
				WHERE i.award_id IS NULL OR i.balance < w.minutes OR e.volunteer_id <> w.volunteer_id
					OR (w.revoked_at IS NULL) <> (r.award_id IS NULL) OR r.balance >= w.minutes OR o.volunteer_id <> w.volunteer_id`,

		proof.BadgesOnce: `SELECT 'awards of volunteers ' || volunteer_id || ' ' || scale_code || ' ' || threshold_code AS broken FROM awards
			WHERE revoked_at IS NULL GROUP BY volunteer_id, scale_code, threshold_code HAVING COUNT(*) > 1`,

		proof.HonoursByTwo: `WITH supported AS (
				SELECT nomination_id, COUNT(DISTINCT volunteer_id) AS n FROM nomination_supports GROUP BY nomination_id
			)
			SELECT 'nominations ' || n.id || ' (' || COALESCE(s.n, 0) || ' supporters)' AS broken FROM nominations n
				LEFT JOIN supported s ON s.nomination_id = n.id
				WHERE COALESCE(s.n, 0) <> n.supports OR (n.state NOT IN ('open', 'withdrawn') AND COALESCE(s.n, 0) <> 5)
			UNION ALL SELECT 'nomination_supports ' || s.nomination_id || ' ' || s.volunteer_id FROM nomination_supports s
				JOIN nominations n ON n.id = s.nomination_id WHERE s.volunteer_id IN (n.nominee_id, n.nominator_id)
			UNION ALL SELECT 'nominations ' || n.id || ' (decided)' FROM nominations n
				JOIN accounts p ON p.id = n.proposed_by JOIN accounts d ON d.id = n.decided_by
				WHERE p.id = d.id OR p.volunteer_id = d.volunteer_id
					OR p.volunteer_id IN (n.nominee_id, n.nominator_id) OR d.volunteer_id IN (n.nominee_id, n.nominator_id)
					OR EXISTS (SELECT 1 FROM nomination_supports s WHERE s.nomination_id = n.id AND s.volunteer_id IN (p.volunteer_id, d.volunteer_id))
			UNION ALL SELECT 'nominations ' || n.id || ' (step ' || n.steps || ')' FROM nominations n
				LEFT JOIN (SELECT nomination_id, COUNT(*) AS n FROM nomination_steps GROUP BY nomination_id) t ON t.nomination_id = n.id
				WHERE COALESCE(t.n, 0) <> n.steps OR (n.state IN ('awarded', 'declined') AND NOT EXISTS (SELECT 1 FROM nomination_steps t
					WHERE t.nomination_id = n.id AND t.kind = n.state AND t.account_id = n.decided_by))`,

		proof.PlacesCounted: `SELECT 'shifts ' || s.id || ' (' || s.confirmed || ', counted ' || COALESCE(u.n, 0) || ')' AS broken
			FROM shifts s LEFT JOIN (
				SELECT shift_id, COUNT(*) AS n FROM sign_ups WHERE state IN ('confirmed', 'attended', 'no_show') GROUP BY shift_id
			) u ON u.shift_id = s.id WHERE s.confirmed <> COALESCE(u.n, 0)`,

		proof.NoDoubleBooking: `SELECT 'sign_ups ' || a.id || ' and ' || b.id AS broken FROM sign_ups a
			JOIN sign_ups b ON b.volunteer_id = a.volunteer_id AND b.starts_at >= a.starts_at AND b.starts_at < a.ends_at
			WHERE a.state = 'confirmed' AND b.state = 'confirmed' AND (b.starts_at > a.starts_at OR b.id > a.id)`,

		proof.OneAccountEach: `SELECT 'volunteers ' || v.id AS broken FROM volunteers v
				LEFT JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' AND a.unit = 'minute'
				GROUP BY v.id HAVING COUNT(a.id) <> 1
			UNION ALL SELECT 'ledger_accounts ' || a.id FROM ledger_accounts a LEFT JOIN volunteers v ON v.id = a.owner_id
				WHERE a.kind = 'volunteer_minutes' AND v.id IS NULL`,

		proof.KeysAreAnswered: `SELECT 'idempotency_keys ' || actor_id || ' ' || key AS broken FROM idempotency_keys
			WHERE status NOT BETWEEN 200 AND 599 OR (status IS NULL AND (body IS NOT NULL OR location IS NOT NULL OR etag IS NOT NULL))`,

		proof.GuardsStand: guards(tx),

		// The schema's CHECKs and references hold by themselves unless somebody has switched them off.
		proof.DatabaseIsSound: tx.Pick(`SELECT 'constraint ' || conname || ' is not valid' AS broken FROM pg_constraint
				WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
			UNION ALL SELECT 'references of ' || c.relname || ' are not watched' FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
				WHERE g.tgisinternal AND g.tgenabled <> 'O' AND c.relnamespace = current_schema()::regnamespace
			UNION ALL SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
				WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace`,
			`SELECT integrity_check AS broken FROM pragma_integrity_check WHERE integrity_check <> 'ok'
			UNION ALL SELECT "table" || ' row ' || rowid || ' names a missing row of ' || parent FROM pragma_foreign_key_check`),
	}
}

// guarded are the tables whose rows nobody may change or delete.
var guarded = []string{
	"anomaly_rules",
	"audit_events",
	"award_round_items",
	"award_rounds",
	"award_scales",
	"award_steps",
	"award_thresholds",
	"certificate_lines",
	"certificate_papers",
	"certificate_revocations",
	"certificates",
	"class_periods",
	"consents",
	"disaster_areas",
	"dispute_documents",
	"dispute_entries",
	"dispute_steps",
	"documents",
	"exported_attendances",
	"late_windows",
	"ledger_entries",
	"ledger_postings",
	"ledger_seals",
	"nomination_documents",
	"nomination_findings",
	"nomination_steps",
	"nomination_supports",
	"regions_before",
	"residences_before",
	"school_export_days",
	"school_export_lines",
	"school_exports",
	"transfer_origins",
	"transfers",
	"volunteers_before",
}

// kept are the tables whose rows move on but never go.
var kept = []string{
	"accesses",
	"anomalies",
	"attendances",
	"awards",
	"disputes",
	"households",
	"nominations",
}

// Guards names the triggers that must be there: of append-only and of kept tables, and of what was first told of a presence.
func Guards(tx *repository.Tx) []string {
	names := []string{"attendances_as_told"}
	for _, table := range kept {
		names = append(names, table+"_no_delete")
	}
	for _, table := range guarded {
		names = append(names, table+"_append_only", table+tx.Pick("_no_truncate", "_no_delete"))
	}
	return names
}

// guards looks for each trigger, in force and still refusing.
func guards(tx *repository.Tx) string {
	names := Guards(tx)
	return `WITH wanted (name) AS (VALUES ('` + strings.Join(names, `'), ('`) + `'))
		SELECT 'trigger ' || w.name AS broken FROM wanted w WHERE NOT EXISTS (` + tx.Pick(
		`SELECT 1 FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_proc f ON f.oid = g.tgfoid
			WHERE g.tgname = w.name AND g.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
				AND w.name LIKE c.relname || '\_%' AND f.prosrc LIKE '%RAISE EXCEPTION%' AND f.prosrc NOT LIKE '%RETURN%'`,
		`SELECT 1 FROM sqlite_master g WHERE g.type = 'trigger' AND g.name = w.name AND w.name LIKE g.tbl_name || '\_%' ESCAPE '\'
			AND g.sql LIKE '%RAISE(ABORT%'`) + `)`
}
