package repository

import (
	"context"
	"encoding/json"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
)

// Audit appends to the log of acts and looks in this transaction.
func (tx *Tx) Audit() audit.Log { return auditLog{tx} }

type auditLog struct{ tx *Tx }

// Record implements audit.Log.
func (l auditLog) Record(ctx context.Context, events ...audit.Event) error {
	rows := make([]Row, len(events))
	origin := audit.From(ctx)
	for i, e := range events {
		if e.ID == id.Nil {
			e.ID = id.New()
		}
		rows[i] = Row{"id", e.ID, "happened_at", e.HappenedAt, "account_id", e.AccountID, "action", e.Action,
			"subject_type", e.SubjectType, "subject_id", e.SubjectID, "volunteer_id", e.VolunteerID,
			"address", origin.Address, "request_id", origin.RequestID, "reason", e.Reason, "detail", e.Detail}
	}
	const columns = "id, happened_at, account_id, action, subject_type, subject_id, volunteer_id, address, request_id, reason, detail"
	return l.tx.Exec(`INSERT INTO audit_events (`+columns+`) SELECT `+columns+` FROM `+l.tx.Records(`id uuid, happened_at timestamptz,
		account_id uuid, action text, subject_type text, subject_id text, volunteer_id uuid, address text, request_id text, reason text,
		detail text`), JSON(rows)).Error
}

// Looked implements audit.Log: one statement for all persons, in their order, so that two lists do not wait for each other.
func (l auditLog) Looked(ctx context.Context, look audit.Look) error {
	rows := make([]Row, 0, len(look.Of))
	seen := make(map[id.ID]bool, len(look.Of))
	for _, person := range look.Of {
		if person == look.By.VolunteerID || seen[person] {
			continue
		}
		seen[person] = true
		rows = append(rows, Row{"id", id.New(), "volunteer_id", person})
	}
	if len(rows) == 0 {
		return nil
	}
	return l.tx.Exec(`INSERT INTO accesses (id, volunteer_id, account_id, action, day, address, first_at, last_at, times)
		SELECT id, volunteer_id, `+l.tx.Pick("CAST(? AS uuid), ?, CAST(? AS date), ?, CAST(? AS timestamptz), CAST(? AS timestamptz)", "?, ?, ?, ?, ?, ?")+`, 1
		FROM (SELECT * FROM `+l.tx.Records("id uuid, volunteer_id uuid")+` ORDER BY volunteer_id) AS p WHERE true
		ON CONFLICT (volunteer_id, account_id, action, day, address) DO UPDATE SET last_at = `+l.tx.Pick("GREATEST", "max")+`(accesses.last_at, excluded.last_at), times = accesses.times + 1`,
		look.By.AccountID, look.Action, look.Day, audit.From(ctx).Address, look.At, look.At, JSON(rows)).Error
}

// Outbox takes events in this transaction, to be told to other systems.
func (tx *Tx) Outbox() outbox.Box { return box{tx} }

type box struct{ tx *Tx }

// Emit implements outbox.Box.
func (b box) Emit(_ context.Context, events ...outbox.Event) error {
	rows := make([]Row, len(events))
	for i, e := range events {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return err
		}
		rows[i] = Row{"topic", e.Topic, "happened_at", e.At, "data", string(data)}
		if e.OrganiserID != id.Nil {
			rows[i] = append(rows[i], "organiser_id", e.OrganiserID)
		}
	}
	return b.tx.Exec(b.tx.Deliveries(`SELECT topic, happened_at, data, organiser_id FROM `+
		b.tx.Records("topic text, happened_at timestamptz, data text, organiser_id uuid"), outbox.Topics()...), JSON(rows)).Error
}

// Deliveries is the statement that keeps a message for each endpoint that wants to be told of events. These are the rows of
// a query with topic, happened_at, data and organiser_id, which is not run at all while nobody wants to know of the topics.
func (tx *Tx) Deliveries(events string, topics ...outbox.Topic) string {
	list := ""
	for _, topic := range topics {
		list += ", '" + string(topic) + "'"
	}
	return `INSERT INTO webhook_deliveries (id, endpoint_id, topic, happened_at, data, state, attempts, due_at, last_error)
		SELECT ` + tx.Pick(`gen_random_uuid()`, `lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) ||
			'-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))`) + `, w.id, o.topic, o.happened_at, o.data, 'pending', 0, o.happened_at, ''
		FROM (` + events + `) AS o JOIN webhook_topics t ON t.topic = o.topic JOIN webhook_endpoints w ON w.id = t.endpoint_id
		WHERE (w.organiser_id IS NULL OR w.organiser_id = o.organiser_id)
			AND EXISTS (SELECT 1 FROM webhook_topics AS wanted WHERE wanted.topic IN (` + list[2:] + `))`
}
