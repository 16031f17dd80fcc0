package proof_test

import "dure/domain/proof"

// The parts of a claim of v's that was reported by himself, approved by the keeper and paid by the head.
const (
	theClaim    = "0190bbbb-0000-7000-8000-000000000001"
	theContract = "0190bbbb-0000-7000-8000-000000000002"
	theItem     = "0190bbbb-0000-7000-8000-000000000003"
	theText     = "0190bbbb-0000-7000-8000-000000000004"
)

// claimed writes it, under a contract of the year before the one of these stories.
func (c *lived) claimed() {
	c.t.Helper()
	const accident, window, then = "2026-04-15 05:00:00.000000+00:00", "2026-04-15 08:00:00.000000+00:00", "2026-04-16 01:00:00.000000+00:00"
	account := `(SELECT id FROM accounts WHERE volunteer_id = '$V')`
	step := func(number, state, by, won string) string {
		return `INSERT INTO claim_steps (claim_id, number, state, happened_at, account_id, reason, amount_won)
			VALUES ('` + theClaim + `', ` + number + `, '` + state + `', '` + then + `', ` + by + `, '', ` + won + `)`
	}
	cover := func(number string) string {
		return `INSERT INTO claim_covers (claim_id, number, reason, age, contract_id, version, basis, window_start, window_end)
			VALUES ('` + theClaim + `', ` + number + `, '', 35, '` + theContract + `', 1, 'sign_up', '` + accident + `', '` + window + `')`
	}
	for _, statement := range []string{
		insured(theContract, "2025-05-01", "2026-04-30"), versionOf(theContract, 1, "2025-05-01"),
		`INSERT INTO insurance_items (id, contract_id, version, kind, name_ko, name_en, limit_won, unit, max_days, age_from, deductible_won, effective_from, effective_to)
			VALUES ('` + theItem + `', '` + theContract + `', 1, 'hospital_day', '입원일당', 'Hospital day', 70000, 'per_day', 3, 15, 20000, '2025-05-01', '2026-04-30')`,
		`INSERT INTO documents (id, purpose, content_type, size, sha256, file_name, uploaded_by, uploaded_at)
			SELECT '` + theText + `', 'claim', 'text/plain', 1, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '', id, created_at FROM accounts LIMIT 1`,
		`INSERT INTO claims (id, volunteer_id, reported_at, reported_by, happened_at, day, place, statement_id, deadline_on, state, approved_won, approved_by, paid_by, steps, cover_number)
			VALUES ('` + theClaim + `', '$V', '` + then + `', ` + account + `, '` + accident + `', '2026-04-15', '복지관', '` + theText + `', '2029-04-15', 'paid', 190000, '$KEEPER', '$HEAD', 4, 3)`,
		`INSERT INTO claim_items (claim_id, kind) VALUES ('` + theClaim + `', 'hospital_day')`,
		step("1", "reported", account, "0"), step("2", "filed", `'$KEEPER'`, "0"), step("3", "approved", `'$KEEPER'`, "190000"), step("4", "paid", `'$HEAD'`, "190000"),
		cover("1"), cover("2"), cover("3"),
		`INSERT INTO claim_amounts (claim_id, number, item_id, days, amount_won) VALUES ('` + theClaim + `', 3, '` + theItem + `', 3, 190000)`,
	} {
		c.exec(c.fill(statement))
	}
}

// paid says of everything that it was another sum.
func paid(won string) []string {
	return []string{`UPDATE claim_amounts SET amount_won = ` + won, `UPDATE claims SET approved_won = ` + won, `UPDATE claim_steps SET amount_won = ` + won + ` WHERE number >= 3`}
}

