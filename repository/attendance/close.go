package attendance

import (
	"context"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
)

// CloseForgotten implements attendance.Repository. It takes the locks of the persons, as everybody does; those whom somebody
// else holds right now are left for the next run.
func (r Attendances) CloseForgotten(ctx context.Context, endedBefore time.Time) (int, error) {
	var open []struct {
		ID          id.ID
		CheckedInAt time.Time
		EndsAt      time.Time
	}
	err := r.Tx.Raw(`SELECT a.id, a.checked_in_at, s.ends_at FROM attendances a JOIN shifts s ON s.id = a.shift_id
		JOIN ledger_accounts l ON l.owner_id = a.volunteer_id AND l.kind = 'volunteer_minutes'
		WHERE a.state = 'open' AND s.ends_at <= ? ORDER BY a.shift_id LIMIT 1000`+r.Tx.Pick(" FOR NO KEY UPDATE OF l, a SKIP LOCKED", ""), endedBefore).
		Scan(&open).Error
	if err != nil || len(open) == 0 {
		return 0, err
	}
	rows := make([]repository.Row, len(open))
	for i, a := range open {
		end := a.EndsAt
		if end.Before(a.CheckedInAt) {
			end = a.CheckedInAt
		}
		rows[i] = repository.Row{"id", a.ID, "out", end, "worked", calendar.Span{Start: a.CheckedInAt, End: end}.Minutes()}
	}
	done := r.Tx.Exec(`UPDATE attendances SET state = 'auto_closed', checked_out_at = r.out, counted_out_at = r.out, worked_minutes = r.worked
		FROM `+r.Tx.Records("id uuid, out timestamptz, worked int")+` WHERE attendances.id = r.id AND attendances.state = 'open'`,
		repository.JSON(rows))
	return int(done.RowsAffected), done.Error
}

var _ attendance.Repository = Attendances{}
