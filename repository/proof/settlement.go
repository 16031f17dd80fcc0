package proof

import (
	"context"
	"fmt"

	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/domain/settlement"
	"dure/repository"
)

// statementsAtOnce bounds how many statements are held in memory with their lines.
const statementsAtOnce = 100

// Settlements implements proof.View.
func (v View) Settlements(_ context.Context, tell func(settlement.Statement, []settlement.Line)) error {
	for after := id.Nil; ; {
		var statements []settlement.Statement
		if err := v.Tx.Raw(`SELECT * FROM settlements WHERE id > ? ORDER BY id LIMIT ?`, after, statementsAtOnce).Scan(&statements).Error; err != nil || len(statements) == 0 {
			return err
		}
		ids := make([]id.ID, len(statements))
		for i, s := range statements {
			ids[i] = s.ID
		}
		var rows []settlement.Line
		if err := v.Tx.Raw(`SELECT l.* FROM `+v.Tx.Records("id uuid")+` JOIN settlement_lines l ON l.statement_id = r.id ORDER BY l.statement_id, l.number`,
			repository.IDs(ids)).Scan(&rows).Error; err != nil {
			return err
		}
		lines := map[id.ID][]settlement.Line{}
		for _, l := range rows {
			lines[l.StatementID] = append(lines[l.StatementID], l)
		}
		for _, s := range statements {
			tell(s, lines[s.ID])
		}
		after = ids[len(ids)-1]
	}
}

