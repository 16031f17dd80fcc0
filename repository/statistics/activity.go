package statistics

import (
	"context"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
	ledgerstore "dure/repository/ledger"
)

// query is SQL of volunteers with visits and minutes that add up, and its parameters.
type query struct {
	text string
	args []any
	once bool // whether it has each volunteer once
}

// together adds queries up by volunteer.
func together(queries []query) query {
	if len(queries) == 1 && queries[0].once {
		return queries[0]
	}
	texts, args := make([]string, len(queries)), []any{}
	for i, q := range queries {
		texts[i], args = q.text, append(args, q.args...)
	}
	return query{`SELECT volunteer_id, SUM(visits) AS visits, SUM(minutes) AS minutes FROM (` + strings.Join(texts, ` UNION ALL `) + `) AS s GROUP BY volunteer_id`, args, true}
}

// activity is what each volunteer did in a period. As of an instant it is what counts now until that instant's day, less what
// was posted since, and what had been posted of later days.
func (r reader) activity(ctx context.Context, p statistics.Period, grades []string, known statistics.Known) (query, error) {
	if p.From.IsZero() {
		return query{text: `SELECT volunteer_id, visits, minutes FROM person_months WHERE 1 = 0`, once: true}, nil
	}
	if known.Now() {
		return together(r.counted(p, grades)), nil
	}
	summed, err := hours(r).Summed(ctx)
	if err != nil {
		return query{}, err
	}
	var all []query
	then, later := p.Cut(known.Day)
	if !then.Empty() {
		all = append(r.counted(then, grades), r.posted(`-`, known.At, forever, then, grades, summed)...)
	}
	if !later.Empty() {
		all = append(all, r.posted(``, time.Time{}, known.At, later, grades, summed)...)
	}
	return together(all), nil
}

// counted is what counts now: of whole months from the sums that are kept, of other days, and of grades of evidence, from the days.
func (r reader) counted(p statistics.Period, grades []string) []query {
	months := p.Months()
	if len(grades) > 0 || months.Empty() {
		return r.days(p, grades)
	}
	sums := keptSums(months)
	before, rest := p.Cut(months.From.Add(-1))
	_, after := rest.Cut(months.To)
	for _, edge := range []statistics.Period{before, after} {
		if !edge.Empty() {
			sums = append(sums, r.days(edge, nil)...)
		}
	}
	return sums
}

// keptSums are sums that add up to whole months: by the year, less the months of it that are not asked for, where these are
// fewer than those that are.
func keptSums(p statistics.Period) (sums []query) {
	const months, outside = `SELECT volunteer_id, visits, minutes FROM person_months WHERE month = ?`,
		`SELECT volunteer_id, -visits AS visits, -minutes AS minutes FROM person_months WHERE month = ?`
	for year := p.From.Year(); year <= p.To.Year(); year++ {
		var in, out []query
		for m := calendar.Date(year, 1, 1); m.Year() == year; m = m.AddMonths(1) {
			if m.Before(p.From) || m.After(p.To) {
				out = append(out, query{outside, []any{m}, true})
			} else {
				in = append(in, query{months, []any{m}, true})
			}
		}
		if len(in) > len(out) {
			in = append(out, query{`SELECT volunteer_id, visits, minutes FROM person_years WHERE year = ?`, []any{year}, true})
		}
		sums = append(sums, in...)
	}
	return sums
}

