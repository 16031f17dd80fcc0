package statistics

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/repository"
	ledgerstore "dure/repository/ledger"
)

// hours implements statistics.Hours.
type hours struct{ tx *repository.Tx }

func (h hours) Summed(context.Context) (time.Time, error) {
	last, err := h.at(h.tx.Raw(`SELECT MAX(hour) AS at FROM posted_hours`))
	if err != nil || last.IsZero() {
		return time.Time{}, err
	}
	return last.Add(time.Hour), nil
}

func (h hours) FirstPosted(_ context.Context, since time.Time) (time.Time, error) {
	return h.at(h.tx.Raw(`SELECT MIN(posted_at) AS at FROM ledger_entries WHERE posted_at >= ? AND kind IN `+ledgerstore.MinuteKinds, since))
}

// at gives the one instant that a query tells; zero for none.
func (h hours) at(query *gorm.DB) (time.Time, error) {
	var found []struct{ At *repository.Instant }
	if err := query.Scan(&found).Error; err != nil || len(found) == 0 || found[0].At == nil {
		return time.Time{}, err
	}
	return found[0].At.Time, nil
}

func (h hours) SumUp(_ context.Context, from, before time.Time) error {
	return h.tx.Exec(`INSERT INTO posted_hours (hour, effective_day, entries, minutes, visits)
		SELECT `+h.tx.Pick(`date_trunc('hour', e.posted_at, 'UTC')`, `substr(e.posted_at, 1, 13) || ':00:00.000000+00:00'`)+`, e.effective_day,
			COUNT(*), SUM(p.amount), SUM(e.visits)
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
		WHERE e.posted_at >= ? AND e.posted_at < ? AND e.kind IN `+ledgerstore.MinuteKinds+` GROUP BY 1, 2`, from, before).Error
}
