package award

import (
	"context"
	"time"

	"gorm.io/gorm"

	"dure/domain/award"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
)

// Scales implements award.Reader.
func (s Store) Scales(ctx context.Context, p page.Request) (page.Page[award.Scale], error) {
	var rows []award.Scale
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		if err := before(tx.Table("award_scales"), "id", p).Scan(&rows).Error; err != nil {
			return err
		}
		return thresholds(tx, rows)
	})
	return page.Cut(rows, p, func(s award.Scale) []string { return []string{s.ID.String()} }), err
}

// Rounds implements award.Reader.
func (s Store) Rounds(ctx context.Context, p page.Request) (page.Page[award.Round], error) {
	var rows []award.Round
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		if err := before(tx.Table("award_rounds"), "id", p).Scan(&rows).Error; err != nil {
			return err
		}
		return items(tx, rows)
	})
	return page.Cut(rows, p, func(r award.Round) []string { return []string{r.ID.String()} }), err
}

// before gives the page of rows behind a position, newest first.
func before(q *gorm.DB, column string, p page.Request) *gorm.DB {
	if len(p.After) == 1 {
		q = q.Where(column+" < ?", p.After[0])
	}
	return q.Order(column + " DESC").Limit(p.Limit + 1)
}

func listed(tx *repository.Tx) *gorm.DB {
	return tx.Table("nominations n").
		Select(`n.*, o.name AS round_name, o.year, c.name_ko AS category_ko, c.name_en AS category_en, v.number AS nominee_number,
			v.name AS nominee_name, w.name AS nominator_name`).
		Joins("JOIN award_rounds o ON o.id = n.round_id").
		Joins("JOIN award_round_items c ON c.round_id = n.round_id AND c.kind = 'category' AND c.code = n.category_code").
		Joins("JOIN volunteers v ON v.id = n.nominee_id").Joins("JOIN volunteers w ON w.id = n.nominator_id")
}

// OfRound implements award.Reader.
func (s Store) OfRound(ctx context.Context, round id.ID, f award.Filter, p page.Request) (page.Page[award.Listed], error) {
	return s.list(ctx, p, func(q *gorm.DB) *gorm.DB {
		if f.State != "" {
			q = q.Where("n.state = ?", f.State)
		}
		return q.Where("n.round_id = ?", round)
	})
}

// OfPerson implements award.Reader.
func (s Store) OfPerson(ctx context.Context, person id.ID, p page.Request) (page.Page[award.Listed], error) {
	return s.list(ctx, p, func(q *gorm.DB) *gorm.DB {
		return q.Where("(n.nominator_id = ? OR n.nominee_id = ?)", person, person)
	})
}

func (s Store) list(ctx context.Context, p page.Request, restrict func(*gorm.DB) *gorm.DB) (page.Page[award.Listed], error) {
	var rows []award.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return before(restrict(listed(tx)), "n.id", p).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l award.Listed) []string { return []string{l.ID.String()} }), err
}

// Honours implements award.Reader.
func (s Store) Honours(ctx context.Context, round id.ID, p page.Request) (page.Page[award.Honour], error) {
	var rows []award.Honour
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("nominations n").
			Select(`n.id, n.round_id, o.name AS round_name, o.year, c.name_ko AS category_ko, c.name_en AS category_en,
				g.name_ko AS grade_ko, g.name_en AS grade_en, v.name, n.published, n.decided_at`).
			Joins("JOIN award_rounds o ON o.id = n.round_id").
			Joins("JOIN award_round_items c ON c.round_id = n.round_id AND c.kind = 'category' AND c.code = n.category_code").
			Joins("JOIN award_round_items g ON g.round_id = n.round_id AND g.kind = 'grade' AND g.code = n.grade_code").
			Joins("JOIN volunteers v ON v.id = n.nominee_id").Where("n.state = 'awarded'")
		if round != id.Nil {
			q = q.Where("n.round_id = ?", round)
		}
		if len(p.After) == 2 {
			at, err := time.Parse(time.RFC3339Nano, p.After[0])
			if err != nil {
				return page.ErrCursor
			}
			q = q.Where("(n.decided_at < ? OR (n.decided_at = ? AND n.id < ?))", at, at, p.After[1])
		}
		return q.Order("n.decided_at DESC, n.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(h award.Honour) []string {
		return []string{h.DecidedAt.UTC().Format(time.RFC3339Nano), h.ID.String()}
	}), err
}
