package programme

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/programme"
	"dure/repository"
)

// Evaluations implements programme.Evaluations inside a transaction.
type Evaluations struct{ Tx *repository.Tx }

func position(r programme.Result) []string {
	return []string{strconv.Itoa(r.Place), r.VolunteerID.String()}
}

// Start implements programme.Evaluations.
func (r Evaluations) Start(_ context.Context, e programme.Evaluation) (programme.Evaluation, error) {
	if err := r.Tx.Raw(`SELECT COUNT(*) FROM volunteers`).Scan(&e.Persons).Error; err != nil {
		return e, err
	}
	return e, r.Tx.Table("programme_evaluations").Create(&e).Error
}

// Running implements programme.Evaluations.
func (r Evaluations) Running(_ context.Context, programmeID id.ID) (e programme.Evaluation, ok bool, err error) {
	found := r.Tx.Raw(`SELECT * FROM programme_evaluations WHERE programme_id = ? AND state = 'running'`, programmeID).Scan(&e)
	return e, found.RowsAffected == 1, found.Error
}

// Take implements programme.Evaluations.
func (r Evaluations) Take(context.Context) (e programme.Evaluation, ok bool, err error) {
	found := r.Tx.Raw(`SELECT * FROM programme_evaluations WHERE state = 'running' ORDER BY id LIMIT 1` + r.Tx.Pick(" FOR UPDATE SKIP LOCKED", "")).Scan(&e)
	return e, found.RowsAffected == 1, found.Error
}

// Save implements programme.Evaluations.
func (r Evaluations) Save(_ context.Context, e programme.Evaluation) error {
	return r.Tx.Exec(`UPDATE programme_evaluations SET state = ?, seen = ?, eligible = ?, position = ?, finished_at = ? WHERE id = ?`,
		e.State, e.Seen, e.Eligible, e.Position, e.FinishedAt, e.ID).Error
}

// Rank implements programme.Evaluations. Equals share a place.
func (r Evaluations) Rank(_ context.Context, e programme.Evaluation) error {
	return r.Tx.Exec(`UPDATE programme_results SET place = s.place FROM (
			SELECT volunteer_id, RANK() OVER (ORDER BY ranked DESC, runner_up DESC) AS place FROM programme_results WHERE evaluation_id = ?
		) AS s WHERE programme_results.evaluation_id = ? AND programme_results.volunteer_id = s.volunteer_id`, e.ID, e.ID).Error
}

// Look implements programme.Evaluations.
func (r Evaluations) Look(_ context.Context, e programme.Evaluation, t programme.Terms, a programme.Atlas, persons int) (programme.Evaluation, error) {
	var last struct {
		ID id.ID
		N  int64
	}
	some := r.Tx.Raw(`SELECT id, COUNT(*) OVER () AS n FROM (SELECT id FROM volunteers WHERE id > ? ORDER BY id LIMIT ?) AS s ORDER BY id DESC LIMIT 1`,
		e.Position, persons).Scan(&last)
	if some.Error != nil || some.RowsAffected == 0 {
		return e, some.Error
	}
	query, args := compile(r.Tx, e, t, a, last.ID)
	found := r.Tx.Exec(query, args...)
	e.Position, e.Seen, e.Eligible = last.ID, e.Seen+last.N, e.Eligible+found.RowsAffected
	return e, found.Error
}

// query is a statement that is put together; what comes from the terms is a parameter, always.
type query struct {
	strings.Builder
	args []any
}

func (q *query) add(text string, args ...any) {
	q.WriteString(text)
	q.args = append(q.args, args...)
}

// in adds that an expression is one of some values; of none it is not.
func (q *query) in(expression string, values []string) {
	if len(values) == 0 {
		q.add("1 = 0")
		return
	}
	q.add(expression + " IN (" + strings.Repeat("?, ", len(values)-1) + "?)")
	for _, v := range values {
		q.args = append(q.args, v)
	}
}

// leaf is what is added up for each person and day: a condition, or the ranking.
type leaf struct {
	programme.Condition
	span programme.Span
}

