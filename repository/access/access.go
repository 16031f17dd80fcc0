// Package access reads who did something with people's data, and who looked at it.
package access

import (
	"context"
	"time"

	"dure/domain/access"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
)

// Store runs the feature's use cases in transactions.
type Store struct {
	db   *repository.DB
	zone *time.Location
}

// NewStore makes a store on an open database; zone is that of the city's days.
func NewStore(db *repository.DB, zone *time.Location) Store { return Store{db, zone} }

type unit struct {
	*repository.Tx
	zone *time.Location
}

func (u unit) Acts() access.Repository { return acts(u) }

// Update implements access.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx access.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx, s.zone}) })
}

// sources are where a person's access log comes from. Each gives rows of one shape; its time column is named for the index.
var sources = []struct{ columns, from, where, at string }{
	{"id, happened_at AS at, CAST(NULL AS timestamptz) AS last_at, 1 AS times, action, account_id, reason", "audit_events",
		"(account_id IS NULL OR account_id <> ?)", "happened_at"},
	{"id, first_at, last_at, times, action, account_id, ''", "accesses", "account_id <> ?", "first_at"},
	{"id, recorded_at, CAST(NULL AS timestamptz), 1, 'attendance.recorded', recorded_by, ''", "attendances", "recorded_by <> ?", "recorded_at"},
}

// OfVolunteer implements access.Reader: each source gives its newest rows, and the newest of these are the page.
func (s Store) OfVolunteer(ctx context.Context, volunteer, but id.ID, p page.Request) (page.Page[access.Entry], error) {
	query, args := "", []any{}
	after, position, err := position(p)
	if err != nil {
		return page.Page[access.Entry]{}, err
	}
	for i, source := range sources {
		if i > 0 {
			query += " UNION ALL "
		}
		query += "SELECT * FROM (SELECT " + source.columns + " FROM " + source.from + " WHERE volunteer_id = ? AND " + source.where
		args = append(args, volunteer, but)
		if position != "" {
			query += " AND (" + source.at + ", id) < (?, ?)"
			args = append(args, after, position)
		}
		query += " ORDER BY " + source.at + " DESC, id DESC LIMIT ?) AS " + source.from
		args = append(args, p.Limit+1)
	}
	var rows []struct {
		ID        id.ID
		At        repository.Instant
		LastAt    repository.Instant
		Times     int
		Action    string
		AccountID *id.ID
		Reason    string
	}
	var found page.Page[access.Entry]
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		if err := tx.Raw("SELECT * FROM ("+query+") AS log ORDER BY at DESC, id DESC LIMIT ?", append(args, p.Limit+1)...).Scan(&rows).Error; err != nil {
			return err
		}
		entries := make([]access.Entry, len(rows))
		for i, r := range rows {
			entries[i] = access.Entry{ID: r.ID, At: r.At.Time, Times: r.Times, Action: r.Action, AccountID: r.AccountID, Reason: r.Reason}
			if !r.LastAt.IsZero() {
				entries[i].LastAt = &r.LastAt.Time
			}
		}
		found = page.Cut(entries, p, func(e access.Entry) []string { return []string{e.At.Format(time.RFC3339Nano), e.ID.String()} })
		return held(tx, found.Items)
	})
	return found, err
}

// held fills in the roles that each account held when it acted.
func held(tx *repository.Tx, entries []access.Entry) error {
	var accounts []id.ID
	for _, e := range entries {
		if e.AccountID != nil {
			accounts = append(accounts, *e.AccountID)
		}
	}
	if len(accounts) == 0 {
		return nil
	}
	var grants []struct {
		access.Held
		AccountID id.ID
		StartsAt  time.Time
		EndsAt    *time.Time
		RevokedAt *time.Time
	}
	if err := tx.Raw(`SELECT g.account_id, g.role, g.starts_at, g.ends_at, g.revoked_at, COALESCE(c.name, s.name, '') AS organisation
		FROM role_grants g LEFT JOIN camps c ON c.id = g.scope_id LEFT JOIN demand_sites s ON s.id = g.scope_id
		WHERE g.account_id IN (SELECT id FROM `+tx.Records("id uuid")+`) ORDER BY g.id`, repository.IDs(accounts)).Scan(&grants).Error; err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		over := func(end *time.Time) bool { return end != nil && !e.At.Before(*end) }
		for _, g := range grants {
			if e.AccountID != nil && g.AccountID == *e.AccountID && !g.StartsAt.After(e.At) && !over(g.EndsAt) && !over(g.RevokedAt) {
				e.By = append(e.By, g.Held)
			}
		}
	}
	return nil
}

// position reads where a page begins: an instant and an id.
func position(p page.Request) (time.Time, string, error) {
	if len(p.After) != 2 {
		return time.Time{}, "", nil
	}
	at, err := time.Parse(time.RFC3339Nano, p.After[0])
	if err != nil {
		return at, "", page.ErrCursor
	}
	return at, p.After[1], nil
}

type acts unit

// Events implements access.Repository.
func (r acts) Events(_ context.Context, f access.Filter, p page.Request) (page.Page[access.Event], error) {
	var rows []access.Event
	after, last, err := position(p)
	if err != nil {
		return page.Page[access.Event]{}, err
	}
	q := r.Tx.Table("audit_events")
	for column, value := range map[string]string{"subject_type": f.SubjectType, "subject_id": f.SubjectID, "action": f.Action} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	for column, value := range map[string]id.ID{"account_id": f.AccountID, "volunteer_id": f.VolunteerID} {
		if value != id.Nil {
			q = q.Where(column+" = ?", value)
		}
	}
	if !f.From.IsZero() {
		q = q.Where("happened_at >= ?", f.From.Start(r.zone))
	}
	if !f.To.IsZero() {
		q = q.Where("happened_at < ?", f.To.End(r.zone))
	}
	if last != "" {
		q = q.Where("(happened_at, id) < (?, ?)", after, last)
	}
	if err := q.Order("happened_at DESC, id DESC").Limit(p.Limit + 1).Scan(&rows).Error; err != nil {
		return page.Page[access.Event]{}, err
	}
	return page.Cut(rows, p, func(e access.Event) []string { return []string{e.HappenedAt.Format(time.RFC3339Nano), e.ID.String()} }), nil
}
