// Package webhook keeps which other systems are told what, and what they were told.
package webhook

import (
	"context"
	"encoding/json"
	"time"

	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/webhook"
	"dure/repository"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Webhooks() webhook.Repository { return webhooks(u) }

// Update implements webhook.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx webhook.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// View implements webhook.Store.
func (s Store) View(ctx context.Context, fn func(ctx context.Context, tx webhook.Tx) error) error {
	return s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

type webhooks unit

// Endpoint is an endpoint without its topics, which have a table of their own.
type Endpoint struct {
	ID           id.ID
	URL          string
	Description  string
	OrganiserID  *id.ID
	Secret       string
	FormerSecret string
	FormerUntil  *time.Time
	Paused       bool
	CreatedAt    time.Time
	CreatedBy    id.ID
	EndedAt      *time.Time
	Version      int
}

func rowOf(e webhook.Endpoint) Endpoint {
	return Endpoint{e.ID, e.URL, e.Description, e.OrganiserID, e.Secret, e.FormerSecret, e.FormerUntil, e.Paused, e.CreatedAt, e.CreatedBy, e.EndedAt, e.Version}
}

// Organiser implements webhook.Repository.
func (r webhooks) Organiser(_ context.Context, organiser id.ID) (known bool, err error) {
	err = r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM camps WHERE id = ?) OR EXISTS (SELECT 1 FROM demand_sites WHERE id = ?)`, organiser, organiser).Scan(&known).Error
	return known, err
}

// Add implements webhook.Repository.
func (r webhooks) Add(_ context.Context, e webhook.Endpoint) error {
	kept := rowOf(e)
	if err := r.Tx.Table("webhook_endpoints").Create(&kept).Error; err != nil {
		return err
	}
	return r.subscribe(e)
}

func (r webhooks) subscribe(e webhook.Endpoint) error {
	rows := make([]repository.Row, len(e.Topics))
	for i, topic := range e.Topics {
		rows[i] = repository.Row{"topic", topic}
	}
	if err := r.Tx.Exec(`DELETE FROM webhook_topics WHERE endpoint_id = ?`, e.ID).Error; err != nil {
		return err
	}
	return r.Tx.Exec(`INSERT INTO webhook_topics (endpoint_id, topic) SELECT `+r.Tx.Pick("CAST(? AS uuid)", "?")+`, topic FROM `+
		r.Tx.Records("topic text"), e.ID, repository.JSON(rows)).Error
}

// Get implements webhook.Repository.
func (r webhooks) Get(_ context.Context, endpoint id.ID) (webhook.Endpoint, error) {
	found, err := r.endpoints(`WHERE id = ? AND ended_at IS NULL`, endpoint)
	if err == nil && len(found) == 0 {
		err = webhook.ErrNotFound
	}
	if err != nil {
		return webhook.Endpoint{}, err
	}
	return found[0], nil
}

// endpoints reads endpoints with their topics.
func (r webhooks) endpoints(where string, args ...any) ([]webhook.Endpoint, error) {
	var rows []struct {
		Endpoint
		Topics string
	}
	list := r.Tx.Pick(`json_agg(t.topic ORDER BY t.topic)`, `json_group_array(t.topic ORDER BY t.topic)`)
	err := r.Tx.Raw(`SELECT e.*, COALESCE((SELECT CAST(`+list+` AS text) FROM webhook_topics t WHERE t.endpoint_id = e.id), '[]') AS topics
		FROM webhook_endpoints e `+where, args...).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	found := make([]webhook.Endpoint, len(rows))
	for i, e := range rows {
		found[i] = webhook.Endpoint{ID: e.ID, URL: e.URL, Description: e.Description, OrganiserID: e.OrganiserID, Secret: e.Secret,
			FormerSecret: e.FormerSecret, FormerUntil: e.FormerUntil, Paused: e.Paused, CreatedAt: e.CreatedAt, CreatedBy: e.CreatedBy,
			EndedAt: e.EndedAt, Version: e.Version}
		if err := json.Unmarshal([]byte(e.Topics), &found[i].Topics); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Update implements webhook.Repository.
func (r webhooks) Update(_ context.Context, e webhook.Endpoint) error {
	kept := rowOf(e)
	done := r.Tx.Table("webhook_endpoints").Where("id = ? AND version = ?", e.ID, e.Version-1).Select("*").Omit("id").Updates(&kept)
	if done.Error == nil && done.RowsAffected == 0 {
		return webhook.ErrChanged
	}
	if done.Error != nil {
		return done.Error
	}
	return r.subscribe(e)
}

// End implements webhook.Repository.
func (r webhooks) End(ctx context.Context, e webhook.Endpoint) error {
	e.Topics = nil
	if err := r.Update(ctx, e); err != nil {
		return err
	}
	return r.Tx.Exec(`UPDATE webhook_deliveries SET state = ?, last_error = ? WHERE endpoint_id = ? AND state = ?`,
		webhook.Dead, webhook.Ended, e.ID, webhook.Pending).Error
}

// List implements webhook.Repository.
func (r webhooks) List(_ context.Context, p page.Request) (page.Page[webhook.Endpoint], error) {
	where, args := `WHERE ended_at IS NULL`, []any{}
	if len(p.After) == 1 {
		where, args = where+` AND id < ?`, append(args, p.After[0])
	}
	found, err := r.endpoints(where+` ORDER BY id DESC LIMIT ?`, append(args, p.Limit+1)...)
	return page.Cut(found, p, func(e webhook.Endpoint) []string { return []string{e.ID.String()} }), err
}

// Delivery implements webhook.Repository.
func (r webhooks) Delivery(_ context.Context, delivery id.ID) (d webhook.Delivery, err error) {
	found := r.Tx.Raw(`SELECT * FROM webhook_deliveries WHERE id = ?`, delivery).Scan(&d)
	if found.Error == nil && found.RowsAffected == 0 {
		return d, webhook.ErrDeliveryNotFound
	}
	return d, found.Error
}

// Deliveries implements webhook.Repository.
func (r webhooks) Deliveries(_ context.Context, f webhook.Filter, p page.Request) (page.Page[webhook.Delivery], error) {
	var rows []webhook.Delivery
	q := r.Tx.Table("webhook_deliveries")
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.EndpointID != id.Nil {
		q = q.Where("endpoint_id = ?", f.EndpointID)
	}
	if f.Topic != "" {
		q = q.Where("topic = ?", f.Topic)
	}
	if len(p.After) == 2 {
		at, err := time.Parse(time.RFC3339Nano, p.After[0])
		if err != nil {
			return page.Page[webhook.Delivery]{}, page.ErrCursor
		}
		q = q.Where("(happened_at, id) < (?, ?)", at, p.After[1])
	}
	err := q.Order("happened_at DESC, id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	return page.Cut(rows, p, func(d webhook.Delivery) []string {
		return []string{d.HappenedAt.Format(time.RFC3339Nano), d.ID.String()}
	}), err
}

// Replay implements webhook.Repository.
func (r webhooks) Replay(_ context.Context, delivery id.ID, at time.Time) error {
	done := r.Tx.Exec(`UPDATE webhook_deliveries SET state = ?, attempts = 0, due_at = ?, delivered_at = NULL WHERE id = ? AND state <> ?`,
		webhook.Pending, at, delivery, webhook.Pending)
	if done.Error == nil && done.RowsAffected == 0 {
		return webhook.ErrPending
	}
	return done.Error
}

// Due implements webhook.Repository.
func (r webhooks) Due(_ context.Context, at time.Time) ([]webhook.Endpoint, error) {
	return r.endpoints(`WHERE ended_at IS NULL AND NOT paused AND secret <> ''
		AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= ?) ORDER BY id`, at)
}

// Claim implements webhook.Repository: what another process is claiming just now is passed over.
func (r webhooks) Claim(_ context.Context, endpoint id.ID, at, until time.Time, most int) ([]webhook.Delivery, error) {
	var claimed []struct{ ID id.ID }
	err := r.Tx.Raw(`UPDATE webhook_deliveries SET attempts = attempts + 1, due_at = ? WHERE id IN (
			SELECT id FROM webhook_deliveries WHERE endpoint_id = ? AND state = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT ?`+
		r.Tx.Pick(" FOR UPDATE SKIP LOCKED", "")+`) RETURNING id`, until, endpoint, at, most).Scan(&claimed).Error
	if err != nil || len(claimed) == 0 {
		return nil, err
	}
	ids := make([]id.ID, len(claimed))
	for i, c := range claimed {
		ids[i] = c.ID
	}
	var rows []webhook.Delivery
	err = r.Tx.Raw(`SELECT * FROM webhook_deliveries WHERE id IN (SELECT r.id FROM `+r.Tx.Records("id uuid")+`) ORDER BY id`, repository.IDs(ids)).Scan(&rows).Error
	return rows, err
}

// Settle implements webhook.Repository. Whoever claimed a message last has counted one attempt more.
func (r webhooks) Settle(_ context.Context, deliveries []webhook.Delivery) error {
	rows := make([]repository.Row, len(deliveries))
	for i, d := range deliveries {
		rows[i] = repository.Row{"id", d.ID, "attempts", d.Attempts, "state", d.State, "due_at", d.DueAt, "delivered_at", d.DeliveredAt,
			"last_status", d.LastStatus, "last_error", d.LastError}
	}
	return r.Tx.Exec(`UPDATE webhook_deliveries SET state = r.state, due_at = r.due_at, delivered_at = r.delivered_at, last_status = r.last_status,
			last_error = r.last_error
		FROM `+r.Tx.Records(`id uuid, attempts int, state text, due_at timestamptz, delivered_at timestamptz, last_status int, last_error text`)+`
		WHERE webhook_deliveries.id = r.id AND webhook_deliveries.attempts = r.attempts AND webhook_deliveries.state = 'pending'`,
		repository.JSON(rows)).Error
}

// Forget implements webhook.Repository.
func (r webhooks) Forget(_ context.Context, before time.Time) error {
	return r.Tx.Exec(`DELETE FROM webhook_deliveries WHERE state = 'delivered' AND happened_at < ? AND delivered_at < ?`, before, before).Error
}
