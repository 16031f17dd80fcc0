package claim

import (
	"context"

	"gorm.io/gorm"

	"dure/domain/claim"
	"dure/domain/document"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/repository"
)

// row is a claim as lists read it.
type row struct {
	claim.Claim
	VolunteerNumber string
	VolunteerName   string
}

func listed(tx *repository.Tx) *gorm.DB {
	return tx.Table("claims c").Select("c.*, v.number AS volunteer_number, v.name AS volunteer_name").Joins("JOIN volunteers v ON v.id = c.volunteer_id")
}

// fill adds to claims what is known of their cover and which papers are missing.
func (r Claims) fill(ctx context.Context, rows []row) ([]claim.Listed, error) {
	found, at, ids := make([]claim.Listed, len(rows)), make(map[id.ID]int, len(rows)), make([]id.ID, len(rows))
	for i, one := range rows {
		found[i] = claim.Listed{Claim: one.Claim, VolunteerNumber: one.VolunteerNumber, VolunteerName: one.VolunteerName}
		at[one.ID], ids[i] = i, one.ID
	}
	var covers []claim.Cover
	if err := r.Tx.Raw(`SELECT k.* FROM `+r.Tx.Records("id uuid")+` JOIN claims c ON c.id = r.id
		JOIN claim_covers k ON k.claim_id = c.id AND k.number = c.cover_number`, repository.IDs(ids)).Scan(&covers).Error; err != nil {
		return nil, err
	}
	for _, k := range covers {
		found[at[k.ClaimID]].Cover = k
	}
	required, err := r.Required(ctx, ids)
	for _, paper := range required {
		if l := &found[at[paper.ClaimID]]; !paper.Given {
			l.Missing = append(l.Missing, paper)
		}
	}
	return found, err
}

// Required implements claim.Repository: papers of the items claimed, as the contract's version had them that was found last.
func (r Claims) Required(_ context.Context, claims []id.ID) (required []claim.Required, err error) {
	err = r.Tx.Raw(`SELECT c.id AS claim_id, p.code, MIN(p.name_ko) AS name_ko, MIN(p.name_en) AS name_en,
			EXISTS (SELECT 1 FROM claim_documents d WHERE d.claim_id = c.id AND d.code = p.code) AS given
		FROM `+r.Tx.Records("id uuid")+` JOIN claims c ON c.id = r.id
		JOIN claim_covers k ON k.claim_id = c.id AND k.number = c.cover_number
		JOIN claim_items x ON x.claim_id = c.id
		JOIN insurance_items i ON i.contract_id = k.contract_id AND i.version = k.version AND i.kind = x.kind
			AND i.age_from <= k.age AND (i.age_to IS NULL OR i.age_to >= k.age)
		JOIN insurance_papers p ON p.item_id = i.id
		GROUP BY c.id, p.code ORDER BY c.id, MIN(p.position), p.code`, repository.IDs(claims)).Scan(&required).Error
	return required, err
}

// Listed implements claim.Repository.
func (r Claims) Listed(ctx context.Context, claimID id.ID) (claim.Listed, error) {
	var rows []row
	if err := listed(r.Tx).Where("c.id = ?", claimID).Scan(&rows).Error; err != nil {
		return claim.Listed{}, err
	}
	if len(rows) == 0 {
		return claim.Listed{}, claim.ErrNotFound
	}
	found, err := r.fill(ctx, rows)
	if err != nil {
		return claim.Listed{}, err
	}
	return found[0], nil
}

