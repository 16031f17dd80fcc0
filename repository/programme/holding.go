package programme

import (
	"context"
	"encoding/json"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/programme"
	"dure/domain/voucher"
	"dure/repository"
	"dure/repository/sqlerr"
)

// Facts implements programme.Repository: one statement for the person, one for all that he did.
func (r Programmes) Facts(_ context.Context, volunteer id.ID) (f programme.Facts, err error) {
	var who struct {
		Number, Status, RegionCode, CampRegion string
		BirthDate                              calendar.Day
		CampID                                 *id.ID
		AccountID                              id.ID
		Sequence                               int64
	}
	found := r.Tx.Raw(`SELECT v.number, v.status, v.birth_date, v.region_code, v.camp_id, COALESCE(c.region_code, '') AS camp_region, a.id AS account_id, a.sequence
		FROM volunteers v JOIN ledger_accounts a ON a.owner_id = v.id AND a.kind = 'volunteer_minutes' LEFT JOIN camps c ON c.id = v.camp_id
		WHERE v.id = ?`, volunteer).Scan(&who)
	if found.Error != nil {
		return f, found.Error
	}
	if found.RowsAffected == 0 {
		return f, ledger.ErrNoAccount
	}
	f = programme.Facts{VolunteerID: volunteer, Number: who.Number, Status: who.Status, BirthDate: who.BirthDate, RegionCode: who.RegionCode,
		CampID: who.CampID, CampRegion: who.CampRegion, Sequence: who.Sequence}
	return f, r.Tx.Each(func(rows repository.Scanner) error { // by hand: there may be thousands
		var (
			x         programme.Entry
			organiser *id.ID
		)
		if err := rows.Scan(&x.ID, &x.Sequence, &x.Day, &x.Minutes, &x.Visits, &x.Field, &x.Evidence, &organiser, &x.RegionCode, &x.Remote); err != nil {
			return err
		}
		if organiser != nil {
			x.Organiser = *organiser
		}
		f.Entries = append(f.Entries, x)
		return nil
	}, `SELECT e.id, e.sequence, e.effective_day, o.amount, e.visits, COALESCE(x.field_code, e.field_code), COALESCE(t.evidence, e.evidence),
			x.organiser_id, COALESCE(oc.region_code, os.region_code, ''), COALESCE(x.remote, false)
		FROM ledger_entries e JOIN ledger_postings o ON o.entry_id = e.id AND o.account_id = e.account_id`+presence+`
		WHERE e.account_id = ? ORDER BY e.sequence`, who.AccountID)
}

// presence joins the presence that an entry comes from, its activity, and the organiser.
const presence = ` LEFT JOIN attendances t ON t.id = e.source_id LEFT JOIN activities x ON x.id = t.activity_id
	LEFT JOIN camps oc ON oc.id = x.organiser_id LEFT JOIN demand_sites os ON os.id = x.organiser_id`

// Kept implements programme.Repository.
func (r Programmes) Kept(_ context.Context, volunteer id.ID, steps bool) ([]programme.Kept, error) {
	var holdings []programme.Holding
	if err := r.Tx.Raw(`SELECT * FROM holdings WHERE volunteer_id = ? ORDER BY id`, volunteer).Scan(&holdings).Error; err != nil || len(holdings) == 0 {
		return nil, err
	}
	all, at := make([]programme.Kept, len(holdings)), make(map[id.ID]int, len(holdings))
	for i, h := range holdings {
		all[i].Holding, at[h.ID] = h, i
	}
	var vouchers []struct {
		ID    id.ID
		State voucher.State
	}
	if err := r.Tx.Raw(`SELECT h.id, v.state FROM holdings h JOIN vouchers v ON v.id = h.voucher_id WHERE h.volunteer_id = ?`, volunteer).Scan(&vouchers).Error; err != nil {
		return nil, err
	}
	for _, v := range vouchers {
		all[at[v.ID]].Voucher = v.State
	}
	var bases []programme.Basis
	if err := r.Tx.Raw(`SELECT b.* FROM holdings h JOIN holding_bases b ON b.holding_id = h.id WHERE h.volunteer_id = ?
		ORDER BY b.holding_id, b.requirement, b.line`, volunteer).Scan(&bases).Error; err != nil {
		return nil, err
	}
	for _, b := range bases {
		i := at[b.HoldingID]
		all[i].Bases = append(all[i].Bases, b)
	}
	if !steps {
		return all, nil
	}
	var told []programme.Step
	if err := r.Tx.Raw(`SELECT s.* FROM holdings h JOIN incentive_steps s ON s.holding_id = h.id WHERE h.volunteer_id = ? ORDER BY s.holding_id, s.id`,
		volunteer).Scan(&told).Error; err != nil {
		return nil, err
	}
	for _, s := range told {
		i := at[s.HoldingID]
		all[i].Steps = append(all[i].Steps, s)
	}
	return all, nil
}

