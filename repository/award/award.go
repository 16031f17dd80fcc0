// Package award keeps scales, badges, rounds and nominations.
package award

import (
	"context"

	"dure/domain/award"
	"dure/domain/document"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/volunteer"
	"dure/repository"
	documentstore "dure/repository/document"
	ledgerstore "dure/repository/ledger"
	volunteerstore "dure/repository/volunteer"
)

// Store runs the feature's use cases in transactions, and reads its lists.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

type unit struct{ *repository.Tx }

func (u unit) Ledger() ledger.Repository        { return ledgerstore.Ledger{Tx: u.Tx} }
func (u unit) Volunteers() volunteer.Repository { return volunteerstore.Volunteers{Tx: u.Tx} }
func (u unit) Documents() document.Repository   { return documentstore.Documents{Tx: u.Tx} }
func (u unit) Awards() award.Repository         { return Awards{u.Tx} }

// Update implements award.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx award.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Awards implements award.Repository inside a transaction; other features' units use it too.
type Awards struct{ Tx *repository.Tx }

// Version implements award.Repository. Readers are not kept waiting.
func (r Awards) Version(_ context.Context, code string) (version int, err error) {
	if r.Tx.Postgres() {
		if err := r.Tx.Exec(`LOCK TABLE award_scales IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return 0, err
		}
	}
	err = r.Tx.Raw(`SELECT COALESCE(MAX(version), 0) FROM award_scales WHERE code = ?`, code).Scan(&version).Error
	return version, err
}

// Gu implements award.Repository.
func (r Awards) Gu(_ context.Context, code string, on calendar.Day) (bool, error) {
	var n int64
	err := r.Tx.Table("regions").Where("code = ? AND level = 'gu' AND (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to >= ?)",
		code, on, on).Count(&n).Error
	return n > 0, err
}

// AddScale implements award.Repository.
func (r Awards) AddScale(_ context.Context, s award.Scale) error {
	if err := r.Tx.Table("award_scales").Create(&s).Error; err != nil {
		return err
	}
	rows := make([]repository.Row, len(s.Thresholds))
	for i, t := range s.Thresholds {
		rows[i] = repository.Row{"scale_id", s.ID, "code", t.Code, "minutes", t.Minutes, "name_ko", t.NameKo, "name_en", t.NameEn}
	}
	const columns = "scale_id, code, minutes, name_ko, name_en"
	return r.Tx.Exec(`INSERT INTO award_thresholds (`+columns+`) SELECT `+columns+` FROM `+
		r.Tx.Records("scale_id uuid, code text, minutes int, name_ko text, name_en text"), repository.JSON(rows)).Error
}

// InForce implements award.Repository.
func (r Awards) InForce(_ context.Context, on calendar.Day) (scales []award.Scale, err error) {
	if err := r.Tx.Raw(`SELECT s.* FROM award_scales s WHERE s.effective_from <= ? AND s.version =
		(SELECT MAX(o.version) FROM award_scales o WHERE o.code = s.code AND o.effective_from <= ?) ORDER BY s.code`, on, on).Scan(&scales).Error; err != nil {
		return nil, err
	}
	return scales, thresholds(r.Tx, scales)
}

// thresholds fills in those of scales.
func thresholds(tx *repository.Tx, scales []award.Scale) error {
	ids := make([]id.ID, len(scales))
	for i, s := range scales {
		ids[i] = s.ID
	}
	var rows []struct {
		ScaleID id.ID
		award.Threshold
	}
	if err := tx.Raw(`SELECT t.* FROM `+tx.Records("id uuid")+` JOIN award_thresholds t ON t.scale_id = r.id ORDER BY t.minutes`,
		repository.IDs(ids)).Scan(&rows).Error; err != nil {
		return err
	}
	of := map[id.ID][]award.Threshold{}
	for _, row := range rows {
		of[row.ScaleID] = append(of[row.ScaleID], row.Threshold)
	}
	for i := range scales {
		scales[i].Thresholds = of[scales[i].ID]
	}
	return nil
}
