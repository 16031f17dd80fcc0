// Package card keeps the levels of the volunteer card, and reads what a card is made of.
package card

import (
	"context"

	"dure/domain/card"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/merchant"
	"dure/repository"
	merchantstore "dure/repository/merchant"
)

// Store runs the feature's use cases in transactions, and reads.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Levels() card.Repository        { return levels{u.Tx} }
func (u unit) Merchants() merchant.Repository { return merchantstore.Merchants{Tx: u.Tx} }

// Update implements card.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx card.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Holder implements card.Reader.
func (s Store) Holder(ctx context.Context, volunteer id.ID, on calendar.Day) (h card.Holder, err error) {
	err = s.db.Snapshot(ctx, func(_ context.Context, tx *repository.Tx) error {
		var person struct {
			Name                        string
			Active                      bool
			Minutes, ThisYear, LastYear int64
		}
		found := tx.Raw(`SELECT v.name, v.status = 'active' AS active, a.balance AS minutes,
				COALESCE((SELECT y.minutes FROM person_years y WHERE y.volunteer_id = v.id AND y.year = ?), 0) AS this_year,
				COALESCE((SELECT y.minutes FROM person_years y WHERE y.volunteer_id = v.id AND y.year = ?), 0) AS last_year
			FROM volunteers v JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' WHERE v.id = ?`,
			on.Year(), on.Year()-1, volunteer).Scan(&person)
		if found.Error == nil && found.RowsAffected == 0 {
			return ledger.ErrNoPerson
		}
		if found.Error != nil {
			return found.Error
		}
		h = card.Holder{Name: person.Name, Active: person.Active, Minutes: person.Minutes, ThisYear: person.ThisYear, LastYear: person.LastYear}
		return tx.Raw(`SELECT p.code AS programme, p.name, p.name_en, h.valid_to AS until, `+
			tx.Pick(`COALESCE(n.terms::json -> 'benefit' ->> 'level', '')`, `COALESCE(json_extract(n.terms, '$.benefit.level'), '')`)+` AS level,
				COALESCE((SELECT MAX(b.at_least) FROM holding_bases b WHERE b.holding_id = h.id AND b.measure = 'minutes'), 0) AS minutes
			FROM holdings h JOIN programmes p ON p.id = h.programme_id JOIN programme_versions n ON n.programme_id = h.programme_id AND n.number = h.number
			WHERE h.volunteer_id = ? AND h.benefit = 'card' AND h.state = 'held' AND h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to >= ?)
				AND NOT EXISTS (SELECT 1 FROM ledger_decreases d JOIN ledger_entries e ON e.id = d.entry_id
					WHERE d.volunteer_id = h.volunteer_id AND e.sequence > h.reviewed)
			ORDER BY h.id`, volunteer, on, on).Scan(&h.Held).Error
	})
	return h, err
}

// Levels implements card.Reader.
func (s Store) Levels(ctx context.Context) (all []card.Level, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		all, err = levels{tx}.all()
		return err
	})
	return all, err
}

type levels struct{ tx *repository.Tx }

func (r levels) all() (all []card.Level, err error) {
	err = r.tx.Raw(`SELECT * FROM card_levels ORDER BY version`).Scan(&all).Error
	return all, err
}

// Lock implements card.Repository. Readers are not kept waiting.
func (r levels) Lock(context.Context) ([]card.Level, error) {
	if r.tx.Postgres() {
		if err := r.tx.Exec(`LOCK TABLE card_levels IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return nil, err
		}
	}
	return r.all()
}

// Add implements card.Repository.
func (r levels) Add(_ context.Context, l card.Level) error {
	return r.tx.Table("card_levels").Create(&l).Error
}

var (
	_ card.Store  = Store{}
	_ card.Reader = Store{}
)
