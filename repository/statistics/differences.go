package statistics

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/page"
	"dure/domain/statistics"
	"dure/repository"
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
		Where("e.posted_at > ? AND e.posted_at <= ?", d.From, d.To.At)
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

// Sums implements statistics.Reader.
func (r reader) Sums(_ context.Context, d statistics.Between) (months []statistics.MonthSum, err error) {
	err = between(r.tx, d).Select(r.tx.Pick(`CAST(date_trunc('month', e.effective_day) AS date)`, `strftime('%Y-%m-01', e.effective_day)`) +
		` AS month, COUNT(*) AS entries, CAST(SUM(p.amount) AS bigint) AS minutes, SUM(e.visits) AS visits`).Group("month").Order("month").Scan(&months).Error
	return months, err
}
