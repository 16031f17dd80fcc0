package statistics

import (
	"context"

	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// Rebuild makes the sums by person and month, year and field anew from the ledger, and forgets those of hours of posting, for
// SumHours to add up again. Posts wait until it has ended.
func (s Store) Rebuild(ctx context.Context) error {
	return s.db.Rework(ctx, func(_ context.Context, tx *repository.Tx) error {
		if tx.Postgres() {
			for _, statement := range []string{
				`SET LOCAL statement_timeout = 0`, // a city's ledger takes longer than a request may
				`LOCK TABLE person_months, person_years, person_fields, posted_hours IN EXCLUSIVE MODE`,
			} {
				if err := tx.Exec(statement).Error; err != nil {
					return err
				}
			}
		}
		year := tx.Pick(`CAST(EXTRACT(YEAR FROM e.effective_day) AS integer)`, `CAST(strftime('%Y', e.effective_day) AS integer)`)
		const legs = ` FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			WHERE e.kind IN ` + ledgerstore.MinuteKinds + ` GROUP BY 1, 2`
		for _, statement := range []string{
			`DELETE FROM person_months`, `DELETE FROM person_years`, `DELETE FROM person_fields`, `DELETE FROM posted_hours`,
			`INSERT INTO person_months (volunteer_id, month, minutes, visits)
				SELECT e.volunteer_id, ` + month(tx, "e.effective_day") + `, SUM(p.amount), SUM(e.visits)` + legs,
			`INSERT INTO person_years (volunteer_id, year, minutes, visits, reversed)
				SELECT e.volunteer_id, ` + year + `, SUM(p.amount), SUM(e.visits),
					SUM(CASE WHEN e.kind = 'reversal' THEN -p.amount ELSE 0 END)` + legs,
			`INSERT INTO person_fields (volunteer_id, field_code, minutes)
				SELECT e.volunteer_id, e.field_code, SUM(p.amount)` + legs,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
}
