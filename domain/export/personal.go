package export

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// Section is one table of what is kept about a person. Cells are texts, whole numbers, instants, yes or no, or nothing.
type Section struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// Personal gives the caller everything that is kept about him; that he asked is kept, too. Source: 개인정보 보호법 제35조.
// Errors: export.no_person.
func (s *Service) Personal(ctx context.Context) (at time.Time, sections []Section, err error) {
	at = s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), at)
		if err != nil {
			return err
		}
		if p.VolunteerID == id.Nil {
			return ErrNoPerson
		}
		if sections, err = tx.Exports().Sections(ctx, p.VolunteerID); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: at, AccountID: &p.AccountID, Action: "export.personal",
			SubjectType: "volunteer", SubjectID: p.VolunteerID.String(), VolunteerID: &p.VolunteerID})
	})
	return at, sections, err
}
