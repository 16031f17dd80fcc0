// Package programme keeps incentive programmes, what people hold of them, and whom they would find in the whole city.
package programme

import (
	"context"
	"encoding/json"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/domain/programme"
	"dure/domain/voucher"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	pointstore "dure/repository/points"
	"dure/repository/sqlerr"
	voucherstore "dure/repository/voucher"
)

// Store runs the feature's use cases in transactions and reads programmes.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Unit is a transaction as the feature sees it; the demo city is made through it too.
type Unit struct{ *repository.Tx }

// Ledger implements programme.Tx.
func (u Unit) Ledger() ledger.Repository { return ledgerstore.Ledger{Tx: u.Tx} }

// Points implements programme.Tx.
func (u Unit) Points() points.Repository { return pointstore.Points{Tx: u.Tx} }

// Vouchers implements programme.Tx.
func (u Unit) Vouchers() voucher.Repository { return voucherstore.Vouchers{Tx: u.Tx} }

// Programmes implements programme.Tx.
func (u Unit) Programmes() programme.Repository { return Programmes{u.Tx} }

// Evaluations implements programme.Tx.
func (u Unit) Evaluations() programme.Evaluations { return Evaluations{u.Tx} }

// Update implements programme.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx programme.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Unit{tx}) })
}

// View implements programme.Store.
func (s Store) View(ctx context.Context, fn func(ctx context.Context, tx programme.Tx) error) error {
	return s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Unit{tx}) })
}

// Programmes implements programme.Repository inside a transaction.
type Programmes struct{ Tx *repository.Tx }

// versionRow is a version as it is stored: its terms as one document, and beside them what the database proves.
type versionRow struct {
	ProgrammeID    id.ID
	Number         int
	FromDay        calendar.Day
	Terms          string
	PerYear        int
	BudgetHoldings int
	BudgetWon      int64
	BudgetEach     string
	OnePerCar      bool
	CreatedAt      time.Time
	CreatedBy      id.ID
	Reason         string
}

func rowOf(v programme.Version) (versionRow, error) {
	terms, err := json.Marshal(v.Terms)
	return versionRow{v.ProgrammeID, v.Number, v.FromDay, string(terms), v.Terms.PerYear, v.Terms.Budget.Holdings, int64(v.Terms.Budget.Won),
		v.Terms.Budget.Each, v.Terms.OnePerCar, v.CreatedAt, v.CreatedBy, v.Reason}, err
}

func (r versionRow) version() (v programme.Version, err error) {
	v = programme.Version{ProgrammeID: r.ProgrammeID, Number: r.Number, FromDay: r.FromDay, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, Reason: r.Reason}
	return v, json.Unmarshal([]byte(r.Terms), &v.Terms)
}

// Add implements programme.Repository.
func (r Programmes) Add(ctx context.Context, p programme.Programme, v programme.Version) error {
	err := r.Tx.Table("programmes").Create(&p).Error
	if sqlerr.Unique(err, "programmes_code_key") {
		return programme.ErrCodeTaken
	}
	if err != nil {
		return err
	}
	return r.addVersion(v)
}

func (r Programmes) addVersion(v programme.Version) error {
	row, err := rowOf(v)
	if err != nil {
		return err
	}
	return r.Tx.Table("programme_versions").Create(&row).Error
}

// AddVersion implements programme.Repository.
func (r Programmes) AddVersion(ctx context.Context, p programme.Programme, v programme.Version) error {
	if err := r.Close(ctx, p); err != nil {
		return err
	}
	return r.addVersion(v)
}

// Close implements programme.Repository.
func (r Programmes) Close(_ context.Context, p programme.Programme) error {
	done := r.Tx.Exec(`UPDATE programmes SET closed_on = ?, close_reason = ?, version = ? WHERE id = ? AND version = ?`,
		p.ClosedOn, p.CloseReason, p.Version, p.ID, p.Version-1)
	if done.Error == nil && done.RowsAffected == 0 {
		return programme.ErrChanged
	}
	return done.Error
}

// Lock implements programme.Repository.
func (r Programmes) Lock(ctx context.Context, programmeID id.ID) (programme.Whole, error) {
	return r.one(`WHERE id = ?`+r.Tx.Pick(" FOR NO KEY UPDATE", ""), programmeID)
}

// Read implements programme.Repository.
func (r Programmes) Read(ctx context.Context, programmeID id.ID) (programme.Whole, error) {
	return r.one(`WHERE id = ?`, programmeID)
}

func (r Programmes) one(where string, args ...any) (programme.Whole, error) {
	all, err := r.some(where, args...)
	if err == nil && len(all) == 0 {
		err = programme.ErrNotFound
	}
	if err != nil {
		return programme.Whole{}, err
	}
	return all[0], nil
}

// All implements programme.Repository.
func (r Programmes) All(context.Context) ([]programme.Whole, error) { return r.some(`ORDER BY code`) }

func (r Programmes) some(where string, args ...any) ([]programme.Whole, error) {
	var found []programme.Programme
	if err := r.Tx.Raw(`SELECT * FROM programmes `+where, args...).Scan(&found).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	all, at, ids := make([]programme.Whole, len(found)), make(map[id.ID]int, len(found)), make([]id.ID, len(found))
	for i, p := range found {
		all[i].Programme, at[p.ID], ids[i] = p, i, p.ID
	}
	var rows []versionRow
	if err := r.Tx.Raw(`SELECT v.* FROM `+r.Tx.Records("id uuid")+` JOIN programme_versions v ON v.programme_id = r.id ORDER BY v.programme_id, v.number`,
		repository.IDs(ids)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		v, err := row.version()
		if err != nil {
			return nil, err
		}
		i := at[v.ProgrammeID]
		all[i].Versions = append(all[i].Versions, v)
	}
	return all, nil
}

// ByCode implements programme.Repository.
func (r Programmes) ByCode(_ context.Context, code string) (id.ID, error) {
	var found []id.ID
	err := r.Tx.Raw(`SELECT id FROM programmes WHERE code = ?`, code).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = programme.ErrNotFound
	}
	if err != nil {
		return id.Nil, err
	}
	return found[0], nil
}

// Fields implements programme.Repository.
func (r Programmes) Fields(context.Context) (codes []string, err error) {
	err = r.Tx.Raw(`SELECT code FROM activity_fields`).Scan(&codes).Error
	return codes, err
}

// Atlas implements programme.Repository.
func (r Programmes) Atlas(context.Context) (programme.Atlas, error) {
	var places []programme.Place
	err := r.Tx.Raw(`SELECT code, level, COALESCE(parent, '') AS parent, COALESCE(successor, '') AS successor FROM regions`).Scan(&places).Error
	return programme.NewAtlas(places), err
}

// One implements programme.Reader.
func (s Store) One(ctx context.Context, programmeID id.ID) (w programme.Whole, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		w, err = Programmes{tx}.Read(ctx, programmeID)
		return err
	})
	return w, err
}

// List implements programme.Reader.
func (s Store) List(ctx context.Context, p page.Request) (page.Page[programme.Whole], error) {
	after := ""
	if len(p.After) == 1 {
		after = p.After[0]
	}
	var all []programme.Whole
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) (err error) {
		all, err = Programmes{tx}.some(`WHERE code > ? ORDER BY code LIMIT ?`, after, p.Limit+1)
		return err
	})
	return page.Cut(all, p, func(w programme.Whole) []string { return []string{w.Code} }), err
}

var (
	_ programme.Store       = Store{}
	_ programme.Reader      = Store{}
	_ programme.Tx          = Unit{}
	_ programme.Repository  = Programmes{}
	_ programme.Evaluations = Evaluations{}
)
