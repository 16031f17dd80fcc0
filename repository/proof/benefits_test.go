package proof_test

import (
	"context"

	"dure/domain/programme"
	"dure/domain/proof"
	programmestore "dure/repository/programme"
)

// benefited has somebody hold mileage that has brought 1,000 points, and a voucher of 4,000.
func (c *lived) benefited() {
	c.t.Helper()
	keeper, p := programmestore.NewStore(c.db), c.person()
	service := programme.NewService(keeper, keeper, c.clock())
	for _, b := range []programme.Benefit{{Kind: programme.Mileage, PointsPerHour: 1000, PointsPerYear: 100_000, PointsExpire: "never"}, {Kind: programme.Voucher, Won: 4000}} {
		w, err := service.Create(c.officer.ctx, programme.Draft{Code: "some-" + b.Kind, Name: "혜택", NameEn: "Benefit", Owner: "광주광역시", Source: "조례",
			Terms: programme.Terms{Requirements: []programme.Requirement{}, Approval: programme.NobodyApproves, Benefit: b, Payment: programme.Payment{Kind: programme.AtOnce},
				Validity: programme.Validity{Kind: programme.ForMonths, Months: 12}, Repeat: programme.AfterExpiry, Budget: programme.Budget{Won: 10_000, Each: programme.EachYear}}})
		if err != nil {
			c.t.Fatal(err)
		}
		if _, made, err := service.Claim(p.ctx, programme.Claim{Programme: w.ID}); err != nil || !made {
			c.t.Fatal(made, err)
		}
	}
	c.verified(p, "15 08:00", "15 09:00")
	if done, err := service.AccrueAll(context.Background()); err != nil || done.Granted != 1000 {
		c.t.Fatalf("%+v %v", done, err)
	}
}

var benefitBreaches = []breach{
	{name: "mileage for days that nobody served", do: []string{`UPDATE holdings SET valid_from = '2026-07-16' WHERE benefit = 'mileage'`},
		want: []string{proof.BenefitsPaid}, names: "1000 points"},
	{name: "mileage of nobody who holds any", do: []string{`UPDATE holdings SET state = 'taken_back', ended_at = granted_at WHERE benefit = 'mileage'`},
		want: []string{proof.IncentivesTold, proof.BenefitsPaid}, names: "taken_back"},
	{name: "a budget that the terms did not give", do: []string{`UPDATE programme_funds SET points = points + 1 WHERE points = 10000`},
		want: []string{proof.BenefitsPaid}, names: "programme_funds"},
	{name: "a voucher that nobody gave", do: []string{`UPDATE holdings SET voucher_id = NULL WHERE benefit = 'voucher'`},
		want: []string{proof.BenefitsIssued}, names: "holdings"},
	{name: "a voucher worth more", do: []string{`UPDATE vouchers SET points = 6000 WHERE points = 4000`},
		want: []string{proof.BenefitsIssued}, names: "holdings"},
	{name: "a voucher without its points", do: []string{`UPDATE holdings SET won = 4001 WHERE benefit = 'voucher'`, `UPDATE vouchers SET points = 4001 WHERE points = 4000`},
		want: []string{proof.BenefitsPaid}, names: "4000 points"},
	{name: "a voucher that outlived what it was given for", do: []string{`UPDATE holdings SET state = 'taken_back', ended_at = granted_at WHERE benefit = 'voucher'`},
		want: []string{proof.IncentivesTold, proof.BenefitsPaid, proof.BenefitsIssued}, names: "taken_back"},
}
