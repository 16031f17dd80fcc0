package proof

import (
	"context"

	"dure/domain/proof"
	"dure/domain/publication"
	publicationstore "dure/repository/publication"
)

// publications proves what was published.
func (v View) publications(ctx context.Context, broken map[string][]string) error {
	var all []publication.Publication
	if err := v.Tx.Raw(`SELECT * FROM publications WHERE state = 'published'`).Scan(&all).Error; err != nil {
		return err
	}
	kept := publicationstore.Publications{Tx: v.Tx}
	found, err := publication.Prove(ctx, all, func(ctx context.Context, p publication.Publication) ([]publication.Table, error) {
		return kept.Tables(ctx, p.ID)
	})
	if err != nil {
		return err
	}
	for invariant, rows := range map[string][]string{proof.PublishedFrozen: found.Frozen, proof.PublishedChained: found.Chained,
		proof.PublishedSafe: found.Protected} {
		for _, row := range rows {
			broken[invariant] = append(broken[invariant], "publications "+row)
		}
	}
	return nil
}