// days is what counts of single days: from the facts that figures are made of. Of people of whom something waits to be counted it
// is what the ledger says, and so it is, where grades of evidence are told apart, of those with a correction by a document: a fact has the
// grade of its newest entry, and of a presence only that correction is of another grade than the rest.
func (r reader) days(p statistics.Period, grades []string) []query {
	apart, args := `SELECT DISTINCT volunteer_id FROM cube_queue WHERE volunteer_id IS NOT NULL`, []any{}
	if len(grades) > 0 {
		apart += ` UNION SELECT volunteer_id FROM ledger_entries WHERE evidence = 'late_proof' AND effective_day BETWEEN ? AND ?`
		args = append(args, p.From, p.To)
	}
	apart = `SELECT volunteer_id FROM (` + apart + `) AS w ` + fewer // NOT IN: however many there are, they are looked up by a hash
	graded := func(q query, column string) query {
		if q.args = append(q.args, p.From, p.To); len(grades) > 0 {
			q.text, q.args = q.text+` AND `+column+` IN ?`, append(q.args, grades)
		}
		return q
	}
	return []query{
		graded(query{text: `SELECT f.volunteer_id, f.visits, f.minutes FROM cube_facts f
			WHERE f.volunteer_id NOT IN (` + apart + `) AND f.day BETWEEN ? AND ?`, args: args[:len(args):len(args)]}, `f.evidence`),
		graded(query{text: `SELECT e.volunteer_id, e.visits, ` + amount + ` AS minutes FROM (` + apart + `) AS w
			JOIN ledger_accounts a ON a.owner_id = w.volunteer_id AND a.kind = 'volunteer_minutes' JOIN ledger_entries e ON e.account_id = a.id
			WHERE e.kind IN ` + ledgerstore.MinuteKinds + ` AND e.effective_day BETWEEN ? AND ?`, args: args[:len(args):len(args)]}, `e.evidence`),
	}
}

const (
	// amount are the minutes of an entry e, whose first line is the volunteer's. They are looked up one by one: PostgreSQL expects so many
	// entries that it would read all postings of the city for the few that there are.
	amount = `(SELECT p.amount FROM ledger_postings p WHERE p.entry_id = e.id AND p.line = 1)`
	// fewer has PostgreSQL expect a tenth of the rows, and look up what belongs to them in place of reading it all.
	fewer = `LIMIT (SELECT 1000000000)`
)

// forever is when no entry was posted yet.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// posted is what was posted after an instant, and not after another, of days. In the city's ledger most hours have nothing to do with
// the days that are asked for, so that those that have are found first, where they are added up, and gone through one by one.
func (r reader) posted(sign string, after, until time.Time, days statistics.Period, grades []string, summed time.Time) []query {
	entries := func(from, when string, args ...any) query {
		text, args := ` AND e.effective_day BETWEEN ? AND ?`, append(args, days.From, days.To)
		if len(grades) > 0 {
			text, args = text+` AND e.evidence IN ?`, append(args, grades)
		}
		return query{text: `SELECT e.volunteer_id, ` + sign + `e.visits AS visits, ` + sign + `e.amount AS minutes FROM ` + from + `(SELECT e.volunteer_id, e.visits, ` + amount + ` AS amount
			FROM ledger_entries e WHERE e.kind IN ` + ledgerstore.MinuteKinds + ` AND ` + when + text + r.tx.Pick(` OFFSET 0`, ``) + `) AS e`, args: args}
	}
	const between = `e.posted_at > ? AND e.posted_at <= ?`
	first, last := whole(after, until, summed)
	if !r.tx.Postgres() || !first.Before(last) {
		return []query{entries(``, between, after, until)}
	}
	return []query{
		entries(``, between, after, first.Add(-least)),
		entries(`(SELECT DISTINCT hour FROM posted_hours WHERE hour >= ? AND hour < ? AND effective_day BETWEEN ? AND ? `+fewer+`) AS h CROSS JOIN LATERAL `,
			`e.posted_at >= h.hour AND e.posted_at < h.hour + interval '1 hour'`, first, last, days.From, days.To),
		entries(``, between, last.Add(-least), until),
	}
}

// least lies between two instants.
const least = time.Microsecond

// whole is the first hour that begins after an instant, and the last to end by another, of those that are added up: there is none
// between them where the first is not before the last.
func whole(after, until, summed time.Time) (first, last time.Time) {
	first, last = after.UTC().Truncate(time.Hour).Add(time.Hour), until.UTC().Add(least).Truncate(time.Hour)
	if last.After(summed) {
		last = summed
	}
	return first, last
}
