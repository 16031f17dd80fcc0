package proof_test

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
	"dure/domain/proof"
	"dure/domain/settlement"
	"dure/repository"
	"dure/repository/dbtest"
	pointstore "dure/repository/points"
	settlementstore "dure/repository/settlement"
)

// settled has a merchant with two statements: May, of 70 redeemed, 10 of them cancelled, and paid; June, of 40, waiting.
func (c *lived) settled() {
	c.t.Helper()
	before := c.now
	defer func() { c.now = before }()
	must := func(err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	holder, owner, second := c.person(), c.person(), c.anOfficer()
	c.merchant = id.New()
	c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state,
		applied_by, applied_at, reason, version) VALUES (?, '분식', '분식', 'merchant', '1208147521', ?, '충장로 2', '', 35, 126, '10%', '2026-05-01', 'approved', ?, ?, '', 2)`,
		c.merchant, dbtest.Dong, owner.account, c.now.AddDate(0, -3, 0))
	c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, '')`,
		id.New(), owner.account, auth.MerchantManager, auth.Merchant, c.merchant, c.now.AddDate(0, -3, 0))
	on := func(day string) (why points.Cause) {
		why.Today = calendar.MustParse(day)
		why.Actor, why.Now = owner.account, why.Today.Start(seoul).UTC()
		return why
	}
	programme := id.New()
	must(pointstore.NewStore(c.db).Update(context.Background(), func(ctx context.Context, tx points.Tx) error {
		if err := points.OpenBudget(ctx, tx, programme); err != nil {
			return err
		}
		if _, err := points.Fund(ctx, tx, on("2026-05-01"), programme, 200); err != nil {
			return err
		}
		if _, err := points.Grant(ctx, tx, on("2026-05-01"), points.Gift{VolunteerID: holder.id, ProgrammeID: programme, Points: 200, Year: 2026}); err != nil {
			return err
		}
		spend := func(day string, n int) (id.ID, error) {
			e, err := points.Spend(ctx, tx, on(day), points.Purchase{VolunteerID: holder.id, MerchantID: c.merchant, Points: n, SourceType: "counter", SourceID: id.New()})
			return e.ID, err
		}
		if _, err := spend("2026-05-10", 60); err != nil {
			return err
		}
		wrong, err := spend("2026-05-20", 10)
		if err != nil {
			return err
		}
		if _, err := points.Cancel(ctx, tx, on("2026-05-20"), wrong); err != nil {
			return err
		}
		_, err = spend("2026-06-10", 40)
		return err
	}))
	kept := settlementstore.NewStore(c.db)
	service := settlement.NewService(kept, kept, c.clock())
	c.now = at("02 10:00")
	_, _, err := service.PrepareAll(c.officer.ctx, calendar.MustParse("2026-06-01"))
	must(err)
	step := func(p person, to settlement.State) settlement.Full {
		c.t.Helper()
		f, err := service.Decide(p.ctx, settlement.Decision{Key: settlement.Key{MerchantID: c.merchant, Month: calendar.MustParse("2026-05-01")}, To: to,
			Payment: settlement.Payment{Reference: "2026-1", PaidOn: calendar.MustParse("2026-07-02")}})
		must(err)
		return f
	}
	step(owner, settlement.Confirmed)
	step(second, settlement.Approved)
	paid := step(c.officer, settlement.Paid)
	c.statement, c.payment = paid.ID, *paid.Story[3].EntryID
}

// drawn gives the first statement the digest of what it says now, and the second one's link and digest too.
func drawn(statements ...string) func(c *lived, tx *repository.Tx) error {
	return func(c *lived, tx *repository.Tx) error {
		for _, s := range statements {
			if err := tx.Exec(c.fill(s)).Error; err != nil {
				return err
			}
		}
		before := ""
		var all []settlement.Statement
		if err := tx.Raw(`SELECT * FROM settlements ORDER BY number`).Scan(&all).Error; err != nil {
			return err
		}
		for _, s := range all {
			var lines []settlement.Line
			if err := tx.Raw(`SELECT * FROM settlement_lines WHERE statement_id = ? ORDER BY number`, s.ID).Scan(&lines).Error; err != nil {
				return err
			}
			s.PreviousHash = before
			before = s.Digest(lines)
			if err := tx.Exec(`UPDATE settlements SET previous_hash = ?, hash = ? WHERE id = ?`, s.PreviousHash, before, s.ID).Error; err != nil {
				return err
			}
		}
		return nil
	}
}

// payment is the entry of the payment once more, for statements: in the same account, with the next number.
const paidAgain = `INSERT INTO ledger_entries (id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits, worked_minutes,
	reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash)
	SELECT '$AGAIN', account_id, sequence + 1, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits, worked_minutes,
	reductions, field_code, evidence, rule_version, actor_id, reason, hash, 'x' FROM ledger_entries WHERE id = '$PAYMENT'`

