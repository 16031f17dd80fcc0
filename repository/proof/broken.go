package proof

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dure/domain/proof"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// Broken implements proof.View.
func (v View) Broken(ctx context.Context, rows int) (map[string][]string, error) {
	broken := map[string][]string{}
	for invariant, query := range queries(v.Tx) {
		var found []string
		if err := v.Tx.Raw(`SELECT broken FROM (`+query+`) AS b ORDER BY broken LIMIT ?`, rows).Scan(&found).Error; err != nil {
			return nil, err
		}
		broken[invariant] = found
	}
	figures, err := v.figures(ctx, rows)
	if err != nil {
		return nil, err
	}
	broken[proof.FiguresCounted] = figures
	return broken, v.publications(ctx, broken)
}

// queries are the invariants that the database can check by itself. Each gives table and key of the rows that break it, as
// one column named broken.
func queries(tx *repository.Tx) map[string]string {
	all := map[string]string{
		proof.EntriesBalance: `SELECT 'ledger_postings ' || p.entry_id || ' line ' || p.line AS broken FROM ledger_postings p
				LEFT JOIN ledger_entries e ON e.id = p.entry_id WHERE e.id IS NULL
			UNION ALL SELECT 'ledger_entries ' || e.id || ' (no account ' || e.account_id || ')' FROM ledger_entries e
				LEFT JOIN ledger_accounts a ON a.id = e.account_id WHERE a.id IS NULL`,

		proof.MinutesConserved: `SELECT 'ledger_postings in all: ' || SUM(p.amount) || ' ' || a.unit AS broken
			FROM ledger_postings p JOIN ledger_accounts a ON a.id = p.account_id GROUP BY a.unit HAVING SUM(p.amount) <> 0`,

		proof.SystemKeepsNone: `SELECT 'ledger_accounts ' || id AS broken FROM ledger_accounts WHERE kind NOT IN ` + chained + `
				AND (balance <> 0 OR sequence <> 0 OR head <> '' OR last_posted_at IS NOT NULL
					OR unit <> CASE kind WHEN 'service_given' THEN 'minute' ELSE 'point' END)
			UNION ALL SELECT 'ledger_entries ' || e.id FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id
				WHERE a.kind NOT IN ` + chained,

		proof.TwoPersons: `SELECT 'attendances ' || a.id AS broken FROM attendances a LEFT JOIN accounts v ON v.id = a.verified_by
			WHERE a.verified_by = a.recorded_by OR v.volunteer_id = a.volunteer_id
				OR (a.verified_by = '00000000-0000-0000-0000-000000000000' AND a.evidence <> 'qr')`,

		proof.ChangesApplied: `WITH applied AS (
				SELECT c.*, ROW_NUMBER() OVER (PARTITION BY attendance_id, kind ORDER BY decided_at DESC, id DESC) AS n
				FROM attendance_changes c WHERE state = 'applied'
			)
			SELECT 'attendance_changes ' || c.id AS broken FROM applied c JOIN attendances a ON a.id = c.attendance_id
				LEFT JOIN accounts d ON d.id = c.decided_by WHERE c.decided_by = c.proposed_by OR d.volunteer_id = a.volunteer_id
			UNION ALL SELECT 'attendance_changes ' || c.id FROM attendance_changes c JOIN attendances a ON a.id = c.attendance_id
				WHERE c.organiser_id <> a.organiser_id
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
				FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.account_id = e.account_id
				WHERE e.kind IN ` + ledgerstore.MinuteKinds + ` GROUP BY 1, 2, 3
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

		proof.FactsAreLedger: factsAreLedger,

		proof.TabulationsWhole: `WITH current_ones AS (
				SELECT t.id, t.year FROM tabulations t WHERE t.state = 'finished'
					AND t.revision = (SELECT COALESCE(SUM(r.revision), 0) FROM cube_revisions r WHERE r.year <= t.year)
			), sums AS (
				SELECT t.id, c.visits, c.minutes FROM current_ones t JOIN tabulation_cells c ON c.tabulation_id = t.id
				UNION ALL SELECT t.id, -f.visits, -f.minutes FROM current_ones t JOIN cube_facts f ON f.day BETWEEN ` +
			tx.Pick(`make_date(t.year, 1, 1) AND make_date(t.year, 12, 31)`, `t.year || '-01-01' AND t.year || '-12-31'`) + `
			)
			SELECT 'tabulation ' || id AS broken FROM sums GROUP BY id HAVING SUM(visits) <> 0 OR SUM(minutes) <> 0`,

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

		proof.IncentivesEarned: `SELECT 'holding_bases ' || holding_id || ' requirement ' || requirement AS broken FROM holding_bases
				GROUP BY holding_id, requirement HAVING MAX(CASE WHEN measured >= at_least THEN 1 ELSE 0 END) = 0
			UNION ALL SELECT 'holdings ' || h.id || ' (bases missing)' FROM holdings h
				JOIN programme_versions v ON v.programme_id = h.programme_id AND v.number = h.number
				LEFT JOIN (SELECT holding_id, COUNT(DISTINCT requirement) AS n FROM holding_bases GROUP BY holding_id) b ON b.holding_id = h.id
				WHERE COALESCE(b.n, 0) <> ` + tx.Pick(`json_array_length(v.terms::json -> 'requirements') + CASE WHEN v.terms::json -> 'ranking' IS NULL THEN 0 ELSE 1 END`,
			`json_array_length(v.terms, '$.requirements') + CASE WHEN json_type(v.terms, '$.ranking') IS NULL THEN 0 ELSE 1 END`),

		proof.IncentivesCapped: `WITH given AS (
				SELECT h.*, ` + tx.Pick(`EXTRACT(year FROM h.claimed_on)::integer`, `CAST(strftime('%Y', h.claimed_on) AS integer)`) + ` AS year,
					v.per_year, v.budget_holdings, v.budget_won, v.budget_each, v.one_per_car
				FROM holdings h JOIN programme_versions v ON v.programme_id = h.programme_id AND v.number = h.number
				WHERE h.state IN ('requested', 'held', 'expired', 'exchanged')
			)
			SELECT 'programmes ' || programme_id || ' (volunteers ' || volunteer_id || ', at once)' AS broken FROM given
				WHERE state IN ('requested', 'held') GROUP BY programme_id, volunteer_id, period HAVING COUNT(*) > 1
			UNION ALL SELECT 'programmes ' || programme_id || ' (volunteers ' || volunteer_id || ', ' || year || ')' FROM given
				GROUP BY programme_id, volunteer_id, year HAVING MIN(per_year) > 0 AND COUNT(*) > MAX(per_year)
			UNION ALL SELECT 'programmes ' || programme_id || ' (a car twice)' FROM given
				WHERE state IN ('requested', 'held') AND car_hash IS NOT NULL GROUP BY programme_id, car_hash HAVING COUNT(*) > 1
			UNION ALL SELECT 'holdings ' || id || ' (no car)' FROM given WHERE one_per_car AND car_hash IS NULL
			UNION ALL SELECT 'programmes ' || programme_id || ' (budget)' FROM given
				GROUP BY programme_id, CASE WHEN budget_each = 'year' THEN year ELSE 0 END, budget_each
				HAVING MIN(budget_holdings) > 0 AND COUNT(*) > MAX(budget_holdings) OR MIN(budget_won) > 0 AND SUM(won) > MAX(budget_won)`,

		proof.IncentivesTold: `SELECT 'holdings ' || h.id || ' (' || h.state || ')' AS broken FROM holdings h
			LEFT JOIN (SELECT s.*, ROW_NUMBER() OVER (PARTITION BY holding_id ORDER BY id DESC) AS n FROM incentive_steps s WHERE what <> 'decreased') l
				ON l.holding_id = h.id AND l.n = 1
			WHERE l.what IS NULL OR l.what <> CASE h.state WHEN 'held' THEN 'granted' ELSE h.state END`,

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

		proof.InsurancePeriods: `SELECT 'insurance_contracts ' || a.id || ' and ' || b.id AS broken FROM insurance_contracts a
			JOIN insurance_contracts b ON b.starts_on >= a.starts_on AND b.starts_on <= a.ends_on AND (b.starts_on > a.starts_on OR b.id > a.id)`,

		proof.InsuranceVersions: `SELECT 'insurance_contracts ' || c.id AS broken FROM insurance_contracts c LEFT JOIN insurance_versions v ON v.contract_id = c.id
				GROUP BY c.id HAVING COUNT(v.version) = 0 OR COUNT(v.version) <> MAX(v.version)
			UNION ALL SELECT 'insurance_versions ' || v.contract_id || ' ' || v.version FROM insurance_versions v JOIN insurance_contracts c ON c.id = v.contract_id
				WHERE v.effective_from < c.starts_on OR v.effective_from > c.ends_on OR (v.version = 1 AND v.effective_from <> c.starts_on)
					OR NOT EXISTS (SELECT 1 FROM insurance_items i WHERE i.contract_id = v.contract_id AND i.version = v.version)
			UNION ALL SELECT 'insurance_items ' || i.id FROM insurance_items i JOIN insurance_contracts c ON c.id = i.contract_id
				WHERE i.effective_from < c.starts_on OR i.effective_to > c.ends_on`,

		// The answer that was kept with the approval is looked at again beside contract, item and person.
		proof.ClaimsCovered: `WITH approved AS (
				SELECT c.*, k.reason, k.contract_id, k.version, k.age, k.window_start, k.window_end FROM claims c
				JOIN claim_steps s ON s.claim_id = c.id AND s.state = 'approved'
				LEFT JOIN claim_covers k ON k.claim_id = c.id AND k.number = s.number
			)
			SELECT 'claims ' || a.id AS broken FROM approved a LEFT JOIN insurance_contracts i ON i.id = a.contract_id
				WHERE a.reason IS NULL OR a.reason <> '' OR i.id IS NULL OR a.day < i.starts_on OR a.day > i.ends_on
					OR a.happened_at < a.window_start OR a.happened_at >= a.window_end
			UNION ALL SELECT 'claim_amounts ' || x.claim_id || ' ' || x.item_id FROM claim_amounts x JOIN insurance_items t ON t.id = x.item_id
				LEFT JOIN approved a ON a.id = x.claim_id AND a.contract_id = t.contract_id AND a.version = t.version AND a.age >= t.age_from
					AND (t.age_to IS NULL OR a.age <= t.age_to) AND a.day >= t.effective_from AND a.day <= t.effective_to
					AND EXISTS (SELECT 1 FROM claim_items n WHERE n.claim_id = a.id AND n.kind = t.kind)
				WHERE a.id IS NULL`,

		proof.ClaimsWithin: `SELECT 'claim_amounts ' || x.claim_id || ' ' || x.item_id AS broken FROM claim_amounts x JOIN insurance_items t ON t.id = x.item_id
				WHERE (t.unit = 'sum' AND (x.days IS NOT NULL OR x.amount_won > t.limit_won - t.deductible_won))
					OR (t.unit = 'per_day' AND (x.days IS NULL OR x.days > t.max_days OR x.amount_won > t.limit_won * x.days - t.deductible_won))
			UNION ALL SELECT 'claims of ' || c.volunteer_id || ' on ' || c.day FROM claims c JOIN claim_amounts x ON x.claim_id = c.id
				JOIN insurance_items t ON t.id = x.item_id GROUP BY c.volunteer_id, c.day, t.kind
				HAVING SUM(CASE WHEN t.unit = 'sum' THEN x.amount_won ELSE 0 END) > MAX(t.limit_won - t.deductible_won) OR SUM(x.days) > MAX(t.max_days)
			UNION ALL SELECT 'claims ' || c.id FROM claims c
				WHERE c.approved_won <> COALESCE((SELECT SUM(x.amount_won) FROM claim_amounts x WHERE x.claim_id = c.id), 0)
					OR EXISTS (SELECT 1 FROM claim_steps s WHERE s.claim_id = c.id AND s.state IN ('approved', 'paid') AND s.amount_won <> c.approved_won)`,

		proof.ClaimsTwoPersons: `SELECT 'claim_steps ' || s.claim_id || ' ' || s.number AS broken FROM claim_steps s JOIN claims c ON c.id = s.claim_id
				LEFT JOIN accounts a ON a.id = s.account_id
				WHERE (s.state IN ('filed', 'approved', 'refused', 'paid') AND (s.account_id = c.reported_by OR a.volunteer_id = c.volunteer_id))
					OR (s.state = 'approved' AND (c.approved_by IS NULL OR s.account_id <> c.approved_by))
					OR (s.state = 'paid' AND (c.paid_by IS NULL OR s.account_id <> c.paid_by OR s.account_id = c.approved_by))`,

		proof.ClaimsStepped: `WITH steps AS (
				SELECT s.*, LAG(state) OVER (PARTITION BY claim_id ORDER BY number) AS before, ROW_NUMBER() OVER (PARTITION BY claim_id ORDER BY number) AS n
				FROM claim_steps s
			)
			SELECT 'claims ' || c.id || ' (step ' || c.steps || ')' AS broken FROM claims c LEFT JOIN steps s ON s.claim_id = c.id AND s.number = c.steps
				WHERE s.state IS NULL OR s.state <> c.state OR c.steps <> (SELECT COUNT(*) FROM claim_steps x WHERE x.claim_id = c.id)
			UNION ALL SELECT 'claim_steps ' || claim_id || ' ' || number FROM steps WHERE n <> number OR NOT CASE state
				WHEN 'reported' THEN before IS NULL
				WHEN 'documents' THEN COALESCE(before, '') = 'reported'
				WHEN 'filed' THEN COALESCE(before, '') IN ('reported', 'documents')
				WHEN 'approved' THEN COALESCE(before, '') = 'filed'
				WHEN 'paid' THEN COALESCE(before, '') = 'approved'
				WHEN 'closed' THEN COALESCE(before, '') IN ('refused', 'paid')
				ELSE COALESCE(before, '') IN ('reported', 'documents', 'filed') END`,

		proof.VouchersOnce: `SELECT 'vouchers ' || voucher_id || ' (' || COUNT(*) || ' redemptions)' AS broken FROM voucher_redemptions
				WHERE cancelled_at IS NULL GROUP BY voucher_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'vouchers ' || v.id || ' (' || v.state || ')' FROM vouchers v
				WHERE (v.state = 'redeemed') <> EXISTS (SELECT 1 FROM voucher_redemptions r WHERE r.voucher_id = v.id AND r.cancelled_at IS NULL)
			UNION ALL SELECT 'voucher_redemptions ' || r.id FROM voucher_redemptions r LEFT JOIN vouchers v ON v.id = r.voucher_id
				LEFT JOIN merchants m ON m.id = r.merchant_id
				WHERE v.id IS NULL OR m.id IS NULL OR r.redeemed_on NOT BETWEEN v.valid_from AND v.valid_to OR r.points <> v.points
					OR v.merchant_id <> m.id OR (v.merchant_kind <> '' AND v.merchant_kind <> m.kind)`,

		proof.VouchersPosted: `WITH posted AS (
				SELECT e.id, e.kind, e.source_type, e.source_id, a.owner_id AS merchant_id, p.amount FROM ledger_accounts a
				JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_entries e ON e.id = p.entry_id WHERE a.kind = 'merchant_points'
			)
			SELECT 'voucher_redemptions ' || r.id || ' (' || COUNT(p.id) || ' postings)' AS broken FROM voucher_redemptions r
				LEFT JOIN posted p ON p.source_type = 'voucher_redemption' AND p.source_id = r.id WHERE r.points > 0
				GROUP BY r.id, r.entry_id, r.merchant_id, r.points
				HAVING COUNT(p.id) <> 1 OR COUNT(CASE WHEN p.id = r.entry_id AND p.kind = 'redemption' AND p.merchant_id = r.merchant_id AND p.amount = r.points THEN 1 END) <> 1
			UNION ALL SELECT 'voucher_redemptions ' || r.id || ' (cancelled)' FROM voucher_redemptions r
				LEFT JOIN posted p ON p.id = r.cancel_entry_id AND p.source_id = r.entry_id AND p.kind = 'cancellation'
					AND p.merchant_id = r.merchant_id AND p.amount = -r.points
				WHERE r.cancelled_at IS NOT NULL AND r.points > 0 AND p.id IS NULL
			UNION ALL SELECT 'voucher_redemptions ' || r.id || ' (not cancelled)' FROM voucher_redemptions r
				JOIN posted p ON p.kind = 'cancellation' AND p.source_id = r.entry_id WHERE r.cancelled_at IS NULL
			UNION ALL SELECT 'ledger_entries ' || p.id || ' (no redemption)' FROM posted p
				LEFT JOIN voucher_redemptions r ON r.id = p.source_id WHERE p.source_type = 'voucher_redemption' AND r.id IS NULL`,

		proof.OneAccountEach: `SELECT 'volunteers ' || v.id AS broken FROM volunteers v
				LEFT JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' AND a.unit = 'minute'
				GROUP BY v.id HAVING COUNT(a.id) <> 1
			UNION ALL SELECT 'ledger_accounts ' || a.id FROM ledger_accounts a LEFT JOIN volunteers v ON v.id = a.owner_id
				WHERE a.kind IN ('volunteer_minutes', 'volunteer_points', 'points_debt') AND v.id IS NULL`,

		proof.KeysAreAnswered: `SELECT 'idempotency_keys ' || actor_id || ' ' || key AS broken FROM idempotency_keys
			WHERE status NOT BETWEEN 200 AND 599 OR (status IS NULL AND (body IS NOT NULL OR location IS NOT NULL OR etag IS NOT NULL))`,

		proof.TargetsKept: `SELECT 'targets ' || t.id || ' version ' || t.version AS broken FROM targets t
			LEFT JOIN targets b ON b.id = t.id AND b.version = t.version - 1
			WHERE (b.id IS NULL AND t.version <> 1) OR b.state <> 'standing' OR b.metric <> t.metric OR b.region <> t.region
				OR b.baseline_value <> t.baseline_value OR b.baseline_on <> t.baseline_on OR b.goal_value <> t.goal_value
				OR b.due_on <> t.due_on OR b.source <> t.source`,

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
	maps.Copy(all, pointQueries())
	maps.Copy(all, settlementQueries(tx))
	maps.Copy(all, benefitQueries(tx))
	return all
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
	"card_levels",
	"certificate_lines",
	"certificate_papers",
	"certificate_revocations",
	"certificates",
	"claim_amounts",
	"claim_consents",
	"claim_covers",
	"claim_deadlines",
	"claim_documents",
	"claim_items",
	"claim_steps",
	"class_periods",
	"consents",
	"disaster_areas",
	"dispute_documents",
	"dispute_entries",
	"dispute_steps",
	"documents",
	"exported_attendances",
	"holding_bases",
	"incentive_steps",
	"insurance_contracts",
	"insurance_items",
	"insurance_papers",
	"insurance_versions",
	"late_windows",
	"ledger_entries",
	"ledger_postings",
	"ledger_decreases",
	"ledger_seals",
	"nomination_documents",
	"nomination_findings",
	"nomination_steps",
	"nomination_supports",
	"point_budget_moves",
	"point_debt_moves",
	"point_moves",
	"point_take_backs",
	"programme_funds",
	"programme_versions",
	"publication_tables",
	"regions_before",
	"residences_before",
	"school_export_days",
	"school_export_lines",
	"school_exports",
	"targets",
	"settlement_lines",
	"settlement_steps",
	"settlements",
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
	"claims",
	"disputes",
	"holdings",
	"households",
	"nominations",
	"point_debts",
	"point_lots",
	"publications",
	"voucher_redemptions",
	"vouchers",
}

// Guards names the triggers that must be there: of append-only and of kept tables, and of what was first told of a presence.
func Guards(tx *repository.Tx) []string {
	names := []string{"attendances_as_told", "publications_as_published"}
	for _, table := range kept {
		names = append(names, table+"_no_delete")
	}
	for _, table := range guarded {
		names = append(names, table+"_append_only", table+tx.Pick("_no_truncate", "_no_delete"))
	}
	return append(names, counting(tx)...)
}

// counting names the triggers that have persons counted again, or all of them, when what figures depend on changes.
func counting(tx *repository.Tx) []string {
	names := []string{"volunteers_counted", "residences_counted", "activities_counted", "camps_counted"}
	if tx.Postgres() {
		return append(names, "regions_counted", "population_totals_counted", "holidays_counted")
	}
	names = append(names, "volunteers_counted_insert", "residences_counted_insert", "residences_counted_delete")
	for _, table := range []string{"regions", "population_totals", "holidays"} {
		names = append(names, table+"_counted_insert", table+"_counted_update", table+"_counted_delete")
	}
	return names
}

// guards looks for each trigger, in force and still doing its work.
func guards(tx *repository.Tx) string {
	var wanted []string
	for _, name := range Guards(tx) {
		work := "RAISE"
		if slices.Contains(counting(tx), name) {
			work = "INSERT INTO cube_queue"
		}
		wanted = append(wanted, "('"+name+"', '"+work+"')")
	}
	return `WITH wanted (name, work) AS (VALUES ` + strings.Join(wanted, ", ") + `)
		SELECT 'trigger ' || w.name AS broken FROM wanted w WHERE NOT EXISTS (` + tx.Pick(
		`SELECT 1 FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_proc f ON f.oid = g.tgfoid
			WHERE g.tgname = w.name AND g.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
				AND w.name LIKE c.relname || '\_%' AND f.prosrc LIKE '%' || w.work || '%' AND (w.work <> 'RAISE' OR f.prosrc NOT LIKE '%RETURN%')`,
		`SELECT 1 FROM sqlite_master g WHERE g.type = 'trigger' AND g.name = w.name AND w.name LIKE g.tbl_name || '\_%' ESCAPE '\'
			AND g.sql LIKE '%' || w.work || CASE w.work WHEN 'RAISE' THEN '(ABORT' ELSE '' END || '%'`) + `)`
}
