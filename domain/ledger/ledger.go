// Package ledger keeps the accounts of every volunteer's recognised minutes and points, as a bank keeps accounts: append-only
// double entry.
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

// Where points (마일리지) come from, and where they go when they expire.
var (
	PointsIssued  = id.ID{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2}
	PointsExpired = id.ID{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 3}
)

// AccountKind says what an account holds, and whose it is. Minutes and points never meet in one entry.
type AccountKind string

// Accounts with a chain of entries; their balance stands in their row, which is the lock for every rule on it.
const (
	VolunteerMinutes AccountKind = "volunteer_minutes" // of a volunteer
	VolunteerPoints  AccountKind = "volunteer_points"  // of a volunteer, opened with his first points
	ProgrammePoints  AccountKind = "programme_points"  // a programme's budget: its chain holds the funding, its balance follows the grants too
	MerchantPaid     AccountKind = "merchant_paid"     // of a merchant: what he was paid, opened with the first payment
)

// Accounts that only stand against others; their sums are read, never kept.
const (
	DonatedPoints  AccountKind = "points_donated"  // of a cause
	OwedPoints     AccountKind = "points_debt"     // of a volunteer; below zero by what he owes
	MerchantPoints AccountKind = "merchant_points" // of a merchant: what he is owed, less what he was paid
)

// Account (계정) is an account with a chain. Whoever holds its row may post to it.
type Account struct {
	ID           id.ID
	Kind         AccountKind
	OwnerID      id.ID
	Balance      int64 // minutes or points, the sum of all postings
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

// Kinds of entries in accounts of points.
const (
	Funding      Kind = "funding"      // a programme's budget was raised
	Grant        Kind = "grant"        // a programme gave points to a volunteer
	Redemption   Kind = "redemption"   // spent at a merchant
	Cancellation Kind = "cancellation" // a redemption was taken back
	Expiry       Kind = "expiry"       // nobody used them in time
	Donation     Kind = "donation"     // given to a cause
	TakeBack     Kind = "take_back"    // the minutes behind them are gone
	Settlement   Kind = "settlement"   // went into what was owed
	Payment      Kind = "payment"      // a merchant was paid for what was redeemed at his counter
)

// Reduction says why worked minutes do not count.
type Reduction struct {
	Rule    string `json:"rule"`
	Minutes int    `json:"minutes"`
}

// Draft is what is to be posted: a difference of recognised minutes of one attendance on one day, or a movement of points.
type Draft struct {
	Kind          Kind
	VolunteerID   id.ID // the nil id for what is no person's, a programme's funding
	SourceType    string
	SourceID      id.ID
	EffectiveDay  calendar.Day
	Minutes       int       // signed; points where the account is one of points
	Against       []Posting // the legs that stand against it; none for minutes, which stand against ServiceGiven
	Visits        int       // signed: +1 on the day a presence began, -1 when it is reversed
	WorkedMinutes int       // of this attendance on this day, as known now
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
	// LockPoints is Lock for accounts of points, and opens those that are not there yet. Whoever needs both locks of a person
	// takes the one of minutes first.
	LockPoints(ctx context.Context, volunteers []id.ID) (map[id.ID]Account, error)
	// LockBudgets takes the budgets of programmes in the order of their programmes, after all persons; those never opened are missing.
	LockBudgets(ctx context.Context, programmes []id.ID) (map[id.ID]Account, error)
	// LockPaid takes the account of what a merchant was paid, and opens it when it is not there yet.
	LockPaid(ctx context.Context, merchant id.ID) (Account, error)
	// Counters finds the accounts of a kind that only stand against others, by owner, and opens those that are not there yet.
	Counters(ctx context.Context, kind AccountKind, owners []id.ID) (map[id.ID]id.ID, error)
	// OpenBudget opens a programme's budget unless it is open.
	OpenBudget(ctx context.Context, programme id.ID) error
	// Append writes entries and the accounts as they stand after them, all of minutes or all of points. Of minutes it keeps
	// the rollups, and notes every decrease for whoever built on the minutes that are gone.
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
