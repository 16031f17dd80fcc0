package repository

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
)

// Audit appends to the log of acts in this transaction.
func (tx *Tx) Audit() audit.Log { return auditLog{tx} }

type auditLog struct{ tx *Tx }

// Record implements audit.Log.
func (l auditLog) Record(ctx context.Context, events ...audit.Event) error {
	rows := make([]Row, len(events))
	claim, _ := idempotency.From(ctx)
	for i, e := range events {
		if e.ID == id.Nil {
			e.ID = id.New()
		}
		rows[i] = Row{"id": e.ID, "happened_at": e.HappenedAt, "account_id": e.AccountID, "action": e.Action,
			"subject_type": e.SubjectType, "subject_id": e.SubjectID, "volunteer_id": e.VolunteerID,
			"request_id": claim.RequestID, "reason": e.Reason, "detail": e.Detail}
	}
	const columns = "id, happened_at, account_id, action, subject_type, subject_id, volunteer_id, request_id, reason, detail"
	return l.tx.Exec(`INSERT INTO audit_events (`+columns+`) SELECT `+columns+` FROM `+l.tx.Records(`id uuid, happened_at timestamptz,
		account_id uuid, action text, subject_type text, subject_id text, volunteer_id uuid, request_id text, reason text, detail text`),
		JSON(rows)).Error
}
