// Package points keeps lots, debts and budgets of points beside the ledger's entries.
package points

import (
	"context"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/points"
	"dure/repository"
	ledgerstore "dure/repository/ledger"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions, and reads points.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Ledger() ledger.Repository { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) Points() points.Repository { return Points{u.Tx} }

// Update implements points.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx points.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Points implements points.Repository inside a transaction.
type Points struct{ Tx *repository.Tx }

const lotColumns = `l.id, l.volunteer_id, l.programme_id, l.entry_id, l.year, l.granted, l.remaining, l.expires_on, l.donatable`

// spendingOrder is the order in which lots are spent: those first that expire first.
const spendingOrder = `l.expires_on IS NULL, l.expires_on, l.id`

// Wallets implements points.Repository.
func (r Points) Wallets(_ context.Context, accounts map[id.ID]ledger.Account) (map[id.ID]*points.Wallet, error) {
	wallets, owners := make(map[id.ID]*points.Wallet, len(accounts)), make([]id.ID, 0, len(accounts))
	for owner, a := range accounts {
		wallets[owner], owners = &points.Wallet{Account: a}, append(owners, owner)
	}
	if len(owners) == 0 {
		return wallets, nil
	}
	var lots []points.Lot
	if err := r.Tx.Raw(`SELECT `+lotColumns+` FROM `+r.Tx.Records("id uuid")+` JOIN point_lots l ON l.volunteer_id = r.id
		WHERE l.remaining > 0 ORDER BY `+spendingOrder, repository.IDs(owners)).Scan(&lots).Error; err != nil {
		return nil, err
	}
	for _, l := range lots {
		wallets[l.VolunteerID].Lots = append(wallets[l.VolunteerID].Lots, l)
	}
	var debts []points.Debt
	if err := r.Tx.Raw(`SELECT d.* FROM `+r.Tx.Records("id uuid")+` JOIN point_debts d ON d.volunteer_id = r.id
		WHERE d.remaining > 0 ORDER BY d.id`, repository.IDs(owners)).Scan(&debts).Error; err != nil {
		return nil, err
	}
	for _, d := range debts {
		wallets[d.VolunteerID].Debts = append(wallets[d.VolunteerID].Debts, d)
	}
	return wallets, nil
}

// BudgetSequences implements points.Repository.
func (r Points) BudgetSequences(_ context.Context, programmes []id.ID) (map[id.ID]int64, error) {
	var rows []struct {
		ProgrammeID id.ID
		Sequence    int64
	}
	err := r.Tx.Raw(`SELECT m.programme_id, MAX(m.sequence) AS sequence FROM `+r.Tx.Records("id uuid")+`
		JOIN point_budget_moves m ON m.programme_id = r.id GROUP BY m.programme_id`, repository.IDs(programmes)).Scan(&rows).Error
	sequences := make(map[id.ID]int64, len(rows))
	for _, row := range rows {
		sequences[row.ProgrammeID] = row.Sequence
	}
	return sequences, err
}

// Standings implements points.Repository.
func (r Points) Standings(_ context.Context, programme id.ID, volunteers []id.ID) (map[id.ID]map[int]points.Standing, error) {
	var rows []struct {
		VolunteerID id.ID
		Year        int
		points.Standing
	}
	persons := repository.IDs(volunteers)
	err := r.Tx.Raw(`SELECT volunteer_id, year, SUM(granted) AS granted, SUM(asked) AS asked, SUM(returned) AS returned, SUM(expired) AS expired FROM (
			SELECT l.volunteer_id, l.year, l.granted, 0 AS asked, 0 AS returned,
				(SELECT COALESCE(SUM(-m.amount), 0) FROM point_moves m WHERE m.lot_id = l.id AND m.kind = 'expiry') AS expired
			FROM `+r.Tx.Records("id uuid")+` JOIN point_lots l ON l.volunteer_id = r.id WHERE l.programme_id = ?
			UNION ALL SELECT t.volunteer_id, t.year, 0, t.asked, t.taken + t.owed, 0
			FROM `+r.Tx.Records("id uuid")+` JOIN point_take_backs t ON t.volunteer_id = r.id WHERE t.programme_id = ?
		) AS s GROUP BY volunteer_id, year`, persons, programme, persons, programme).Scan(&rows).Error
	standings := make(map[id.ID]map[int]points.Standing, len(volunteers))
	for _, row := range rows {
		if standings[row.VolunteerID] == nil {
			standings[row.VolunteerID] = map[int]points.Standing{}
		}
		standings[row.VolunteerID][row.Year] = row.Standing
	}
	return standings, err
}

// Spending implements points.Repository.
func (r Points) Spending(_ context.Context, entry id.ID) (points.Spending, error) {
	var head struct {
		VolunteerID id.ID
		Against     id.ID
		Cancelled   bool
	}
	found := r.Tx.Raw(`SELECT e.volunteer_id, p.account_id AS against,
			EXISTS (SELECT 1 FROM ledger_entries c WHERE c.source_id = e.id AND c.kind = 'cancellation') AS cancelled
		FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 2
		WHERE e.id = ? AND e.kind = 'redemption'`, entry).Scan(&head)
	if found.Error == nil && found.RowsAffected == 0 {
		return points.Spending{}, points.ErrNotSpent
	}
	if found.Error != nil {
		return points.Spending{}, found.Error
	}
	var parts []struct {
		points.Lot
		Points int
	}
	err := r.Tx.Raw(`SELECT `+lotColumns+`, -m.amount AS points FROM point_moves m JOIN point_lots l ON l.id = m.lot_id
		WHERE m.entry_id = ? ORDER BY `+spendingOrder, entry).Scan(&parts).Error
	s := points.Spending{VolunteerID: head.VolunteerID, Against: head.Against, Cancelled: head.Cancelled}
	for _, p := range parts {
		s.Parts = append(s.Parts, points.Part{Lot: p.Lot, Points: p.Points})
	}
	return s, err
}

// Expired implements points.Repository.
func (r Points) Expired(_ context.Context, before calendar.Day, lots int) (volunteers []id.ID, err error) {
	err = r.Tx.Raw(`SELECT DISTINCT volunteer_id FROM (SELECT volunteer_id FROM point_lots WHERE remaining > 0 AND expires_on < ?
		ORDER BY expires_on LIMIT ?) AS l`, before, lots).Scan(&volunteers).Error
	return volunteers, err
}

// Cause implements points.Repository.
func (r Points) Cause(_ context.Context, cause id.ID) (c points.Charity, err error) {
	found := r.Tx.Raw(`SELECT * FROM point_causes WHERE id = ?`+r.Tx.Pick(" FOR SHARE", ""), cause).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, points.ErrCauseNotFound
	}
	return c, found.Error
}

// AddCause implements points.Repository.
func (r Points) AddCause(_ context.Context, c points.Charity) error {
	err := r.Tx.Table("point_causes").Create(&c).Error
	if sqlerr.Unique(err, "point_causes_name_key") {
		return points.ErrCauseTaken
	}
	return err
}

// EndCause implements points.Repository.
func (r Points) EndCause(_ context.Context, c points.Charity) error {
	return r.Tx.Exec(`UPDATE point_causes SET ended_at = ? WHERE id = ?`, c.EndedAt, c.ID).Error
}

var (
	_ points.Store      = Store{}
	_ points.Repository = Points{}
)
