package proof

import (
	"context"
	"maps"
	"strings"

	"dure/domain/proof"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
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
			UNION ALL SELECT 'attendances ' || a.id FROM attendances a
				LEFT JOIN applied t ON t.attendance_id = a.id AND t.kind = 'correction' AND t.n = 1
				WHERE a.counted_in_at <> COALESCE(t.checked_in_at, a.checked_in_at)
					OR a.counted_out_at <> COALESCE(t.checked_out_at, a.checked_out_at)
			UNION ALL SELECT 'attendances ' || a.id FROM attendances a
				LEFT JOIN applied t ON t.attendance_id = a.id AND t.kind = 'reversal' AND t.n = 1
				WHERE (a.state = 'reversed') <> (t.id IS NOT NULL)`,

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
				WHERE a.kind IN ('volunteer_minutes', 'volunteer_points', 'points_debt') AND v.id IS NULL`,

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
	maps.Copy(all, pointQueries())
	return all
}

// guarded are the tables whose rows nobody may change or delete.
var guarded = []string{"audit_events", "consents", "documents", "ledger_entries", "ledger_postings", "ledger_seals",
	"point_budget_moves", "point_debt_moves", "point_moves", "point_take_backs"}

// kept are the tables whose rows move on but never go.
var kept = []string{"attendances", "households", "ledger_decreases", "point_debts", "point_lots"}

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
