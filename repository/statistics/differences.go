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
	return onDays(q, d.Days)
}

// onDays leaves what is about other days out.
func onDays(q *gorm.DB, days statistics.Period) *gorm.DB {
	if !days.From.IsZero() {
		q = q.Where("effective_day >= ?", days.From)
	}
	if !days.To.IsZero() {
		q = q.Where("effective_day <= ?", days.To)
	}
	return q
}

// Entries implements statistics.Reader.
func (r reader) Entries(ctx context.Context, d statistics.Between, p page.Request) (page.Page[statistics.Posted], error) {
	q := between(r.tx, d).Joins("JOIN volunteers v ON v.id = e.volunteer_id").
		Select(`e.id, e.effective_day, e.posted_at, p.amount AS minutes, e.visits, e.kind, e.field_code, e.evidence, `+lived+` AS region_code`,
			d.To.At, d.To.Day, d.To.At, d.To.Day, d.To.At)
	since := d.From
	if len(p.After) == 2 {
		at, err := time.Parse(time.RFC3339Nano, p.After[0])
		if err != nil {
			return page.Page[statistics.Posted]{}, page.ErrCursor
		}
		q, since = q.Where("(e.posted_at > ? OR e.id > ?)", at, p.After[1]), at
	}
	since, err := r.firstAbout(ctx, d.Days, since)
	if err != nil {
		return page.Page[statistics.Posted]{}, err
	}
	var rows []statistics.Posted
	err = q.Where("e.posted_at >= ?", since).Order("e.posted_at, e.id").Limit(p.Limit + 1).Scan(&rows).Error
	return page.Cut(rows, p, func(e statistics.Posted) []string {
		return []string{e.PostedAt.UTC().Format(time.RFC3339Nano), e.ID.String()}
	}), err
}

// firstAbout passes over the hours, from an instant on, in which nothing was posted that is about days: of a report that is years old
// these are most.
func (r reader) firstAbout(ctx context.Context, days statistics.Period, since time.Time) (time.Time, error) {
	if days == (statistics.Period{}) {
		return since, nil
	}
	h := hours(r)
	first, err := h.at(onDays(r.tx.Table("posted_hours").Where("hour >= ?", since.UTC().Truncate(time.Hour)), days).Select("MIN(hour) AS at"))
	if err == nil && first.IsZero() {
		first, err = h.Summed(ctx)
	}
	if first.After(since) {
		since = first
	}
	return since, err
}

// month is the first day of the month of a day.
func month(tx *repository.Tx, day string) string {
	return tx.Pick(`CAST(date_trunc('month', `+day+`) AS date)`, `strftime('%Y-%m-01', `+day+`)`)
}

// Sums implements statistics.Reader: whole hours that are added up already, and the entries before and after them.
func (r reader) Sums(ctx context.Context, d statistics.Between) ([]statistics.MonthSum, error) {
	summed, err := hours(r).Summed(ctx)
	if err != nil {
		return nil, err
	}
	from, before := whole(d.From, d.To.At, summed)
	if !from.Before(before) {
		return r.sums(entrySums(r.tx, d))
	}
	first, last, whole := d, d, onDays(r.tx.Table("posted_hours").Where("hour >= ? AND hour < ?", from, before), d.Days)
	first.To.At, last.From = from.Add(-least), before.Add(-least)
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
