package proof_test

import "dure/domain/proof"

var figureBreaches = []breach{
	{name: "a fact's minutes", do: []string{`UPDATE cube_facts SET minutes = minutes + 1 WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "$FIRST"},
	{name: "a fact gone", do: []string{`DELETE FROM cube_facts WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "$FIRST"},
	{name: "a fact too many", do: []string{`INSERT INTO cube_facts (volunteer_id, day, attendance_id, visits, minutes, age, sex, home_code, place_code, camp_code,
			field_code, evidence, organiser_type, organiser_id, party)
			SELECT volunteer_id, day, '$REVERSED', visits, minutes, age, sex, home_code, place_code, camp_code, field_code, evidence, organiser_type, organiser_id, party
			FROM cube_facts WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "$REVERSED"},
	{name: "a fact of another sex", do: []string{`UPDATE cube_facts SET sex = 'undisclosed' WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "$FIRST"},
	{name: "a fact of another grade of evidence", do: []string{`UPDATE cube_facts SET evidence = 'imported' WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "$FIRST"},
	{name: "an entry of another grade of evidence", do: []string{`UPDATE ledger_entries SET evidence = 'imported' WHERE source_id = '$CORRECTED' AND kind = 'correction'`},
		want: []string{proof.DigestsAreTrue, proof.FactsAreLedger}, names: "sequence 4"},
	{name: "where a fact's person lived", do: []string{`UPDATE cube_facts SET home_code = '1221054500' WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FiguresCounted}, names: "cube_cells home.dong"},
	{name: "a fact of somebody new", do: []string{`UPDATE cube_facts SET newcomer = NOT newcomer WHERE attendance_id = '$FIRST'`},
		want: []string{proof.FiguresCounted}, names: "$FIRST"},
	{name: "a registration gone", do: []string{`DELETE FROM cube_steps WHERE volunteer_id = '$V'`},
		want: []string{proof.FactsAreLedger, proof.FiguresCounted}, names: "cube_steps $V"},
	{name: "a figure", do: []string{`UPDATE cube_cells SET persons = persons + 1 WHERE name = 'home.dong/time.month'`},
		want: []string{proof.FiguresCounted}, names: "cube_cells home.dong/time.month 2026"},
	{name: "a figure's minutes", do: []string{`UPDATE cube_cells SET minutes = minutes + 1 WHERE name = '*/*'`}, want: []string{proof.FiguresCounted}, names: "cube_cells */* 2026"},
	{name: "a figure gone", do: []string{`DELETE FROM cube_cells WHERE name = 'sex.each/*'`}, want: []string{proof.FiguresCounted}, names: "(missing)"},
	{name: "a figure of nothing", do: []string{`INSERT INTO cube_cells (name, year, row_key, column_key, persons, visits, minutes, newcomer, regular)
			VALUES ('home.dong/time.month', 2019, 'outside', '2019-01', 1, 1, 60, 0, 0)`}, want: []string{proof.FiguresCounted}, names: "2019-01"},
	{name: "a figure of a table that is not kept", do: []string{`INSERT INTO cube_cells (name, year, row_key, column_key, persons, visits, minutes, newcomer, regular)
			VALUES ('home.dong/party.each', 2026, 'outside', 'group', 0, 0, 0, 0, 0)`}, want: []string{proof.FiguresCounted}, names: "party.each"},
	{name: "a tabulation without its cells", do: []string{`INSERT INTO tabulations (id, year, row_side, column_side, state, asked_at, asked_by, finished_at, revision, failures)
			SELECT '01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10', 2026, 'place.dong', 'sex.each', 'finished', '2026-07-15 00:00:00.000000+00:00', '$V',
				'2026-07-15 00:00:00.000000+00:00', SUM(revision), 0 FROM cube_revisions WHERE year <= 2026`},
		want: []string{proof.TabulationsWhole}, names: "tabulation 01981c5e"},
	{name: "how many are registered in all", do: []string{`UPDATE cube_stock_totals SET male = male + 1`}, want: []string{proof.FiguresCounted},
		names: "cube_stock_totals"},
	{name: "how many are registered", do: []string{`UPDATE cube_stock SET female = female + 1`}, want: []string{proof.FiguresCounted}, names: "cube_stock"},
}
