// Package ledger keeps accounts, entries and postings.
package ledger

import (
	"context"

	"dure/domain/kernel/id"
	"dure/repository"
)

// Ledger implements ledger.Repository inside a transaction.
type Ledger struct{ Tx *repository.Tx }

// OpenAccounts implements ledger.Repository.
func (l Ledger) OpenAccounts(_ context.Context, volunteers ...id.ID) error {
	rows := make([]repository.Row, len(volunteers))
	for i, v := range volunteers {
		rows[i] = repository.Row{"id": id.New(), "owner_id": v}
	}
	return l.Tx.Exec(`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
		SELECT id, 'volunteer_minutes', owner_id, 'minute', 0, 0, '' FROM `+l.Tx.Records("id uuid, owner_id uuid")+`
		WHERE true ON CONFLICT DO NOTHING`, repository.JSON(rows)).Error
}
