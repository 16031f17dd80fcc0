package proof

import (
	"context"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/proof"
	"dure/domain/recognition"
	"dure/repository"
)

// atOnce bounds how many entries are held in memory; one account alone may have more.
const atOnce = 20_000

// Books implements proof.View.
func (v View) Books(_ context.Context, after id.ID, accounts int) ([]proof.Book, error) {
	books, err := v.accounts(after, accounts)
	if err != nil || len(books) == 0 {
		return nil, err
	}
	first, last := books[0].Account.ID, books[len(books)-1].Account.ID
	byAccount, byOwner := map[id.ID]*proof.Book{}, map[id.ID]*proof.Book{}
	owners := make([]id.ID, len(books))
	for i := range books {
		a := books[i].Account
		byAccount[a.ID], byOwner[a.OwnerID], owners[i] = &books[i], &books[i], a.OwnerID
	}
	legs, err := v.legs(first, last)
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
	return books, v.attendances(owners, func(volunteer id.ID, a proof.Attendance) {
		b := byOwner[volunteer]
		b.Attendances = append(b.Attendances, a)
	})
}

// accounts begins the books of the accounts that follow.
func (v View) accounts(after id.ID, limit int) ([]proof.Book, error) {
	var accounts []ledger.Account
	err := v.Tx.Raw(`SELECT id, owner_id, balance, sequence, head, last_posted_at FROM ledger_accounts
		WHERE kind = 'volunteer_minutes' AND id > ? ORDER BY id LIMIT ?`, after, limit).Scan(&accounts).Error
	books, entries := make([]proof.Book, 0, len(accounts)), int64(0)
	for _, a := range accounts {
		if entries += a.Sequence; entries > atOnce && len(books) > 0 {
			break
		}
		books = append(books, proof.Book{Account: a})
	}
	return books, err
}

// legs reads the postings of all entries of the accounts from first to last.
func (v View) legs(first, last id.ID) (map[id.ID][]ledger.Posting, error) {
	var rows []struct {
		EntryID   id.ID
		AccountID id.ID
		Amount    int64
	}
	err := v.Tx.Raw(`SELECT p.entry_id, p.account_id, p.amount FROM ledger_entries e JOIN ledger_postings p ON p.entry_id = e.id
		WHERE e.account_id BETWEEN ? AND ? ORDER BY p.entry_id, p.line`, first, last).Scan(&rows).Error
	legs := make(map[id.ID][]ledger.Posting, len(rows)/2)
	for _, r := range rows {
		legs[r.EntryID] = append(legs[r.EntryID], ledger.Posting{AccountID: r.AccountID, Amount: r.Amount})
	}
	return legs, err
}

type entryRow struct {
	ID            id.ID
	AccountID     id.ID
	Sequence      int64
	Kind          ledger.Kind
	VolunteerID   id.ID
	SourceType    string
	SourceID      id.ID
	EffectiveDay  calendar.Day
	PostedAt      time.Time
	Visits        int
	WorkedMinutes int
	Reductions    string
	FieldCode     string
	Evidence      string
	RuleVersion   int
	ActorID       id.ID
	Reason        string
	PreviousHash  string
	Hash          string
}

func (r entryRow) entry() proof.Entry {
	return proof.Entry{ReductionsText: r.Reductions, Entry: ledger.Entry{
		ID: r.ID, AccountID: r.AccountID, Sequence: r.Sequence, PostedAt: r.PostedAt, PreviousHash: r.PreviousHash, Hash: r.Hash,
		Draft: ledger.Draft{Kind: r.Kind, VolunteerID: r.VolunteerID, SourceType: r.SourceType, SourceID: r.SourceID,
			EffectiveDay: r.EffectiveDay, Visits: r.Visits, WorkedMinutes: r.WorkedMinutes, FieldCode: r.FieldCode,
			Evidence: r.Evidence, RuleVersion: r.RuleVersion, ActorID: r.ActorID, Reason: r.Reason},
	}}
}

// entries reads all entries of the accounts from first to last, each account's in order.
func (v View) entries(first, last id.ID, tell func(proof.Entry)) error {
	var rows []entryRow
	err := v.Tx.Raw(`SELECT id, account_id, sequence, kind, volunteer_id, source_type, source_id, effective_day, posted_at, visits,
			worked_minutes, reductions, field_code, evidence, rule_version, actor_id, reason, previous_hash, hash
		FROM ledger_entries WHERE account_id BETWEEN ? AND ? ORDER BY account_id, sequence`, first, last).Scan(&rows).Error
	for _, r := range rows {
		tell(r.entry())
	}
	return err
}

type attendanceRow struct {
	ID                id.ID
	VolunteerID       id.ID
	ShiftID           id.ID
	FieldCode         string
	CountedInAt       time.Time
	CountedOutAt      *time.Time
	StartsAt          time.Time
	EndsAt            time.Time
	BreakMinutes      int
	TravelMinutes     int
	State             attendance.State
	Day               calendar.Day
	WorkedMinutes     int
	RecognisedMinutes int
}

func (r attendanceRow) attendance() proof.Attendance {
	out := r.CountedInAt
	if r.CountedOutAt != nil {
		out = *r.CountedOutAt
	}
	return proof.Attendance{State: r.State, Day: r.Day, WorkedMinutes: r.WorkedMinutes, RecognisedMinutes: r.RecognisedMinutes,
		Presence: recognition.Presence{AttendanceID: r.ID, ShiftID: r.ShiftID, FieldCode: r.FieldCode, In: r.CountedInAt, Out: out,
			ShiftStart: r.StartsAt, ShiftEnd: r.EndsAt, BreakMinutes: r.BreakMinutes, TravelMinutes: r.TravelMinutes}}
}

// attendances reads all attendances of persons.
func (v View) attendances(volunteers []id.ID, tell func(volunteer id.ID, a proof.Attendance)) error {
	var rows []attendanceRow
	err := v.Tx.Raw(`SELECT a.id, a.volunteer_id, a.shift_id, t.field_code, a.counted_in_at, a.counted_out_at, s.starts_at, s.ends_at,
			s.break_minutes, a.travel_minutes, a.state, a.day, a.worked_minutes, a.recognised_minutes
		FROM `+v.Tx.Records("id uuid")+` JOIN attendances a ON a.volunteer_id = r.id
		JOIN shifts s ON s.id = a.shift_id JOIN activities t ON t.id = a.activity_id ORDER BY a.id`, repository.IDs(volunteers)).Scan(&rows).Error
	for _, r := range rows {
		tell(r.VolunteerID, r.attendance())
	}
	return err
}
