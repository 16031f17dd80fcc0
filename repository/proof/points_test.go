package proof_test

import (
	"context"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/domain/proof"
	pointstore "dure/repository/points"
)

// purse is somebody who has done everything that can be done with points, and owes 40; somebody else saves.
type purse struct {
	holder, programme       id.ID
	grant, spent, cancelled id.ID // entries
	lot                     id.ID // of 60, of him who saves
	debt                    id.ID
}

func (c *lived) spends() {
	c.t.Helper()
	c.purse = purse{holder: c.person().id, programme: id.New()}
	saver, other, cause := c.person().id, id.New(), points.Charity{ID: id.New(), Name: "푸드뱅크", AddedAt: c.now}
	why := points.Cause{Actor: c.head.account, Now: c.now, Today: calendar.MustParse("2026-07-15")}
	gift := func(volunteer, programme id.ID, n, year int, until string) points.Gift {
		return points.Gift{VolunteerID: volunteer, ProgrammeID: programme, Points: n, Year: year, ExpiresOn: calendar.MustParse(until), Donatable: true}
	}
	at := func(n int) points.Purchase {
		return points.Purchase{VolunteerID: c.purse.holder, MerchantID: id.New(), Points: n, SourceType: "voucher", SourceID: id.New()}
	}
	err := pointstore.NewStore(c.db).Update(context.Background(), func(ctx context.Context, tx points.Tx) error {
		for _, programme := range []id.ID{c.purse.programme, other} {
			if err := points.OpenBudget(ctx, tx, programme); err != nil {
				return err
			}
			if _, err := points.Fund(ctx, tx, why, programme, 1000); err != nil {
				return err
			}
		}
		entries, err := points.Grant(ctx, tx, why, gift(c.purse.holder, c.purse.programme, 100, 2026, "2026-12-31"), gift(c.purse.holder, c.purse.programme, 10, 2025, "2026-07-14"))
		if err != nil {
			return err
		}
		c.purse.grant = entries[0].ID
		if err := tx.Points().AddCause(ctx, cause); err != nil {
			return err
		}
		if _, err := points.Donate(ctx, tx, why, c.purse.holder, cause.ID, 5); err != nil {
			return err
		}
		spent, err := points.Spend(ctx, tx, why, at(20))
		if err != nil {
			return err
		}
		c.purse.spent = spent.ID
		if entries, err = points.Cancel(ctx, tx, why, spent.ID); err != nil {
			return err
		}
		c.purse.cancelled = entries[0].ID
		if _, err := points.Spend(ctx, tx, why, at(80)); err != nil {
			return err
		}
		if _, err := points.TakeBack(ctx, tx, why, points.Claim{VolunteerID: c.purse.holder, ProgrammeID: c.purse.programme, Points: 100, Year: 2026}); err != nil {
			return err
		}
		if _, err := points.Grant(ctx, tx, why, gift(c.purse.holder, other, 45, 2026, "2026-12-31"), gift(saver, other, 60, 2026, "2026-12-31")); err != nil {
			return err
		}
		wallets, err := tx.Points().Wallets(ctx, map[id.ID]ledger.Account{c.purse.holder: {}, saver: {}})
		if err != nil {
			return err
		}
		c.purse.debt, c.purse.lot = wallets[c.purse.holder].Debts[0].ID, wallets[saver].Lots[0].ID
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

var pointBreaches = []breach{
	{name: "points for minutes", do: []string{`UPDATE ledger_postings SET account_id = '$SERVICE' WHERE entry_id = '$GRANT' AND line = 2`},
		want: []string{proof.DigestsAreTrue, proof.MinutesConserved, proof.UnitsApart, proof.PointsConserved, proof.BudgetsHold}, names: "ledger_postings"},
	{name: "points under a kind of minutes", do: []string{`UPDATE ledger_entries SET kind = 'adjustment' WHERE id = '$CANCELLED'`},
		want: []string{proof.DigestsAreTrue, proof.UnitsApart, proof.PointsConserved, proof.RollupsAreSums}, names: "ledger_entries $CANCELLED"},
	{name: "a reason of points", do: []string{`UPDATE ledger_entries SET reason = 'x' WHERE id = '$GRANT'`},
		want: []string{proof.DigestsAreTrue}, names: "ledger_entries $GRANT"},
	{name: "a balance of points", do: []string{`UPDATE ledger_accounts SET balance = balance + 1 WHERE owner_id = '$HOLDER' AND kind = 'volunteer_points'`},
		want: []string{proof.BalancesAreSums, proof.LotsAreMoves}, names: "ledger_accounts"},
	{name: "a head of a budget", do: []string{`UPDATE ledger_accounts SET head = 'x' WHERE owner_id = '$PROGRAMME'`},
		want: []string{proof.HeadsAreLast}, names: "ledger_accounts"},
	{name: "a merchant's account has a balance", do: []string{`UPDATE ledger_accounts SET balance = 1 WHERE kind = 'merchant_points'`},
		want: []string{proof.SystemKeepsNone}, names: "ledger_accounts"},
	{name: "points of nobody", do: []string{`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', 'volunteer_points', '0190aaaa-0000-7000-8000-000000000000', 'point', 0, 0, '')`},
		want: []string{proof.OneAccountEach}, names: "ledger_accounts 0190aaaa"},
	{name: "spent as if donated", do: []string{`UPDATE point_moves SET kind = 'donation' WHERE entry_id = '$SPENT'`},
		want: []string{proof.PointsConserved}, names: "ledger_entries $SPENT"},
	{name: "the merchant's share made away with", do: []string{`UPDATE ledger_postings SET account_id = '$EXPIRED' WHERE entry_id = '$SPENT' AND line = 2`},
		want: []string{proof.DigestsAreTrue, proof.PointsConserved, proof.CancelledOnce}, names: "ledger_entries $SPENT"},
	{name: "what is left of a lot", do: []string{`UPDATE point_lots SET remaining = remaining - 1 WHERE id = '$LOT'`},
		want: []string{proof.PointsConserved, proof.LotsAreMoves}, names: "programme"},
	{name: "another's lot", do: []string{`UPDATE point_lots SET volunteer_id = '$V' WHERE id = '$LOT'`},
		want: []string{proof.LotsAreMoves}, names: "point_lots $LOT"},
	{name: "a move of a lot", do: []string{`UPDATE point_moves SET amount = amount - 1 WHERE entry_id = '$SPENT'`},
		want: []string{proof.PointsConserved, proof.LotsAreMoves}, names: "programme $PROGRAMME"},
	{name: "a budget", do: []string{`UPDATE ledger_accounts SET balance = balance + 1 WHERE owner_id = '$PROGRAMME'`},
		want: []string{proof.BudgetsHold}, names: "ledger_accounts"},
	{name: "a budget that was overspent for a while", do: []string{
		`UPDATE point_budget_moves SET amount = amount - 950 WHERE programme_id = '$PROGRAMME' AND sequence = 2`,
		`UPDATE point_budget_moves SET amount = amount + 950 WHERE programme_id = '$PROGRAMME' AND sequence = 3`},
		want: []string{proof.BudgetsHold}, names: "point_budget_moves $PROGRAMME 2"},
	{name: "a budget's move cut out", do: []string{`DELETE FROM point_budget_moves WHERE programme_id = '$PROGRAMME' AND sequence = 2`},
		want: []string{proof.BudgetsHold}, names: "point_budget_moves $PROGRAMME 3"},
	{name: "what is left of a debt", do: []string{`UPDATE point_debts SET remaining = 0 WHERE id = '$DEBT'`},
		want: []string{proof.DebtsAreNamed}, names: "point_debts $DEBT"},
	{name: "a debt settled by nothing", do: []string{`UPDATE point_debt_moves SET amount = amount + 10 WHERE debt_id = '$DEBT' AND amount > 0`,
		`UPDATE point_debts SET remaining = remaining - 10 WHERE id = '$DEBT'`},
		want: []string{proof.DebtsAreNamed}, names: "ledger_entries"},
	{name: "a debt forgiven by hand", do: []string{`UPDATE point_take_backs SET owed = owed - 5, forgiven = forgiven + 5 WHERE owed > 0`},
		want: []string{proof.DebtsAreNamed}, names: "point_take_backs"},
	{name: "a cancellation of nothing", do: []string{`UPDATE ledger_entries SET source_id = '$NEW' WHERE id = '$CANCELLED'`},
		want: []string{proof.DigestsAreTrue, proof.CancelledOnce}, names: "ledger_entries $CANCELLED"},
}