// compile makes the one statement that finds who meets the terms among the persons after the evaluation's position up to
// last, and keeps them as its results: the same as programme.Terms.Qualifies says of each of them.
func compile(tx *repository.Tx, e programme.Evaluation, t programme.Terms, a programme.Atlas, last id.ID) (string, []any) {
	var leaves []leaf
	for _, c := range t.Conditions() {
		leaves = append(leaves, leaf{c, c.Window.On(e.Day)})
	}
	conditions := len(leaves)
	if r := t.Ranking; r != nil {
		leaves = append(leaves, leaf{programme.Condition{Measure: r.Measure, Window: r.Window, Scope: r.Scope, Entries: r.Entries}, r.Window.On(e.Day)})
	}
	q := &query{}
	q.people(e, t, leaves, a, last)
	if len(leaves) > 0 {
		q.counted(tx, leaves, a)
		q.sums(leaves, t.Ranking)
	}
	q.add(` INSERT INTO programme_results (evaluation_id, volunteer_id, place, ranked, runner_up, measured) SELECT ?, p.id, 0, `, e.ID)
	if t.Ranking != nil {
		q.add(`COALESCE(s.ranked, 0), COALESCE(s.runner_up, 0), `)
	} else {
		q.add(`0, 0, `)
	}
	q.add(`'['`)
	for i := range conditions {
		if i > 0 {
			q.add(` || ','`)
		}
		q.add(fmt.Sprintf(` || COALESCE(s.c%d, 0)`, i))
	}
	q.add(` || ']' FROM people p`)
	if len(leaves) > 0 {
		q.add(` LEFT JOIN sums s ON s.id = p.id`)
	}
	q.add(` WHERE 1 = 1`)
	n := 0
	for _, r := range t.Requirements {
		q.add(` AND (1 = 0`)
		for _, c := range r.AnyOf {
			q.add(fmt.Sprintf(` OR COALESCE(s.c%d, 0) >= ?`, n), c.AtLeast)
			n++
		}
		q.add(`)`)
	}
	if t.Ranking != nil {
		q.add(` AND s.ranked > 0`)
	}
	return q.String(), q.args
}

// people selects who may have the benefit, as far as the sums by month and year tell: they are never less than what counts.
func (q *query) people(e programme.Evaluation, t programme.Terms, leaves []leaf, a programme.Atlas, last id.ID) {
	p, b := t.Person, bounds(leaves)
	q.add(`WITH people AS (SELECT v.id, a.id AS account_id, v.camp_id, c.region_code AS camp_region FROM volunteers v
		JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' LEFT JOIN camps c ON c.id = v.camp_id`)
	b.join(q, e.Position, last)
	q.add(` WHERE v.id > ? AND v.id <= ? AND v.status = 'active'`, e.Position, last)
	b.enough(q, t)
	births := p.Births(e.Day)
	if !births.From.IsZero() {
		q.add(` AND v.birth_date >= ?`, births.From)
	}
	if !births.To.IsZero() {
		q.add(` AND v.birth_date <= ?`, births.To)
	}
	if p.CityOnly {
		q.add(` AND `)
		q.in(`v.region_code`, a.InCity())
	}
	if len(p.Residence) > 0 {
		q.add(` AND `)
		q.in(`v.region_code`, a.Within(p.Residence...))
	}
	if len(p.Affiliation) > 0 {
		q.add(` AND `)
		q.in(`c.region_code`, a.Within(p.Affiliation...))
	}
	q.add(`)`)
}

// counted adds up minutes and visits of each day, for each leaf by itself: an active day is one on which something is left.
func (q *query) counted(tx *repository.Tx, leaves []leaf, a programme.Atlas) {
	q.gus(tx, leaves, a)
	q.add(`, counted AS (SELECT p.id`)
	from, to := leaves[0].span.From, leaves[0].span.To
	for i, l := range leaves {
		for _, sum := range [][2]string{{"m", "e.amount"}, {"v", "e.visits"}} {
			q.add(`, SUM(CASE WHEN `)
			q.counts(l, a)
			q.add(fmt.Sprintf(` THEN %s ELSE 0 END) AS %s%d`, sum[1], sum[0], i))
		}
		if l.span.From.Before(from) {
			from = l.span.From
		}
		if l.span.To.After(to) {
			to = l.span.To
		}
	}
	// Candidates are few, and PostgreSQL cannot know: left alone it reads all entries of the city for each lot of persons.
	q.add(tx.Pick(` FROM people p CROSS JOIN LATERAL (SELECT i.*, o.amount FROM ledger_entries i
		JOIN ledger_postings o ON o.entry_id = i.id AND o.account_id = i.account_id WHERE i.account_id = p.account_id AND i.effective_day <= ?`,
		` FROM people p JOIN (SELECT i.*, o.amount FROM ledger_entries i
		JOIN ledger_postings o ON o.entry_id = i.id AND o.account_id = i.account_id WHERE i.effective_day <= ?`), to)
	if from != (calendar.Day{}) {
		q.add(` AND i.effective_day >= ?`, from)
	}
	q.add(tx.Pick(` OFFSET 0) AS e`, `) AS e ON e.account_id = p.account_id`))
	q.joined(leaves)
	q.add(` GROUP BY p.id, e.effective_day)`)
}

