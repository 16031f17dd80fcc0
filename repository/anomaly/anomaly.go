// Package anomaly keeps what rules found about attendances, and reads what attendances are judged by.
package anomaly

import (
	"context"

	"dure/domain/anomaly"
	"dure/domain/kernel/id"
	"dure/repository"
)

// Anomalies implements anomaly.Repository inside a transaction.
type Anomalies struct{ Tx *repository.Tx }

// LockRecorder implements anomaly.Repository.
func (r Anomalies) LockRecorder(_ context.Context, account id.ID) error {
	if !r.Tx.Postgres() {
		return nil // there is one writer
	}
	return r.Tx.Exec(`SELECT id FROM accounts WHERE id = ? FOR NO KEY UPDATE`, account).Error
}

const newColumns = `id, attendance_id, kind, rule_version, detail, found_at, state, reason`

// Add implements anomaly.Repository.
func (r Anomalies) Add(_ context.Context, found []anomaly.Anomaly) error {
	if len(found) == 0 {
		return nil
	}
	rows := make([]repository.Row, len(found))
	for i, a := range found {
		rows[i] = repository.Row{"id", a.ID, "attendance_id", a.AttendanceID, "kind", a.Kind, "rule_version", a.RuleVersion,
			"detail", a.Detail, "found_at", a.FoundAt, "state", a.State, "reason", a.Reason}
	}
	return r.Tx.Exec(`INSERT INTO anomalies (`+newColumns+`) SELECT `+newColumns+` FROM `+r.Tx.Records(`id uuid, attendance_id uuid,
		kind text, rule_version int, detail text, found_at timestamptz, state text, reason text`), repository.JSON(rows)).Error
}

// Get implements anomaly.Repository.
func (r Anomalies) Get(_ context.Context, ids []id.ID) (found []anomaly.Anomaly, err error) {
	err = r.Tx.Raw(`SELECT * FROM anomalies WHERE id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`)`, repository.IDs(ids)).Scan(&found).Error
	return found, err
}

// Of implements anomaly.Repository.
func (r Anomalies) Of(_ context.Context, attendances []id.ID) (found []anomaly.Anomaly, err error) {
	err = r.Tx.Raw(`SELECT * FROM anomalies WHERE attendance_id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`) ORDER BY id`,
		repository.IDs(attendances)).Scan(&found).Error
	return found, err
}

// Decide implements anomaly.Repository.
func (r Anomalies) Decide(_ context.Context, decided []anomaly.Anomaly) error {
	if len(decided) == 0 {
		return nil
	}
	rows := make([]repository.Row, len(decided))
	for i, a := range decided {
		rows[i] = repository.Row{"id", a.ID, "state", a.State, "decided_at", a.DecidedAt, "decided_by", a.DecidedBy, "reason", a.Reason}
	}
	return r.Tx.Exec(`UPDATE anomalies SET state = r.state, decided_at = r.decided_at, decided_by = r.decided_by, reason = r.reason
		FROM `+r.Tx.Records("id uuid, state text, decided_at timestamptz, decided_by uuid, reason text")+`
		WHERE anomalies.id = r.id`, repository.JSON(rows)).Error
}

var _ anomaly.Repository = Anomalies{}
