// Package ledger keeps the account of every volunteer's recognised minutes, as a bank keeps accounts: append-only double entry.
package ledger

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// ServiceGiven is the system account that stands against every recognised minute. Its balance is summed, never kept:
// a row that every post had to lock would be the narrowest place of the city.
var ServiceGiven = id.ID{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}

// Account is a volunteer's account of minutes (자원봉사 시간 계정). Whoever holds its row may post to it.
type Account struct {
	ID           id.ID
	OwnerID      id.ID // the volunteer
	Balance      int64 // recognised minutes, the sum of all postings
	Sequence     int64 // number of the last entry, without gaps
	Head         string
	LastPostedAt *time.Time
}

// Kind says why an entry was posted.
type Kind string

const (
	Recognition Kind = "recognition" // a verified attendance, counted on a day for the first time
	Adjustment  Kind = "adjustment"  // the same day was counted again because another attendance changed
	Correction  Kind = "correction"  // the attendance's own times were corrected
	Reversal    Kind = "reversal"    // the attendance was reversed
)

// Reduction says why worked minutes do not count.
type Reduction struct {
	Rule    string `json:"rule"`
	Minutes int    `json:"minutes"`
}

// Draft is what is to be posted: a difference of recognised minutes of one attendance on one day.
type Draft struct {
	Kind          Kind
	VolunteerID   id.ID
	SourceType    string
	SourceID      id.ID
	EffectiveDay  calendar.Day
	Minutes       int // signed
	Visits        int // signed: +1 on the day a presence began, -1 when it is reversed
	WorkedMinutes int // of this attendance on this day, as known now
	Reductions    []Reduction
	FieldCode     string
	Evidence      string
	RuleVersion   int
	ActorID       id.ID
	Reason        string
}

// Entry (분개) is a draft in its place: numbered and chained in its account, with postings that sum to zero.
type Entry struct {
	Draft
	ID           id.ID
	AccountID    id.ID
	Sequence     int64
	PostedAt     time.Time
	PreviousHash string
	Hash         string
}

// Listed is an entry as the volunteer reads it.
type Listed struct {
	ID            id.ID
	Sequence      int64
	Kind          Kind
	AttendanceID  id.ID
	EffectiveDay  calendar.Day
	Minutes       int
	WorkedMinutes int
	Reductions    []Reduction
	ActivityTitle string
	Place         string
	FieldCode     string
	Evidence      string
	Reason        string
	DisputeID     *id.ID // the dispute whose grant posted it
	PostedAt      time.Time
}

// Hours is the volunteer's own account at a glance.
type Hours struct {
	RecognisedMinutes int
	PendingMinutes    int // worked, but waiting for a person to verify
	HeldMinutes       int // held back by a rule until an officer decides
	ReversedMinutes   int // once recognised and taken back by reversals
	ThisYearMinutes   int
	ByYear            []YearMinutes
	ByField           []FieldMinutes
	LastPostedAt      *time.Time
	AsOf              *time.Time // nil for now; else PendingMinutes and HeldMinutes are not known: what waited then is not kept
}

// YearMinutes are the recognised minutes of a calendar year.
type YearMinutes struct {
	Year    int
	Minutes int
}

// FieldMinutes are the recognised minutes of a 1365 field.
type FieldMinutes struct {
	FieldCode string
	FieldName string
	Minutes   int
}

// Repository is the ledger inside a transaction.
type Repository interface {
	// OpenAccounts opens the minute accounts of volunteers who have none yet.
	OpenAccounts(ctx context.Context, volunteers ...id.ID) error
	// Lock takes the accounts of volunteers in one order for everybody, so that nothing of theirs changes until the
	// transaction ends. It is the lock for every rule over several of a person's rows.
	Lock(ctx context.Context, volunteers []id.ID) (map[id.ID]Account, error)
	// Append writes entries and the accounts as they stand after them, and keeps the rollups.
	Append(ctx context.Context, entries []Entry, accounts []Account) error
}

// Reader reads one volunteer's account.
type Reader interface {
	// Hours costs the same however long the history is. Year is the present one.
	Hours(ctx context.Context, volunteer id.ID, year int) (Hours, error)
	// HoursAsOf adds up what was posted up to and with an instant; it costs as much as the history is long.
	HoursAsOf(ctx context.Context, volunteer id.ID, at time.Time, year int) (Hours, error)
	// Entries gives the newest first, up to and with an instant unless that is zero.
	Entries(ctx context.Context, volunteer id.ID, at time.Time, p page.Request) (page.Page[Listed], error)
	// Entry finds one of the volunteer's entries, or fails with ErrNotFound.
	Entry(ctx context.Context, volunteer, entry id.ID) (Listed, error)
}
