package proof

import (
	"context"
	"database/sql"

	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/proof"
	"dure/repository"
)

// atOnce bounds how many entries are held in memory; one account alone may have more.
const atOnce = 20_000

// chained are the kinds of accounts that have a chain of entries.
const chained = `('volunteer_minutes', 'volunteer_points', 'programme_points', 'merchant_paid')`

// Books implements proof.View.
func (v View) Books(_ context.Context, after id.ID, accounts int) ([]proof.Book, error) {
	books, err := v.accounts(after, accounts)
	if err != nil || len(books) == 0 {
		return nil, err
	}
	first, last := books[0].Account.ID, books[len(books)-1].Account.ID
	accountIDs := make([]id.ID, len(books))
	byAccount, byOwner := map[id.ID]*proof.Book{}, map[id.ID]*proof.Book{}
	var owners []id.ID
	for i := range books {
		a := books[i].Account
		accountIDs[i], byAccount[a.ID] = a.ID, &books[i]
		if a.Kind == ledger.VolunteerMinutes {
			byOwner[a.OwnerID], owners = &books[i], append(owners, a.OwnerID)
		}
	}
	legs, err := v.legs(accountIDs)
	if err != nil {
		return nil, err
	}
	if err := v.entries(first, last, func(e proof.Entry) {
		if b := byAccount[e.AccountID]; b != nil {
			e.Legs = legs[e.ID]
			b.Entries = append(b.Entries, e)
		}
	}); err != nil {
		return nil, err
	}
	if err := v.attendances(owners, func(volunteer id.ID, a proof.Attendance) {
		b := byOwner[volunteer]
		b.Attendances = append(b.Attendances, a)
	}); err != nil {
		return nil, err
	}
	return books, v.certificates(owners, func(c proof.Certificate) {
		b := byOwner[c.VolunteerID]
		b.Certificates = append(b.Certificates, c)
	})
}

// accounts begins the books of the accounts that follow.
func (v View) accounts(after id.ID, limit int) ([]proof.Book, error) {
	var accounts []ledger.Account
	err := v.Tx.Raw(`SELECT id, kind, owner_id, balance, sequence, head, last_posted_at FROM ledger_accounts
		WHERE kind IN `+chained+` AND id > ? ORDER BY id LIMIT ?`, after, limit).Scan(&accounts).Error
	books, entries := make([]proof.Book, 0, len(accounts)), int64(0)
	for _, a := range accounts {
		if entries += a.Sequence; entries > atOnce && len(books) > 0 {
			break
		}
		books = append(books, proof.Book{Account: a})
	}
	return books, err
}

// legs reads the postings of all entries of accounts. They are named one by one: of a range of them PostgreSQL expects so many
// entries that it reads all postings of the city, each time.
func (v View) legs(accounts []id.ID) (map[id.ID][]ledger.Posting, error) {
	legs := map[id.ID][]ledger.Posting{}
	return legs, v.Tx.Each(func(rows repository.Scanner) error {
		var (
			entry id.ID
			leg   ledger.Posting
		)
		err := rows.Scan(&entry, &leg.AccountID, &leg.Amount)
		legs[entry] = append(legs[entry], leg)
		return err
	}, `SELECT p.entry_id, p.account_id, p.amount FROM `+v.Tx.Records("id uuid")+` JOIN ledger_entries e ON e.account_id = r.id
		JOIN ledger_postings p ON p.entry_id = e.id ORDER BY p.entry_id, p.line`, repository.IDs(accounts))
}

// entries reads all entries of the accounts from first to last, each account's in order.
func (v View) entries(first, last id.ID, tell func(proof.Entry)) error {
	return v.Tx.Each(func(rows repository.Scanner) error {
		var e proof.Entry
		err := rows.Scan(&e.ID, &e.AccountID, &e.Sequence, &e.Kind, &e.VolunteerID, &e.SourceType, &e.SourceID, &e.EffectiveDay, &e.PostedAt,
			&e.Visits, &e.WorkedMinutes, &e.ReductionsText, &e.FieldCode, &e.Evidence, &e.RuleVersion, &e.ActorID, &e.Reason,
			&e.PreviousHash, &e.Hash)
		tell(e)
		return err
	}, `SELECT id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits,
			worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash
		FROM ledger_entries WHERE account_id BETWEEN ? AND ? ORDER BY account_id, sequence`, first, last)
}

// attendances reads all attendances of persons.
func (v View) attendances(volunteers []id.ID, tell func(volunteer id.ID, a proof.Attendance)) error {
	return v.Tx.Each(func(rows repository.Scanner) error {
		var (
			volunteer id.ID
			a         proof.Attendance
			out       sql.NullTime
		)
		err := rows.Scan(&a.AttendanceID, &volunteer, &a.ShiftID, &a.FieldCode, &a.In, &out, &a.ShiftStart, &a.ShiftEnd, &a.BreakMinutes,
			&a.TravelMinutes, &a.State, &a.Day, &a.WorkedMinutes, &a.RecognisedMinutes)
		if a.Out = a.In; out.Valid {
			a.Out = out.Time
		}
		tell(volunteer, a)
		return err
	}, `SELECT a.id, a.volunteer_id, a.shift_id, t.field_code, a.counted_in_at, a.counted_out_at, s.starts_at, s.ends_at, s.break_minutes,
			a.travel_minutes, a.state, a.day, a.worked_minutes, a.recognised_minutes
		FROM `+v.Tx.Records("id uuid")+` JOIN attendances a ON a.volunteer_id = r.id
		JOIN shifts s ON s.id = a.shift_id JOIN activities t ON t.id = a.activity_id ORDER BY a.id`, repository.IDs(volunteers))
}
