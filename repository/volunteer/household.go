package volunteer

import (
	"context"

	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Household implements volunteer.Repository.
func (r Volunteers) Household(_ context.Context, a, b id.ID) (h volunteer.Household, found bool, err error) {
	row := r.Tx.Raw(`SELECT * FROM households WHERE ended_at IS NULL
		AND (volunteer_id = ? AND other_id = ? OR volunteer_id = ? AND other_id = ?)`, a, b, b, a).Scan(&h)
	return h, row.RowsAffected > 0, row.Error
}

// AddHousehold implements volunteer.Repository.
func (r Volunteers) AddHousehold(_ context.Context, h volunteer.Household, most int) (full bool, err error) {
	done := r.Tx.Exec(`INSERT INTO households (id, volunteer_id, other_id, declared_at, declared_by, reason)
		SELECT `+r.Tx.Pick(`?::uuid, ?::uuid, ?::uuid, ?::timestamptz, ?::uuid, ''`, `?, ?, ?, ?, ?, ''`)+`
		WHERE (SELECT COUNT(*) FROM households WHERE volunteer_id = ? AND ended_at IS NULL) < ?`,
		h.ID, h.VolunteerID, h.OtherID, h.DeclaredAt, h.DeclaredBy, h.VolunteerID, most)
	return done.Error == nil && done.RowsAffected == 0, done.Error
}

// LockHousehold implements volunteer.Repository.
func (r Volunteers) LockHousehold(_ context.Context, household id.ID) (h volunteer.Household, err error) {
	found := r.Tx.Raw(`SELECT * FROM households WHERE id = ?`+r.Tx.Pick(` FOR NO KEY UPDATE`, ``), household).Scan(&h)
	if found.Error == nil && found.RowsAffected == 0 {
		return h, volunteer.ErrHouseholdNotFound
	}
	return h, found.Error
}

// EndHousehold implements volunteer.Repository.
func (r Volunteers) EndHousehold(_ context.Context, h volunteer.Household) error {
	return r.Tx.Exec(`UPDATE households SET ended_at = ?, ended_by = ?, reason = ? WHERE id = ?`, h.EndedAt, h.EndedBy, h.Reason, h.ID).Error
}

// Housemates implements volunteer.Repository.
func (r Volunteers) Housemates(_ context.Context, person id.ID) (mates []volunteer.Housemate, err error) {
	err = r.Tx.Raw(`SELECT h.id, v.name, h.volunteer_id = ? AS declared, h.declared_at FROM households h
		JOIN volunteers v ON v.id = CASE WHEN h.volunteer_id = ? THEN h.other_id ELSE h.volunteer_id END
		WHERE (h.volunteer_id = ? OR h.other_id = ?) AND h.ended_at IS NULL ORDER BY h.id DESC LIMIT 100`,
		person, person, person, person).Scan(&mates).Error
	return mates, err
}
