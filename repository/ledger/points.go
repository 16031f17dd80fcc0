package ledger

import (
	"context"

	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/repository"
)

// MinuteKinds are the kinds of entries in accounts of minutes, for queries that go through the entries without their
// accounts. `dure verify` proves that an entry's kind and its account's go together.
const MinuteKinds = `('recognition', 'adjustment', 'correction', 'reversal')`

// LockPoints implements ledger.Repository.
func (l Ledger) LockPoints(_ context.Context, volunteers []id.ID) (map[id.ID]ledger.Account, error) {
	accounts, err := l.lock("kind = 'volunteer_points'", volunteers)
	if err != nil {
		return nil, err
	}
	var missing []id.ID
	for _, v := range volunteers {
		if _, ok := accounts[v]; !ok {
			missing = append(missing, v)
		}
	}
	if len(missing) == 0 {
		return accounts, nil
	}
	if err := l.open(ledger.VolunteerPoints, missing); err != nil {
		return nil, err
	}
	return l.lock("kind = 'volunteer_points'", volunteers)
}

// LockBudgets implements ledger.Repository.
func (l Ledger) LockBudgets(_ context.Context, programmes []id.ID) (map[id.ID]ledger.Account, error) {
	return l.lock("kind = 'programme_points'", programmes)
}

// LockPaid implements ledger.Repository.
func (l Ledger) LockPaid(_ context.Context, merchant id.ID) (ledger.Account, error) {
	if err := l.open(ledger.MerchantPaid, []id.ID{merchant}); err != nil {
		return ledger.Account{}, err
	}
	accounts, err := l.lock("kind = 'merchant_paid'", []id.ID{merchant})
	return accounts[merchant], err
}

// OpenBudget implements ledger.Repository.
func (l Ledger) OpenBudget(_ context.Context, programme id.ID) error {
	return l.open(ledger.ProgrammePoints, []id.ID{programme})
}

// Counters implements ledger.Repository.
func (l Ledger) Counters(_ context.Context, kind ledger.AccountKind, owners []id.ID) (map[id.ID]id.ID, error) {
	found := make(map[id.ID]id.ID, len(owners))
	read := func() error {
		var rows []struct{ ID, OwnerID id.ID }
		err := l.Tx.Raw(`SELECT id, owner_id FROM ledger_accounts WHERE kind = ? AND owner_id IN (SELECT r.id FROM `+l.Tx.Records("id uuid")+`)`,
			kind, repository.IDs(owners)).Scan(&rows).Error
		for _, r := range rows {
			found[r.OwnerID] = r.ID
		}
		return err
	}
	if len(owners) == 0 {
		return found, nil
	}
	if err := read(); err != nil || len(found) == len(owners) {
		return found, err
	}
	if err := l.open(kind, owners); err != nil {
		return nil, err
	}
	return found, read()
}

// open opens accounts of points in the order of their owners, so that two who open the same ones do not stand in each other's way.
func (l Ledger) open(kind ledger.AccountKind, owners []id.ID) error {
	rows := make([]repository.Row, len(owners))
	for i, o := range owners {
		rows[i] = repository.Row{"id", id.New(), "owner_id", o}
	}
	return l.Tx.Exec(`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
		SELECT id, `+l.Tx.Pick("?::text", "?")+`, owner_id, 'point', 0, 0, '' FROM `+l.Tx.Records("id uuid, owner_id uuid")+`
		WHERE true ORDER BY owner_id ON CONFLICT DO NOTHING`, kind, repository.JSON(rows)).Error
}

// appendPoints writes entries of points: the same rows as of minutes, with as many legs as they have and no rollups.
func (l Ledger) appendPoints(entries []ledger.Entry, rows string) error {
	var legs []repository.Row
	for _, e := range entries {
		for i, leg := range e.Legs() {
			legs = append(legs, repository.Row{"entry_id", e.ID, "line", i + 1, "account_id", leg.AccountID, "amount", leg.Amount})
		}
	}
	r := "WITH r AS (SELECT * FROM " + l.Tx.Records(recordColumns) + ") "
	if err := l.Tx.Exec(r+writeEntries, rows).Error; err != nil {
		return err
	}
	if err := l.Tx.Exec(`INSERT INTO ledger_postings (entry_id, line, account_id, amount) SELECT entry_id, line, account_id, amount FROM `+
		l.Tx.Records("entry_id uuid, line int, account_id uuid, amount bigint"), repository.JSON(legs)).Error; err != nil {
		return err
	}
	return l.Tx.Exec(r+moveAccounts, rows).Error
}
