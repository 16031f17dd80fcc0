// Package camp keeps camps.
package camp

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"dure/domain/camp"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/domain/kernel/text"
	"dure/repository"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Camps() camp.Repository { return Camps{u.Tx} }

// Update implements camp.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx camp.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Camps implements camp.Repository inside a transaction; other features' units use it too.
type Camps struct{ Tx *repository.Tx }

// Get implements camp.Repository.
func (r Camps) Get(_ context.Context, campID id.ID) (c camp.Camp, err error) {
	found := r.Tx.Raw(`SELECT * FROM camps WHERE id = ?`, campID).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, camp.ErrNotFound
	}
	return c, found.Error
}

// Add implements camp.Repository.
func (r Camps) Add(_ context.Context, c camp.Camp) error {
	if err := r.isDong(c.RegionCode); err != nil {
		return err
	}
	err := r.Tx.Table("camps").Create(&c).Error
	if sqlerr.ForeignKey(err) {
		return camp.ErrRegion
	}
	return err
}

// Update implements camp.Repository.
func (r Camps) Update(_ context.Context, c camp.Camp, version int) error {
	if err := r.isDong(c.RegionCode); err != nil {
		return err
	}
	done := r.Tx.Table("camps").Where("id = ? AND version = ?", c.ID, version).Select("*").Omit("id").Updates(&c)
	if done.Error == nil && done.RowsAffected == 0 {
		return camp.ErrChanged
	}
	return done.Error
}

func (r Camps) isDong(code string) error {
	var n int64
	if err := r.Tx.Table("regions").Where("code = ? AND level = 'dong'", code).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return camp.ErrRegion
	}
	return nil
}

const listed = `SELECT c.*, d.name AS dong_name, g.name AS gu_name
	FROM camps c JOIN regions d ON d.code = c.region_code JOIN regions g ON g.code = d.parent`

// Listed implements camp.Reader.
func (s Store) Listed(ctx context.Context, campID id.ID) (l camp.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(listed+` WHERE c.id = ?`, campID).Scan(&l)
		if found.Error == nil && found.RowsAffected == 0 {
			return camp.ErrNotFound
		}
		return found.Error
	})
	return l, err
}

// List implements camp.Reader. Camps are hundreds, not millions: a circle is boxed in SQL and measured here.
func (s Store) List(ctx context.Context, f camp.Filter, p page.Request) (page.Page[camp.Listed], error) {
	var rows []camp.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("(" + listed + ") AS l")
		if f.Region != "" {
			q = q.Where("l.region_code IN (?)", repository.RegionAndBelow(tx, f.Region))
		}
		if !f.OpenOn.IsZero() {
			q = q.Where("l.opened_on <= ? AND (l.closed_on IS NULL OR l.closed_on >= ?)", f.OpenOn, f.OpenOn)
		}
		if f.Word != "" {
			q = q.Where(`l.search LIKE ? ESCAPE '\'`, text.Like(f.Word))
		}
		if f.Near != nil {
			return box(q, *f.Near).Scan(&rows).Error
		}
		if len(p.After) == 2 {
			q = q.Where(q.Session(&gorm.Session{NewDB: true}).Where("l.name > ?", p.After[0]).
				Or("l.name = ? AND l.id > ?", p.After[0], p.After[1]))
		}
		return q.Order("l.name, l.id").Limit(p.Limit + 1).Scan(&rows).Error
	})
	if err != nil {
		return page.Page[camp.Listed]{}, err
	}
	if f.Near != nil {
		return nearest(rows, *f.Near, p), nil
	}
	return page.Cut(rows, p, func(l camp.Listed) []string { return []string{l.Name, l.ID.String()} }), nil
}

func box(q *gorm.DB, c place.Circle) *gorm.DB {
	south, north, west, east := c.Box()
	return q.Where("l.lat BETWEEN ? AND ? AND l.lon BETWEEN ? AND ?", south, north, west, east)
}

func nearest(rows []camp.Listed, c place.Circle, p page.Request) page.Page[camp.Listed] {
	within := rows[:0]
	for _, l := range rows {
		metres := c.Metres(l.Lat, l.Lon)
		if metres <= c.Radius {
			l.Distance = &metres
			within = append(within, l)
		}
	}
	slices.SortFunc(within, byDistance)
	if len(p.After) == 2 {
		metres, _ := strconv.Atoi(p.After[0])
		last, _ := id.Parse(p.After[1])
		position := camp.Listed{Camp: camp.Camp{ID: last}, Distance: &metres}
		within = slices.DeleteFunc(within, func(l camp.Listed) bool { return byDistance(l, position) <= 0 })
	}
	return page.Cut(within[:min(len(within), p.Limit+1)], p, func(l camp.Listed) []string {
		return []string{strconv.Itoa(*l.Distance), l.ID.String()}
	})
}

func byDistance(a, b camp.Listed) int {
	return cmp.Or(cmp.Compare(*a.Distance, *b.Distance), cmp.Compare(a.ID.String(), b.ID.String()))
}
