package merchant

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/domain/kernel/text"
	"dure/domain/merchant"
	"dure/repository"
)

const listed = `SELECT m.*, d.name AS dong_name, g.name AS gu_name
	FROM merchants m JOIN regions d ON d.code = m.region_code JOIN regions g ON g.code = d.parent`

// public limits a query over listed merchants to those that everybody finds on a day.
func public(q *gorm.DB, on calendar.Day) *gorm.DB {
	return q.Where("l.state = ? AND l.valid_from <= ? AND (l.valid_to IS NULL OR l.valid_to >= ?)", merchant.Approved, on, on)
}

// within limits a query over listed merchants to what a reader of the register may see.
func within(q *gorm.DB, s merchant.Scope) *gorm.DB {
	if s.All {
		return q
	}
	fresh := q.Session(&gorm.Session{NewDB: true})
	return q.Where(fresh.Where("l.applied_by = ?", s.Account).Or("l.id IN ?", s.Managed))
}

func filtered(tx *repository.Tx, q *gorm.DB, f merchant.Filter) *gorm.DB {
	if f.Region != "" {
		q = q.Where("l.region_code IN (?)", repository.RegionAndBelow(tx, f.Region))
	}
	if f.Kind != "" {
		q = q.Where("l.kind = ?", f.Kind)
	}
	if f.State != "" {
		q = q.Where("l.state = ?", f.State)
	}
	if f.Word != "" {
		q = q.Where(`l.search LIKE ? ESCAPE '\'`, text.Like(f.Word))
	}
	return q
}

func byName(q *gorm.DB, p page.Request) *gorm.DB {
	if len(p.After) == 2 {
		fresh := q.Session(&gorm.Session{NewDB: true})
		q = q.Where(fresh.Where("l.name > ?", p.After[0]).Or("l.name = ? AND l.id > ?", p.After[0], p.After[1]))
	}
	return q.Order("l.name, l.id").Limit(p.Limit + 1)
}

func one(q *gorm.DB, merchantID id.ID) (l merchant.Listed, err error) {
	found := q.Where("l.id = ?", merchantID).Scan(&l)
	if found.Error == nil && found.RowsAffected == 0 {
		return l, merchant.ErrNotFound
	}
	return l, found.Error
}

// Found implements merchant.Reader.
func (s Store) Found(ctx context.Context, merchantID id.ID, on calendar.Day) (l merchant.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		l, err = one(public(tx.Table("("+listed+") AS l"), on), merchantID)
		return err
	})
	return l, err
}

// Registered implements merchant.Reader.
func (s Store) Registered(ctx context.Context, scope merchant.Scope, merchantID id.ID) (l merchant.Listed, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		l, err = one(within(tx.Table("("+listed+") AS l"), scope), merchantID)
		return err
	})
	return l, err
}

// Register implements merchant.Reader.
func (s Store) Register(ctx context.Context, scope merchant.Scope, f merchant.Filter, p page.Request) (page.Page[merchant.Listed], error) {
	var rows []merchant.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return byName(filtered(tx, within(tx.Table("("+listed+") AS l"), scope), f), p).Scan(&rows).Error
	})
	return cut(rows, p), err
}

// Find implements merchant.Reader. Merchants are thousands, not millions: a circle is boxed in SQL and measured here.
func (s Store) Find(ctx context.Context, f merchant.Filter, on calendar.Day, p page.Request) (page.Page[merchant.Listed], error) {
	var rows []merchant.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := filtered(tx, public(tx.Table("("+listed+") AS l"), on), f)
		if f.Near == nil {
			return byName(q, p).Scan(&rows).Error
		}
		south, north, west, east := f.Near.Box()
		return q.Where("l.lat BETWEEN ? AND ? AND l.lon BETWEEN ? AND ?", south, north, west, east).Scan(&rows).Error
	})
	if err == nil && f.Near != nil {
		return nearest(rows, *f.Near, p), nil
	}
	return cut(rows, p), err
}

func cut(rows []merchant.Listed, p page.Request) page.Page[merchant.Listed] {
	return page.Cut(rows, p, func(l merchant.Listed) []string { return []string{l.Name, l.ID.String()} })
}

func nearest(rows []merchant.Listed, c place.Circle, p page.Request) page.Page[merchant.Listed] {
	inside := rows[:0]
	for _, l := range rows {
		if metres := c.Metres(l.Lat, l.Lon); metres <= c.Radius {
			l.Distance = &metres
			inside = append(inside, l)
		}
	}
	slices.SortFunc(inside, byDistance)
	if len(p.After) == 2 {
		metres, _ := strconv.Atoi(p.After[0])
		last, _ := id.Parse(p.After[1])
		position := merchant.Listed{Merchant: merchant.Merchant{ID: last}, Distance: &metres}
		inside = slices.DeleteFunc(inside, func(l merchant.Listed) bool { return byDistance(l, position) <= 0 })
	}
	return page.Cut(inside[:min(len(inside), p.Limit+1)], p, func(l merchant.Listed) []string {
		return []string{strconv.Itoa(*l.Distance), l.ID.String()}
	})
}

func byDistance(a, b merchant.Listed) int {
	return cmp.Or(cmp.Compare(*a.Distance, *b.Distance), cmp.Compare(a.ID.String(), b.ID.String()))
}

var (
	_ merchant.Store  = Store{}
	_ merchant.Reader = Store{}
)
