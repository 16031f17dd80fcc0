// Package insurance keeps contracts of insurance, and reads what cover depends on.
package insurance

import (
	"context"

	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions, and reads contracts.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Insurance() insurance.Repository { return Contracts{u.Tx} }

// Update implements insurance.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx insurance.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Snapshot implements insurance.Store.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r insurance.Repository) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Contracts{tx}) })
}

// Whole implements insurance.Reader.
func (s Store) Whole(ctx context.Context, contract id.ID) (w insurance.Whole, err error) {
	err = s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
		w, err = Contracts{tx}.Whole(ctx, contract)
		return err
	})
	return w, err
}

// List implements insurance.Reader.
func (s Store) List(ctx context.Context, p page.Request) (page.Page[insurance.Contract], error) {
	var rows []insurance.Contract
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		q := tx.Table("insurance_contracts")
		if len(p.After) == 1 {
			q = q.Where("starts_on < ?", p.After[0])
		}
		return q.Order("starts_on DESC").Limit(p.Limit + 1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(c insurance.Contract) []string { return []string{c.StartsOn.String()} }), err
}

// Contracts implements insurance.Repository inside a transaction; other features' units use it too.
type Contracts struct{ Tx *repository.Tx }

// LockAll implements insurance.Repository. Readers are not kept waiting.
func (r Contracts) LockAll(context.Context) error {
	if !r.Tx.Postgres() {
		return nil
	}
	return r.Tx.Exec(`LOCK TABLE insurance_contracts IN SHARE ROW EXCLUSIVE MODE`).Error
}

// Overlapping implements insurance.Repository.
func (r Contracts) Overlapping(_ context.Context, from, to calendar.Day) (bool, error) {
	var n int64
	err := r.Tx.Table("insurance_contracts").Where("starts_on <= ? AND ends_on >= ?", to, from).Count(&n).Error
	return n > 0, err
}

// Add implements insurance.Repository.
func (r Contracts) Add(_ context.Context, c insurance.Contract) error {
	err := r.Tx.Table("insurance_contracts").Create(&c).Error
	if sqlerr.Unique(err, "insurance_contracts_insurer_number_key") {
		return insurance.ErrNumber
	}
	return err
}

// Lock implements insurance.Repository. The contract itself never changes: its row is only what versions wait at.
func (r Contracts) Lock(_ context.Context, contract id.ID) (c insurance.Contract, err error) {
	found := r.Tx.Raw(`SELECT * FROM insurance_contracts WHERE id = ?`+r.Tx.Pick(` FOR NO KEY UPDATE`, ``), contract).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, insurance.ErrNotFound
	}
	return c, found.Error
}

// Last implements insurance.Repository.
func (r Contracts) Last(_ context.Context, contract id.ID) (v insurance.Version, err error) {
	err = r.Tx.Raw(`SELECT * FROM insurance_versions WHERE contract_id = ? ORDER BY version DESC LIMIT 1`, contract).Scan(&v).Error
	return v, err
}

// AddVersion implements insurance.Repository.
func (r Contracts) AddVersion(_ context.Context, t insurance.Terms) error {
	if err := r.Tx.Table("insurance_versions").Create(&t.Version).Error; err != nil {
		return err
	}
	items := make([]insurance.Item, len(t.Items))
	for i, item := range t.Items {
		item.Version = t.Version.Version
		items[i] = item
	}
	if err := r.Tx.Table("insurance_items").Create(&items).Error; err != nil || len(t.Papers) == 0 {
		return err
	}
	return r.Tx.Table("insurance_papers").Create(&t.Papers).Error
}

// Whole implements insurance.Repository.
func (r Contracts) Whole(_ context.Context, contract id.ID) (w insurance.Whole, err error) {
	found := r.Tx.Raw(`SELECT * FROM insurance_contracts WHERE id = ?`, contract).Scan(&w.Contract)
	if found.Error != nil || found.RowsAffected == 0 {
		if found.Error == nil {
			return w, insurance.ErrNotFound
		}
		return w, found.Error
	}
	var versions []insurance.Version
	if err := r.Tx.Raw(`SELECT * FROM insurance_versions WHERE contract_id = ? ORDER BY version`, contract).Scan(&versions).Error; err != nil {
		return w, err
	}
	items, papers, err := r.items(`i.contract_id = ?`, contract)
	at := map[id.ID]int{} // item → its version's place
	for n, v := range versions {
		t := insurance.Terms{Version: v}
		for _, item := range items {
			if item.Version == v.Version {
				at[item.ID] = n
				t.Items = append(t.Items, item)
			}
		}
		w.Versions = append(w.Versions, t)
	}
	for _, p := range papers {
		n := at[p.ItemID]
		w.Versions[n].Papers = append(w.Versions[n].Papers, p)
	}
	return w, err
}

// Items implements insurance.Repository.
func (r Contracts) Items(_ context.Context, contract id.ID, version int) ([]insurance.Item, []insurance.Paper, error) {
	return r.items(`i.contract_id = ? AND i.version = ?`, contract, version)
}

func (r Contracts) items(where string, args ...any) (items []insurance.Item, papers []insurance.Paper, err error) {
	if err := r.Tx.Raw(`SELECT i.* FROM insurance_items i WHERE `+where+` ORDER BY i.version, i.id`, args...).Scan(&items).Error; err != nil {
		return nil, nil, err
	}
	err = r.Tx.Raw(`SELECT p.* FROM insurance_papers p JOIN insurance_items i ON i.id = p.item_id WHERE `+where+` ORDER BY p.item_id, p.position`,
		args...).Scan(&papers).Error
	return items, papers, err
}

var (
	_ insurance.Store      = Store{}
	_ insurance.Reader     = Store{}
	_ insurance.Repository = Contracts{}
)