// Owner implements programme.Repository.
func (r Programmes) Owner(_ context.Context, holding id.ID) (id.ID, error) {
	var found []id.ID
	err := r.Tx.Raw(`SELECT volunteer_id FROM holdings WHERE id = ?`, holding).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = programme.ErrHoldingNotFound
	}
	if err != nil {
		return id.Nil, err
	}
	return found[0], nil
}

// Grant implements programme.Repository.
func (r Programmes) Grant(ctx context.Context, k programme.Kept) error {
	err := r.Tx.Table("holdings").Create(&k.Holding).Error
	if sqlerr.Unique(err, "holdings_car_key") || sqlerr.Unique(err, "holdings_programme_id_car_hash_key") {
		return programme.ErrCarTaken
	}
	if err != nil {
		return err
	}
	if len(k.Bases) > 0 {
		if err := r.Tx.Table("holding_bases").Create(&k.Bases).Error; err != nil {
			return err
		}
	}
	return r.tell(k.Steps)
}

func (r Programmes) tell(steps []programme.Step) error {
	if len(steps) == 0 {
		return nil
	}
	return r.Tx.Table("incentive_steps").CreateInBatches(&steps, 500).Error
}

// Move implements programme.Repository.
func (r Programmes) Move(_ context.Context, holdings []programme.Holding, steps []programme.Step) error {
	if len(holdings) == 0 {
		return r.tell(steps)
	}
	rows := make([]repository.Row, len(holdings))
	for i, h := range holdings {
		rows[i] = repository.Row{"id", h.ID, "state", h.State, "reviewed", h.Reviewed, "granted_at", h.GrantedAt, "granted_by", h.GrantedBy,
			"valid_from", h.ValidFrom, "valid_to", h.ValidTo, "exchanged_for", h.ExchangedFor, "ended_at", h.EndedAt, "voucher_id", h.VoucherID}
	}
	if err := r.Tx.Exec(`UPDATE holdings SET state = m.state, reviewed = m.reviewed, granted_at = m.granted_at, granted_by = m.granted_by,
			valid_from = m.valid_from, valid_to = m.valid_to, exchanged_for = m.exchanged_for, ended_at = m.ended_at,
			voucher_id = m.voucher_id
		FROM (SELECT * FROM `+r.Tx.Records(`id uuid, state text, reviewed bigint, granted_at timestamptz, granted_by uuid, valid_from date,
			valid_to date, exchanged_for uuid, ended_at timestamptz, voucher_id uuid`)+`) AS m WHERE holdings.id = m.id`, repository.JSON(rows)).Error; err != nil {
		return err
	}
	return r.tell(steps)
}

// Ended implements programme.Repository.
func (r Programmes) Ended(_ context.Context, day calendar.Day, programmeID id.ID, car *string, limit int) (ended []programme.Holding, err error) {
	query, args := `SELECT * FROM holdings WHERE state = 'held' AND valid_to < ?`, []any{day}
	if car != nil {
		query, args = query+` AND programme_id = ? AND car_hash = ?`, append(args, programmeID, *car)
	}
	err = r.Tx.Raw(query+` ORDER BY id LIMIT ?`+r.Tx.Pick(" FOR NO KEY UPDATE", ""), append(args, limit)...).Scan(&ended).Error
	return ended, err
}

// Suspects implements programme.Repository: it begins with the few entries that took something away.
func (r Programmes) Suspects(_ context.Context, after id.ID, limit int) (volunteers []id.ID, err error) {
	err = r.Tx.Raw(`SELECT h.volunteer_id FROM ledger_decreases d JOIN ledger_entries e ON e.id = d.entry_id
			JOIN holdings h ON h.volunteer_id = d.volunteer_id AND h.reviewed < e.sequence
				AND (h.state IN ('held', 'exchanged') OR h.state = 'expired' AND h.benefit IN ('mileage', 'voucher'))
			WHERE d.volunteer_id > ?
		UNION SELECT h.volunteer_id FROM holdings h JOIN vouchers v ON v.id = h.voucher_id AND v.state = 'issued'
			WHERE h.state IN ('taken_back', 'exchanged') AND h.volunteer_id > ?
		ORDER BY 1 LIMIT ?`, after, after, limit).Scan(&volunteers).Error
	return volunteers, err
}

