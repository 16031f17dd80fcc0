// Package ledger keeps the account of every volunteer's recognised minutes, as a bank keeps accounts: append-only double entry.
package ledger

import (
	"context"

	"dure/domain/kernel/id"
)

// Repository is the ledger inside a transaction.
type Repository interface {
	// OpenAccounts opens the minute accounts of volunteers who have none yet.
	OpenAccounts(ctx context.Context, volunteers ...id.ID) error
}
