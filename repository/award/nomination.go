package award

import (
	"context"

	"dure/domain/award"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/sqlerr"
)

const itemColumns = "round_id, kind, code, position, name_ko, name_en"

// AddRound implements award.Repository.
func (r Awards) AddRound(_ context.Context, round award.Round) error {
	err := r.Tx.Table("award_rounds").Create(&round).Error
	if sqlerr.Unique(err, "award_rounds_year_name_key") {
		return award.ErrRoundExists
	}
	if err != nil {
		return err
	}
	var rows []repository.Row
	for kind, items := range map[string][]award.Item{"category": round.Categories, "grade": round.Grades, "question": round.Questions} {
		for i, item := range items {
			rows = append(rows, repository.Row{"round_id", round.ID, "kind", kind, "code", item.Code, "position", i + 1, "name_ko", item.NameKo, "name_en", item.NameEn})
		}
	}
	return r.Tx.Exec(`INSERT INTO award_round_items (`+itemColumns+`) SELECT `+itemColumns+` FROM `+
		r.Tx.Records(`round_id uuid, kind text, code text, position int, name_ko text, name_en text`), repository.JSON(rows)).Error
}

// Round implements award.Repository.
func (r Awards) Round(_ context.Context, roundID id.ID) (award.Round, error) {
	var rounds []award.Round
	if err := r.Tx.Raw(`SELECT * FROM award_rounds WHERE id = ?`, roundID).Scan(&rounds).Error; err != nil {
		return award.Round{}, err
	}
	if len(rounds) == 0 {
		return award.Round{}, award.ErrRoundNotFound
	}
	err := items(r.Tx, rounds)
	return rounds[0], err
}

// items fills in those of rounds.
func items(tx *repository.Tx, rounds []award.Round) error {
	ids, at := make([]id.ID, len(rounds)), map[id.ID]*award.Round{}
	for i := range rounds {
		ids[i], at[rounds[i].ID] = rounds[i].ID, &rounds[i]
	}
	var rows []struct {
		RoundID id.ID
		Kind    string
		award.Item
	}
	if err := tx.Raw(`SELECT i.* FROM `+tx.Records("id uuid")+` JOIN award_round_items i ON i.round_id = r.id ORDER BY i.position`,
		repository.IDs(ids)).Scan(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		round := at[row.RoundID]
		switch row.Kind {
		case "category":
			round.Categories = append(round.Categories, row.Item)
		case "grade":
			round.Grades = append(round.Grades, row.Item)
		default:
			round.Questions = append(round.Questions, row.Item)
		}
	}
	return nil
}

// Add implements award.Repository.
func (r Awards) Add(_ context.Context, n award.Nomination, first award.NominationStep, documents []id.ID) error {
	err := r.Tx.Table("nominations").Create(&n).Error
	if sqlerr.Unique(err, "nominations_round_id_nominee_id_nominator_id_key") {
		return award.ErrNominated
	}
	if err != nil {
		return err
	}
	if err := r.Tx.Table("nomination_steps").Create(&first).Error; err != nil || len(documents) == 0 {
		return err
	}
	return r.Tx.Exec(`INSERT INTO nomination_documents (nomination_id, document_id) SELECT n.id, r.id FROM nominations n CROSS JOIN `+
		r.Tx.Records("id uuid")+` WHERE n.id = ?`, repository.IDs(documents), n.ID).Error
}

// Lock implements award.Repository.
func (r Awards) Lock(_ context.Context, nominationID id.ID) (n award.Nomination, err error) {
	found := r.Tx.Raw(`SELECT * FROM nominations WHERE id = ?`+r.Tx.Pick(" FOR NO KEY UPDATE", ""), nominationID).Scan(&n)
	if found.Error == nil && found.RowsAffected == 0 {
		return n, award.ErrNotFound
	}
	return n, found.Error
}

// Supporters implements award.Repository.
func (r Awards) Supporters(_ context.Context, nomination id.ID) (list []award.Supporter, err error) {
	err = r.Tx.Raw(`SELECT volunteer_id, account_id, supported_at FROM nomination_supports WHERE nomination_id = ? ORDER BY supported_at, volunteer_id`,
		nomination).Scan(&list).Error
	return list, err
}

// Support implements award.Repository.
func (r Awards) Support(_ context.Context, nomination id.ID, s award.Supporter) error {
	return r.Tx.Exec(`INSERT INTO nomination_supports (nomination_id, volunteer_id, account_id, supported_at) VALUES (?, ?, ?, ?)`,
		nomination, s.VolunteerID, s.AccountID, s.SupportedAt).Error
}

// Findings implements award.Repository.
func (r Awards) Findings(_ context.Context, nomination id.ID) (list []award.Finding, err error) {
	err = r.Tx.Raw(`SELECT number, question_code, passed, checked_on, found_at, found_by FROM nomination_findings WHERE nomination_id = ? ORDER BY number`,
		nomination).Scan(&list).Error
	return list, err
}

// Find implements award.Repository.
func (r Awards) Find(_ context.Context, nomination id.ID, f award.Finding) error {
	return r.Tx.Exec(`INSERT INTO nomination_findings (nomination_id, number, question_code, passed, checked_on, found_at, found_by)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, nomination, f.Number, f.QuestionCode, f.Passed, f.CheckedOn, f.FoundAt, f.FoundBy).Error
}

// Move implements award.Repository. Who nominated whom, for what and why, never changes.
func (r Awards) Move(_ context.Context, n award.Nomination, step award.NominationStep) error {
	if err := r.Tx.Exec(`UPDATE nominations SET state = ?, supports = ?, consent = ?, published = ?, outcome = ?, grade_code = ?,
		proposed_by = ?, decided_by = ?, decided_at = ?, steps = ? WHERE id = ?`, n.State, n.Supports, n.Consent, n.Published, n.Outcome,
		n.GradeCode, n.ProposedBy, n.DecidedBy, n.DecidedAt, n.Steps, n.ID).Error; err != nil {
		return err
	}
	return r.Tx.Table("nomination_steps").Create(&step).Error
}

// Story implements award.Repository.
func (r Awards) Story(ctx context.Context, nominationID id.ID) (s award.Story, err error) {
	found := listed(r.Tx).Where("n.id = ?", nominationID).Scan(&s.Listed)
	if found.Error == nil && found.RowsAffected == 0 {
		return s, award.ErrNotFound
	}
	if found.Error != nil {
		return s, found.Error
	}
	if s.Supported, err = r.Supporters(ctx, nominationID); err != nil {
		return s, err
	}
	if s.Found, err = r.Findings(ctx, nominationID); err != nil {
		return s, err
	}
	if err := r.Tx.Raw(`SELECT * FROM nomination_steps WHERE nomination_id = ? ORDER BY number`, nominationID).Scan(&s.Told).Error; err != nil {
		return s, err
	}
	err = r.Tx.Raw(`SELECT d.* FROM nomination_documents x JOIN documents d ON d.id = x.document_id WHERE x.nomination_id = ? ORDER BY d.id`,
		nominationID).Scan(&s.Documents).Error
	return s, err
}
