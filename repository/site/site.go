// Package site keeps demand sites.
package site

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/domain/site"
	"dure/repository"
)

// Store runs the feature's use cases in transactions and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Sites() site.Repository { return Sites{u.Tx} }

// Update implements site.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx site.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Sites implements site.Repository inside a transaction; other features' units use it too.
type Sites struct{ Tx *repository.Tx }

// Lock implements site.Repository.
func (r Sites) Lock(_ context.Context, siteID id.ID) (s site.Site, err error) {
	found := r.Tx.Raw(`SELECT * FROM demand_sites WHERE id = ?`+r.Tx.Pick(` FOR NO KEY UPDATE`, ``), siteID).Scan(&s)
	if found.Error == nil && found.RowsAffected == 0 {
		return s, site.ErrNotFound
	}
	return s, found.Error
}

// IsRegion implements site.Repository.
func (r Sites) IsRegion(_ context.Context, code string) (bool, error) {
	var n int64
	err := r.Tx.Table("regions").Where("code = ? AND level IN ('gu', 'dong')", code).Count(&n).Error
	return n > 0, err
}

// Add implements site.Repository.
func (r Sites) Add(_ context.Context, s site.Site) error {
	return r.Tx.Table("demand_sites").Create(&s).Error
}

// Update implements site.Repository.
func (r Sites) Update(_ context.Context, s site.Site) error {
	return r.Tx.Table("demand_sites").Where("id = ?", s.ID).Select("*").Omit("id").Updates(&s).Error
}

// Entrust implements site.Repository.
func (r Sites) Entrust(_ context.Context, s site.Site, account, by id.ID, at time.Time) (bool, error) {
	done := r.Tx.Exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, granted_by, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'site.approved') ON CONFLICT DO NOTHING`,
		id.New(), account, auth.SiteManager, auth.DemandSite, s.ID, at, by)
	return done.RowsAffected == 1, done.Error
}

// Dismiss implements site.Repository.
func (r Sites) Dismiss(_ context.Context, s site.Site, by id.ID, at time.Time) (int, error) {
	done := r.Tx.Exec(`UPDATE role_grants SET revoked_at = ?, revoked_by = ?
		WHERE scope_type = ? AND scope_id = ? AND revoked_at IS NULL`, at, by, auth.DemandSite, s.ID)
	return int(done.RowsAffected), done.Error
}

const listed = `SELECT s.*, CASE WHEN r.level = 'dong' THEN g.name ELSE r.name END AS gu_name,
		CASE WHEN r.level = 'dong' THEN r.name ELSE '' END AS dong_name
	FROM demand_sites s JOIN regions r ON r.code = s.region_code LEFT JOIN regions g ON g.code = r.parent`

// within limits a query over listed sites to what a reader may see.
func within(q *gorm.DB, s site.Scope) *gorm.DB {
	if s.All {
		return q
	}
	fresh := q.Session(&gorm.Session{NewDB: true})
	return q.Where(fresh.Where("l.state = ?", site.Approved).Or("l.applied_by = ?", s.Account).Or("l.id IN ?", s.Managed))
}

// Listed implements site.Reader.
func (s Store) Listed(ctx context.Context, scope site.Scope, siteID id.ID) (l site.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := within(tx.Table("("+listed+") AS l"), scope).Where("l.id = ?", siteID).Scan(&l)
		if found.Error == nil && found.RowsAffected == 0 {
			return site.ErrNotFound
		}
		return found.Error
	})
	return l, err
}

// List implements site.Reader.
func (s Store) List(ctx context.Context, scope site.Scope, f site.Filter, p page.Request) (page.Page[site.Listed], error) {
	var rows []site.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := within(tx.Table("("+listed+") AS l"), scope)
		if f.State != "" {
			q = q.Where("l.state = ?", f.State)
		}
		if f.Region != "" {
			q = q.Where("l.region_code IN (?)", repository.RegionAndBelow(tx, f.Region))
		}
		if f.Word != "" {
			q = q.Where(`l.search LIKE ? ESCAPE '\'`, text.Like(f.Word))
		}
		if len(p.After) == 2 {
			q = q.Where(q.Session(&gorm.Session{NewDB: true}).Where("l.name > ?", p.After[0]).
				Or("l.name = ? AND l.id > ?", p.After[0], p.After[1]))
		}
		return q.Order("l.name, l.id").Limit(p.Limit + 1).Scan(&rows).Error
	})
	if err != nil {
		return page.Page[site.Listed]{}, err
	}
	return page.Cut(rows, p, func(l site.Listed) []string { return []string{l.Name, l.ID.String()} }), nil
}