var settlementBreaches = []breach{
	{name: "a statement says more than the ledger", by: drawn(`UPDATE settlements SET redeemed = redeemed + 5, closing = closing + 5, payable = payable + 5 WHERE number = 2`),
		want: []string{proof.SettlementsTrue}, names: "(sums)"},
	{name: "a statement without its digest", do: []string{`UPDATE settlements SET prepared_by = '$HEAD' WHERE number = 2`},
		want: []string{proof.SettlementsTrue, proof.SettlementsByTwo}, names: "(digest)"},
	{name: "a statement not linked to the one before", do: []string{`UPDATE settlements SET previous_hash = 'x' WHERE number = 2`},
		want: []string{proof.SettlementsTrue}, names: "settlements"},
	{name: "a line says more", by: drawn(`UPDATE settlement_lines SET points = points + 5 WHERE statement_id = '$STATEMENT' AND number = 1`,
		`UPDATE settlements SET redeemed = redeemed + 5, closing = closing + 5, payable = payable + 5 WHERE number = 1`),
		want: []string{proof.SettlementsTrue, proof.SettlementsPaid}, names: "settlement_lines $STATEMENT 1"},
	{name: "a line left out", by: drawn(`DELETE FROM settlement_lines WHERE statement_id = '$STATEMENT' AND number = 1`,
		`UPDATE settlements SET lines = lines - 1, redeemed = redeemed - 60, closing = closing - 60, carried = 0, payable = 0 WHERE number = 1`),
		want: []string{proof.SettlementsTrue, proof.SettlementsPaid}, names: "(on no statement)"},
	{name: "a month left out", by: drawn(`DELETE FROM settlement_steps WHERE statement_id = '$STATEMENT'`, `DELETE FROM settlement_lines WHERE statement_id = '$STATEMENT'`,
		`DELETE FROM settlements WHERE id = '$STATEMENT'`, `UPDATE settlements SET number = 1`),
		want: []string{proof.SettlementsTrue, proof.SettlementsPaid}, names: "(on no statement)"},
	{name: "a month's beginning", by: drawn(`UPDATE settlements SET opening = opening + 1, closing = closing + 1 WHERE number = 1`),
		want: []string{proof.SettlementsTrue}, names: "(sums)"},
	{name: "a statement paid twice", do: []string{`DROP INDEX settlement_steps_paid_key`,
		`INSERT INTO settlement_steps SELECT statement_id, 5, state, happened_at, account_id, reason, reference, paid_on, ` + last + ` FROM settlement_steps WHERE state = 'paid'`},
		want: []string{proof.SettlementsPaid, proof.SettlementsByTwo}, names: "$STATEMENT (2 payments)"},
	{name: "a payment posted twice", do: []string{paidAgain, `INSERT INTO ledger_postings SELECT '$AGAIN', line, account_id, amount FROM ledger_postings WHERE entry_id = '$PAYMENT'`,
		`UPDATE ledger_accounts SET balance = balance * 2, sequence = 2, head = 'x' WHERE kind = 'merchant_paid'`},
		want: []string{proof.DigestsAreTrue, proof.SealsHold, proof.SettlementsPaid}, names: "sequence 2"},
	{name: "another sum paid", do: []string{`UPDATE ledger_postings SET amount = amount * 2 WHERE entry_id = '$PAYMENT'`, `UPDATE ledger_accounts SET balance = balance * 2 WHERE kind = 'merchant_paid'`},
		want: []string{proof.DigestsAreTrue, proof.SettlementsPaid}, names: "sequence 1"},
	{name: "paid to another", do: []string{`UPDATE ledger_postings SET account_id = (SELECT id FROM ledger_accounts WHERE kind = 'merchant_points' AND owner_id <> '$MERCHANT' LIMIT 1)
			WHERE entry_id = '$PAYMENT' AND line = 2`},
		want: []string{proof.DigestsAreTrue, proof.SettlementsPaid}, names: "sequence 1"},
	{name: "paid out of what expired", do: []string{`UPDATE ledger_postings SET account_id = '$EXPIRED' WHERE entry_id = '$PAYMENT' AND line = 2`},
		want: []string{proof.DigestsAreTrue, proof.PointsConserved, proof.SettlementsPaid}, names: "sequence 1"},
	{name: "what was paid", do: []string{`UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'merchant_paid'`},
		want: []string{proof.BalancesAreSums}, names: "ledger_accounts"},
	{name: "a payment of no statement", do: []string{`DELETE FROM settlement_steps WHERE state = 'paid'`}, want: []string{proof.SettlementsPaid}, names: "ledger_entries $PAYMENT"},
	{name: "paid without an entry", do: []string{`UPDATE settlement_steps SET entry_id = ` + last + ` WHERE state = 'paid'`},
		want: []string{proof.SettlementsPaid}, names: "settlement_steps $STATEMENT 4"},
	{name: "approved by who prepared", do: []string{`UPDATE settlement_steps SET account_id = (SELECT prepared_by FROM settlements LIMIT 1) WHERE state = 'approved'`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 3"},
	{name: "paid by who approved", do: []string{`UPDATE settlement_steps SET account_id = '$KEEPER' WHERE state IN ('approved', 'paid')`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 4 (approved it)"},
	{name: "paid by the merchant", do: []string{`UPDATE settlement_steps SET account_id = (SELECT applied_by FROM merchants WHERE id = '$MERCHANT') WHERE state = 'paid'`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 4 (interested)"},
	{name: "approved by a manager", do: []string{`UPDATE merchants SET applied_by = '$HEAD' WHERE id = '$MERCHANT'`,
		`UPDATE settlement_steps SET account_id = (SELECT account_id FROM role_grants WHERE scope_id = '$MERCHANT') WHERE state = 'approved'`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 3 (interested)"},
	{name: "approved without a word", do: []string{`UPDATE settlement_steps SET state = 'disputed', reason = 'x' WHERE state = 'confirmed'`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 3"},
	{name: "approved before the merchant could speak", do: []string{`UPDATE settlement_steps SET number = 9 WHERE state IN ('paid')`, `DELETE FROM settlement_steps WHERE state = 'confirmed'`,
		`UPDATE settlement_steps SET number = 2 WHERE state = 'approved'`, `UPDATE settlement_steps SET number = 3 WHERE state = 'paid'`},
		want: []string{proof.SettlementsByTwo}, names: "settlement_steps $STATEMENT 2 (too soon)"},
}
