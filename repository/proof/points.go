package proof

import (
	"dure/domain/proof"
	ledgerstore "dure/repository/ledger"
)

// pointQueries are the invariants of points. Each gives table and key of the rows that break it, as one column named broken.
func pointQueries() map[string]string {
	return map[string]string{
		proof.UnitsApart: `SELECT 'ledger_accounts ' || id AS broken FROM ledger_accounts
				WHERE (kind IN ('volunteer_minutes', 'service_given')) <> (unit = 'minute')
			UNION ALL SELECT 'ledger_entries ' || e.id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
				WHERE a.kind <> CASE WHEN e.kind IN ` + ledgerstore.MinuteKinds + ` THEN 'volunteer_minutes'
					WHEN e.kind = 'funding' THEN 'programme_points' WHEN e.kind = 'payment' THEN 'merchant_paid' ELSE 'volunteer_points' END
			UNION ALL SELECT 'ledger_entries ' || e.id || ' line ' || p.line FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id
				LEFT JOIN ledger_accounts a ON a.id = p.account_id
				WHERE e.kind NOT IN ` + ledgerstore.MinuteKinds + ` AND (a.id IS NULL OR a.unit <> 'point')`,

		proof.PointsConserved: `WITH away AS (
				SELECT e.id, e.kind, e.volunteer_id, a.kind AS account, a.owner_id, p.amount FROM ledger_entries e
				JOIN ledger_postings p ON p.entry_id = e.id AND p.line > 1 JOIN ledger_accounts a ON a.id = p.account_id
				WHERE e.kind NOT IN ` + ledgerstore.MinuteKinds + `
			), programmes AS (
				SELECT owner_id AS programme_id, -amount AS amount FROM away WHERE kind = 'grant'
				UNION ALL SELECT programme_id, -remaining FROM point_lots
				UNION ALL SELECT l.programme_id, m.amount FROM point_moves m JOIN point_lots l ON l.id = m.lot_id WHERE m.kind <> 'grant'
			)
			SELECT 'programme ' || programme_id || ' (' || SUM(amount) || ' points too many or too few)' AS broken FROM programmes
				GROUP BY programme_id HAVING SUM(amount) <> 0
			UNION ALL SELECT 'ledger_entries ' || e.id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'volunteer_points'
				JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
				LEFT JOIN (SELECT entry_id, SUM(amount) AS amount, MIN(kind) AS first, MAX(kind) AS last FROM point_moves GROUP BY entry_id) m
					ON m.entry_id = e.id
				WHERE p.account_id <> e.account_id OR p.amount <> COALESCE(m.amount, 0) OR m.first <> e.kind OR m.last <> e.kind
			UNION ALL SELECT 'ledger_entries ' || id || ' to ' || account FROM away
				WHERE kind || ' ' || account NOT IN ('funding points_issued', 'grant programme_points', 'redemption merchant_points',
					'cancellation merchant_points', 'expiry points_expired', 'donation points_donated', 'take_back programme_points',
					'take_back points_debt', 'take_back points_issued', 'settlement points_debt', 'payment merchant_points')
					OR account = 'points_debt' AND owner_id <> volunteer_id`,

		proof.LotsAreMoves: `SELECT 'point_lots ' || l.id AS broken FROM point_lots l JOIN ledger_entries e ON e.id = l.entry_id
				LEFT JOIN (SELECT lot_id, SUM(amount) AS remaining, SUM(CASE WHEN kind = 'grant' THEN amount ELSE 0 END) AS granted
					FROM point_moves GROUP BY lot_id) m ON m.lot_id = l.id
				WHERE l.remaining <> COALESCE(m.remaining, 0) OR l.granted <> COALESCE(m.granted, 0) OR l.remaining < 0
					OR e.kind <> 'grant' OR e.volunteer_id <> l.volunteer_id OR e.source_id <> l.programme_id
			UNION ALL SELECT 'ledger_accounts ' || a.id FROM ledger_accounts a
				LEFT JOIN (SELECT volunteer_id, SUM(remaining) AS remaining FROM point_lots GROUP BY volunteer_id) l ON l.volunteer_id = a.owner_id
				WHERE a.kind = 'volunteer_points' AND a.balance <> COALESCE(l.remaining, 0)
			UNION ALL SELECT 'point_moves ' || m.entry_id || ' ' || m.lot_id FROM point_moves m JOIN point_lots l ON l.id = m.lot_id
				JOIN ledger_entries e ON e.id = m.entry_id WHERE e.volunteer_id <> l.volunteer_id`,

		proof.BudgetsHold: `WITH moves AS (
				SELECT programme_id, sequence, balance, SUM(amount) OVER s AS run, ROW_NUMBER() OVER s AS n
				FROM point_budget_moves WINDOW s AS (PARTITION BY programme_id ORDER BY sequence)
			), told AS (
				SELECT p.entry_id, a.owner_id AS programme_id, p.amount FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id
				WHERE a.kind = 'programme_points'
				UNION ALL SELECT entry_id, programme_id, -amount FROM point_budget_moves
			)
			SELECT 'point_budget_moves ' || programme_id || ' ' || sequence AS broken FROM moves WHERE run <> balance OR run < 0 OR n <> sequence
			UNION ALL SELECT 'ledger_accounts ' || a.id || ' (balance ' || a.balance || ', sum ' || COALESCE(m.amount, 0) || ')' FROM ledger_accounts a
				LEFT JOIN (SELECT programme_id, SUM(amount) AS amount FROM point_budget_moves GROUP BY programme_id) m ON m.programme_id = a.owner_id
				WHERE a.kind = 'programme_points' AND a.balance <> COALESCE(m.amount, 0)
			UNION ALL SELECT 'ledger_entries ' || entry_id FROM told GROUP BY entry_id, programme_id HAVING SUM(amount) <> 0`,

		proof.DebtsAreNamed: `SELECT 'point_debts ' || d.id AS broken FROM point_debts d
				LEFT JOIN (SELECT debt_id, SUM(amount) AS sum, SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS raised
					FROM point_debt_moves GROUP BY debt_id) m ON m.debt_id = d.id
				WHERE d.remaining <> -COALESCE(m.sum, 0) OR d.amount <> COALESCE(m.raised, 0) OR d.remaining < 0
			UNION ALL SELECT 'ledger_entries ' || entry_id FROM (
				SELECT p.entry_id, p.amount FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id WHERE a.kind = 'points_debt'
				UNION ALL SELECT entry_id, -amount FROM point_debt_moves
			) AS x GROUP BY entry_id HAVING SUM(amount) <> 0
			UNION ALL SELECT 'point_take_backs ' || t.entry_id FROM point_take_backs t JOIN ledger_postings p ON p.entry_id = t.entry_id AND p.line = 1
				LEFT JOIN point_debts d ON d.entry_id = t.entry_id WHERE p.amount <> -t.taken OR t.owed <> COALESCE(d.amount, 0)`,

		proof.CancelledOnce: `SELECT 'ledger_entries ' || source_id AS broken FROM ledger_entries WHERE kind = 'cancellation'
				GROUP BY source_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'ledger_entries ' || c.id FROM ledger_entries c
				LEFT JOIN ledger_entries e ON e.id = c.source_id AND e.account_id = c.account_id AND e.kind = 'redemption'
				WHERE c.kind = 'cancellation' AND e.id IS NULL
			UNION ALL SELECT 'ledger_entries ' || id FROM (
				SELECT c.id, p.account_id, p.amount FROM ledger_entries c JOIN ledger_postings p ON p.entry_id = c.id WHERE c.kind = 'cancellation'
				UNION ALL SELECT c.id, p.account_id, p.amount FROM ledger_entries c JOIN ledger_postings p ON p.entry_id = c.source_id
				WHERE c.kind = 'cancellation'
			) AS x GROUP BY id, account_id HAVING SUM(amount) <> 0`,
	}
}