var claimBreaches = []breach{
	{name: "a claim after its contract", do: []string{`UPDATE claims SET day = '2026-05-01'`}, want: []string{proof.ClaimsCovered}, names: "claims " + theClaim},
	{name: "a claim outside its window", do: []string{`UPDATE claims SET happened_at = '2026-04-15 08:00:00.000000+00:00'`}, want: []string{proof.ClaimsCovered}, names: "claims " + theClaim},
	{name: "approved though not covered", do: []string{`UPDATE claim_covers SET reason = 'no_activity', basis = '', window_start = NULL, window_end = NULL WHERE number = 3`},
		want: []string{proof.ClaimsCovered}, names: "claims " + theClaim},
	{name: "approved without asking", do: []string{`UPDATE claims SET cover_number = 2`, `DELETE FROM claim_covers WHERE number = 3`}, want: []string{proof.ClaimsCovered}, names: "claims " + theClaim},
	{name: "a child is paid for", do: []string{`UPDATE claim_covers SET age = 14`}, want: []string{proof.ClaimsCovered}, names: "claim_amounts " + theClaim},
	{name: "an item that is not claimed is paid for", do: []string{`UPDATE claim_items SET kind = 'death'`}, want: []string{proof.ClaimsCovered}, names: "claim_amounts " + theClaim},
	{name: "an item of before its day is paid for", do: []string{`UPDATE insurance_items SET effective_from = '2026-04-16'`}, want: []string{proof.ClaimsCovered}, names: "claim_amounts " + theClaim},
	{name: "a won too much", do: paid("190001"), want: []string{proof.ClaimsWithin}, names: "claim_amounts " + theClaim},
	{name: "a day too many", do: []string{`UPDATE claim_amounts SET days = 4`}, want: []string{proof.ClaimsWithin}, names: "claim_amounts " + theClaim},
	{name: "days that were not told", do: []string{`UPDATE claim_amounts SET days = NULL`}, want: []string{proof.ClaimsWithin}, names: "claim_amounts " + theClaim},
	{name: "a sum over its limit", do: []string{`UPDATE insurance_items SET unit = 'sum', max_days = NULL, limit_won = 200000`, `UPDATE claim_amounts SET days = NULL`},
		want: []string{proof.ClaimsWithin}, names: "claim_amounts " + theClaim},
	{name: "other amounts than approved", do: []string{`UPDATE claims SET approved_won = 189999`}, want: []string{proof.ClaimsWithin}, names: "claims " + theClaim},
	{name: "more paid than approved", do: []string{`UPDATE claim_steps SET amount_won = 190001 WHERE number = 4`}, want: []string{proof.ClaimsWithin}, names: "claims " + theClaim},
	{name: "one more claim of the day", do: []string{
		`INSERT INTO claims SELECT '$NEW', volunteer_id, organiser_id, shift_id, attendance_id, reported_at, reported_by, '2026-04-15 06:00:00.000000+00:00', day, place,
			statement_id, health_id, deadline_on, 'approved', 70000, approved_by, NULL, 3, 3 FROM claims`,
		`INSERT INTO claim_steps SELECT c.id, s.number, s.state, s.happened_at, s.account_id, s.reason, CASE s.number WHEN 3 THEN 70000 ELSE 0 END FROM claim_steps s
			CROSS JOIN claims c WHERE c.id <> s.claim_id AND s.number < 4`,
		`INSERT INTO claim_covers SELECT c.id, k.number, k.reason, k.age, k.contract_id, k.version, k.basis, k.shift_id, k.attendance_id, k.window_start, k.window_end
			FROM claim_covers k CROSS JOIN claims c WHERE c.id <> k.claim_id AND k.number = 3`,
		`INSERT INTO claim_items SELECT c.id, i.kind FROM claim_items i CROSS JOIN claims c WHERE c.id <> i.claim_id`,
		`INSERT INTO claim_amounts SELECT c.id, 3, a.item_id, 2, 70000 FROM claim_amounts a CROSS JOIN claims c WHERE c.id <> a.claim_id`},
		want: []string{proof.ClaimsWithin}, names: "claims of $V"},
	{name: "approved and paid by one", do: []string{`UPDATE claim_steps SET account_id = '$KEEPER' WHERE number = 4`},
		want: []string{proof.ClaimsTwoPersons}, names: "claim_steps " + theClaim + " 4"},
	{name: "approved by who reported it", do: []string{`UPDATE claims SET reported_by = '$KEEPER'`}, want: []string{proof.ClaimsTwoPersons}, names: "claim_steps " + theClaim + " 2"},
	{name: "paid by himself", do: []string{`UPDATE accounts SET volunteer_id = NULL WHERE volunteer_id = '$V'`, `UPDATE accounts SET volunteer_id = '$V' WHERE id = '$HEAD'`},
		want: []string{proof.ClaimsTwoPersons}, names: "claim_steps " + theClaim + " 4"},
	{name: "a state that no step led to", do: []string{`UPDATE claims SET state = 'closed'`}, want: []string{proof.ClaimsStepped}, names: "claims " + theClaim},
	{name: "a step is missing", do: []string{`DELETE FROM claim_covers WHERE number = 2`, `DELETE FROM claim_steps WHERE number = 2`}, want: []string{proof.ClaimsStepped}, names: "claims " + theClaim},
	{name: "approved without having been filed", do: []string{`UPDATE claim_steps SET state = 'documents' WHERE number = 2`}, want: []string{proof.ClaimsStepped}, names: "claim_steps " + theClaim + " 3"},
}
