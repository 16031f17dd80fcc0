package points

import (
	"context"

	"dure/domain/points"
	"dure/repository"
)

// Keep implements points.Repository: each table in one statement, and what is kept of sums follows from the moves.
func (r Points) Keep(_ context.Context, c points.Changes) error {
	lots := make([]repository.Row, len(c.Lots))
	for i, l := range c.Lots {
		lots[i] = repository.Row{"id", l.ID, "volunteer_id", l.VolunteerID, "programme_id", l.ProgrammeID, "entry_id", l.EntryID,
			"year", l.Year, "granted", l.Granted, "expires_on", l.ExpiresOn, "donatable", l.Donatable}
	}
	moves := make([]repository.Row, len(c.Moves))
	for i, m := range c.Moves {
		moves[i] = repository.Row{"lot_id", m.LotID, "entry_id", m.EntryID, "kind", m.Kind, "amount", m.Amount}
	}
	taken := make([]repository.Row, len(c.TakenBack))
	for i, t := range c.TakenBack {
		taken[i] = repository.Row{"entry_id", t.EntryID, "volunteer_id", t.VolunteerID, "programme_id", t.ProgrammeID, "year", t.Year,
			"asked", t.Asked, "taken", t.Taken, "owed", t.Owed, "forgiven", t.Forgiven}
	}
	debts := make([]repository.Row, len(c.Debts))
	for i, d := range c.Debts {
		debts[i] = repository.Row{"id", d.ID, "entry_id", d.EntryID, "volunteer_id", d.VolunteerID, "programme_id", d.ProgrammeID, "amount", d.Amount}
	}
	debtMoves := make([]repository.Row, len(c.DebtMoves))
	for i, m := range c.DebtMoves {
		debtMoves[i] = repository.Row{"debt_id", m.DebtID, "entry_id", m.EntryID, "amount", m.Amount}
	}
	budgets := make([]repository.Row, len(c.Budgets))
	for i, m := range c.Budgets {
		budgets[i] = repository.Row{"programme_id", m.ProgrammeID, "sequence", m.Sequence, "entry_id", m.EntryID, "amount", m.Amount, "balance", m.Balance}
	}
	for _, write := range []struct {
		rows           []repository.Row
		columns        string
		before, behind string
	}{
		{lots, `id uuid, volunteer_id uuid, programme_id uuid, entry_id uuid, year int, granted bigint, expires_on date, donatable boolean`,
			`INSERT INTO point_lots (id, volunteer_id, programme_id, entry_id, year, granted, remaining, expires_on, donatable)
				SELECT id, volunteer_id, programme_id, entry_id, year, granted, granted, expires_on, donatable FROM `, ``},
		{moves, `lot_id uuid, entry_id uuid, kind text, amount bigint`,
			`INSERT INTO point_moves (lot_id, entry_id, kind, amount) SELECT lot_id, entry_id, kind, amount FROM `, ``},
		{moves, `lot_id uuid, kind text, amount bigint`,
			`UPDATE point_lots SET remaining = remaining + s.amount FROM (SELECT lot_id, SUM(amount) AS amount FROM `,
			` WHERE kind <> 'grant' GROUP BY lot_id) AS s WHERE point_lots.id = s.lot_id`},
		{taken, `entry_id uuid, volunteer_id uuid, programme_id uuid, year int, asked bigint, taken bigint, owed bigint, forgiven bigint`,
			`INSERT INTO point_take_backs (entry_id, volunteer_id, programme_id, year, asked, taken, owed, forgiven)
				SELECT entry_id, volunteer_id, programme_id, year, asked, taken, owed, forgiven FROM `, ``},
		{debts, `id uuid, entry_id uuid, volunteer_id uuid, programme_id uuid, amount bigint`,
			`INSERT INTO point_debts (id, entry_id, volunteer_id, programme_id, amount, remaining)
				SELECT id, entry_id, volunteer_id, programme_id, amount, amount FROM `, ``},
		{debtMoves, `debt_id uuid, entry_id uuid, amount bigint`,
			`INSERT INTO point_debt_moves (debt_id, entry_id, amount) SELECT debt_id, entry_id, amount FROM `, ``},
		{debtMoves, `debt_id uuid, amount bigint`,
			`UPDATE point_debts SET remaining = remaining - s.amount FROM (SELECT debt_id, SUM(amount) AS amount FROM `,
			` WHERE amount > 0 GROUP BY debt_id) AS s WHERE point_debts.id = s.debt_id`},
		{budgets, `programme_id uuid, sequence bigint, entry_id uuid, amount bigint, balance bigint`,
			`INSERT INTO point_budget_moves (programme_id, sequence, entry_id, amount, balance)
				SELECT programme_id, sequence, entry_id, amount, balance FROM `, ``},
		{budgets, `programme_id uuid, sequence bigint, balance bigint`,
			`UPDATE ledger_accounts SET balance = s.balance
				FROM (SELECT programme_id, balance, ROW_NUMBER() OVER (PARTITION BY programme_id ORDER BY sequence DESC) AS n FROM `,
			`) AS s WHERE ledger_accounts.owner_id = s.programme_id AND ledger_accounts.kind = 'programme_points' AND s.n = 1`},
	} {
		if len(write.rows) == 0 {
			continue
		}
		if err := r.Tx.Exec(write.before+r.Tx.Records(write.columns)+write.behind, repository.JSON(write.rows)).Error; err != nil {
			return err
		}
	}
	return nil
}