// Used implements programme.Repository.
func (r Programmes) Used(_ context.Context, programmeID id.ID, s programme.Span) (holdings, won int64, err error) {
	err = r.Tx.Raw(`SELECT COUNT(*), CAST(COALESCE(SUM(won), 0) AS bigint) FROM holdings
		WHERE programme_id = ? AND state IN ('requested', 'held', 'expired', 'exchanged') AND claimed_on BETWEEN ? AND ?`,
		programmeID, s.From, s.To).Row().Scan(&holdings, &won)
	return holdings, won, err
}

// Place implements programme.Repository.
func (r Programmes) Place(_ context.Context, programmeID id.ID, number, top int, volunteer id.ID) (p programme.Placed, ok bool, err error) {
	found := r.Tx.Raw(`SELECT e.day, COALESCE(m.place, 0) AS place,
			COALESCE((SELECT MIN(w.ranked) FROM programme_results w WHERE w.evaluation_id = e.id AND w.place BETWEEN 1 AND ?), 0) AS cut_off
		FROM programme_evaluations e LEFT JOIN programme_results m ON m.evaluation_id = e.id AND m.volunteer_id = ?
		WHERE e.id = (SELECT l.id FROM programme_evaluations l WHERE l.programme_id = ? AND l.number = ? AND l.state = 'finished' ORDER BY l.id DESC LIMIT 1)`,
		top, volunteer, programmeID, number).Scan(&p)
	return p, found.RowsAffected == 1, found.Error
}

// Claims implements programme.Reader.
func (s Store) Claims(ctx context.Context, programmeID id.ID, camps []id.ID, all bool, p page.Request) (page.Page[programme.Claimed], error) {
	var rows []programme.Claimed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		query, args := `SELECT h.*, v.number AS volunteer_number, v.name AS volunteer_name FROM holdings h JOIN volunteers v ON v.id = h.volunteer_id
			WHERE h.programme_id = ? AND h.state = 'requested'`, []any{programmeID}
		if !all {
			query, args = query+` AND h.camp_id IN (SELECT r.id FROM `+tx.Records("id uuid")+`)`, append(args, repository.IDs(camps))
		}
		if len(p.After) == 1 {
			query, args = query+` AND h.id > ?`, append(args, p.After[0])
		}
		return tx.Raw(query+` ORDER BY h.id LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(c programme.Claimed) []string { return []string{c.ID.String()} }), err
}

// Evaluation implements programme.Reader.
func (s Store) Evaluation(ctx context.Context, programmeID, evaluation id.ID) (e programme.Evaluation, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(`SELECT * FROM programme_evaluations WHERE id = ? AND programme_id = ?`, evaluation, programmeID).Scan(&e)
		if found.Error == nil && found.RowsAffected == 0 {
			return programme.ErrEvaluationNotFound
		}
		return found.Error
	})
	return e, err
}

// Results implements programme.Reader.
func (s Store) Results(ctx context.Context, evaluation id.ID, p page.Request) (page.Page[programme.Result], error) {
	var rows []struct {
		VolunteerID                              id.ID
		VolunteerNumber, VolunteerName, Measured string
		Place                                    int
	}
	query, args := `SELECT m.volunteer_id, v.number AS volunteer_number, v.name AS volunteer_name, m.place, m.measured
		FROM programme_results m JOIN volunteers v ON v.id = m.volunteer_id WHERE m.evaluation_id = ?`, []any{evaluation}
	if len(p.After) == 2 {
		query, args = query+` AND (m.place > ? OR m.place = ? AND m.volunteer_id > ?)`, append(args, p.After[0], p.After[0], p.After[1])
	}
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(query+` ORDER BY m.place, m.volunteer_id LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	if err != nil {
		return page.Page[programme.Result]{}, err
	}
	found := make([]programme.Result, len(rows))
	for i, row := range rows {
		found[i] = programme.Result{VolunteerID: row.VolunteerID, VolunteerNumber: row.VolunteerNumber, VolunteerName: row.VolunteerName, Place: row.Place}
		if err := json.Unmarshal([]byte(row.Measured), &found[i].Measured); err != nil {
			return page.Page[programme.Result]{}, err
		}
	}
	return page.Cut(found, p, position), nil
}