func inOwnGu(l leaf) bool { return l.Scope.Kind == programme.InOwnGu }

// gus knows the gu of every region, where somebody asks.
func (q *query) gus(tx *repository.Tx, leaves []leaf, a programme.Atlas) {
	if !slices.ContainsFunc(leaves, inOwnGu) {
		return
	}
	codes := slices.Sorted(maps.Keys(a.Gus()))
	rows := make([]repository.Row, len(codes))
	for i, code := range codes {
		rows[i] = repository.Row{"code", code, "gu", a.Gus()[code]}
	}
	q.add(`, gus AS (SELECT code, gu FROM `+tx.Records("code text, gu text")+`)`, repository.JSON(rows))
}

// joined joins to entries where they come from, as far as the leaves look at it.
func (q *query) joined(leaves []leaf) {
	if slices.ContainsFunc(leaves, leaf.looksAtPresence) {
		q.add(presence)
	}
	if slices.ContainsFunc(leaves, inOwnGu) {
		q.add(` LEFT JOIN gus og ON og.code = COALESCE(oc.region_code, os.region_code) LEFT JOIN gus pg ON pg.code = p.camp_region`)
	}
}

func (l leaf) looksAtPresence() bool {
	e := l.Entries
	return l.Scope.Kind != programme.InCity || len(e.Fields)+len(e.NotFields)+len(e.Evidence)+len(e.NotEvidence) > 0 || e.NotBlood || e.NotRemote
}

// counts is the condition under which an entry counts for a leaf.
func (q *query) counts(l leaf, a programme.Atlas) {
	q.add(`e.effective_day <= ?`, l.span.To)
	if !l.span.From.IsZero() {
		q.add(` AND e.effective_day >= ?`, l.span.From)
	}
	q.matches(l, a)
}

// matches is the condition without its window.
func (q *query) matches(l leaf, a programme.Atlas) {
	const code, evidence = `COALESCE(x.field_code, e.field_code)`, `COALESCE(t.evidence, e.evidence)`
	if len(l.Entries.Fields) > 0 {
		q.add(` AND (`)
		q.fields(code, l.Entries.Fields)
		q.add(`)`)
	}
	if len(l.Entries.NotFields) > 0 {
		q.add(` AND NOT (`)
		q.fields(code, l.Entries.NotFields)
		q.add(`)`)
	}
	if len(l.Entries.Evidence) > 0 {
		q.add(` AND `)
		q.in(evidence, l.Entries.Evidence)
	}
	if len(l.Entries.NotEvidence) > 0 {
		q.add(` AND NOT `)
		q.in(evidence, l.Entries.NotEvidence)
	}
	if l.Entries.NotBlood {
		q.add(` AND `+code+` <> ?`, programme.BloodDonation)
	}
	if l.Entries.NotRemote {
		q.add(` AND NOT COALESCE(x.remote, false)`)
	}
	switch l.Scope.Kind {
	case programme.InRegion:
		q.add(` AND `)
		q.in(`COALESCE(oc.region_code, os.region_code)`, a.Within(l.Scope.Region))
	case programme.InOwnGu:
		q.add(` AND og.gu = pg.gu`)
	case programme.InOwn:
		q.add(` AND x.organiser_id = p.camp_id`)
	}
}

// fields adds that a field is one of some; those that end in 00 are whole groups.
func (q *query) fields(expression string, fields []string) {
	for i, f := range fields {
		if i > 0 {
			q.add(` OR `)
		}
		if group, whole := strings.CutSuffix(f, "00"); whole {
			q.add(`substr(`+expression+`, 1, 2) = ?`, group)
		} else {
			q.add(expression+` = ?`, f)
		}
	}
}

// sums adds the days up, each leaf by its measure.
func (q *query) sums(leaves []leaf, ranking *programme.Ranking) {
	q.add(`, sums AS (SELECT id`)
	for i, l := range leaves {
		name := fmt.Sprintf("c%d", i)
		if ranking != nil && i == len(leaves)-1 {
			name = "ranked"
			other := "v"
			if l.Measure == programme.Visits {
				other = "m"
			}
			q.add(fmt.Sprintf(`, SUM(%s%d) AS runner_up`, other, i))
		}
		switch l.Measure {
		case programme.Minutes:
			q.add(fmt.Sprintf(`, SUM(m%d) AS %s`, i, name))
		case programme.Visits:
			q.add(fmt.Sprintf(`, SUM(v%d) AS %s`, i, name))
		default:
			q.add(fmt.Sprintf(`, COUNT(CASE WHEN m%d > 0 THEN 1 END) AS %s`, i, name))
		}
	}
	q.add(` FROM counted GROUP BY id)`)
}