// Full implements claim.Repository.
func (r Claims) Full(ctx context.Context, claimID id.ID) (f claim.Full, err error) {
	if f.Listed, err = r.Listed(ctx, claimID); err != nil {
		return f, err
	}
	if f.Kinds, err = r.Kinds(ctx, claimID); err != nil {
		return f, err
	}
	if err := r.Tx.Raw(`SELECT * FROM claim_steps WHERE claim_id = ? ORDER BY number`, claimID).Scan(&f.Story).Error; err != nil {
		return f, err
	}
	if err := r.Tx.Raw(`SELECT * FROM claim_consents WHERE claim_id = ? ORDER BY given_at, id`, claimID).Scan(&f.Consents).Error; err != nil {
		return f, err
	}
	if err := r.Tx.Raw(`SELECT a.*, i.kind, i.name_ko, i.name_en FROM claim_amounts a JOIN insurance_items i ON i.id = a.item_id
		WHERE a.claim_id = ? ORDER BY i.kind`, claimID).Scan(&f.Amounts).Error; err != nil {
		return f, err
	}
	var papers []claim.Paper
	if err := r.Tx.Raw(`SELECT * FROM claim_documents WHERE claim_id = ? ORDER BY document_id`, claimID).Scan(&papers).Error; err != nil {
		return f, err
	}
	var documents []document.Document
	err = r.Tx.Raw(`SELECT d.* FROM claim_documents x JOIN documents d ON d.id = x.document_id WHERE x.claim_id = ? ORDER BY d.id`, claimID).Scan(&documents).Error
	if err != nil {
		return f, err
	}
	for i, d := range documents { // the same rows in the same order
		f.Papers = append(f.Papers, claim.Handed{Paper: papers[i], Document: d})
	}
	return f, nil
}

// List implements claim.Repository.
func (r Claims) List(ctx context.Context, scope claim.Scope, f claim.Filter, p page.Request) (page.Page[claim.Listed], error) {
	q := listed(r.Tx)
	switch {
	case scope.VolunteerID != id.Nil:
		q = q.Where("c.volunteer_id = ?", scope.VolunteerID)
	case scope.OrganiserID != id.Nil:
		q = q.Where("c.organiser_id = ?", scope.OrganiserID)
	}
	if f.State != "" {
		q = q.Where("c.state = ?", f.State)
	}
	if len(p.After) == 1 {
		q = q.Where("c.id < ?", p.After[0])
	}
	var rows []row
	if err := q.Order("c.id DESC").Limit(p.Limit + 1).Scan(&rows).Error; err != nil {
		return page.Page[claim.Listed]{}, err
	}
	found, err := r.fill(ctx, rows)
	return page.Cut(found, p, func(l claim.Listed) []string { return []string{l.ID.String()} }), err
}

// Lines implements claim.Repository.
func (r Claims) Lines(_ context.Context, contract id.ID, from, to calendar.Day, most int) (lines []claim.Line, err error) {
	err = r.Tx.Raw(`SELECT c.id AS claim_id, v.id AS volunteer_id, v.name, v.birth_date, v.sex, c.happened_at, c.place,
			COALESCE(m.name, d.name, '') AS organiser_name, c.state, x.kind, COALESCE(i.name_ko, x.kind) AS name_ko, COALESCE(i.name_en, x.kind) AS name_en,
			a.days, COALESCE(a.amount_won, 0) AS amount_won
		FROM claims c JOIN volunteers v ON v.id = c.volunteer_id
		JOIN claim_covers k ON k.claim_id = c.id AND k.number = c.cover_number
		JOIN claim_items x ON x.claim_id = c.id
		LEFT JOIN insurance_items i ON i.contract_id = k.contract_id AND i.version = k.version AND i.kind = x.kind
			AND i.age_from <= k.age AND (i.age_to IS NULL OR i.age_to >= k.age)
		LEFT JOIN claim_amounts a ON a.claim_id = c.id AND a.item_id = i.id
		LEFT JOIN camps m ON m.id = c.organiser_id LEFT JOIN demand_sites d ON d.id = c.organiser_id
		WHERE c.day >= ? AND c.day <= ? AND k.contract_id = ? AND c.state NOT IN ('reported', 'documents', 'withdrawn')
			AND EXISTS (SELECT 1 FROM claim_steps s WHERE s.claim_id = c.id AND s.state = 'filed')
		ORDER BY c.happened_at, c.id, x.kind LIMIT ?`, from, to, contract, most+1).Scan(&lines).Error
	return lines, err
}
