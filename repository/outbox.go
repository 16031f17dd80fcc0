package repository

import (
	"context"
	"encoding/json"

	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
)

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
		rows[i] = Row{"topic": e.Topic, "happened_at": e.At, "data": string(data), "organiser_id": nil}
		if e.OrganiserID != id.Nil {
			rows[i]["organiser_id"] = e.OrganiserID
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
