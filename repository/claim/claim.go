// Package claim keeps claims on the insurance, their steps, covers, papers and amounts.
package claim

import (
	"context"

	"dure/domain/attendance"
	"dure/domain/claim"
	"dure/domain/document"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	documentstore "dure/repository/document"
	insurancestore "dure/repository/insurance"
	ledgerstore "dure/repository/ledger"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Unit is a transaction as the feature's use cases see it.
type Unit struct{ *repository.Tx }

func (u Unit) Attendance() attendance.Repository { return attendancestore.Attendances{Tx: u.Tx} }
func (u Unit) Insurance() insurance.Repository   { return insurancestore.Contracts{Tx: u.Tx} }
func (u Unit) Documents() document.Repository    { return documentstore.Documents{Tx: u.Tx} }
func (u Unit) Ledger() ledger.Repository         { return ledgerstore.Ledger{Tx: u.Tx} }
func (u Unit) Claims() claim.Repository          { return Claims{u.Tx} }

// Update implements claim.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx claim.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, Unit{tx}) })
}

// Claims implements claim.Repository inside a transaction.
type Claims struct{ Tx *repository.Tx }

// Deadline implements claim.Repository.
func (r Claims) Deadline(_ context.Context, on calendar.Day) (years int, err error) {
	err = r.Tx.Raw(`SELECT years FROM claim_deadlines WHERE effective_from <= ? ORDER BY version DESC LIMIT 1`, on).Scan(&years).Error
	return years, err
}

// Theirs implements claim.Repository.
func (r Claims) Theirs(_ context.Context, volunteer id.ID, organisers []id.ID) (organiser id.ID, found bool, err error) {
	var rows []struct{ OrganiserID id.ID }
	err = r.Tx.Raw(`SELECT organiser_id FROM (
			SELECT s.organiser_id, u.starts_at AS at FROM sign_ups u JOIN shifts s ON s.id = u.shift_id
				WHERE u.volunteer_id = ? AND u.state IN ('confirmed', 'attended', 'no_show')
			UNION ALL SELECT a.organiser_id, a.counted_in_at FROM attendances a WHERE a.volunteer_id = ? AND a.state NOT IN ('rejected', 'reversed')
		) AS places JOIN `+r.Tx.Records("id uuid")+` ON r.id = places.organiser_id ORDER BY at DESC LIMIT 1`,
		volunteer, volunteer, repository.IDs(organisers)).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return id.Nil, false, err
	}
	return rows[0].OrganiserID, true, nil
}

// HasAccount implements claim.Repository.
func (r Claims) HasAccount(_ context.Context, volunteer id.ID) (has bool, err error) {
	err = r.Tx.Raw(`SELECT EXISTS (SELECT 1 FROM accounts WHERE volunteer_id = ?)`, volunteer).Scan(&has).Error
	return has, err
}

// Add implements claim.Repository.
func (r Claims) Add(_ context.Context, c claim.Claim, kinds []string, first claim.Step, cover claim.Cover) error {
	err := r.Tx.Table("claims").Create(&c).Error
	if sqlerr.Unique(err, "claims_volunteer_id_happened_at_key") {
		return claim.ErrReported
	}
	if err != nil {
		return err
	}
	rows := make([]repository.Row, len(kinds))
	for i, kind := range kinds {
		rows[i] = repository.Row{"claim_id", c.ID, "kind", kind}
	}
	if err := r.Tx.Exec(`INSERT INTO claim_items (claim_id, kind) SELECT claim_id, kind FROM `+r.Tx.Records("claim_id uuid, kind text"),
		repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.append(first, &cover, nil)
}

// Get implements claim.Repository.
func (r Claims) Get(_ context.Context, claimID id.ID) (c claim.Claim, err error) {
	found := r.Tx.Raw(`SELECT * FROM claims WHERE id = ?`, claimID).Scan(&c)
	if found.Error == nil && found.RowsAffected == 0 {
		return c, claim.ErrNotFound
	}
	return c, found.Error
}

// Kinds implements claim.Repository.
func (r Claims) Kinds(_ context.Context, claimID id.ID) (kinds []string, err error) {
	err = r.Tx.Raw(`SELECT kind FROM claim_items WHERE claim_id = ? ORDER BY kind`, claimID).Scan(&kinds).Error
	return kinds, err
}

// Move implements claim.Repository. Whose a claim is, and what it is about, never changes.
func (r Claims) Move(_ context.Context, c claim.Claim, step claim.Step, cover *claim.Cover, amounts []claim.Amount) error {
	if err := r.Tx.Exec(`UPDATE claims SET state = ?, approved_won = ?, approved_by = ?, paid_by = ?, steps = ? WHERE id = ?`,
		c.State, c.ApprovedWon, c.ApprovedBy, c.PaidBy, c.Steps, c.ID).Error; err != nil {
		return err
	}
	if err := r.append(step, cover, amounts); err != nil || cover == nil {
		return err
	}
	return r.Tx.Exec(`UPDATE claims SET cover_number = ? WHERE id = ?`, c.CoverNumber, c.ID).Error
}

func (r Claims) append(step claim.Step, cover *claim.Cover, amounts []claim.Amount) error {
	if err := r.Tx.Table("claim_steps").Create(&step).Error; err != nil {
		return err
	}
	if cover != nil {
		if err := r.Tx.Table("claim_covers").Create(cover).Error; err != nil {
			return err
		}
	}
	if len(amounts) == 0 {
		return nil
	}
	return r.Tx.Table("claim_amounts").Create(&amounts).Error
}

// AddPaper implements claim.Repository.
func (r Claims) AddPaper(_ context.Context, p claim.Paper) error {
	err := r.Tx.Table("claim_documents").Create(&p).Error
	if sqlerr.Unique(err, "claim_documents_pkey") || sqlerr.Unique(err, "claim_documents_document_id_key") {
		return claim.ErrUsed
	}
	return err
}

// Document implements claim.Repository.
func (r Claims) Document(_ context.Context, claimID, documentID id.ID) (d document.Document, err error) {
	found := r.Tx.Raw(`SELECT d.* FROM claim_documents x JOIN documents d ON d.id = x.document_id WHERE x.claim_id = ? AND x.document_id = ?`,
		claimID, documentID).Scan(&d)
	if found.Error == nil && found.RowsAffected == 0 {
		return d, document.ErrNotFound
	}
	return d, found.Error
}

// AddConsent implements claim.Repository.
func (r Claims) AddConsent(_ context.Context, c claim.Consent) error {
	return r.Tx.Table("claim_consents").Create(&c).Error
}

// Consented implements claim.Repository.
func (r Claims) Consented(_ context.Context, claimID id.ID) (bool, error) {
	var granted []bool
	err := r.Tx.Raw(`SELECT granted FROM claim_consents WHERE claim_id = ? ORDER BY given_at DESC, id DESC LIMIT 1`, claimID).Scan(&granted).Error
	return len(granted) > 0 && granted[0], err
}

// Spent implements claim.Repository.
func (r Claims) Spent(_ context.Context, volunteer id.ID, on calendar.Day, except id.ID) (spent []claim.Spent, err error) {
	err = r.Tx.Raw(`SELECT i.kind, COALESCE(a.days, 0) AS days, a.amount_won AS won FROM claims c JOIN claim_amounts a ON a.claim_id = c.id
		JOIN insurance_items i ON i.id = a.item_id WHERE c.volunteer_id = ? AND c.day = ? AND c.id <> ?`, volunteer, on, except).Scan(&spent).Error
	return spent, err
}

var (
	_ claim.Store      = Store{}
	_ claim.Repository = Claims{}
)
