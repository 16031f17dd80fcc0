package proof

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/repository"
	cubestore "dure/repository/cube"
	ledgerstore "dure/repository/ledger"
)

// notCounted leaves out persons of whom something waits to be counted.
const notCounted = `volunteer_id NOT IN (SELECT volunteer_id FROM cube_queue WHERE volunteer_id IS NOT NULL)`

// factsAreLedger compares what figures are made of with the ledger and with the persons. Entries of a presence's day are of one grade of
// evidence, the fact's, but for corrections by a document: figures by grade rest on it.
const factsAreLedger = `WITH l AS (
		SELECT e.volunteer_id, e.source_id, e.effective_day, SUM(p.amount) AS minutes, SUM(e.visits) AS visits,
			MIN(NULLIF(e.evidence, 'late_proof')) AS grade, MAX(NULLIF(e.evidence, 'late_proof')) AS another
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE e.kind IN ` + ledgerstore.MinuteKinds + ` GROUP BY 1, 2, 3 HAVING SUM(p.amount) > 0 OR SUM(e.visits) > 0
	), both_sides AS (
		SELECT volunteer_id, source_id AS attendance_id, effective_day AS day, minutes, visits, grade, another, 0 AS side FROM l
		UNION ALL SELECT volunteer_id, attendance_id, day, -minutes, -visits, NULLIF(evidence, 'late_proof'), NULLIF(evidence, 'late_proof'), 1 FROM cube_facts
	)
	SELECT 'cube_facts ' || volunteer_id || ' ' || day || ' ' || attendance_id AS broken FROM both_sides WHERE ` + notCounted + `
		GROUP BY volunteer_id, day, attendance_id HAVING SUM(minutes) <> 0 OR SUM(visits) <> 0 OR MIN(side) = MAX(side) OR MIN(grade) <> MAX(another)
	UNION ALL SELECT 'cube_facts ' || f.volunteer_id || ' ' || f.day || ' ' || f.attendance_id FROM cube_facts f JOIN volunteers v ON v.id = f.volunteer_id
		WHERE f.sex <> v.sex AND f.` + notCounted + `
	UNION ALL SELECT 'cube_steps ' || v.id FROM volunteers v LEFT JOIN (SELECT volunteer_id, SUM(delta) AS n FROM cube_steps GROUP BY 1) s ON s.volunteer_id = v.id
		WHERE COALESCE(s.n, 0) <> CASE v.status WHEN 'withdrawn' THEN 0 ELSE 1 END
			AND v.id NOT IN (SELECT volunteer_id FROM cube_queue WHERE volunteer_id IS NOT NULL)`

// figures counts all facts again and names the first cells and sums that are not what is kept. While a recount is waited for,
// because the map or the holidays changed, there is nothing to compare with.
func (v View) figures(ctx context.Context, rows int) ([]string, error) {
	cubes := cubestore.Cubes{Tx: v.Tx}
	var waiting bool
	if err := v.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL)`).Scan(&waiting).Error; err != nil || waiting {
		return nil, err
	}
	atlas, err := cubes.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	var broken []string
	tally, stock := cube.NewCounter(atlas).Tally(), cube.Stock{}
	if err := errors.Join(
		cubes.EachPerson(ctx, 0, func(facts []cube.Fact) error {
			first := cube.FirstDay(facts)
			for _, f := range facts {
				if f.Newcomer != (f.Day == first) && len(broken) < rows {
					broken = append(broken, fmt.Sprintf("cube_facts %s %s %s", f.VolunteerID, f.Day, f.AttendanceID))
				}
			}
			tally.Add(facts)
			return nil
		}),
		cubes.EachStep(ctx, func(s cube.Step) error {
			stock.Add([]cube.Step{s}, 1)
			return nil
		}),
	); err != nil {
		return nil, err
	}
	counts, tables := tally.Counts(), map[string]int{}
	for i, g := range cube.Kept {
		tables[g.Name()] = i
	}
	if err := v.Tx.Each(func(r repository.Scanner) error {
		var (
			name string
			k    cube.Key
			f    cube.Figures
		)
		if err := r.Scan(&name, &k.Year, &k.Row, &k.Column, &f.Persons, &f.Visits, &f.Minutes, &f.Newcomer, &f.Regular); err != nil {
			return err
		}
		table, listed := tables[name]
		k.Table = table
		if !listed || counts[k] != f {
			broken = append(broken, fmt.Sprintf("cube_cells %s %d %s %s", name, k.Year, k.Row, k.Column))
		}
		delete(counts, k)
		return nil
	}, `SELECT name, year, row_key, column_key, persons, visits, minutes, newcomer, regular FROM cube_cells`); err != nil {
		return nil, err
	}
	for k := range counts {
		broken = append(broken, fmt.Sprintf("cube_cells %s %d %s %s (missing)", cube.Kept[k.Table].Name(), k.Year, k.Row, k.Column))
	}
	for k, delta := range maps.Clone(stock) { // without a month stands what it all comes to
		stock[cube.StockKey{HomeCode: k.HomeCode, Sex: k.Sex}] += delta
	}
	sums, err := cubestore.Figures{Tx: v.Tx}.StepSums(ctx, calendar.Day{}, cube.Parts{Home: true, Sex: true})
	if err != nil {
		return nil, err
	}
	for _, s := range sums {
		k := cube.StockKey{Month: s.Month, HomeCode: s.HomeCode, Sex: s.Sex}
		if stock[k] != s.Delta {
			broken = append(broken, stockName(k))
		}
		delete(stock, k)
	}
	for k, delta := range stock {
		if delta != 0 {
			broken = append(broken, stockName(k)+" (missing)")
		}
	}
	slices.Sort(broken)
	return broken[:min(rows, len(broken))], nil
}

func stockName(k cube.StockKey) string {
	if k.Month.IsZero() {
		return fmt.Sprintf("cube_stock_totals %s %s", k.HomeCode, k.Sex)
	}
	return fmt.Sprintf("cube_stock %s %s %s", k.Month, k.HomeCode, k.Sex)
}
