package anomaly

import (
	"context"
	"strconv"

	"dure/domain/anomaly"
	"dure/domain/kernel/page"
	"dure/repository"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) AnomalyRules() anomaly.RuleBook { return ruleBook{u.Tx} }

// Update implements anomaly.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx anomaly.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// List implements anomaly.Reader.
func (s Store) List(ctx context.Context, f anomaly.Filter, p page.Request) (page.Page[anomaly.Listed], error) {
	var rows []anomaly.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("anomalies x").Select(`x.*, a.state AS attendance_state, a.shift_id, t.title AS activity_title, t.organiser_type,
				a.organiser_id, a.volunteer_id, v.number AS volunteer_number, v.name AS volunteer_name, a.checked_in_at, a.checked_out_at, a.worked_minutes,
				a.evidence, a.recorded_by, a.recorded_at`).
			Joins("JOIN attendances a ON a.id = x.attendance_id").Joins("JOIN activities t ON t.id = a.activity_id").
			Joins("JOIN volunteers v ON v.id = a.volunteer_id")
		if f.State != "" {
			q = q.Where("x.state = ?", f.State)
		}
		if f.Kind != "" {
			q = q.Where("x.kind = ?", f.Kind)
		}
		if len(p.After) == 1 {
			q = q.Where("x.id < ?", p.After[0])
		}
		return q.Order("x.id DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l anomaly.Listed) []string { return []string{l.ID.String()} }), err
}

// Rules implements anomaly.Reader.
func (s Store) Rules(ctx context.Context, p page.Request) (page.Page[anomaly.Rule], error) {
	var rows []anomaly.Rule
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("anomaly_rules")
		if len(p.After) == 1 {
			q = q.Where("version < ?", p.After[0])
		}
		return q.Order("version DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(r anomaly.Rule) []string { return []string{strconv.Itoa(r.Version)} }), err
}

type ruleBook struct{ tx *repository.Tx }

// Lock implements anomaly.RuleBook. Readers are not kept waiting.
func (r ruleBook) Lock(context.Context) (version int, err error) {
	if r.tx.Postgres() {
		if err := r.tx.Exec(`LOCK TABLE anomaly_rules IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return 0, err
		}
	}
	err = r.tx.Raw(`SELECT COALESCE(MAX(version), 0) FROM anomaly_rules`).Scan(&version).Error
	return version, err
}

// Add implements anomaly.RuleBook.
func (r ruleBook) Add(_ context.Context, rule anomaly.Rule) error {
	return r.tx.Table("anomaly_rules").Create(&rule).Error
}

var (
	_ anomaly.Store  = Store{}
	_ anomaly.Reader = Store{}
)
