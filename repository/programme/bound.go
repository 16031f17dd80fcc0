package programme

import (
	"fmt"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/programme"
)

// bound is what a leaf comes to at most: the sum over the months, or years, that its window touches.
type bound struct {
	leaf
	months []calendar.Day // none where years are summed
}

// Most months are summed one by one; of longer windows, and of those that begin with a year, the years are.
const mostMonths = 25

type bounding []bound

func bounds(leaves []leaf) (all bounding) {
	for _, l := range leaves {
		b := bound{leaf: l}
		from := l.span.From
		if whole := from.IsZero() || from.Month() == 1; !whole && from.AddMonths(mostMonths).After(l.span.To) {
			for m := from.FirstOfMonth(); !m.After(l.span.To); m = m.AddMonths(1) {
				b.months = append(b.months, m)
			}
		}
		all = append(all, b)
	}
	return all
}

// sum is the rollup's column: an active day has a minute at least.
func (b bound) sum() string {
	if b.Measure == programme.Visits {
		return "visits"
	}
	return "minutes"
}

// join joins the sums of persons after one, up to last, as columns b0, b1 … of months or years.
func (all bounding) join(q *query, after, last id.ID) {
	var monthly, yearly []int
	seen, months := map[calendar.Day]bool{}, []any{}
	for i, b := range all {
		if len(b.months) == 0 {
			yearly = append(yearly, i)
			continue
		}
		monthly = append(monthly, i)
		for _, m := range b.months {
			if !seen[m] {
				seen[m], months = true, append(months, m)
			}
		}
	}
	if len(monthly) > 0 {
		q.add(` LEFT JOIN (SELECT volunteer_id`)
		for _, i := range monthly {
			b := all[i]
			q.add(fmt.Sprintf(`, SUM(CASE WHEN month BETWEEN ? AND ? THEN %s ELSE 0 END) AS b%d`, b.sum(), i), b.months[0], b.months[len(b.months)-1])
		}
		q.add(` FROM person_months WHERE month IN (`+strings.Repeat("?, ", len(months)-1)+`?)`, months...)
		q.add(` AND volunteer_id > ? AND volunteer_id <= ? GROUP BY volunteer_id) AS months ON months.volunteer_id = v.id`, after, last)
	}
	if len(yearly) > 0 {
		q.add(` LEFT JOIN (SELECT volunteer_id`)
		for _, i := range yearly {
			b := all[i]
			q.add(fmt.Sprintf(`, SUM(CASE WHEN year BETWEEN ? AND ? THEN %s ELSE 0 END) AS b%d`, b.sum(), i), b.span.From.Year(), b.span.To.Year())
		}
		q.add(` FROM person_years WHERE volunteer_id > ? AND volunteer_id <= ? GROUP BY volunteer_id) AS years ON years.volunteer_id = v.id`, after, last)
	}
}

// enough adds that of each requirement a condition may have what it asks, and something for the ranking.
func (all bounding) enough(q *query, t programme.Terms) {
	n := 0
	for _, r := range t.Requirements {
		q.add(` AND (1 = 0`)
		for _, c := range r.AnyOf {
			q.add(` OR `+all.column(n)+` >= ?`, c.AtLeast)
			n++
		}
		q.add(`)`)
	}
	if t.Ranking != nil {
		q.add(` AND ` + all.column(n) + ` > 0`)
	}
}

func (all bounding) column(i int) string {
	if len(all[i].months) > 0 {
		return fmt.Sprintf("COALESCE(months.b%d, 0)", i)
	}
	return fmt.Sprintf("COALESCE(years.b%d, 0)", i)
}
