package programme

import (
	"context"

	"dure/domain/kernel/id"
	"dure/domain/programme"
	"dure/repository"
)

// Available implements programme.Repository.
func (r Programmes) Available(_ context.Context, programmeID id.ID) (left int64, err error) {
	err = r.Tx.Raw(`SELECT COALESCE(SUM(balance), 0) FROM ledger_accounts WHERE owner_id = ? AND kind = 'programme_points'`, programmeID).Row().Scan(&left)
	return left, err
}

// Funds implements programme.Repository.
func (r Programmes) Funds(_ context.Context, programmeID id.ID) (all []programme.Fund, err error) {
	err = r.Tx.Raw(`SELECT * FROM programme_funds WHERE programme_id = ?`, programmeID).Scan(&all).Error
	return all, err
}

// AddFund implements programme.Repository.
func (r Programmes) AddFund(_ context.Context, f programme.Fund) error {
	return r.Tx.Table("programme_funds").Create(&f).Error
}

const payColumns = "number int, paid date"

func payRows(pays []programme.Pay) string {
	rows := make([]repository.Row, len(pays))
	for i, p := range pays {
		rows[i] = repository.Row{"number", p.Number, "paid", p.Paid}
	}
	return repository.JSON(rows)
}

// Earners implements programme.Repository.
func (r Programmes) Earners(_ context.Context, programmeID id.ID, pays []programme.Pay, after id.ID, limit int) (persons []id.ID, err error) {
	err = r.Tx.Raw(`SELECT DISTINCT h.volunteer_id FROM (SELECT number, paid FROM `+r.Tx.Records(payColumns)+`) AS p
		JOIN holdings h ON h.programme_id = ? AND h.number = p.number AND h.benefit = 'mileage' AND h.granted_at IS NOT NULL AND h.volunteer_id > ?
		JOIN ledger_accounts a ON a.owner_id = h.volunteer_id AND a.kind = 'volunteer_minutes'
		WHERE a.sequence > h.accrued OR p.paid IS NOT NULL AND (h.paid_to IS NULL OR h.paid_to < p.paid)
		ORDER BY h.volunteer_id LIMIT ?`, payRows(pays), programmeID, after, limit).Scan(&persons).Error
	return persons, err
}

// Mileage implements programme.Repository.
func (r Programmes) Mileage(_ context.Context, programmeID id.ID, persons []id.ID) (holdings []programme.Holding, err error) {
	err = r.Tx.Raw(`SELECT h.* FROM `+r.Tx.Records("id uuid")+` JOIN holdings h ON h.volunteer_id = r.id AND h.programme_id = ? AND h.benefit = 'mileage'
		WHERE h.granted_at IS NOT NULL ORDER BY h.volunteer_id, h.valid_from, h.id`, repository.IDs(persons), programmeID).Scan(&holdings).Error
	return holdings, err
}

// Minutes implements programme.Repository.
func (r Programmes) Minutes(_ context.Context, stretches []programme.Stretch, c programme.Condition, a programme.Atlas) (all []programme.YearMinutes, err error) {
	rows := make([]repository.Row, len(stretches))
	for i, s := range stretches {
		rows[i] = repository.Row{"id", s.VolunteerID, "from_day", s.From, "to_day", s.To, "camp_id", s.CampID, "camp_region", s.CampRegion}
	}
	q, l := &query{}, leaf{Condition: c}
	q.add(`WITH people AS (SELECT r.id, a.id AS account_id, r.camp_id, r.camp_region, r.from_day, r.to_day, v.status FROM `+
		r.Tx.Records("id uuid, from_day date, to_day date, camp_id uuid, camp_region text")+`
		JOIN ledger_accounts a ON a.owner_id = r.id AND a.kind = 'volunteer_minutes' JOIN volunteers v ON v.id = r.id)`, repository.JSON(rows))
	q.gus(r.Tx, []leaf{l}, a)
	q.add(` SELECT p.id AS volunteer_id, p.status = 'active' AS active, ` +
		r.Tx.Pick(`CAST(EXTRACT(year FROM e.effective_day) AS integer)`, `CAST(strftime('%Y', e.effective_day) AS integer)`) + ` AS year,
		SUM(o.amount) AS minutes FROM people p JOIN ledger_entries e ON e.account_id = p.account_id AND e.effective_day BETWEEN p.from_day AND p.to_day
		JOIN ledger_postings o ON o.entry_id = e.id AND o.account_id = e.account_id`)
	q.joined([]leaf{l})
	q.add(` WHERE 1 = 1`)
	q.matches(l, a)
	q.add(` GROUP BY 1, 2, 3`)
	err = r.Tx.Raw(q.String(), q.args...).Scan(&all).Error
	return all, err
}

// Counted implements programme.Repository.
func (r Programmes) Counted(_ context.Context, programmeID id.ID, pays []programme.Pay, persons []id.ID) error {
	if len(persons) == 0 {
		return nil
	}
	return r.Tx.Exec(`UPDATE holdings SET accrued = s.sequence, paid_to = s.paid FROM (
			SELECT a.owner_id, a.sequence, p.number, p.paid FROM `+r.Tx.Records("id uuid")+`
			JOIN ledger_accounts a ON a.owner_id = r.id AND a.kind = 'volunteer_minutes'
			CROSS JOIN (SELECT number, paid FROM `+r.Tx.Records(payColumns)+`) AS p
		) AS s WHERE holdings.programme_id = ? AND holdings.volunteer_id = s.owner_id AND holdings.number = s.number
			AND holdings.benefit = 'mileage' AND holdings.granted_at IS NOT NULL`, repository.IDs(persons), payRows(pays), programmeID).Error
}
