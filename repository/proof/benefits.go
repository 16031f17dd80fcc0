package proof

import (
	"dure/domain/proof"
	"dure/repository"
)

// benefitQueries are the invariants of what holdings brought: points and vouchers.
func benefitQueries(tx *repository.Tx) map[string]string {
	year := func(day string) string {
		return tx.Pick(`CAST(EXTRACT(year FROM `+day+`) AS integer)`, `CAST(strftime('%Y', `+day+`) AS integer)`)
	}
	benefit := func(member string) string {
		return tx.Pick(`COALESCE(CAST(n.terms::json -> 'benefit' ->> '`+member+`' AS bigint), 0)`, `COALESCE(json_extract(n.terms, '$.benefit.`+member+`'), 0)`)
	}
	transferable := tx.Pick(`COALESCE(CAST(n.terms::json ->> 'transferable' AS boolean), false)`, `COALESCE(json_extract(n.terms, '$.transferable'), 0)`)
	return map[string]string{
		// Minutes that came or went after they were last counted are dealt with by the next run, or when the person looks.
		proof.BenefitsPaid: `WITH mileage AS (
				SELECT h.programme_id, h.volunteer_id, ` + year("e.effective_day") + ` AS year, o.amount * ` + benefit("points_per_hour") + ` AS worth,
					` + benefit("points_per_year") + ` AS cap
				FROM holdings h JOIN programme_versions n ON n.programme_id = h.programme_id AND n.number = h.number
				JOIN ledger_accounts a ON a.owner_id = h.volunteer_id AND a.kind = 'volunteer_minutes'
				JOIN ledger_entries e ON e.account_id = a.id AND e.effective_day >= h.valid_from AND (h.valid_to IS NULL OR e.effective_day <= h.valid_to)
				JOIN ledger_postings o ON o.entry_id = e.id AND o.account_id = e.account_id
				WHERE h.benefit = 'mileage' AND h.state IN ('held', 'expired')
			), worth AS (
				SELECT programme_id, volunteer_id, year, CAST(SUM(worth) AS bigint) / 60 AS points, MIN(cap) AS low, MAX(cap) AS high FROM mileage
				GROUP BY programme_id, volunteer_id, year
			), told AS (
				SELECT programme_id, volunteer_id, year, granted AS net, 0 AS least, 0 AS most FROM point_lots WHERE programme_id IN (SELECT id FROM programmes)
				UNION ALL SELECT programme_id, volunteer_id, year, -asked, 0, 0 FROM point_take_backs WHERE programme_id IN (SELECT id FROM programmes)
				UNION ALL SELECT programme_id, volunteer_id, ` + year("valid_from") + `, 0, won, won FROM holdings
					WHERE benefit = 'voucher' AND state IN ('held', 'expired')
				UNION ALL SELECT programme_id, volunteer_id, year, 0, 0, CASE WHEN low > 0 AND points > high THEN high ELSE points END FROM worth
			)
			SELECT 'programmes ' || programme_id || ' (volunteers ' || volunteer_id || ', ' || year || ': ' || SUM(net) || ' points, ' || SUM(most) || ' at most)' AS broken
				FROM told t WHERE NOT EXISTS (SELECT 1 FROM holdings h JOIN ledger_accounts a ON a.owner_id = h.volunteer_id AND a.kind = 'volunteer_minutes'
					WHERE h.programme_id = t.programme_id AND h.volunteer_id = t.volunteer_id AND h.benefit = 'mileage' AND h.granted_at IS NOT NULL
						AND h.accrued < a.sequence)
				GROUP BY programme_id, volunteer_id, year HAVING SUM(net) < SUM(least) OR SUM(net) > SUM(most)
			UNION ALL SELECT 'programme_funds ' || f.programme_id || ' ' || f.year || ' ' || f.number FROM programme_funds f
				JOIN programme_versions n ON n.programme_id = f.programme_id AND n.number = f.number
				LEFT JOIN ledger_entries e ON e.id = f.entry_id LEFT JOIN ledger_postings o ON o.entry_id = e.id AND o.line = 1
				WHERE f.points <> CASE WHEN n.budget_won > 0 THEN n.budget_won ELSE n.budget_holdings * ` + benefit("won") + ` END
					OR f.entry_id IS NOT NULL AND (e.id IS NULL OR e.kind <> 'funding' OR e.source_id <> f.programme_id OR o.amount > f.points)`,

		proof.BenefitsIssued: `SELECT 'holdings ' || h.id AS broken FROM holdings h JOIN programme_versions n ON n.programme_id = h.programme_id AND n.number = h.number
				LEFT JOIN vouchers v ON v.id = h.voucher_id
				WHERE (h.benefit = 'voucher' AND h.granted_at IS NOT NULL) <> (v.id IS NOT NULL)
					OR v.id IS NOT NULL AND (v.programme_id IS NULL OR v.programme_id <> h.programme_id OR v.holder_id <> h.volunteer_id OR v.points <> h.won
						OR v.valid_from <> h.valid_from OR v.valid_to <> h.valid_to OR v.transferable <> ` + transferable + `
						OR h.state IN ('held', 'expired') AND v.state = 'revoked')
			UNION ALL SELECT 'vouchers ' || v.id FROM vouchers v JOIN holdings h ON h.voucher_id = v.id AND h.state IN ('taken_back', 'exchanged')
				WHERE v.state = 'issued' AND NOT EXISTS (SELECT 1 FROM voucher_redemptions r WHERE r.voucher_id = v.id AND r.cancelled_at >= h.ended_at)
			UNION ALL SELECT 'vouchers ' || v.id FROM vouchers v JOIN programmes p ON p.id = v.programme_id
				LEFT JOIN holdings h ON h.voucher_id = v.id WHERE h.id IS NULL`,
	}
}