// settlementQueries are the invariants of settlements. Each gives table and key of the rows that break it, as one column
// named broken.
func settlementQueries(tx *repository.Tx) map[string]string {
	month := func(day string) string {
		return tx.Pick(`date_trunc('month', `+day+`)::date`, `date(`+day+`, 'start of month')`)
	}
	posted := `WITH posted AS (
			SELECT a.owner_id AS merchant_id, e.id, e.kind, e.effective_day AS day, ` + month(`e.effective_day`) + ` AS month, p.amount FROM ledger_accounts a
			JOIN ledger_postings p ON p.account_id = a.id JOIN ledger_entries e ON e.id = p.entry_id WHERE a.kind = 'merchant_points'
		)`
	silent := fmt.Sprintf(tx.Pick(`happened_at - before_at < interval '%d days'`, `julianday(happened_at) - julianday(before_at) < %d`), settlement.ObjectionDays)
	return map[string]string{
		proof.SettlementsTrue: posted + `
			SELECT 'settlement_lines ' || l.statement_id || ' ' || l.number AS broken FROM settlement_lines l JOIN settlements s ON s.id = l.statement_id
				LEFT JOIN posted p ON p.id = l.entry_id AND p.merchant_id = s.merchant_id AND p.kind = l.kind AND p.day = l.day AND p.amount = l.points
				WHERE p.id IS NULL OR p.month <> s.month
			UNION ALL SELECT 'ledger_entries ' || p.id || ' (on no statement)' FROM posted p
				JOIN (SELECT merchant_id, MAX(month) AS month FROM settlements GROUP BY merchant_id) s ON s.merchant_id = p.merchant_id AND p.month <= s.month
				LEFT JOIN settlement_lines l ON l.entry_id = p.id WHERE l.entry_id IS NULL
			UNION ALL SELECT 'settlements ' || s.id || ' (sums)' FROM settlements s
				LEFT JOIN (SELECT statement_id, COUNT(*) AS n, SUM(CASE kind WHEN 'redemption' THEN points ELSE 0 END) AS redeemed,
						SUM(CASE kind WHEN 'cancellation' THEN -points ELSE 0 END) AS cancelled, SUM(CASE kind WHEN 'payment' THEN -points ELSE 0 END) AS paid
					FROM settlement_lines GROUP BY statement_id) l ON l.statement_id = s.id
				WHERE l.n IS NULL OR l.n <> s.lines OR l.redeemed <> s.redeemed OR l.cancelled <> s.cancelled OR l.paid <> s.paid
					OR s.opening <> (SELECT COALESCE(SUM(p.amount), 0) FROM posted p WHERE p.merchant_id = s.merchant_id AND p.month < s.month)
			UNION ALL SELECT 'settlements ' || s.id || ' (number ' || s.number || ')' FROM settlements s
				LEFT JOIN settlements b ON b.merchant_id = s.merchant_id AND b.number = s.number - 1
				WHERE b.id IS NULL AND (s.number > 1 OR s.carried <> 0 OR s.previous_hash <> '')
					OR b.hash <> s.previous_hash OR b.month >= s.month OR b.closing <> s.opening
					OR s.carried <> CASE WHEN b.carried + b.redeemed - b.cancelled < 0 THEN b.carried + b.redeemed - b.cancelled ELSE 0 END`,

		proof.SettlementsPaid: `SELECT 'settlements ' || statement_id || ' (' || COUNT(*) || ' payments)' AS broken FROM settlement_steps
				WHERE state = 'paid' GROUP BY statement_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'settlements ' || source_id || ' (' || COUNT(*) || ' entries)' FROM ledger_entries
				WHERE kind = 'payment' GROUP BY source_id HAVING COUNT(*) > 1
			UNION ALL SELECT 'ledger_entries ' || e.id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
				LEFT JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
				LEFT JOIN ledger_postings w ON w.entry_id = e.id AND w.line = 2 LEFT JOIN ledger_accounts o ON o.id = w.account_id
				LEFT JOIN settlement_steps t ON t.entry_id = e.id AND t.state = 'paid'
				LEFT JOIN settlements s ON s.id = t.statement_id AND s.id = e.source_id
				WHERE e.kind = 'payment' AND (s.id IS NULL OR p.amount IS NULL OR p.amount <> s.payable OR a.owner_id <> s.merchant_id OR o.owner_id <> s.merchant_id)
			UNION ALL SELECT 'settlement_steps ' || t.statement_id || ' ' || t.number FROM settlement_steps t
				LEFT JOIN ledger_entries e ON e.id = t.entry_id AND e.kind = 'payment' AND e.source_id = t.statement_id
				WHERE t.state = 'paid' AND e.id IS NULL`,

		proof.SettlementsByTwo: `WITH steps AS (
				SELECT t.*, s.merchant_id, s.prepared_by, m.applied_by, LAG(t.state) OVER w AS before, LAG(t.happened_at) OVER w AS before_at, ROW_NUMBER() OVER w AS n
				FROM settlement_steps t JOIN settlements s ON s.id = t.statement_id LEFT JOIN merchants m ON m.id = s.merchant_id
				WINDOW w AS (PARTITION BY t.statement_id ORDER BY t.number)
			)
			SELECT 'settlement_steps ' || statement_id || ' ' || number AS broken FROM steps WHERE n <> number OR NOT CASE state
				WHEN 'prepared' THEN before IS NULL AND account_id = prepared_by
				WHEN 'confirmed' THEN COALESCE(before, '') IN ('prepared', 'answered') AND account_id <> prepared_by
				WHEN 'disputed' THEN COALESCE(before, '') IN ('prepared', 'answered') AND account_id <> prepared_by
				WHEN 'answered' THEN COALESCE(before, '') = 'disputed'
				WHEN 'approved' THEN COALESCE(before, '') IN ('confirmed', 'prepared', 'answered') AND account_id <> prepared_by
				ELSE COALESCE(before, '') = 'approved' END
			UNION ALL SELECT 'settlement_steps ' || statement_id || ' ' || number || ' (too soon)' FROM steps
				WHERE state = 'approved' AND before <> 'confirmed' AND ` + silent + `
			UNION ALL SELECT 'settlement_steps ' || t.statement_id || ' ' || t.number || ' (interested)' FROM steps t
				WHERE t.state IN ('answered', 'approved', 'paid') AND (t.account_id = t.applied_by OR EXISTS (SELECT 1 FROM role_grants g
					WHERE g.scope_type = 'merchant' AND g.scope_id = t.merchant_id AND g.account_id = t.account_id AND g.starts_at <= t.happened_at))
			UNION ALL SELECT 'settlement_steps ' || p.statement_id || ' ' || p.number || ' (approved it)' FROM settlement_steps p
				JOIN settlement_steps a ON a.statement_id = p.statement_id AND a.state = 'approved' AND a.account_id = p.account_id WHERE p.state = 'paid'
			UNION ALL SELECT 'settlements ' || s.id || ' (no step)' FROM settlements s
				LEFT JOIN settlement_steps t ON t.statement_id = s.id AND t.number = 1 WHERE t.statement_id IS NULL`,
	}
}
