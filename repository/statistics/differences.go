package statistics

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/page"
	"dure/domain/statistics"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// lived is where the person of an entry e lived on its day, as known at an instant: the last move by then, else the first one. Its
// parameters are those of knownMoves.
const lived = `COALESCE((SELECT m.region_code FROM (
		SELECT since, region_code FROM residences r WHERE r.volunteer_id = e.volunteer_id AND (recorded_at <= ? OR (recorded_at IS NULL AND since <= ?))
		UNION ALL SELECT since, region_code FROM residences_before b WHERE b.volunteer_id = e.volunteer_id
			AND (recorded_at <= ? OR (recorded_at IS NULL AND since <= ?)) AND until > ?
	) AS m ORDER BY m.since > e.effective_day, CASE WHEN m.since <= e.effective_day THEN m.since END DESC, m.since LIMIT 1), v.region_code)`

func between(tx *repository.Tx, d statistics.Between) *gorm.DB {
	q := tx.Table("ledger_entries e").Joins("JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1").
		Where("e.posted_at > ? AND e.posted_at <= ? AND e.kind IN "+ledgerstore.MinuteKinds, d.From, d.To.At)
	if !d.Days.From.IsZero() {
		q = q.Where("e.effective_day >= ?", d.Days.From)
	}
	if !d.Days.To.IsZero() {
		q = q.Where("e.effective_day <= ?", d.Days.To)
	}
	return q
}

// Entries implements statistics.Reader.
func (r reader) Entries(_ context.Context, d statistics.Between, p page.Request) (page.Page[statistics.Posted], error) {
	q := between(r.tx, d).Joins("JOIN volunteers v ON v.id = e.volunteer_id").
		Select(`e.id, e.effective_day, e.posted_at, p.amount AS minutes, e.visits, e.kind, e.field_code, e.evidence, `+lived+` AS region_code`,
			d.To.At, d.To.Day, d.To.At, d.To.Day, d.To.At)
	if len(p.After) == 2 {
		at, err := time.Parse(time.RFC3339Nano, p.After[0])
		if err != nil {
			return page.Page[statistics.Posted]{}, page.ErrCursor
		}
		q = q.Where("(e.posted_at > ? OR (e.posted_at = ? AND e.id > ?))", at, at, p.After[1])
	}
	var rows []statistics.Posted
	err := q.Order("e.posted_at, e.id").Limit(p.Limit + 1).Scan(&rows).Error
	return page.Cut(rows, p, func(e statistics.Posted) []string {
		return []string{e.PostedAt.UTC().Format(time.RFC3339Nano), e.ID.String()}
	}), err
}

// month is the first day of the month of a day.
func month(tx *repository.Tx, day string) string {
	return tx.Pick(`CAST(date_trunc('month', `+day+`) AS date)`, `strftime('%Y-%m-01', `+day+`)`)
}

// Sums implements statistics.Reader: whole hours that are added up already, and the entries before and after them.
func (r reader) Sums(ctx context.Context, d statistics.Between) ([]statistics.MonthSum, error) {
	summed, err := hours{r.tx}.Summed(ctx)
	if err != nil {
		return nil, err
	}
	const least = time.Microsecond // between two instants
	from, before := d.From.UTC().Truncate(time.Hour).Add(time.Hour), d.To.At.UTC().Add(least).Truncate(time.Hour)
	if before.After(summed) {
		before = summed
	}
	if !from.Before(before) {
		return r.sums(entrySums(r.tx, d))
	}
	first, last, whole := d, d, r.tx.Table("posted_hours").Where("hour >= ? AND hour < ?", from, before)
	first.To.At, last.From = from.Add(-least), before.Add(-least)
	if !d.Days.From.IsZero() {
		whole = whole.Where("effective_day >= ?", d.Days.From)
	}
	if !d.Days.To.IsZero() {
		whole = whole.Where("effective_day <= ?", d.Days.To)
	}
	return r.sums(whole.Select("effective_day, entries, minutes, visits"), entrySums(r.tx, first), entrySums(r.tx, last))
}

// entrySums are the entries themselves, as the sums are made of them.
func entrySums(tx *repository.Tx, d statistics.Between) *gorm.DB {
	return between(tx, d).Select("e.effective_day, 1 AS entries, p.amount AS minutes, e.visits")
}

// sums adds up by month what queries give.
func (r reader) sums(queries ...*gorm.DB) (months []statistics.MonthSum, err error) {
	args := make([]any, len(queries))
	for i, q := range queries {
		args[i] = q
	}
	err = r.tx.Raw(`SELECT `+month(r.tx, "effective_day")+` AS month, CAST(SUM(entries) AS bigint) AS entries, CAST(SUM(minutes) AS bigint) AS minutes,
		CAST(SUM(visits) AS bigint) AS visits FROM (SELECT * FROM (?) AS q`+strings.Repeat(` UNION ALL SELECT * FROM (?) AS q`, len(queries)-1)+`) AS x
		GROUP BY 1 ORDER BY 1`, args...).Scan(&months).Error
	return months, err
}
