package repository

import (
	"context"

	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
)

// Duties knows who stands near to whom, as this transaction sees it.
func (tx *Tx) Duties() duty.Register { return duties{tx} }

type duties struct{ tx *Tx }

// Ties implements duty.Register: each branch goes by its own index.
func (d duties) Ties(_ context.Context, person id.ID) (duty.Ties, error) {
	if person == id.Nil {
		return nil, nil
	}
	var rows []struct {
		Other id.ID
		Tie   string
	}
	err := d.tx.Raw(`SELECT other, MIN(tie) AS tie FROM (
			SELECT g.volunteer_id AS other, 'guardian' AS tie FROM guardians g WHERE g.guardian_volunteer_id = ?
			UNION ALL SELECT g.volunteer_id, 'guardian' FROM volunteers me JOIN guardians g ON g.mobile = me.mobile WHERE me.id = ?
			UNION ALL SELECT g.guardian_volunteer_id, 'ward' FROM guardians g WHERE g.volunteer_id = ? AND g.guardian_volunteer_id IS NOT NULL
			UNION ALL SELECT v.id, 'ward' FROM guardians g JOIN volunteers v ON v.mobile = g.mobile WHERE g.volunteer_id = ?
			UNION ALL SELECT h.other_id, 'household' FROM households h WHERE h.volunteer_id = ? AND h.ended_at IS NULL
			UNION ALL SELECT h.volunteer_id, 'household' FROM households h WHERE h.other_id = ? AND h.ended_at IS NULL
		) AS o WHERE other <> ? GROUP BY other`, person, person, person, person, person, person, person).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	ties := make(duty.Ties, len(rows))
	for _, r := range rows {
		ties[r.Other] = r.Tie
	}
	return ties, nil
}

// Acts implements duty.Register.
func (d duties) Acts(_ context.Context, what string, accounts ...id.ID) ([]duty.Act, error) {
	var rows []struct {
		ID          id.ID
		VolunteerID *id.ID
	}
	err := d.tx.Raw(`SELECT id, volunteer_id FROM accounts WHERE id IN (SELECT r.id FROM `+d.tx.Records("id uuid")+`)`, IDs(accounts)).Scan(&rows).Error
	acts := make([]duty.Act, len(rows))
	for i, r := range rows {
		acts[i] = duty.Act{Account: r.ID, Case: what}
		if r.VolunteerID != nil {
			acts[i].Person = *r.VolunteerID
		}
	}
	return acts, err
}
